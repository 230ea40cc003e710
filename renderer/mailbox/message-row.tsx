import { Flag, Forward, Lock, Paperclip, Reply, TriangleAlert } from 'lucide-react'
import type { MessageRow } from '../../app/contract/index.ts'
import { Avatar, Chip } from '../design/index.ts'
import { extraLabel, listTime, patientLine, shownSubject, t } from '../i18n/index.ts'

const alertText = (alert: NonNullable<MessageRow['alert']>): string =>
  alert.count > 1
    ? t('mailbox.alertMore', { code: alert.code, analyte: alert.analyte, count: alert.count - 1 })
    : `${alert.code} ${alert.analyte}`

/** What a screen reader says of a row, in the order a clinician wants it. */
export const rowName = (row: MessageRow, now: Date): string =>
  [
    row.seen ? null : t('mailbox.unreadRow'),
    row.from.name || row.from.address,
    row.trust === 'patient' || row.trust === 'outside' ? t(`mailbox.trust-${row.trust}`) : null,
    shownSubject(row) || t('mailbox.noSubject'),
    row.alert ? t(`mailbox.alert-${row.alert.level}`, { text: alertText(row.alert) }) : null,
    row.patient ? t('mailbox.aboutPatient', { patient: patientLine(row.patient) }) : null,
    extraLabel(row),
    listTime(row.date, now),
  ]
    .filter(Boolean)
    .join(', ')

/** The inside of a list row: who, what, about whom, how bad. */
export const MessageRowContent = ({ row, now }: { row: MessageRow; now: Date }) => {
  const sender = row.from.name || row.from.address
  const label = extraLabel(row)
  const bare = row.patient === null && row.alert === null && label === null
  return (
    <div className="row" {...(row.seen ? {} : { 'data-unread': '' })} {...(bare ? { 'data-bare': '' } : {})}>
      <Avatar name={sender} trust={row.trust} />
      <span className="row-from">
        <span className="row-sender">{sender}</span>
        {row.trust === 'patient' || row.trust === 'outside' ? (
          <span className="row-trust" data-trust={row.trust}>
            {t(`mailbox.trust-${row.trust}`)}
          </span>
        ) : null}
      </span>
      <time className="row-time tabular" dateTime={row.date}>
        {listTime(row.date, now)}
      </time>
      <span className="row-subject">{shownSubject(row) || t('mailbox.noSubject')}</span>
      <span className="row-marks" aria-hidden="true">
        {row.answered ? <Reply /> : null}
        {row.forwarded ? <Forward /> : null}
        {row.encrypted ? <Lock /> : null}
        {row.hasAttachments && row.documentLabel === null ? <Paperclip /> : null}
        {row.flagged ? <Flag className="row-flag" /> : null}
        {row.pending ? <span className="row-pending" title={t('mailbox.pending')} /> : null}
      </span>
      <span className="row-meta">
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
        {bare ? <span className="row-preview">{row.preview}</span> : null}
      </span>
    </div>
  )
}
