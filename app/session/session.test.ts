import { afterEach, describe, expect, it, vi } from 'vitest'
import type { CardService } from '../card/index.ts'
import {
  fail,
  ok,
  type CardHolder,
  type CardState,
  type CardToken,
  type KeySlot,
  type Outcome,
  type Policy,
  type SessionState,
} from '../contract/index.ts'
import type { Owners, SlotSecret, Vault, Vaults } from '../vault/index.ts'
import { createSession } from './index.ts'

const token: CardToken = {
  reader: 'Lecteur',
  label: 'CPS',
  serial: '290',
  model: 'IAS ECC',
  pinPad: false,
  holder: null,
  binding: 'opens',
  authentication: null,
  signature: null,
}

const makeCard = () => {
  const listeners = new Set<(state: CardState) => void>()
  let state: CardState = { state: 'pin-needed', token, triesLeft: null, again: false }
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
    login: ({ pin }: { pin: string }): Promise<Outcome<CardToken>> => {
      if (pin !== '1234') return Promise.resolve(fail('card.pin-incorrect'))
      const inserted = 'token' in state ? state.token : token
      set({ state: 'open', token: inserted })
      return Promise.resolve(ok(inserted))
    },
    logout: () => {
      if (state.state === 'open')
        set({ state: 'pin-needed', token: state.token, triesLeft: null, again: false })
      return Promise.resolve()
    },
    sign: () => Promise.resolve(ok(new Uint8Array(256))),
  }
  return { service: service as unknown as CardService, set }
}

interface FakeStore {
  serials: string[]
  passphrase: string
  exists: boolean
}

/** Stores as files would be: one exists when it has a card or when it was created. */
const makeVaults = (given: Omit<FakeStore, 'exists'>[]) => {
  const stores = new Map(
    given.map((store, index): [string, FakeStore] => [
      `store-${index}`,
      { ...store, exists: store.serials.length > 0 },
    ]),
  )
  let chosen = 'store-0'
  let open = false
  const opened: SlotSecret['kind'][] = []
  const owners = new Map<string, string>()
  const slotsOf = ({ serials }: FakeStore): KeySlot[] =>
    serials.map((serial) => ({
      id: serial,
      kind: 'card' as const,
      cardSerial: serial,
      label: '',
      createdAt: '',
    }))
  const current = (): FakeStore => {
    const store = stores.get(chosen)
    if (!store) throw new Error(chosen)
    return store
  }
  const vault = {
    exists: () => current().exists,
    slots: () => slotsOf(current()),
    isOpen: () => open,
    create: (secret: SlotSecret) => {
      if (secret.kind === 'card') current().serials.push(secret.serial)
      current().exists = open = true
      return Promise.resolve(ok({ recoveryCode: 'CODE' }))
    },
    addSlot: (secret: SlotSecret) => {
      if (secret.kind === 'card') current().serials.push(secret.serial)
      return Promise.resolve(ok(slotsOf(current()).at(-1)))
    },
    open: (secret: SlotSecret) => {
      if (secret.kind === 'passphrase' && secret.passphrase !== current().passphrase)
        return Promise.resolve(fail('vault.passphrase-wrong'))
      opened.push(secret.kind)
      open = true
      return Promise.resolve(ok(undefined))
    },
    close: () => {
      open = false
      return Promise.resolve()
    },
  } as unknown as Vault
  const list = () =>
    [...stores].filter(([, { exists }]) => exists).map(([id, store]) => ({ id, slots: slotsOf(store) }))
  const vaults: Vaults = {
    vault,
    list,
    chosen: () => chosen,
    choose: (id) => {
      expect(open, 'the open store stays the chosen one').toBe(false)
      chosen = id
      return ok(undefined)
    },
    chooseNew: () => {
      if (list().length > 0) {
        chosen = `store-${stores.size}`
        stores.set(chosen, { serials: [], passphrase: '', exists: false })
      }
      return ok(chosen)
    },
    discard: () => Promise.resolve(),
  }
  const index: Owners = {
    load: () => Promise.resolve(ok(undefined)),
    storeOf: (nationalId) => owners.get(nationalId) ?? null,
    remember: (id, nationalId) => {
      owners.set(nationalId, id)
      return Promise.resolve(ok(undefined))
    },
  }
  return { vaults, vault, owners: index, opened }
}

const makeWith = (
  given: Omit<FakeStore, 'exists'>[],
  onOpen: () => Promise<void>,
  policy: Pick<Policy, 'cardRemoval' | 'cardRemovalSeconds'> = {},
) => {
  const card = makeCard()
  const vault = makeVaults(given)
  const events: SessionState['phase'][] = []
  const order: string[] = []
  let time = 0
  const session = createSession({
    vaults: vault.vaults,
    owners: vault.owners,
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
    removal: {
      policy,
      date: () => time,
      after: (milliseconds, run) => {
        const timer = setTimeout(run, milliseconds)
        return () => clearTimeout(timer)
      },
    },
    lockAfterMinutes: () => 30,
  })
  const pass = (minutes: number): void => {
    time += minutes * 60_000
    vi.advanceTimersByTime(minutes * 60_000)
  }
  return { session, card, vault, events, order, pass }
}
const make = (serials: string[], onOpen = (): Promise<void> => Promise.resolve()) =>
  makeWith([{ serials, passphrase: 'bonne' }], onOpen)

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
    await vi.waitFor(() => expect(session.state()).toMatchObject({ slots: [{ cardSerial: '777' }] }))
    expect(session.state()).toMatchObject({ phase: 'locked', reason: 'start' })
    expect((await session.openWithCard({ pin: '1234' })).ok).toBe(true)
    card.set(empty)
    card.set(cardOf('290'))
    await vi.waitFor(() => expect(session.state()).toMatchObject({ slots: [{ cardSerial: '290' }] }))
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
