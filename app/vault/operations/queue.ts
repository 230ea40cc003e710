import type { SqlDatabase } from '../database.ts'
import { operation } from '../operation.ts'
import { flagBits, recount, removeMessages, type Removal } from './message-rows.ts'

/** Where a message was on the server when the action was made. */
export interface QueuedItem {
  id: number
  folderId: number
  uid: number | null
  uidvalidity: string | null
}

/** A local action the server must still be told of. Flags are set or cleared, never toggled: replaying is harmless. */
export type QueuedAction =
  | { kind: 'flag'; bit: number; on: boolean; items: QueuedItem[] }
  | { kind: 'move'; target: number; items: QueuedItem[] }
  | { kind: 'expunge'; items: QueuedItem[] }

export interface QueuedOperation {
  id: number
  accountId: number
  action: QueuedAction
  attempts: number
  nextAttemptAt: number | null
}

interface OperationRow {
  id: number
  account_id: number
  payload: string
  state: 'pending' | 'sent' | 'confirmed' | 'conflict' | 'failed' | 'undone'
  attempts: number
  next_attempt_at: number | null
}

/** Ids whose rows changed, and the folders whose counts did. */
export interface QueueChange {
  ids: number[]
  folderIds: number[]
}

const parse = (row: OperationRow): QueuedOperation => ({
  id: row.id,
  accountId: row.account_id,
  action: JSON.parse(row.payload) as QueuedAction,
  attempts: row.attempts,
  nextAttemptAt: row.next_attempt_at,
})

const openOperations = (db: SqlDatabase, accountId: number): QueuedOperation[] =>
  db
    .prepare("SELECT * FROM operations WHERE account_id = ? AND state IN ('pending','sent') ORDER BY id")
    .all<OperationRow>([accountId])
    .map(parse)

/** For each message, the flag bits that open actions own: what the server says of them does not count yet. */
export const pendingFlagMask = (db: SqlDatabase, accountId: number): Map<number, number> => {
  const masks = new Map<number, number>()
  for (const { action } of openOperations(db, accountId)) {
    const bits = action.kind === 'flag' ? action.bit : action.kind === 'expunge' ? flagBits.deleted : 0
    if (bits === 0) continue
    for (const item of action.items) masks.set(item.id, (masks.get(item.id) ?? 0) | bits)
  }
  return masks
}

interface Target extends QueuedItem {
  accountId: number
  flags: number
  mailbox: string | null
}

const targetsOf = (db: SqlDatabase, ids: readonly number[]): Target[] =>
  db
    .prepare(
      `SELECT m.id, m.folder_id AS folderId, m.uid, f.uidvalidity, m.account_id AS accountId, m.flags, f.mailbox
       FROM messages m JOIN folders f ON f.id = m.folder_id
       WHERE m.id IN (SELECT value FROM json_each($ids)) ORDER BY m.id`,
    )
    .all<Target>({ ids: JSON.stringify(ids) })

const item = ({ id, folderId, uid, uidvalidity }: QueuedItem): QueuedItem => ({
  id,
  folderId,
  uid,
  uidvalidity,
})

const enqueue = (db: SqlDatabase, accountId: number, action: QueuedAction, now: number): number => {
  const { lastInsertRowid } = db
    .prepare(
      `INSERT INTO operations (account_id, kind, payload, state, created_at)
       VALUES ($accountId, $kind, $payload, 'pending', $now)`,
    )
    .run({ accountId, kind: action.kind, payload: JSON.stringify(action), now })
  addPending(db, action.items, 1)
  return lastInsertRowid
}

const addPending = (db: SqlDatabase, items: readonly QueuedItem[], delta: number): void => {
  for (const { id } of items)
    db.prepare('UPDATE messages SET pending = max(0, pending + $delta) WHERE id = $id').run({ id, delta })
}

const close = (
  db: SqlDatabase,
  op: QueuedOperation,
  state: OperationRow['state'],
  error: string | null,
): void => {
  db.prepare('UPDATE operations SET state = $state, error = $error WHERE id = $id').run({
    id: op.id,
    state,
    error,
  })
  addPending(db, op.action.items, -1)
}

