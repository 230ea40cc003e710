import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { flagBits } from './message-rows.ts'
import { message, queueForTest } from './queue.fixture.ts'

// Random actions and undos, their replay on a model of a server cut at any point: in the end both say the same.
type Step =
  | { do: 'flag'; message: number; flag: 'seen' | 'flagged'; on: boolean }
  | { do: 'move'; messages: number[]; folder: number }
  | { do: 'delete'; messages: number[] }
  | { do: 'undo'; back: number; waiting: boolean }
  | { do: 'replay'; cut: 'none' | 'before' | 'after' }
  | { do: 'refuse' }

const messages = 5
const some = fc.uniqueArray(fc.nat(messages - 1), { minLength: 1, maxLength: messages })
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('flag' as const),
    message: fc.nat(messages - 1),
    flag: fc.constantFrom('seen' as const, 'flagged' as const),
    on: fc.boolean(),
  }),
  fc.record({ do: fc.constant('move' as const), messages: some, folder: fc.nat(2) }),
  fc.record({ do: fc.constant('delete' as const), messages: some }),
  fc.record({ do: fc.constant('undo' as const), back: fc.nat(4), waiting: fc.boolean() }),
  fc.record({ do: fc.constant('replay' as const), cut: fc.constantFrom('none', 'before', 'after') }),
  fc.record({ do: fc.constant('refuse' as const) }),
)

/** A server: folders of numbered messages, a moved message gets the next number of its new folder. */
const createServer = (folders: readonly number[]) => {
  const stored = new Map(folders.map((id) => [id, new Map<number, { id: number; flags: number }>()]))
  const next = new Map(folders.map((id) => [id, 100]))
  const put = (folderId: number, one: { id: number; flags: number }): number => {
    const uid = next.get(folderId) ?? 0
    next.set(folderId, uid + 1)
    stored.get(folderId)?.set(uid, one)
    return uid
  }
  return {
    stored,
    put,
    take: (folderId: number, uid: number) => {
      const one = stored.get(folderId)?.get(uid)
      stored.get(folderId)?.delete(uid)
      return one
    },
  }
}

const play = (steps: readonly Step[]) => {
  const { db, inbox, archive, trash, run } = queueForTest()
  const folders = [inbox, archive, trash]
  const server = createServer(folders)
  const ids = run.insert(
    inbox,
    Array.from({ length: messages }, (_, n) => message(100 + n, { date: Date.UTC(2026, 0, 1 + n) })),
  )
  for (const id of ids) server.put(inbox, { id, flags: 0 })
  const done: number[] = []

  /** The server does it, as far as it finds the messages; answers new numbers. */
  const perform = (operation: NonNullable<ReturnType<typeof run.next>>) => {
    const { action } = operation
    const uids: { id: number; uid: number }[] = []
    for (const item of action.items) {
      const uid =
        item.uid ?? [...(server.stored.get(item.folderId) ?? [])].find(([, one]) => one.id === item.id)?.[0]
      if (uid === undefined) continue
      const one = server.stored.get(item.folderId)?.get(uid)
      if (!one) continue
      expect(one.id, 'never acts on another message').toBe(item.id)
      if (action.kind === 'flag') one.flags = action.on ? one.flags | action.bit : one.flags & ~action.bit
      else server.take(item.folderId, uid)
      if (action.kind === 'move') uids.push({ id: item.id, uid: server.put(action.target, one) })
    }
    return uids
  }
  /** What synchronisation does for messages whose number no answer has named. */
  const name = () => {
    for (const [folderId, list] of server.stored)
      for (const [uid, { id }] of list)
        db.prepare(
          'UPDATE messages SET uid = $uid WHERE id = $id AND folder_id = $folderId AND uid IS NULL AND pending = 0',
        ).run({ uid, id, folderId })
  }
  const replay = (cut: 'none' | 'before' | 'after') => {
    const operation = run.next()
    if (!operation) return false
    const portion = operation.action.items.map((item) => item.id)
    run.sent(operation.id, portion)
    if (cut === 'before') return true
    const uids = perform(operation)
    if (cut === 'none') run.confirm(operation.id, uids, [], portion)
    return true
  }

  for (const one of steps) {
    const chosen = 'messages' in one ? one.messages.map((n) => ids[n] ?? 0) : []
    if (one.do === 'flag')
      done.push(run.apply({ kind: 'flag', flag: one.flag, on: one.on }, [ids[one.message] ?? 0]))
    else if (one.do === 'move')
      done.push(run.apply({ kind: 'move', folderId: folders[one.folder] ?? inbox }, chosen))
    else if (one.do === 'delete') done.push(run.apply({ kind: 'delete' }, chosen))
    else if (one.do === 'undo') run.undo(done.at(-1 - one.back) ?? 0, one.waiting)
    else if (one.do === 'replay') replay(one.cut)
    else {
      const operation = run.next()
      if (operation && operation.action.kind !== 'append' && !operation.sentBefore)
        run.refuse(operation.id, 'imap.no-permission')
    }
  }
  while (replay('none'));
  name()
  return { db, folders, server, run, ids }
}

describe('the queue against a model of the server', () => {
  it('leaves the same mailbox here and there, whatever was done, undone, cut and refused', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { db, folders, server, run } = play(steps)
        const here = db
          .prepare('SELECT id, folder_id AS folderId, uid, flags, pending FROM messages ORDER BY id')
          .all<{ id: number; folderId: number; uid: number | null; flags: number; pending: number }>()
        const there = [...server.stored]
          .flatMap(([folderId, list]) =>
            [...list].map(([uid, one]) => ({ ...one, folderId, uid, pending: 0 })),
          )
          .toSorted((a, b) => a.id - b.id)
        expect(
          here.map(({ id, folderId, uid, flags, pending }) => ({ id, flags, folderId, uid, pending })),
        ).toEqual(there)
        for (const id of folders) {
          const inside = here.filter((one) => one.folderId === id)
          const unread = inside.filter((one) => (one.flags & flagBits.seen) === 0)
          expect(run.counts(id)).toEqual([inside.length, unread.length])
        }
        expect(db.prepare('SELECT count(*) AS n FROM operation_items').get<{ n: number }>()?.n).toBe(0)
      }),
      { numRuns: 150, seed: 2026 },
    )
  })
})
