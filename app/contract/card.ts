import { z } from 'zod'
import { call, Nothing } from './service.ts'
import { ErrorData } from './errors.ts'

/** The professional as the card's certificates name them (cps-card.md §2.4–2.5). */
export const CardHolder = z.object({
  /** National identifier with its type digit: `8` + RPPS, or employer id `/` staff id. */
  nationalId: z.string(),
  /** The 11 digits when the national identifier is an RPPS. */
  rpps: z.string().nullable(),
  familyName: z.string(),
  givenName: z.string(),
  /** `title` of the certificate subject, e.g. « Médecin ». */
  profession: z.string().nullable(),
  organisation: z.string().nullable(),
})
export type CardHolder = z.infer<typeof CardHolder>

export const CardToken = z.object({
  reader: z.string(),
  label: z.string(),
  serial: z.string(),
  model: z.string(),
  /** Read from the public certificates, before any PIN. */
  holder: CardHolder.nullable(),
  /** A reader with its own key pad: the PIN is typed there. */
  pinPad: z.boolean(),
})
export type CardToken = z.infer<typeof CardToken>

/** Tries left before the card blocks; null when the card does not tell (PKCS#11 only gives flags: cps-card.md §1.5). */
export const TriesLeft = z.number().int().nullable()

/** Card state machine. `removed` is transient: it follows `open` and becomes `no-card` once the vault is closed. */
export const CardState = z.discriminatedUnion('state', [
  z.object({ state: z.literal('starting') }),
  z.object({ state: z.literal('no-module'), tried: z.array(z.string()) }),
  z.object({ state: z.literal('module-failed'), path: z.string(), error: ErrorData }),
  z.object({ state: z.literal('no-reader') }),
  z.object({ state: z.literal('no-card'), readers: z.array(z.string()) }),
  z.object({ state: z.literal('unknown-card'), reader: z.string() }),
  z.object({ state: z.literal('pin-needed'), token: CardToken, triesLeft: TriesLeft }),
  z.object({ state: z.literal('pin-wrong'), token: CardToken, triesLeft: TriesLeft }),
  z.object({ state: z.literal('blocked'), token: CardToken }),
  z.object({ state: z.literal('open'), token: CardToken }),
  z.object({ state: z.literal('removed'), serial: z.string() }),
])
export type CardState = z.infer<typeof CardState>

/** *Code porteur*: four digits. */
export const Pin = z.string().regex(/^\d{4}$/)

export const cardCalls = {
  'card.state': call(Nothing, CardState),
  /** Opens the card inside an open session (opened by passphrase, or after its process restarted): to sign. */
  'card.login': call(z.object({ pin: Pin }), Nothing),
}
export const cardEvents = {
  'card.changed': CardState,
}
