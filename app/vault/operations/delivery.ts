import type {
  DeliveryEvent,
  DeliveryOutcome,
  DeliveryState,
  DeliverySummary,
  MessageDelivery,
  RecipientDelivery,
  ReportView,
} from '../../contract/index.ts'
import type { SqlDatabase } from '../database.ts'
import { operation } from '../operation.ts'
import { flagBits } from './message-rows.ts'
import { noteTransfer } from './filing-rows.ts'
import { asTold, domainOf, isAuthentic, type FoundOutcome, type FoundReport } from './found-report.ts'
import { queueFlag } from './queue.ts'
import { replacementsOf } from './replacements.ts'
import type { OutboxRecipient } from './outbox.ts'

interface ReportRow {
  report_message_id: number | null
  message_id_header: string | null
  kind: 'delivery' | 'disposition'
  recipient: string
  original_recipient: string | null
  outcome: FoundOutcome['outcome']
  status: string | null
  diagnostic: string | null
  automatic: number
  authentic: number
  reported_at: number
  retry_until: number | null
}

const reportColumns = `report_message_id, message_id_header, kind, recipient, original_recipient, outcome, status,
  diagnostic, automatic, authentic, reported_at, retry_until`

/**
 * Keeps what a report tells, in the transaction that stores its body; the sent message need not be there yet. Reports in
 * junk, or written by us, tell nothing. Returns the rows whose state changed.
 */
export const storeReport = (db: SqlDatabase, id: number, report: FoundReport, now: number): number[] => {
  const row = db
    .prepare(
      `SELECT m.account_id, m.date, m.from_address, m.trust, f.role, h.message_id_header
       FROM messages m JOIN folders f ON f.id = m.folder_id LEFT JOIN message_headers h ON h.message_id = m.id
       WHERE m.id = ?`,
    )
    .get<{
      account_id: number
      date: number
      from_address: string
      trust: string
      role: string
      message_id_header: string | null
    }>([id])
  if (!row || row.role === 'junk' || row.role === 'sent' || row.role === 'drafts') return []
  const ours =
    report.envelopeId === null
      ? undefined
      : db
          .prepare(
            'SELECT message_id_header FROM outbox WHERE envelope_id = $envelopeId AND account_id = $account',
          )
          .get<{ message_id_header: string }>({ envelopeId: report.envelopeId, account: row.account_id })
  // Only who relayed it knows our envelope: what was of unknown outcome has left.
  if (ours)
    db.prepare(
      "UPDATE outbox SET state = 'accepted', error = NULL WHERE message_id_header = ? AND state = 'unknown'",
    ).run([ours.message_id_header])
  const header = ours?.message_id_header ?? report.originalMessageId
  const key = row.message_id_header ?? `row ${String(id)}`
  const known = db.prepare(
    `UPDATE delivery_reports SET report_message_id = $id
     WHERE account_id = $account AND report_key = $key AND report_message_id IS NULL`,
  )
  known.run({ id, account: row.account_id, key })
  const told = asTold(report, row.from_address, row.trust)
  for (const found of told)
    db.prepare(
      `INSERT OR IGNORE INTO delivery_reports (account_id, report_key, report_message_id, message_id_header, kind,
         recipient, original_recipient, outcome, status, diagnostic, automatic, authentic, reported_at, retry_until)
       VALUES ($account, $key, $id, $header, $kind, $address, $originalAddress, $outcome, $status, $diagnostic,
         $automatic, $authentic, $date, $retryUntil)`,
    ).run({
      account: row.account_id,
      key,
      id,
      header,
      kind: report.kind,
      address: found.address,
      originalAddress: found.originalAddress,
      outcome: found.outcome,
      status: found.status,
      diagnostic: found.diagnostic,
      automatic: found.automatic ? 1 : 0,
      authentic: isAuthentic(report.kind, row.from_address, row.trust, found) ? 1 : 0,
      date: row.date,
      retryUntil: found.retryUntil,
    })
  // Good news of a message sent here is told on that message: it need not be read as mail as well.
  if (ours && report.outcomes.length > 0 && report.outcomes.every((one) => goodNews.has(one.outcome)))
    queueFlag(db, { ids: [id], bit: flagBits.seen, on: true }, now)
  if (header === null) return []
  const authentic = told.filter((found) => isAuthentic(report.kind, row.from_address, row.trust, found))
  return [
    ...refreshDelivery(db, row.account_id, header),
    ...noteTransfer(
      db,
      { accountId: row.account_id, header, from: row.from_address },
      report.kind,
      authentic,
      now,
    ),
  ]
}

const goodNews = new Set<DeliveryOutcome>(['delivered', 'relayed', 'expanded'])

