import { Socket } from 'node:net'
import { ImapFlow, type ImapTransport, type MailboxLockObject, type MailboxOpenOptions } from 'imapflow'
import { fail, ok, type AppError, type Outcome } from '../../contract/errors.ts'
import { cardTlsError } from '../../card-tls/index.ts'
import { openByCard, type MailSocket } from '../net/card-connection.ts'
import {
  isByCertificate,
  loginWithRenewal,
  type AskCredentials,
  type Credentials,
  type ExternalIdentity,
} from '../net/credentials.ts'
import { Failure } from '../net/failure.ts'
import { connection as connectionTrace, traceCommands, type TraceExchange } from '../traced.ts'
import { errorCode, networkError, openTcp, secureSocket, type PeerVerification } from '../net/peer.ts'
import { authenticateWith, placeholder } from './authentication.ts'

export interface ImapEndpoint {
  host: string
  port: number
  security: 'starttls' | 'tls'
}

export interface ImapOptions {
  idle: boolean
  signal: AbortSignal
  /** Who the server let SASL EXTERNAL be. */
  onIdentity?: (identity: ExternalIdentity) => void
  /** Takes note of what is asked of the mailbox. */
  trace?: TraceExchange | undefined
}

/**
 * A logged-in IMAP connection. TLS is mandatory, the server is verified before the credentials are sent, and an
 * `error` listener is there before anything can fail. `idle` makes it wait by IDLE when nothing is asked. Errors: net.*, tls.*, auth.failed, imap.*.
 */
export const openImap = async (
  verification: PeerVerification,
  server: ImapEndpoint,
  user: string,
  credentials: AskCredentials,
  options: ImapOptions,
): Promise<Outcome<ImapFlow>> => {
  const opened = await loginWithRenewal(credentials, (ask) =>
    connectOnce(verification, server, user, ask, options),
  )
  if (!options.signal.aborted)
    options.trace?.(connectionTrace(user, server, 'IMAP', opened.ok ? null : opened.error))
  return opened
}

/** So long without a byte ends a connection, in milliseconds. */
export const silence = 45_000

const connectOnce = async (
  verification: PeerVerification,
  server: ImapEndpoint,
  user: string,
  credentials: AskCredentials,
  options: ImapOptions,
): Promise<Outcome<ImapFlow>> => {
  const secret = await credentials()
  if (!secret.ok) return secret
  const line = await openLine(verification, server, secret.value, options.signal)
  if (!line.ok) return line
  const heard: Heard = { refusal: undefined }
  const client = new ImapFlow({
    ...connectionOptions(server, line.value),
    logger: listeningFor(heard),
    auth:
      secret.value.kind === 'password'
        ? { user: secret.value.user ?? user, pass: secret.value.password }
        : { user, accessToken: placeholder },
    qresync: true,
    // DEFLATE costs more time than it saves on the links measured (machine-and-peers.md §4).
    disableCompression: true,
    disableAutoIdle: !options.idle,
    autoIdleDelay: 200,
    // In IDLE, or while a folder is held, a NOOP asks first (which also starts IDLE again): a line that is dead is noticed within
    // twice that.
    socketTimeout: silence,
    maxIdleTime: 25 * 60_000,
    maxLiteralSize: 256 * 1024 * 1024,
    maxLineLength: 16 * 1024 * 1024,
  })
  // PLAIN, else LOGIN, are the library's own, over TLS alike.
  if (secret.value.kind !== 'password')
    authenticateWith(client, { user, host: server.host, port: server.port }, secret.value, (identity) =>
      options.onIdentity?.(identity),
    )
  if (options.trace) traceCommands(client, user, options.trace)
  refusals.set(client, heard)
  // Without a listener an error after connect() would end the process.
  client.on('error', () => undefined)
  const abort = () => {
    client.close()
  }
  options.signal.addEventListener('abort', abort)
  try {
    await client.connect()
    return ok(client)
  } catch (cause) {
    client.close()
    line.value.socket.destroy()
    const error = imapError(cause, server.host)
    return { ok: false, error: isByCertificate(secret.value) ? certificateRefusal(error) : error }
  } finally {
    options.signal.removeEventListener('abort', abort)
  }
}

