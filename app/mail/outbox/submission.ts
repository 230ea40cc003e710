import { Readable } from 'node:stream'
import { TLSSocket } from 'node:tls'
import SMTPConnection, { type SMTPConnectionCustomAuthContext } from 'nodemailer/lib/smtp-connection'
import { fail, ok, type AppError, type Outcome } from '../../contract/errors.ts'
import type { OutboxRecipient } from '../../vault/index.ts'
import type { ImapEndpoint } from '../imap/connection.ts'
import { loginWithRenewal, type AskCredentials, type Credentials } from '../net/credentials.ts'
import { Failure } from '../net/failure.ts'
import {
  errorCode,
  networkError,
  openTcp,
  secureSocket,
  tlsOptions,
  verifyPeer,
  type PeerVerification,
} from '../net/peer.ts'

/** What became of one attempt. `unknown`: the message was being transferred when the connection ended. */
export type Submission =
  | { kind: 'accepted'; recipients: OutboxRecipient[] }
  | { kind: 'refused'; recipients: OutboxRecipient[]; error: AppError }
  /** Nothing was taken; of the recipients, those refused for good are told. */
  | { kind: 'later'; recipients: OutboxRecipient[] | null; error: AppError }
  | { kind: 'unknown' }

export interface Envelope {
  /** Empty for a read receipt (RFC 8098 §3). */
  from: string
  to: string[]
  /** ENVID; null asks for no report at all. */
  id: string | null
  /** Success is reported too, not only trouble. */
  success: boolean
}

export interface SubmissionSession {
  /** Bytes (RFC 1870), null when the server does not say. */
  maxMessageSize: number | null
  send: (envelope: Envelope, mime: Uint8Array) => Promise<Submission>
  close: () => void
}

/**
 * A logged-in submission session (RFC 6409): TCP, STARTTLS, the server's certificate verified, then only the
 * credentials. Errors: net.*, tls.*, auth.*, smtp.failed.
 */
export const openSubmission = (
  verification: PeerVerification,
  server: ImapEndpoint,
  user: string,
  credentials: AskCredentials,
  signal: AbortSignal,
  replyTimeout: number = longestReply,
): Promise<Outcome<SubmissionSession>> =>
  loginWithRenewal(credentials, (ask) => openOnce(verification, server, user, ask, signal, replyTimeout))

/** Milliseconds a server may take to answer, the end of DATA included: it may look for viruses meanwhile. */
const longestReply = 300_000

const openOnce = async (
  verification: PeerVerification,
  server: ImapEndpoint,
  user: string,
  credentials: AskCredentials,
  signal: AbortSignal,
  replyTimeout: number,
): Promise<Outcome<SubmissionSession>> => {
  const tcp = await openTcp(verification.resolver, server.host, server.port, signal)
  if (!tcp.ok) return tcp
  try {
    const implicit = server.security === 'tls'
    const socket = implicit ? await handshake(tcp.value, server.host, verification) : tcp.value
    const connection = new SMTPConnection({
      host: server.host,
      port: server.port,
      connection: socket,
      secured: implicit,
      secure: implicit,
      requireTLS: !implicit,
      tls: tlsOptions(verification, server.host),
      // The machine's own name would tell the world where the user sits.
      name: '[127.0.0.1]',
      logger: false,
      greetingTimeout: 15_000,
      connectionTimeout: 15_000,
      socketTimeout: replyTimeout,
      customAuth: {},
    })
    signal.addEventListener('abort', () => {
      connection.close()
    })
    return await logIn(connection, verification, server.host, user, credentials)
  } catch (cause) {
    tcp.value.destroy()
    return { ok: false, error: cause instanceof Failure ? cause.outcome : networkError(cause, server.host) }
  }
}

const handshake = (
  socket: Parameters<typeof secureSocket>[0],
  host: string,
  verification: PeerVerification,
): Promise<TLSSocket> =>
  new Promise((resolve, reject) => {
    const secured = secureSocket(socket, host, verification, () => {
      secured.off('error', reject)
      resolve(secured)
    })
    secured.once('error', reject)
  })

