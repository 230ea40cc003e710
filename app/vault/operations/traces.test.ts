import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { TraceFilter } from '../../contract/traces.ts'
import type { SqlDatabase } from '../database.ts'
import { storeForTest } from '../store.fixture.ts'
import { traceOperations, type NewTrace } from './traces.ts'

const context = { now: () => 0 }
const everything: TraceFilter = { from: null, to: null, actions: [], account: null, outcomes: [], text: '' }
const noon = Date.UTC(2026, 10, 22, 12)

const trace = (fields: Partial<NewTrace> = {}): NewTrace => ({
  at: noon,
  author: '810000000017',
  authorName: 'Anne ESSAI',
  openedBy: 'card',
  workstation: 'essai@poste-1',
  automatic: false,
  account: 'anne@medecin.mssante.test',
  action: 'moved',
  target: 'INBOX',
  subject: null,
  request: 'UID MOVE 1:3 Archive',
  answer: 'OK Move completed',
  outcome: 'ok',
  code: null,
  ...fields,
})

const append = (db: SqlDatabase, entries: NewTrace[]): void =>
  traceOperations['traces.append'](db, { entries }, context)

/** Walks the whole chain in slices of `limit`. */
const check = (db: SqlDatabase, limit = 3): { finding: string | null; at: number } => {
  let from: { seq: number; hash: string; at: number } | null = null
  for (;;) {
    const slice: ReturnType<(typeof traceOperations)['traces.check']> = traceOperations['traces.check'](
      db,
      { from, limit, tolerance: 300_000 },
      context,
    )
    if (slice.finding !== null || slice.from === null) return { finding: slice.finding, at: slice.at }
    from = slice.from
  }
}

const chainOf = (count: number): SqlDatabase => {
  const db = storeForTest()
  append(
    db,
    Array.from({ length: count }, (_, index) => trace({ at: noon + index, target: `INBOX/${index + 1}` })),
  )
  return db
}

it('numbers traces without holes and binds each to the former one, whatever is in them', () => {
  const words = fc.string({ maxLength: 60, unit: 'binary' })
  fc.assert(
    fc.property(
      fc.array(fc.record({ target: words, request: words, answer: words }), { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 1, max: 25 }),
      (told, limit) => {
        const db = storeForTest()
        for (const fields of told) append(db, [trace(fields)])
        expect(check(db, limit)).toEqual({ finding: null, at: told.length })
        const page = traceOperations['traces.page'](
          db,
          { filter: everything, before: null, limit: 100 },
          context,
        )
        expect(page.traces.map(({ seq }) => seq).reverse()).toEqual(told.map((_, index) => index + 1))
      },
    ),
    { numRuns: 12 },
  )
})

it.each([
  ['another author', "UPDATE traces SET author = '8999' WHERE seq = 4", { finding: 'changed', at: 4 }],
  ['another time', 'UPDATE traces SET at = at + 1 WHERE seq = 1', { finding: 'changed', at: 1 }],
  ['another answer', "UPDATE traces SET answer = 'NO' WHERE seq = 7", { finding: 'changed', at: 7 }],
  [
    'a failure made good',
    "UPDATE traces SET outcome = 'failed' WHERE seq = 2",
    { finding: 'changed', at: 2 },
  ],
  ['one taken out', 'DELETE FROM traces WHERE seq = 3', { finding: 'missing', at: 3 }],
  ['the first ones taken away', 'DELETE FROM traces WHERE seq < 3', { finding: 'missing', at: 1 }],
  ['the last ones taken away', 'DELETE FROM traces WHERE seq > 5', { finding: 'missing', at: 6 }],
  ['all of them taken away', 'DELETE FROM traces', { finding: 'missing', at: 1 }],
  [
    'one added at the end',
    'INSERT INTO traces SELECT 9, at, author, author_name, opened_by, workstation, automatic, account, action, target, request, answer, outcome, code, hash FROM traces WHERE seq = 8',
    { finding: 'changed', at: 9 },
  ],
  [
    'the first ones taken away and the floor raised over them',
    "DELETE FROM traces WHERE seq < 4; INSERT INTO trace_ends SELECT 'floor', seq - 1, (SELECT hash FROM former) FROM traces WHERE seq = 4",
    { finding: 'missing', at: 3 },
  ],
  [
    'the last ones taken away and the head lowered',
    "DELETE FROM traces WHERE seq > 5; UPDATE trace_ends SET seq = 5 WHERE name = 'head'",
    { finding: 'changed', at: 5 },
  ],
  [
    'another workstation',
    "UPDATE traces SET workstation = 'x@y' WHERE seq = 3",
    { finding: 'changed', at: 3 },
  ],
  [
    'two that changed places',
    'UPDATE traces SET seq = 100 WHERE seq = 2; UPDATE traces SET seq = 2 WHERE seq = 3; UPDATE traces SET seq = 3 WHERE seq = 100',
    { finding: 'changed', at: 2 },
  ],
])('finds tampering: %s', (_, sql, found) => {
  const db = chainOf(8)
  expect(check(db)).toEqual({ finding: null, at: 8 })
  db.exec('CREATE TEMP TABLE former AS SELECT hash FROM traces WHERE seq = 3')
  db.exec(sql)
  expect(check(db)).toEqual(found)
})

