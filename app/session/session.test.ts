import { afterEach, describe, expect, it, vi } from 'vitest'
import type { CardService } from '../card/index.ts'
import {
  fail,
  ok,
  type CardState,
  type CardToken,
  type Outcome,
  type SessionState,
} from '../contract/index.ts'
import type { SlotSecret, Vault } from '../vault/index.ts'
import { createSession } from './index.ts'

const token: CardToken = {
  reader: 'Lecteur',
  label: 'CPS',
  serial: '290',
  model: 'IAS ECC',
  pinPad: false,
  holder: null,
}

const makeCard = () => {
  const listeners = new Set<(state: CardState) => void>()
  let state: CardState = { state: 'pin-needed', token, triesLeft: null }
  const set = (next: CardState): void => {
    state = next
    for (const listener of listeners) listener(next)
  }
  const service = {
    state: () => state,
    onChange: (listener: (state: CardState) => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    login: (pin: string): Promise<Outcome<CardToken>> => {
      if (pin !== '1234') return Promise.resolve(fail('card.pin-incorrect'))
      set({ state: 'open', token })
      return Promise.resolve(ok(token))
    },
    logout: () => {
      if (state.state === 'open') set({ state: 'pin-needed', token, triesLeft: null })
      return Promise.resolve()
    },
    sign: () => Promise.resolve(ok(new Uint8Array(256))),
  }
  return { service: service as unknown as CardService, set }
}

const makeVault = (serials: string[]) => {
  let open = false
  let exists = serials.length > 0
  const opened: SlotSecret['kind'][] = []
  const vault = {
    exists: () => exists,
    slots: () =>
      serials.map((serial) => ({ id: serial, kind: 'card', cardSerial: serial, label: '', createdAt: '' })),
    isOpen: () => open,
    create: () => {
      exists = open = true
      return Promise.resolve(ok({ recoveryCode: 'CODE' }))
    },
    open: (secret: SlotSecret) => {
      if (secret.kind === 'passphrase' && secret.passphrase !== 'bonne')
        return Promise.resolve(fail('vault.passphrase-wrong'))
      opened.push(secret.kind)
      open = true
      return Promise.resolve(ok(undefined))
    },
    close: () => {
      open = false
      return Promise.resolve()
    },
  }
  return { vault: vault as unknown as Vault, opened }
}

const make = (serials: string[], onOpen = (): Promise<void> => Promise.resolve()) => {
  const card = makeCard()
  const vault = makeVault(serials)
  const events: SessionState['phase'][] = []
  const order: string[] = []
  let time = 0
  const session = createSession({
    vault: vault.vault,
    card: card.service,
    onOpen: () => {
      order.push('open')
      return onOpen()
    },
    onClose: () => {
      order.push(vault.vault.isOpen() ? 'close-before-vault' : 'close-after-vault')
      return Promise.resolve()
    },
    emit: (state) => events.push(state.phase),
    onFault: (error) => expect.unreachable(String(error)),
    now: () => time,
    lockAfterMinutes: () => 30,
  })
  const pass = (minutes: number): void => {
    time += minutes * 60_000
    vi.advanceTimersByTime(minutes * 60_000)
  }
  return { session, card, vault, events, order, pass }
}

afterEach(() => void vi.useRealTimers())

describe('session', () => {
  it('opens with the card and closes when it leaves', async () => {
    const { session, card, vault, events, order } = make(['290'])
    expect((await session.openWithCard('1234')).ok).toBe(true)
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
    expect(await session.openWithCard('0000')).toMatchObject({ ok: false, error: { code: 'vault.no-slot' } })
    expect(vault.opened).toEqual([])
  })
  it('stays locked after a wrong PIN or passphrase', async () => {
    const { session } = make(['290'])
    expect(await session.openWithCard('0000')).toMatchObject({
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
    await session.openWithCard('1234')
    card.set({ state: 'starting' })
    expect(session.state().phase).toBe('open')
    card.set({ state: 'pin-needed', token, triesLeft: null })
    expect(session.state().phase).toBe('open')
  })
  it('stays locked when the lock came while mail was starting', async () => {
    const started = Promise.withResolvers<void>()
    const { session, vault, order, events } = make(['290'], () => started.promise)
    const opening = session.openWithPassphrase('bonne')
    await vi.waitFor(() => expect(order).toEqual(['open']))
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
  it('creates once', async () => {
    const { session } = make([])
    expect(session.state().phase).toBe('no-vault')
    expect(await session.createWithCard('1234')).toMatchObject({ ok: true, value: { recoveryCode: 'CODE' } })
    expect((await session.createWithPassphrase('x')).ok).toBe(false)
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
