import type { TLSSocket } from 'node:tls'
import type { Socket } from 'node:net'
import { fail, ok, type Outcome } from '../../contract/errors.ts'
import type { Server } from '../../contract/accounts.ts'
import { networkError, openTcp, secureSocket, type PeerVerification } from './peer.ts'
import { startTls } from './starttls.ts'

/** A server that greets at more length than this is not one of ours. */
const maxGreeting = 16 * 1024
const answerMilliseconds = 10_000

const words = {
  imap: {
    greeting: /^\*[^\n]*\n/,
    welcome: /^\* (OK|PREAUTH)\b/i,
    not: 'imap.protocol',
    bye: 'P1 LOGOUT\r\n',
  },
  smtp: { greeting: /^\d{3} [^\n]*\n/m, welcome: /^220[ -]/, not: 'smtp.failed', bye: 'QUIT\r\n' },
} as const

/** One step that ends by itself, by an error of the socket, or by its time. */
const step = <T>(
  socket: Socket,
  host: string,
  begin: (settle: (outcome: Outcome<T>) => void) => () => void,
): Promise<Outcome<T>> =>
  new Promise((resolve) => {
    const settle = (outcome: Outcome<T>): void => {
      clearTimeout(timer)
      socket.off('error', onError).off('close', onClose)
      undo()
      resolve(outcome)
    }
    const onError = (error: Error): void => settle({ ok: false, error: networkError(error, host) })
    const onClose = (): void => settle(fail('net.closed', { retry: 'later', details: { host } }))
    const timer = setTimeout(
      () => settle(fail('net.timeout', { retry: 'later', details: { host } })),
      answerMilliseconds,
    )
    socket.on('error', onError).on('close', onClose)
    const undo = begin(settle)
  })

const greeted = (socket: Socket, service: 'imap' | 'smtp', host: string): Promise<Outcome<null>> =>
  step(socket, host, (settle) => {
    const { greeting, welcome, not } = words[service]
    let heard = ''
    const onData = (chunk: Buffer): void => {
      heard += chunk.toString('latin1')
      if (!greeting.test(heard) && heard.length <= maxGreeting) return
      settle(welcome.test(heard) ? ok(null) : fail(not, { retry: 'later', details: { host } }))
    }
    socket.on('data', onData)
    return () => void socket.off('data', onData)
  })

/**
 * Goes as far with a mail server as the mail does before it logs in: name, connection, STARTTLS, the server's certificate
 * (architecture §7.4), greeting. Errors: `net.dns`, `net.unreachable`, `net.timeout`, `net.closed`, `tls.*`, `imap.*`,
 * `smtp.*`.
 */
export const probeServer = async (
  verification: PeerVerification,
  { service, server }: { service: 'imap' | 'smtp'; server: Server },
  signal: AbortSignal,
): Promise<Outcome<null>> => {
  const { host, port, security } = server
  const opened = await openTcp(verification.resolver, host, port, signal)
  if (!opened.ok) return opened
  const plain = opened.value
  // What fails is heard by the step that waits then; between two steps nobody does.
  plain.on('error', () => undefined)
  const stop = (): void => void plain.destroy()
  signal.addEventListener('abort', stop)
  try {
    if (security === 'starttls') {
      const agreed = await startTls(plain, service, { host, signal })
      if (!agreed.ok) return agreed
    }
    const verified = await step<TLSSocket>(plain, host, (settle) => {
      const socket = secureSocket(plain, host, verification, () => settle(ok(socket)))
      socket.on('error', (error) => settle({ ok: false, error: networkError(error, host) }))
      return () => undefined
    })
    if (!verified.ok) return verified
    const greeting = security === 'tls' ? await greeted(verified.value, service, host) : ok(null)
    if (greeting.ok) verified.value.end(words[service].bye)
    return greeting
  } finally {
    signal.removeEventListener('abort', stop)
    plain.destroySoon()
  }
}
