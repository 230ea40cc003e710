import pkcs11, { type Handle, type PKCS11 } from 'pkcs11js'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  flagsOf,
  labels,
  makeContents,
  makeStage,
  readOnly,
  result,
  slotAt,
  startElsewhere,
  type Stage,
} from './cards.fixture.ts'

let stage: Stage
let cps: PKCS11

beforeAll(async () => {
  const first = makeContents()
  stage = await makeStage({
    cards: {
      A: first,
      B: { ...first, serial: '2900000909', label: 'CPS3v3-2900000909' },
      C: { ...first, serial: '3100000303', label: 'CPS4v1-3100000303', profile: 'cps4' },
    },
    readers: [{ card: 'A' }, { card: 'B' }],
  })
})
beforeEach(async () => {
  const { virtual } = stage
  await virtual.setModule({ behaviour: 'cryptolib', slotCache: false })
  await virtual.setCard({ profile: 'cps3', model: '', manufacturer: '' })
  for (const reader of [0, 1]) await virtual.setReader(true, reader)
  await virtual.insert('A', 0)
  await virtual.insert('B', 1)
  cps = stage.enter()
})
afterEach(() => {
  stage.leave()
})
afterAll(() => stage.end())

const serialAt = (reader: number): string => {
  try {
    return cps.C_GetTokenInfo(slotAt(cps, reader)).serialNumber.trim()
  } catch (cause) {
    return cause instanceof Error ? (cause.message.split(':')[0] ?? '') : ''
  }
}
const event = (): number | null => cps.C_WaitForSlotEvent(pkcs11.CKF_DONT_BLOCK)?.readUInt8(0) ?? null

describe('two readers', () => {
  test('hold a card each, and the same card may go from one to the other', async () => {
    expect([serialAt(0), serialAt(1)]).toEqual(['2900000808', '2900000909'])
    const session = cps.C_OpenSession(slotAt(cps, 0), readOnly)
    cps.C_Login(session, pkcs11.CKU_USER, '1234')
    await stage.virtual.insert('A', 1)
    expect([event(), event(), event()]).toEqual([0, 1, null])
    expect([serialAt(0), serialAt(1)]).toEqual(['CKR_TOKEN_NOT_PRESENT', '2900000808'])
    expect(result(() => cps.C_GetSessionInfo(session))).toBe('CKR_SESSION_HANDLE_INVALID')
    const again = cps.C_OpenSession(slotAt(cps, 1), readOnly)
    expect(again).not.toEqual(session)
    expect(labels(cps, again, pkcs11.CKO_PRIVATE_KEY)).toEqual([])
  })

  test('keep a login each', () => {
    const [first, second] = [0, 1].map((reader) => cps.C_OpenSession(slotAt(cps, reader), readOnly))
    if (!first || !second) throw new Error('two sessions expected')
    cps.C_Login(first, pkcs11.CKU_USER, '1234')
    expect(labels(cps, second, pkcs11.CKO_PRIVATE_KEY)).toEqual([])
    expect(result(() => cps.C_Login(second, pkcs11.CKU_USER, '1234'))).toBe('CKR_OK')
    cps.C_Logout(first)
    expect(labels(cps, second, pkcs11.CKO_PRIVATE_KEY)).toEqual(['CPS_PRIV_AUT', 'CPS_PRIV_SIG'])
  })

  test('one of which is pulled out: its number is no reader any more, the other keeps its own', async () => {
    const second = slotAt(cps, 1)
    await stage.virtual.setReader(false, 0)
    expect(cps.C_GetSlotList(false)).toEqual([second])
    expect(cps.C_GetSlotList(true)).toEqual([second])
    expect(event()).toBe(0)
    await stage.virtual.setReader(true, 0)
    expect([serialAt(0), serialAt(1)]).toEqual(['2900000808', '2900000909'])
  })
})

test('another card put in the place of the first is another token, without the sessions of the first', async () => {
  const session = cps.C_OpenSession(slotAt(cps), readOnly)
  await stage.virtual.swap('C')
  expect(event()).toBe(0)
  expect(result(() => cps.C_GetSessionInfo(session))).toBe('CKR_SESSION_HANDLE_INVALID')
  expect(cps.C_GetTokenInfo(slotAt(cps))).toMatchObject({
    serialNumber: '3100000303'.padEnd(16),
    label: 'CPS4v1-3100000303'.padEnd(32),
    model: 'ChipDoc'.padEnd(16),
  })
})

