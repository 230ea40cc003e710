import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ok, type Trace } from '../../contract/index.ts'
import { compareExport } from './comparison.ts'
import { readTraceCsv, traceCsvHead, traceCsvLines } from './csv.ts'

const hash = (digit: number): string => String(digit % 10).repeat(64)
const trace = (fields: Partial<Trace> = {}): Trace => ({
  seq: 1,
  at: '2026-11-22T12:00:00.000Z',
  author: '810000000017',
  authorName: 'Anne ESSAI',
  openedBy: 'card',
  workstation: 'anne@poste-1',
  automatic: true,
  account: null,
  action: 'sent',
  target: '',
  request: '',
  answer: '',
  outcome: 'ok',
  code: null,
  hash: hash(1),
  ...fields,
})
const exported = (traces: readonly Trace[]) => readTraceCsv(traceCsvHead + traceCsvLines(traces))

it('makes a table that spreadsheets read and never compute', () => {
  const lines = traceCsvLines([
    trace({
      authorName: 'Anne "Nina" ESSAI',
      target: '=HYPERLINK("http://evil.test")',
      request: 'a;b',
      answer: '+1',
    }),
  ])
  expect(traceCsvHead.startsWith('\uFEFFseq;at;author;')).toBe(true)
  expect(lines).toBe(
    `1;2026-11-22T12:00:00.000Z;810000000017;"Anne ""Nina"" ESSAI";card;anne@poste-1;true;;sent;"'=HYPERLINK(""http://evil.test"")";"a;b";'+1;ok;;${hash(1)}\r\n`,
  )
})

// A spreadsheet that separates by commas or tabs begins cells within ours; quotes do not keep it from that.
it.each([
  ['=1+1', "'=1+1"],
  ['-2', "'-2"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['＝1+1', "'＝1+1"],
  ['\t=1', '"\t\'=1"'],
  ['x,=cmd()', '"x,\'=cmd()"'],
  ['x; =cmd()', '"x; \'=cmd()"'],
  ['x\n=cmd()', '"x\n\'=cmd()"'],
  ['x|@y', '"x|\'@y"'],
  ['UID STORE 5 +FLAGS (\\Seen)', 'UID STORE 5 +FLAGS (\\Seen)'],
  [' blank', '" blank"'],
])('gives %j to no formula', (told, written) => {
  expect(traceCsvLines([trace({ target: told })])).toContain(`;sent;${written};`)
})

it('is read again as it was written, whatever traces hold, and nothing else is', () => {
  const words = fc.string({
    maxLength: 40,
    unit: fc.constantFrom('"', ';', '\n', '\r', '=', 'é', ' ', 'a', ','),
  })
  fc.assert(
    fc.property(
      fc.array(fc.record({ target: words, request: words, answer: words }), { minLength: 1, maxLength: 8 }),
      (told) => {
        const traces = told.map((fields, index) => trace({ ...fields, seq: index + 1, hash: hash(index) }))
        const read = exported(traces)
        expect(read.ok && read.value.map(({ seq, hash, line }) => [seq, hash, `${line}\r\n`])).toEqual(
          traces.map((one) => [one.seq, one.hash, traceCsvLines([one])]),
        )
      },
    ),
  )
  for (const text of ['', 'seq;at\r\n', `${traceCsvHead}nothing\r\n`, '\u0000'.repeat(100)])
    expect(readTraceCsv(text)).toMatchObject({ ok: false, error: { code: 'traces.not-an-export' } })
})

it('a former export says what was rewritten, taken away or purged here, and what was changed in the file', async () => {
  const then = [1, 2, 3, 4, 5, 6].map((seq) => trace({ seq, hash: hash(seq), target: `#${seq}` }))
  const file = (traceCsvHead + traceCsvLines(then)).replace(';#5;', ';#other;')
  const read = readTraceCsv(file)
  const now = [
    trace({ seq: 2, hash: hash(2), target: '#2' }),
    // Written anew: another hash.
    trace({ seq: 3, hash: hash(9), target: '#3' }),
    trace({ seq: 5, hash: hash(5), target: '#5' }),
    trace({ seq: 6, hash: hash(6), target: '#6' }),
  ]
  const compared = await compareExport(read.ok ? read.value : [], 1, (first, last) =>
    Promise.resolve(ok(now.filter(({ seq }) => seq >= first && seq <= last))),
  )
  expect(compared).toEqual(ok({ count: 6, same: 2, rewritten: [3], edited: [5], missing: [4], purged: 1 }))
})
