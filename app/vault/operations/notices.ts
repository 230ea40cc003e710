import type { ErrorCode } from '../../contract/index.ts'
import type { SqlDatabase } from '../database.ts'
import { idList, type OperationKind, type QueuedItem } from './queue-items.ts'

/** A folder as it was called when it mattered: it may be gone since. */
export interface NamedFolder {
  name: string
  role: string
}

/** What an operation was to do. */
export interface OperationView {
  kind: OperationKind
  bits: number
  on: boolean
  /** Where the messages are on the server; null when in several folders. */
  folder: NamedFolder | null
  target: NamedFolder | null
}

export const nameOf = (db: SqlDatabase, folderId: number | null): NamedFolder | null => {
  const row =
    folderId === null
      ? undefined
      : db.prepare('SELECT name, role FROM folders WHERE id = ?').get<NamedFolder>([folderId])
  return row ? { name: row.name, role: row.role } : null
}

/** How many subjects a notice shows. */
const samples = 3

/** Keeps a refusal until the user has read it; what one operation is refused for the same reason is one notice. */
export const addNotice = (
  db: SqlDatabase,
  refused: {
    id: number
    account_id: number
    kind: OperationKind
    bits: number
    turn_on: number
    targetId: number | null
    error: ErrorCode
    items: readonly QueuedItem[]
    now: number
  },
): void => {
  const folders = new Set(refused.items.map((one) => one.folderId))
  const [folderId] = folders
  const subjects = db
    .prepare('SELECT subject FROM messages WHERE id IN (SELECT value FROM json_each($ids)) ORDER BY id DESC')
    .all<{ subject: string }>({ ids: idList(refused.items.slice(0, samples).map((one) => one.id)) })
    .map((row) => row.subject)
  const what: OperationView & { subjects: string[] } = {
    kind: refused.kind,
    bits: refused.bits,
    on: refused.turn_on === 1,
    folder: folders.size === 1 ? nameOf(db, folderId ?? null) : null,
    target: nameOf(db, refused.targetId),
    subjects,
  }
  db.prepare(
    `INSERT INTO action_notices (account_id, operation_id, what, error, messages, created_at)
     VALUES ($accountId, $operationId, $what, $error, $messages, $now)
     ON CONFLICT (operation_id, error) DO UPDATE SET messages = messages + $messages`,
  ).run({
    accountId: refused.account_id,
    operationId: refused.id,
    what: JSON.stringify(what),
    error: refused.error,
    messages: refused.items.length,
    now: refused.now,
  })
}
