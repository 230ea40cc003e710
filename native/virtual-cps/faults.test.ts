import pkcs11, { type Handle, type PKCS11 } from 'pkcs11js'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  elsewhere,
  keyOf,
  makeContents,
  makeStage,
  objectNamed,
  readWrite,
  result,
  sign,
  slotAt,
  startElsewhere,
  type Stage,
} from './cards.fixture.ts'
import type { Fault } from './index.ts'

let stage: Stage
let cps: PKCS11
let slot: Handle
let session: Handle

beforeAll(async () => {
  stage = await makeStage({
    card: makeContents({
      dataObjects: [{ label: 'CPS_DATA', value: Buffer.from('fictif'), afterPin: false }],
    }),
    cards: { B: makeContents({ serial: '2900000909', label: 'CPS3v3-2900000909' }) },
  })
})
beforeEach(async () => {
  const { virtual } = stage
  await virtual.clearFaults()
  await virtual.setReader(true)
  await virtual.insert('A')
  await virtual.setModule({ lock: 'global', behaviour: 'cryptolib' })
  const none = { loginMilliseconds: 0, signMilliseconds: 0, decryptMilliseconds: 0, dataMilliseconds: 0 }
  await virtual.setCard({ ...none, initMilliseconds: 0 })
  await virtual.setCounters({ tries: 99 })
  cps = stage.enter()
  slot = slotAt(cps)
  session = cps.C_OpenSession(slot, readWrite)
})
afterEach(() => {
  stage.leave()
})
afterAll(() => stage.end())

const logIn = (): string => result(() => cps.C_Login(session, pkcs11.CKU_USER, '1234'))
const signing = async (): Promise<string> => {
  try {
    await sign(cps, session)
    return 'CKR_OK'
  } catch (cause) {
    return cause instanceof Error ? (cause.message.split(':')[0] ?? '') : String(cause)
  }
}
const serial = (): string => result(() => cps.C_GetTokenInfo(slot))

describe('a fault during a signature', () => {
  test.each([
    ['before', 'remove', 'CKR_SESSION_HANDLE_INVALID', 'CKR_TOKEN_NOT_PRESENT'],
    ['mid:40', 'remove', 'CKR_TOKEN_NOT_PRESENT', 'CKR_TOKEN_NOT_PRESENT'],
    ['after', 'remove', 'CKR_OK', 'CKR_TOKEN_NOT_PRESENT'],
    ['mid:40', 'unplug', 'CKR_TOKEN_NOT_PRESENT', 'CKR_SLOT_ID_INVALID'],
    ['mid:40', 'swap:B', 'CKR_TOKEN_NOT_PRESENT', 'CKR_OK'],
    ['before', 'rv:30', 'CKR_DEVICE_ERROR', 'CKR_OK'],
    ['mid:40', 'rv:80000002', 'CKR_VENDOR_DEFINED', 'CKR_OK'],
    ['after', 'rv:5', 'CKR_GENERAL_ERROR', 'CKR_OK'],
    ['before', 'hang:40', 'CKR_OK', 'CKR_OK'],
  ] as const)('%s %s gives %s, then %s', async (when, action, now, then) => {
    await stage.virtual.setCard({ signMilliseconds: 100 })
    expect(logIn()).toBe('CKR_OK')
    const id = await stage.virtual.fault({ reader: 0, fn: 'C_Sign', when, action })
    expect((await signing()).slice(0, now.length)).toBe(now)
    expect(serial()).toBe(then)
    const call = (await stage.virtual.journal()).findLast(({ fault }) => fault === id)
    expect(call).toMatchObject({ fn: 'C_Sign', reader: 0 })
    expect(await stage.virtual.fired()).toContain(id)
  })

  test('happens once, and leaves the key usable when the card is still there', async () => {
    expect(logIn()).toBe('CKR_OK')
    await stage.virtual.fault({ fn: 'C_Sign', when: 'mid:1', action: 'rv:5' })
    expect([await signing(), await signing(), await signing()]).toEqual([
      'CKR_GENERAL_ERROR',
      'CKR_OK',
      'CKR_OK',
    ])
  })

  test('a login another application takes away is asked for once', async () => {
    expect(logIn()).toBe('CKR_OK')
    await stage.virtual.fault({ fn: 'C_SignInit', action: 'lose_login' })
    const key = keyOf(cps, session, 'CPS_PRIV_SIG')
    const begin = (): string =>
      result(() => cps.C_SignInit(session, { mechanism: pkcs11.CKM_SHA256_RSA_PKCS }, key))
    expect(begin()).toBe('CKR_USER_NOT_LOGGED_IN')
    expect(begin()).toBe('CKR_USER_NOT_LOGGED_IN')
    expect(logIn()).toBe('CKR_OK')
    expect(await signing()).toBe('CKR_OK')
  })

  test.each(['strict', 'opensc'] as const)(
    'a removal has another name in a module like %s',
    async (behaviour) => {
      await stage.virtual.setModule({ behaviour })
      expect(logIn()).toBe('CKR_OK')
      await stage.virtual.fault({ fn: 'C_Sign', when: 'mid:5', action: 'remove' })
      expect(await signing()).toBe('CKR_DEVICE_REMOVED')
    },
  )
})

