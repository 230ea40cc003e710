import { isDeepStrictEqual } from 'node:util'
import {
  fail,
  ok,
  type CardState,
  type KeySlot,
  type LockReason,
  type Opening,
  type Outcome,
  type PinEntry,
  type SessionState,
} from '../contract/index.ts'
import type { NewSlotSecret, SlotSecret } from '../vault/index.ts'
import { createChoice } from './choice.ts'
import type { Session, SessionDependencies } from './dependencies.ts'
import { createRemoval } from './removal.ts'

const locked = (): Outcome<never> => fail('vault.locked', { retry: 'after-login' })

const insertedCard = (state: CardState): { serial: string; label: string } | null =>
  'token' in state ? { serial: state.token.serial, label: state.token.label } : null

/** What says only that the secret is not this store's: another one of the workstation may be meant. */
const notMine = new Set(['vault.passphrase-wrong', 'vault.recovery-wrong', 'vault.no-slot'])

/**
 * Who may see the mailbox, and until when (architecture §4): opens the vault with the card, a passphrase or the recovery
 * code; closes it when the card that opened it leaves, on request, after inactivity, when the system sleeps. On a shared
 * workstation the inserted card chooses whose mailbox is at hand (docs/decisions/0017).
 */
export const createSession = (deps: SessionDependencies): Session => {
  const { vaults, owners, card } = deps
  const { vault } = vaults
  const choice = createChoice(vaults, owners)
  const rest = (reason: LockReason): SessionState => {
    const stores = vaults.list()
    if (stores.length === 0) return { phase: 'no-vault' }
    const ways = new Set<KeySlot['kind']>(stores.flatMap(({ slots }) => slots.map(({ kind }) => kind)))
    return {
      phase: 'locked',
      reason,
      slots: vault.slots(),
      ways: [...ways],
      cardUser: choice.user(card.state()),
    }
  }
  choice.follow(card.state())
  let state: SessionState = rest('start')
  let openedBySerial: string | null = null
  let lastActivity = deps.now()
  let closing: Promise<void> | null = null
  /** An opening under way, even when a lock has already overtaken it. */
  let attempting: Promise<unknown> = Promise.resolve()
  let locks = 0

  // Read afresh: it changes while an opening is awaited.
  const phase = (): SessionState['phase'] => state.phase

  const change = (next: SessionState): void => {
    state = next
    deps.emit(next)
  }
  const settleOn = (next: SessionState): void => {
    if (!isDeepStrictEqual(next, state)) change(next)
  }

  let trying = false
  /** Puts the mailbox of the inserted card at hand, or says whose card it is while another mailbox is open. */
  const follow = (): void => {
    if (closing || trying) return
    if (state.phase === 'open') settleOn({ ...state, cardUser: choice.user(card.state()) })
    if (state.phase !== 'locked') return
    const moved = choice.follow(card.state())
    settleOn(rest(moved && state.reason !== 'switch' ? 'start' : state.reason))
  }

  const lock = (reason: LockReason): Promise<void> => {
    if (closing) return closing
    if (state.phase !== 'open' && state.phase !== 'opening') return Promise.resolve()
    openedBySerial = null
    removal.end()
    locks += 1
    // Windows wipe themselves on this event: it goes out before anything that takes time.
    change(rest(reason))
    closing = (async () => {
      try {
        await deps.onClose()
      } finally {
        try {
          await vault.close()
          await card.logout()
        } finally {
          closing = null
          follow()
        }
      }
    })()
    return closing
  }

  const noteOwner = (nationalId: string): void => {
    owners.remember(vaults.chosen(), nationalId).then((noted) => {
      // The mailbox opens all the same; a renewed card will not be recognised.
      if (!noted.ok) deps.onFault(noted.error)
      else follow()
    }, deps.onFault)
  }

  /** False when a lock came while mail was starting: what started is stopped again, nothing opens. */
  const opened = async (
    by: 'card' | 'passphrase' | 'recovery',
    serial: string | null,
  ): Promise<Outcome<null>> => {
    const before = locks
    openedBySerial = serial
    lastActivity = deps.now()
    const cardState = card.state()
    const holder = serial !== null && 'token' in cardState ? cardState.token.holder : null
    await deps.onOpen()
    if (before !== locks) {
      // Mail may have started after that lock stopped it.
      await deps.onClose()
      return locked()
    }
    if (holder) noteOwner(holder.nationalId)
    change({
      phase: 'open',
      openedBy: by,
      holder,
      cardAway: null,
      slots: vault.slots(),
      cardUser: choice.user(cardState),
    })
    // Pulled while the vault was opening: the removal was not seen as ours yet.
    if (serial !== null && insertedCard(card.state())?.serial !== serial) await lock('card-removed')
    return before === locks ? ok(null) : locked()
  }

  const cardSecret = async (entry: PinEntry): Promise<Outcome<Extract<SlotSecret, { kind: 'card' }>>> => {
    const token = await card.login(entry)
    if (!token.ok) return token
    return ok({
      kind: 'card',
      serial: token.value.serial,
      label: token.value.label,
      sign: (challenge) => card.sign({ purpose: 'authentication', data: challenge }),
    })
  }

  /** One opening at a time; a failed one leaves the state as it was. */
  const attempt = async <T>(work: () => Promise<Outcome<T>>): Promise<Outcome<T>> => {
    if (phase() === 'locked') await attempting
    if (closing) await closing
    if (phase() === 'open' || phase() === 'opening') return fail('vault.exists')
    const reason = state.phase === 'locked' ? state.reason : 'start'
    const begun = locks
    trying = true
    change({ phase: 'opening' })
    const working = work()
    attempting = working.catch(() => undefined)
    try {
      const outcome = await working
      if (!outcome.ok && begun === locks) change(rest(reason))
      return outcome
    } catch (error) {
      // A fault of ours must not leave a window that waits for ever, nor a vault open behind it.
      if (begun === locks) await lock('user')
      throw error
    } finally {
      trying = false
      follow()
    }
  }

  const openWithCard = (entry: PinEntry): Promise<Outcome<null>> =>
    attempt(async () => {
      if (!vault.exists()) return fail('vault.missing')
      // Before the PIN costs anything: a card without a mailbox here opens nothing.
      const inserted = insertedCard(card.state())
      if (
        inserted &&
        !vault.slots().some((slot) => slot.kind === 'card' && slot.cardSerial === inserted.serial)
      )
        return fail('vault.no-slot', { details: { serial: inserted.serial } })
      const secret = await cardSecret(entry)
      if (!secret.ok) return secret
      const outcome = await vault.open(secret.value)
      if (outcome.ok) return opened('card', secret.value.serial)
      await card.logout()
      return outcome
    })

  /** Tries the mailbox at hand, then the others: a passphrase or a recovery code finds its own, nobody is named. */
  const openTyped = (secret: Exclude<SlotSecret, { kind: 'card' }>): Promise<Outcome<null>> =>
    attempt(async () => {
      const begun = locks
      const atHand = vaults.chosen()
      const stores = vaults.list().map(({ id }) => id)
      let refusal: Outcome<null> = fail('vault.missing')
      for (const id of [atHand, ...stores.filter((one) => one !== atHand)]) {
        if (!stores.includes(id)) continue
        const chosen = vaults.choose(id)
        if (!chosen.ok) return chosen
        const outcome = await vault.open(secret)
        if (begun !== locks) {
          // The lock closed the store that was being tried then, not the next one.
          await vault.close()
          return locked()
        }
        if (outcome.ok) return opened(secret.kind, null)
        if (!notMine.has(outcome.error.code)) return outcome
        // « Wrong » says more than « this mailbox has no passphrase ».
        if (refusal.ok || refusal.error.code === 'vault.missing' || refusal.error.code === 'vault.no-slot')
          refusal = outcome
      }
      if (stores.includes(atHand)) vaults.choose(atHand)
      return refusal
    })

  /** Makes a store: the first one of the workstation, or one beside the others when `beside`. */
  const create = async (
    secret: NewSlotSecret,
    beside: boolean,
  ): Promise<Outcome<{ recoveryCode: string }>> => {
    if (vaults.list().length > 0 && !beside) return fail('vault.exists')
    const atHand = vaults.chosen()
    const place = vaults.chooseNew()
    if (!place.ok) return place
    const created = await vault.create(secret)
    if (!created.ok) {
      vaults.choose(atHand)
      await vaults.discard(place.value)
      return created
    }
    // Locked at once, the store exists all the same: its recovery code is shown only here.
    await opened(secret.kind, secret.kind === 'card' ? secret.serial : null)
    return created
  }

  const secretOf = async (opening: Opening): Promise<Outcome<SlotSecret>> =>
    opening.kind === 'card' ? cardSecret(opening) : ok(opening)

  /** An open session goes on until the work is done, then locks: windows must forget what was in the former store. */
  const replaceOpen = async (work: () => Promise<Outcome<void>>): Promise<Outcome<null>> => {
    const outcome = await work()
    // A rebuild closes the vault even when it fails.
    if (outcome.ok || !vault.isOpen()) await lock(outcome.ok ? 'user' : 'error')
    return outcome.ok ? ok(null) : outcome
  }

  const replaceClosed = (
    opening: Opening | null,
    otherwise: 'passphrase' | 'recovery',
    work: (secret: SlotSecret | null) => Promise<Outcome<void>>,
  ): Promise<Outcome<null>> =>
    attempt(async () => {
      const secret = opening ? await secretOf(opening) : ok(null)
      if (!secret.ok) return secret
      const outcome = await work(secret.value)
      const serial = secret.value?.kind === 'card' ? secret.value.serial : null
      if (outcome.ok) return opened(secret.value?.kind ?? otherwise, serial)
      if (serial !== null) await card.logout()
      return outcome
    })

  const lockForCard = (): void => {
    lock('card-removed').catch(deps.onFault)
  }
  const removal = createRemoval({
    policy: deps.removal.policy,
    now: deps.removal.date,
    after: deps.removal.after,
    lock: lockForCard,
    away: (cardAway) => {
      if (state.phase === 'open') settleOn({ ...state, cardAway })
    },
  })

  const unsubscribe = card.onChange((cardState) => {
    // The card process restarting is not the card leaving.
    if (openedBySerial !== null && cardState.state !== 'starting') {
      const inserted = insertedCard(cardState)
      if (inserted?.serial === openedBySerial) removal.back()
      // Whatever the policy lets one read, it is not for somebody else.
      else if (inserted || state.phase === 'opening') lockForCard()
      else removal.left()
    }
    follow()
  })

  owners.load().then((loaded) => {
    if (loaded.ok) follow()
    else deps.onFault(loaded.error)
  }, deps.onFault)

  const idleTimer = setInterval(() => {
    if (state.phase === 'open' && deps.now() - lastActivity > deps.lockAfterMinutes() * 60_000)
      lock('idle').catch(deps.onFault)
  }, 10_000)
  idleTimer.unref()

  return {
    state: () => state,
    createWithCard: (entry) =>
      attempt(async () => {
        // Before the PIN costs anything.
        if (vaults.list().length > 0 && choice.user(card.state())?.mailbox !== 'none')
          return fail('vault.exists')
        const secret = await cardSecret(entry)
        return secret.ok ? create(secret.value, true) : secret
      }),
    createWithPassphrase: (passphrase, beside) =>
      attempt(() => create({ kind: 'passphrase', passphrase }, beside)),
    openWithCard,
    openWithPassphrase: (passphrase) => openTyped({ kind: 'passphrase', passphrase }),
    openWithRecovery: (code) => openTyped({ kind: 'recovery', code }),
    switchTo: async (serial) => {
      await lock('switch')
      const chosen = await card.choose(serial)
      follow()
      return chosen
    },
    enrolCard: async (entry) => {
      if (phase() !== 'open') return locked()
      const secret = await cardSecret(entry)
      if (!secret.ok) return secret
      const added = await vault.addSlot(secret.value)
      if (!added.ok) return added
      const cardState = card.state()
      if ('token' in cardState && cardState.token.holder) noteOwner(cardState.token.holder.nationalId)
      if (state.phase === 'open') settleOn({ ...state, slots: vault.slots() })
      follow()
      return ok(null)
    },
    restore: (opening, by, work) => {
      // A recovery code opens what exists, it is never chosen for something new.
      const newSecret = (secret: SlotSecret | null): Promise<Outcome<void>> =>
        work(secret?.kind === 'recovery' ? null : secret)
      return phase() === 'open'
        ? replaceOpen(async () => {
            const secret = opening ? await secretOf(opening) : ok(null)
            return secret.ok ? newSecret(secret.value) : secret
          })
        : replaceClosed(opening, by, newSecret)
    },
    rebuild: (opening, work) =>
      phase() === 'open' ? replaceOpen(() => work(null)) : replaceClosed(opening, 'recovery', work),
    lock,
    activity: () => {
      lastActivity = deps.now()
    },
    stop: async () => {
      clearInterval(idleTimer)
      unsubscribe()
      await lock('user')
    },
  }
}

export { createBinding } from './choice.ts'
export type { Session } from './dependencies.ts'
export { createPreferences, preferenceFile, settingsHandlers } from './preferences.ts'
