import { useState } from 'react'
import type { AppError, FilingRule, RecordTarget, RuleTrial, RuleWish } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { accountStore, useFolders, useNow, useStore } from '../data/index.ts'
import { Button, Checkbox, Chip, Dialog, ErrorBanner, TextField, type ChipTone } from '../design/index.ts'
import { folderName, listTime, t } from '../i18n/index.ts'
import { DoubtList } from './doubts-dialog.tsx'
import { SelectField } from './select-field.tsx'

const none = ''
const words = (text: string): string[] => text.split(/[\s,;]+/).filter(Boolean)
const idOf = (value: string): number | null => (value === none ? null : Number(value))
const textOf = (id: number | null | undefined): string => (id == null ? none : String(id))

const tones: Readonly<Record<RuleTrial['outcome'], ChipTone>> = {
  'would-file': 'ok',
  'would-withdraw': 'ok',
  own: 'neutral',
  'no-match': 'neutral',
  'no-document': 'neutral',
  doubts: 'warn',
  already: 'neutral',
  unreadable: 'warn',
}

const Trials = ({ trials }: { trials: readonly RuleTrial[] }) => {
  const now = useNow()
  const would = trials.filter(({ outcome }) => outcome === 'would-file').length
  return (
    <section className="rule-trials" aria-live="polite">
      <p>
        <b>{t('integration.tried', { count: would, total: trials.length })}</b>
      </p>
      <ul>
        {trials.map((trial) => (
          <li key={trial.messageId}>
            <Chip tone={tones[trial.outcome]}>{t(`integration.trial_${trial.outcome}`)}</Chip>
            <span>
              {trial.subject || t('mailbox.noSubject')} · {trial.from} ·{' '}
              <span className="tabular">{listTime(trial.date, now)}</span>
            </span>
            {trial.doubts.length > 0 ? <DoubtList doubts={trial.doubts} /> : null}
          </li>
        ))}
      </ul>
    </section>
  )
}

const empty: RuleWish = {
  name: '',
  enabled: true,
  conditions: { accountIds: [], folderIds: [], senders: [], typeCodes: [], patientKnown: false },
  actions: { targetId: null, moveTo: null, markSeen: false, flag: false, removals: false },
}

