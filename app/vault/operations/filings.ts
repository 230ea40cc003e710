import type {
  ErrorData,
  FilingAction,
  FilingFault,
  FilingState,
  PatientSummary,
  QueueCounts,
  QueueFilter,
} from '../../contract/index.ts'
import type { SqlDatabase } from '../database.ts'
import { operation } from '../operation.ts'
import {
  refreshFiling,
  selectFiling,
  selectFilings,
  setFilingState,
  type StoredFiling,
} from './filing-rows.ts'

export interface NewFiling {
  targetId: number
  accountId: number
  messageId: number
  messageHeader: string | null
  documentId: string
  documentKey: string
  setKey: string | null
  version: number | null
  patientKey: string
  label: string
  patient: PatientSummary | null
  action: FilingAction
  replacesKey: string | null
  withdraws: number | null
  rule: string | null
  journalId: number | null
}

/** What windows must hear of, and part files to remove, once the transaction is over. */
export interface FilingChange {
  messageIds: number[]
  files: string[]
}

/** States in which a version of a document is in a record, or may be on its way there. */
const standing = "state NOT IN ('refused','withdrawn','cancelled')"

const insert = (db: SqlDatabase, one: NewFiling, now: number): number =>
  Number(
    db
      .prepare(
        `INSERT INTO filings (target_id, account_id, message_id, message_id_header, document_id, document_key, set_key,
           version, patient_key, label, patient, action, replaces_key, withdraws, state, rule_name, journal_id,
           created_at, changed_at)
         VALUES ($targetId, $accountId, $messageId, $messageHeader, $documentId, $documentKey, $setKey, $version,
           $patientKey, $label, $patient, $action, $replacesKey, $withdraws, 'waiting', $rule, $journalId, $now, $now)`,
      )
      .run({ ...one, patient: one.patient === null ? null : JSON.stringify(one.patient), now })
      .lastInsertRowid,
  )

const isStanding = (db: SqlDatabase, one: Pick<NewFiling, 'targetId' | 'documentKey' | 'version'>): boolean =>
  selectFilings(
    db,
    `filings.target_id = $targetId AND document_key = $key AND ifnull(version, 0) = $version
       AND action <> 'delete' AND ${standing}`,
    { targetId: one.targetId, key: one.documentKey, version: one.version ?? 0 },
    1,
  ).length > 0

/** Lets the bytes that were sent go; the part file comes back to be removed. */
const dropPayload = (db: SqlDatabase, id: number): string[] => {
  const file = selectFiling(db, id)?.payloadFile ?? null
  if (file === null) return []
  db.prepare('UPDATE filings SET payload_file = NULL WHERE id = ?').run([id])
  return [file]
}

/** What the end of one filing means for another: the version it replaces, the document it takes out. */
const settleOthers = (db: SqlDatabase, one: StoredFiling, state: FilingState, now: number): number[] => {
  if (one.action === 'delete' && one.withdraws !== null) {
    if (state === 'filed') return setFilingState(db, one.withdraws, { state: 'withdrawn' }, now)
    if (state === 'refused' || state === 'cancelled')
      return setFilingState(db, one.withdraws, { state: 'filed' }, now)
    return []
  }
  if (one.action !== 'replace' || state !== 'filed' || one.replacesKey === null) return []
  return selectFilings(
    db,
    `filings.target_id = $targetId AND document_key = $key AND state = 'filed' AND action <> 'delete'`,
    { targetId: one.targetId, key: one.replacesKey },
    10,
  ).flatMap((old) => setFilingState(db, old.id, { state: 'replaced' }, now))
}

const filters: Record<QueueFilter, string> = {
  all: '1',
  waiting: "state IN ('waiting','sending','transferred','withdrawing')",
  attention: "(state = 'refused' OR state = 'unknown' AND next_attempt_at IS NULL)",
  filed: "state IN ('filed','replaced','withdrawn')",
}

