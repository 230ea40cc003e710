import type { CardService } from '../card/index.ts'
import type { LockReason, Opening, Outcome, PinEntry, Policy, SessionState } from '../contract/index.ts'
import type { NewSlotSecret, Owners, SlotSecret, Vaults } from '../vault/index.ts'

export interface SessionDependencies {
  /** The stores of this workstation; at most one is open. */
  vaults: Vaults
  owners: Owners
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
  /** What becomes of the mailbox when its card leaves; `date` is milliseconds since 1970. */
  removal: {
    policy: Pick<Policy, 'cardRemoval' | 'cardRemovalSeconds'>
    date: () => number
    after: (milliseconds: number, run: () => void) => () => void
  }
}

export interface Session {
  state: () => SessionState
  createWithCard: (entry: PinEntry) => Promise<Outcome<{ recoveryCode: string }>>
  createWithPassphrase: (passphrase: string, beside: boolean) => Promise<Outcome<{ recoveryCode: string }>>
  openWithCard: (entry: PinEntry) => Promise<Outcome<null>>
  openWithPassphrase: (passphrase: string) => Promise<Outcome<null>>
  openWithRecovery: (code: string) => Promise<Outcome<null>>
  /**
   * Closes the mailbox and puts at hand the one that the card of this serial number opens. Error: `card.no-card`; the mailbox
   * is closed all the same.
   */
  switchTo: (serial: string) => Promise<Outcome<null>>
  /** Makes the inserted card open the open store too. Errors: those of `CardService.login`, of slots, `vault.locked`. */
  enrolCard: (entry: PinEntry) => Promise<Outcome<null>>
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
export type NewOpening = Exclude<Opening, { kind: 'recovery' }>
