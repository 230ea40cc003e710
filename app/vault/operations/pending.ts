import type { SqlDatabase } from '../database.ts'
import { operation } from '../operation.ts'
import { nameOf, type OperationView } from './notices.ts'
import { dropItems, type OperationKind } from './queue-items.ts'
import { noChange, type LocalChange } from './queue-changes.ts'
import { removeMessages } from './message-rows.ts'

/** An open operation as somebody who waits for it sees it; times in milliseconds. */
export interface PendingOperation extends OperationView {
  id: number
  accountId: number
  actionId: number | null
  messages: number
  total: number
  createdAt: number
  sent: boolean
  nextAttemptAt: number | null
  error: string | null
}

/** A refusal nobody has read yet. */
export interface StoredNotice extends OperationView {
  id: number
  accountId: number
  error: string
  messages: number
  subjects: string[]
  createdAt: number
}

interface PendingRow {
  id: number
  account_id: number
  action_id: number | null
  kind: OperationKind
  bits: number
  turn_on: number
  target_id: number | null
  total: number
  state: string
  next_attempt_at: number | null
  error: string | null
  created_at: number
}

/** Shown at once; the others are counted. */
const shown = 200

const pendingOf = (db: SqlDatabase, row: PendingRow): PendingOperation => {
  const items = db
    .prepare(
      `SELECT count(*) AS messages, min(folder_id) AS low, max(folder_id) AS high FROM operation_items
       WHERE operation_id = ?`,
    )
    .get<{ messages: number; low: number | null; high: number | null }>([row.id])
  return {
    id: row.id,
    accountId: row.account_id,
    actionId: row.action_id,
    kind: row.kind,
    bits: row.bits,
    on: row.turn_on === 1,
    folder: items && items.low === items.high && row.kind !== 'append' ? nameOf(db, items.low) : null,
    target: nameOf(db, row.kind === 'append' ? (items?.low ?? null) : row.target_id),
    messages: items?.messages ?? 0,
    total: row.total,
    createdAt: row.created_at,
    sent: row.state === 'sent',
    nextAttemptAt: row.next_attempt_at,
    error: row.error,
  }
}

export const pendingOperations = {
  'pending.list': operation((db): { operations: PendingOperation[]; notices: StoredNotice[] } => ({
    operations: db
      .prepare(
        `SELECT * FROM operations o WHERE state IN ('pending','sent')
         AND EXISTS (SELECT 1 FROM operation_items WHERE operation_id = o.id) ORDER BY id LIMIT ${String(shown)}`,
      )
      .all<PendingRow>()
      .map((row) => pendingOf(db, row)),
    notices: db
      .prepare(
        `SELECT id, account_id AS accountId, what, error, messages, created_at AS createdAt FROM action_notices
         ORDER BY id DESC LIMIT ${String(shown)}`,
      )
      .all<Omit<StoredNotice, keyof OperationView | 'subjects'> & { what: string }>()
      .map(({ what, ...row }) => ({
        ...row,
        ...(JSON.parse(what) as OperationView & { subjects: string[] }),
      })),
  })),
  /** Open operations, those among them that failed lately, unread notices. */
  'pending.count': operation((db): { waiting: number; blocked: number; notices: number } => {
    const open = db
      .prepare(
        `SELECT count(*) AS waiting, coalesce(sum(error IS NOT NULL), 0) AS blocked FROM operations o
         WHERE state IN ('pending','sent') AND EXISTS (SELECT 1 FROM operation_items WHERE operation_id = o.id)`,
      )
      .get<{ waiting: number; blocked: number }>()
    const notices = db.prepare('SELECT count(*) AS n FROM action_notices').get<{ n: number }>()
    return { waiting: open?.waiting ?? 0, blocked: open?.blocked ?? 0, notices: notices?.n ?? 0 }
  }),
  /** Due at once again, whatever it waited for. */
  'pending.retry': operation(
    (db, params: { id: number }): boolean =>
      db
        .prepare(
          `UPDATE operations SET next_attempt_at = NULL, attempts = 0 WHERE id = ? AND state IN ('pending','sent')`,
        )
        .run([params.id]).changes > 0,
  ),
  /** The action an open operation belongs to; 0 when it has none, null when it is not open. */
  'pending.actionOf': operation((db, params: { id: number }): number | null => {
    const row = db
      .prepare(
        "SELECT coalesce(action_id, 0) AS id FROM operations WHERE id = ? AND state IN ('pending','sent')",
      )
      .get<{ id: number }>([params.id])
    return row?.id ?? null
  }),
  /** Messages that were to be put on the server and never went: they exist here only, and leave with the cancelling. */
  'pending.dropAppends': operation(
    (db, params: { id: number; limit: number }): LocalChange & { more: boolean } => {
      const ids = db
        .prepare(
          `SELECT i.message_id AS id FROM operation_items i JOIN operations o ON o.id = i.operation_id
         WHERE o.id = $id AND o.kind = 'append' AND i.sent = 0 LIMIT $limit`,
        )
        .all<{ id: number }>(params)
        .map((row) => row.id)
      dropItems(db, params.id, ids)
      return { ...noChange(), removal: removeMessages(db, ids), more: ids.length === params.limit }
    },
  ),
  'pending.dismiss': operation((db, params: { ids: number[] }): void => {
    db.prepare('DELETE FROM action_notices WHERE id IN (SELECT value FROM json_each($ids))').run({
      ids: JSON.stringify(params.ids),
    })
  }),
}
