import { z } from 'zod'
import type { CodeChallenge, Policy } from '../contract/index.ts'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import type { Outgoing } from '../outgoing/index.ts'
import { boundedFetch, isSafeOrigin, refusalDetails } from './bounded-fetch.ts'

export type OneTimeCodePolicy = NonNullable<Policy['oneTimeCode']>

export interface OneTimeCodeDependencies {
  policy: OneTimeCodePolicy
  web: Pick<Outgoing, 'fetch'>
  /** Milliseconds since 1970. */
  now: () => number
}

/** What a code opened, until it ends: a token, or the password with the code behind it. */
export type CodeProof =
  { kind: 'token'; accessToken: string } | { kind: 'password'; password: string; user: string; once: true }

/** Password and one-time code, typed at each session (docs/sign-in.md). What is typed lives here, in memory. */
export interface OneTimeCodes {
  /** Has the code sent, where it does not come by itself. `auth.failed`, `auth.provider-unavailable`, `auth.mechanism-unavailable`. */
  ask: (wish: { address: string; user: string; password: string }) => Promise<Outcome<CodeChallenge>>
  /** `auth.code-wrong`, `auth.code-expired`, `auth.login-required` when no code was asked for. */
  give: (address: string, code: string) => Promise<Outcome<null>>
  /** `auth.login-required` without a session, `auth.code-wrong` when the code behind a password was never taken. */
  proofOf: (address: string, refused?: { kind: string }) => Outcome<CodeProof>
  forget: () => void
}

interface Waiting {
  user: string
  password: string
  challenge: string | null
  endsAt: number | null
}

interface Session {
  proof: CodeProof
  endsAt: number
  /** Times it was given out: what is refused at its first use was wrong. */
  given: number
}

const milliseconds = 15_000
const Seconds = z.number().min(1).max(86_400)
const Asked = z.object({
  challenge: z.string().min(1).max(2000),
  sentBy: z.enum(['mail', 'sms', 'application']).optional().catch(undefined),
  destination: z.string().max(120).optional().catch(undefined),
  digits: z.number().int().min(4).max(10).optional().catch(undefined),
  expiresIn: Seconds.optional().catch(undefined),
})
const Given = z.object({ access_token: z.string().min(1).max(8192), expires_in: Seconds.optional() })
const Refused = z.object({ error: z.string().max(100) })

const loginRequired = (): Outcome<never> => fail('auth.login-required', { retry: 'after-login' })

/** What an operator that says no means; its own words are not known (mssante-client.md §2), so the status counts first. */
const refusal = (status: number, error: string, whenRefused: 'auth.failed' | 'auth.code-wrong') => {
  if (status >= 500 || status === 429)
    return fail('auth.provider-unavailable', { retry: 'later', details: { what: 'operator' } })
  if (status === 410 || /expired/.test(error)) return fail('auth.code-expired', { retry: 'after-login' })
  if (status === 404 || status === 405) return fail('auth.mechanism-unavailable', { retry: 'after-change' })
  return fail(whenRefused, { retry: 'after-login' })
}

export const createOneTimeCodes = ({ policy, web, now }: OneTimeCodeDependencies): OneTimeCodes => {
  const fetchBounded = boundedFetch(web)
  const waiting = new Map<string, Waiting>()
  const sessions = new Map<string, Session>()
  const digits = policy.digits ?? 6
  const keyOf = (address: string): string => address.toLowerCase()

  const post = async <T>(
    path: string,
    body: Record<string, string>,
    Answer: z.ZodType<T>,
    whenRefused: 'auth.failed' | 'auth.code-wrong',
  ): Promise<Outcome<T>> => {
    const base = URL.parse(policy.url ?? '')
    if (!base || !isSafeOrigin(base)) return fail('auth.mechanism-unavailable', { retry: 'after-change' })
    const url = new URL(path, base.href.endsWith('/') ? base : `${base.href}/`)
    try {
      const response = await fetchBounded(url.href, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(milliseconds),
      })
      const told: unknown = await response.json().catch(() => null)
      if (response.status !== 200)
        return refusal(response.status, Refused.safeParse(told).data?.error ?? '', whenRefused)
      const answer = Answer.safeParse(told)
      return answer.success ? ok(answer.data) : fail('auth.answer-invalid')
    } catch (cause) {
      return fail('auth.provider-unavailable', {
        retry: 'later',
        details: { what: 'operator', ...refusalDetails(cause) },
        cause,
      })
    }
  }

  const open = (address: string, proof: CodeProof, seconds: number | undefined): Outcome<null> => {
    waiting.delete(keyOf(address))
    const lasts = seconds === undefined ? (policy.sessionMinutes ?? 240) * 60_000 : seconds * 1000
    sessions.set(keyOf(address), { proof, endsAt: now() + lasts, given: 0 })
    return ok(null)
  }

  return {
    ask: async ({ address, user, password }) => {
      if (policy.shape === 'sasl-plain') {
        waiting.set(keyOf(address), { user, password, challenge: null, endsAt: null })
        return ok({ sentBy: 'unknown', destination: null, digits, endsAt: null })
      }
      const asked = await post(policy.paths?.ask ?? 'challenge', { user, password }, Asked, 'auth.failed')
      if (!asked.ok) return asked
      const { challenge, sentBy, destination, expiresIn } = asked.value
      const endsAt = expiresIn === undefined ? null : now() + expiresIn * 1000
      waiting.set(keyOf(address), { user, password, challenge, endsAt })
      return ok({
        sentBy: sentBy ?? 'unknown',
        destination: destination?.replace(/\p{C}/gu, '') ?? null,
        digits: asked.value.digits ?? digits,
        endsAt: endsAt === null ? null : new Date(endsAt).toISOString(),
      })
    },
    give: async (address, typed) => {
      const asked = waiting.get(keyOf(address))
      if (!asked) return loginRequired()
      const code = typed.replace(/\s/g, '')
      if (asked.endsAt !== null && now() >= asked.endsAt)
        return fail('auth.code-expired', { retry: 'after-login' })
      const { user, password, challenge } = asked
      if (challenge === null) {
        const whole = `${password}${policy.separator ?? ''}${code}`
        return open(address, { kind: 'password', password: whole, user, once: true }, undefined)
      }
      const given = await post(policy.paths?.give ?? 'session', { challenge, code }, Given, 'auth.code-wrong')
      if (!given.ok) return given
      const { access_token: accessToken, expires_in: seconds } = given.value
      return open(address, { kind: 'token', accessToken }, seconds)
    },
    proofOf: (address, refused) => {
      const session = sessions.get(keyOf(address))
      if (!session) return loginRequired()
      const { proof } = session
      const isRefused =
        refused !== undefined && refused.kind === proof.kind && secretOf(refused) === secretOf(proof)
      if (isRefused || now() >= session.endsAt) {
        sessions.delete(keyOf(address))
        return isRefused && proof.kind === 'password' && session.given <= 1
          ? fail('auth.code-wrong', { retry: 'after-login' })
          : loginRequired()
      }
      session.given += 1
      return ok(proof)
    },
    forget: () => {
      waiting.clear()
      sessions.clear()
    },
  }
}

const secretOf = (proof: object): unknown =>
  Reflect.get(proof, 'accessToken') ?? Reflect.get(proof, 'password')
