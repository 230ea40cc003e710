import type { ErrorCode } from '../../contract/index.ts'
import type { SqlDatabase } from '../database.ts'
import { operation } from '../operation.ts'
import { addNotice } from './notices.ts'
import { removeMessages } from './message-rows.ts'
import {
  changeFlag,
  changeFolder,
  noChange,
  queueAppend,
  type LocalChange,
  type QueueChange,
} from './queue-changes.ts'
import {
  dropItems,
  idList,
  nameWaiting,
  pendingFlags,
  placeWaiting,
  putBack,
  type OperationKind,
  type QueuedItem,
} from './queue-items.ts'

/** A local action the server must still be told of. Flags are set or cleared, never toggled: replaying is harmless. */
export type QueuedAction =
  | { kind: 'flag'; bit: number; on: boolean; items: QueuedItem[] }
  | { kind: 'move'; target: number; items: QueuedItem[] }
  | { kind: 'expunge'; items: QueuedItem[] }
  | { kind: 'append'; items: QueuedItem[] }

/** The part of an operation to do next: messages of one folder, at most `portion`. */
export interface QueuedOperation {
  id: number
  actionId: number | null
  accountId: number
  action: QueuedAction
  /** Tries since the server last confirmed something of it. */
  attempts: number
  /** A command about these messages may have reached the server before. */
  sentBefore: boolean
  nextAttemptAt: number | null
  /** What an append noted of its folder before the first try: messages from this UID on may be ours. */
  mark: AppendMark | null
}

export interface AppendMark {
  uidvalidity: string
  uidnext: number
}

interface OperationRow {
  id: number
  account_id: number
  kind: OperationKind
  payload: string
  state: 'pending' | 'sent' | 'confirmed' | 'conflict' | 'failed' | 'undone'
  attempts: number
  next_attempt_at: number | null
  action_id: number | null
  bits: number
  turn_on: number
  target_id: number | null
  conflicts: number
}

/** Messages in one portion: enough for one command over a long range, few enough for a short transaction. */
const portion = 4000

const byId = (db: SqlDatabase, id: number): OperationRow | undefined =>
  db.prepare('SELECT * FROM operations WHERE id = ?').get<OperationRow>([id])

const isOpen = (row: OperationRow | undefined): row is OperationRow =>
  row?.state === 'pending' || row?.state === 'sent'

const actionOf = (row: OperationRow, items: QueuedItem[]): QueuedAction => {
  switch (row.kind) {
    case 'flag':
      return { kind: 'flag', bit: row.bits, on: row.turn_on === 1, items }
    case 'move':
      return { kind: 'move', target: row.target_id ?? 0, items }
    case 'expunge':
    case 'append':
      return { kind: row.kind, items }
  }
}

/** For each message, the flag bits that open actions own: what the server says of them does not count yet. */
export const pendingFlagMask = (
  db: SqlDatabase,
  _accountId: number,
): { get: (messageId: number) => number } => ({ get: (messageId) => pendingFlags(db, messageId) })

/** Sets or clears a flag here at once and queues it; 0 as operation id when nothing was to change. */
export const queueFlag = (
  db: SqlDatabase,
  params: { ids: readonly number[]; bit: number; on: boolean },
  now: number,
): LocalChange => changeFlag(db, params, { now, actionId: null })

/** Longer than any wait between two tries: beyond, the clock was set back meanwhile and the try is due. */
const longestWait = 2 * 3600 * 1000
/** From here on a time means « when the user asks ». */
const endOfTime = 8.64e15

/** The oldest operation that is due and whose messages have no older open one: order holds per message. */
const nextRow = (db: SqlDatabase, accountId: number, now: number): OperationRow | undefined =>
  db
    .prepare(
      `SELECT * FROM operations o WHERE account_id = $accountId AND state IN ('pending','sent')
         AND (coalesce(next_attempt_at, 0) <= $now
           OR (next_attempt_at > $now + ${String(longestWait)} AND next_attempt_at < ${String(endOfTime)}))
         AND NOT EXISTS (
           SELECT 1 FROM operation_items i JOIN operation_items older
             ON older.message_id = i.message_id AND older.operation_id < i.operation_id
           WHERE i.operation_id = o.id)
       ORDER BY id LIMIT 1`,
    )
    .get<OperationRow>({ accountId, now })

const portionOf = (db: SqlDatabase, row: OperationRow): (QueuedItem & { sent: number })[] =>
  db
    .prepare(
      `SELECT message_id AS id, folder_id AS folderId, uid, uidvalidity, sent FROM operation_items
       WHERE operation_id = $id
         AND folder_id = (SELECT min(folder_id) FROM operation_items WHERE operation_id = $id)
       ORDER BY uid LIMIT $limit`,
    )
    .all<QueuedItem & { sent: number }>({ id: row.id, limit: row.kind === 'append' ? 50 : portion })

