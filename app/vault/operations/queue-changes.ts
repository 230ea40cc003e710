import type { SqlDatabase } from '../database.ts'
import { flagBits, removeMessages, type Removal } from './message-rows.ts'
import {
  addItemAt,
  addItems,
  closeEmpty,
  dropItems,
  idList,
  placeWaiting,
  putBack,
  targetsOf,
  waitingItems,
  type OperationKind,
  type QueuedItem,
  type Target,
} from './queue-items.ts'

/** Ids whose rows changed, and the folders whose counts did. */
export interface QueueChange {
  ids: number[]
  folderIds: number[]
  /** Messages that never reached a server and are gone at once. */
  removal: Removal
}

/** A change made here, with the operation that tells the server of it (0 when there is nothing to tell). */
export interface LocalChange extends QueueChange {
  operationId: number
}

export const noChange = (): LocalChange => ({
  operationId: 0,
  ids: [],
  folderIds: [],
  removal: { ids: [], files: [] },
})

/** Both changes as one. */
export const joinChanges = (one: LocalChange, other: LocalChange): LocalChange => ({
  operationId: other.operationId || one.operationId,
  ids: [...one.ids, ...other.ids],
  folderIds: [...new Set([...one.folderIds, ...other.folderIds])],
  removal: {
    ids: [...one.removal.ids, ...other.removal.ids],
    files: [...one.removal.files, ...other.removal.files],
  },
})

interface OperationShape {
  kind: OperationKind
  bits: number
  on: boolean
  targetId: number | null
}

export interface ChangeContext {
  now: number
  /** The user's action these changes belong to; null for what the program does by itself. */
  actionId: number | null
}

/** The operation of an action for one account; a bulk action's slices share it while it is open. */
const operationFor = (
  db: SqlDatabase,
  accountId: number,
  shape: OperationShape,
  context: ChangeContext,
): number => {
  const values = {
    accountId,
    kind: shape.kind,
    bits: shape.bits,
    on: shape.on ? 1 : 0,
    targetId: shape.targetId,
    actionId: context.actionId,
  }
  const known =
    context.actionId === null
      ? undefined
      : db
          .prepare(
            `SELECT id FROM operations WHERE action_id = $actionId AND account_id = $accountId AND kind = $kind
             AND bits = $bits AND turn_on = $on AND target_id IS $targetId AND state IN ('pending','sent')`,
          )
          .get<{ id: number }>(values)
  return (
    known?.id ??
    db
      .prepare(
        `INSERT INTO operations (account_id, kind, payload, state, created_at, action_id, bits, turn_on, target_id)
         VALUES ($accountId, $kind, '{}', 'pending', $now, $actionId, $bits, $on, $targetId)`,
      )
      .run({ ...values, now: context.now }).lastInsertRowid
  )
}

/** Queues again a move that a deletion for good had made pointless: from where the server has it to where it is shown. */
export const requeueMove = (
  db: SqlDatabase,
  message: { accountId: number; folderId: number },
  place: QueuedItem,
  context: ChangeContext,
): void => {
  const shape = { kind: 'move', bits: 0, on: false, targetId: message.folderId } as const
  addItemAt(db, operationFor(db, message.accountId, shape, context), place)
}

/** Queues messages that exist only here, to be put in the folder they are in. Answers the operation. */
export const queueAppend = (
  db: SqlDatabase,
  params: { accountId: number; folderId: number; ids: readonly number[] },
  now: number,
): number => {
  const shape = { kind: 'append', bits: 0, on: false, targetId: params.folderId } as const
  const operationId = operationFor(db, params.accountId, shape, { now, actionId: null })
  addItems(db, operationId, params.ids)
  return operationId
}

const byAccount = (targets: readonly Target[]): Map<number, Target[]> =>
  Map.groupBy(targets, (target) => target.accountId)

const idsOf = (targets: readonly { id: number }[]): number[] => targets.map((one) => one.id)

