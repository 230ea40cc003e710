import { Folder, Mailbox, Plus, Server } from 'lucide-react'
import { useState } from 'react'
import type { RecordTarget, TargetTest } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { openRecord } from '../data/index.ts'
import { Banner, Button, Chip, Confirmation, ErrorBanner, showError } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { useTargets } from './filing-state.ts'
import { TargetEditor } from './target-editor.tsx'
import './integration.css'

const icons = { mllp: Server, folder: Folder, mailbox: Mailbox } as const

const placeInWords = ({ place }: RecordTarget): string =>
  place.kind === 'mllp'
    ? `${place.host}:${String(place.port)}${place.tls ? ' · TLS' : ''} · ${place.encoding}`
    : place.kind === 'folder'
      ? `${place.path} · ${t(`integration.format_${place.format}`)}`
      : place.address

const Test = ({ test }: { test: TargetTest }) => {
  const failed = test.steps.find(({ error }) => error !== null)
  if (failed?.error) return <ErrorBanner error={failed.error} />
  const [first] = test.steps
  return (
    <Banner
      tone="ok"
      title={t(
        first?.step === 'folder'
          ? 'integration.testOkFolder'
          : first?.step === 'address'
            ? 'integration.testOkAddress'
            : 'integration.testOk',
      )}
    />
  )
}

const Target = ({
  target,
  onEdit,
  onRemove,
}: {
  target: RecordTarget
  onEdit: () => void
  onRemove: () => void
}) => {
  const [test, setTest] = useState<TargetTest | null>(null)
  const [busy, setBusy] = useState(false)
  const Icon = icons[target.place.kind]
  const run = async (): Promise<void> => {
    setBusy(true)
    const outcome = await invoke('integration.testTarget', { id: target.id })
    setBusy(false)
    if (outcome.ok) setTest(outcome.value)
    else showError(outcome.error)
  }
  return (
    <li className="filing-item">
      <div className="filing-item-head">
        <Icon aria-hidden="true" />
        <b>{target.name}</b>
        {target.preferred ? <Chip tone="brand">{t('integration.preferred')}</Chip> : null}
        {target.managed ? <Chip>{t('integration.managed')}</Chip> : null}
      </div>
      <p className="muted small target-place">{placeInWords(target)}</p>
      {test ? <Test test={test} /> : null}
      <span className="filing-actions">
        <Button size="small" isDisabled={busy} onPress={() => run()}>
          {t('integration.test')}
        </Button>
        {target.managed ? null : (
          <>
            <Button size="small" onPress={onEdit}>
              {t('integration.edit')}
            </Button>
            <Button size="small" variant="quiet" onPress={onRemove}>
              {t('integration.remove')}
            </Button>
          </>
        )}
      </span>
    </li>
  )
}

/** « Dossier patient »: the record systems of this workstation. `onLeave` closes the settings. */
export const TargetsSection = ({ onLeave }: { onLeave: () => void }) => {
  const targets = useTargets()
  const [edited, setEdited] = useState<RecordTarget | 'new' | null>(null)
  const [leaving, setLeaving] = useState<RecordTarget | null>(null)
  const remove = async ({ id }: RecordTarget): Promise<void> => {
    setLeaving(null)
    const outcome = await invoke('integration.removeTarget', { id })
    if (!outcome.ok) showError(outcome.error)
  }
  return (
    <section className="settings-section" aria-labelledby="settings-record">
      <h3 id="settings-record">{t('integration.settings')}</h3>
      <p className="muted">{t('integration.settingsText')}</p>
      {targets?.length === 0 ? <p>{t('integration.targetsEmpty')}</p> : null}
      {targets && targets.length > 0 ? (
        <ul className="filing-queue" aria-label={t('integration.settings')}>
          {targets.map((target) => (
            <Target
              key={target.id}
              target={target}
              onEdit={() => setEdited(target)}
              onRemove={() => setLeaving(target)}
            />
          ))}
        </ul>
      ) : null}
      <span className="filing-actions">
        <Button variant="primary" onPress={() => setEdited('new')}>
          <Plus aria-hidden="true" /> {t('integration.addTarget')}
        </Button>
        <Button
          onPress={() => {
            onLeave()
            openRecord()
          }}
        >
          {t('integration.window')}
        </Button>
      </span>
      {edited === null ? null : (
        <TargetEditor target={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />
      )}
      <Confirmation
        title={t('integration.removeTargetTitle', { name: leaving?.name ?? '' })}
        confirm={t('integration.remove')}
        isOpen={leaving !== null}
        onClose={() => setLeaving(null)}
        onConfirm={() => {
          if (leaving) void remove(leaving)
        }}
      >
        <p>{t('integration.removeTargetText')}</p>
      </Confirmation>
    </section>
  )
}
