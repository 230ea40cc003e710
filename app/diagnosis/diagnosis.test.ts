import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  fail,
  ok,
  type CardReader,
  type CardState,
  type CardToken,
  type Diagnosis,
} from '../contract/index.ts'
import { clockLine, readClock } from './clock.ts'
import type { DiagnosisDependencies } from './dependencies.ts'
import { createDiagnosis } from './diagnosis.ts'
import { masked, maskedLabel, maskedSerial } from './masking.ts'

const now = Date.parse('2026-11-22T10:00:00Z')
/** What nobody may read in a report; every source of a finding below holds some of it. */
const seeds = [
  'Anatole-Fictif',
  'MARTIN',
  '99700000101',
  '899700000101',
  '2900000101',
  'jeanne.dupont',
  'anne.martin@medecin.mssante.test',
]

const token: CardToken = {
  reader: 'Lecteur de jeanne.dupont@poste (2900000101)',
  label: 'CPS3v3-2900000101',
  serial: '2900000101',
  model: 'IAS ECC 99700000101',
  holder: {
    nationalId: '899700000101',
    rpps: '99700000101',
    familyName: 'MARTIN',
    givenName: 'Anatole-Fictif',
    profession: null,
    organisation: null,
    cardKind: 'cps',
    specialty: null,
    activities: [],
  },
  pinPad: false,
  binding: 'opens',
  authentication: null,
  signature: null,
}
const reader: CardReader = { reader: token.reader, content: 'card', token, inUse: true }
const asked: CardState = { state: 'pin-needed', token, triesLeft: null, again: false }

const elf = (machine: number): Uint8Array => {
  const head = new Uint8Array(64)
  const view = new DataView(head.buffer)
  view.setUint32(0, 0x7f454c46)
  head[4] = machine === 3 ? 1 : 2
  head[5] = 1
  view.setUint16(16, 3, true)
  view.setUint16(18, machine, true)
  return head
}

const healthy = (): DiagnosisDependencies => ({
  program: { version: '0.1.0', platform: 'linux', arch: 'x64' },
  policy: {},
  homeFolders: ['/home/jeanne.dupont'],
  card: {
    state: () => asked,
    readers: () => [reader],
    module: () => ({
      path: '/home/jeanne.dupont/cps/module.so',
      manufacturer: 'ANS',
      description: 'CPS3 PKCS#11 LINUX',
      libraryVersion: '3.1',
      cryptokiVersion: '2.20',
    }),
    certificates: () => Promise.resolve(ok({ authentication: null, signature: null })),
    settled: () => Promise.resolve(),
  },
  modules: () =>
    Promise.resolve({
      found: ['/home/jeanne.dupont/cps/module.so'],
      tried: ['/home/jeanne.dupont/cps/module.so', '/home/anne.martin/module.so'],
    }),
  readHead: () => Promise.resolve(elf(62)),
  trust: {
    anchors: { accepted: 3, refused: 0 },
    verifySigner: () =>
      Promise.resolve({ reasons: [], revocation: 'good', problem: null, chain: [] } as never),
  },
  askWeb: () => Promise.resolve(ok({ status: 200, date: now })),
  askServer: () => Promise.resolve(ok({ milliseconds: 80 })),
  accounts: () =>
    Promise.resolve([
      {
        auth: 'password',
        kind: 'personal',
        imap: { host: 'imap.test', port: 143, security: 'starttls' },
        smtp: { host: 'smtp.test', port: 587, security: 'starttls' },
      },
    ]),
  stores: () => Promise.resolve({ count: 1, unreadable: 0, health: { damaged: false, checkedAt: null } }),
  freeSpace: () => Promise.resolve(50 * 1024 ** 3),
  keyStore: () => Promise.resolve(ok(true)),
  cardTls: () => true,
  now: () => now,
})

const run = async (change: Partial<DiagnosisDependencies> = {}): Promise<Diagnosis> =>
  createDiagnosis({ ...healthy(), ...change })([], () => undefined)
