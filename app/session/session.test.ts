import { afterEach, describe, expect, it, vi } from 'vitest'
import { Settings, fail, ok, type CardState, type Policy } from '../contract/index.ts'
import type { SlotSecret } from '../vault/index.ts'
import { make, makeWith, token } from './session.fixture.ts'

afterEach(() => void vi.useRealTimers())

describe('session', () => {
  it('opens with the card and closes when it leaves', async () => {
    const { session, card, vault, events, order } = make(['290'])
    expect((await session.openWithCard({ pin: '1234' })).ok).toBe(true)
    expect(session.state()).toMatchObject({ phase: 'open', openedBy: 'card' })
    card.set({ state: 'removed', serial: '290' })
    expect(session.state()).toMatchObject({ phase: 'locked', reason: 'card-removed' })
    await session.lock('user')
    expect(vault.vault.isOpen()).toBe(false)
    expect(order).toEqual(['open', 'close-before-vault'])
    expect(events).toEqual(['opening', 'open', 'locked'])
  })
  it('refuses a colleague’s card before the PIN costs anything', async () => {
    const { session, vault } = make(['777'])
    expect(await session.openWithCard({ pin: '0000' })).toMatchObject({
      ok: false,
      error: { code: 'vault.no-slot' },
    })
    expect(vault.opened).toEqual([])
  })
  it('stays locked after a wrong PIN or passphrase', async () => {
    const { session } = make(['290'])
    expect(await session.openWithCard({ pin: '0000' })).toMatchObject({
      ok: false,
      error: { code: 'card.pin-incorrect' },
    })
    expect(session.state().phase).toBe('locked')
    expect((await session.openWithPassphrase('mauvaise')).ok).toBe(false)
    expect((await session.openWithPassphrase('bonne')).ok).toBe(true)
  })
  it('keeps a session opened by passphrase when a card comes and goes', async () => {
    const { session, card } = make(['290'])
    await session.openWithPassphrase('bonne')
    card.set({ state: 'no-card', readers: ['Lecteur'] })
    expect(session.state().phase).toBe('open')
  })
  it('survives a restart of the card process', async () => {
    const { session, card } = make(['290'])
    await session.openWithCard({ pin: '1234' })
    card.set({ state: 'starting' })
    expect(session.state().phase).toBe('open')
    card.set({ state: 'pin-needed', token, triesLeft: null, again: false })
    expect(session.state().phase).toBe('open')
  })
  it('stays locked when the lock came while mail was starting', async () => {
    const started = Promise.withResolvers<void>()
    const { session, vault, order, events } = make(['290'], () => started.promise)
    const opening = session.openWithPassphrase('bonne')
    await expect.poll(() => order).toEqual(['open'])
    await session.lock('system')
    const again = session.openWithPassphrase('bonne')
    started.resolve()
    expect(await opening).toMatchObject({ ok: false, error: { code: 'vault.locked' } })
    // What had started was stopped a second time, before anybody else may open.
    expect(order.slice(0, 3)).toEqual(['open', 'close-before-vault', 'close-after-vault'])
    expect(events.slice(0, 2)).toEqual(['opening', 'locked'])
    expect((await again).ok).toBe(true)
    expect(vault.vault.isOpen()).toBe(true)
    expect(session.state().phase).toBe('open')
  })
  it('closes again when opening fails by a fault', async () => {
    const { session, vault } = make(['290'], () => Promise.reject(new Error('mail')))
    await expect(session.openWithPassphrase('bonne')).rejects.toThrow('mail')
    expect(session.state().phase).toBe('locked')
    expect(vault.vault.isOpen()).toBe(false)
  })
  it('locks when nobody touches it, and only then', async () => {
    vi.useFakeTimers()
    const { session, pass } = make(['290'])
    await session.openWithPassphrase('bonne')
    pass(29)
    session.activity()
    pass(29)
    expect(session.state().phase).toBe('open')
    pass(2)
    expect(session.state()).toMatchObject({ phase: 'locked', reason: 'idle' })
  })
  it('can be set to lock after two hours at most (SC.SSI/IE.58)', () => {
    const { lockAfterMinutes } = Settings.shape
    expect(lockAfterMinutes.safeParse(120).success).toBe(true)
    expect(lockAfterMinutes.safeParse(121).success).toBe(false)
    expect(lockAfterMinutes.safeParse(Infinity).success).toBe(false)
  })
  it('creates once', async () => {
    const { session } = make([])
    expect(session.state().phase).toBe('no-vault')
    expect(await session.createWithCard({ pin: '1234' })).toMatchObject({
      ok: true,
      value: { recoveryCode: 'CODE' },
    })
    expect((await session.createWithPassphrase('x', false)).ok).toBe(false)
  })
  it('puts another store in the place of a closed one and opens it, or stays as it was', async () => {
    const { session, vault } = make(['290'])
    const work = (secret: unknown) => {
      if (secret === null) return Promise.resolve(fail('vault.backup-damaged'))
      return vault.vault.open(secret as SlotSecret)
    }
    const refused = await session.restore(null, 'recovery', work)
    expect(refused).toMatchObject({ ok: false, error: { code: 'vault.backup-damaged' } })
    expect(session.state().phase).toBe('locked')
    expect((await session.restore({ kind: 'card', pin: '0000' }, 'recovery', work)).ok).toBe(false)
    expect((await session.restore({ kind: 'card', pin: '1234' }, 'recovery', work)).ok).toBe(true)
    expect(session.state()).toMatchObject({ phase: 'open', openedBy: 'card' })
    expect(vault.opened).toEqual(['card'])
  })
  it('locks an open session once its store was replaced, so that windows forget the former one', async () => {
    const { session, events } = make(['290'])
    await session.openWithPassphrase('bonne')
    const failed = await session.restore(null, 'recovery', () =>
      Promise.resolve(fail('vault.recovery-wrong')),
    )
    expect(failed.ok).toBe(false)
    expect(session.state().phase).toBe('open')
    expect((await session.rebuild(null, () => Promise.resolve(ok(undefined)))).ok).toBe(true)
    expect(session.state()).toMatchObject({ phase: 'locked', reason: 'user' })
    expect(events).toEqual(['opening', 'open', 'locked'])
  })
})

