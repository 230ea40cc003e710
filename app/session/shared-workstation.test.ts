import { describe, expect, it } from 'vitest'
import type { CardHolder, CardState } from '../contract/index.ts'
import { make, makeWith, token } from './session.fixture.ts'

describe('a shared workstation', () => {
  const holder = (nationalId: string): CardHolder => ({
    nationalId,
    rpps: null,
    familyName: 'FICTIF',
    givenName: 'Camille',
    profession: null,
    organisation: null,
    cardKind: 'cps',
    specialty: null,
    activities: [],
  })
  const cardOf = (serial: string, nationalId = `8${serial}`): CardState => ({
    state: 'pin-needed',
    token: { ...token, serial, holder: holder(nationalId) },
    triesLeft: null,
    again: false,
  })
  const two = () =>
    makeWith(
      [
        { serials: ['290'], passphrase: 'bonne' },
        { serials: ['777'], passphrase: 'autre' },
      ],
      () => Promise.resolve(),
    )
  const empty: CardState = { state: 'no-card', readers: ['Lecteur'] }

  it('puts the mailbox of the inserted card at hand, and only while locked', async () => {
    const { session, card, vault } = two()
    expect(session.state()).toMatchObject({ slots: [{ cardSerial: '290' }], cardUser: { mailbox: 'this' } })
    card.set(cardOf('777'))
    expect(session.state()).toMatchObject({
      phase: 'locked',
      slots: [{ cardSerial: '777' }],
      cardUser: { mailbox: 'this', enrolled: true },
    })
    card.set(empty)
    expect(session.state()).toMatchObject({ slots: [{ cardSerial: '777' }], cardUser: null })
    await session.openWithPassphrase('autre')
    card.set(cardOf('290'))
    expect(session.state()).toMatchObject({ phase: 'open', cardUser: { mailbox: 'other' } })
    expect(vault.vaults.chosen()).toBe('store-1')
    await session.lock('switch')
    expect(session.state()).toMatchObject({
      phase: 'locked',
      reason: 'switch',
      slots: [{ cardSerial: '290' }],
      cardUser: { mailbox: 'this' },
    })
  })
  it('goes from one colleague to the other when cards are exchanged, and back', async () => {
    const { session, card, events } = two()
    await session.openWithCard({ pin: '1234' })
    card.set({ state: 'removed', serial: '290' })
    card.set(empty)
    card.set(cardOf('777'))
    await expect.poll(() => session.state()).toMatchObject({ slots: [{ cardSerial: '777' }] })
    expect(session.state()).toMatchObject({ phase: 'locked', reason: 'start' })
    expect((await session.openWithCard({ pin: '1234' })).ok).toBe(true)
    card.set(empty)
    card.set(cardOf('290'))
    await expect.poll(() => session.state()).toMatchObject({ slots: [{ cardSerial: '290' }] })
    expect((await session.openWithCard({ pin: '1234' })).ok).toBe(true)
    expect(events.filter((phase) => phase === 'open').length).toBeGreaterThanOrEqual(3)
  })
  it('finds the mailbox a passphrase opens, and stays where it was when there is none', async () => {
    const { session, vault } = two()
    expect(await session.openWithPassphrase('mauvaise')).toMatchObject({
      error: { code: 'vault.passphrase-wrong' },
    })
    expect(vault.vaults.chosen()).toBe('store-0')
    expect((await session.openWithPassphrase('autre')).ok).toBe(true)
    expect(vault.vaults.chosen()).toBe('store-1')
  })
  it('makes a mailbox of his own for a colleague who has none', async () => {
    const { session, card, vault } = make(['290'])
    expect(await session.createWithCard({ pin: '1234' })).toMatchObject({ error: { code: 'vault.exists' } })
    card.set(cardOf('555'))
    expect(session.state()).toMatchObject({ cardUser: { mailbox: 'none', enrolled: false } })
    expect(await session.openWithCard({ pin: '1234' })).toMatchObject({ error: { code: 'vault.no-slot' } })
    expect((await session.createWithCard({ pin: '1234' })).ok).toBe(true)
    expect(session.state()).toMatchObject({ phase: 'open', slots: [{ cardSerial: '555' }] })
    expect(vault.vaults.list().map(({ id }) => id)).toEqual(['store-0', 'store-1'])
  })
  it('makes one beside the others for a passphrase only when asked', async () => {
    const { session, vault } = make(['290'])
    expect(await session.createWithPassphrase('x', false)).toMatchObject({ error: { code: 'vault.exists' } })
    expect(session.state()).toMatchObject({ phase: 'locked', slots: [{ cardSerial: '290' }] })
    expect((await session.createWithPassphrase('x', true)).ok).toBe(true)
    expect(vault.vaults.list()).toHaveLength(2)
  })
  it('knows a renewed card by its holder, and enrols it in the mailbox that is open', async () => {
    const { session, card } = two()
    card.set(cardOf('290', '8990'))
    await session.openWithCard({ pin: '1234' })
    await session.lock('user')
    card.set(empty)
    card.set(cardOf('291', '8990'))
    expect(session.state()).toMatchObject({ cardUser: { mailbox: 'this', enrolled: false } })
    expect(await session.enrolCard({ pin: '1234' })).toMatchObject({ error: { code: 'vault.locked' } })
    await session.openWithPassphrase('bonne')
    expect((await session.enrolCard({ pin: '1234' })).ok).toBe(true)
    expect(session.state()).toMatchObject({ cardUser: { mailbox: 'this', enrolled: true } })
  })
})
