import { Flag, Forward, Lock, Paperclip, Reply, ShieldAlert, ShieldX, TriangleAlert } from 'lucide-react'
import type { MessageRow } from '../../app/contract/index.ts'
import { settingsStore, useStore } from '../data/index.ts'
import { Avatar, Chip } from '../design/index.ts'
import { FilingMark, filingLabel } from '../integration/index.ts'
import { DeliveryMark, deliveryLabel } from '../sending/index.ts'
import { Marked, useSearchMarks } from '../search/index.ts'
import { warningText } from '../accounts/index.ts'
import { MailboxMark, useMailboxOf } from './mailbox-mark.tsx'
import {
  correspondentName,
  documentFacts,
  extraLabel,
  listTime,
  patientLine,
  patientName,
  shownSubject,
  t,
} from '../i18n/index.ts'

const alertText = (alert: NonNullable<MessageRow['alert']>): string =>
  alert.count > 1
    ? t('mailbox.alertMore', { code: alert.code, analyte: alert.analyte, count: alert.count - 1 })
    : `${alert.code} ${alert.analyte}`

/** Who a row is about: the sender, or the recipients of what one has written oneself. */
export const rowPeople = (
  row: Pick<MessageRow, 'from' | 'to'>,
  mine: ReadonlySet<string>,
): { sent: boolean; names: string } => {
  const nameOf = correspondentName
  return mine.has(row.from.address.toLowerCase()) && row.to.length > 0
    ? { sent: true, names: row.to.map(nameOf).join(', ') }
    : { sent: false, names: nameOf(row.from) }
}

const shownPeople = (row: MessageRow, mine: ReadonlySet<string>): string => {
  // A patient is shown by the names of the base, not by an address or a label of one's own making (ECO.3.1.2).
  if (row.trust === 'patient' && row.patient) return patientName(row.patient)
  const { sent, names } = rowPeople(row, mine)
  return sent ? t('mailbox.sentTo', { names }) : names
}

/** « Annule et remplace »: what the row is in such a pair. */
const replacementLabel = ({ replacement }: MessageRow): string | null =>
  replacement === null ? null : t(replacement === 'replaces' ? 'sending.replaces' : 'sending.replaced')

/** « Ionogramme sanguin · 22/11/2026 · Dr Hélène ROY »: what its document says of itself. */
const factsLine = (row: MessageRow): string | null => {
  const facts = documentFacts(row)
  return facts && [facts.title, facts.date, facts.author].filter(Boolean).join(' · ')
}

/** The line under the subject: where a search matched, else the document's own facts, else how the text begins. */
const RowLine = ({ row }: { row: MessageRow }) => {
  const excerpt = useSearchMarks().excerpts.get(row.id)
  const facts = documentFacts(row)
  if (excerpt)
    return (
      <span className="row-line row-excerpt">
        {excerpt.fileName === null || excerpt.fileName === '' ? null : (
          <span className="row-excerpt-file">{t('search.inFile', { name: excerpt.fileName })} </span>
        )}
        <Marked text={excerpt.text} ranges={excerpt.ranges} />
      </span>
    )
  if (!facts) return row.quarantined ? null : <span className="row-line row-preview">{row.preview}</span>
  return (
    <span className="row-line row-document" title={factsLine(row) ?? undefined}>
      {facts.title ? <span className="row-document-title">{facts.title}</span> : null}
      {facts.date ? <span className="tabular">{facts.date}</span> : null}
      {facts.author ? <span className="row-document-author">{facts.author}</span> : null}
    </span>
  )
}

/** What a screen reader says of a row, in the order a clinician wants it. */
export const rowName = (row: MessageRow, now: Date, mine: ReadonlySet<string>): string =>
  [
    row.seen ? null : t('mailbox.unreadRow'),
    shownPeople(row, mine),
    (row.warnings ?? []).length > 0 ? t('mailbox.warned') : null,
    row.trust === 'patient' || row.trust === 'outside' ? t(`mailbox.trust-${row.trust}`) : null,
    shownSubject(row) || t('mailbox.noSubject'),
    row.quarantined ? t('exchange.quarantine') : null,
    row.alert ? t(`mailbox.alert-${row.alert.level}`, { text: alertText(row.alert) }) : null,
    row.patient ? t('mailbox.aboutPatient', { patient: patientLine(row.patient) }) : null,
    extraLabel(row),
    factsLine(row),
    row.delivery ? deliveryLabel(row.delivery) : null,
    row.filing ? filingLabel(row.filing) : null,
    replacementLabel(row),
    row.documentMark ? t(`patients.mark-${row.documentMark}`) : null,
    listTime(row.date, now),
  ]
    .filter(Boolean)
    .join(', ')