const countOf = (db: SqlDatabase, filter: QueueFilter): number =>
  db.prepare(`SELECT count(*) AS n FROM filings WHERE ${filters[filter]}`).get<{ n: number }>()?.n ?? 0

/** A row whose next try lies further ahead than any wait (18 minutes) was made when the clock was ahead: it is due. */
const longestWait = 20 * 60 * 1000

export const filingOperations = {
  /**
   * Queues documents for a record, all or none. Null when one of them is there already, in this version, or on its way
   * (LGC.MDV.06), or when what is to be withdrawn is not filed.
   */
  'filings.add': operation(
    (db, params: { filings: NewFiling[] }, context): ({ ids: number[] } & FilingChange) | null => {
      const now = context.now()
      for (const one of params.filings) {
        if (one.action === 'delete') {
          const old = one.withdraws === null ? null : selectFiling(db, one.withdraws)
          if (old?.state !== 'filed') return null
        } else if (isStanding(db, one)) return null
      }
      const ids: number[] = []
      for (const one of params.filings) {
        // Twice the same document in one order is once.
        if (one.action !== 'delete' && isStanding(db, one)) continue
        if (one.withdraws !== null) setFilingState(db, one.withdraws, { state: 'withdrawing' }, now)
        // The new try takes the place of the one that was refused.
        else
          db.prepare(
            `UPDATE filings SET state = 'cancelled' WHERE target_id = $targetId AND document_key = $documentKey
               AND ifnull(version, 0) = $version AND action <> 'delete' AND state = 'refused'`,
          ).run({ targetId: one.targetId, documentKey: one.documentKey, version: one.version ?? 0 })
        ids.push(insert(db, one, now))
      }
      const messageIds = [...new Set(params.filings.map((one) => one.messageId))]
      return { ids, messageIds: messageIds.flatMap((id) => refreshFiling(db, id)), files: [] }
    },
  ),
  /**
   * The oldest due for a record that nothing of the same patient goes before. `wait` is milliseconds until something may be
   * due when nothing is; null when nothing waits for time.
   */
  'filings.next': operation(
    (db, params: { targetId: number }, context): { filing: StoredFiling | null; wait: number | null } => {
      const now = context.now()
      const found = selectFilings(
        db,
        `filings.target_id = $targetId
           AND (state = 'waiting' OR state = 'unknown' AND next_attempt_at IS NOT NULL)
           AND (next_attempt_at IS NULL OR next_attempt_at <= $now OR next_attempt_at > $now + ${String(longestWait)})
           AND NOT EXISTS (SELECT 1 FROM filings earlier WHERE earlier.target_id = filings.target_id
             AND earlier.id < filings.id AND earlier.patient_key = filings.patient_key
             AND earlier.state IN ('waiting','sending','unknown'))
         ORDER BY filings.id`,
        { targetId: params.targetId, now },
        1,
      )[0]
      if (found) return { filing: found, wait: null }
      const soonest = db
        .prepare(
          `SELECT min(next_attempt_at) AS at FROM filings
           WHERE target_id = $targetId AND state IN ('waiting','unknown') AND next_attempt_at > $now`,
        )
        .get<{ at: number | null }>({ targetId: params.targetId, now })
      return { filing: null, wait: soonest?.at == null ? null : soonest.at - now }
    },
  ),
  /**
   * It is about to leave under this reference, with these bytes: after a crash they are what is sent again. False when it
   * is no longer to be sent.
   */
  'filings.begin': operation(
    (
      db,
      params: {
        id: number
        reference: string
        payloadFile: string | null
        action: FilingAction
        restrictions: string[] | null
        replacesKey: string | null
      },
      context,
    ): boolean =>
      db
        .prepare(
          `UPDATE filings SET state = 'sending', reference = $reference, payload_file = $payloadFile,
             action = $action, restrictions = ifnull($restrictions, restrictions), replaces_key = $replacesKey,
             attempts = attempts + 1,
             next_attempt_at = NULL, changed_at = $now
           WHERE id = $id AND state IN ('waiting','unknown')`,
        )
        .run({
          ...params,
          restrictions: params.restrictions === null ? null : JSON.stringify(params.restrictions),
          now: context.now(),
        }).changes === 1,
  ),
  /** How a try ended. `fresh` forgets the bytes and the reference: the next try is a new message. */
  'filings.settle': operation(
    (
      db,
      params: {
        id: number
        state: 'waiting' | 'unknown' | 'transferred' | 'filed' | 'refused'
        faults: FilingFault[]
        error: ErrorData | null
        nextAttemptAt: number | null
        fresh: boolean
      },
      context,
    ): FilingChange => {
      const now = context.now()
      const one = selectFiling(db, params.id)
      // `waiting`: it never got as far as leaving.
      if (!one || !['waiting', 'sending', 'unknown'].includes(one.state)) return { messageIds: [], files: [] }
      if (one.state === 'waiting')
        db.prepare('UPDATE filings SET attempts = attempts + 1 WHERE id = ?').run([one.id])
      const messageIds = [
        ...setFilingState(db, params.id, params, now),
        ...settleOthers(db, one, params.state, now),
      ]
      return { messageIds, files: params.fresh ? dropPayload(db, params.id) : [] }
    },
  ),
  /**
   * After a crash: whatever was being sent has an unknown outcome. Those of `ask` wait for the user. What waits for a target
   * that the administrator took away says so.
   */
  'filings.recover': operation((db, params: { ask: number[]; folders: number[] }, context): FilingChange => {
    const now = context.now()
    const asked = new Set(params.ask)
    const folders = new Set(params.folders)
    const files: string[] = []
    const given = selectFilings(
      db,
      'state = $state AND record_targets.removed_at IS NOT NULL',
      { state: 'waiting' },
      1000,
    ).flatMap((one) => {
      files.push(...dropPayload(db, one.id))
      const error: ErrorData = { code: 'integration.target-unknown', retry: 'after-change' }
      return [
        ...setFilingState(db, one.id, { state: 'refused', error }, now),
        ...settleOthers(db, one, 'refused', now),
      ]
    })
    const messageIds = selectFilings(db, 'state = $state', { state: 'sending' }, 1000).flatMap((one) => {
      const error: ErrorData = { code: 'integration.unknown-outcome', retry: 'later' }
      if (one.targetId !== null && folders.has(one.targetId))
        // A file that is not there was never put, or was taken: whoever looks decides.
        return setFilingState(db, one.id, { state: 'unknown', error, nextAttemptAt: now }, now)
      if (one.payloadFile === null) {
        // A transfer is in the outbox or it is not.
        const left = db
          .prepare('SELECT 1 AS found FROM outbox WHERE message_id_header = ?')
          .get<{ found: number }>([one.reference])
        return setFilingState(db, one.id, { state: left ? 'transferred' : 'waiting' }, now)
      }
      const byUser = one.targetId === null || asked.has(one.targetId)
      return setFilingState(db, one.id, { state: 'unknown', error, nextAttemptAt: byUser ? null : now }, now)
    })
    return { messageIds: [...given, ...messageIds], files }
  }),
  'filings.get': operation((db, params: { id: number }): StoredFiling | null => selectFiling(db, params.id)),
  'filings.list': operation(
    (
      db,
      params: { filter: QueueFilter; before: number | null; limit: number },
    ): { filings: StoredFiling[]; more: boolean } => {
      const found = selectFilings(
        db,
        `${filters[params.filter]} AND filings.id < $before ORDER BY filings.id DESC`,
        { before: params.before ?? Number.MAX_SAFE_INTEGER },
        params.limit + 1,
      )
      return { filings: found.slice(0, params.limit), more: found.length > params.limit }
    },
  ),
  'filings.counts': operation((db): QueueCounts => ({
    waiting: countOf(db, 'waiting'),
    attention: countOf(db, 'attention'),
  })),
  /** Newest first. */
  'filings.ofMessage': operation((db, params: { messageId: number }): StoredFiling[] =>
    selectFilings(db, 'message_id = $messageId ORDER BY filings.id DESC', params, 500),
  ),
  'filings.ofJournal': operation((db, params: { journalId: number }): StoredFiling[] =>
    selectFilings(db, 'journal_id = $journalId ORDER BY filings.id', params, 500),
  ),
  /** Every filing of a document by its key, and those that take it out again; newest first. */
  'filings.ofDocument': operation((db, params: { key: string }): StoredFiling[] =>
    selectFilings(db, 'document_key = $key ORDER BY filings.id DESC', params, 100),
  ),
  /** Filings of documents by their keys, and of other versions of their sets: what stands there, newest first. */
  'filings.known': operation((db, params: { keys: string[]; sets: string[] }): StoredFiling[] =>
    selectFilings(
      db,
      `action <> 'delete' AND ${standing} AND (document_key IN (SELECT value FROM json_each($keys))
         OR set_key IN (SELECT value FROM json_each($sets))) ORDER BY filings.id DESC`,
      { keys: JSON.stringify(params.keys), sets: JSON.stringify(params.sets) },
      500,
    ),
  ),
  /** The user tries again: what was refused as a new message, what is unknown as the same one. False when it is over. */
  'filings.retry': operation((db, params: { id: number }, context): FilingChange | null => {
    const now = context.now()
    const one = selectFiling(db, params.id)
    if (!one || !['waiting', 'refused', 'unknown'].includes(one.state)) return null
    // Nobody is there any more who could take it.
    if (one.targetId === null) return null
    if (one.state === 'unknown')
      return {
        messageIds: setFilingState(db, one.id, { state: 'unknown', nextAttemptAt: now }, now),
        files: [],
      }
    if (one.state === 'refused' && one.action !== 'delete') {
      const again = { targetId: one.targetId ?? 0, documentKey: one.documentKey, version: one.version }
      if (isStanding(db, again)) return null
    }
    if (one.state === 'refused' && one.action === 'delete' && one.withdraws !== null)
      if (selectFiling(db, one.withdraws)?.state !== 'filed') return null
    const files = dropPayload(db, one.id)
    const messageIds = setFilingState(db, one.id, { state: 'waiting' }, now)
    if (one.action === 'delete' && one.withdraws !== null)
      messageIds.push(...setFilingState(db, one.withdraws, { state: 'withdrawing' }, now))
    return { messageIds, files }
  }),
  /** Gives up what never left or was refused; null when it has gone further. */
  'filings.cancel': operation((db, params: { id: number }, context): FilingChange | null => {
    const one = selectFiling(db, params.id)
    if (!one || (one.state !== 'waiting' && one.state !== 'refused')) return null
    const now = context.now()
    const messageIds = [
      ...setFilingState(db, one.id, { state: 'cancelled' }, now),
      ...(one.state === 'waiting' ? settleOthers(db, one, 'cancelled', now) : []),
    ]
    return { messageIds, files: dropPayload(db, one.id) }
  }),
  /** The user says whether what was of unknown outcome is there; null when it is not. */
  'filings.resolve': operation((db, params: { id: number; filed: boolean }, context): FilingChange | null => {
    const one = selectFiling(db, params.id)
    if (one?.state !== 'unknown') return null
    const now = context.now()
    const state = params.filed ? 'filed' : 'waiting'
    const messageIds = [...setFilingState(db, one.id, { state }, now), ...settleOthers(db, one, state, now)]
    return { messageIds, files: dropPayload(db, one.id) }
  }),
  /** A filed document was taken out without a message (its file was still there). */
  'filings.withdrawn': operation((db, params: { id: number }, context): FilingChange => ({
    messageIds: setFilingState(db, params.id, { state: 'withdrawn' }, context.now()),
    files: [],
  })),
}
