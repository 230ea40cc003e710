import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { CardService } from './index.ts'
import { anne, codeOf, makeCards, makeScene, paul, until, untilState, type Scene } from './scenes.fixture.ts'

// Rows of cps-card.md §6.4 about PIN and PUK.
let scene: Scene

beforeAll(async () => {
  const { cards } = await makeCards()
  scene = await makeScene(cards)
})
afterEach(async () => {
  await scene.stopAll()
  await scene.virtual.clearFaults()
  await scene.virtual.insert('A')
  for (const card of ['A', 'B'] as const)
    await scene.virtual.setCounters({ tries: 3, puk: 3, unblocks: 5 }, card)
  await scene.virtual.setCard({ pinpad: false }, 'A')
})
afterAll(() => scene.remove())

const direct = { cardPinChange: 'direct' } as const

/** Calls of a function so far, by a user of this kind. */
const count = async (fn: string, user = ''): Promise<number> =>
  (await scene.virtual.journal()).filter((call) => call.fn === fn && (user === '' || call.user === user))
    .length

const opened = async (pin = '1234'): Promise<CardService> => {
  const service = scene.start({ policy: direct })
  await until(service, 'pin-needed')
  expect(codeOf(await service.login({ pin, insist: true }))).toBe('ok')
  return service
}

/** Three wrong PINs, the last one on purpose. */
const block = async (service: CardService): Promise<string[]> => {
  const codes: string[] = []
  for (const insist of [false, false, true]) codes.push(codeOf(await service.login({ pin: '0000', insist })))
  return codes
}

describe('wrong PINs', () => {
  test('are counted, the last one is left alone, the right one forgets them', async () => {
    const service = scene.start()
    await until(service, 'pin-needed')
    const before = await count('C_Login')
    expect(codeOf(await service.login({ pin: '12345' }))).toBe('card.pin-format')
    expect(codeOf(await service.login({ pin: '' }))).toBe('card.pin-format')
    for (const triesLeft of [2, 1]) {
      const refused = await service.login({ pin: '0000' })
      expect(refused).toMatchObject({
        ok: false,
        error: { code: 'card.pin-incorrect', details: { triesLeft } },
      })
      expect(service.state()).toMatchObject({ state: 'pin-wrong', triesLeft })
    }
    expect(await service.login({ pin: '1234' })).toMatchObject({
      ok: false,
      error: { code: 'card.last-try', details: { triesLeft: 1 } },
    })
    // Two PINs were presented, once each; neither the malformed ones nor the last try.
    expect(await count('C_Login')).toBe(before + 2)
    expect(await scene.virtual.triesLeft()).toBe(1)
    expect(codeOf(await service.login({ pin: '1234', insist: true }))).toBe('ok')
    expect(await scene.virtual.triesLeft()).toBe(3)
    expect(service.state().state).toBe('open')
  })

  test.each([
    ['cps3', 'A'],
    ['cps4', 'B'],
  ] as const)('block a %s after three, whatever the code of the third', async (_profile, card) => {
    await scene.virtual.swap(card)
    const service = scene.start()
    await until(service, 'pin-needed')
    expect(await block(service)).toEqual(['card.pin-incorrect', 'card.pin-incorrect', 'card.pin-locked'])
    expect(service.state()).toMatchObject({ state: 'blocked', pukTriesLeft: null })
    const before = await count('C_Login')
    expect(codeOf(await service.login({ pin: '1234', insist: true }))).toBe('card.pin-locked')
    // Blocked is read from the flags: the right PIN is not even presented.
    expect(await count('C_Login')).toBe(before)
  })

  test('of another program are seen before a try is spent', async () => {
    const service = scene.start()
    await until(service, 'pin-needed')
    await scene.virtual.setCounters({ tries: 1 })
    expect(codeOf(await service.login({ pin: '1234' }))).toBe('card.last-try')
    expect(service.state()).toMatchObject({ state: 'pin-needed', triesLeft: 1 })
    expect(await scene.virtual.triesLeft()).toBe(1)
  })
})