describe('a fault', () => {
  test.each<[Fault['fn'], () => unknown]>([
    ['C_GetInfo', () => cps.C_GetInfo()],
    ['C_GetSlotList', () => cps.C_GetSlotList(true)],
    ['C_GetSlotInfo', () => cps.C_GetSlotInfo(slot)],
    ['C_GetTokenInfo', () => cps.C_GetTokenInfo(slot)],
    ['C_GetMechanismList', () => cps.C_GetMechanismList(slot)],
    ['C_WaitForSlotEvent', () => cps.C_WaitForSlotEvent(pkcs11.CKF_DONT_BLOCK)],
    ['C_OpenSession', () => cps.C_OpenSession(slot, readWrite)],
    ['C_GetSessionInfo', () => cps.C_GetSessionInfo(session)],
    ['C_Login', () => cps.C_Login(session, pkcs11.CKU_USER, '1234')],
    ['C_Logout', () => cps.C_Logout(session)],
    ['C_FindObjectsInit', () => cps.C_FindObjectsInit(session, [])],
    ['C_GenerateRandom', () => cps.C_GenerateRandom(session, Buffer.alloc(4))],
    ['C_GenerateKey', () => cps.C_GenerateKey(session, { mechanism: 0 }, [])],
    ['C_CloseSession', () => cps.C_CloseSession(session)],
    ['C_CloseAllSessions', () => cps.C_CloseAllSessions(slot)],
    ['C_Finalize', () => cps.C_Finalize()],
  ])('may strike %s, before and in its middle', async (fn, call) => {
    await stage.virtual.fault({ fn, action: 'rv:30' })
    expect(result(call)).toBe('CKR_DEVICE_ERROR')
    if (fn === 'C_Login') expect(logIn()).toBe('CKR_OK')
    if (fn === 'C_Login') cps.C_Logout(session)
    await stage.virtual.fault({ fn, when: 'mid:5', action: 'rv:5' })
    expect(result(call)).toBe('CKR_GENERAL_ERROR')
  })

  test('may strike C_Initialize, which can be called again', async () => {
    stage.leave()
    await stage.virtual.fault({ fn: 'C_Initialize', action: 'rv:30' })
    expect(result(() => stage.enter())).toBe('CKR_DEVICE_ERROR')
    expect(stage.enter().C_GetSlotList(true)).toHaveLength(1)
  })

  test('is never lost among many: those that happened make room, and one too many is refused', async () => {
    for (let number = 0; number < 70; number += 1) {
      await stage.virtual.fault({ fn: 'C_GetInfo', action: 'rv:30' })
      expect(result(() => cps.C_GetInfo())).toBe('CKR_DEVICE_ERROR')
    }
    const waiting = Array.from({ length: 64 }, () =>
      stage.virtual.fault({ fn: 'C_SeedRandom', action: 'rv:30' }),
    )
    await Promise.all(waiting)
    await expect(stage.virtual.fault({ fn: 'C_GetInfo', action: 'rv:30' })).rejects.toThrow(
      '64 faults wait already',
    )
  })

  test('of another reader does not strike', async () => {
    await stage.virtual.fault({ reader: 1, fn: 'C_GetTokenInfo', action: 'rv:30' })
    expect(serial()).toBe('CKR_OK')
  })

  test('that took the card or the reader away lasts until somebody puts it back', async () => {
    await stage.virtual.fault({ fn: 'C_GetTokenInfo', action: 'unplug' })
    expect(serial()).toBe('CKR_SLOT_ID_INVALID')
    expect(await stage.virtual.reader()).toMatchObject({ connected: false, card: null })
    await stage.virtual.setCard({ signMilliseconds: 1 })
    expect(serial()).toBe('CKR_SLOT_ID_INVALID')
    expect((await elsewhere(stage.virtual, [['info']])).results).toEqual(['CKR_OK'])
    await stage.virtual.setReader(true)
    expect(serial()).toBe('CKR_OK')
    expect(await stage.virtual.reader()).toMatchObject({ connected: true, card: 'A' })
  })
})