const codesOf = ({ lines }: Diagnosis): string[] => lines.map(({ code }) => code)
const cardIn = (state: CardState, readers: CardReader[] = [reader]): DiagnosisDependencies['card'] => ({
  ...healthy().card,
  state: () => state,
  readers: () => readers,
})
const failed = (code: 'card.module-failed' | 'card.module-too-old'): DiagnosisDependencies['card'] => ({
  ...cardIn({ state: 'module-failed', path: '/opt/module.so', error: { code, retry: 'later' } }, []),
  module: () => null,
})

describe('the findings', () => {
  test('come area by area while the rest is looked at, and end whole', async () => {
    const told: Diagnosis[] = []
    const whole = await createDiagnosis(healthy())([], (diagnosis) => told.push(diagnosis))
    expect(told.length).toBeGreaterThan(4)
    expect(told.slice(0, -1).every(({ running }) => running)).toBe(true)
    expect(told.at(-1)).toEqual(whole)
    const areas = whole.lines.map(({ area }) => area)
    expect([...new Set(areas)]).toEqual([
      'program',
      'module',
      'readers',
      'card',
      'certificates',
      'revocation',
      'clock',
      'servers',
      'store',
    ])
  })
  test.each([
    [
      'no module at all',
      {
        modules: () => Promise.resolve({ found: [], tried: ['/a'] }),
        card: { ...cardIn({ state: 'no-module', tried: ['/a'] }, []), module: () => null },
      },
      ['module-missing', 'readers-unknown', 'card-unread'],
    ],
    [
      'a module for another processor',
      { readHead: () => Promise.resolve(elf(3)), card: failed('card.module-failed') },
      ['module-other-architecture', 'readers-unknown'],
    ],
    [
      'a module that is no library',
      { readHead: () => Promise.resolve(new Uint8Array(20)), card: failed('card.module-failed') },
      ['module-not-library'],
    ],
    [
      'a module that does not start',
      { card: failed('card.module-failed') },
      ['module-architecture', 'module-failed'],
    ],
    ['a module too old', { card: failed('card.module-too-old') }, ['module-old']],
    [
      'a module without a version',
      {
        card: {
          ...healthy().card,
          module: () => ({
            path: '/m.so',
            manufacturer: '',
            description: '',
            libraryVersion: '',
            cryptokiVersion: '',
          }),
        },
      },
      ['module-unsure'],
    ],
    ['no reader', { card: cardIn({ state: 'no-reader' }, []) }, ['reader-none', 'card-absent']],
    ['a blocked card', { card: cardIn({ state: 'blocked', token, pukTriesLeft: null }) }, ['card-blocked']],
    [
      'tries lost',
      { card: cardIn({ state: 'pin-wrong', token, triesLeft: 2 }) },
      ['card-present', 'card-tries'],
    ],
    [
      'a mute card',
      {
        card: cardIn({ state: 'mute-card', reader: 'R' }, [
          { reader: 'R', content: 'mute', token: null, inUse: false },
        ]),
      },
      ['card-mute'],
    ],
    ['a test workstation', { policy: { environment: 'test' } }, ['policy-test']],
    ['a key store that forgets', { keyStore: () => Promise.resolve(ok(false)) }, ['key-store-missing']],
    ['no TLS with the card', { cardTls: () => false }, ['card-tls-missing']],
    ['no anchors', { trust: { ...healthy().trust, anchors: { accepted: 0, refused: 2 } } }, ['anchors-none']],
    [
      'no card for certificates',
      { card: { ...healthy().card, certificates: () => Promise.resolve(fail('card.no-card')) } },
      ['certificates-unread', 'revocation-nowhere', 'clock-unknown'],
    ],
    [
      'a name the DNS does not know',
      { askServer: () => Promise.resolve(fail('net.dns')) },
      ['server-name', 'server-name'],
    ],
    [
      'an untrusted server',
      { askServer: () => Promise.resolve(fail('tls.untrusted-authority')) },
      ['server-untrusted'],
    ],
    [
      'a server without STARTTLS',
      { askServer: () => Promise.resolve(fail('tls.starttls-missing')) },
      ['server-no-starttls'],
    ],
    ['a slow server', { askServer: () => Promise.resolve(ok({ milliseconds: 9000 })) }, ['server-slow']],
    [
      'a locked mailbox',
      {
        accounts: () => Promise.resolve(null),
        stores: () => Promise.resolve({ count: 1, unreadable: 0, health: null }),
      },
      ['servers-unknown', 'store-present'],
    ],
    [
      'a damaged store',
      {
        stores: () =>
          Promise.resolve({
            count: 2,
            unreadable: 1,
            health: { damaged: true, checkedAt: '2026-11-01T00:00:00Z' },
          }),
      },
      ['store-unreadable', 'store-damaged'],
    ],
    ['a full disk', { freeSpace: () => Promise.resolve(1024) }, ['disk-full']],
    ['a disk nobody knows', { freeSpace: () => Promise.resolve(null) }, ['disk-unknown']],
  ] as [string, Partial<DiagnosisDependencies>, string[]][])(
    'tell of %s',
    async (_what, change, expected) => {
      expect(codesOf(await run(change))).toEqual(expect.arrayContaining(expected))
    },
  )
  test('a server of a card account that hangs up without the card is not accused', async () => {
    const account = (await healthy().accounts())?.[0]
    if (!account) throw new Error('no account')
    const lines = await run({
      accounts: () => Promise.resolve([{ ...account, auth: 'card' }]),
      askServer: () => Promise.resolve(fail('tls.handshake')),
    })
    expect(codesOf(lines)).toContain('server-wants-card')
  })
  test('nothing in them is personal', async () => {
    for (const change of [
      {},
      { card: failed('card.module-failed') },
      { card: cardIn({ state: 'blocked', token, pukTriesLeft: null }) },
      {
        modules: healthy().modules,
        card: { ...cardIn({ state: 'no-module', tried: [] }, []), module: () => null },
      },
    ]) {
      const text = JSON.stringify(await run(change))
      for (const seed of seeds) expect(text, seed).not.toContain(seed)
    }
  })
})

