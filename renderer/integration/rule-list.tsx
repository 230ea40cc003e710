import { ArrowDown, ArrowUp, ListChecks, Plus } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { FilingRule, RecordTarget } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { filingsChangedStore, useFolders, useStore } from '../data/index.ts'
import { Banner, Button, Chip, Confirmation, EmptyState, IconButton, showError } from '../design/index.ts'
import { folderName, t } from '../i18n/index.ts'
import { useTargets } from './filing-state.ts'
import { RuleEditor } from './rule-editor.tsx'

const noTargets: readonly RecordTarget[] = []

/** The rules of this workstation in the order they are tried. */
export const RuleList = () => {
  const changes = useStore(filingsChangedStore)
  const targets = useTargets() ?? noTargets
  const folders = useFolders() ?? []
  const [rules, setRules] = useState<readonly FilingRule[]>([])
  const [loads, setLoads] = useState(0)
  const [edited, setEdited] = useState<FilingRule | 'new' | null>(null)
  const [leaving, setLeaving] = useState<FilingRule | null>(null)
  useEffect(() => {
    let current = true
    void invoke('integration.rules', null).then((outcome) => {
      if (!current) return
      if (outcome.ok) setRules(outcome.value)
      else showError(outcome.error)
    })
    return () => {
      current = false
    }
  }, [changes, loads])
  const reload = (): void => setLoads((count) => count + 1)
  const swap = async (index: number, by: 1 | -1): Promise<void> => {
    const ids = rules.map(({ id }) => id)
    const [one, other] = [ids[index], ids[index + by]]
    if (one === undefined || other === undefined) return
    ids[index] = other
    ids[index + by] = one
    const outcome = await invoke('integration.orderRules', { ids })
    if (!outcome.ok) showError(outcome.error)
    reload()
  }
  const remove = async (rule: FilingRule): Promise<void> => {
    setLeaving(null)
    const outcome = await invoke('integration.removeRule', { id: rule.id })
    if (!outcome.ok) showError(outcome.error)
    reload()
  }
  const summary = ({ conditions, actions }: FilingRule): string => {
    const moved = folders.find(({ id }) => id === actions.moveTo)
    const target = targets.find(({ id }) => id === actions.targetId)
    return t('integration.ruleSummary', {
      sender: conditions.senders.join(', ') || t('integration.anySender'),
      action: [
        target ? t('integration.fileIn', { target: target.name }) : t('integration.noFiling'),
        moved ? t('integration.movedTo', { folder: folderName(moved) }) : null,
      ]
        .filter(Boolean)
        .join(', '),
    })
  }
  return (
    <div className="record-tab">
      <div className="rules-head">
        <p className="muted">{t('integration.rulesText')}</p>
        <Button variant="primary" onPress={() => setEdited('new')}>
          <Plus aria-hidden="true" /> {t('integration.newRule')}
        </Button>
      </div>
      {rules.length === 0 ? (
        <EmptyState icon={<ListChecks />} title={t('integration.rulesEmpty')}>
          {t('integration.rulesEmptyText')}
        </EmptyState>
      ) : (
        <ol className="filing-queue" aria-label={t('integration.tabRules')}>
          {rules.map((rule, index) => (
            <li key={rule.id} className="filing-item">
              <div className="filing-item-head">
                <b>{rule.name}</b>
                <Chip tone={rule.enabled && rule.broken === null ? 'ok' : 'neutral'}>
                  {t(rule.enabled ? 'integration.ruleOn' : 'integration.ruleOff')}
                </Chip>
              </div>
              <p>{summary(rule)}</p>
              {rule.broken ? <Banner tone="warn" title={t(`integration.broken_${rule.broken}`)} /> : null}
              <span className="filing-actions">
                <Button size="small" onPress={() => setEdited(rule)}>
                  {t('integration.edit')}
                </Button>
                <Button size="small" variant="quiet" onPress={() => setLeaving(rule)}>
                  {t('integration.remove')}
                </Button>
                <IconButton
                  label={t('integration.moveUp', { name: rule.name })}
                  isDisabled={index === 0}
                  onPress={() => swap(index, -1)}
                >
                  <ArrowUp aria-hidden="true" />
                </IconButton>
                <IconButton
                  label={t('integration.moveDown', { name: rule.name })}
                  isDisabled={index === rules.length - 1}
                  onPress={() => swap(index, 1)}
                >
                  <ArrowDown aria-hidden="true" />
                </IconButton>
              </span>
            </li>
          ))}
        </ol>
      )}
      {edited === null ? null : (
        <RuleEditor
          rule={edited === 'new' ? null : edited}
          targets={targets}
          onClose={() => {
            setEdited(null)
            reload()
          }}
        />
      )}
      <Confirmation
        title={t('integration.removeRuleTitle', { name: leaving?.name ?? '' })}
        confirm={t('integration.remove')}
        isOpen={leaving !== null}
        onClose={() => setLeaving(null)}
        onConfirm={() => {
          if (leaving) void remove(leaving)
        }}
      >
        <p>{t('integration.removeRuleText')}</p>
      </Confirmation>
    </div>
  )
}