/** Writes the state of a sent message into its rows again; returns those that changed. */
export const refreshDelivery = (db: SqlDatabase, accountId: number, header: string): number[] => {
  const rows = db
    .prepare(
      `SELECT m.id, m.recipients, m.delivery FROM message_headers h JOIN messages m ON m.id = h.message_id
       JOIN folders f ON f.id = m.folder_id JOIN accounts a ON a.id = m.account_id
       WHERE h.message_id_header = $header AND m.account_id = $accountId
         AND (f.role = 'sent' OR lower(m.from_address) = a.address)`,
    )
    .all<{ id: number; recipients: string; delivery: string | null }>({ header, accountId })
  const changed: number[] = []
  for (const row of rows) {
    const recipients = recipientsOf(db, accountId, header, row.recipients)
    const next = recipients === null ? null : JSON.stringify(summaryOf(recipients))
    if (next === row.delivery) continue
    db.prepare('UPDATE messages SET delivery = $next WHERE id = $id').run({ next, id: row.id })
    changed.push(row.id)
  }
  return changed
}

const reportsOf = (db: SqlDatabase, accountId: number, header: string): ReportRow[] =>
  db
    .prepare(
      `SELECT ${reportColumns} FROM delivery_reports WHERE account_id = $accountId AND message_id_header = $header
       ORDER BY reported_at, id LIMIT 2000`,
    )
    .all<ReportRow>({ accountId, header })

/** Null when nothing is known: another program sent it and no report came. */
const recipientsOf = (
  db: SqlDatabase,
  accountId: number,
  header: string,
  written: string,
): RecipientDelivery[] | null => {
  const queued = db
    .prepare(
      `SELECT recipients, state FROM outbox WHERE message_id_header = $header AND account_id = $accountId
       AND state IN ('accepted','filed','queued','sending','unknown')`,
    )
    .get<{ recipients: string; state: string }>({ header, accountId })
  const reports = reportsOf(db, accountId, header)
  if (!queued && reports.length === 0) return null
  const known: OutboxRecipient[] = queued
    ? (JSON.parse(queued.recipients) as OutboxRecipient[])
    : (JSON.parse(written) as { address: string }[]).map(({ address }) => ({
        address,
        accepted: null,
        response: null,
      }))
  return known.map((one) => recipientDelivery(one, reports, known.length === 1))
}

const recipientDelivery = (
  recipient: OutboxRecipient,
  reports: ReportRow[],
  alone: boolean,
): RecipientDelivery => {
  const address = recipient.address.toLowerCase()
  const mine = reports.flatMap((report): DeliveryEvent[] => {
    const event = eventOf(report)
    // Servers follow redirections to another address; only somebody of the same organisation reads in another's place.
    const speaks = report.kind === 'delivery' || domainOf(report.recipient) === domainOf(address)
    if (report.recipient === address) return [event]
    if (!alone && report.original_recipient !== address) return []
    return [{ ...event, authentic: event.authentic && speaks }]
  })
  const refused: DeliveryEvent[] =
    recipient.accepted === false
      ? [
          {
            outcome: 'refused',
            at: null,
            status: enhancedStatus(recipient.response),
            diagnostic: recipient.response,
            automatic: true,
            authentic: true,
          },
        ]
      : []
  const events = [...refused, ...mine]
  const { state, cause } = stateOf(events)
  return { address: recipient.address, state, at: cause?.at ?? null, events }
}

const enhancedStatus = (response: string | null): string | null =>
  /\b([245]\.\d{1,3}\.\d{1,3})\b/.exec(response ?? '')?.[1] ?? null

const eventOf = (row: ReportRow): DeliveryEvent => ({
  outcome: row.outcome,
  at: new Date(row.reported_at).toISOString(),
  status: row.status,
  diagnostic: row.diagnostic,
  automatic: row.automatic === 1,
  authentic: row.authentic === 1,
})

const stateAfter: Record<DeliveryOutcome, DeliveryState> = {
  refused: 'failed',
  failed: 'failed',
  'processing-failed': 'failed',
  delayed: 'delayed',
  relayed: 'sent',
  delivered: 'delivered',
  expanded: 'delivered',
  processed: 'delivered',
  dispatched: 'delivered',
  deleted: 'delivered',
  denied: 'delivered',
  displayed: 'read',
  integrated: 'integrated',
  'integration-failed': 'not-integrated',
}
const rank: Record<DeliveryState, number> = {
  sent: 0,
  delayed: 1,
  delivered: 2,
  read: 3,
  integrated: 4,
  'not-integrated': 5,
  failed: 6,
}

/** The furthest a recipient has come whatever the order of the reports; a failure stays one. */
const stateOf = (events: readonly DeliveryEvent[]): { state: DeliveryState; cause: DeliveryEvent | null } => {
  let state: DeliveryState = 'sent'
  let cause: DeliveryEvent | null = null
  for (const event of events) {
    const next = stateAfter[event.outcome]
    if (!event.authentic || rank[next] <= rank[state]) continue
    state = next
    cause = event
  }
  return { state, cause }
}

