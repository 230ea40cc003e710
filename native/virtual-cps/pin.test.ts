import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pkcs11, { type Handle, type PKCS11 } from 'pkcs11js'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  elsewhere,
  flagsOf,
  makeContents,
  makeStage,
  readOnly,
  readWrite,
  result,
  slotAt,
  type Stage,
} from './cards.fixture.ts'
import { profiles } from './control-file.ts'

const { CKU_USER: user, CKU_SO: so } = pkcs11
const low = 0x00010000
const final = 0x00020000
const locked = 0x00040000
/** The flags of the PUK are those of the PIN, further left. */
const ofPuk = 4
const all = 0x00770000
/** CKS_RW_SO_FUNCTIONS. */
const rwSoFunctions = 4

let stage: Stage
let cps: PKCS11
let slot: Handle

beforeAll(async () => {
  stage = await makeStage({ card: makeContents() })
})
beforeEach(async () => {
  const { virtual } = stage
  await virtual.setCard({ profile: 'cps3', pinpad: false, pinpadResult: 'ok', pin: '', pinpadNewPin: '' })
  await virtual.setModule({ behaviour: 'cryptolib' })
  await virtual.setCounters({ tries: 99, puk: 99, unblocks: 99 })
  cps = stage.enter()
  slot = slotAt(cps)
})
afterEach(() => {
  stage.leave()
})
afterAll(() => stage.end())

const open = (flags = readWrite): Handle => cps.C_OpenSession(slot, flags)
const login = (session: Handle, who: number, pin: string): string =>
  result(() => cps.C_Login(session, who, pin))
const flags = (): number => flagsOf(cps, slot, all)

describe('the PUK', () => {
  test.each([
    ['cps3', 'CKR_PIN_INCORRECT'],
    ['cps4', 'CKR_PIN_LOCKED'],
  ] as const)('of a %s opens a blocked card, which then has a new PIN', async (profile, third) => {
    await stage.virtual.setCard({ profile })
    const session = open()
    expect(['0000', '0000', '0000'].map((pin) => login(session, user, pin))).toEqual([
      'CKR_PIN_INCORRECT',
      'CKR_PIN_INCORRECT',
      third,
    ])
    expect([login(session, user, '1234'), flags()]).toEqual(['CKR_PIN_LOCKED', locked])
    expect(login(session, so, '12345678')).toBe('CKR_OK')
    expect(result(() => cps.C_InitPIN(session, '4321'))).toBe('CKR_OK')
    cps.C_Logout(session)
    expect([login(session, user, '1234'), flags()]).toEqual(['CKR_PIN_INCORRECT', low])
    expect([login(session, user, '4321'), flags()]).toEqual(['CKR_OK', 0])
    expect(await stage.virtual.counters()).toEqual({ tries: 3, puk: 3, unblocks: 4 })
    expect(result(() => cps.C_SetPIN(session, '4321', '1234'))).toBe('CKR_OK')
  })

  test.each([
    ['cps3', 'CKR_PIN_INCORRECT'],
    ['cps4', 'CKR_PIN_LOCKED'],
  ] as const)('of a %s is blocked after three errors', async (profile, third) => {
    await stage.virtual.setCard({ profile })
    const session = open()
    expect(login(session, so, '1234')).toBe('CKR_PIN_INCORRECT')
    expect(flags()).toBe(0)
    const steps = ['00000000', '00000000', '00000000'].map((puk) => [login(session, so, puk), flags()])
    expect(steps).toEqual([
      ['CKR_PIN_INCORRECT', low << ofPuk],
      ['CKR_PIN_INCORRECT', (low | final) << ofPuk],
      [third, locked << ofPuk],
    ])
    expect(login(session, so, '12345678')).toBe('CKR_PIN_LOCKED')
    expect(login(session, user, '1234')).toBe('CKR_OK')
  })

  test('opens no more often than the card allows: then a blocked PIN is the end of it', async () => {
    await stage.virtual.setCounters({ unblocks: 1, tries: 0 })
    const session = open()
    expect(login(session, so, '12345678')).toBe('CKR_OK')
    cps.C_InitPIN(session, '1234')
    expect(result(() => cps.C_InitPIN(session, '1234'))).toBe('CKR_PIN_LOCKED')
    cps.C_Logout(session)
    expect(flags()).toBe(locked << ofPuk)
    expect(login(session, user, '1234')).toBe('CKR_OK')
    cps.C_Logout(session)
    await stage.virtual.setCounters({ tries: 0 })
    expect([login(session, user, '1234'), login(session, so, '12345678')]).toEqual([
      'CKR_PIN_LOCKED',
      'CKR_PIN_LOCKED',
    ])
    expect(flags()).toBe(locked | (locked << ofPuk))
  })

  test('needs sessions that may write, and nobody else logged in', () => {
    const [session, reading] = [open(), open(readOnly)]
    expect(login(session, so, '12345678')).toBe('CKR_SESSION_READ_ONLY_EXISTS')
    cps.C_CloseSession(reading)
    expect(login(session, user, '1234')).toBe('CKR_OK')
    expect(login(session, so, '12345678')).toBe('CKR_USER_ANOTHER_ALREADY_LOGGED_IN')
    expect(result(() => cps.C_InitPIN(session, '1234'))).toBe('CKR_USER_NOT_LOGGED_IN')
    cps.C_Logout(session)
    expect(login(session, so, '12345678')).toBe('CKR_OK')
    expect(cps.C_GetSessionInfo(session).state).toBe(rwSoFunctions)
    expect(login(session, so, '12345678')).toBe('CKR_USER_ALREADY_LOGGED_IN')
    expect(login(session, user, '1234')).toBe('CKR_USER_ANOTHER_ALREADY_LOGGED_IN')
    expect(result(() => open(readOnly))).toBe('CKR_SESSION_READ_WRITE_SO_EXISTS')
    for (const pin of ['123', '12345', 'abcd', ''])
      expect(result(() => cps.C_InitPIN(session, pin))).toBe('CKR_PIN_LEN_RANGE')
    expect(result(() => cps.C_SetPIN(session, '12345678', '8765'))).toBe('CKR_FUNCTION_NOT_SUPPORTED')
  })
})

