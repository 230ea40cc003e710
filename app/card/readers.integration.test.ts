import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { CardBinding } from '../contract/index.ts'
import {
  anne,
  anneRenewed,
  codeOf,
  makeCards,
  makeScene,
  passed,
  paul,
  until,
  untilState,
  type Scene,
} from './scenes.fixture.ts'

// Rows of cps-card.md §6.4 about cards and readers, with the real pkcs11js behind the virtual CPS.
const message = Buffer.from('Compte rendu fictif')
let scene: Scene

beforeAll(async () => {
  const { cards } = await makeCards()
  scene = await makeScene(cards, [{ card: null }, { card: null }])
})
afterEach(async () => {
  await scene.stopAll()
  await scene.virtual.clearFaults()
  for (const reader of [0, 1]) {
    await scene.virtual.setReader(true, reader)
    await scene.virtual.remove(reader)
  }
  await scene.virtual.setCard({ profile: 'cps3', signMilliseconds: 5 }, 'A')
})
afterAll(() => scene.remove())

const logins = async (): Promise<number> =>
  (await scene.virtual.journal()).filter(({ fn }) => fn === 'C_Login').length

describe('a card comes and goes', () => {
  test('inserted, opened, pulled: noticed by itself, closed when it is back', async () => {
    const service = scene.start()
    const empty = await until(service, 'no-card')
    expect(empty.readers).toEqual(['Gemalto PC Twin Reader 00 00', 'Gemalto PC Twin Reader 01 00'])
    await scene.virtual.insert('A')
    const seen = await until(service, 'pin-needed', anne.serial)
    expect(seen).toMatchObject({ triesLeft: null, again: false })
    expect(codeOf(await service.login({ pin: '1234' }))).toBe('ok')
    const removed = await passed(service, 'removed', () => scene.virtual.remove())
    expect(removed).toEqual({ state: 'removed', serial: anne.serial })
    await until(service, 'no-card')
    expect(codeOf(await service.sign({ purpose: 'signature', data: message }))).toBe('card.no-card')
    await scene.virtual.insert('A')
    // Private objects are hidden until a new login.
    expect(await until(service, 'pin-needed')).toMatchObject({ again: false })
    expect(codeOf(await service.credential({ purpose: 'signature' }))).toBe('card.login-required')
  })

  test('pulled in the middle of a signature: it ends then, not when the chip would have', async () => {
    await scene.virtual.insert('A')
    await scene.virtual.setCard({ signMilliseconds: 60_000 }, 'A')
    const service = scene.start()
    await until(service, 'pin-needed')
    await service.login({ pin: '1234' })
    await scene.virtual.fault({ fn: 'C_Sign', when: 'mid:200', action: 'remove' })
    const begun = performance.now()
    const [first, waiting] = await Promise.all([
      service.sign({ purpose: 'signature', data: message }),
      service.sign({ purpose: 'authentication', data: message }),
    ])
    expect(performance.now() - begun).toBeLessThan(30_000)
    expect([codeOf(first), codeOf(waiting)]).toEqual(['card.removed', 'card.removed'])
    await until(service, 'no-card')
    // Nothing was asked of the card after it had left.
    const signatures = (await scene.virtual.journal()).filter(({ fn }) => fn === 'C_SignInit')
    expect(signatures).toHaveLength(1)
  })

  test('exchanged for a colleague’s at once: the account goes no further, no PIN goes to the wrong card', async () => {
    await scene.virtual.insert('A')
    const service = scene.start({
      binding: ({ serial }): CardBinding => (serial === anne.serial ? 'opens' : 'other'),
    })
    await until(service, 'pin-needed')
    await service.login({ pin: '1234' })
    const held = await service.credential({ purpose: 'authentication' })
    const before = await logins()
    await passed(service, 'removed', () => scene.virtual.swap('B'))
    const now = await until(service, 'pin-needed', paul.serial)
    expect(now).toMatchObject({
      again: false,
      token: { binding: 'other', holder: { familyName: 'DURAND', cardKind: 'cps' } },
    })
    expect(codeOf(await service.login({ pin: '1234', serial: anne.serial }))).toBe('card.other-card')
    expect(await logins()).toBe(before)
    if (!held.ok) throw new Error('a credential expected')
    expect(codeOf(await held.value.sign({ scheme: 'rsa_pkcs1_sha256', message }))).toBe('card.removed')
    await service.login({ pin: '1234', serial: paul.serial })
    expect(codeOf(await service.credential({ purpose: 'authentication', nationalId: anne.nationalId }))).toBe(
      'card.other-card',
    )
  })

  test('a renewed card of the same holder is told from a colleague’s', async () => {
    const service = scene.start({
      binding: ({ serial, nationalId }): CardBinding => {
        if (serial === anne.serial) return 'opens'
        return nationalId === anne.nationalId ? 'renewed' : 'other'
      },
    })
    await scene.virtual.insert('C')
    expect((await until(service, 'pin-needed', anneRenewed.serial)).token.binding).toBe('renewed')
    await scene.virtual.swap('B')
    expect((await until(service, 'pin-needed', paul.serial)).token.binding).toBe('other')
  })
})