const summaryOf = (recipients: readonly RecipientDelivery[]): DeliverySummary => {
  const count = (state: DeliveryState): number => recipients.filter((one) => one.state === state).length
  const total = recipients.length
  const integrated = count('integrated')
  const notIntegrated = count('not-integrated')
  const read = count('read') + integrated
  // What could not be integrated has arrived all the same.
  const delivered = count('delivered') + read + notIntegrated
  const delayed = count('delayed')
  const failed = count('failed')
  const state =
    failed > 0
      ? 'failed'
      : notIntegrated > 0
        ? 'not-integrated'
        : delayed > 0
          ? 'delayed'
          : total > 0 && integrated === total
            ? 'integrated'
            : total > 0 && read === total
              ? 'read'
              : total > 0 && delivered === total
                ? 'delivered'
                : 'sent'
  return { state, total, delivered, read, integrated, notIntegrated, delayed, failed }
}

const reportOf = (db: SqlDatabase, id: number, accountId: number): ReportView | null => {
  const rows = db
    .prepare(
      `SELECT ${reportColumns} FROM delivery_reports WHERE report_message_id = ? ORDER BY id LIMIT 500`,
    )
    .all<ReportRow>([id])
  const [first] = rows
  if (!first) return null
  const original =
    first.message_id_header === null ? null : sentMessage(db, accountId, first.message_id_header)
  return {
    kind: first.kind,
    recipients: rows.map((row) => ({
      ...eventOf(row),
      address: row.original_recipient ?? row.recipient,
      retryUntil: row.retry_until === null ? null : new Date(row.retry_until).toISOString(),
    })),
    original,
  }
}

const sentMessage = (db: SqlDatabase, accountId: number, header: string): ReportView['original'] => {
  const row = db
    .prepare(
      `SELECT m.id, m.subject, m.date FROM message_headers h JOIN messages m ON m.id = h.message_id
       JOIN accounts a ON a.id = m.account_id JOIN folders f ON f.id = m.folder_id
       WHERE h.message_id_header = $header AND m.account_id = $accountId
         AND (f.role = 'sent' OR lower(m.from_address) = a.address) ORDER BY m.id DESC LIMIT 1`,
    )
    .get<{ id: number; subject: string; date: number }>({ header, accountId })
  return row ? { id: row.id, subject: row.subject, date: new Date(row.date).toISOString() } : null
}

export const deliveryOperations = {
  /** Everything known of a message as sent mail; null when it is gone. */
  'delivery.view': operation((db, params: { id: number }): MessageDelivery | null => {
    const row = db
      .prepare(
        `SELECT m.account_id, m.recipients, h.message_id_header, f.role, lower(m.from_address) = a.address AS mine
         FROM messages m JOIN folders f ON f.id = m.folder_id JOIN accounts a ON a.id = m.account_id
         LEFT JOIN message_headers h ON h.message_id = m.id WHERE m.id = ?`,
      )
      .get<{
        account_id: number
        recipients: string
        message_id_header: string | null
        role: string
        mine: number
      }>([params.id])
    if (!row) return null
    const header = row.message_id_header
    const ours = header !== null && (row.role === 'sent' || row.mine === 1)
    return {
      recipients: ours ? recipientsOf(db, row.account_id, header, row.recipients) : null,
      report: reportOf(db, params.id, row.account_id),
      ...replacementsOf(db, params.id),
    }
  }),
  /** What became of a message sent from here to one recipient, by its Message-ID; null when nothing is known. */
  'delivery.recipient': operation(
    (db, params: { accountId: number; header: string }): RecipientDelivery | null =>
      recipientsOf(db, params.accountId, params.header, '[]')?.[0] ?? null,
  ),
  /** What the user answered to a request of a read receipt; null before. */
  'receipts.answer': operation((db, params: { id: number }): 'sent' | 'declined' | null => {
    const row = db
      .prepare(
        `SELECT answer FROM read_receipts r JOIN messages m ON m.account_id = r.account_id
         JOIN message_headers h ON h.message_id = m.id AND h.message_id_header = r.message_id_header WHERE m.id = ?`,
      )
      .get<{ answer: 'sent' | 'declined' }>([params.id])
    return row?.answer ?? null
  }),
  /** The user wants no receipt sent; false when the request was answered before. */
  'receipts.decline': operation((db, params: { id: number }, context): boolean =>
    noteReceipt(db, params.id, 'declined', context.now()),
  ),
}

/** Notes an answer; false when there is one, or the message has no Message-ID to remember it by. */
export const noteReceipt = (db: SqlDatabase, id: number, answer: 'sent' | 'declined', now: number): boolean =>
  db
    .prepare(
      `INSERT OR IGNORE INTO read_receipts (account_id, message_id_header, answer, answered_at)
       SELECT m.account_id, h.message_id_header, $answer, $now FROM messages m
       JOIN message_headers h ON h.message_id = m.id WHERE m.id = $id AND h.message_id_header IS NOT NULL`,
    )
    .run({ id, answer, now }).changes === 1
