import type {
  DeliveryOutcome,
  ErrorData,
  Filing,
  FilingAction,
  FilingFault,
  FilingState,
  FilingSummary,
  PatientSummary,
  TargetPlace,
} from '../../contract/index.ts'
import type { SqlDatabase } from '../database.ts'
import { domainOf } from './found-report.ts'

/** A filing as stored: what windows see of it, and what sending it needs. */
export interface StoredFiling extends Filing {
  accountId: number
  /** Message-ID of the message it came in. */
  messageHeader: string | null
  documentKey: string
  setKey: string | null
  version: number | null
  patientKey: string
  replacesKey: string | null
  withdraws: number | null
  restrictions: string[] | null
  payloadFile: string | null
  journalId: number | null
}

interface Row {
  id: number
  target_id: number
  target_name: string
  target_gone: number
  account_id: number
  message_id: number | null
  message_id_header: string | null
  document_id: string
  document_key: string
  set_key: string | null
  version: number | null
  patient_key: string
  label: string
  patient: string | null
  action: FilingAction
  replaces_key: string | null
  withdraws: number | null
  restrictions: string | null
  state: FilingState
  reference: string | null
  payload_file: string | null
  attempts: number
  next_attempt_at: number | null
  faults: string
  error: string | null
  rule_name: string | null
  journal_id: number | null
  created_at: number
  changed_at: number
}

const iso = (time: number): string => new Date(time).toISOString()

const filing = (row: Row): StoredFiling => ({
  id: row.id,
  targetId: row.target_gone === 1 ? null : row.target_id,
  targetName: row.target_name,
  accountId: row.account_id,
  messageId: row.message_id,
  messageHeader: row.message_id_header,
  documentId: row.document_id,
  documentKey: row.document_key,
  setKey: row.set_key,
  version: row.version,
  patientKey: row.patient_key,
  label: row.label,
  patient: row.patient === null ? null : (JSON.parse(row.patient) as PatientSummary),
  action: row.action,
  replacesKey: row.replaces_key,
  withdraws: row.withdraws,
  restrictions: row.restrictions === null ? null : (JSON.parse(row.restrictions) as string[]),
  state: row.state,
  reference: row.reference,
  payloadFile: row.payload_file,
  attempts: row.attempts,
  faults: JSON.parse(row.faults) as FilingFault[],
  error: row.error === null ? null : (JSON.parse(row.error) as ErrorData),
  rule: row.rule_name,
  journalId: row.journal_id,
  createdAt: iso(row.created_at),
  changedAt: iso(row.changed_at),
  nextTryAt: row.next_attempt_at === null ? null : iso(row.next_attempt_at),
})

/** Filings under a condition; newest first unless it says otherwise. `most` bounds them. */
export const selectFilings = (
  db: SqlDatabase,
  where: string,
  params: Record<string, string | number | null>,
  most: number,
): StoredFiling[] =>
  db
    .prepare(
      `SELECT filings.*, record_targets.name AS target_name, record_targets.removed_at IS NOT NULL AS target_gone
       FROM filings JOIN record_targets ON record_targets.id = filings.target_id
       WHERE ${where} LIMIT ${String(most)}`,
    )
    .all<Row>(params)
    .map(filing)

export const selectFiling = (db: SqlDatabase, id: number): StoredFiling | null =>
  selectFilings(db, 'filings.id = $id', { id }, 1)[0] ?? null

const shownAs: Partial<Record<FilingState, FilingSummary['state']>> = {
  refused: 'refused',
  unknown: 'unknown',
  waiting: 'waiting',
  sending: 'waiting',
  withdrawing: 'waiting',
  transferred: 'waiting',
  filed: 'filed',
  replaced: 'filed',
  withdrawn: 'withdrawn',
}
const worst: readonly FilingSummary['state'][] = ['refused', 'unknown', 'waiting', 'filed']

