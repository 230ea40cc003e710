import type {
  CardBinding,
  CardModule,
  CardReader,
  CardState,
  CardToken,
  Outcome,
  PinEntry,
  Policy,
} from '../contract/index.ts'
import type { CardCredential, CredentialWish } from './credential.ts'
import type { LifeDependencies } from './life.ts'
import type { Certificates, Purpose } from './protocol.ts'
import type { Revocation } from './tokens.ts'

export interface CardDependencies extends LifeDependencies {
  policy: LifeDependencies['policy'] & Pick<Policy, 'cardPinChange'>
  /** Milliseconds since 1970. */
  now: () => number
  /** What a card is to the mailboxes of this workstation; `unbound` without it. */
  binding?: (card: { serial: string; nationalId: string | null }) => CardBinding
  /** What the authority says of a certificate of the card; not asked without it. */
  revocation?: (der: Uint8Array) => Promise<Revocation>
}

export interface CardService {
  state(): CardState
  readers(): CardReader[]
  /** The module in use; null without one. */
  module(): CardModule | null
  /** Calls the listener at every new state until the returned function is called. */
  onChange(listener: (state: CardState) => void): () => void
  onReaders(listener: (readers: CardReader[]) => void): () => void
  /** A card of this serial number is in one of the readers, in use or not. */
  isPresent(serial: string): boolean
  /** Makes a card present the one in use until it leaves; the others are closed. Error: card.no-card. */
  choose(serial: string): Promise<Outcome<null>>
  /**
   * Presents the PIN once. Errors: card.pin-format, card.pin-incorrect and card.pin-locked (`details.triesLeft`),
   * card.last-try (one try is left and the user does not `insist`), card.other-card (not the `serial` meant),
   * card.pin-cancelled (key pad), card.no-card, card.removed, card.unknown-card, card.mute, card.contactless, card.no-reader,
   * card.no-module, card.module-…, card.updating, card.timeout, card.process-lost, card.operation-failed.
   */
  login(entry: PinEntry): Promise<Outcome<CardToken>>
  /** Closes every card; harmless when none is open. */
  logout(): Promise<void>
  /** Changes the PIN, as the policy allows. Errors: those of `login`, card.pin-care-elsewhere, card.pin-same, card.pin-mismatch. */
  changePin(entry: { oldPin: string; newPin: string } & Presenting): Promise<Outcome<null>>
  /** Gives a new PIN by the PUK, as the policy allows. Errors: card.puk-format, card.puk-incorrect, card.puk-locked and those above. */
  unblock(entry: { puk: string; newPin: string } & Presenting): Promise<Outcome<null>>
  pinCare(): 'cps-gestion' | 'direct'
  /**
   * RSA PKCS#1 v1.5 signature over SHA-256(data), deterministic, whatever the dates of the certificate: to open what is ours.
   * What others will see is signed by `credential`. Errors: card.login-required, card.removed, card.no-card,
   * card.no-certificate, card.mechanism-unavailable, card.timeout, card.process-lost, card.operation-failed.
   */
  sign(request: { purpose: Purpose; data: Uint8Array }): Promise<Outcome<Uint8Array>>
  /**
   * A key of the open card with its certificate, valid today. Errors: card.login-required, card.other-card,
   * card.no-certificate, card.mechanism-unavailable, card.certificate-expired, card.certificate-not-yet-valid,
   * card.certificate-revoked, and what is missing (card.no-card…).
   */
  credential(wish: CredentialWish): Promise<Outcome<CardCredential>>
  /** DER of the card's certificates, readable before the PIN. Error: card.no-card. */
  certificates(): Promise<Outcome<Certificates>>
  /** What binds cards changed (a mailbox was made, another is at hand): states are told anew. */
  refresh(): void
  /** Finalises the module and ends the process. */
  stop(): Promise<void>
}

export type Presenting = Pick<PinEntry, 'serial' | 'insist'>
