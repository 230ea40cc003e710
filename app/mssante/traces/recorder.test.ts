import { expect, it } from 'vitest'
import { fail, ok, Policy, type TraceChain } from '../../contract/index.ts'
import type { NewTrace } from '../../vault/index.ts'
import { createTraceRecorder, type TraceAuthor } from './recorder.ts'

const start = Date.UTC(2026, 7, 31, 8)
/** Fictitious. */
const anne: TraceAuthor = {
  professional: { id: '810000000017', name: 'Anne ESSAI' },
  openedBy: 'card',
  workstation: 'anne@poste-1',
}

/** A recorder over a store that keeps what it is told, with a clock and timers of our own. */
const recorderForTest = () => {
  const written: NewTrace[] = []
  const purges: number[] = []
  const timers: (() => void)[] = []
  const faults: unknown[] = []
  const told: TraceChain[] = []
  const witnessed: string[] = []
  let author: TraceAuthor | null = anne
  let mailboxes = [{ id: 4, address: 'secretariat@hopital.mssante.test', displayName: 'Secrétariat (essai)' }]
  let full = false
  let finding: 'changed' | null = null
  let now = start
  const nowhere = { seq: 0, hash: '' }
  const run = (name: string, params: unknown) => {
    switch (name) {
      case 'traces.append':
        if (full) return Promise.resolve(fail('vault.disk-full'))
        written.push(...(params as { entries: NewTrace[] }).entries)
        return Promise.resolve(ok(undefined))
      case 'traces.purge':
        purges.push((params as { before: number }).before)
        return Promise.resolve(ok(0))
      case 'traces.mailboxes':
        return Promise.resolve(ok(mailboxes))
      case 'traces.extent': {
        const head = written.length === 0 ? nowhere : { seq: written.length, hash: 'a'.repeat(64) }
        return Promise.resolve(
          ok({ count: written.length, first: null, last: null, floor: nowhere, head, witness: nowhere }),
        )
      }
      case 'traces.check':
        return Promise.resolve(ok({ from: null, finding, at: 1, back: null }))
      case 'traces.page':
        return Promise.resolve(ok({ traces: [], more: false, total: 0 }))
      default:
        return Promise.resolve(ok([]))
    }
  }
  const recorder = createTraceRecorder({
    vault: { run: run as never },
    now: () => now,
    after: (_, run) => {
      timers.push(run)
      return () => timers.splice(timers.indexOf(run), 1)
    },
    author: () => author,
    months: 6,
    witness: {
      read: () => Promise.resolve(null),
      append: (line) => {
        witnessed.push(line)
        return Promise.resolve()
      },
    },
    onChecked: (chain) => told.push(chain),
    onFault: (error) => faults.push(error),
  })
  return {
    recorder,
    written,
    purges,
    faults,
    told,
    timers,
    witnessed,
    fill: (value: boolean) => (full = value),
    breakChain: () => (finding = 'changed'),
    pass: (milliseconds: number) => (now += milliseconds),
    become: (who: TraceAuthor | null) => (author = who),
    removeMailboxes: () => (mailboxes = []),
  }
}

it('writes behind, in order, with who and when it was told', async () => {
  const { recorder, written, timers, pass } = recorderForTest()
  recorder.start()
  recorder.record({ action: 'read', request: 'messages.view', subject: { kind: 'message', ids: [7] } })
  pass(40)
  recorder.record({ action: 'moved', request: 'UID MOVE 1 Archive', answer: 'OK', account: 'a@b.test' })
  expect(timers).toHaveLength(1)
  await recorder.flush()
  expect(timers).toHaveLength(0)
  expect(written.map(({ action, at, author, openedBy }) => [action, at - start, author, openedBy])).toEqual([
    ['read', 0, '810000000017', 'card'],
    ['moved', 40, '810000000017', 'card'],
  ])
})

it('names the mailboxes and the account of the workstation where neither card nor Pro Santé Connect says who it is', async () => {
  const { recorder, written, become, removeMailboxes } = recorderForTest()
  become({ professional: null, openedBy: 'passphrase', workstation: 'accueil@poste-1' })
  recorder.start()
  recorder.record({ action: 'account-changed', accountId: 4, request: 'accounts.update kind' })
  await recorder.flush()
  removeMailboxes()
  // A mailbox that is gone keeps its name as long as the store is open.
  recorder.record({ action: 'account-removed', accountId: 4, request: 'accounts.remove' })
  await recorder.stop()
  recorder.start()
  recorder.record({ action: 'session-opened', request: 'session.open' })
  await recorder.flush()
  expect(
    written.map(({ author, authorName, account, openedBy, workstation }) => [
      author,
      authorName,
      account,
      openedBy,
      workstation,
    ]),
  ).toEqual([
    [
      'secretariat@hopital.mssante.test',
      'Secrétariat (essai)',
      'secretariat@hopital.mssante.test',
      'passphrase',
      'accueil@poste-1',
    ],
    [
      'secretariat@hopital.mssante.test',
      'Secrétariat (essai)',
      'secretariat@hopital.mssante.test',
      'passphrase',
      'accueil@poste-1',
    ],
    ['accueil@poste-1', '', null, 'passphrase', 'accueil@poste-1'],
  ])
})