/** Same messages, same flag: the later action alone matters, unless the first is already on its way. */
const collapse = (db: SqlDatabase, accountId: number, bit: number, ids: readonly number[]): void => {
  const key = JSON.stringify(ids)
  const rows = db
    .prepare("SELECT * FROM operations WHERE account_id = ? AND state = 'pending' AND kind = 'flag'")
    .all<OperationRow>([accountId])
  for (const op of rows.map(parse)) {
    if (op.action.kind !== 'flag' || op.action.bit !== bit) continue
    if (JSON.stringify(op.action.items.map((one) => one.id)) === key) close(db, op, 'undone', null)
  }
}

const byAccount = (targets: Target[]): Map<number, Target[]> =>
  Map.groupBy(targets, (target) => target.accountId)

const byMailbox = (targets: Target[]): Target[][] => [
  ...Map.groupBy(targets, (target) => JSON.stringify([target.accountId, target.mailbox])).values(),
]

/** The trash of the mailbox these messages are in; a shared mailbox that shows none has the account's own. */
const trashOf = (db: SqlDatabase, [first]: readonly Target[]): { id: number } | undefined =>
  first &&
  db
    .prepare(
      `SELECT id FROM folders WHERE account_id = $accountId AND role = 'trash' AND selectable = 1
         AND (mailbox IS $mailbox OR mailbox IS NULL) ORDER BY mailbox IS NULL, id LIMIT 1`,
    )
    .get<{ id: number }>({ accountId: first.accountId, mailbox: first.mailbox })

const foldersOf = (targets: readonly QueuedItem[]): number[] => [
  ...new Set(targets.map((one) => one.folderId)),
]

/** Sets or clears a flag here at once and queues it for the server; 0 as operation id when nothing was to change. */
export const queueFlag = (
  db: SqlDatabase,
  params: { ids: readonly number[]; bit: number; on: boolean },
  now: number,
): QueueChange & { operationId: number } => {
  let operationId = 0
  const targets = targetsOf(db, params.ids).filter((one) => ((one.flags & params.bit) !== 0) !== params.on)
  for (const [accountId, list] of byAccount(targets)) {
    for (const { id } of list)
      db.prepare(
        params.on
          ? 'UPDATE messages SET flags = flags | $bit WHERE id = $id'
          : 'UPDATE messages SET flags = flags & ~$bit WHERE id = $id',
      ).run({ id, bit: params.bit })
    collapse(
      db,
      accountId,
      params.bit,
      list.map((one) => one.id),
    )
    operationId = enqueue(
      db,
      accountId,
      { kind: 'flag', bit: params.bit, on: params.on, items: list.map(item) },
      now,
    )
  }
  recount(db, foldersOf(targets))
  return { operationId, ids: targets.map((one) => one.id), folderIds: foldersOf(targets) }
}

const queueMove = (
  db: SqlDatabase,
  targets: Target[],
  target: number,
  now: number,
): QueueChange & { operationId: number } => {
  let operationId = 0
  for (const [accountId, list] of byAccount(targets)) {
    for (const { id } of list)
      db.prepare('UPDATE messages SET folder_id = $target, uid = NULL WHERE id = $id').run({ id, target })
    operationId = enqueue(db, accountId, { kind: 'move', target, items: list.map(item) }, now)
  }
  const folderIds = [...foldersOf(targets), target]
  recount(db, folderIds)
  return { operationId, ids: targets.map((one) => one.id), folderIds }
}

const queueExpunge = (
  db: SqlDatabase,
  targets: Target[],
  now: number,
): QueueChange & { operationId: number } => {
  let operationId = 0
  for (const [accountId, list] of byAccount(targets)) {
    for (const { id } of list) db.prepare('UPDATE messages SET flags = flags | 16 WHERE id = ?').run([id])
    operationId = enqueue(db, accountId, { kind: 'expunge', items: list.map(item) }, now)
  }
  recount(db, foldersOf(targets))
  return { operationId, ids: targets.map((one) => one.id), folderIds: foldersOf(targets) }
}