describe('the card that opened the mailbox leaves', () => {
  const out: CardState = { state: 'no-card', readers: ['Lecteur'] }
  const put: CardState = { state: 'pin-needed', token, triesLeft: null, again: false }
  const openWith = async (policy: Pick<Policy, 'cardRemoval' | 'cardRemovalSeconds'>) => {
    vi.useFakeTimers()
    const made = makeWith([{ serials: ['290'], passphrase: '' }], () => Promise.resolve(), policy)
    await made.session.openWithCard({ pin: '1234' })
    return made
  }

  it('keeps reading for as long as the policy says, then locks', async () => {
    const { session, card } = await openWith({ cardRemoval: 'lock-after', cardRemovalSeconds: 20 })
    card.set({ state: 'removed', serial: '290' })
    card.set(out)
    expect(session.state()).toMatchObject({
      phase: 'open',
      cardAway: { locksAt: new Date(20_000).toISOString() },
    })
    vi.advanceTimersByTime(19_999)
    expect(session.state().phase).toBe('open')
    vi.advanceTimersByTime(1)
    expect(session.state()).toMatchObject({ phase: 'locked', reason: 'card-removed' })
  })
  it('stops counting when the card is back', async () => {
    const { session, card } = await openWith({ cardRemoval: 'lock-after', cardRemovalSeconds: 20 })
    card.set(out)
    vi.advanceTimersByTime(10_000)
    card.set(put)
    expect(session.state()).toMatchObject({ phase: 'open', cardAway: null })
    vi.advanceTimersByTime(60_000)
    expect(session.state().phase).toBe('open')
  })
  it('goes on reading without a limit where the policy allows, and says so', async () => {
    const { session, card } = await openWith({ cardRemoval: 'keep-reading' })
    card.set(out)
    vi.advanceTimersByTime(600_000)
    expect(session.state()).toMatchObject({ phase: 'open', cardAway: { locksAt: null } })
  })
  it.each(['lock-after', 'keep-reading'] as const)(
    'locks for a colleague’s card under %s',
    async (cardRemoval) => {
      const { session, card } = await openWith({ cardRemoval })
      card.set(out)
      card.set({ ...put, token: { ...token, serial: '777' } })
      expect(session.state()).toMatchObject({ phase: 'locked', reason: 'card-removed' })
    },
  )
  it('forgets the count of a session that was closed meanwhile', async () => {
    const { session, card } = await openWith({ cardRemoval: 'lock-after', cardRemovalSeconds: 20 })
    card.set(out)
    await session.lock('user')
    card.set(put)
    await session.openWithCard({ pin: '1234' })
    vi.advanceTimersByTime(60_000)
    expect(session.state()).toMatchObject({ phase: 'open', cardAway: null })
  })
})
