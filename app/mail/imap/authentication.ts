import type { ImapFlow } from 'imapflow'
import imapCommands from 'imapflow/lib/imap-commands.js'
import type { Credentials, ExternalIdentity } from '../net/credentials.ts'
import { Failure, must } from '../net/failure.ts'
import { exchangesOf, offeredExchanges, refusalStatus, type Exchange } from '../net/sasl.ts'
import { execOf } from './commands.ts'

/**
 * Our own SASL exchanges in place of imapflow's: it has no EXTERNAL and prefers OAUTHBEARER, where ECO.1.2.1 asks XOAUTH2. This
 * client's own list of commands gets another AUTHENTICATE. The exchanges of the mechanism are tried in order on the one connection;
 * `onAccepted` tells who the server let EXTERNAL be.
 */
export const authenticateWith = (
  client: ImapFlow,
  login: { user: string; host: string; port: number },
  secret: Credentials,
  onAccepted: (identity: ExternalIdentity) => void,
): void => {
  const authenticate = async (): Promise<string> => {
    const possible = must(exchangesOf('imap', login, secret))
    const exchanges = offeredExchanges(possible, (name) => client.capabilities.has(`AUTH=${name}`))
    if (exchanges.length === 0)
      throw new Failure({
        code: 'auth.mechanism-unavailable',
        retry: 'after-change',
        details: { host: login.host, mechanism: possible[0]?.mechanism ?? '' },
      })
    let refusal: unknown = null
    for (const exchange of exchanges) {
      const heard: Heard = { status: null }
      try {
        await attempt(client, exchange, heard)
        if (exchange.identity) onAccepted(exchange.identity)
        return login.user
      } catch (cause) {
        if (!isRefusal(cause)) throw cause
        refusal = asLibraryTells(cause, heard)
      }
    }
    throw refusal
  }
  Reflect.set(client, 'commands', new Map([...imapCommands, ['AUTHENTICATE', authenticate]]))
}

/** What `auth` must hold for imapflow to run AUTHENTICATE at all; it is never sent. */
export const placeholder = 'souspli'

/** Why the server says it refuses a token. */
interface Heard {
  status: string | null
}

const attempt = async (client: ImapFlow, exchange: Exchange, heard: Heard): Promise<void> => {
  const answer = Buffer.from(exchange.initial, 'utf8').toString('base64')
  // RFC 4959: « = » is an empty initial response.
  const initial = client.capabilities.has('SASL-IR')
    ? [{ type: 'ATOM', value: answer || '=', sensitive: true }]
    : []
  // EXTERNAL has no second challenge: the exchange is given up (RFC 9051 §6.2.2).
  const ending =
    exchange.mechanism === 'EXTERNAL' ? exchange.ending : Buffer.from(exchange.ending).toString('base64')
  let waiting = initial.length === 0
  const done = await execOf(client)(
    'AUTHENTICATE',
    [{ type: 'ATOM', value: exchange.mechanism }, ...initial],
    {
      onPlusTag: (challenge) => {
        const text = at(challenge, 'attributes', 0, 'value')
        if (!waiting && typeof text === 'string') heard.status = refusalStatus(text)
        Reflect.apply(writeOf(client), client, [waiting ? answer : ending])
        waiting = false
        return Promise.resolve()
      },
    },
  )
  done.next()
}

const writeOf = (client: ImapFlow): ((line: string) => void) => {
  const write: unknown = Reflect.get(client, 'write')
  if (typeof write !== 'function') throw new Failure({ code: 'core.internal', retry: 'no' })
  return write as (line: string) => void
}

const at = (value: unknown, ...keys: (string | number)[]): unknown =>
  keys.reduce<unknown>(
    (inside, key) => (typeof inside === 'object' && inside !== null ? Reflect.get(inside, key) : undefined),
    value,
  )

const isRefusal = (cause: unknown): cause is Error =>
  cause instanceof Error && ['NO', 'BAD'].includes(String(at(cause, 'responseStatus')))

/** The refusal with what the library's own mechanisms add to it: that it is one, and its response code (RFC 5530). */
const asLibraryTells = (cause: Error, { status }: Heard): Error => {
  const code = at(cause, 'response', 'attributes', 0, 'section', 0, 'value')
  return Object.assign(cause, {
    authenticationFailed: true,
    ...(typeof code === 'string' ? { serverResponseCode: code.toUpperCase() } : {}),
    ...(status === null ? {} : { oauthStatus: status }),
  })
}