describe('another process', () => {
  test('crashes in a call, and not again at the same fault', async () => {
    const id = await stage.virtual.fault({ fn: 'C_Sign', when: 'mid:5', action: 'crash' })
    const steps = [['login', '1234'], ['sign']] as const
    const first = await elsewhere(stage.virtual, steps)
    expect(first).toEqual({ results: ['CKR_OK', 'CKR_OK'], end: 'SIGABRT' })
    expect(await elsewhere(stage.virtual, steps)).toEqual({
      results: ['CKR_OK', 'CKR_OK', 'CKR_OK'],
      end: '0',
    })
    expect((await stage.virtual.journal()).filter(({ fault }) => fault === id)).toHaveLength(1)
  })

  test('hangs until it is killed, and this one goes on', async () => {
    const id = await stage.virtual.fault({ fn: 'C_GetInfo', action: 'hang:600000' })
    const child = startElsewhere(stage.virtual, [['info']])
    const ended = new Promise((done) => {
      child.once('exit', (_code, signal) => {
        done(signal)
      })
    })
    try {
      await expect.poll(() => stage.virtual.fired()).toContain(id)
      expect(logIn()).toBe('CKR_OK')
      expect(await signing()).toBe('CKR_OK')
    } finally {
      child.kill('SIGKILL')
    }
    expect(await ended).toBe('SIGKILL')
  })
})

describe('the chip takes its time', () => {
  const lasts = (call: () => unknown): number => {
    const begun = performance.now()
    call()
    return performance.now() - begun
  }

  const readData = (type: number): unknown =>
    cps.C_GetAttributeValue(session, objectNamed(cps, session, pkcs11.CKO_DATA, 'CPS_DATA'), [{ type }])
  const decrypt = (): string =>
    result(() => {
      cps.C_DecryptInit(session, { mechanism: pkcs11.CKM_RSA_PKCS }, keyOf(cps, session, 'CPS_PRIV_AUT'))
      cps.C_Decrypt(session, Buffer.alloc(256, 1), Buffer.alloc(256))
    })

  test.each<[string, () => unknown]>([
    ['loginMilliseconds', logIn],
    ['decryptMilliseconds', decrypt],
    ['dataMilliseconds', () => readData(pkcs11.CKA_VALUE)],
    [
      'dataMilliseconds',
      () => {
        const value = { type: pkcs11.CKA_VALUE, value: Buffer.from('autre') }
        cps.C_SetAttributeValue(session, objectNamed(cps, session, pkcs11.CKO_DATA, 'CPS_DATA'), [value])
      },
    ],
    ['initMilliseconds', () => stage.enter()],
  ])('as %s says', async (setting, call) => {
    if (call === decrypt) logIn()
    await stage.virtual.setCard({ [setting]: 80 })
    expect(lasts(call)).toBeGreaterThanOrEqual(79)
  })

  test('only for the value of CPS_DATA', async () => {
    await stage.virtual.setCard({ dataMilliseconds: 600_000 })
    expect(readData(pkcs11.CKA_LABEL)).toHaveLength(1)
  })

  test('and a decryption that fails in its middle leaves the key usable', async () => {
    logIn()
    await stage.virtual.fault({ fn: 'C_Decrypt', when: 'mid:5', action: 'rv:5' })
    expect([decrypt(), decrypt()]).toEqual(['CKR_GENERAL_ERROR', 'CKR_DATA_INVALID'])
  })

  test('with the global lock, and another call waits', async () => {
    await stage.virtual.setModule({ journal: 'all' })
    logIn()
    const id = await stage.virtual.fault({ fn: 'C_Sign', action: 'hang:300' })
    const signature = sign(cps, session)
    await expect.poll(() => stage.virtual.fired(), { interval: 5 }).toContain(id)
    cps.C_GetSlotInfo(slot)
    await signature
    const [before, last] = (await stage.virtual.journal()).slice(-2)
    expect([before?.fn, last?.fn]).toEqual(['C_Sign', 'C_GetSlotInfo'])
    await stage.virtual.setModule({ journal: 'busy' })
  })

  test('without it, and another call comes in between', async () => {
    await stage.virtual.setModule({ lock: 'none' })
    await stage.virtual.setCard({ signMilliseconds: 600_000 })
    logIn()
    const id = await stage.virtual.fault({ fn: 'C_Sign', when: 'mid:0', action: 'hang:0' })
    const ended = signing()
    await expect.poll(() => stage.virtual.fired(), { interval: 5 }).toContain(id)
    expect(result(() => cps.C_GetSlotInfo(slot))).toBe('CKR_OK')
    // One that ends the session of the signature, too.
    cps.C_CloseSession(session)
    expect(await ended).toBe('CKR_SESSION_HANDLE_INVALID')
  })
})
