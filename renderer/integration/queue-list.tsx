import { FolderInput } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { AppError, Filing, QueueFilter } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { filingsChangedStore, openMessage, useStore } from '../data/index.ts'
import { Button, EmptyState, ErrorBanner, Segments, Spinner } from '../design/index.ts'
import { clock, dateTime, patientLine, t } from '../i18n/index.ts'
import { FilingChip, shownState } from './filing-mark.tsx'
import { settle, step } from './filing-state.ts'
import { FilingWhy } from './filing-why.tsx'

const filters = ['all', 'waiting', 'attention', 'filed'] as const
const pageSize = 50

const Actions = ({ filing, onClose }: { filing: Filing; onClose: () => void }) => {
  const { messageId } = filing
  return (
    <span className="filing-actions">
      {filing.state === 'unknown' ? (
        <>
          {/* Of a removal, what is there was not taken out. */}
          <Button size="small" onPress={() => settle(filing, filing.action !== 'delete')}>
            {t(filing.action === 'delete' ? 'integration.unknownStill' : 'integration.unknownFiled')}
          </Button>
          <Button size="small" onPress={() => settle(filing, filing.action === 'delete')}>
            {t(filing.action === 'delete' ? 'integration.unknownGone' : 'integration.unknownNotFiled')}
          </Button>
        </>
      ) : null}
      {filing.targetId !== null &&
      (filing.state === 'refused' || filing.state === 'unknown' || filing.state === 'waiting') ? (
        <Button size="small" onPress={() => step('integration.retry', filing)}>
          {t(filing.state === 'unknown' ? 'integration.unknownAgain' : 'integration.retry')}
        </Button>
      ) : null}
      {filing.state === 'waiting' || filing.state === 'refused' ? (
        <Button size="small" variant="quiet" onPress={() => step('integration.cancel', filing)}>
          {t('integration.giveUp')}
        </Button>
      ) : null}
      {messageId === null ? null : (
        <Button
          size="small"
          variant="quiet"
          onPress={() => {
            onClose()
            openMessage(messageId)
          }}
        >
          {t('integration.openMessage')}
        </Button>
      )}
    </span>
  )
}

const facts = (filing: Filing): string =>
  [
    t(`integration.action_${filing.action}`),
    filing.rule === null ? null : t('integration.byRule', { rule: filing.rule }),
    t('integration.attempts', { count: filing.attempts }),
    filing.nextTryAt === null ? null : t('integration.nextTry', { time: clock(filing.nextTryAt) }),
    filing.reference === null ? null : t('integration.reference', { reference: filing.reference }),
  ]
    .filter(Boolean)
    .join(' · ')

/** Everything that was handed to patient records, or waits to be, newest first. */
export const QueueList = ({ onClose }: { onClose: () => void }) => {
  const changes = useStore(filingsChangedStore)
  const [filter, setFilter] = useState<QueueFilter>('all')
  const [limit, setLimit] = useState(pageSize)
  const [page, setPage] = useState<{ filings: readonly Filing[]; more: boolean } | null>(null)
  const [error, setError] = useState<AppError | null>(null)
  useEffect(() => {
    let current = true
    void invoke('integration.filings', { filter, before: null, limit: Math.min(limit, 200) }).then(
      (outcome) => {
        if (!current) return
        if (outcome.ok) setPage(outcome.value)
        setError(outcome.ok ? null : outcome.error)
      },
    )
    return () => {
      current = false
    }
  }, [filter, limit, changes])
  return (
    <div className="record-tab">
      <Segments
        label={t('integration.filter')}
        value={filter}
        options={filters.map((value) => ({ value, label: t(`integration.filter_${value}`) }))}
        onChange={setFilter}
      />
      {error ? <ErrorBanner error={error} /> : null}
      {page === null ? <Spinner label={t('common.loading')} /> : null}
      {page?.filings.length === 0 ? (
        <EmptyState icon={<FolderInput />} title={t('integration.empty')}>
          {t('integration.emptyText')}
        </EmptyState>
      ) : null}
      {page && page.filings.length > 0 ? (
        <ul className="filing-queue" aria-label={t('integration.tabQueue')}>
          {page.filings.map((filing) => (
            <li key={filing.id} className="filing-item">
              <div className="filing-item-head">
                <b>{filing.label}</b>
                <FilingChip state={shownState(filing)} />
              </div>
              <p>
                {filing.patient ? `${patientLine(filing.patient)} · ` : ''}
                {filing.targetName} · <span className="tabular">{dateTime(filing.changedAt)}</span>
              </p>
              <p className="muted small filing-facts">{facts(filing)}</p>
              <FilingWhy filing={filing} />
              <Actions filing={filing} onClose={onClose} />
            </li>
          ))}
        </ul>
      ) : null}
      {page?.more && limit < 200 ? (
        <Button onPress={() => setLimit(limit + pageSize)}>{t('integration.more')}</Button>
      ) : null}
    </div>
  )
}