/** A rule written or changed, and tried on what is there before it acts. */
export const RuleEditor = ({
  rule,
  targets,
  onClose,
}: {
  /** Null for a new one. */
  rule: FilingRule | null
  targets: readonly RecordTarget[]
  onClose: () => void
}) => {
  const accounts = useStore(accountStore)
  const folders = useFolders() ?? []
  const start: RuleWish = rule ?? {
    ...empty,
    actions: {
      ...empty.actions,
      targetId: (targets.find(({ preferred }) => preferred) ?? targets[0])?.id ?? null,
    },
    conditions: {
      ...empty.conditions,
      accountIds: accounts.flatMap(({ id, kind }) => (kind === 'organisational' ? [id] : [])).slice(0, 1),
    },
  }
  const [name, setName] = useState(start.name)
  const [enabled, setEnabled] = useState(start.enabled)
  const [account, setAccount] = useState(textOf(start.conditions.accountIds[0]))
  const [folder, setFolder] = useState(textOf(start.conditions.folderIds[0]))
  const [senders, setSenders] = useState(start.conditions.senders.join(' '))
  const [types, setTypes] = useState(start.conditions.typeCodes.join(' '))
  const [patientKnown, setPatientKnown] = useState(start.conditions.patientKnown)
  const [target, setTarget] = useState(textOf(start.actions.targetId))
  const [moveTo, setMoveTo] = useState(textOf(start.actions.moveTo))
  const [markSeen, setMarkSeen] = useState(start.actions.markSeen)
  const [flag, setFlag] = useState(start.actions.flag)
  const [removals, setRemovals] = useState(start.actions.removals)
  const [trials, setTrials] = useState<readonly RuleTrial[] | null>(null)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<AppError | null>(null)

  const there = folders.filter(
    (one) => one.mailbox === null && (account === none || one.accountId === Number(account)),
  )
  const single = (value: string): number[] => (value === none ? [] : [Number(value)])
  const wish: RuleWish = {
    name: name.trim(),
    enabled,
    conditions: {
      accountIds: single(account),
      folderIds: single(folder),
      senders: words(senders).map((one) => one.toLowerCase()),
      typeCodes: words(types),
      patientKnown,
    },
    actions: { targetId: idOf(target), moveTo: idOf(moveTo), markSeen, flag, removals },
  }
  const tryIt = async (): Promise<void> => {
    setBusy(true)
    const outcome = await invoke('integration.tryRule', {
      rule: { ...wish, name: wish.name || '-' },
      limit: 50,
    })
    setBusy(false)
    setTrials(outcome.ok ? outcome.value : null)
    setError(outcome.ok ? null : outcome.error)
  }
  const save = async (): Promise<void> => {
    setBusy(true)
    const outcome = await invoke('integration.saveRule', { id: rule?.id ?? null, rule: wish })
    setBusy(false)
    if (outcome.ok) onClose()
    else setError(outcome.error)
  }
  const folderOptions = there.map((one) => ({ value: String(one.id), label: folderName(one) }))
  return (
    <Dialog
      title={t(rule ? 'integration.editRule' : 'integration.newRule')}
      isOpen
      onClose={onClose}
      width="wide"
      actions={
        <>
          <Button isDisabled={busy} onPress={() => tryIt()}>
            {t('integration.tryRule')}
          </Button>
          <Button onPress={onClose}>{t('common.cancel')}</Button>
          <Button variant="primary" isDisabled={busy || wish.name === ''} onPress={() => save()}>
            {t('integration.save')}
          </Button>
        </>
      }
    >
      <div className="rule-form">
        <TextField
          label={t('integration.ruleName')}
          value={name}
          onChange={setName}
          maxLength={120}
          isRequired
        />
        <h3>{t('integration.conditions')}</h3>
        <div className="form-columns">
          <SelectField
            label={t('integration.mailboxes')}
            value={account}
            onChange={(value) => {
              setAccount(value)
              setFolder(none)
            }}
            options={[
              { value: none, label: t('integration.anyMailbox') },
              ...accounts.map(({ id, address }) => ({ value: String(id), label: address })),
            ]}
          />
          <SelectField
            label={t('integration.folder')}
            value={folder}
            onChange={setFolder}
            options={[{ value: none, label: t('integration.anyFolder') }, ...folderOptions]}
          />
          <TextField
            label={t('integration.senders')}
            hint={t('integration.sendersHint')}
            value={senders}
            onChange={setSenders}
            maxLength={5000}
          />
          <TextField
            label={t('integration.types')}
            hint={t('integration.typesHint')}
            value={types}
            onChange={setTypes}
            maxLength={2000}
          />
        </div>
        <Checkbox isSelected={patientKnown} onChange={setPatientKnown}>
          {t('integration.patientKnown')}
        </Checkbox>
        <h3>{t('integration.actions')}</h3>
        <div className="form-columns">
          <SelectField
            label={t('integration.fileInto')}
            value={target}
            onChange={setTarget}
            options={[
              { value: none, label: t('integration.noFiling') },
              ...targets.map((one) => ({ value: String(one.id), label: one.name })),
            ]}
          />
          <SelectField
            label={t('integration.moveTo')}
            value={moveTo}
            onChange={setMoveTo}
            options={[{ value: none, label: t('integration.noMove') }, ...folderOptions]}
          />
        </div>
        <Checkbox isSelected={markSeen} onChange={setMarkSeen}>
          {t('integration.markSeen')}
        </Checkbox>
        <Checkbox isSelected={flag} onChange={setFlag}>
          {t('integration.flag')}
        </Checkbox>
        <Checkbox isSelected={removals} onChange={setRemovals}>
          {t('integration.ruleRemovals')}
        </Checkbox>
        <Checkbox isSelected={enabled} onChange={setEnabled}>
          {t('integration.ruleEnabled')}
        </Checkbox>
        {error ? <ErrorBanner error={error} /> : null}
        {trials ? <Trials trials={trials} /> : null}
      </div>
    </Dialog>
  )
}