/** What imapflow speaks over: a plain connection it starts TLS on, or one that the card has secured. */
interface Line {
  socket: Socket | MailSocket
  secured: boolean
  transport: ImapTransport
}

const openLine = async (
  verification: PeerVerification,
  server: ImapEndpoint,
  secret: Credentials | null,
  signal: AbortSignal,
): Promise<Outcome<Line>> => {
  if (secret && isByCertificate(secret)) {
    const secured = await openByCard(verification, 'imap', server, secret, signal)
    if (!secured.ok) return secured
    const socket = secured.value
    const connect: ImapTransport['connect'] = (_options, onConnect) => {
      setImmediate(onConnect)
      return socket
    }
    return ok({ socket, secured: true, transport: { connect } })
  }
  const tcp = await openTcp(verification.resolver, server.host, server.port, signal)
  if (!tcp.ok) return tcp
  const transport = verifiedTransport(verification, tcp.value, server.host)
  return ok({ socket: tcp.value, secured: false, transport })
}

/** The certificate was good enough for TLS: what is refused is the mailbox. */
const certificateRefusal = (error: AppError): AppError =>
  error.code === 'auth.failed' ? { ...error, code: 'auth.external-refused', retry: 'after-change' } : error

/** What the server last refused. imapflow tells it to its logger only, and answers `false`. */
interface Heard {
  refusal: unknown
}
const refusals = new WeakMap<ImapFlow, Heard>()

const listeningFor = (heard: Heard) => ({
  debug: () => undefined,
  info: () => undefined,
  warn: (entry: unknown) => {
    if (typeof entry === 'object' && entry !== null && 'err' in entry) heard.refusal = entry.err
  },
  error: () => undefined,
  // Nothing is written anywhere: no entry below a warning need be made.
  isLevelEnabled: (level: string) => level === 'warn',
})

/** Why the server refused the command that has just answered `false`: an error for `imapError`. */
export const refusalOf = (client: ImapFlow): unknown =>
  refusals.get(client)?.refusal ?? new Failure({ code: 'imap.failed', retry: 'no' })

const connectionOptions = (server: ImapEndpoint, line: Line) => ({
  host: server.host,
  port: server.port,
  // Asking for STARTTLS where TLS came first is a fault to the library.
  ...(line.secured || server.security === 'tls' ? { secure: true } : { secure: false, doSTARTTLS: true }),
  transport: line.transport,
  logger: false as const,
  clientInfo: {
    name: 'SousPli',
    version: false as const,
    vendor: false as const,
    'support-url': false as const,
  },
  greetingTimeout: 15_000,
})

/**
 * What a server says it can do (`AUTH=…` among it, upper case) once TLS is up and its certificate verified, without any
 * login. Errors: net.*, tls.*, imap.*.
 */
export const serverCapabilities = async (
  verification: PeerVerification,
  server: ImapEndpoint,
  signal: AbortSignal,
): Promise<Outcome<ReadonlySet<string>>> => {
  const line = await openLine(verification, server, null, signal)
  if (!line.ok) return line
  const client = new ImapFlow({
    ...connectionOptions(server, line.value),
    socketTimeout: 15_000,
    maxLineLength: 64 * 1024,
  })
  client.on('error', () => undefined) // connect() says the same
  const abort = () => {
    client.close()
  }
  signal.addEventListener('abort', abort)
  try {
    await client.connect()
  } catch (cause) {
    // Without a login the library stops right before it, and says so as a failed login.
    if (!client.secureConnection || !has(cause, 'authenticationFailed'))
      return { ok: false, error: imapError(cause, server.host) }
  } finally {
    signal.removeEventListener('abort', abort)
  }
  const capabilities = new Set([...client.capabilities.keys()].map((name) => name.toUpperCase()))
  client.close()
  line.value.socket.destroy()
  return capabilities.size > 0 ? ok(capabilities) : fail('imap.protocol', { details: { host: server.host } })
}

