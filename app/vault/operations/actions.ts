import type { ActionWish, ActionSelection, ListFilter } from '../../contract/index.ts'
import type { SqlDatabase } from '../database.ts'
import { operation } from '../operation.ts'
import { flagBits } from './message-rows.ts'
import {
  changeDelete,
  changeExpunge,
  changeFlag,
  changeFolder,
  joinChanges,
  noChange,
  requeueMove,
  type ChangeContext,
  type LocalChange,
} from './queue-changes.ts'
import { closeEmpty, dropItems, idList, type QueuedItem } from './queue-items.ts'

/** What a stored action does: a user's wish, or the taking back of an earlier one (of its unsent part only: `waiting`). */
type StoredWish = ActionWish | { kind: 'undo'; of: number; waiting: boolean }

type ActionState = 'collecting' | 'chosen' | 'applying' | 'done' | 'stopped' | 'undone'

interface ActionRow {
  id: number
  wish: string
  selection: string
  state: ActionState
  position: number | null
  total: number
  done: number
}

/** How far an action is here; the server may still have to be told. */
export interface ActionProgress {
  id: number
  wish: StoredWish
  state: ActionState
  total: number
  done: number
}

/** Messages chosen, and messages changed, in one transaction: each takes about 10 ms. */
const collected = 4000
const applied = 100
/** Actions kept for undo; the older ones are looked through only now and then, since many may still be waiting. */
const remembered = 200
const prunedEvery = 100

const noPosition = Number.MAX_SAFE_INTEGER

const actionRow = (db: SqlDatabase, id: number): ActionRow | undefined =>
  db.prepare('SELECT * FROM actions WHERE id = ?').get<ActionRow>([id])

const progressOf = (row: ActionRow): ActionProgress => ({
  id: row.id,
  wish: JSON.parse(row.wish) as StoredWish,
  state: row.state,
  total: row.total,
  done: row.done,
})

const insertAction = (
  db: SqlDatabase,
  wish: StoredWish,
  selection: ActionSelection | null,
  state: ActionState,
  now: number,
): number => {
  const { lastInsertRowid } = db
    .prepare(
      'INSERT INTO actions (wish, selection, state, created_at) VALUES ($wish, $selection, $state, $now)',
    )
    .run({ wish: JSON.stringify(wish), selection: JSON.stringify(selection), state, now })
  if (lastInsertRowid % prunedEvery === 0)
    db.prepare(
      `DELETE FROM actions WHERE id < $before AND state IN ('done','stopped','undone')
       AND NOT EXISTS (SELECT 1 FROM operations WHERE action_id = actions.id AND state IN ('pending','sent'))`,
    ).run({ before: lastInsertRowid - remembered })
  return lastInsertRowid
}

/** Conditions of the list filters, as the pages have them. */
const filters: Record<ListFilter, string> = {
  all: '',
  unread: 'AND flags & 1 = 0',
  results: 'AND document_count > 0',
  patients: "AND trust = 'patient'",
  flagged: 'AND flags & 2 = 2',
  attachments: 'AND has_attachments = 1',
}

/** Freezes the next messages of a folder into the action, newest first. */
const collect = (db: SqlDatabase, row: ActionRow): void => {
  const selection = JSON.parse(row.selection) as ActionSelection
  if (selection.kind !== 'folder') return
  const ids = db
    .prepare(
      `SELECT id FROM messages WHERE folder_id = $folderId AND id < $position AND flags & 16 = 0
       ${filters[selection.filter]} ORDER BY id DESC LIMIT ${String(collected)}`,
    )
    .all<{ id: number }>({ folderId: selection.folderId, position: row.position ?? noPosition })
    .map((one) => one.id)
  addTargets(db, row.id, ids)
  const last = ids.at(-1)
  if (ids.length < collected || last === undefined)
    db.prepare("UPDATE actions SET state = 'chosen', position = NULL WHERE id = ?").run([row.id])
  else db.prepare('UPDATE actions SET position = $last WHERE id = $id').run({ id: row.id, last })
}

const addTargets = (db: SqlDatabase, id: number, ids: readonly number[]): void => {
  const { changes } = db
    .prepare(
      'INSERT OR IGNORE INTO action_items (action_id, message_id) SELECT $id, value FROM json_each($ids)',
    )
    .run({ id, ids: idList(ids) })
  db.prepare('UPDATE actions SET total = total + $count WHERE id = $id').run({ id, count: changes })
}

const apply = (
  db: SqlDatabase,
  wish: StoredWish,
  ids: readonly number[],
  context: ChangeContext,
): LocalChange => {
  switch (wish.kind) {
    case 'flag':
      return changeFlag(db, { ids, bit: flagBits[wish.flag], on: wish.on }, context)
    case 'move':
      return changeFolder(db, { ids, folderId: wish.folderId }, context)
    case 'delete':
      return changeDelete(db, { ids }, context)
    case 'delete-for-good':
      return changeExpunge(db, { ids }, context)
    case 'undo':
      return takeBack(db, wish, ids, context)
  }
}

