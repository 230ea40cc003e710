import { History } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { AppError, JournalEntry } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { filingsChangedStore, openMessage, useStore } from '../data/index.ts'
import { Button, Chip, Confirmation, EmptyState, ErrorBanner, Spinner, showError } from '../design/index.ts'
import { dateTime, t } from '../i18n/index.ts'
import { DoubtList } from './doubts-dialog.tsx'
import { FilingChip, shownState } from './filing-mark.tsx'

const pageSize = 50

/** What rules did, newest first, and taking it back. */
export const JournalList = ({ onClose }: { onClose: () => void }) => {
  const changes = useStore(filingsChangedStore)
  const [limit, setLimit] = useState(pageSize)
  const [asked, setAsked] = useState<JournalEntry | null>(null)
  const [undone, setUndone] = useState(0)
  const [page, setPage] = useState<{ entries: readonly JournalEntry[]; more: boolean } | null>(null)
  const [error, setError] = useState<AppError | null>(null)
  useEffect(() => {
    let current = true
    void invoke('integration.journal', { before: null, limit: Math.min(limit, 100) }).then((outcome) => {
      if (!current) return
      if (outcome.ok) setPage(outcome.value)
      setError(outcome.ok ? null : outcome.error)
    })
    return () => {
      current = false
    }
  }, [limit, changes, undone])
  const undo = async (entry: JournalEntry): Promise<void> => {
    setAsked(null)
    const outcome = await invoke('integration.undo', { id: entry.id })
    if (!outcome.ok) showError(outcome.error)
    setUndone((count) => count + 1)
  }
  const open = (messageId: number): void => {
    onClose()
    openMessage(messageId)
  }
  return (
    <div className="record-tab">
      <p className="muted">{t('integration.journalText')}</p>
      {error ? <ErrorBanner error={error} /> : null}
      {page === null ? <Spinner label={t('common.loading')} /> : null}
      {page?.entries.length === 0 ? (
        <EmptyState icon={<History />} title={t('integration.journalEmpty')} />
      ) : null}
      {page && page.entries.length > 0 ? (
        <ul className="filing-queue" aria-label={t('integration.tabJournal')}>
          {page.entries.map((entry) => (
            <li key={entry.id} className="filing-item">
              <div className="filing-item-head">
                <b>{entry.subject || t('mailbox.noSubject')}</b>
                <Chip tone={entry.kind === 'held' ? 'warn' : 'neutral'}>
                  {entry.kind === 'held'
                    ? t('integration.journal_held')
                    : t(`integration.journal_${entry.kind}`, { count: entry.filings.length })}
                </Chip>
                {entry.undo === 'done' ? <Chip>{t('integration.undone')}</Chip> : null}
                {entry.undo === 'running' ? <Chip>{t('integration.undoing')}</Chip> : null}
              </div>
              <p>
                {entry.from} · {t('integration.byRule', { rule: entry.rule })} ·{' '}
                <span className="tabular">{dateTime(entry.at)}</span>
                {entry.movedTo === null ? '' : ` · ${t('integration.movedTo', { folder: entry.movedTo })}`}
              </p>
              {entry.doubts.length > 0 ? <DoubtList doubts={entry.doubts} /> : null}
              {entry.filings.map((filing) => (
                <p key={filing.id} className="filing-of-entry">
                  <FilingChip state={shownState(filing)} /> {filing.label} · {filing.targetName}
                </p>
              ))}
              <span className="filing-actions">
                {entry.undo === 'possible' ? (
                  <Button size="small" onPress={() => setAsked(entry)}>
                    {t('integration.undo')}
                  </Button>
                ) : null}
                {entry.messageId === null ? null : (
                  <Button size="small" variant="quiet" onPress={() => open(entry.messageId ?? 0)}>
                    {t('integration.openMessage')}
                  </Button>
                )}
              </span>
            </li>
          ))}
        </ul>
      ) : null}
      {page?.more && limit < 100 ? (
        <Button onPress={() => setLimit(limit + pageSize)}>{t('integration.more')}</Button>
      ) : null}
      <Confirmation
        title={t('integration.undoTitle')}
        confirm={t('integration.undo')}
        isOpen={asked !== null}
        onClose={() => setAsked(null)}
        onConfirm={() => {
          if (asked) void undo(asked)
        }}
      >
        <p>{t('integration.undoText')}</p>
      </Confirmation>
    </div>
  )
}