describe('a change of PIN', () => {
  const change = (session: Handle, before: string, after: string): string =>
    result(() => cps.C_SetPIN(session, before, after))

  test('takes a try when the former one is wrong, none when the new one is no PIN', async () => {
    expect(change(open(readOnly), '1234', '4321')).toBe('CKR_SESSION_READ_ONLY')
    cps.C_CloseAllSessions(slot)
    const session = open()
    for (const pin of ['12', '12345', 'abcd']) expect(change(session, '1234', pin)).toBe('CKR_PIN_LEN_RANGE')
    expect([change(session, '123', '4321'), flags()]).toEqual(['CKR_PIN_INCORRECT', 0])
    expect([change(session, '0000', '4321'), flags()]).toEqual(['CKR_PIN_INCORRECT', low])
    expect([change(session, '0000', '4321'), flags()]).toEqual(['CKR_PIN_INCORRECT', low | final])
    expect([change(session, '1234', '4321'), flags()]).toEqual(['CKR_OK', 0])
    expect(change(session, '4321', '1234')).toBe('CKR_OK')
    await stage.virtual.setCounters({ tries: 0 })
    expect(change(session, '1234', '4321')).toBe('CKR_PIN_LOCKED')
  })

  test('is known at once to a process that was there before', async () => {
    const session = open()
    expect((await elsewhere(stage.virtual, [['setPin', '1234', '5678']])).results).toEqual([
      'CKR_OK',
      'CKR_OK',
    ])
    expect(login(session, user, '1234')).toBe('CKR_PIN_INCORRECT')
    expect(login(session, user, '5678')).toBe('CKR_OK')
    expect(change(session, '5678', '1234')).toBe('CKR_OK')
  })
})

test('tries are counted once, whichever of several processes uses them up', async () => {
  await stage.virtual.setCard({ triesMax: 15 })
  await stage.virtual.setCounters({ tries: 15 })
  const burn = () =>
    elsewhere(
      stage.virtual,
      Array.from({ length: 4 }, () => ['login', '0000'] as const),
    )
  const ends = await Promise.all([burn(), burn(), burn()])
  expect(ends.flatMap(({ results }) => results.slice(1))).toEqual(
    Array.from({ length: 12 }, () => 'CKR_PIN_INCORRECT'),
  )
  expect(await stage.virtual.triesLeft()).toBe(3)
  await stage.virtual.setCard({ triesMax: 3 })
})

