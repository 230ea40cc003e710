import { CopyCheck, FileText, History, Mail, Send, UserRound } from 'lucide-react'
import { memo, useMemo } from 'react'
import type { IndexedDocument, Patient, PatientExchange } from '../../app/contract/index.ts'
import { Button, Chip, EmptyState } from '../design/index.ts'
import { useGrowing } from '../documents/index.ts'
import { dayGroup, fullDate, listTime, shownSubject, t, useLanguage } from '../i18n/index.ts'
import type { TimelineFilter } from './timeline-filter.ts'

const LinkChips = ({ document }: { document: IndexedDocument }) => {
  const { duplicateOf, replacedBy, replaces, parentUnseen } = document
  const later = replacedBy ?? null
  return (
    <>
      {later ? (
        <Chip tone="warn" icon={<History aria-hidden="true" />}>
          {t('patients.replacedBy', { date: fullDate(later.date) })}
          {later.samePatient ? '' : ` · ${t('patients.otherPatient')}`}
          {later.sameAuthor ? '' : ` · ${t('patients.otherAuthor')}`}
        </Chip>
      ) : null}
      {duplicateOf ? (
        <Chip icon={<CopyCheck aria-hidden="true" />}>
          {t('patients.duplicate', { date: fullDate(duplicateOf.date), direction: duplicateOf.direction })}
        </Chip>
      ) : null}
      {replaces ? <Chip>{t('patients.replaces', { date: fullDate(replaces.date) })}</Chip> : null}
      {parentUnseen && !replaces ? <Chip tone="warn">{t('patients.parentUnseen')}</Chip> : null}
    </>
  )
}

const Icon = ({ exchange }: { exchange: PatientExchange }) => {
  if (exchange.direction === 'sent') return <Send aria-hidden="true" />
  if (exchange.documents.length > 0) return <FileText aria-hidden="true" />
  return exchange.row.trust === 'patient' ? <UserRound aria-hidden="true" /> : <Mail aria-hidden="true" />
}

const titleOf = ({ row, documents, direction, source }: PatientExchange, sex: Patient['sex']): string => {
  const labels = [...new Set(documents.map((document) => document.label))]
  if (labels.length > 0) return labels.join(', ')
  if (source === 'address')
    return t(direction === 'sent' ? 'patients.messageTo' : 'patients.messageOf', { sex })
  return shownSubject(row) || t('patients.message')
}

const toneOf = ({ row, documents }: PatientExchange): string => {
  if (row.alert?.level === 'critical') return 'alert'
  if (documents.some((document) => document.replacedBy !== null)) return 'old'
  return row.trust === 'patient' ? 'patient' : 'plain'
}

/** What the card tells beside its title: the document's own title and date, else the subject, else how the text begins. */
const detailOf = (exchange: PatientExchange, title: string, now: Date): string => {
  const { row, documents } = exchange
  const [document] = documents
  const facts = [
    document && document.title !== '' && !title.includes(document.title) ? document.title : null,
    document?.date && listTime(document.date, now) !== listTime(row.date, now)
      ? t('documents.of', { date: fullDate(document.date.slice(0, 10)) })
      : null,
  ].filter((fact) => fact !== null)
  if (facts.length > 0) return facts.join(' · ')
  const subject = shownSubject(row)
  return row.preview && (!document || subject === title)
    ? t('patients.quoted', { text: row.preview })
    : subject
}

/** Drawn once: neither those that come after it nor the one that is opened draw it again. */
const Exchange = memo(function Exchange({
  exchange,
  sex,
  now,
  isOpen,
  onOpen,
}: {
  exchange: PatientExchange
  sex: Patient['sex']
  now: Date
  isOpen: boolean
  onOpen: (messageId: number) => void
}) {
  useLanguage()
  const { row, documents, direction, source } = exchange
  const who = direction === 'sent' ? row.to.map(({ name, address }) => name || address).join(', ') : ''
  const by = documents
    .flatMap(({ author, organisation }) => author ?? organisation ?? [])
    .filter((one, index, all) => all.indexOf(one) === index)
  const from = by.length > 0 ? by.join(', ') : row.from.name || row.from.address
  return (
    <li className="timeline-item" data-tone={toneOf(exchange)}>
      <Button
        variant="quiet"
        className="timeline-card"
        onPress={() => onOpen(row.id)}
        {...(isOpen ? { 'aria-current': 'true' as const } : {})}
      >
        <span className="timeline-icon" aria-hidden="true">
          <Icon exchange={exchange} />
        </span>
        <span className="timeline-words">
          <span className="timeline-title">
            <b {...(row.seen ? {} : { 'data-unread': '' })}>{titleOf(exchange, sex)}</b>
            {row.alert ? (
              <Chip tone={row.alert.level === 'critical' ? 'alert' : 'warn'}>
                {row.alert.code} {row.alert.analyte} {row.alert.value}
              </Chip>
            ) : null}
            {documents.map((document) => (
              <LinkChips key={document.id} document={document} />
            ))}
            {source === 'manual' ? <Chip>{t('patients.source-manual')}</Chip> : null}
          </span>
          <span className="small muted timeline-preview">
            {detailOf(exchange, titleOf(exchange, sex), now)}
          </span>
        </span>
        <span className="timeline-end small muted">
          <time dateTime={row.date}>{listTime(row.date, now)}</time>
          <span>{direction === 'sent' ? t('patients.sent', { names: who }) : from}</span>
        </span>
      </Button>
    </li>
  )
})

const headingOf = (
  exchange: PatientExchange,
  order: TimelineFilter['order'],
  now: Date,
  sex: Patient['sex'],
) => {
  if (order === 'type') return exchange.documents[0]?.label ?? titleOf({ ...exchange, documents: [] }, sex)
  const group = dayGroup(exchange.row.date, now)
  return group.kind === 'today'
    ? t('mailbox.today')
    : group.kind === 'yesterday'
      ? t('mailbox.yesterday')
      : group.label
}

/** Exchanges there at once: a screen of them. */
const first = 15
const perFrame = 30

/** All exchanges of a patient, newest first or by type, under headings; those below the screen come with the next frames. */
export const Timeline = ({
  exchanges,
  order,
  sex,
  now,
  openId,
  onOpen,
}: {
  exchanges: readonly PatientExchange[]
  order: TimelineFilter['order']
  sex: Patient['sex']
  now: Date
  openId: number | null
  /** The same from one drawing to the next. */
  onOpen: (messageId: number) => void
}) => {
  const { count } = useGrowing(
    useMemo(() => exchanges.map(() => 1), [exchanges]),
    first,
    perFrame,
  )
  if (exchanges.length === 0)
    return (
      <EmptyState icon={<FileText />} title={t('patients.noneShown')}>
        {t('patients.noneShownText')}
      </EmptyState>
    )
  const groups: { heading: string; exchanges: PatientExchange[] }[] = []
  for (const exchange of exchanges.slice(0, count)) {
    const heading = headingOf(exchange, order, now, sex)
    const last = groups.at(-1)
    if (last?.heading === heading) last.exchanges.push(exchange)
    else groups.push({ heading, exchanges: [exchange] })
  }
  return (
    <>
      {groups.map((group) => (
        <section key={group.heading} className="timeline-group">
          <h2>{group.heading}</h2>
          <ol>
            {group.exchanges.map((exchange) => (
              <Exchange
                key={exchange.row.id}
                exchange={exchange}
                sex={sex}
                now={now}
                isOpen={exchange.row.id === openId}
                onOpen={onOpen}
              />
            ))}
          </ol>
        </section>
      ))}
    </>
  )
}