const logIn = async (
  connection: SMTPConnection,
  verification: PeerVerification,
  host: string,
  user: string,
  credentials: AskCredentials,
): Promise<Outcome<SubmissionSession>> => {
  let lost: unknown = null
  connection.on('error', (error: unknown) => (lost ??= error))
  const stop = (error: AppError): Outcome<never> => {
    connection.close()
    return { ok: false, error }
  }
  const connected = await new Promise<unknown>((resolve) => {
    connection.once('error', resolve)
    connection.once('end', () => {
      resolve(lost ?? new Error('closed'))
    })
    connection.connect((error) => {
      resolve(error ?? null)
    })
  })
  if (connected !== null) return stop(connectError(connected, host))
  const socket = connection._socket
  if (!(socket instanceof TLSSocket))
    return stop({ code: 'tls.starttls-missing', retry: 'after-change', details: { host } })
  const verified = await verifyPeer(socket, host, verification)
  if (!verified.ok) return stop(verified.error)
  const secret = await credentials()
  if (!secret.ok) return stop(secret.error)
  const offer = await authenticate(connection, user, secret.value)
  if (!offer.ok) return stop(offer.error.code === 'net.closed' ? connectError(lost, host) : offer.error)
  return ok({
    maxMessageSize: offer.value.maxMessageSize,
    send: (envelope, mime) => send(connection, envelope, mime, host),
    close: () => {
      connection.quit()
    },
  })
}

interface Offer {
  maxMessageSize: number | null
}

/** Name of our login for nodemailer, which would replace XOAUTH2 by another mechanism when it holds no token itself. */
const hook = 'SOUSPLI'

