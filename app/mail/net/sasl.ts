import { fail, ok, type Outcome } from '../../contract/errors.ts'
import type { Credentials, ExternalIdentity } from './credentials.ts'

/** One SASL exchange of a single message; what is here is not yet in base64. */
export interface Exchange {
  mechanism: 'EXTERNAL' | 'XOAUTH2' | 'OAUTHBEARER' | 'PLAIN'
  initial: string
  /** Answers a challenge that tells why it was refused, so that the server says so: `\x01` to OAUTHBEARER (RFC 7628 §3.2.3). */
  ending: string
  /** Whom EXTERNAL asks to be; null for the others. */
  identity: ExternalIdentity | null
}

/** What ends a field of these messages early, and would put fields of one's own behind it. */
const controls = /\p{Cc}/u

/** RFC 5801 §4: a name in a GS2 header. */
const gs2Name = (name: string): string => name.replaceAll('=', '=3D').replaceAll(',', '=2C')

/**
 * The exchanges that a mailbox's credentials allow, in order: a certificate's identities one after the other, a token's
 * mechanisms best first (ECO.1.2.1 asks XOAUTH2), or the password. Error: `auth.failed` for what no server could read.
 */
export const exchangesOf = (
  side: 'imap' | 'smtp',
  { user, host, port }: { user: string; host: string; port: number },
  secret: Credentials,
): Outcome<readonly Exchange[]> => {
  const unreadable = fail('auth.failed', { retry: 'after-login', details: { host } })
  if (controls.test(user)) return unreadable
  if (secret.kind === 'password') {
    const name = secret.user ?? user
    if (controls.test(name) || secret.password.includes('\u0000')) return unreadable
    const initial = `\u0000${name}\u0000${secret.password}`
    return ok([{ mechanism: 'PLAIN', initial, ending: '', identity: null }])
  }
  if (secret.kind === 'token') {
    const bearer = `auth=Bearer ${secret.accessToken}`
    if (controls.test(secret.accessToken)) return unreadable
    const written = {
      XOAUTH2: { initial: `user=${user}\u0001${bearer}\u0001\u0001`, ending: '' },
      OAUTHBEARER: {
        initial: `n,a=${gs2Name(user)},\u0001host=${host}\u0001port=${String(port)}\u0001${bearer}\u0001\u0001`,
        ending: '\u0001',
      },
    }
    return ok(
      (secret.mechanisms ?? tokenMechanisms).map((mechanism) => ({
        mechanism,
        ...written[mechanism],
        identity: null,
      })),
    )
  }
  const identities = side === 'imap' ? secret.imapIdentities : secret.smtpIdentities
  return ok(
    identities
      .filter((identity) => identity !== 'none')
      .map((identity) => ({
        mechanism: 'EXTERNAL',
        initial: identity === 'address' ? user : '',
        ending: '*',
        identity,
      })),
  )
}

/** Mechanisms that carry a token, where the policy says nothing. */
const tokenMechanisms = ['XOAUTH2', 'OAUTHBEARER'] as const

/** Those of the first mechanism a server offers (names in upper case); empty when it offers none. */
export const offeredExchanges = (
  exchanges: readonly Exchange[],
  offered: (mechanism: string) => boolean,
): readonly Exchange[] => {
  const first = exchanges.find(({ mechanism }) => offered(mechanism))
  return exchanges.filter(({ mechanism }) => mechanism === first?.mechanism)
}

/** Longest challenge read; what a server says in it is a few words. */
const longestChallenge = 4096

/** The `status` of the JSON in which a server says why it refuses a token (RFC 7628 §3.2.2); null when it says none. */
export const refusalStatus = (challenge: string): string | null => {
  if (challenge.length > longestChallenge) return null
  try {
    const told: unknown = JSON.parse(Buffer.from(challenge, 'base64').toString('utf8'))
    const status: unknown = typeof told === 'object' && told !== null ? Reflect.get(told, 'status') : null
    return typeof status === 'string' && /^[\w-]{1,40}$/.test(status) ? status : null
  } catch {
    return null
  }
}