/** Writes what became of a message's documents into its row again; the id when that changed. */
export const refreshFiling = (db: SqlDatabase, messageId: number | null): number[] => {
  if (messageId === null) return []
  const before = db
    .prepare('SELECT filing FROM messages WHERE id = ?')
    .get<{ filing: string | null }>([messageId])
  if (!before) return []
  // A message that asks for a document of another one to be taken out shows what became of that.
  const states = db
    .prepare(
      `SELECT state, action FROM filings f WHERE message_id = ? AND state <> 'cancelled' AND (action <> 'delete'
         OR message_id IS NOT (SELECT message_id FROM filings o WHERE o.id = f.withdraws)) LIMIT 500`,
    )
    .all<{ state: FilingState; action: FilingAction }>([messageId])
    .flatMap(({ state, action }) =>
      action === 'delete' && state === 'filed' ? ('withdrawn' as const) : (shownAs[state] ?? []),
    )
  const summary: FilingSummary | null =
    states.length === 0
      ? null
      : {
          state: worst.find((one) => states.includes(one)) ?? 'withdrawn',
          filed: states.filter((one) => one === 'filed').length,
          total: states.length,
        }
  const next = summary === null ? null : JSON.stringify(summary)
  if (next === before.filing) return []
  db.prepare('UPDATE messages SET filing = $next WHERE id = $id').run({ next, id: messageId })
  return [messageId]
}

/** Moves a filing to a state; the rows that changed by it. */
export const setFilingState = (
  db: SqlDatabase,
  id: number,
  change: {
    state: FilingState
    faults?: readonly FilingFault[]
    error?: ErrorData | null
    nextAttemptAt?: number | null
  },
  now: number,
): number[] => {
  db.prepare(
    `UPDATE filings SET state = $state, faults = $faults, error = $error, next_attempt_at = $nextAttemptAt,
       changed_at = $now WHERE id = $id`,
  ).run({
    id,
    state: change.state,
    faults: JSON.stringify(change.faults ?? []),
    error: change.error ? JSON.stringify(change.error) : null,
    nextAttemptAt: change.nextAttemptAt ?? null,
    now,
  })
  return refreshFiling(db, selectFiling(db, id)?.messageId ?? null)
}

/**
 * A report about a message that was transferred to an applicative mailbox, or about the transfer itself. Whether it is in the
 * record is for the organisation of that mailbox to say: the first sender knows the Message-ID as well.
 */
export const noteTransfer = (
  db: SqlDatabase,
  { accountId, header, from }: { accountId: number; header: string; from: string },
  kind: 'delivery' | 'disposition',
  outcomes: readonly { outcome: DeliveryOutcome; status: string | null; diagnostic: string | null }[],
  now: number,
): number[] => {
  const ends = outcomes.filter(({ outcome }) => outcome in transferEnds)
  if (ends.length === 0) return []
  return selectFilings(
    db,
    `filings.account_id = $accountId AND state = 'transferred'
       AND (reference = $header OR message_id_header = $header)`,
    { accountId, header },
    20,
  ).flatMap((one) => {
    const place = db
      .prepare('SELECT place FROM record_targets WHERE id = (SELECT target_id FROM filings WHERE id = ?)')
      .get<{ place: string }>([one.id])
    const target = place ? (JSON.parse(place.place) as TargetPlace) : null
    const its = target?.kind === 'mailbox' && domainOf(target.address) === domainOf(from)
    if (kind === 'disposition' && !its) return []
    const failed = ends.find(({ outcome }) => outcome !== 'integrated')
    if (!failed) return setFilingState(db, one.id, { state: 'filed' }, now)
    const code =
      failed.outcome === 'integration-failed' && failed.status !== null ? Number(failed.status) : null
    return setFilingState(
      db,
      one.id,
      {
        state: 'refused',
        faults: [{ code, location: null, text: failed.diagnostic }],
        error:
          failed.outcome === 'integration-failed'
            ? { code: 'integration.refused', retry: 'after-change' }
            : { code: 'smtp.recipient-refused', retry: 'after-change' },
      },
      now,
    )
  })
}

/** What ends a transfer, of all a report may say. */
const transferEnds: Partial<Record<DeliveryOutcome, true>> = {
  integrated: true,
  'integration-failed': true,
  failed: true,
  refused: true,
}

/** A message that came back under another row (its mailbox was made anew): its filings are its own again. */
export const relinkFilings = (db: SqlDatabase, accountId: number, header: string): number[] => {
  const lost = selectFilings(
    db,
    'filings.account_id = $accountId AND message_id_header = $header AND message_id IS NULL',
    { accountId, header },
    500,
  )
  if (lost.length === 0) return []
  const row = db
    .prepare(
      `SELECT m.id FROM message_headers h JOIN messages m ON m.id = h.message_id
       WHERE h.message_id_header = $header AND m.account_id = $accountId ORDER BY m.id LIMIT 1`,
    )
    .get<{ id: number }>({ accountId, header })
  if (!row) return []
  const relink = db.prepare('UPDATE filings SET message_id = $messageId WHERE id = $id')
  for (const { id } of lost) relink.run({ id, messageId: row.id })
  return refreshFiling(db, row.id)
}
