import type SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { SMTPConnectionCustomAuthContext } from 'nodemailer/lib/smtp-connection'
import { fail, ok, type Outcome } from '../../contract/errors.ts'
import { isByCertificate, type Credentials, type ExternalIdentity } from '../net/credentials.ts'
import { exchangesOf, offeredExchanges } from '../net/sasl.ts'

/** What a server told of itself while letting us in. */
export interface Offer {
  /** Bytes (RFC 1870), null when the server does not say. */
  maxMessageSize: number | null
  /** Who the server let SASL EXTERNAL be; null for other logins. */
  identity: ExternalIdentity | null
}

/** Name of our login for nodemailer, which would replace XOAUTH2 by another mechanism when it holds no token itself. */
const hook = 'SOUSPLI'

/** Mechanisms of the answer to EHLO, upper case; nodemailer tells of those it knows itself only. */
const offeredMechanisms = (ehlo: string): ReadonlySet<string> =>
  new Set(
    ehlo
      .split(/\r?\n/)
      .flatMap(
        (line) =>
          /^250[ -]AUTH[ =](.*)$/i
            .exec(line)?.[1]
            ?.toUpperCase()
            .split(/[\s=]+/) ?? [],
      )
      .filter((name) => name !== ''),
  )

/** SIZE of the answer to EHLO (RFC 1870); null when there is none. */
const offeredSize = (ehlo: string): number | null => {
  const told = Number(/^250[ -]SIZE[ =](\d{1,15})\s*$/im.exec(ehlo)?.[1] ?? 0)
  return told > 0 ? told : null
}

/**
 * Logs in by the best mechanism that the credentials allow and the server offers, through nodemailer's hook because it also tells
 * what the server offers. Errors: `auth.mechanism-unavailable`, `auth.failed`, `auth.external-refused`, `smtp.failed`,
 * `net.closed`.
 */
export const authenticate = (
  connection: SMTPConnection,
  login: { user: string; host: string; port: number },
  secret: Credentials,
): Promise<Outcome<Offer>> => {
  const { host } = login
  const possible = exchangesOf('smtp', login, secret)
  if (!possible.ok) return Promise.resolve(possible)
  // The answer to the EHLO that was sent over TLS: nothing was asked since.
  const ehlo = connection.lastServerResponse || ''
  const mechanisms = offeredMechanisms(ehlo)
  if (isByCertificate(secret) && secret.smtpIdentities.includes('none')) {
    const alone = secret.smtpIdentities.length === 1
    if (alone || mechanisms.size === 0)
      return Promise.resolve(ok({ maxMessageSize: offeredSize(ehlo), identity: 'none' }))
  }
  const exchanges = offeredExchanges(possible.value, (name) => mechanisms.has(name))
  const unavailable = fail('auth.mechanism-unavailable', {
    retry: 'after-change',
    details: { host, mechanism: possible.value[0]?.mechanism ?? '' },
  })
  if (exchanges.length === 0) return Promise.resolve(unavailable)
  const refused = (): Outcome<never> =>
    exchanges.some(({ mechanism }) => mechanism === 'EXTERNAL')
      ? fail('auth.external-refused', { retry: 'after-change', details: { host } })
      : fail('auth.failed', { retry: 'after-login', details: { host } })
  return new Promise((resolve) => {
    const settled = { done: false }
    const settle = (outcome: Outcome<Offer>) => {
      settled.done = true
      resolve(outcome)
    }
    const handler = async (context: SMTPConnectionCustomAuthContext): Promise<void> => {
      for (const { mechanism, initial, ending, identity } of exchanges) {
        // RFC 4954: « = » is an empty initial response.
        const response = Buffer.from(initial, 'utf8').toString('base64') || '='
        let reply = await context.sendCommand(`AUTH ${mechanism} ${response}`)
        // A refused token has its reason in a challenge that wants an answer.
        if (reply.status === 334)
          reply = await context.sendCommand(
            mechanism === 'EXTERNAL' ? ending : Buffer.from(ending).toString('base64'),
          )
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
    connection.login({ method: hook, user: login.user, pass: 'unused' }, (error) => {
      if (error && !settled.done) resolve(fail('net.closed', { retry: 'later', cause: error }))
    })
  })
}