/** Writes down what an action changed, so that it can be taken back. */
const noteChanged = (
  db: SqlDatabase,
  actionId: number | null,
  changes: readonly { id: number; from: number | null; to: number | null }[],
): void => {
  if (actionId === null) return
  for (const { id, from, to } of changes)
    db.prepare(
      `INSERT INTO action_items (action_id, message_id, from_id, to_id, changed) VALUES ($actionId, $id, $from, $to, 1)
       ON CONFLICT DO UPDATE SET changed = 1, from_id = $from, to_id = $to`,
    ).run({ actionId, id, from, to })
}

/**
 * Sets or clears a flag here and queues it. A waiting action on the same flag of the same message says the opposite: the
 * server never needs to know of either. A message that is still to be appended takes its flags along.
 */
export const changeFlag = (
  db: SqlDatabase,
  params: { ids: readonly number[]; bit: number; on: boolean },
  context: ChangeContext,
): LocalChange => {
  const { bit, on } = params
  const targets = targetsOf(db, params.ids).filter((one) => ((one.flags & bit) !== 0) !== on)
  const waiting = waitingItems(db, targets)
  const touched = new Set<number>()
  const collapsed = new Set<number>()
  let operationId = 0
  for (const [accountId, list] of byAccount(targets)) {
    const toTell: number[] = []
    for (const { id } of list) {
      const items = waiting.get(id) ?? []
      const opposite = items.find((item) => item.kind === 'flag' && item.bits === bit)
      if (opposite) {
        dropItems(db, opposite.operationId, [id])
        collapsed.add(opposite.operationId)
      } else if (!items.some((item) => item.kind === 'append')) toTell.push(id)
    }
    if (toTell.length > 0) {
      operationId = operationFor(db, accountId, { kind: 'flag', bits: bit, on, targetId: null }, context)
      addItems(db, operationId, toTell)
    }
  }
  const ids = idsOf(targets)
  db.prepare(
    `UPDATE messages SET flags = CASE WHEN $on THEN flags | $bit ELSE flags & ~$bit END
     WHERE id IN (SELECT value FROM json_each($ids))`,
  ).run({ ids: idList(ids), bit, on: on ? 1 : 0 })
  for (const { folderId } of targets) touched.add(folderId)
  closeEmpty(db, collapsed)
  noteChanged(
    db,
    context.actionId,
    ids.map((id) => ({ id, from: null, to: null })),
  )
  return { ...noChange(), operationId, ids, folderIds: [...touched] }
}

/**
 * Moves messages of the target folder's account here and queues it. Moves that were not sent yet become one, from where
 * the server has the message; back where it came from, none.
 */
export const changeFolder = (
  db: SqlDatabase,
  params: { ids: readonly number[]; folderId: number },
  context: ChangeContext,
): LocalChange => {
  const target = db
    .prepare('SELECT id, account_id FROM folders WHERE id = ? AND selectable = 1')
    .get<{ id: number; account_id: number }>([params.folderId])
  if (!target) return noChange()
  const targets = targetsOf(db, params.ids).filter(
    (one) => one.accountId === target.account_id && one.folderId !== target.id,
  )
  const waiting = waitingItems(db, targets)
  const touched = new Set<number>()
  const collapsed = new Set<number>()
  const plain: number[] = []
  let operationId = 0
  const operation = (): number =>
    (operationId ||= operationFor(
      db,
      target.account_id,
      { kind: 'move', bits: 0, on: false, targetId: target.id },
      context,
    ))
  for (const { id } of targets) {
    const items = waiting.get(id) ?? []
    const unsent = items.find((item) => item.kind === 'move' || item.kind === 'append')
    if (!unsent) {
      plain.push(id)
      continue
    }
    if (unsent.kind === 'append') {
      db.prepare(
        'UPDATE operation_items SET folder_id = $folderId WHERE operation_id = $operationId AND message_id = $id',
      ).run({ id, operationId: unsent.operationId, folderId: target.id })
      putBack(db, { id, folderId: target.id, uid: null, uidvalidity: null })
      continue
    }
    dropItems(db, unsent.operationId, [id])
    collapsed.add(unsent.operationId)
    placeWaiting(db, unsent.operationId, unsent)
    if (unsent.folderId === target.id) putBack(db, unsent)
    else {
      addItemAt(db, operation(), unsent)
      putBack(db, { id, folderId: target.id, uid: null, uidvalidity: null })
    }
  }
  if (plain.length > 0) {
    addItems(db, operation(), plain)
    db.prepare(
      `UPDATE messages SET folder_id = $target, uid = NULL WHERE id IN (SELECT value FROM json_each($ids))`,
    ).run({ ids: idList(plain), target: target.id })
  }
  for (const { folderId } of targets) {
    touched.add(folderId)
    touched.add(target.id)
  }
  closeEmpty(db, collapsed)
  noteChanged(
    db,
    context.actionId,
    targets.map(({ id, folderId }) => ({ id, from: folderId, to: target.id })),
  )
  return { ...noChange(), operationId, ids: idsOf(targets), folderIds: [...touched] }
}

