import type { SqlDatabase } from '../database.ts'

export type OperationKind = 'flag' | 'move' | 'expunge' | 'append'

/** Where a message was on the server when the action was made. */
export interface QueuedItem {
  id: number
  folderId: number
  uid: number | null
  uidvalidity: string | null
}

/** A message an action is about, as it is here and now. */
export interface Target extends QueuedItem {
  accountId: number
  flags: number
  pending: number
  mailbox: string | null
}

/** An item of an open operation that no command has named yet. */
export interface WaitingItem extends QueuedItem {
  operationId: number
  kind: OperationKind
  bits: number
}

/** Ids as one bound parameter: `IN (SELECT value FROM json_each($ids))`. */
export const idList = (ids: readonly number[]): string => JSON.stringify(ids)

/** Messages by id with their folder, oldest first; those being deleted for good are left out. */
export const targetsOf = (db: SqlDatabase, ids: readonly number[]): Target[] =>
  db
    .prepare(
      `SELECT m.id, m.folder_id AS folderId, m.uid, f.uidvalidity, m.account_id AS accountId, m.flags, m.pending,
         f.mailbox
       FROM messages m JOIN folders f ON f.id = m.folder_id
       WHERE m.id IN (SELECT value FROM json_each($ids)) AND m.flags & 16 = 0 ORDER BY m.id`,
    )
    .all<Target>({ ids: idList(ids) })

/** The flag bits of a message that open actions own: what the server says of them does not count yet. */
export const pendingFlags = (db: SqlDatabase, messageId: number): number => {
  let bits = 0
  for (const row of db
    .prepare(
      `SELECT o.bits FROM operation_items i JOIN operations o ON o.id = i.operation_id WHERE i.message_id = ?`,
    )
    .all<{ bits: number }>([messageId]))
    bits |= row.bits
  return bits
}

/** What waits, unsent, for these messages, oldest operation first. Nothing is asked for messages without open action. */
export const waitingItems = (
  db: SqlDatabase,
  targets: readonly Pick<Target, 'id' | 'pending'>[],
): Map<number, WaitingItem[]> => {
  const busy = targets.filter((one) => one.pending > 0).map((one) => one.id)
  if (busy.length === 0) return new Map()
  const items = db
    .prepare(
      `SELECT i.message_id AS id, i.operation_id AS operationId, i.folder_id AS folderId, i.uid, i.uidvalidity,
         o.kind, o.bits
       FROM operation_items i JOIN operations o ON o.id = i.operation_id
       WHERE i.message_id IN (SELECT value FROM json_each($ids)) AND i.sent = 0 ORDER BY i.operation_id`,
    )
    .all<WaitingItem>({ ids: idList(busy) })
  return Map.groupBy(items, (item) => item.id)
}

/** Queues messages under an operation, where they are now on the server. Call before the view is changed. */
export const addItems = (db: SqlDatabase, operationId: number, ids: readonly number[]): void => {
  const params = { operationId, ids: idList(ids) }
  db.prepare(
    `INSERT INTO operation_items (operation_id, message_id, folder_id, uid, uidvalidity)
     SELECT $operationId, m.id, m.folder_id, m.uid, f.uidvalidity FROM messages m JOIN folders f ON f.id = m.folder_id
     WHERE m.id IN (SELECT value FROM json_each($ids))`,
  ).run(params)
  countItems(db, operationId, ids, 1)
}

/** Queues one message under an operation at a place of its own: what a move that has not been sent leaves from. */
export const addItemAt = (db: SqlDatabase, operationId: number, item: QueuedItem): void => {
  db.prepare(
    `INSERT INTO operation_items (operation_id, message_id, folder_id, uid, uidvalidity)
     VALUES ($operationId, $id, $folderId, $uid, $uidvalidity)`,
  ).run({
    operationId,
    id: item.id,
    folderId: item.folderId,
    uid: item.uid,
    uidvalidity: item.uidvalidity,
  })
  countItems(db, operationId, [item.id], 1)
}