/** The inverse of what an action did to these messages; with the original still waiting, both go. */
const takeBack = (
  db: SqlDatabase,
  { of, waiting }: { of: number; waiting: boolean },
  all: readonly number[],
  context: ChangeContext,
): LocalChange => {
  const original = actionRow(db, of)
  if (!original) return noChange()
  const wish = JSON.parse(original.wish) as StoredWish
  const ids = waiting ? stillWaiting(db, of, all) : all
  const items = db
    .prepare(
      `SELECT message_id AS id, from_id AS fromId, to_id AS toId FROM action_items
       WHERE action_id = $of AND changed = 1 AND message_id IN (SELECT value FROM json_each($ids))`,
    )
    .all<{ id: number; fromId: number | null; toId: number | null }>({ of, ids: idList(ids) })
  if (wish.kind === 'flag')
    return changeFlag(
      db,
      { ids: items.map((one) => one.id), bit: flagBits[wish.flag], on: !wish.on },
      context,
    )
  let change = noChange()
  for (const [fromId, list] of Map.groupBy(items, (one) => one.fromId)) {
    const moved = list.filter((one) => one.toId !== null)
    const goneForGood = list.filter((one) => one.toId === null).map((one) => one.id)
    if (goneForGood.length > 0) change = joinChanges(change, bringBack(db, of, goneForGood, context))
    const there = inFolders(
      db,
      moved.map((one) => ({ id: one.id, folderId: one.toId ?? 0 })),
    )
    if (fromId !== null && there.length > 0)
      change = joinChanges(change, changeFolder(db, { ids: there, folderId: fromId }, context))
  }
  return change
}

/** Those of the messages that are still in the folder an action put them in. */
const inFolders = (db: SqlDatabase, places: readonly { id: number; folderId: number }[]): number[] =>
  places
    .filter(
      (one) =>
        db
          .prepare('SELECT 1 AS yes FROM messages WHERE id = $id AND folder_id = $folderId')
          .get({ id: one.id, folderId: one.folderId }) !== undefined,
    )
    .map((one) => one.id)

const stillWaiting = (db: SqlDatabase, actionId: number, ids: readonly number[]): number[] =>
  db
    .prepare(
      `SELECT i.message_id AS id FROM operation_items i JOIN operations o ON o.id = i.operation_id
       WHERE o.action_id = $actionId AND i.sent = 0 AND i.message_id IN (SELECT value FROM json_each($ids))`,
    )
    .all<{ id: number }>({ actionId, ids: idList(ids) })
    .map((row) => row.id)

/** A deletion for good comes back only as long as no command about it was sent. */
const bringBack = (
  db: SqlDatabase,
  actionId: number,
  ids: readonly number[],
  context: ChangeContext,
): LocalChange => {
  const touched = new Set<number>()
  const operations = db
    .prepare(
      "SELECT id FROM operations WHERE action_id = ? AND kind = 'expunge' AND state IN ('pending','sent')",
    )
    .all<{ id: number }>([actionId])
  const waiting = stillWaiting(db, actionId, ids)
  const places = db
    .prepare(
      `SELECT i.message_id AS id, i.folder_id AS folderId, i.uid, i.uidvalidity FROM operation_items i
       JOIN operations o ON o.id = i.operation_id
       WHERE o.action_id = $actionId AND o.kind = 'expunge' AND i.message_id IN (SELECT value FROM json_each($ids))`,
    )
    .all<QueuedItem>({ actionId, ids: idList(waiting) })
  for (const { id } of operations) dropItems(db, id, waiting)
  closeEmpty(
    db,
    operations.map((one) => one.id),
  )
  const rows = db
    .prepare(
      `UPDATE messages SET flags = flags & ~16 WHERE id IN (SELECT value FROM json_each($ids)) AND vanished_at IS NULL
       RETURNING id, account_id AS accountId, folder_id AS folderId, flags`,
    )
    .all<{ id: number; accountId: number; folderId: number; flags: number }>({ ids: idList(waiting) })
  const shown = new Map(rows.map((row) => [row.id, row]))
  for (const place of places) {
    const row = shown.get(place.id)
    if (row && row.folderId !== place.folderId) requeueMove(db, row, place, context)
  }
  for (const { folderId } of rows) touched.add(folderId)
  return { ...noChange(), ids: rows.map((row) => row.id), folderIds: [...touched] }
}

/** Changes the next messages of an action, newest first. */
const applySlice = (db: SqlDatabase, row: ActionRow, now: number): LocalChange => {
  const source = JSON.parse(row.wish) as StoredWish
  const ids = db
    .prepare(
      `SELECT message_id AS id FROM action_items WHERE action_id = $from AND message_id < $position
       ${source.kind === 'undo' ? 'AND changed = 1' : ''} ORDER BY message_id DESC LIMIT ${String(applied)}`,
    )
    .all<{ id: number }>({
      from: source.kind === 'undo' ? source.of : row.id,
      position: row.position ?? noPosition,
    })
    .map((one) => one.id)
  const change = apply(db, source, ids, { now, actionId: row.id })
  const finished = ids.length < applied
  db.prepare(
    `UPDATE actions SET done = done + $count, position = $position, state = CASE WHEN $finished THEN 'done' ELSE state END
     WHERE id = $id`,
  ).run({ id: row.id, count: ids.length, position: ids.at(-1) ?? row.position, finished: finished ? 1 : 0 })
  return change
}