describe('what is masked', () => {
  test('keeps enough to be useful', () => {
    expect(maskedSerial('2900000101')).toBe('••••••••01')
    expect(maskedLabel('CPS3v3-2900000101')).toBe('CPS3v3')
    expect(maskedLabel('MARTIN Anne')).toBe('')
    expect(masked('/home/jeanne/cps/module.so', ['/home/jeanne'])).toBe('~/cps/module.so')
    expect(masked('C:\\Users\\Jeanne D\\cps.dll', [])).toBe('C:\\Users\\…\\cps.dll')
    expect(masked('Gemalto PC Twin Reader 00 00', [])).toBe('Gemalto PC Twin Reader 00 00')
    expect(masked('RPPS 99700000101, 1 84 12 76 451 089 46', [])).toBe('RPPS …, …')
    expect(masked('à anne.martin@medecin.mssante.test !', [])).toBe('à …@… !')
    expect(masked('CPS3 PKCS#11 3.1 du 22/11/2026', [])).toBe('CPS3 PKCS#11 3.1 du 22/11/2026')
  })
  test('never lets a long number or an address through, whatever is around it', () => {
    const around = fc.string({ unit: fc.constantFrom('a', ' ', '/', '(', ')', '-', 'é', ':') })
    fc.assert(
      fc.property(around, around, fc.integer({ min: 10_000_000, max: 999_999_999_999 }), (a, b, number) => {
        expect(masked(`${a}${number}${b}`, [])).not.toContain(String(number))
      }),
    )
    fc.assert(
      fc.property(around, fc.emailAddress(), (a, address) => {
        expect(masked(`${a} ${address}`, [])).not.toContain(address)
      }),
    )
    expect(masked(randomBytes(4000).toString('hex'), []).length).toBeLessThanOrEqual(300)
  })
})

describe('the clock', () => {
  const at = (ahead: number) => readClock('h', now - ahead * 1000 - 500, now - 100, now + 100)
  test('is judged by the median of what servers say', () => {
    expect(clockLine([]).code).toBe('clock-unknown')
    expect(clockLine([at(0), at(86_400), at(1)])).toMatchObject({
      code: 'clock-right',
      details: { seconds: 1 },
    })
    expect(clockLine([at(120)])).toMatchObject({ code: 'clock-off', details: { direction: 'ahead' } })
    expect(clockLine([at(-3600)])).toMatchObject({
      code: 'clock-wrong',
      details: { direction: 'behind', seconds: 3600 },
    })
  })
})
