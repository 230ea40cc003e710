import type { Outcome } from '../contract/errors.ts'

/** TLS signature schemes by their number on the wire (RFC 8446 §4.2.3): those a card or a p12 key may make. */
const numbers = {
  rsa_pkcs1_sha256: 0x0401,
  rsa_pkcs1_sha384: 0x0501,
  rsa_pkcs1_sha512: 0x0601,
  ecdsa_secp256r1_sha256: 0x0403,
  ecdsa_secp384r1_sha384: 0x0503,
  ecdsa_secp521r1_sha512: 0x0603,
  rsa_pss_rsae_sha256: 0x0804,
  rsa_pss_rsae_sha384: 0x0805,
  rsa_pss_rsae_sha512: 0x0806,
} as const

export type SignatureScheme = keyof typeof numbers

const names = new Map<number, SignatureScheme>(
  Object.entries(numbers).map(([name, number]) => [number, name as SignatureScheme]),
)

/** A scheme's number on the wire. */
export const schemeNumber = (scheme: SignatureScheme): number => numbers[scheme]

/** The scheme of a number on the wire; undefined for one that is none of ours. */
export const schemeNamed = (number: number): SignatureScheme | undefined => names.get(number)

/** Whether TLS 1.3 takes such a signature from a client: it has done away with PKCS#1 v1.5 (RFC 8446 §4.2.3). */
export const fitsTls13 = (scheme: SignatureScheme): boolean => !scheme.startsWith('rsa_pkcs1_')

/** A certificate and the key that belongs to it, wherever that key is. */
export interface ClientCredential {
  /** Leaf first, DER. */
  certificates: readonly Uint8Array[]
  /** What the key can do, preferred first. */
  schemes: readonly SignatureScheme[]
  /**
   * Signs a TLS handshake message, given unhashed. An ECDSA signature is DER (RFC 8446 §4.2.3). May take seconds; may fail
   * with a code of its own (card.*), with which the connection then fails. `signal`: nobody waits for it any more.
   */
  sign(request: {
    scheme: SignatureScheme
    message: Uint8Array
    signal: AbortSignal
  }): Promise<Outcome<Uint8Array>>
  /** Sessions are resumed only within the same identity (card serial and holder). */
  identity: string
}