const countItems = (db: SqlDatabase, operationId: number, ids: readonly number[], sign: 1 | -1): void => {
  db.prepare(
    `UPDATE messages SET pending = max(0, pending + $sign) WHERE id IN (SELECT value FROM json_each($ids))`,
  ).run({ ids: idList(ids), sign })
  if (sign === 1)
    db.prepare('UPDATE operations SET total = total + $count WHERE id = $operationId').run({
      operationId,
      count: ids.length,
    })
}

/** Takes messages out of an operation; answers those that were in it. */
export const dropItems = (db: SqlDatabase, operationId: number, ids: readonly number[]): number[] => {
  const dropped = db
    .prepare(
      `DELETE FROM operation_items WHERE operation_id = $operationId
         AND message_id IN (SELECT value FROM json_each($ids)) RETURNING message_id AS id`,
    )
    .all<{ id: number }>({ operationId, ids: idList(ids) })
    .map((row) => row.id)
  if (dropped.length > 0) countItems(db, operationId, dropped, -1)
  return dropped
}

/** An operation without messages left is over, whatever it still was waiting for. */
export const closeEmpty = (db: SqlDatabase, operationIds: Iterable<number>): void => {
  for (const id of new Set(operationIds))
    db.prepare(
      `UPDATE operations SET state = 'undone', next_attempt_at = NULL WHERE id = $id AND state IN ('pending','sent')
         AND NOT EXISTS (SELECT 1 FROM operation_items WHERE operation_id = $id)`,
    ).run({ id })
}

/**
 * A message is not where its later actions believed it would be (a move was taken back, refused or merged): they look for
 * it at `place` instead.
 */
export const placeWaiting = (db: SqlDatabase, after: number, place: QueuedItem): void => {
  db.prepare(
    `UPDATE operation_items SET folder_id = $folderId, uid = $uid, uidvalidity = $uidvalidity
     WHERE message_id = $id AND uid IS NULL AND sent = 0 AND operation_id > $after`,
  ).run({ id: place.id, folderId: place.folderId, uid: place.uid, uidvalidity: place.uidvalidity, after })
}

/** Later actions on messages whose new UID was not known when they were made learn it now. */
export const nameWaiting = (
  db: SqlDatabase,
  folderId: number,
  uids: readonly { id: number; uid: number }[],
): void => {
  const uidvalidity =
    db.prepare('SELECT uidvalidity FROM folders WHERE id = ?').get<{ uidvalidity: string | null }>([folderId])
      ?.uidvalidity ?? null
  for (const { id, uid } of uids)
    db.prepare(
      `UPDATE operation_items SET uid = $uid, uidvalidity = $uidvalidity
       WHERE message_id = $id AND uid IS NULL AND folder_id = $folderId`,
    ).run({ id, uid, uidvalidity, folderId })
}

/**
 * A message seen in a folder that an action is about to take away from there: the server has just put it there for an
 * earlier action, whose answer is still on its way. The later one learns its UID; the row stays where the user wants it.
 */
export const claimLeaving = (
  db: SqlDatabase,
  place: { accountId: number; folderId: number },
  seen: { uid: number; identity: Uint8Array },
): number | null => {
  const claimed = db
    .prepare(
      `SELECT m.id FROM messages m JOIN operation_items i ON i.message_id = m.id
       WHERE m.account_id = $accountId AND m.identity = $identity AND m.folder_id <> $folderId
         AND i.folder_id = $folderId AND i.uid IS NULL LIMIT 1`,
    )
    .get<{ id: number }>({ ...place, identity: seen.identity })
  if (!claimed) return null
  nameWaiting(db, place.folderId, [{ id: claimed.id, uid: seen.uid }])
  return claimed.id
}

/** Puts a message back at a place it had; its UID only when nobody else has it and UIDs mean the same as then. */
export const putBack = (db: SqlDatabase, place: QueuedItem): void => {
  db.prepare(
    `UPDATE messages SET folder_id = $folderId, uid = CASE
       WHEN $uid IS NULL
         OR (SELECT uidvalidity FROM folders WHERE id = $folderId) IS NOT $uidvalidity
         OR EXISTS (SELECT 1 FROM messages WHERE folder_id = $folderId AND uid = $uid AND id <> $id) THEN NULL
       ELSE $uid END
     WHERE id = $id`,
  ).run({ id: place.id, folderId: place.folderId, uid: place.uid, uidvalidity: place.uidvalidity })
}