export const actionOperations = {
  /** An action on few messages, done here at once. Null when nothing was to change. */
  'actions.apply': operation(
    (
      db,
      params: { wish: ActionWish; ids: number[] },
      context,
    ): { change: LocalChange; actionId: number } | null => {
      const actionId = insertAction(db, params.wish, null, 'done', context.now())
      const change = apply(db, params.wish, params.ids, { now: context.now(), actionId })
      db.prepare('UPDATE actions SET total = $n, done = $n WHERE id = $id').run({
        id: actionId,
        n: change.ids.length,
      })
      return { change, actionId }
    },
  ),
  /** Begins an action on many messages; a folder's are collected by `actions.step`, others by `actions.choose`. */
  'actions.begin': operation(
    (db, params: { wish: ActionWish; selection: ActionSelection }, context): number => {
      const { selection } = params
      const id = insertAction(db, params.wish, selection, 'collecting', context.now())
      if (selection.kind === 'ids') {
        addTargets(db, id, selection.ids)
        db.prepare("UPDATE actions SET state = 'chosen' WHERE id = ?").run([id])
      }
      return id
    },
  ),
  /** Adds messages that a search found; `last` ends the choice. */
  'actions.choose': operation((db, params: { id: number; ids: number[]; last: boolean }): void => {
    if (actionRow(db, params.id)?.state !== 'collecting') return
    addTargets(db, params.id, params.ids)
    if (params.last) db.prepare("UPDATE actions SET state = 'chosen' WHERE id = ?").run([params.id])
  }),
  /** One slice of collecting or of applying; null when there is no such action. */
  'actions.step': operation(
    (db, params: { id: number }, context): { progress: ActionProgress; change: LocalChange } | null => {
      const row = actionRow(db, params.id)
      if (!row) return null
      let change = noChange()
      if (row.state === 'collecting') collect(db, row)
      else if (row.state === 'applying') change = applySlice(db, row, context.now())
      return { progress: progressOf(actionRow(db, params.id) ?? row), change }
    },
  ),
  /** The user said yes. False when it is not waiting for that. */
  'actions.start': operation(
    (db, params: { id: number }): boolean =>
      db.prepare("UPDATE actions SET state = 'applying' WHERE id = ? AND state = 'chosen'").run([params.id])
        .changes > 0,
  ),
  /** The user said no, before anything was changed. */
  'actions.discard': operation((db, params: { id: number }): void => {
    db.prepare("DELETE FROM actions WHERE id = ? AND state IN ('collecting','chosen')").run([params.id])
  }),
  /**
   * Begins to take an action back (what of it is still being applied stops): null when there is nothing to take back, or it
   * is a deletion for good the server was told of. `waiting`: only what the server was not told of.
   */
  'actions.undo': operation((db, params: { id: number; waiting: boolean }, context): number | null => {
    const row = actionRow(db, params.id)
    if (!row || !['done', 'applying', 'stopped'].includes(row.state)) return null
    const wish = JSON.parse(row.wish) as StoredWish
    if (wish.kind === 'undo') return null
    const total = countChanged(db, row.id)
    const forGood = db
      .prepare(
        'SELECT 1 AS yes FROM action_items WHERE action_id = ? AND changed = 1 AND to_id IS NULL LIMIT 1',
      )
      .get([row.id])
    if (wish.kind !== 'flag' && forGood && !anyWaiting(db, row.id)) return null
    db.prepare('UPDATE actions SET state = $state WHERE id = $id').run({
      id: row.id,
      state: params.waiting ? 'stopped' : 'undone',
    })
    const id = insertAction(
      db,
      { kind: 'undo', of: row.id, waiting: params.waiting },
      null,
      'applying',
      context.now(),
    )
    db.prepare('UPDATE actions SET total = $total WHERE id = $id').run({ id, total })
    return id
  }),
  /** Actions a crash or a lock cut: the ones being applied go on, the ones never confirmed are forgotten. */
  'actions.unfinished': operation((db): number[] => {
    db.prepare("DELETE FROM actions WHERE state IN ('collecting','chosen')").run()
    return db
      .prepare("SELECT id FROM actions WHERE state = 'applying' ORDER BY id")
      .all<{ id: number }>()
      .map((row) => row.id)
  }),
}

const countChanged = (db: SqlDatabase, id: number): number =>
  db
    .prepare('SELECT count(*) AS n FROM action_items WHERE action_id = ? AND changed = 1')
    .get<{ n: number }>([id])?.n ?? 0

const anyWaiting = (db: SqlDatabase, id: number): boolean =>
  db
    .prepare(
      `SELECT 1 AS yes FROM operation_items i JOIN operations o ON o.id = i.operation_id
       WHERE o.action_id = ? AND i.sent = 0 LIMIT 1`,
    )
    .get([id]) !== undefined