it('waits for who it is, and checks the chain then', async () => {
  const { recorder, written, timers, told, become, witnessed } = recorderForTest()
  become(null)
  recorder.start()
  recorder.record({ action: 'session-opened', request: 'session.open' })
  await recorder.flush()
  expect([written.length, told.length, timers.length]).toEqual([0, 0, 1])
  become(anne)
  timers[0]?.()
  await expect.poll(() => told.length).toBe(1)
  expect(written.map(({ author }) => author)).toEqual(['810000000017'])
  await expect.poll(() => witnessed).toEqual([`2026-08-31T08:00:00.000Z;1;${'a'.repeat(64)}\n`])
})

it('leaves one trace of what goes on, until a quarter of an hour has passed without it; each failure leaves its own', async () => {
  const { recorder, written, pass } = recorderForTest()
  const search = { action: 'searched' as const, request: 'messages.search all', folded: 'search' }
  recorder.start()
  recorder.record(search)
  for (let minute = 0; minute < 40; minute += 10) {
    pass(10 * 60_000)
    recorder.record(search)
  }
  recorder.record({ ...search, outcome: 'failed', code: 'vault.busy' })
  recorder.record({ action: 'drafted', request: 'drafts.save', folded: 'draft 3' })
  pass(16 * 60_000)
  recorder.record(search)
  await recorder.flush()
  expect(written.map(({ action, outcome, at }) => [action, outcome, (at - start) / 60_000])).toEqual([
    ['searched', 'ok', 0],
    ['searched', 'failed', 40],
    ['drafted', 'ok', 40],
    ['searched', 'ok', 56],
  ])
})

it('begins with what happened to the store while it was closed, unless that failed', async () => {
  const { recorder, written } = recorderForTest()
  recorder.announce({ action: 'store-replaced', request: 'session.restore' })
  recorder.announce({ action: 'store-replaced', request: 'session.rebuild' })()
  recorder.start()
  recorder.record({ action: 'session-opened', request: 'session.open' })
  await recorder.stop()
  recorder.start()
  await recorder.stop()
  expect(written.map(({ request }) => request)).toEqual(['session.restore', 'session.open'])
})

it('writes what was told before the mailbox closes, and takes nothing after', async () => {
  const { recorder, written } = recorderForTest()
  recorder.record({ action: 'read', request: 'before it is open' })
  recorder.start()
  recorder.record({ action: 'session-closed', request: 'session.close' })
  await recorder.stop()
  recorder.record({ action: 'read', request: 'after' })
  await recorder.flush()
  expect(written.map(({ request }) => request)).toEqual(['session.close'])
})

it('keeps traces that the store does not take, and writes them when it does', async () => {
  const { recorder, written, fill, faults, told } = recorderForTest()
  recorder.start()
  await expect.poll(() => told.length).toBe(1)
  fill(true)
  recorder.record({ action: 'read', request: 'one' })
  await recorder.flush()
  expect(faults).toHaveLength(1)
  fill(false)
  recorder.record({ action: 'read', request: 'two' })
  await recorder.flush()
  expect(written.map(({ request }) => request)).toEqual(['one', 'two'])
})

it('keeps traces for months of the calendar, and a broken chain whole', async () => {
  // No policy goes below the six months of ECO.4.1.1.
  expect([5, 6, 120].map((traceMonths) => Policy.safeParse({ traceMonths }).success)).toEqual([
    false,
    true,
    true,
  ])
  const good = recorderForTest()
  good.recorder.start()
  await expect.poll(() => good.purges).toEqual([Date.UTC(2026, 1, 28, 8)])
  expect(good.told).toEqual([
    { state: 'intact', count: 0, first: null, last: null, witnessed: null, notices: [] },
  ])
  const bad = recorderForTest()
  bad.breakChain()
  bad.recorder.start()
  await expect.poll(() => bad.told).toEqual([{ state: 'broken', count: 0, finding: 'changed', at: 1 }])
  await bad.recorder.flush()
  expect(bad.purges).toEqual([])
  expect(bad.recorder.chain()).toEqual(bad.told[0])
})