describe('a key pad', () => {
  const protectedPath = 0x00000100

  test('is announced, and takes the PIN instead of the caller', async () => {
    expect(flagsOf(cps, slot, protectedPath)).toBe(0)
    await stage.virtual.setCard({ profile: 'pinpad', pinpadMilliseconds: 60 })
    expect(flagsOf(cps, slot, protectedPath)).toBe(protectedPath)
    const session = open()
    const begun = performance.now()
    expect(login(session, user, '')).toBe('CKR_OK')
    expect(performance.now() - begun).toBeGreaterThanOrEqual(59)
    cps.C_Logout(session)
    await stage.virtual.setCard({ profile: 'cps3', pinpad: true, pinpadMilliseconds: 0, pin: '0000' })
    expect([login(session, user, ''), flags()]).toEqual(['CKR_PIN_INCORRECT', low])
    await stage.virtual.setCard({ pin: '1234' })
    expect([login(session, user, ''), flags()]).toEqual(['CKR_OK', 0])
  })

  test('may be left alone, or be given a wrong PIN', async () => {
    const session = open()
    const ends: [string, number][] = []
    for (const pinpadResult of ['cancel', 'timeout', 'wrong', 'wrong', 'wrong', 'ok'] as const) {
      await stage.virtual.setCard({ profile: 'pinpad', pinpadResult, pinpadMilliseconds: 0 })
      ends.push([login(session, user, ''), flags()])
    }
    expect(ends).toEqual([
      ['CKR_FUNCTION_CANCELED', 0],
      ['CKR_FUNCTION_CANCELED', 0],
      ['CKR_PIN_INCORRECT', low],
      ['CKR_PIN_INCORRECT', low | final],
      ['CKR_PIN_INCORRECT', locked],
      ['CKR_PIN_LOCKED', locked],
    ])
  })

  test('changes and unblocks', async () => {
    await stage.virtual.setCard({ profile: 'pinpad', pinpadResult: 'mismatch', pinpadNewPin: '4321' })
    const session = open()
    expect(result(() => cps.C_SetPIN(session, '', ''))).toBe('CKR_PIN_INVALID')
    await stage.virtual.setCard({ pinpadResult: 'ok' })
    expect(result(() => cps.C_SetPIN(session, '', ''))).toBe('CKR_OK')
    expect(login(session, user, '4321')).toBe('CKR_OK')
    cps.C_Logout(session)
    await stage.virtual.setCard({ pinpadNewPin: '1234' })
    await stage.virtual.setCounters({ tries: 0 })
    expect(login(session, so, '')).toBe('CKR_OK')
    expect(result(() => cps.C_InitPIN(session, ''))).toBe('CKR_OK')
    cps.C_Logout(session)
    expect(login(session, user, '1234')).toBe('CKR_OK')
  })

  test('whose card is pulled out meanwhile', async () => {
    await stage.virtual.setCard({ profile: 'pinpad', pinpadMilliseconds: 60_000 })
    await stage.virtual.fault({ fn: 'C_Login', when: 'mid:30', action: 'remove' })
    const session = open()
    const begun = performance.now()
    expect(login(session, user, '')).toBe('CKR_TOKEN_NOT_PRESENT')
    expect(performance.now() - begun).toBeLessThan(30_000)
    await stage.virtual.insert()
  })
})

test.each([
  ['cryptolib', 'CKR_PIN_INCORRECT', 'CKR_PIN_INCORRECT'],
  ['opensc', 'CKR_PIN_LEN_RANGE', 'CKR_PIN_LEN_RANGE'],
  ['strict', 'CKR_ARGUMENTS_BAD', 'CKR_PIN_INCORRECT'],
] as const)('no PIN, or one too long, costs no try with a module like %s', async (behaviour, none, long) => {
  await stage.virtual.setModule({ behaviour })
  const session = open()
  expect([login(session, user, ''), login(session, user, '12345'), flags()]).toEqual([none, long, 0])
})

test('who logs in is in the journal, and no PIN, PUK or digest of a PIN alone is in any file', async () => {
  const session = open()
  login(session, user, '9753')
  login(session, so, '86429753')
  const calls = (await stage.virtual.journal()).filter(({ fn }) => fn === 'C_Login').slice(-2)
  expect(calls.map((call) => call.user)).toEqual(['user', 'so'])
  for (const file of ['state', 'control', 'calls.jsonl']) {
    const text = await readFile(join(stage.virtual.folder, file), 'utf8')
    expect(text).not.toMatch(/\b(1234|12345678|9753|86429753)\b/)
  }
})

test('the profiles of this program are those of the module', async () => {
  for (const profile of profiles) {
    await stage.virtual.setCard({ profile })
    expect([profile, result(() => cps.C_GetTokenInfo(slot))]).toEqual([
      profile,
      profile === 'mute' || profile === 'unknown' ? 'CKR_TOKEN_NOT_RECOGNIZED' : 'CKR_OK',
    ])
  }
})
