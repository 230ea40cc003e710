import type { ImapFlow } from 'imapflow'
import imapCommands from 'imapflow/lib/imap-commands.js'
import type { ExternalIdentity } from '../net/credentials.ts'
import { Failure } from '../net/failure.ts'
import { execOf } from './commands.ts'

/**
 * SASL EXTERNAL (RFC 4422 appendix A), which imapflow lacks: this client's own list of commands gets another AUTHENTICATE.
 * The identities are asked for in order on the one connection, whose signature is made; `onAccepted` tells which one the
 * server took.
 */
export const authenticateExternally = (
  client: ImapFlow,
  host: string,
  address: string,
  identities: readonly ExternalIdentity[],
  onAccepted: (identity: ExternalIdentity) => void,
): void => {
  const authenticate = async (): Promise<string> => {
    if (!client.capabilities.has('AUTH=EXTERNAL'))
      throw new Failure({
        code: 'auth.mechanism-unavailable',
        retry: 'after-change',
        details: { host, mechanism: 'EXTERNAL' },
      })
    let refusal: unknown = null
    for (const identity of identities) {
      try {
        await attempt(client, identity === 'address' ? address : '')
        onAccepted(identity)
        return address
      } catch (cause) {
        if (!isRefusal(cause)) throw cause
        refusal = asLibraryTells(cause)
      }
    }
    throw refusal
  }
  Reflect.set(client, 'commands', new Map([...imapCommands, ['AUTHENTICATE', authenticate]]))
}

/** What `auth` must hold for imapflow to run AUTHENTICATE at all; it is never sent. */
export const placeholder = 'external'

const attempt = async (client: ImapFlow, identity: string): Promise<void> => {
  const answer = Buffer.from(identity, 'utf8').toString('base64')
  // RFC 4959: « = » is an empty initial response.
  const initial = client.capabilities.has('SASL-IR') ? [{ type: 'ATOM', value: answer || '=' }] : []
  let waiting = initial.length === 0
  const done = await execOf(client)('AUTHENTICATE', [{ type: 'ATOM', value: 'EXTERNAL' }, ...initial], {
    onPlusTag: () => {
      // A second challenge is no EXTERNAL any more: the exchange is given up (RFC 9051 §6.2.2).
      Reflect.apply(writeOf(client), client, [waiting ? answer : '*'])
      waiting = false
      return Promise.resolve()
    },
  })
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
const asLibraryTells = (cause: Error): Error => {
  const code = at(cause, 'response', 'attributes', 0, 'section', 0, 'value')
  return Object.assign(cause, {
    authenticationFailed: true,
    ...(typeof code === 'string' ? { serverResponseCode: code.toUpperCase() } : {}),
  })
}
