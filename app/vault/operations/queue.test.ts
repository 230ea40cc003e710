import { describe, expect, it } from 'vitest'
import { actionOperations } from './actions.ts'
import { messageOperations } from './messages.ts'
import { message, queueForTest } from './queue.fixture.ts'
import { queueOperations, releaseFolder } from './queue.ts'

const seen = { kind: 'flag', flag: 'seen' } as const
const flagged = { kind: 'flag', flag: 'flagged' } as const
const body = (raw: Uint8Array) => ({
  raw,
  rawFile: null,
  rawSize: raw.length,
  text: 'bonjour',
  indexText: 'bonjour',
  findings: {
    preview: 'bonjour',
    hasAttachments: false,
    signed: false,
    encrypted: false,
    patient: null,
    documentLabel: null,
    documentCount: 0,
    alert: null,
    report: null,
  },
})

describe('an action', () => {
  it('shows at once; the server cannot overwrite it while it waits', () => {
    const { db, inbox, run, context } = queueForTest()
    const [id = 0] = run.insert(inbox, [message(1)])
    run.apply({ ...seen, on: true }, [id])
    expect(run.counts(inbox)).toEqual([1, 0])
    messageOperations['messages.applyFlags'](
      db,
      { accountId: 1, folderId: inbox, changes: [{ uid: 1, flags: 2 }], state: null },
      context,
    )
    expect(run.rows([id])[0]).toMatchObject({ seen: true, flagged: true, pending: true })
  })

  it('and its opposite leave nothing to tell the server', () => {
    const { inbox, run } = queueForTest()
    const [id = 0] = run.insert(inbox, [message(1)])
    run.apply({ ...flagged, on: true }, [id])
    const off = run.apply({ ...flagged, on: false }, [id])
    expect(run.next()).toBeNull()
    expect(run.rows([id])[0]).toMatchObject({ flagged: false, pending: false })
    run.undo(off)
    expect(run.next()?.action).toMatchObject({ kind: 'flag', on: true })
  })

  it('there and back, or on and on, is one move or none; flags in between find the message', () => {
    const { inbox, archive, trash, run } = queueForTest()
    const [id = 0] = run.insert(inbox, [message(5)])
    run.apply({ kind: 'move', folderId: archive }, [id])
    run.apply({ ...flagged, on: true }, [id])
    const deletion = run.apply({ kind: 'delete' }, [id])
    expect([inbox, archive, trash].map((one) => run.counts(one)[0])).toEqual([0, 0, 1])
    const flag = run.next()
    expect(flag?.action).toMatchObject({ kind: 'flag', items: [{ id, folderId: inbox, uid: 5 }] })
    run.confirm(flag?.id ?? 0)
    expect(run.next()?.action).toMatchObject({
      kind: 'move',
      target: trash,
      items: [{ id, folderId: inbox, uid: 5 }],
    })
    run.undo(deletion)
    expect(run.rows([id])[0]?.folderId).toBe(archive)
    run.apply({ kind: 'move', folderId: inbox }, [id])
    expect(run.next()).toBeNull()
    expect(run.uids(inbox)).toEqual([5])
  })

  it('moved, then deleted for good, is removed from where the server has it', () => {
    const { inbox, trash, run } = queueForTest()
    const [id = 0] = run.insert(inbox, [message(5)])
    run.apply({ kind: 'move', folderId: trash }, [id])
    run.apply({ kind: 'delete' }, [id])
    const only = run.next()
    expect(only?.action).toMatchObject({ kind: 'expunge', items: [{ id, folderId: inbox, uid: 5 }] })
    expect(run.confirm(only?.id ?? 0).removal.ids).toEqual([id])
    expect(run.next()).toBeNull()
  })

  it('is undone by forgetting it, or, when sent, by its inverse, which learns the new UID', () => {
    const { inbox, archive, run } = queueForTest()
    const [id = 0] = run.insert(inbox, [message(5)])
    run.undo(run.apply({ kind: 'move', folderId: archive }, [id]))
    expect(run.next()).toBeNull()
    expect(run.uids(inbox)).toEqual([5])

    const again = run.apply({ kind: 'move', folderId: archive }, [id])
    const sent = run.next()?.id ?? 0
    run.sent(sent)
    run.undo(again)
    expect(run.rows([id])[0]?.folderId).toBe(inbox)
    run.confirm(sent, [{ id, uid: 81 }])
    expect(run.next()?.action).toMatchObject({
      kind: 'move',
      target: inbox,
      items: [{ id, folderId: archive, uid: 81 }],
    })
  })

  it('for good cannot be undone once the server was told, and can before', () => {
    const { trash, run } = queueForTest()
    const [one = 0, two = 0] = run.insert(trash, [message(1), message(2)])
    const first = run.apply({ kind: 'delete' }, [one])
    expect(run.rows([one])).toEqual([])
    expect(run.counts(trash)).toEqual([1, 1])
    run.undo(first)
    expect(run.rows([one])).toHaveLength(1)
    expect(run.counts(trash)).toEqual([2, 2])
    expect(run.next()).toBeNull()
    const second = run.apply({ kind: 'delete' }, [two])
    run.sent(run.next()?.id ?? 0)
    expect(run.undo(second)).toBeNull()
  })

  it('deletes from a shared mailbox into its own trash, into the account’s when it shows none', () => {
    const whole = queueForTest()
    const team = whole.folder('Shared/team', 'inbox', 'team@b.test')
    const bare = whole.folder('Shared/bare', 'inbox', 'bare@b.test')
    const teamTrash = whole.folder('Shared/team/Trash', 'trash', 'team@b.test')
    const ids = [whole.inbox, team, bare].map((one, n) => whole.run.insert(one, [message(n + 1)])[0] ?? 0)
    whole.run.apply({ kind: 'delete' }, ids)
    expect(ids.map((id) => whole.run.rows([id])[0]?.folderId)).toEqual([whole.trash, teamTrash, whole.trash])
  })
})