/** PLAIN or XOAUTH2, through nodemailer's hook because it also tells what the server offers. */
const authenticate = (
  connection: SMTPConnection,
  user: string,
  secret: Credentials,
): Promise<Outcome<Offer>> => {
  const method = secret.kind === 'password' ? 'PLAIN' : 'XOAUTH2'
  const initial =
    secret.kind === 'password'
      ? `\u0000${user}\u0000${secret.password}`
      : `user=${user}\u0001auth=Bearer ${secret.accessToken}\u0001\u0001`
  return new Promise((resolve) => {
    const settled = { done: false }
    const settle = (outcome: Outcome<Offer>) => {
      settled.done = true
      resolve(outcome)
    }
    const handler = async (context: SMTPConnectionCustomAuthContext): Promise<void> => {
      if (!context.authMethods.includes(method)) {
        settle(fail('auth.mechanism-unavailable', { details: { mechanism: method } }))
        return
      }
      let reply = await context.sendCommand(
        `AUTH ${method} ${Buffer.from(initial, 'utf8').toString('base64')}`,
      )
      // XOAUTH2 sends its reason in a challenge that wants an empty answer.
      if (reply.status === 334) reply = await context.sendCommand('')
      if (reply.status === 235) settle(ok({ maxMessageSize: context.maxAllowedSize || null }))
      else if (reply.status >= 400 && reply.status < 500) settle(fail('smtp.failed', { retry: 'later' }))
      else settle(fail('auth.failed', { retry: 'after-login' }))
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

const connectError = (cause: unknown, host: string): AppError => {
  const original = property(cause, 'originalCode')
  const code = errorCode(cause)
  if (typeof original === 'string') return networkError({ code: original }, host)
  if (code === 'ETLS' && property(cause, 'command') === 'STARTTLS')
    return { code: 'tls.starttls-missing', retry: 'after-change', details: { host }, cause }
  if (code === 'ETLS') return { code: 'tls.handshake', retry: 'later', details: { host }, cause }
  if (code === 'ETIMEDOUT') return { code: 'net.timeout', retry: 'later', details: { host }, cause }
  return { code: 'net.closed', retry: 'later', details: { host }, cause }
}

const property = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined

const send = (
  connection: SMTPConnection,
  envelope: Envelope,
  mime: Uint8Array,
  host: string,
): Promise<Submission> =>
  new Promise((resolve) => {
    let started = false
    const source = Readable.from(
      (function* () {
        started = true
        for (let at = 0; at < mime.byteLength; at += 65_536) yield Buffer.from(mime.subarray(at, at + 65_536))
      })(),
      { objectMode: false },
    )
    connection.send(
      {
        from: envelope.from,
        to: envelope.to,
        size: mime.byteLength,
        dsn: deliveryNotices(envelope),
      },
      source,
      (error, info) => {
        if (error) resolve(failedSubmission(error, envelope.to, started, host))
        else {
          const rejected = refusals(info?.rejectedErrors)
          const taken = { accepted: true, response: info?.response ?? '' }
          resolve({ kind: 'accepted', recipients: answers(envelope.to, rejected, taken) })
        }
      },
    )
  })

/** Notices wanted (RFC 3461). One ORCPT is all that nodemailer can say: only where there is one recipient. */
const deliveryNotices = ({ id, to, success }: Envelope) =>
  id === null
    ? { notify: ['NEVER'] }
    : {
        ret: 'HDRS',
        envid: id,
        notify: [...(success ? ['SUCCESS'] : []), 'FAILURE', 'DELAY'],
        ...(to.length === 1 && to[0] !== undefined ? { orcpt: `rfc822;${to[0]}` } : {}),
      }

const refusals = (errors: unknown): Map<string, Refusal> => {
  const byAddress = new Map<string, Refusal>()
  for (const error of Array.isArray(errors) ? (errors as unknown[]) : []) {
    const recipient = property(error, 'recipient')
    const response = property(error, 'response')
    const code = property(error, 'responseCode')
    if (typeof recipient !== 'string') continue
    const text = typeof response === 'string' ? response : ''
    byAddress.set(recipient, { response: text, temporary: typeof code === 'number' && code < 500 })
  }
  return byAddress
}

/** A busy server's « later » is no answer yet: null keeps the recipient waiting. */
const answers = (
  to: string[],
  rejected: Map<string, Refusal>,
  others: { accepted: boolean | null; response: string },
): OutboxRecipient[] =>
  to.map((address) => {
    const refused = rejected.get(address)
    if (!refused) return { address, ...others }
    return { address, accepted: refused.temporary ? null : false, response: refused.response }
  })

const failedSubmission = (error: unknown, to: string[], started: boolean, host: string): Submission => {
  const status = property(error, 'responseCode')
  const command = property(error, 'command')
  const response = typeof property(error, 'response') === 'string' ? String(property(error, 'response')) : ''
  const rejected = refusals(property(error, 'rejectedErrors'))
  if (typeof status !== 'number') {
    if (errorCode(error) === 'EMESSAGE') return refusal('smtp.too-large', to, response)
    return started
      ? { kind: 'unknown' }
      : { kind: 'later', recipients: null, error: networkError(error, host) }
  }
  const busy: AppError = { code: 'smtp.busy', retry: 'later', details: { host } }
  const putOff = [...rejected.values()].some((one) => one.temporary)
  if (command === 'RCPT TO' && putOff)
    return {
      kind: 'later',
      recipients: answers(to, rejected, { accepted: null, response }),
      error: busy,
    }
  if (status < 500) return { kind: 'later', recipients: null, error: busy }
  if (command === 'RCPT TO') {
    const first = [...rejected.keys()][0] ?? ''
    return {
      kind: 'refused',
      recipients: answers(to, rejected, { accepted: false, response }),
      error: { code: 'smtp.all-recipients-refused', retry: 'after-change', details: { address: first } },
    }
  }
  if (status === 552 || /\b5\.3\.4\b/.test(response)) return refusal('smtp.too-large', to, response)
  if (command === 'MAIL FROM') return refusal('smtp.sender-refused', to, response)
  return refusal('smtp.rejected', to, response)
}

interface Refusal {
  response: string
  temporary: boolean
}

const refusal = (code: AppError['code'], to: string[], response: string): Submission => ({
  kind: 'refused',
  recipients: to.map((address) => ({ address, accepted: false, response })),
  error: { code, retry: 'after-change' },
})
