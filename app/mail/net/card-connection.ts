import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { ok, type ErrorCode, type Outcome } from '../../contract/errors.ts'
import type { CertificateProof } from './credentials.ts'
import { openTcp, type PeerVerification } from './peer.ts'
import { startTls } from './starttls.ts'

/** What the mail libraries use of a socket beside the stream itself. */
export type MailSocket = Duplex & {
  setTimeout: (milliseconds: number) => unknown
  setKeepAlive: (on?: boolean, delay?: number) => unknown
  setNoDelay: (on?: boolean) => unknown
}

/** What a server that speaks first would have said over TLS; after STARTTLS it says nothing more. */
const greetings = { imap: '* OK\r\n', smtp: '220 \r\n' }

/** How a server ends that breaks off instead of making a new session (Dovecot 2.3 does, with client certificates). */
const hangingUp: ReadonlySet<ErrorCode> = new Set(['net.closed', 'tls.handshake'])

/**
 * A connection secured by the card, as the mail libraries want one that is already secure: TCP, STARTTLS unless TLS comes
 * first, the handshake. Errors: net.*, tls.*, card.*, auth.other-card, and `startTls`'s.
 */
export const openByCard = async (
  ...wish: [
    verification: PeerVerification,
    protocol: 'imap' | 'smtp',
    server: { host: string; port: number; security: 'starttls' | 'tls' },
    proof: CertificateProof,
    signal: AbortSignal,
  ]
): Promise<Outcome<MailSocket>> => {
  const [, , server, proof, signal] = wish
  const opened = await openOnce(...wish)
  if (opened.ok || signal.aborted || !hangingUp.has(opened.error.code)) return opened
  return proof.startAfresh(server) ? await openOnce(...wish) : opened
}

const openOnce = async (
  verification: PeerVerification,
  protocol: 'imap' | 'smtp',
  server: { host: string; port: number; security: 'starttls' | 'tls' },
  proof: CertificateProof,
  signal: AbortSignal,
): Promise<Outcome<MailSocket>> => {
  const { host, port, security } = server
  const tcp = await openTcp(verification.resolver, host, port, signal)
  if (!tcp.ok) return tcp
  const give = <T>(outcome: Outcome<T>): Outcome<T> => {
    if (!outcome.ok) {
      tcp.value.on('error', () => undefined)
      tcp.value.destroy()
    }
    return outcome
  }
  if (security === 'starttls') {
    const started = await startTls(tcp.value, protocol, { host, signal })
    if (!started.ok) return give(started)
  }
  const { verifyServer } = verification
  const secured = await proof.secure(tcp.value, { host, port, verifyServer, signal })
  if (!secured.ok) return give(secured)
  const stream = secured.value
  if (security === 'starttls') stream.unshift(Buffer.from(greetings[protocol]))
  return ok(watched(stream, tcp.value))
}

/** Silence and keep-alive are the line's: what passes there passes here. */
const watched = (stream: Duplex, line: Socket): MailSocket => {
  line.on('timeout', () => stream.emit('timeout'))
  return Object.assign(stream, {
    setTimeout: (milliseconds: number) => line.setTimeout(milliseconds),
    setKeepAlive: (on?: boolean, delay?: number) => line.setKeepAlive(on, delay),
    setNoDelay: (on?: boolean) => line.setNoDelay(on),
  })
}
