import { expect, vi } from 'vitest'
import type { CardService } from '../card/index.ts'
import {
  fail,
  ok,
  type CardState,
  type CardToken,
  type KeySlot,
  type Outcome,
  type Policy,
  type SessionState,
} from '../contract/index.ts'
import type { Owners, SlotSecret, Vault, Vaults } from '../vault/index.ts'
import { createSession } from './index.ts'

export const token: CardToken = {
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

/** A session on fake stores and a fake card. */
export const makeWith = (
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
/** The same with one store. */
export const make = (serials: string[], onOpen = (): Promise<void> => Promise.resolve()) =>
  makeWith([{ serials, passphrase: 'bonne' }], onOpen)
