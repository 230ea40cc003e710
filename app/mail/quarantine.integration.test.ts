import { afterAll, beforeAll, expect, it } from 'vitest'
import { startOperator, type Operator } from '../../test/operator/index.ts'
import { people } from '../../test/operator/people.ts'
import { createAccountFor, letter, openPractice, type Practice } from './mail.fixture.ts'
import { value } from './outcome.fixture.ts'
import type { Exchange } from './exchange/exchange.ts'

// Message bombs among ordinary mail on the operator's Dovecot: the others all arrive, the bombs are set aside. Fictitious.
const { anne } = people
let operator: Operator
let practice: Practice
let exchange: Exchange

const head = (subject: string): string =>
  `From: Dr Paul <paul@x.test>\r\nTo: ${anne.address}\r\nSubject: ${subject}\r\nDate: Sun, 22 Nov 2026 08:00:00 +0000\r\nMessage-ID: <${subject.replaceAll(' ', '.')}@x.test>\r\n`
const mixed = (name: string): string => `Content-Type: multipart/mixed; boundary=${name}\r\n\r\n--${name}\r\n`
const deep = (depth: number): string =>
  Array.from({ length: depth }, (_, index) => mixed(`b${String(index)}`)).join('')

/** Each with whether its content may be read all the same. */
const bombs: readonly (readonly [subject: string, source: string, readable: boolean])[] = [
  ['Bombe profonde', `${head('Bombe profonde')}${deep(90)}\r\nx\r\n`, false],
  ['Bombe très profonde', `${head('Bombe très profonde')}${deep(3000)}\r\nx\r\n`, false],
  ['Bombe de parties', `${head('Bombe de parties')}${mixed('b')}${'\r\nx\r\n--b\r\n'.repeat(20_000)}`, false],
  [
    'Bombe de messages',
    `${head('Bombe de messages')}${'Content-Type: message/rfc822\r\n\r\n'.repeat(500)}\r\nx\r\n`,
    false,
  ],
  ['Bombe en une ligne', `${head('Bombe en une ligne')}\r\n${'x'.repeat(40_000_000)}\r\n`, false],
  ['Bombe d’en-tête', `${head('Bombe d’en-tête')}X-Long: ${'y'.repeat(50_000_000)}\r\n\r\nx\r\n`, false],
  [
    'Bombe d’en-tête pliée',
    `${head('Bombe d’en-tête pliée')}X-Long: a\r\n${' b\r\n'.repeat(1_000_000)}\r\nx\r\n`,
    false,
  ],
  ['Bombe de champs', `${head('Bombe de champs')}${'X-A: b\r\n'.repeat(500_000)}\r\nx\r\n`, false],
  [
    'Bombe d’adresses',
    `${head('Bombe d’adresses')}Cc: ${'a@b.test, '.repeat(100_000)}c@d.test\r\n\r\nx\r\n`,
    true,
  ],
]
const ordinary = Array.from({ length: 20 }, (_, index) => `Ordinaire ${String(index)}`)

beforeAll(async () => {
  operator = await startOperator()
  const bombEvery = bombs.map(([, source]) => source)
  const messages = [
    ...ordinary.slice(0, 10).map((subject) => letter('Dr Paul <paul@x.test>', anne.address, subject)),
    ...bombEvery,
    ...ordinary.slice(10).map((subject) => letter('Dr Paul <paul@x.test>', anne.address, subject)),
  ]
  await operator.fill(
    'anne',
    messages.map((source, index) => ({
      folder: 'INBOX',
      flags: [],
      date: new Date(Date.UTC(2026, 10, 1) + index * 60_000),
      raw: new Uint8Array(Buffer.from(source)),
    })),
  )
  practice = await openPractice(operator)
  exchange = practice.mail.exchange({
    printed: () => Promise.reject(new Error('nothing is printed here')),
    printWorker: '/nowhere',
    fonts: () => Promise.reject(new Error('nothing is printed here')),
    tellImport: () => undefined,
    tellExport: () => undefined,
  })
  value(await createAccountFor(practice, 'anne'))
})
afterAll(async () => {
  await practice.close()
  await operator.stop()
})

it('bombs are set aside; everything else arrives and is read', async () => {
  const { rows } = practice.witness
  const named = (subject: string) => [...rows.values()].find((row) => row.subject === subject)
  await practice.witness.until(
    'every ordinary message is read',
    () => (ordinary.every((subject) => named(subject)?.preview.startsWith('Bonjour')) ? true : undefined),
    90,
  )
  await practice.witness.until(
    'every bomb has been looked at',
    () =>
      bombs.every(([subject, , readable]) => {
        const row = named(subject)
        return readable ? row?.preview === 'x' : row?.quarantined === true
      })
        ? true
        : undefined,
    90,
  )
  const list = value(await exchange.quarantine.list())
  expect(list.map(({ row }) => row.subject).toSorted()).toEqual(
    bombs
      .filter(([, , readable]) => !readable)
      .map(([subject]) => subject)
      .toSorted(),
  )
  for (const { code } of list)
    expect(['mime.limit', 'mail.quarantined', 'mail.body-unavailable']).toContain(code)
}, 200_000)

it('a bomb is exported as it came, and stays one when it is tried again', async () => {
  const list = value(await exchange.quarantine.list())
  const one = list.find(({ row }) => row.subject === 'Bombe profonde')
  expect(Buffer.from(value(await practice.mail.rawMessage(one?.row.id ?? 0))).toString()).toBe(bombs[0]?.[1])
  value(await exchange.quarantine.retry(one?.row.id ?? 0))
  expect(value(await exchange.quarantine.reason(one?.row.id ?? 0))).toBe('mime.limit')
})