it('takes away the old ones, says so in the chain, and the rest still holds', () => {
  const db = chainOf(10)
  const purge = (before: number, limit: number): number =>
    traceOperations['traces.purge'](
      db,
      { before, limit, entry: { ...trace({ action: 'traces-purged', at: noon + 99 }) } },
      context,
    )
  expect(purge(noon + 6, 4)).toBe(4)
  expect(purge(noon + 6, 4)).toBe(2)
  expect(purge(noon + 6, 4)).toBe(0)
  expect(check(db)).toEqual({ finding: null, at: 12 })
  const { traces, total } = traceOperations['traces.page'](
    db,
    { filter: everything, before: null, limit: 2 },
    context,
  )
  expect(total).toBe(6)
  expect(traces[0]).toMatchObject({
    seq: 12,
    action: 'traces-purged',
    request: 'purge 5-6',
    answer: '2: 2026-11-22T12:00:00.004Z – 2026-11-22T12:00:00.005Z',
  })
  db.exec('DELETE FROM traces WHERE seq = 7')
  expect(check(db)).toEqual({ finding: 'missing', at: 7 })
})

it('finds by period, action, mailbox, outcome and words, newest first, page by page', () => {
  const db = storeForTest()
  append(db, [
    trace({ at: noon, action: 'sent', target: '<a@x> zoe@medecin.mssante.test', account: 'a@b.test' }),
    trace({ at: noon + 1000, action: 'read', outcome: 'failed', code: 'net.closed' }),
    trace({ at: noon + 2000, request: '100% _sure_', account: null }),
  ])
  const found = (filter: Partial<TraceFilter>): number[] =>
    traceOperations['traces.page'](
      db,
      { filter: { ...everything, ...filter }, before: null, limit: 10 },
      context,
    ).traces.map(({ seq }) => seq)
  expect(found({})).toEqual([3, 2, 1])
  expect(found({ from: new Date(noon + 1000).toISOString() })).toEqual([3, 2])
  expect(found({ to: new Date(noon + 1000).toISOString() })).toEqual([2, 1])
  expect(found({ actions: ['sent', 'read'] })).toEqual([2, 1])
  expect(found({ outcomes: ['failed'] })).toEqual([2])
  expect(found({ account: 'a@b.test' })).toEqual([1])
  expect(found({ text: 'ZOE sent' })).toEqual([])
  expect(found({ text: 'zoe 810000000017' })).toEqual([1])
  expect(found({ text: '100%' })).toEqual([3])
  expect(found({ text: '_sure_ %' })).toEqual([3])
  const first = traceOperations['traces.page'](db, { filter: everything, before: null, limit: 2 }, context)
  expect([first.more, first.traces.length, first.total]).toEqual([true, 2, 3])
  const second = traceOperations['traces.page'](db, { filter: everything, before: 2, limit: 2 }, context)
  expect([second.more, second.traces.map(({ seq }) => seq)]).toEqual([false, [1]])
})
