import { z } from 'zod'
import { Address } from './accounts.ts'
import { call, Nothing } from './service.ts'

/**
 * How a professional signs in at Pro Santé Connect: its page in the system's browser, the e-CPS application, or the card read by
 * CPS-Gestion (the latter two by CIBA: mssante-client.md §3.4).
 */
export const SignInWay = z.enum(['browser', 'mobile', 'card'])
export type SignInWay = z.infer<typeof SignInWay>

/** One place and way of practice (UserInfo, SubjectRefPro). Codes are those of the national nomenclatures. */
export const Situation = z.object({
  organisation: z.string().nullable(),
  /** G15; null when not told. */
  professionCode: z.string().nullable(),
  /** Code and code system of the role, sector and mode of practice, as told. */
  role: z.string().nullable(),
  sector: z.string().nullable(),
  mode: z.string().nullable(),
})
export type Situation = z.infer<typeof Situation>

/** Who Pro Santé Connect says is there (mssante-client.md §3.5). */
export const Professional = z.object({
  /** Type digit and number: `8` + RPPS. */
  nationalId: z.string(),
  /** The 11 digits when the national identifier is an RPPS. */
  rpps: z.string().nullable(),
  familyName: z.string(),
  givenName: z.string(),
  professionCode: z.string().nullable(),
  organisation: z.string().nullable(),
  situations: z.array(Situation).max(32),
})
export type Professional = z.infer<typeof Professional>

/** Why there is no session: none yet since the mailbox opened, closed by the user, nobody there, or over at the provider. */
export const SessionEnd = z.enum(['start', 'signed-out', 'idle', 'over'])
export type SessionEnd = z.infer<typeof SessionEnd>

export const PscSession = z.discriminatedUnion('state', [
  z.object({ state: z.literal('closed'), reason: SessionEnd }),
  /** ISO dates; `endsAt` whatever one does. */
  z.object({ state: z.literal('open'), way: SignInWay, since: z.string(), endsAt: z.string() }),
])
export type PscSession = z.infer<typeof PscSession>

/** A sign-in that somebody has to finish elsewhere. */
export const SignInProgress = z.object({
  way: SignInWay,
  /** `asking` the provider, `waiting` for the professional, `finishing` with what the provider answered. */
  phase: z.enum(['asking', 'waiting', 'finishing']),
  /** Two digits that the other screen must show too; null by the browser. */
  bindingMessage: z
    .string()
    .regex(/^\d\d$/)
    .nullable(),
  /** ISO date, null until known. */
  endsAt: z.string().nullable(),
})
export type SignInProgress = z.infer<typeof SignInProgress>

export const SignInState = z.object({
  /** Those of the policy, best first; empty without Pro Santé Connect. */
  ways: z.array(SignInWay),
  session: PscSession,
  /** Who signed in here last; null before the first time. */
  professional: Professional.nullable(),
  /** ISO date: since when the provider does not answer; null when it does, or was not asked. */
  awaySince: z.string().nullable(),
  underWay: SignInProgress.nullable(),
  /** Password and one-time code, as the policy has it; null where it is not used. */
  oneTimeCode: z
    .object({
      digits: z.number().int(),
      /** The name to log in with is typed, rather than being the address. */
      asksUser: z.boolean(),
      /** The password may be kept in the store. */
      keepsPassword: z.boolean(),
    })
    .nullable(),
})
export type SignInState = z.infer<typeof SignInState>

/** Where a one-time code went. */
export const CodeChallenge = z.object({
  sentBy: z.enum(['mail', 'sms', 'application', 'unknown']),
  /** Masked, as the operator tells it; null when it does not. */
  destination: z.string().nullable(),
  digits: z.number().int(),
  /** ISO date; null when the operator does not say. */
  endsAt: z.string().nullable(),
})
export type CodeChallenge = z.infer<typeof CodeChallenge>

export const signInCalls = {
  'signIn.state': call(Nothing, SignInState),
  /**
   * Signs in at Pro Santé Connect and answers at the end; `signIn.changed` tells what to show meanwhile. `nationalId`, or an
   * RPPS, is wanted by `mobile` and `card` when nobody signed in here before. Errors: `auth.cancelled`, `auth.refused`,
   * `auth.timeout`, `auth.unknown-professional`, `auth.other-professional`, `auth.answer-invalid`, `auth.failed`,
   * `auth.provider-unavailable`, `auth.mechanism-unavailable`.
   */
  'signIn.start': call(z.object({ way: SignInWay, nationalId: z.string().max(60).optional() }), Nothing),
  /** Gives up the sign-in under way: it answers `auth.cancelled`. Nothing under way is fine. */
  'signIn.cancel': call(Nothing, Nothing),
  /** Closes the session here and at the provider; `told` false when the provider could not be reached. */
  'signIn.signOut': call(Nothing, z.object({ told: z.boolean() })),
  /**
   * Has the operator send a one-time code for a mailbox. `password` null uses the one that is kept. Errors: `auth.failed`,
   * `auth.provider-unavailable`, `auth.mechanism-unavailable`.
   */
  'signIn.askCode': call(
    z.object({
      address: Address,
      user: z.string().min(1).max(320).nullable(),
      password: z.string().min(1).max(512).nullable(),
    }),
    CodeChallenge,
  ),
  /** The code that came; the mailbox goes on with it. Errors: `auth.code-wrong`, `auth.code-expired`, those of `askCode`. */
  'signIn.giveCode': call(z.object({ address: Address, code: z.string().min(1).max(20) }), Nothing),
}
export const signInEvents = { 'signIn.changed': SignInState }