const itemById = (action: QueuedAction): Map<number, QueuedItem> =>
  new Map(action.items.map((one) => [one.id, one]))

/** Puts the view back as before an action that was never sent, or that the server refused. */
const revert = (db: SqlDatabase, action: QueuedAction): QueueChange => {
  const folderIds = new Set(action.items.map((one) => one.folderId))
  if (action.kind === 'move') folderIds.add(action.target)
  for (const { id, folderId, uid } of action.items) {
    if (action.kind === 'flag')
      db.prepare(
        action.on
          ? 'UPDATE messages SET flags = flags & ~$bit WHERE id = $id'
          : 'UPDATE messages SET flags = flags | $bit WHERE id = $id',
      ).run({ id, bit: action.bit })
    else if (action.kind === 'expunge')
      db.prepare('UPDATE messages SET flags = flags & ~16 WHERE id = ?').run([id])
    else
      db.prepare(
        `UPDATE messages SET folder_id = $folderId, uid = $uid WHERE id = $id
         AND NOT EXISTS (SELECT 1 FROM messages WHERE folder_id = $folderId AND uid = $uid AND id <> $id)`,
      ).run({ id, folderId, uid })
  }
  recount(db, folderIds)
  return { ids: action.items.map((one) => one.id), folderIds: [...folderIds] }
}

/** Later actions on messages whose new UID was not known when they were made learn it now. */
const nameUids = (
  db: SqlDatabase,
  accountId: number,
  folderId: number,
  uids: readonly { id: number; uid: number }[],
): void => {
  const known = new Map(uids.map((one) => [one.id, one.uid]))
  for (const { id, action } of openOperations(db, accountId)) {
    const waiting = action.items.filter((one) => one.uid === null && one.folderId === folderId)
    if (waiting.length === 0) continue
    for (const one of waiting) one.uid = known.get(one.id) ?? null
    db.prepare('UPDATE operations SET payload = $payload WHERE id = $id').run({
      id,
      payload: JSON.stringify(action),
    })
  }
}

const nothing: QueueChange = { ids: [], folderIds: [] }

const byId = (db: SqlDatabase, id: number): OperationRow | undefined =>
  db.prepare('SELECT * FROM operations WHERE id = ?').get<OperationRow>([id])