describe('the queue', () => {
  it('keeps the order per message, and lets others pass one that waits for its time', () => {
    const { db, inbox, run, clock, context } = queueForTest()
    const [a = 0, b = 0] = run.insert(inbox, [message(1), message(2)])
    run.apply({ ...seen, on: true }, [a])
    run.apply({ ...flagged, on: true }, [a])
    run.apply({ ...seen, on: true }, [b])
    const first = run.next()
    queueOperations['queue.retryAt'](
      db,
      { id: first?.id ?? 0, at: clock.time + 1000, error: 'imap.failed' },
      context,
    )
    const passing = run.next()
    expect(passing?.action.items.map((one) => one.id)).toEqual([b])
    run.confirm(passing?.id ?? 0)
    expect(run.next()).toBeNull()
    expect(queueOperations['queue.dueAt'](db, { accountId: 1 }, context)).toBe(clock.time + 1000)
    clock.time += 1000
    expect(run.next()?.id).toBe(first?.id)
  })

  it('puts back what the server refuses and says so until it was read', () => {
    const { db, inbox, archive, run, context } = queueForTest()
    const [id = 0] = run.insert(inbox, [message(1)])
    run.apply({ kind: 'move', folderId: archive }, [id])
    run.apply({ ...seen, on: true }, [id])
    const move = run.next()
    run.sent(move?.id ?? 0)
    run.refuse(move?.id ?? 0, 'imap.no-permission')
    expect(run.rows([id])[0]).toMatchObject({ folderId: inbox, pending: true, seen: true })
    expect(run.uids(inbox)).toEqual([1])
    // The flag set after the move finds the message where it is.
    expect(run.next()?.action.items).toMatchObject([{ id, folderId: inbox, uid: 1 }])
    expect(run.pending().notices).toMatchObject([
      { error: 'imap.no-permission', messages: 1, subjects: ['message 1'], target: { role: 'archive' } },
    ])
    expect(run.counts(archive)).toEqual([0, 0])
    actionOperations['actions.unfinished'](db, {}, context)
    expect(run.pending().notices).toHaveLength(1)
  })

  it('a refused move leaves a message where a later action has put it', () => {
    const { inbox, archive, trash, run } = queueForTest()
    const [id = 0] = run.insert(inbox, [message(1)])
    run.apply({ kind: 'move', folderId: archive }, [id])
    const move = run.next()?.id ?? 0
    run.sent(move)
    run.apply({ kind: 'move', folderId: trash }, [id])
    run.refuse(move, 'imap.quota')
    expect(run.rows([id])[0]?.folderId).toBe(trash)
    expect(run.next()?.action).toMatchObject({ kind: 'move', items: [{ folderId: inbox, uid: 1 }] })
  })

  it('gives back what was to go into a folder that is gone', () => {
    const { db, inbox, archive, run, clock } = queueForTest()
    const [id = 0] = run.insert(inbox, [message(1)])
    run.apply({ kind: 'move', folderId: archive }, [id])
    releaseFolder(db, archive, clock.time)
    expect(run.rows([id])[0]).toMatchObject({ folderId: inbox, pending: false })
    expect(run.next()).toBeNull()
    expect(run.pending().notices).toMatchObject([{ error: 'imap.folder-gone', messages: 1 }])
  })

  it('tells of a move that came too late', () => {
    const { inbox, archive, run } = queueForTest()
    const [id = 0, other = 0] = run.insert(inbox, [message(1), message(2)])
    run.apply({ kind: 'move', folderId: archive }, [id, other])
    const move = run.next()?.id ?? 0
    run.sent(move)
    run.confirm(move, [{ id: other, uid: 7 }], [id])
    expect(run.uids(archive)).toEqual([7])
    expect(run.pending().notices).toMatchObject([{ error: 'mail.changed-elsewhere', messages: 1 }])
  })

  it('takes a message it is about to take away again for no new one', () => {
    const { inbox, archive, run } = queueForTest()
    const [id = 0] = run.insert(inbox, [message(1)])
    const there = run.apply({ kind: 'move', folderId: archive }, [id])
    const move = run.next()?.id ?? 0
    run.sent(move)
    run.undo(there)
    run.apply({ ...seen, on: true }, [id])
    // Synchronisation sees it in the archive before the answer to the move has come.
    expect(run.insert(archive, [message(70, { identity: new Uint8Array([0, 1]) })])).toEqual([id])
    expect(run.rows([id])[0]?.folderId).toBe(inbox)
    expect(run.counts(archive)).toEqual([0, 0])
    run.confirm(move, [])
    expect(run.next()?.action).toMatchObject({
      kind: 'move',
      target: inbox,
      items: [{ id, folderId: archive, uid: 70 }],
    })
  })

  it('appends what exists only here with the folder and flags it has by then', () => {
    const { inbox, archive, run } = queueForTest()
    const raw = new TextEncoder().encode('Subject: x\r\n\r\nx')
    const added = run.append({ folderId: inbox, messages: [{ message: message(0), body: body(raw) }] })
    const [id = 0] = added?.ids ?? []
    expect(run.rows([id])[0]).toMatchObject({ pending: true, folderId: inbox })
    run.apply({ ...flagged, on: true }, [id])
    run.apply({ kind: 'move', folderId: archive }, [id])
    const only = run.next()
    expect(only?.action).toMatchObject({ kind: 'append', items: [{ id, folderId: archive, uid: null }] })
    run.sent(only?.id ?? 0)
    run.apply({ ...seen, on: true }, [id])
    run.confirm(only?.id ?? 0, [{ id, uid: 12 }])
    expect(run.uids(archive)).toEqual([12])
    expect(run.next()?.action).toMatchObject({ kind: 'flag', items: [{ folderId: archive, uid: 12 }] })
  })

  it('drops an unsent append with its message when that is deleted for good', () => {
    const { trash, run } = queueForTest()
    const added = run.append({
      folderId: trash,
      messages: [{ message: message(0), body: body(new Uint8Array([1])) }],
    })
    run.apply({ kind: 'delete' }, added?.ids ?? [])
    expect(run.next()).toBeNull()
    expect(run.rows(added?.ids ?? [])).toEqual([])
  })
})