describe('unblocking', () => {
  test('is left to CPS-Gestion unless the policy says otherwise, as is changing the PIN', async () => {
    const service = scene.start()
    await until(service, 'pin-needed')
    expect(service.pinCare()).toBe('cps-gestion')
    const before = await count('C_OpenSession')
    expect(codeOf(await service.unblock({ puk: '12345678', newPin: '1234' }))).toBe('card.pin-care-elsewhere')
    expect(codeOf(await service.changePin({ oldPin: '1234', newPin: '4321' }))).toBe(
      'card.pin-care-elsewhere',
    )
    expect(await count('C_OpenSession')).toBe(before)
  })

  test('gives a new PIN by the PUK, and the card opens with it', async () => {
    const service = scene.start({ policy: direct })
    await until(service, 'pin-needed')
    await block(service)
    expect(codeOf(await service.unblock({ puk: '1234', newPin: '4321' }))).toBe('card.puk-format')
    expect(codeOf(await service.unblock({ puk: '12345678', newPin: '43' }))).toBe('card.pin-format')
    expect(codeOf(await service.unblock({ puk: '87654321', newPin: '4321' }))).toBe('card.puk-incorrect')
    expect(service.state()).toMatchObject({ state: 'blocked' })
    expect(codeOf(await service.unblock({ puk: '12345678', newPin: '4321', serial: anne.serial }))).toBe('ok')
    expect(service.state()).toMatchObject({ state: 'pin-needed', triesLeft: null, again: false })
    expect(codeOf(await service.login({ pin: '4321' }))).toBe('ok')
    expect(codeOf(await service.sign({ purpose: 'signature', data: Buffer.from('x') }))).toBe('ok')
    // Back to the PIN of the other tests.
    expect(codeOf(await service.changePin({ oldPin: '4321', newPin: '1234' }))).toBe('ok')
  })

  test('stops before the last PUK, then the card is lost', async () => {
    const service = scene.start({ policy: direct })
    await until(service, 'pin-needed')
    await block(service)
    const wrong = { puk: '00000000', newPin: '4321' }
    expect(codeOf(await service.unblock(wrong))).toBe('card.puk-incorrect')
    expect(await service.unblock(wrong)).toMatchObject({ error: { details: { triesLeft: 1 } } })
    expect(service.state()).toMatchObject({ state: 'blocked', pukTriesLeft: 1 })
    const presented = await count('C_Login', 'so')
    expect(await service.unblock(wrong)).toMatchObject({
      error: { code: 'card.puk-last-try', details: { triesLeft: 1 } },
    })
    expect(await count('C_Login', 'so')).toBe(presented)
    expect(codeOf(await service.unblock({ ...wrong, insist: true }))).toBe('card.puk-locked')
    expect(service.state().state).toBe('dead')
    expect(codeOf(await service.unblock({ puk: '12345678', newPin: '4321', insist: true }))).toBe(
      'card.puk-locked',
    )
  })

  test('by another program is noticed while the card stays in its reader', async () => {
    const service = scene.start()
    await until(service, 'pin-needed')
    await block(service)
    expect(service.state().state).toBe('blocked')
    await scene.virtual.setCounters({ tries: 3 })
    expect(await until(service, 'pin-needed')).toMatchObject({ triesLeft: null, again: false })
    expect(codeOf(await service.login({ pin: '1234' }))).toBe('ok')
  })

  test('ends when the card allows no more of it', async () => {
    await scene.virtual.setCounters({ unblocks: 1 })
    const service = scene.start({ policy: direct })
    await until(service, 'pin-needed')
    expect(codeOf(await service.unblock({ puk: '12345678', newPin: '1234' }))).toBe('ok')
    await block(service)
    expect(codeOf(await service.unblock({ puk: '12345678', newPin: '1234' }))).toBe('card.puk-locked')
    expect(service.state().state).toBe('dead')
  })
})

