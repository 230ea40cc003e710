import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { TLSSocket } from 'node:tls'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import { ok, type AppError, type Outcome } from '../../contract/errors.ts'
import type { OutboxRecipient } from '../../vault/index.ts'
import type { ImapEndpoint } from '../imap/connection.ts'
import { cardTlsError } from '../../card-tls/index.ts'
import { openByCard } from '../net/card-connection.ts'
import {
  isByCertificate,
  loginWithRenewal,
  type AskCredentials,
  type Credentials,
} from '../net/credentials.ts'
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
import { authenticate, type Offer } from './authentication.ts'

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

export interface SubmissionSession extends Offer {
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
  const secret = await credentials()
  if (!secret.ok) return secret
  const line = await openLine(verification, server, secret.value, signal)
  if (!line.ok) return line
  const { socket, secured } = line.value
  const connection = new SMTPConnection({
    host: server.host,
    port: server.port,
    connection: socket,
    secured,
    secure: secured,
    requireTLS: !secured,
    tls: tlsOptions(verification, server.host),
    // The machine's own name would tell the world where the user sits.
    name: '[127.0.0.1]',
    logger: false,
    greetingTimeout: 15_000,
    connectionTimeout: 15_000,
    socketTimeout: replyTimeout,
    customAuth: {},
  })
  nameEachRecipient(connection)
  signal.addEventListener('abort', () => {
    connection.close()
  })
  try {
    return await logIn(connection, verification, { user, host: server.host, port: server.port }, secret.value)
  } catch (cause) {
    socket.destroy()
    return { ok: false, error: cause instanceof Failure ? cause.outcome : networkError(cause, server.host) }
  }
}

/** What nodemailer speaks over: a plain connection it starts TLS on, or one that is already secure. */
const openLine = async (
  verification: PeerVerification,
  server: ImapEndpoint,
  secret: Credentials,
  signal: AbortSignal,
): Promise<Outcome<{ socket: Socket; secured: boolean }>> => {
  if (isByCertificate(secret)) {
    const secured = await openByCard(verification, 'smtp', server, secret, signal)
    // Typed as a socket, used as a stream with the three methods that MailSocket has.
    return secured.ok ? ok({ socket: secured.value as unknown as Socket, secured: true }) : secured
  }
  const tcp = await openTcp(verification.resolver, server.host, server.port, signal)
  if (!tcp.ok) return tcp
  if (server.security === 'starttls') return ok({ socket: tcp.value, secured: false })
  try {
    return ok({ socket: await handshake(tcp.value, server.host, verification), secured: true })
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
  login: { user: string; host: string; port: number },
  secret: Credentials,
): Promise<Outcome<SubmissionSession>> => {
  const { host } = login
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
  // What a certificate secured was verified before it signed.
  if (!isByCertificate(secret)) {
    if (!(socket instanceof TLSSocket))
      return stop({ code: 'tls.starttls-missing', retry: 'after-change', details: { host } })
    const verified = await verifyPeer(socket, host, verification)
    if (!verified.ok) return stop(verified.error)
  }
  const offer = await authenticate(connection, login, secret)
  if (!offer.ok) return stop(offer.error.code === 'net.closed' ? connectError(lost, host) : offer.error)
  return ok({
    ...offer.value,
    send: (envelope, mime) => send(connection, envelope, mime, host),
    close: () => {
      connection.quit()
    },
  })
}

const connectError = (cause: unknown, host: string): AppError => {
  const byCard = cardTlsError(cause)
  if (byCard) return byCard
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

/** Notices wanted (RFC 3461). */
const deliveryNotices = ({ id, success }: Envelope) =>
  id === null
    ? { notify: ['NEVER'] }
    : { ret: 'HDRS', envid: id, notify: [...(success ? ['SUCCESS'] : []), 'FAILURE', 'DELAY'] }

/** What nodemailer (pinned) keeps of an envelope while it says it: one ORCPT for all recipients. */
interface SaidEnvelope {
  _envelope: { dsn?: { envid: string | null; orcpt: string | null } | null }
  _sendRcpt: (recipient: string, callback: unknown) => void
}

/** Each recipient is named as he was written to (ORCPT, RFC 3461 §4.2): a report about him says so wherever it was redirected. */
const nameEachRecipient = (connection: SMTPConnection): void => {
  const said = connection as unknown as SaidEnvelope
  const sendRcpt = said._sendRcpt.bind(connection)
  said._sendRcpt = (recipient, callback) => {
    const { dsn } = said._envelope
    // Other alphabets have a form of their own (RFC 6533), which no server here needs.
    const plain = /^[\x21-\x7e]+$/.test(recipient)
    if (dsn?.envid != null) dsn.orcpt = plain ? `rfc822;${recipient}` : null
    sendRcpt(recipient, callback)
  }
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
