import { z } from 'zod'
import { ErrorData, TriesLeft } from '../contract/index.ts'

/**
 * Messages between the core and the card process. One request is answered by one reply of the same id; the core sends the
 * next one only after the reply, so the PKCS#11 module sees one operation at a time.
 */
export const Purpose = z.enum(['signature', 'authentication'])
export type Purpose = z.infer<typeof Purpose>

const Bytes = z.instanceof(Uint8Array)

export const CardRequest = z.discriminatedUnion('op', [
  /** Loads and initialises a module; another one may be tried when it fails. */
  z.object({ op: z.literal('load'), path: z.string().min(1).max(4096) }),
  /** What is in the readers now. */
  z.object({ op: z.literal('look') }),
  /** `shownTries` is what the user has been told: a last try is never spent without his knowing. */
  z.object({
    op: z.literal('login'),
    insertion: z.number().int(),
    pin: z.string().max(16),
    shownTries: TriesLeft,
  }),
  z.object({ op: z.literal('logout') }),
  /** RSA PKCS#1 v1.5 over a SHA-256 digest. */
  z.object({ op: z.literal('sign'), purpose: Purpose, digest: Bytes.refine((bytes) => bytes.length === 32) }),
  /** C_Finalize, then the process ends. */
  z.object({ op: z.literal('stop') }),
])
export type CardRequest = z.infer<typeof CardRequest>

export const Certificates = z.object({ signature: Bytes.nullable(), authentication: Bytes.nullable() })
export type Certificates = z.infer<typeof Certificates>

export const SeenCard = z.object({
  /** Grows with each card found: the same card put back is another insertion. */
  insertion: z.number().int(),
  reader: z.string(),
  label: z.string(),
  serial: z.string(),
  model: z.string(),
  pinPad: z.boolean(),
  triesLeft: TriesLeft,
  certificates: Certificates,
  /** The PIN has been accepted in this insertion and still holds. */
  open: z.boolean(),
})
export type SeenCard = z.infer<typeof SeenCard>

export const Sight = z.object({
  readers: z.array(z.string()).max(64),
  card: SeenCard.nullable(),
  /** Reader of a card the module does not know, when there is no other. */
  unknownIn: z.string().nullable(),
})
export type Sight = z.infer<typeof Sight>

export const replies = {
  load: z.null(),
  /** Null when nothing changed since the last look. */
  look: z.object({ sight: Sight.nullable() }),
  login: z.null(),
  logout: z.null(),
  sign: z.object({ signature: Bytes }),
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