test('two changes between two looks are one event', async () => {
  const session = cps.C_OpenSession(slotAt(cps), readOnly)
  await stage.virtual.remove()
  await stage.virtual.insert()
  expect([event(), event()]).toEqual([0, null])
  expect(result(() => cps.C_GetSessionInfo(session))).toBe('CKR_SESSION_HANDLE_INVALID')
})

test('a card that does not answer is in its reader but no token; one unknown is a token nobody reads', async () => {
  const present = 0x1
  await stage.virtual.setCard({ profile: 'mute' })
  expect(cps.C_GetSlotList(true)).toHaveLength(1)
  expect(cps.C_GetSlotInfo(slotAt(cps)).flags & present).toBe(present)
  expect(serialAt(0)).toBe('CKR_TOKEN_NOT_RECOGNIZED')
  await stage.virtual.setCard({ profile: 'unknown' })
  expect(cps.C_GetSlotList(true)).toHaveLength(2)
  expect(serialAt(0)).toBe('CKR_TOKEN_NOT_RECOGNIZED')
  expect(result(() => cps.C_OpenSession(slotAt(cps), readOnly))).toBe('CKR_TOKEN_NOT_RECOGNIZED')
})

test('a card without contact asks no PIN', async () => {
  await stage.virtual.set({ 'cardA.profile': 'cl' })
  const loginRequired = 0x4
  expect(flagsOf(cps, slotAt(cps), loginRequired)).toBe(0)
  const session = cps.C_OpenSession(slotAt(cps), readOnly)
  expect(result(() => cps.C_Login(session, pkcs11.CKU_USER, '1234'))).toBe('CKR_USER_PIN_NOT_INITIALIZED')
})

describe('the wait for an event', () => {
  /** Blocks, so it is another process that waits. */
  const waiting = (): Promise<string[]> =>
    new Promise((done) => {
      const said: string[] = []
      const child = startElsewhere(stage.virtual, [['info'], ['event']])
      child.on('message', (message: string) => {
        said.push(message)
        if (said.length === 2) void stage.virtual.remove(1)
        if (said.length === 3) done(said)
      })
    })

  test.each([
    ['cryptolib', 'CKR_FUNCTION_NOT_SUPPORTED'],
    ['strict', '1'],
    ['opensc', '1'],
  ] as const)('without end, like %s, gives %s', async (behaviour, expected) => {
    await stage.virtual.setModule({ behaviour })
    expect(await waiting()).toEqual(['CKR_OK', 'ANS', expected])
  })
})

describe('a reader', () => {
  const name = (slot: Handle): string => cps.C_GetSlotInfo(slot).slotDescription

  test('with a long name has it shortened in the middle, between characters', async () => {
    await stage.virtual.set({ 'reader0.name': `${'é'.repeat(40)} fin 00 00` })
    const shortened = name(slotAt(cps)).trim()
    expect(shortened).toMatch(/^é+\.\.\.é+ fin 00 00$/)
    expect(Buffer.byteLength(shortened)).toBeLessThanOrEqual(64)
    await stage.virtual.set({ 'reader0.name': 'Lecteur' })
    expect(name(slotAt(cps))).toBe('Lecteur'.padEnd(64))
  })

  test('is said to be as it was for a second, where the module keeps its answers', async () => {
    const present = 0x1
    const slot = slotAt(cps)
    await stage.virtual.setModule({ slotCache: true })
    const shown = (): number => cps.C_GetSlotInfo(slot).flags & present
    const afterRemoval = async (): Promise<number> => {
      await stage.virtual.insert()
      await expect.poll(shown).toBe(present)
      await stage.virtual.remove()
      return shown()
    }
    // A machine that does something else for that second has to try again.
    await expect.poll(afterRemoval).toBe(present)
    expect(event()).toBe(0)
    await expect.poll(shown).toBe(0)
  })
})