/** Closes an operation none of whose messages is left. */
const finishIfEmpty = (db: SqlDatabase, row: OperationRow, state: OperationRow['state']): boolean =>
  db
    .prepare(
      `UPDATE operations SET state = $state, next_attempt_at = NULL WHERE id = $id
       AND NOT EXISTS (SELECT 1 FROM operation_items WHERE operation_id = $id)`,
    )
    .run({ id: row.id, state }).changes > 0

/**
 * Puts the view back for messages whose action was refused or came too late. A message that later actions have moved on
 * stays where the user put it: they start from the old place instead.
 */
const revert = (db: SqlDatabase, row: OperationRow, items: readonly QueuedItem[]): QueueChange => {
  const touched = new Set<number>()
  const ids: number[] = []
  for (const item of items) {
    const known = db
      .prepare('SELECT folder_id AS folderId, flags FROM messages WHERE id = ?')
      .get<{ folderId: number; flags: number }>([item.id])
    if (!known) continue
    ids.push(item.id)
    touched.add(known.folderId)
    let { folderId, flags } = known
    if (row.kind === 'flag' || row.kind === 'expunge') {
      flags = row.turn_on === 1 ? flags & ~row.bits : flags | row.bits
      db.prepare('UPDATE messages SET flags = $flags WHERE id = $id AND vanished_at IS NULL').run({
        id: item.id,
        flags,
      })
      // Deleted for good before its move to the trash was sent: the server has it where it was.
      if (row.kind === 'expunge' && folderId !== item.folderId) {
        putBack(db, item)
        folderId = item.folderId
      }
    } else if (row.kind === 'move') {
      const movedOn = db
        .prepare(
          `SELECT 1 AS yes FROM operation_items i JOIN operations o ON o.id = i.operation_id
           WHERE i.message_id = $id AND o.kind = 'move' AND i.operation_id > $after`,
        )
        .get({ id: item.id, after: row.id })
      placeWaiting(db, row.id, item)
      if (!movedOn && folderId === row.target_id) {
        putBack(db, item)
        folderId = item.folderId
      }
    }
    touched.add(folderId)
  }
  return { ...noChange(), ids, folderIds: [...touched] }
}

const itemsOf = (db: SqlDatabase, operationId: number, ids: readonly number[] | null): QueuedItem[] =>
  db
    .prepare(
      `SELECT message_id AS id, folder_id AS folderId, uid, uidvalidity FROM operation_items
       WHERE operation_id = $operationId AND ($ids IS NULL OR message_id IN (SELECT value FROM json_each($ids)))`,
    )
    .all<QueuedItem>({ operationId, ids: ids === null ? null : idList(ids) })

/** Refuses messages of an open operation: the view goes back, the user is told until he has read it. */
const refuseItems = (
  db: SqlDatabase,
  row: OperationRow,
  items: readonly QueuedItem[],
  error: ErrorCode,
  now: number,
): QueueChange => {
  if (items.length > 0) addNotice(db, { ...row, targetId: row.target_id, error, items, now })
  dropItems(
    db,
    row.id,
    items.map((one) => one.id),
  )
  return revert(db, row, items)
}

/**
 * Before a folder leaves with its messages: what was moved into it here, but not yet there, goes back to where the server
 * still has it, and the user is told.
 */
export const releaseFolder = (db: SqlDatabase, folderId: number, now: number): QueueChange => {
  let change = noChange()
  const rows = db
    .prepare(
      "SELECT * FROM operations WHERE kind = 'move' AND target_id = ? AND state IN ('pending','sent') ORDER BY id DESC",
    )
    .all<OperationRow>([folderId])
  for (const row of rows) {
    const back = refuseItems(db, row, itemsOf(db, row.id, null), 'imap.folder-gone', now)
    finishIfEmpty(db, row, 'failed')
    change = {
      ...change,
      ids: [...change.ids, ...back.ids],
      folderIds: [...change.folderIds, ...back.folderIds],
    }
  }
  return change
}