/**
 * Hides messages for good and queues their removal from where the server has them: a move that was not sent is pointless
 * from now on. What was never on the server is removed at once.
 */
export const changeExpunge = (
  db: SqlDatabase,
  params: { ids: readonly number[] },
  context: ChangeContext,
): LocalChange => {
  const targets = targetsOf(db, params.ids)
  const waiting = waitingItems(db, targets)
  const touched = new Set<number>()
  const collapsed = new Set<number>()
  const localOnly: number[] = []
  let operationId = 0
  for (const [accountId, list] of byAccount(targets)) {
    const plain: number[] = []
    const operation = (): number =>
      (operationId = operationFor(
        db,
        accountId,
        { kind: 'expunge', bits: flagBits.deleted, on: true, targetId: null },
        context,
      ))
    for (const { id } of list) {
      const items = waiting.get(id) ?? []
      const unsent = items.find((item) => item.kind === 'move' || item.kind === 'append')
      if (!unsent) {
        plain.push(id)
        continue
      }
      dropItems(db, unsent.operationId, [id])
      collapsed.add(unsent.operationId)
      if (unsent.kind === 'append') localOnly.push(id)
      else {
        placeWaiting(db, unsent.operationId, unsent)
        addItemAt(db, operation(), unsent)
      }
    }
    if (plain.length > 0) addItems(db, operation(), plain)
  }
  const ids = idsOf(targets)
  db.prepare('UPDATE messages SET flags = flags | 16 WHERE id IN (SELECT value FROM json_each($ids))').run({
    ids: idList(ids),
  })
  for (const { folderId } of targets) touched.add(folderId)
  closeEmpty(db, collapsed)
  noteChanged(
    db,
    context.actionId,
    targets.map(({ id, folderId }) => ({ id, from: folderId, to: null })),
  )
  const removal = localOnly.length > 0 ? removeMessages(db, localOnly) : noChange().removal
  return { operationId, ids, folderIds: [...touched], removal }
}

const byMailbox = (targets: readonly Target[]): Target[][] => [
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

/** To the trash of each mailbox, of the account when a shared one has none; from the trash, or without one, for good. */
export const changeDelete = (
  db: SqlDatabase,
  params: { ids: readonly number[] },
  context: ChangeContext,
): LocalChange => {
  let change = noChange()
  for (const targets of byMailbox(targetsOf(db, params.ids))) {
    const trash = trashOf(db, targets)
    const forGood = targets.filter((one) => !trash || one.folderId === trash.id)
    const toTrash = targets.filter((one) => trash !== undefined && one.folderId !== trash.id)
    if (forGood.length > 0) change = joinChanges(change, changeExpunge(db, { ids: idsOf(forGood) }, context))
    if (trash && toTrash.length > 0)
      change = joinChanges(change, changeFolder(db, { ids: idsOf(toTrash), folderId: trash.id }, context))
  }
  return change
}
