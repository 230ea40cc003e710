import { useEffect, useState } from 'react'
import type { Folder, StorageOverview } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { accountStore, useStore } from '../data/index.ts'
import {
  Banner,
  Button,
  Confirmation,
  Dialog,
  Progress,
  Spinner,
  showError,
  showToast,
} from '../design/index.ts'
import { dateTime, fullDate, number, size, t } from '../i18n/index.ts'
import { RestoreForm } from '../unlock/index.ts'
import { BackupDialog } from './backup-dialog.tsx'
import { LowSpaceBanner } from './health.tsx'
import { MailboxSizes } from './sizes.tsx'
import { followStorage, overviewStore, storageTaskStore } from './storage-state.ts'
import './storage.css'

/** Below this compaction is not worth a sentence. */
const notable = 10 * 1024 * 1024

type Asked = 'backup' | 'restore' | 'rebuild' | null

const RebuildReport = ({ report }: { report: NonNullable<StorageOverview['lastRebuild']> }) => {
  const lost = [
    ...report.incomplete,
    ...(report.missingParts > 0 ? [t('storage.rebuiltFiles', { count: report.missingParts })] : []),
  ]
  const { messages, drafts, outbox, actions } = report
  return (
    <Banner
      tone={report.unreadable || lost.length > 0 ? 'warn' : 'ok'}
      title={t('storage.rebuiltTitle', { date: fullDate(report.at) })}
    >
      <p>
        {report.unreadable
          ? t('storage.rebuiltNothing')
          : t('storage.rebuilt', {
              messages: number(messages),
              drafts: number(drafts),
              outbox: number(outbox),
              actions: number(actions),
            })}{' '}
        {lost.length > 0 ? t('storage.rebuiltLost', { what: lost.join(', ') }) : null}
      </p>
    </Banner>
  )
}

const Asides = ({ overview }: { overview: StorageOverview }) => {
  const [leaving, setLeaving] = useState<StorageOverview['asides'][number] | null>(null)
  if (overview.asides.length === 0) return null
  const remove = async (id: string): Promise<void> => {
    setLeaving(null)
    const answer = await invoke('storage.removeAside', { id })
    if (!answer.ok) showError(answer.error)
  }
  return (
    <div className="settings-part">
      <h4>{t('storage.asides')}</h4>
      <ul className="account-list" aria-label={t('storage.asides')}>
        {overview.asides.map((aside) => (
          <li key={aside.id}>
            <span className="account-words">
              {t('storage.aside', { date: dateTime(aside.at), size: size(aside.size) })}
            </span>
            <Button
              size="small"
              aria-label={t('storage.removeAsideOf', { date: dateTime(aside.at) })}
              onPress={() => setLeaving(aside)}
            >
              {t('storage.removeAside')}
            </Button>
          </li>
        ))}
      </ul>
      <Confirmation
        title={t('storage.removeAsideTitle')}
        confirm={t('storage.removeAside')}
        isOpen={leaving !== null}
        onClose={() => setLeaving(null)}
        onConfirm={() => {
          if (leaving) void remove(leaving.id)
        }}
      >
        <p>{t('storage.removeAsideText')}</p>
      </Confirmation>
    </div>
  )
}

const Damage = ({
  verdict,
  onAsk,
}: {
  verdict: NonNullable<StorageOverview['lastCheck']>
  onAsk: (what: Asked) => void
}) => (
  <Banner tone="error" title={t('storage.checkDamagedTitle')}>
    <p>{t('storage.checkDamaged', { date: fullDate(verdict.at) })}</p>
    <div className="settings-actions">
      <Button size="small" onPress={() => onAsk('restore')}>
        {t('storage.restore')}
      </Button>
      <Button size="small" onPress={() => onAsk('rebuild')}>
        {t('storage.rebuild')}
      </Button>
    </div>
  </Banner>
)