describe('changing the PIN', () => {
  test('keeps an open card open, with the new PIN, and presents each code once', async () => {
    const service = await opened()
    const before = await count('C_SetPIN')
    expect(codeOf(await service.changePin({ oldPin: '1234', newPin: '1234' }))).toBe('card.pin-same')
    expect(codeOf(await service.changePin({ oldPin: '1234', newPin: '98765' }))).toBe('card.pin-format')
    expect(await count('C_SetPIN')).toBe(before)
    expect(codeOf(await service.changePin({ oldPin: '1234', newPin: '2468' }))).toBe('ok')
    expect(service.state().state).toBe('open')
    expect(codeOf(await service.sign({ purpose: 'signature', data: Buffer.from('x') }))).toBe('ok')
    expect(codeOf(await service.changePin({ oldPin: '1234', newPin: '1111' }))).toBe('card.pin-incorrect')
    expect(service.state()).toMatchObject({ state: 'pin-wrong', triesLeft: 2 })
    expect(codeOf(await service.changePin({ oldPin: '2468', newPin: '1234' }))).toBe('ok')
    expect(await scene.virtual.triesLeft()).toBe(3)
  })

  test('goes to no other card than the one meant', async () => {
    const service = await opened()
    const entry = { oldPin: '1234', newPin: '2468', serial: paul.serial }
    expect(codeOf(await service.changePin(entry))).toBe('card.other-card')
    expect(codeOf(await service.unblock({ puk: '12345678', newPin: '1234', serial: paul.serial }))).toBe(
      'card.other-card',
    )
  })
})

describe('a reader with a key pad', () => {
  const atPad = async (settings: Parameters<Scene['virtual']['setCard']>[0]): Promise<CardService> => {
    await scene.virtual.setCard({ pinpad: true, pinpadMilliseconds: 300, pin: '1234', ...settings }, 'A')
    await scene.virtual.remove()
    await scene.virtual.insert('A')
    const service = scene.start({ policy: direct })
    expect((await until(service, 'pin-needed')).token.pinPad).toBe(true)
    return service
  }

  test('is shown as such while the PIN is typed there; SousPli sends an empty one', async () => {
    const service = await atPad({ pinpadResult: 'ok' })
    // Whatever a window sends is dropped: the reader would not ask for a PIN that is given.
    const login = service.login({ pin: '0000' })
    expect(service.state()).toMatchObject({ state: 'pin-on-reader', token: { serial: anne.serial } })
    expect(codeOf(await login)).toBe('ok')
    expect(service.state().state).toBe('open')
    expect(codeOf(await service.sign({ purpose: 'authentication', data: Buffer.from('x') }))).toBe('ok')
  })

  test.each([
    ['wrong', 'card.pin-incorrect', 'pin-wrong'],
    ['cancel', 'card.pin-cancelled', 'pin-needed'],
    ['timeout', 'card.pin-cancelled', 'pin-needed'],
  ] as const)('%s', async (pinpadResult, code, state) => {
    const service = await atPad({ pinpadResult })
    expect(codeOf(await service.login({ pin: '' }))).toBe(code)
    expect(service.state().state).toBe(state)
    expect(await scene.virtual.triesLeft()).toBe(pinpadResult === 'wrong' ? 2 : 3)
  })

  test('asks for a new PIN twice there, and for none here', async () => {
    const service = await atPad({ pinpadResult: 'mismatch', pinpadNewPin: '1234' })
    const change = service.changePin({ oldPin: '', newPin: '' })
    expect(service.state().state).toBe('pin-on-reader')
    expect(codeOf(await change)).toBe('card.pin-mismatch')
    await scene.virtual.setCard({ pinpadResult: 'ok' }, 'A')
    expect(codeOf(await service.changePin({ oldPin: '', newPin: '' }))).toBe('ok')
    expect(service.state()).toMatchObject({ state: 'pin-needed', again: false })
  })

  test('pulled while it waits for fingers', async () => {
    const service = await atPad({ pinpadResult: 'ok', pinpadMilliseconds: 60_000 })
    const login = service.login({ pin: '' })
    await untilState(service, ({ state }) => state === 'pin-on-reader')
    await scene.virtual.remove()
    expect(codeOf(await login)).toBe('card.removed')
    await until(service, 'no-card')
  })
})