/** The inside of a list row: who, what, about whom, how bad. */
export const MessageRowContent = ({
  row,
  now,
  mine,
}: {
  row: MessageRow
  now: Date
  /** One's own addresses, lower case. */
  mine: ReadonlySet<string>
}) => {
  const label = extraLabel(row)
  const mailbox = useMailboxOf(row.accountId)
  const compact = useStore(settingsStore).density === 'compact'
  const warned = (row.warnings ?? []).length > 0
  const bare =
    row.patient === null &&
    row.alert === null &&
    label === null &&
    row.delivery === null &&
    row.filing === null &&
    row.replacement === null &&
    !row.documentMark &&
    !row.quarantined &&
    (mailbox === null || !compact)
  return (
    <div className="row" {...(row.seen ? {} : { 'data-unread': '' })} {...(bare ? { 'data-bare': '' } : {})}>
      <Avatar name={rowPeople(row, mine).names} trust={row.trust} />
      <span className="row-from">
        <span className="row-sender">{shownPeople(row, mine)}</span>
        {row.threadCount > 1 ? (
          <span className="row-thread tabular" title={t('search.threadCount', { count: row.threadCount })}>
            {row.threadCount}
          </span>
        ) : null}
        {warned ? (
          <span className="row-warned" title={(row.warnings ?? []).map(warningText).join('\n')}>
            <ShieldAlert aria-hidden="true" /> {t('mailbox.warned')}
          </span>
        ) : null}
        {row.trust === 'patient' || (row.trust === 'outside' && !warned) ? (
          <span className="row-trust" data-trust={row.trust}>
            {t(`mailbox.trust-${row.trust}`)}
          </span>
        ) : null}
      </span>
      <time className="row-time tabular" dateTime={row.date}>
        {listTime(row.date, now)}
      </time>
      <span className="row-subject">
        {shownSubject(row) ? <Marked text={shownSubject(row)} /> : t('mailbox.noSubject')}
      </span>
      <span className="row-marks" aria-hidden="true">
        {row.answered ? <Reply /> : null}
        {row.forwarded ? <Forward /> : null}
        {row.quarantined ? <ShieldX className="row-quarantined" /> : null}
        {row.encrypted ? <Lock /> : null}
        {row.hasAttachments && row.documentLabel === null ? <Paperclip /> : null}
        {row.flagged ? <Flag className="row-flag" /> : null}
        {row.pending ? <span className="row-pending" title={t('mailbox.pending')} /> : null}
      </span>
      {mailbox && !compact ? (
        <span className="row-line-and-mailbox">
          <RowLine row={row} />
          <MailboxMark account={mailbox} />
        </span>
      ) : (
        <RowLine row={row} />
      )}
      <span className="row-meta">
        {row.delivery ? <DeliveryMark summary={row.delivery} /> : null}
        {row.filing ? <FilingMark summary={row.filing} /> : null}
        {row.replacement ? (
          <Chip tone={row.replacement === 'replaces' ? 'neutral' : 'warn'}>{replacementLabel(row)}</Chip>
        ) : null}
        {row.documentMark ? (
          <Chip tone={row.documentMark === 'replaced' ? 'warn' : 'neutral'}>
            {t(`patients.mark-${row.documentMark}`)}
          </Chip>
        ) : null}
        {row.patient ? <Chip tone="patient">{patientLine(row.patient)}</Chip> : null}
        {row.alert ? (
          <Chip
            tone={row.alert.level === 'critical' ? 'alert' : 'warn'}
            icon={<TriangleAlert aria-hidden="true" />}
          >
            {alertText(row.alert)}
          </Chip>
        ) : null}
        {row.patient && !row.patient.qualified ? (
          <Chip tone="warn">{t('mailbox.insNotQualified')}</Chip>
        ) : null}
        {label && !row.alert ? <Chip>{label}</Chip> : null}
        {row.quarantined ? <Chip tone="warn">{t('exchange.quarantine')}</Chip> : null}
        {mailbox && compact ? <MailboxMark account={mailbox} /> : null}
      </span>
    </div>
  )
}