const verifiedTransport = (verification: PeerVerification, socket: Socket, host: string): ImapTransport => ({
  connect: (options, onConnect) => {
    if (options.secure) return secureSocket(socket, host, verification, onConnect)
    setImmediate(onConnect)
    return socket
  },
  upgrade: (plain, _options, onSecure) => {
    if (!(plain instanceof Socket)) throw new Failure({ code: 'tls.handshake', retry: 'no' })
    return secureSocket(plain, host, verification, onSecure)
  },
})

const timeouts = new Set([
  'CONNECT_TIMEOUT',
  'GREETING_TIMEOUT',
  'UPGRADE_TIMEOUT',
  'ETIMEOUT',
  'LockTimeout',
])
const protocol =
  /^(ParserError|LineTooLarge|LiteralTooLarge|ResponseTooLarge|TooMany|InvalidResponse|UnexpectedTag)/

/** What imapflow throws, as one of our codes. */
export const imapError = (cause: unknown, host: string): AppError => {
  if (cause instanceof Failure) return cause.outcome
  const byCard = cardTlsError(cause)
  if (byCard) return byCard
  const code = errorCode(cause)
  const response = text(cause, 'serverResponseCode')
  const later = (mapped: AppError['code']): AppError => ({
    code: mapped,
    retry: 'later',
    details: { host },
    cause,
  })
  if (has(cause, 'authenticationFailed')) {
    if (isBusy(cause)) return later('imap.busy')
    return { code: 'auth.failed', retry: 'after-login', details: { host }, cause }
  }
  // Nothing was believed and nothing sent: whoever garbles the line now must not stop the mail for good.
  if (code === 'STARTTLS_INJECTION') return later('tls.handshake')
  if (timeouts.has(code)) return later('net.timeout')
  if (has(cause, 'tlsFailed')) {
    if (code !== '') return networkError(cause, host)
    return { code: 'tls.starttls-missing', retry: 'after-change', details: { host }, cause }
  }
  if (protocol.test(code)) return later('imap.protocol')
  if (isBusy(cause)) return later('imap.busy')
  if (response === 'NOPERM') return later('imap.no-permission')
  if (response === 'NONEXISTENT' || response === 'TRYCREATE') return later('imap.folder-gone')
  if (response === 'OVERQUOTA') return { code: 'imap.quota', retry: 'after-change', details: { host }, cause }
  if (text(cause, 'responseStatus') !== '') return later('imap.failed')
  if (/^(NoConnection|EConnectionClosed|ClosedAfterConnect|StateLogout)/.test(code))
    return later('net.closed')
  return code === '' ? later('imap.failed') : networkError(cause, host)
}

/** RFC 5530: nothing is wrong with what was asked, the server cannot now; some say it in words only, when greeting. */
const isBusy = (cause: unknown): boolean =>
  ['UNAVAILABLE', 'INUSE', 'LIMIT', 'SERVERBUG'].includes(text(cause, 'serverResponseCode')) ||
  /too many (?:simultaneous |concurrent )?(?:connections|sessions)|maximum number of connections/i.test(
    `${text(cause, 'response')} ${text(cause, 'responseText')} ${text(cause, 'reason')}`,
  )

const text = (cause: unknown, key: string): string => {
  const value: unknown = typeof cause === 'object' && cause !== null ? Reflect.get(cause, key) : undefined
  return typeof value === 'string' ? value : ''
}

const has = (cause: unknown, key: string): boolean =>
  typeof cause === 'object' && cause !== null && Reflect.get(cause, key) === true

/** The mailbox a client has selected; a connection lost meanwhile is `net.closed`. */
export const selectedMailbox = (client: ImapFlow) => {
  if (!client.mailbox) throw new Failure({ code: 'net.closed', retry: 'later' })
  return client.mailbox
}

/**
 * Selects a folder for exclusive use of the connection, with a fresh view: a folder that was already selected may not
 * know messages that arrived since, and commands on them would silently do nothing.
 */
export const lockFolder = async (
  client: ImapFlow,
  path: string,
  options: MailboxOpenOptions = {},
): Promise<MailboxLockObject> => {
  const wasOpen = client.mailbox && client.mailbox.path === path
  const lock = await client.getMailboxLock(path, options)
  try {
    if (wasOpen) await client.noop()
    return lock
  } catch (cause) {
    lock.release()
    throw cause
  }
}
