import { z } from 'zod'
import { CardModule, ErrorData, TriesLeft } from '../contract/index.ts'

/**
 * Messages between the core and the card process. One request is answered by one reply of the same id; the core sends the
 * next one only after the reply, so the PKCS#11 module sees one operation at a time.
 */
export const Purpose = z.enum(['signature', 'authentication'])
export type Purpose = z.infer<typeof Purpose>

/** Signature schemes by their names in TLS (RFC 8446 §4.2.3); PSS has a salt as long as its digest. */
export const SignatureScheme = z.enum([
  'rsa_pkcs1_sha256',
  'rsa_pkcs1_sha384',
  'rsa_pkcs1_sha512',
  'rsa_pss_rsae_sha256',
])
export type SignatureScheme = z.infer<typeof SignatureScheme>

const Bytes = z.instanceof(Uint8Array)
const insertion = z.number().int()
const code = z.string().max(16)

export const CardRequest = z.discriminatedUnion('op', [
  /** Loads and initialises a module; another one may be tried when it fails. `minimum` is the Cryptolib's, `3.1`. */
  z.object({ op: z.literal('load'), path: z.string().min(1).max(4096), minimum: z.string().max(16) }),
  /** What is in the readers now. */
  z.object({ op: z.literal('look') }),
  /** Without `insist` the last try is left alone. */
  z.object({ op: z.literal('login'), insertion, pin: code, insist: z.boolean() }),
  z.object({ op: z.literal('logout'), insertion }),
  z.object({
    op: z.literal('sign'),
    insertion,
    purpose: Purpose,
    scheme: SignatureScheme,
    /** Of the length of the scheme's digest. */
    digest: Bytes.refine((bytes) => bytes.length >= 32 && bytes.length <= 64),
  }),
  z.object({ op: z.literal('change-pin'), insertion, oldPin: code, newPin: code, insist: z.boolean() }),
  z.object({ op: z.literal('unblock'), insertion, puk: code, newPin: code, insist: z.boolean() }),
  /** Names of the card's data objects. */
  z.object({ op: z.literal('data-labels'), insertion }),
  /** One data object: the card takes up to a second for each. */
  z.object({ op: z.literal('data'), insertion, label: z.string().max(64) }),
  /** C_Finalize, then the process ends. */
  z.object({ op: z.literal('stop') }),
])
export type CardRequest = z.infer<typeof CardRequest>

export const Certificates = z.object({ signature: Bytes.nullable(), authentication: Bytes.nullable() })
export type Certificates = z.infer<typeof Certificates>

const Schemes = z.array(SignatureScheme).max(8)

export const SeenCard = z.object({
  /** Grows with each card found: the same card put back is another insertion. */
  insertion,
  reader: z.string(),
  label: z.string(),
  serial: z.string(),
  model: z.string(),
  pinPad: z.boolean(),
  triesLeft: TriesLeft,
  pukTriesLeft: TriesLeft,
  certificates: Certificates,
  /** What each key can do; empty without such a key. */
  schemes: z.object({ signature: Schemes, authentication: Schemes }),
  /** The PIN has been accepted in this insertion and still holds. */
  open: z.boolean(),
})
export type SeenCard = z.infer<typeof SeenCard>

export const SeenReader = z.object({
  reader: z.string(),
  content: z.enum(['empty', 'card', 'unknown', 'mute', 'contactless']),
  card: SeenCard.nullable(),
})
export type SeenReader = z.infer<typeof SeenReader>

export const Sight = z.object({ readers: z.array(SeenReader).max(64) })
export type Sight = z.infer<typeof Sight>

export const replies = {
  load: CardModule,
  /** Null when nothing changed since the last look. */
  look: z.object({ sight: Sight.nullable() }),
  login: z.null(),
  logout: z.null(),
  sign: z.object({ signature: Bytes }),
  /** Whether the card is open afterwards, by the new PIN. */
  'change-pin': z.object({ open: z.boolean() }),
  unblock: z.null(),
  'data-labels': z.object({ labels: z.array(z.string()).max(64) }),
  /** Null when the card has none of that name, or more than 4 kB. */
  data: z.object({ value: Bytes.nullable() }),
  stop: z.null(),
} as const
export type Reply<Op extends CardRequest['op']> = z.infer<(typeof replies)[Op]>

export const ToCard = z.object({ id: z.number().int(), request: CardRequest })

export const FromCard = z.object({
  id: z.number().int(),
  outcome: z.discriminatedUnion('ok', [
    z.object({ ok: z.literal(true), value: z.unknown() }),
    z.object({ ok: z.literal(false), error: ErrorData }),
  ]),
})
export type FromCard = z.infer<typeof FromCard>
