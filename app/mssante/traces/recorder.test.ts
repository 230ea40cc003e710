import { expect, it } from 'vitest'
import { fail, ok, type TraceChain } from '../../contract/index.ts'
import type { NewTrace } from '../../vault/index.ts'
import { traceCsvHead, traceCsvLines } from './csv.ts'
import { createTraceRecorder } from './recorder.ts'

const start = Date.UTC(2026, 7, 31, 8)

/** A recorder over a store that keeps what it is told, with a clock and timers of our own. */
const recorderForTest = () => {
  const written: NewTrace[] = []
  const purges: number[] = []
  const timers: (() => void)[] = []
  const faults: unknown[] = []
  const told: TraceChain[] = []
  let full = false
  let finding: 'changed' | null = null
  let now = start
  const run = (name: string, params: unknown) => {
    if (name === 'traces.append') {
      if (full) return Promise.resolve(fail('vault.disk-full'))
      written.push(...(params as { entries: NewTrace[] }).entries)
      return Promise.resolve(ok(undefined))
    }
    if (name === 'traces.purge') {
      purges.push((params as { before: number }).before)
      return Promise.resolve(ok(0))
    }
    if (name === 'traces.extent')
      return Promise.resolve(ok({ count: written.length, first: null, last: null }))
    return Promise.resolve(ok({ from: null, finding, at: 1 }))
  }
  const recorder = createTraceRecorder({
    vault: { run: run as never },
    now: () => now,
    after: (_, run) => {
      timers.push(run)
      return () => timers.splice(timers.indexOf(run), 1)
    },
    author: () => ({ id: '810000000017', name: 'Anne ESSAI' }),
    months: 6,
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
    fill: (value: boolean) => (full = value),
    breakChain: () => (finding = 'changed'),
    pass: (milliseconds: number) => (now += milliseconds),
  }
}

it('writes behind, in order, with who and when it was told', async () => {
  const { recorder, written, timers, pass } = recorderForTest()
  recorder.start()
  recorder.record({ action: 'read', request: 'messages.view', messages: [7] })
  pass(40)
  recorder.record({ action: 'moved', request: 'UID MOVE 1 Archive', answer: 'OK', account: 'a@b.test' })
  expect(timers).toHaveLength(1)
  await recorder.flush()
  expect(timers).toHaveLength(0)
  expect(written.map(({ action, at, author }) => [action, at - start, author])).toEqual([
    ['read', 0, '810000000017'],
    ['moved', 40, '810000000017'],
  ])
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
  const { recorder, written, fill, faults } = recorderForTest()
  recorder.start()
  await recorder.flush()
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
  const good = recorderForTest()
  good.recorder.start()
  await expect.poll(() => good.purges).toEqual([Date.UTC(2026, 1, 28, 8)])
  expect(good.told).toEqual([{ state: 'intact', count: 0, first: null, last: null }])
  const bad = recorderForTest()
  bad.breakChain()
  bad.recorder.start()
  await expect.poll(() => bad.told).toEqual([{ state: 'broken', count: 0, finding: 'changed', at: 1 }])
  await bad.recorder.flush()
  expect(bad.purges).toEqual([])
  expect(bad.recorder.chain()).toEqual(bad.told[0])
})

it('makes a table that spreadsheets read and never compute', () => {
  const lines = traceCsvLines([
    {
      seq: 1,
      at: '2026-11-22T12:00:00.000Z',
      author: '810000000017',
      authorName: 'Anne "Nina" ESSAI',
      automatic: true,
      account: null,
      action: 'sent',
      target: '=HYPERLINK("http://evil.test")',
      request: 'a;b',
      answer: '+1',
      outcome: 'ok',
      code: null,
      hash: 'ab',
    },
  ])
  expect(traceCsvHead.startsWith('\uFEFFseq;at;author;')).toBe(true)
  expect(lines).toBe(
    `1;2026-11-22T12:00:00.000Z;810000000017;"Anne ""Nina"" ESSAI";true;;sent;"'=HYPERLINK(""http://evil.test"")";"a;b";'+1;ok;;ab\r\n`,
  )
})