describe('an action on many messages', () => {
  const many = (count: number) => {
    const test = queueForTest()
    const ids = test.run.insert(
      test.inbox,
      Array.from({ length: count }, (_, n) => message(n + 1, { date: Date.UTC(2026, 0, 1) + n * 1000 })),
    )
    const begin = (wish: Parameters<(typeof actionOperations)['actions.begin']>[1]['wish']): number => {
      const id = actionOperations['actions.begin'](
        test.db,
        { wish, selection: { kind: 'folder', folderId: test.inbox, filter: 'all' } },
        test.context,
      )
      test.run.drive(id)
      return id
    }
    const start = (id: number): void => {
      expect(actionOperations['actions.start'](test.db, { id }, test.context)).toBe(true)
    }
    return { ...test, ids, begin, start }
  }

  it('is chosen, confirmed, done in slices, and undone as one', () => {
    const { db, inbox, archive, run, begin, start, context } = many(1000)
    const id = begin({ kind: 'move', folderId: archive })
    expect(run.counts(inbox)).toEqual([1000, 1000])
    // What comes after the question was asked is not part of the answer.
    run.insert(inbox, [message(5000)])
    start(id)
    const first = actionOperations['actions.step'](db, { id }, context)
    expect(first?.progress).toMatchObject({ total: 1000, done: 100, state: 'applying' })
    expect(run.drive(id)).toBeGreaterThan(2)
    expect([run.counts(inbox), run.counts(archive)]).toEqual([
      [1, 1],
      [1000, 1000],
    ])
    expect(run.pending().operations).toMatchObject([{ messages: 1000, total: 1000, kind: 'move' }])
    run.undo(id)
    expect([run.counts(inbox)[0], run.counts(archive)[0]]).toEqual([1001, 0])
    expect(run.next()).toBeNull()
    expect(run.uids(inbox)).toHaveLength(1001)
  })

  it('stops in the middle and goes back, or goes on after a crash', () => {
    const { db, inbox, run, begin, start, context } = many(600)
    const stopped = begin({ ...seen, on: true })
    start(stopped)
    actionOperations['actions.step'](db, { id: stopped }, context)
    expect(run.counts(inbox)).toEqual([600, 500])
    run.undo(stopped)
    expect(run.counts(inbox)).toEqual([600, 600])
    expect(actionOperations['actions.step'](db, { id: stopped }, context)?.progress.state).toBe('undone')

    const cut = begin({ ...seen, on: true })
    start(cut)
    actionOperations['actions.step'](db, { id: cut }, context)
    expect(actionOperations['actions.unfinished'](db, {}, context)).toEqual([cut])
    run.drive(cut)
    expect(run.counts(inbox)).toEqual([600, 0])
  })

  it('is taken back as far as the server was not told when it is cancelled', () => {
    const { inbox, archive, run, begin, start } = many(10)
    const id = begin({ kind: 'move', folderId: archive })
    start(id)
    run.drive(id)
    const op = run.next()
    run.confirm(op?.id ?? 0, [])
    expect(run.counts(archive)[0]).toBe(10)
    run.undo(id, true)
    expect(run.counts(archive)[0]).toBe(10)
    expect(run.counts(inbox)[0]).toBe(0)
  })

  it('leaves no trace when the user says no', () => {
    const { db, inbox, run, begin, context } = many(10)
    const id = begin({ kind: 'delete-for-good' })
    actionOperations['actions.discard'](db, { id }, context)
    expect(actionOperations['actions.start'](db, { id }, context)).toBe(false)
    expect(run.counts(inbox)).toEqual([10, 10])
  })
})
