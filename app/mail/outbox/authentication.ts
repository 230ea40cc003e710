import type SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { SMTPConnectionCustomAuthContext } from 'nodemailer/lib/smtp-connection'
import { fail, ok, type Outcome } from '../../contract/errors.ts'
import type { Credentials, ExternalIdentity } from '../net/credentials.ts'

/** What a server told of itself while letting us in. */
export interface Offer {
  /** Bytes (RFC 1870), null when the server does not say. */
  maxMessageSize: number | null
  /** Who the server let SASL EXTERNAL be; null for other logins. */
  identity: ExternalIdentity | null
}

/** One initial response of a mechanism. */
interface Try {
  initial: string
  identity: ExternalIdentity | null
}

const mechanismOf = (user: string, secret: Credentials): { method: string; tries: Try[] } => {
  if (secret.kind === 'password')
    return { method: 'PLAIN', tries: [{ initial: `\u0000${user}\u0000${secret.password}`, identity: null }] }
  if (secret.kind === 'token') {
    const initial = `user=${user}\u0001auth=Bearer ${secret.accessToken}\u0001\u0001`
    return { method: 'XOAUTH2', tries: [{ initial, identity: null }] }
  }
  const tries = secret.smtpIdentities.map((identity) => ({
    initial: identity === 'address' ? user : '',
    identity,
  }))
  return { method: 'EXTERNAL', tries }
}

/** Name of our login for nodemailer, which would replace XOAUTH2 by another mechanism when it holds no token itself. */
const hook = 'SOUSPLI'

/**
 * PLAIN, XOAUTH2 or EXTERNAL, through nodemailer's hook because it also tells what the server offers. Errors:
 * `auth.mechanism-unavailable`, `auth.failed`, `auth.external-refused`, `smtp.failed`, `net.closed`.
 */
export const authenticate = (
  connection: SMTPConnection,
  host: string,
  user: string,
  secret: Credentials,
): Promise<Outcome<Offer>> => {
  const { method, tries } = mechanismOf(user, secret)
  const refused = (): Outcome<never> =>
    secret.kind === 'card'
      ? fail('auth.external-refused', { retry: 'after-change', details: { host } })
      : fail('auth.failed', { retry: 'after-login' })
  return new Promise((resolve) => {
    const settled = { done: false }
    const settle = (outcome: Outcome<Offer>) => {
      settled.done = true
      resolve(outcome)
    }
    const handler = async (context: SMTPConnectionCustomAuthContext): Promise<void> => {
      const unavailable = fail('auth.mechanism-unavailable', { details: { mechanism: method } })
      // nodemailer tells of the mechanisms it knows itself; EXTERNAL is asked for.
      if (method !== 'EXTERNAL' && !context.authMethods.includes(method)) {
        settle(unavailable)
        return
      }
      for (const { initial, identity } of tries) {
        // RFC 4954: « = » is an empty initial response.
        const response = Buffer.from(initial, 'utf8').toString('base64') || '='
        let reply = await context.sendCommand(`AUTH ${method} ${response}`)
        // XOAUTH2 sends its reason in a challenge that wants an empty answer.
        if (reply.status === 334) reply = await context.sendCommand('')
        if (reply.status === 235) {
          settle(ok({ maxMessageSize: context.maxAllowedSize || null, identity }))
          return
        }
        if (reply.status === 504) {
          settle(unavailable)
          return
        }
        if (reply.status >= 400 && reply.status < 500) {
          settle(fail('smtp.failed', { retry: 'later' }))
          return
        }
      }
      settle(refused())
    }
    connection.customAuth.set(hook, handler)
    connection.once('end', () => {
      if (!settled.done) resolve(fail('net.closed', { retry: 'later' }))
    })
    connection.login({ method: hook, user, pass: 'unused' }, (error) => {
      if (error && !settled.done) resolve(fail('net.closed', { retry: 'later', cause: error }))
    })
  })
}
