import type { CardService } from '../card/index.ts'
import {
  fail,
  ok,
  type CardState,
  type LockReason,
  type Opening,
  type Outcome,
  type SessionState,
} from '../contract/index.ts'
import type { NewSlotSecret, SlotSecret, Vault } from '../vault/index.ts'

export interface SessionDependencies {
  vault: Vault
  card: CardService
  /** After the vault opened: start mail. */
  onOpen: () => Promise<void>
  /** Before the vault closes: stop mail, drop tokens and everything a window could fetch. Must not wait for the network. */
  onClose: () => Promise<void>
  emit: (state: SessionState) => void
  /** A lock asked by nobody who waits (card, idle) failed in part; the vault is closed all the same. */
  onFault: (error: unknown) => void
  /** Milliseconds, monotonic. */
  now: () => number
  lockAfterMinutes: () => number
}

export interface Session {
  state: () => SessionState
  createWithCard: (pin: string) => Promise<Outcome<{ recoveryCode: string }>>
  createWithPassphrase: (passphrase: string) => Promise<Outcome<{ recoveryCode: string }>>
  openWithCard: (pin: string) => Promise<Outcome<null>>
  openWithPassphrase: (passphrase: string) => Promise<Outcome<null>>
  openWithRecovery: (code: string) => Promise<Outcome<null>>
  /**
   * Puts another store in the place of this one, by `work`, which is given the secret that opens it here. A closed session
   * opens with it; an open one locks, to be opened again on what is there then.
   */
  restore: (
    opening: NewOpening | null,
    by: 'passphrase' | 'recovery',
    work: (secret: NewSlotSecret | null) => Promise<Outcome<void>>,
  ) => Promise<Outcome<null>>
  /** The same with the secret of the store that is here; null when it is open. */
  rebuild: (
    opening: Opening | null,
    work: (secret: SlotSecret | null) => Promise<Outcome<void>>,
  ) => Promise<Outcome<null>>
  lock: (reason: LockReason) => Promise<void>
  /** The user did something: the idle clock starts again. */
  activity: () => void
  stop: () => Promise<void>
}

/** How a store will be opened from now on. */
type NewOpening = Exclude<Opening, { kind: 'recovery' }>

const locked = (): Outcome<never> => fail('vault.locked', { retry: 'after-login' })

const insertedCard = (state: CardState): { serial: string; label: string } | null =>
  'token' in state ? { serial: state.token.serial, label: state.token.label } : null

/**
 * Who may see the mailbox, and until when (architecture §4): opens the vault with the card, a passphrase or the recovery
 * code; closes it when the card that opened it leaves, on request, after inactivity, when the system sleeps.
 */
export const createSession = (deps: SessionDependencies): Session => {
  const { vault, card } = deps
  const rest = (reason: LockReason): SessionState =>
    vault.exists() ? { phase: 'locked', reason, slots: vault.slots() } : { phase: 'no-vault' }
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

  const lock = (reason: LockReason): Promise<void> => {
    if (closing) return closing
    if (state.phase !== 'open' && state.phase !== 'opening') return Promise.resolve()
    openedBySerial = null
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
        }
      }
    })()
    return closing
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
    change({
      phase: 'open',
      openedBy: by,
      holder,
    })
    // Pulled while the vault was opening: the removal was not seen as ours yet.
    if (serial !== null && insertedCard(card.state())?.serial !== serial) await lock('card-removed')
    return before === locks ? ok(null) : locked()
  }

  const cardSecret = async (pin: string): Promise<Outcome<Extract<SlotSecret, { kind: 'card' }>>> => {
    const token = await card.login(pin)
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
    const before = state
    const begun = locks
    change({ phase: 'opening' })
    const working = work()
    attempting = working.catch(() => undefined)
    try {
      const outcome = await working
      if (!outcome.ok && begun === locks) change(before)
      return outcome
    } catch (error) {
      // A fault of ours must not leave a window that waits for ever, nor a vault open behind it.
      if (begun === locks) await lock('user')
      throw error
    }
  }

  const open = (secret: () => Promise<Outcome<SlotSecret>>): Promise<Outcome<null>> =>
    attempt(async () => {
      if (!vault.exists()) return fail('vault.missing')
      const made = await secret()
      if (!made.ok) return made
      const outcome = await vault.open(made.value)
      if (!outcome.ok) {
        if (made.value.kind === 'card') await card.logout()
        return outcome
      }
      return opened(made.value.kind, made.value.kind === 'card' ? made.value.serial : null)
    })

  const secretOf = async (opening: Opening): Promise<Outcome<SlotSecret>> =>
    opening.kind === 'card' ? cardSecret(opening.pin) : ok(opening)

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

  const unsubscribe = card.onChange((cardState) => {
    if (openedBySerial === null) return
    if (insertedCard(cardState)?.serial === openedBySerial) return
    // The card process restarting is not the card leaving.
    if (cardState.state === 'starting') return
    lock('card-removed').catch(deps.onFault)
  })

  const idleTimer = setInterval(() => {
    if (state.phase === 'open' && deps.now() - lastActivity > deps.lockAfterMinutes() * 60_000)
      lock('idle').catch(deps.onFault)
  }, 10_000)
  idleTimer.unref()

  return {
    state: () => state,
    createWithCard: (pin) =>
      attempt(async () => {
        if (vault.exists()) return fail('vault.exists')
        const secret = await cardSecret(pin)
        if (!secret.ok) return secret
        const created = await vault.create(secret.value)
        if (created.ok) await opened('card', secret.value.serial)
        // Locked at once, the store exists all the same: its recovery code is shown only here.
        return created
      }),
    createWithPassphrase: (passphrase) =>
      attempt(async () => {
        if (vault.exists()) return fail('vault.exists')
        const created = await vault.create({ kind: 'passphrase', passphrase })
        if (created.ok) await opened('passphrase', null)
        return created
      }),
    openWithCard: (pin) =>
      open(async () => {
        // Before the PIN costs anything: a colleague's card opens nothing here.
        const inserted = insertedCard(card.state())
        if (
          inserted &&
          !vault.slots().some((slot) => slot.kind === 'card' && slot.cardSerial === inserted.serial)
        )
          return fail('vault.no-slot', { details: { serial: inserted.serial } })
        return cardSecret(pin)
      }),
    openWithPassphrase: (passphrase) => open(() => Promise.resolve(ok({ kind: 'passphrase', passphrase }))),
    openWithRecovery: (code) => open(() => Promise.resolve(ok({ kind: 'recovery', code }))),
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

export { createPreferences, preferenceFile } from './preferences.ts'