const Upkeep = ({ overview, onAsk }: { overview: StorageOverview; onAsk: (what: Asked) => void }) => {
  const { lastCheck, reclaimable } = overview
  const busy = useStore(storageTaskStore) !== null
  const check = async (): Promise<void> => {
    const answer = await invoke('storage.check', null)
    if (!answer.ok) showError(answer.error)
    else if (answer.value.sound) showToast({ text: t('storage.checked') })
  }
  const compact = async (): Promise<void> => {
    const answer = await invoke('storage.compact', null)
    if (answer.ok) showToast({ text: t('storage.compacted', { size: size(answer.value.freed) }) })
    else showError(answer.error)
  }
  return (
    <div className="settings-part">
      <h4>{t('storage.upkeep')}</h4>
      {lastCheck && !lastCheck.sound ? (
        <Damage verdict={lastCheck} onAsk={onAsk} />
      ) : (
        <p>
          {lastCheck ? t('storage.checkSound', { date: dateTime(lastCheck.at) }) : t('storage.checkNever')}
        </p>
      )}
      <p>
        {reclaimable >= notable
          ? t('storage.compactGain', { size: size(reclaimable) })
          : t('storage.compactNothing')}
      </p>
      <div className="settings-actions">
        <Button size="small" isPending={busy} onPress={() => void check()}>
          {t('storage.checkNow')}
        </Button>
        <Button size="small" isPending={busy} onPress={() => void compact()}>
          {t('storage.compact')}
        </Button>
        {lastCheck?.sound === false ? null : (
          <Button size="small" isPending={busy} onPress={() => onAsk('rebuild')}>
            {t('storage.rebuild')}
          </Button>
        )}
      </div>
    </div>
  )
}

const RebuildDialog = ({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) => {
  const rebuild = async (): Promise<void> => {
    onClose()
    // When it is done the session locks; only a failure is answered here.
    const answer = await invoke('session.rebuild', { opening: null })
    if (!answer.ok) showError(answer.error)
  }
  return (
    <Confirmation
      width="medium"
      tone="primary"
      title={t('storage.rebuildTitle')}
      confirm={t('storage.rebuildDo')}
      isOpen={isOpen}
      onClose={onClose}
      onConfirm={() => void rebuild()}
    >
      <p>{t('storage.rebuildText')}</p>
    </Confirmation>
  )
}

/** « Stockage »: what the mailboxes take here and for how long, backup and restore, upkeep (issue 3 §1). */
export const StorageSection = ({
  folderName,
}: {
  folderName: (folder: Pick<Folder, 'role' | 'name'>) => string
}) => {
  useEffect(followStorage, [])
  const overview = useStore(overviewStore)
  const task = useStore(storageTaskStore)
  const accounts = useStore(accountStore)
  const [asked, setAsked] = useState<Asked>(null)
  const close = (): void => setAsked(null)
  return (
    <section className="settings-section" aria-labelledby="settings-storage">
      <h3 id="settings-storage">{t('storage.title')}</h3>
      {overview ? (
        <>
          <p className="storage-total">
            <strong>{size(overview.database + overview.parts)}</strong>{' '}
            {t('storage.onThisComputer').toLowerCase()}
            {' · '}
            {overview.free === null
              ? t('storage.freeUnknown')
              : t('storage.free', { size: size(overview.free) })}
          </p>
          {overview.low && overview.free !== null ? <LowSpaceBanner free={overview.free} /> : null}
          {task ? (
            <div className="storage-task">
              <Progress label={t(`storage.task-${task.kind}`)} done={percent(task)} total={100} />
              <Button size="small" onPress={() => invoke('storage.cancel', null)}>
                {t('common.cancel')}
              </Button>
            </div>
          ) : null}
          {overview.lastRebuild ? <RebuildReport report={overview.lastRebuild} /> : null}
          <MailboxSizes overview={overview} accounts={accounts} folderName={folderName} />
          <div className="settings-part">
            <h4>{t('storage.backup')}</h4>
            <p>
              {overview.lastBackup
                ? t('storage.backupLast', {
                    date: dateTime(overview.lastBackup.at),
                    name: overview.lastBackup.name,
                    size: size(overview.lastBackup.size),
                  })
                : t('storage.backupNever')}
            </p>
            <div className="settings-actions">
              <Button size="small" isPending={task !== null} onPress={() => setAsked('backup')}>
                {t('storage.backupNow')}
              </Button>
              <Button size="small" isPending={task !== null} onPress={() => setAsked('restore')}>
                {t('storage.restore')}
              </Button>
            </div>
          </div>
          <Upkeep overview={overview} onAsk={setAsked} />
          <Asides overview={overview} />
        </>
      ) : (
        <Spinner label={t('common.loading')} />
      )}
      <BackupDialog isOpen={asked === 'backup'} onClose={close} />
      <Dialog title={t('storage.restoreTitle')} isOpen={asked === 'restore'} onClose={close}>
        <p>{t('storage.restoreText')}</p>
        <RestoreForm />
      </Dialog>
      <RebuildDialog isOpen={asked === 'rebuild'} onClose={close} />
    </section>
  )
}

const percent = (task: { done: number; total: number }): number =>
  task.total === 0 ? 0 : Math.floor((100 * task.done) / task.total)
