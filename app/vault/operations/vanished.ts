import type { SqlDatabase } from '../database.ts'
import { operation } from '../operation.ts'
import { flagBits, removeMessages, type Removal } from './message-rows.ts'
import { pendingFlagMask } from './queue.ts'
import { claimLeaving } from './queue-items.ts'

/** Milliseconds during which a message that appeared elsewhere is taken for the one that has gone (docs/sync.md). */
const movedWithin = 10 * 60_000

/** What a message that has just been seen in a folder says of itself. */
interface Seen {
  uid: number
  identity: Uint8Array
  flags: number
}

/** Rows whose place changed or that went out of sight, and the ones that were a second copy of them. */
export interface Vanishing {
  ids: number[]
  folderIds: number[]
  removal: Removal
}

/**
 * Gives a message seen on the server to the row that waits for it: one without UID in this folder (moved by us, or
 * renumbered), else one that vanished from any folder of the account. It keeps its id, body, labels. Null when nobody waits.
 */
export const adopt = (
  db: SqlDatabase,
  place: { accountId: number; folderId: number },
  message: Seen,
): number | null => {
  const key = { accountId: place.accountId, identity: message.identity, folderId: place.folderId }
  const renumbered = db
    .prepare(
      `SELECT id, pending FROM messages WHERE account_id = $accountId AND identity = $identity
         AND folder_id = $folderId AND uid IS NULL AND vanished_at IS NULL LIMIT 1`,
    )
    .get<Waiting>(key)
  if (renumbered) {
    settleAt(db, place, renumbered, message)
    return renumbered.id
  }
  const moved = db
    .prepare(
      `SELECT id, pending FROM messages WHERE account_id = $accountId AND identity = $identity
         AND vanished_at IS NOT NULL ORDER BY folder_id <> $folderId, vanished_at LIMIT 1`,
    )
    .get<Waiting>(key)
  if (!moved) return claimLeaving(db, place, message)
  settleAt(db, place, moved, message)
  takeActionsAlong(db, place.folderId, moved, message.uid)
  return moved.id
}

/** Puts a row where the server has it; flags that a local action owns stay as they are here. */
const settleAt = (
  db: SqlDatabase,
  place: { accountId: number; folderId: number },
  { id, pending }: Waiting,
  seen: { uid: number; flags: number },
): void => {
  const mask = pending > 0 ? (pendingFlagMask(db, place.accountId).get(id) ?? 0) : 0
  db.prepare(
    `UPDATE messages SET folder_id = $folderId, uid = $uid, vanished_at = NULL,
       flags = (flags & $mask) | ($flags & ~$mask) WHERE id = $id`,
  ).run({ id, folderId: place.folderId, uid: seen.uid, flags: seen.flags, mask })
}

/** Actions not yet told to the server find the message where it is now. */
const takeActionsAlong = (db: SqlDatabase, folderId: number, { id, pending }: Waiting, uid: number): void => {
  if (pending === 0) return
  db.prepare(
    `UPDATE operation_items SET folder_id = $folderId, uid = $uid,
       uidvalidity = (SELECT uidvalidity FROM folders WHERE id = $folderId) WHERE message_id = $id`,
  ).run({ id, folderId, uid })
}

interface Waiting {
  id: number
  pending: number
}

interface Leaving extends Waiting {
  account_id: number
  folder_id: number
  identity: Uint8Array
  arrived_at: number | null
}

/**
 * Messages no longer where they were. One that another client has just put elsewhere, seen there first, becomes this row
 * again: the row keeps its id, body and labels, its second copy goes. The others are hidden until `messages.forget`.
 */
const takeAway = (db: SqlDatabase, rows: readonly Leaving[], now: number): Vanishing => {
  const removal: Removal = { ids: [], files: [] }
  const folders = new Set<number>()
  const leaving = JSON.stringify(rows.map(({ id }) => id))
  for (const row of rows) {
    folders.add(row.folder_id)
    const twin = db
      .prepare(
        `SELECT id, folder_id, uid, flags FROM messages WHERE account_id = $accountId AND identity = $identity
         AND uid IS NOT NULL AND pending = 0 AND arrived_at >= $since AND arrived_at > $arrivedAt
         AND id NOT IN (SELECT value FROM json_each($leaving)) ORDER BY arrived_at DESC LIMIT 1`,
      )
      .get<{ id: number; folder_id: number; uid: number; flags: number }>({
        accountId: row.account_id,
        identity: row.identity,
        leaving,
        since: now - movedWithin,
        // The copy that stays must be the younger one: ours may just have been moved by ourselves.
        arrivedAt: row.arrived_at ?? 0,
      })
    if (twin) {
      const removed = removeMessages(db, [twin.id])
      removal.ids.push(...removed.ids)
      removal.files.push(...removed.files)
      folders.add(twin.folder_id)
      settleAt(db, { accountId: row.account_id, folderId: twin.folder_id }, row, twin)
      takeActionsAlong(db, twin.folder_id, row, twin.uid)
    } else
      db.prepare(
        `UPDATE messages SET uid = NULL, flags = flags | ${String(flagBits.deleted)}, vanished_at = $now WHERE id = $id`,
      ).run({ id: row.id, now })
  }
  return { ids: rows.map(({ id }) => id), folderIds: [...folders], removal }
}

/** Every message of a folder that is no longer listed. */
export const takeAllAway = (db: SqlDatabase, folderId: number, now: number): Vanishing =>
  takeAway(
    db,
    db
      .prepare(
        'SELECT id, account_id, folder_id, identity, pending, arrived_at FROM messages WHERE folder_id = ? AND vanished_at IS NULL',
      )
      .all<Leaving>([folderId]),
    now,
  )

export const vanishedOperations = {
  /** Messages the server no longer has in this folder. */
  'messages.vanish': operation((db, params: { folderId: number; uids: number[] }, context): Vanishing =>
    takeAway(
      db,
      db
        .prepare(
          `SELECT id, account_id, folder_id, identity, pending, arrived_at FROM messages
           WHERE folder_id = $folderId AND uid IN (SELECT value FROM json_each($uids))`,
        )
        .all<Leaving>({ folderId: params.folderId, uids: JSON.stringify(params.uids) }),
      context.now(),
    ),
  ),
  /** Those of these ids that still wait for a UID no local action explains, after a synchronisation of the folder. */
  'messages.dropOrphans': operation((db, params: { folderId: number; ids: number[] }, context): Vanishing =>
    takeAway(
      db,
      db
        .prepare(
          `SELECT id, account_id, folder_id, identity, pending, arrived_at FROM messages
             WHERE folder_id = $folderId AND uid IS NULL AND pending = 0 AND vanished_at IS NULL
             AND id IN (SELECT value FROM json_each($ids))`,
        )
        .all<Leaving>({ folderId: params.folderId, ids: JSON.stringify(params.ids) }),
      context.now(),
    ),
  ),
  /**
   * Deletes what vanished long enough ago to have turned up elsewhere, and folders that are gone and empty. Call it when
   * every folder of the account has been looked at since.
   */
  'messages.forget': operation((db, params: { accountId: number }, context): Removal => {
    const rows = db
      .prepare('SELECT id FROM messages WHERE account_id = $accountId AND vanished_at < $before')
      .all<{ id: number }>({ accountId: params.accountId, before: context.now() - movedWithin })
    const removal = removeMessages(
      db,
      rows.map((row) => row.id),
    )
    db.prepare(
      `DELETE FROM folders WHERE account_id = ? AND gone_at IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM messages WHERE folder_id = folders.id)`,
    ).run([params.accountId])
    return removal
  }),
}
