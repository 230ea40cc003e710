import type { Outcome } from '../contract/index.ts'
import type { Purpose, SignatureScheme } from './protocol.ts'

/**
 * What is to be signed: a message, hashed here by the scheme's digest, or that digest itself. Any scheme by its name in TLS
 * may be asked for; one that is not among the credential's `schemes` is card.mechanism-unavailable.
 */
export type ToSign = { scheme: string; message: Uint8Array } | { scheme: string; digest: Uint8Array }

/**
 * One key of the card in use with its certificate, for signatures that others will see (TLS client authentication by the
 * authentication key, S/MIME by the signature key). Only given for a certificate that is valid today.
 */
export interface CardCredential {
  serial: string
  /** National identifier of the holder (`8` + RPPS…); null when the certificate tells none. */
  nationalId: string | null
  /** DER. */
  certificate: Uint8Array
  /** What this key of this card can do, best first; at least one. A CPS3 has no PSS (cps-card.md §1.8). */
  schemes: readonly SignatureScheme[]
  /**
   * One signature, bound to this card: another one in its place gets nothing. Never asks for the PIN itself. Errors:
   * card.login-required, card.removed, card.other-card, card.mechanism-unavailable, card.certificate-expired and its like,
   * card.timeout, card.process-lost, card.operation-failed.
   */
  sign(toSign: ToSign): Promise<Outcome<Uint8Array>>
}

/** Which key, and whose: a card that does not fit is `card.other-card`. */
export interface CredentialWish {
  purpose: Purpose
  serial?: string
  nationalId?: string
}