describe('two readers', () => {
  test('two cards: the one that opens the mailbox is meant, whatever the reader; a window may choose', async () => {
    await scene.virtual.insert('A', 1)
    await scene.virtual.insert('B', 0)
    const service = scene.start({
      binding: ({ serial }): CardBinding => (serial === anne.serial ? 'opens' : 'other'),
    })
    await until(service, 'pin-needed', anne.serial)
    expect(service.readers()).toMatchObject([
      { content: 'card', inUse: false, token: { serial: paul.serial } },
      { content: 'card', inUse: true, token: { serial: anne.serial } },
    ])
    await service.login({ pin: '1234' })
    expect(codeOf(await service.choose('nobody'))).toBe('card.no-card')
    expect(codeOf(await service.choose(paul.serial))).toBe('ok')
    // Anne's card was closed when Paul's was chosen.
    expect(service.state()).toMatchObject({ state: 'pin-needed', token: { serial: paul.serial } })
    expect(codeOf(await service.login({ pin: '1234', serial: paul.serial }))).toBe('ok')
    const credential = await service.credential({ purpose: 'authentication' })
    expect(credential).toMatchObject({
      ok: true,
      value: {
        serial: paul.serial,
        nationalId: paul.nationalId,
        schemes: ['rsa_pss_rsae_sha256', 'rsa_pkcs1_sha256'],
      },
    })
    // The choice ends with the card.
    await scene.virtual.remove(0)
    await until(service, 'pin-needed', anne.serial)
  })

  test('an open card stays the one in use when another comes, even if its login is lost', async () => {
    await scene.virtual.insert('A', 0)
    const service = scene.start({ binding: () => 'opens' })
    await until(service, 'pin-needed', anne.serial)
    await service.login({ pin: '1234' })
    await scene.virtual.insert('B', 1)
    await new Promise<void>((found) => {
      service.onReaders((readers) => {
        if (readers.every(({ content }) => content === 'card')) found()
      })
    })
    expect(service.state()).toMatchObject({ state: 'open', token: { serial: anne.serial } })
    await scene.virtual.fault({ fn: 'C_SignInit', action: 'lose_login', reader: 0 })
    await service.sign({ purpose: 'signature', data: message })
    expect(service.state()).toMatchObject({
      state: 'pin-needed',
      again: true,
      token: { serial: anne.serial },
    })
  })

  test('the same card moved to the other reader is found by its serial number', async () => {
    await scene.virtual.insert('A', 0)
    const service = scene.start()
    const first = await until(service, 'pin-needed')
    await service.login({ pin: '1234' })
    await passed(service, 'removed', () => scene.virtual.insert('A', 1))
    const second = await until(service, 'pin-needed')
    expect(second.token.serial).toBe(first.token.serial)
    expect(second.token.reader).not.toBe(first.token.reader)
    expect(second.again).toBe(false)
    expect(codeOf(await service.login({ pin: '1234', serial: anne.serial }))).toBe('ok')
  })

  test('a reader unplugged takes its card away; the last one leaves none', async () => {
    await scene.virtual.insert('A', 0)
    const service = scene.start()
    await until(service, 'pin-needed')
    await service.login({ pin: '1234' })
    await passed(service, 'removed', () => scene.virtual.setReader(false, 0))
    expect((await until(service, 'no-card')).readers).toEqual(['Gemalto PC Twin Reader 01 00'])
    await scene.virtual.setReader(false, 1)
    await until(service, 'no-reader')
    expect(codeOf(await service.login({ pin: '1234' }))).toBe('card.no-reader')
    await scene.virtual.setReader(true, 0)
    await until(service, 'pin-needed', anne.serial)
  })
})

describe('what is not a card to work with', () => {
  test.each([
    ['contactless', 'contactless-card', 'card.contactless'],
    ['mute', 'mute-card', 'card.mute'],
    ['unknown', 'unknown-card', 'card.unknown-card'],
  ] as const)('%s', async (profile, state, code) => {
    await scene.virtual.setCard({ profile }, 'A')
    await scene.virtual.insert('A', 0)
    const service = scene.start()
    expect(await until(service, state)).toMatchObject({ reader: 'Gemalto PC Twin Reader 00 00' })
    expect(service.readers()[0]).toMatchObject({ content: profile, token: null, inUse: false })
    expect(codeOf(await service.login({ pin: '1234' }))).toBe(code)
    expect(codeOf(await service.certificates())).toBe(code)
    // A good card in the other reader is what counts.
    await scene.virtual.insert('B', 1)
    await until(service, 'pin-needed', paul.serial)
    // The card is turned round: asked again although its reader never was empty at a look.
    await scene.virtual.remove(0)
    await scene.virtual.setCard({ profile: 'cps3' }, 'A')
    await scene.virtual.insert('A', 0)
    await untilState(service, () => service.readers()[0]?.token?.serial === anne.serial)
  })
})