export const queueOperations = {
  /** UIDs of a folder that open actions are taking away: the server still has them, the view no longer. */
  'queue.leavingUids': operation((db, params: { accountId: number; folderId: number }): number[] =>
    openOperations(db, params.accountId).flatMap(({ action }) =>
      action.kind === 'move'
        ? action.items.flatMap((one) =>
            one.folderId === params.folderId && one.uid !== null ? [one.uid] : [],
          )
        : [],
    ),
  ),
  'queue.setFlag': operation((db, params: { ids: number[]; bit: number; on: boolean }, context) =>
    queueFlag(db, params, context.now()),
  ),
  /** Moves within one account; messages of another account than the target folder's are left where they are. */
  'queue.move': operation((db, params: { ids: number[]; folderId: number }, context) => {
    const target = db
      .prepare('SELECT account_id FROM folders WHERE id = ?')
      .get<{ account_id: number }>([params.folderId])
    const targets = targetsOf(db, params.ids).filter(
      (one) => one.accountId === target?.account_id && one.folderId !== params.folderId,
    )
    return queueMove(db, targets, params.folderId, context.now())
  }),
  /** To the trash of each mailbox, of the account when a shared one has none; from the trash, or without one, for good. */
  'queue.delete': operation((db, params: { ids: number[] }, context) => {
    const result = { operationId: 0, ids: [] as number[], folderIds: [] as number[] }
    for (const targets of byMailbox(targetsOf(db, params.ids))) {
      const trash = trashOf(db, targets)
      const forGood = targets.filter((one) => !trash || one.folderId === trash.id)
      const toTrash = targets.filter((one) => trash !== undefined && one.folderId !== trash.id)
      for (const change of [
        ...(forGood.length > 0 ? [queueExpunge(db, forGood, context.now())] : []),
        ...(trash && toTrash.length > 0 ? [queueMove(db, toTrash, trash.id, context.now())] : []),
      ]) {
        result.operationId = change.operationId
        result.ids.push(...change.ids)
        result.folderIds.push(...change.folderIds)
      }
    }
    return result
  }),
  /** The first open action of an account, if its time has come; the ones behind it wait (order matters). */
  'queue.next': operation((db, params: { accountId: number }, context): QueuedOperation | null => {
    const first = openOperations(db, params.accountId)[0]
    return first && (first.nextAttemptAt ?? 0) <= context.now() ? first : null
  }),
  'queue.sent': operation((db, params: { id: number }): void => {
    db.prepare("UPDATE operations SET state = 'sent', attempts = attempts + 1 WHERE id = ?").run([params.id])
  }),
  /** The server has done it; `uids` are the new numbers of moved messages, when it named them. */
  'queue.confirm': operation(
    (db, params: { id: number; uids: { id: number; uid: number }[] }): QueueChange & { removal: Removal } => {
      const row = byId(db, params.id)
      if (!row || (row.state !== 'pending' && row.state !== 'sent'))
        return { ...nothing, removal: { ids: [], files: [] } }
      const op = parse(row)
      close(db, op, 'confirmed', null)
      const { action } = op
      if (action.kind === 'expunge') {
        const folderIds = foldersOf(action.items)
        return { ids: [], folderIds, removal: removeMessages(db, [...itemById(action).keys()]) }
      }
      if (action.kind === 'move')
        for (const { id, uid } of params.uids)
          db.prepare(
            `UPDATE messages SET uid = $uid WHERE id = $id AND folder_id = $target AND uid IS NULL
             AND NOT EXISTS (SELECT 1 FROM messages WHERE folder_id = $target AND uid = $uid)`,
          ).run({ id, uid, target: action.target })
      if (action.kind === 'move') nameUids(db, op.accountId, action.target, params.uids)
      return { ids: action.items.map((one) => one.id), folderIds: [], removal: { ids: [], files: [] } }
    },
  ),
  'queue.retryAt': operation((db, params: { id: number; at: number; error: string }): void => {
    db.prepare('UPDATE operations SET next_attempt_at = $at, error = $error WHERE id = $id').run(params)
  }),
  /** The server will never do it: the view goes back to what the server has. */
  'queue.refuse': operation((db, params: { id: number; error: string }): QueueChange => {
    const row = byId(db, params.id)
    if (!row || (row.state !== 'pending' && row.state !== 'sent')) return nothing
    const op = parse(row)
    close(db, op, 'failed', params.error)
    return revert(db, op.action)
  }),
  /** Takes an action back: dropped when not yet sent, else its inverse is queued. Final deletion cannot be undone. */
  'queue.undo': operation((db, params: { operationId: number }, context): QueueChange | null => {
    const row = byId(db, params.operationId)
    if (!row) return null
    const op = parse(row)
    if (row.state === 'pending') {
      close(db, op, 'undone', null)
      return revert(db, op.action)
    }
    if (row.state !== 'sent' && row.state !== 'confirmed') return nothing
    const { action } = op
    if (action.kind === 'expunge') return null
    const ids = action.items.map((one) => one.id)
    if (action.kind === 'flag') return queueFlag(db, { ids, bit: action.bit, on: !action.on }, context.now())
    const origin = itemById(action)
    const back = targetsOf(db, ids).filter((one) => one.folderId === action.target)
    const changes = [...Map.groupBy(back, (one) => origin.get(one.id)?.folderId ?? one.folderId)].map(
      ([folderId, list]) => queueMove(db, list, folderId, context.now()),
    )
    return { ids: changes.flatMap((one) => one.ids), folderIds: changes.flatMap((one) => one.folderIds) }
  }),
}
