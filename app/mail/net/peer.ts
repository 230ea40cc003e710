import {
  checkServerIdentity,
  connect as tlsConnect,
  type DetailedPeerCertificate,
  type TLSSocket,
} from 'node:tls'
import { connect as tcpConnect, isIP, type Socket } from 'node:net'
import { tlsProfile } from '../../algorithms/index.ts'
import { cardTlsError } from '../../card-tls/index.ts'
import { fail, ok, type AppError, type Outcome } from '../../contract/errors.ts'
import type { Outgoing } from '../../outgoing/index.ts'
import { Failure } from './failure.ts'
import type { Resolver } from './resolver.ts'

/** What a server must prove before it sees a credential (architecture §7.4). */
export interface PeerVerification {
  resolver: Resolver
  /** PEM of the only accepted CA certificates. */
  anchors: () => string[]
  /** Usage, issuer and revocation; chain is DER, leaf first. */
  verifyServer: (peer: { chain: Uint8Array[]; host: string }) => Promise<Outcome<unknown>>
  /** For web servers: the workstation's proxy. Mail never goes by it. */
  web?: Pick<Outgoing, 'tunnel' | 'isProxied'>
}

const connectMilliseconds = 15_000

/** A TCP connection to a resolved host within so many milliseconds; `net.dns`, `net.unreachable`, `net.timeout`. */
export const openTcp = async (
  resolver: Resolver,
  host: string,
  port: number,
  signal: AbortSignal,
  milliseconds: number = connectMilliseconds,
): Promise<Outcome<Socket>> => {
  const address = await resolver.lookup(host)
  if (!address.ok) return address
  if (signal.aborted) return fail('net.closed')
  return await new Promise((resolve) => {
    const socket = tcpConnect({ host: address.value, port })
    const timer = setTimeout(
      () => settle(fail('net.timeout', { retry: 'later', details: { host } })),
      milliseconds,
    )
    const aborted = () => settle(fail('net.closed'))
    const refused = (error: Error) => settle({ ok: false, error: networkError(error, host) })
    const settle = (outcome: Outcome<Socket>) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', aborted)
      socket.off('error', refused)
      if (!outcome.ok) {
        socket.on('error', () => undefined)
        socket.destroy()
      }
      resolve(outcome)
    }
    signal.addEventListener('abort', aborted)
    socket.once('error', refused)
    socket.once('connect', () => {
      settle(ok(socket))
    })
  })
}

/** TLS options of every mail connection: our anchors instead of the system's, the profile's versions and suites. */
export const tlsOptions = (verification: PeerVerification, host: string) => ({
  ca: verification.anchors(),
  host,
  ...(isIP(host) ? {} : { servername: host }),
  rejectUnauthorized: true,
  ...tlsProfile,
  checkServerIdentity,
})

/** A certificate to show in TLS, with its key; PEM. */
export interface ClientCertificate {
  chain: string
  key: string
}

/** Starts TLS on a connected socket and checks the peer; errors are emitted on the returned socket as `Failure`. */
export const secureSocket = (
  socket: Socket,
  host: string,
  verification: PeerVerification,
  onVerified: () => void,
  client: ClientCertificate | null = null,
): TLSSocket => {
  const secured = tlsConnect({
    ...tlsOptions(verification, host),
    ...(client ? { cert: client.chain, key: client.key } : {}),
    socket,
  })
  secured.once('secureConnect', () => {
    void verifyPeer(secured, host, verification).then((verified) => {
      if (secured.destroyed) return
      if (verified.ok) onVerified()
      else secured.destroy(new Failure(verified.error))
    })
  })
  return secured
}

/** Usage, issuer and revocation of the certificate a TLS socket presented; chain and name were checked by the handshake. */
export const verifyPeer = async (
  socket: TLSSocket,
  host: string,
  verification: PeerVerification,
): Promise<Outcome<unknown>> => {
  if (!socket.authorized) return fail('tls.untrusted-authority', { retry: 'after-change', details: { host } })
  const chain: Uint8Array[] = []
  const seen = new Set<string>()
  let certificate: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true)
  while (certificate?.raw && !seen.has(certificate.fingerprint256) && chain.length < 10) {
    seen.add(certificate.fingerprint256)
    chain.push(new Uint8Array(certificate.raw))
    certificate = certificate.issuerCertificate
  }
  if (chain.length === 0) return fail('tls.handshake', { details: { host } })
  try {
    return await verification.verifyServer({ chain, host })
  } catch (cause) {
    return fail('tls.handshake', { details: { host }, cause })
  }
}

const untrusted = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_UNTRUSTED',
  'CERT_SIGNATURE_FAILURE',
  'INVALID_CA',
  'CERT_CHAIN_TOO_LONG',
])

/** Node's network and TLS error codes as ours; the message never leaves the `cause`. */
export const networkError = (cause: unknown, host: string): AppError => {
  if (cause instanceof Failure) return cause.outcome
  const byCard = cardTlsError(cause)
  if (byCard) return byCard
  const code = errorCode(cause)
  const details = { host }
  const tls = (mapped: AppError['code']): AppError => ({
    code: mapped,
    retry: 'after-change',
    details,
    cause,
  })
  const net = (mapped: AppError['code']): AppError => ({ code: mapped, retry: 'later', details, cause })
  if (untrusted.has(code)) return tls('tls.untrusted-authority')
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') return tls('tls.expired')
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return tls('tls.host-mismatch')
  if (code === 'INVALID_PURPOSE') return tls('tls.wrong-usage')
  if (code === 'CERT_REVOKED') return tls('tls.revoked')
  // Only a server that wants a certificate says so.
  if (code.endsWith('ALERT_CERTIFICATE_REQUIRED'))
    return { ...tls('tls.client-certificate-refused'), details: { host, alert: 'certificate_required' } }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EDNS') return net('net.dns')
  if (
    code === 'ECONNREFUSED' ||
    code === 'EHOSTUNREACH' ||
    code === 'ENETUNREACH' ||
    code === 'EADDRNOTAVAIL'
  )
    return net('net.unreachable')
  if (/TIMEOUT|ETIMEDOUT/.test(code)) return net('net.timeout')
  if (code.startsWith('ERR_SSL') || code === 'EPROTO' || code.startsWith('ERR_TLS'))
    return net('tls.handshake') // Garbled on the way: nothing the user could change.
  return net('net.closed')
}

/** `code` of a thrown value, or ''. */
export const errorCode = (cause: unknown): string => {
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return ''
  return typeof cause.code === 'string' ? cause.code : ''
}