export const queueOperations = {
  /** UIDs of a folder that open actions are taking away: the server still has them, the view no longer. */
  'queue.leavingUids': operation((db, params: { accountId: number; folderId: number }): number[] =>
    db
      .prepare(
        `SELECT DISTINCT i.uid FROM operation_items i JOIN operations o ON o.id = i.operation_id
         JOIN folders f ON f.id = i.folder_id
         WHERE i.folder_id = $folderId AND o.account_id = $accountId AND o.kind = 'move' AND i.uid IS NOT NULL
           AND i.uidvalidity IS f.uidvalidity`,
      )
      .all<{ uid: number }>(params)
      .map((row) => row.uid),
  ),
  /** Moves within one account; messages of another account than the target folder's are left where they are. */
  'queue.move': operation((db, params: { ids: number[]; folderId: number }, context) =>
    changeFolder(db, params, { now: context.now(), actionId: null }),
  ),
  /** The next portion to do on the server: null when nothing is due. Actions on other messages do not wait for each other. */
  'queue.next': operation((db, params: { accountId: number }, context): QueuedOperation | null => {
    for (;;) {
      const row = nextRow(db, params.accountId, context.now())
      if (!row) return null
      const items = portionOf(db, row)
      if (items.length === 0) {
        finishIfEmpty(db, row, 'confirmed')
        continue
      }
      const { mark } = JSON.parse(row.payload) as { mark?: AppendMark }
      return {
        id: row.id,
        actionId: row.action_id,
        accountId: row.account_id,
        action: actionOf(
          row,
          items.map(({ id, folderId, uid, uidvalidity }) => ({ id, folderId, uid, uidvalidity })),
        ),
        attempts: row.attempts,
        sentBefore: items.some((one) => one.sent === 1),
        nextAttemptAt: row.next_attempt_at,
        mark: mark ?? null,
      }
    }
  }),
  /** When the next action of the account that waits for a time is due; null when none does. */
  'queue.dueAt': operation(
    (db, params: { accountId: number }, context): number | null =>
      db
        .prepare(
          `SELECT min(next_attempt_at) AS at FROM operations WHERE account_id = $accountId
             AND state IN ('pending','sent') AND next_attempt_at > $now`,
        )
        .get<{ at: number | null }>({ accountId: params.accountId, now: context.now() })?.at ?? null,
  ),
  /** Commands about these messages (all of the operation's when null) are about to be sent. */
  'queue.sent': operation(
    (db, params: { id: number; ids: number[] | null; mark: AppendMark | null }): void => {
      db.prepare(
        `UPDATE operations SET state = 'sent', attempts = attempts + 1, error = NULL, next_attempt_at = NULL,
           payload = CASE WHEN $mark IS NULL THEN payload ELSE json_object('mark', json($mark)) END
         WHERE id = $id AND state IN ('pending','sent')`,
      ).run({ id: params.id, mark: params.mark === null ? null : JSON.stringify(params.mark) })
      db.prepare(
        `UPDATE operation_items SET sent = 1 WHERE operation_id = $id
         AND ($ids IS NULL OR message_id IN (SELECT value FROM json_each($ids)))`,
      ).run({ id: params.id, ids: params.ids === null ? null : idList(params.ids) })
    },
  ),
  /**
   * The server has done it for these messages (all when null); `uids` are the new numbers of moved or appended ones, when
   * it named them; `missing` were not where they should have been: somebody else was first.
   */
  'queue.confirm': operation(
    (
      db,
      params: {
        id: number
        ids: number[] | null
        uids: { id: number; uid: number }[]
        missing: number[]
      },
      context,
    ): QueueChange => {
      const row = byId(db, params.id)
      if (!isOpen(row)) return noChange()
      const items = itemsOf(db, row.id, params.ids)
      const missing = new Set(params.missing)
      const lost = items.filter((one) => missing.has(one.id))
      if (lost.length > 0 && row.kind === 'move')
        addNotice(db, {
          ...row,
          targetId: row.target_id,
          error: 'mail.changed-elsewhere',
          items: lost,
          now: context.now(),
        })
      const ids = dropItems(
        db,
        row.id,
        items.map((one) => one.id),
      )
      db.prepare(
        'UPDATE operations SET attempts = 0, error = NULL, conflicts = conflicts + $n WHERE id = $id',
      ).run({ id: row.id, n: lost.length })
      finishIfEmpty(db, row, row.conflicts + lost.length > 0 ? 'conflict' : 'confirmed')
      if (row.kind === 'expunge')
        return {
          ids: [],
          folderIds: [...new Set(items.map((one) => one.folderId))],
          removal: removeMessages(db, ids),
        }
      const place = new Map(items.map((one) => [one.id, one.folderId]))
      for (const { id, uid } of params.uids) {
        const target = row.kind === 'append' ? place.get(id) : row.target_id
        if (target === undefined || target === null) continue
        db.prepare(
          `UPDATE messages SET uid = $uid WHERE id = $id AND folder_id = $target AND uid IS NULL
           AND NOT EXISTS (SELECT 1 FROM messages WHERE folder_id = $target AND uid = $uid)`,
        ).run({ id, uid, target })
        nameWaiting(db, target, [{ id, uid }])
      }
      return { ...noChange(), ids }
    },
  ),
  'queue.retryAt': operation((db, params: { id: number; at: number; error: string }): void => {
    db.prepare('UPDATE operations SET next_attempt_at = $at, error = $error WHERE id = $id').run(params)
  }),
  /** The server will never do it for these messages (all when null): the view goes back to what the server has. */
  'queue.refuse': operation(
    (db, params: { id: number; ids: number[] | null; error: ErrorCode }, context): QueueChange => {
      const row = byId(db, params.id)
      if (!isOpen(row)) return noChange()
      const change = refuseItems(db, row, itemsOf(db, row.id, params.ids), params.error, context.now())
      db.prepare('UPDATE operations SET error = $error WHERE id = $id').run({
        id: row.id,
        error: params.error,
      })
      finishIfEmpty(db, row, 'failed')
      return change
    },
  ),
}

export { queueAppend }
export type { QueueChange }
