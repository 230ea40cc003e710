import type { AppError, ErrorCode } from '../contract/errors.ts'
import type { TlsFailure } from './addon.ts'

/** Alerts by which a server judges the certificate or the signature of its client (RFC 8446 §6.2, RFC 5246 §7.2.2). */
const aboutOurCertificate: Readonly<Record<number, string>> = {
  42: 'bad_certificate',
  43: 'unsupported_certificate',
  44: 'certificate_revoked',
  45: 'certificate_expired',
  46: 'certificate_unknown',
  48: 'unknown_ca',
  49: 'access_denied',
  51: 'decrypt_error',
  116: 'certificate_required',
}
const protocolVersion = 70
const otherAlerts: Readonly<Record<number, string>> = {
  10: 'unexpected_message',
  20: 'bad_record_mac',
  22: 'record_overflow',
  40: 'handshake_failure',
  47: 'illegal_parameter',
  50: 'decode_error',
  [protocolVersion]: 'protocol_version',
  71: 'insufficient_security',
  80: 'internal_error',
  86: 'inappropriate_fallback',
  90: 'user_canceled',
  100: 'no_renegotiation',
  109: 'missing_extension',
  110: 'unsupported_extension',
  112: 'unrecognized_name',
}

/** Whom the handshake is with, and what we brought to it. */
export interface Situation {
  host: string
  hasCertificate: boolean
  /** TLS 1.3 was not offered because the key cannot sign for it. */
  cappedByKey: boolean
}

/** What rustls reports, as one of our codes: `tls.client-certificate-refused`, `tls.signature-unsupported`, `tls.handshake`, `net.closed`. */
export const errorOf = (failure: TlsFailure, situation: Situation): AppError => {
  const { host } = situation
  const { alert } = failure
  const cause = new Error(failure.text)
  const failed = (
    code: ErrorCode,
    retry: AppError['retry'],
    more: Record<string, string> = {},
  ): AppError => ({
    code,
    retry,
    details: { host, ...more },
    cause,
  })
  if (failure.reason === 'no-common-scheme')
    return failed('tls.signature-unsupported', 'after-change', { needs: 'scheme' })
  if (failure.reason === 'closed') return failed('net.closed', 'later')
  if (alert === undefined) return failed('tls.handshake', 'later')
  const refusal = aboutOurCertificate[alert]
  if (refusal !== undefined && situation.hasCertificate)
    return failed('tls.client-certificate-refused', 'after-change', { alert: refusal })
  if (alert === protocolVersion && situation.cappedByKey)
    return failed('tls.signature-unsupported', 'after-change', { needs: 'TLSv1.3' })
  return failed('tls.handshake', 'later', { alert: refusal ?? otherAlerts[alert] ?? String(alert) })
}

/** The connection was cut without a word (RFC 8446 §6.1): what came may not be all there was. */
export const truncation = (host: string): AppError => ({
  code: 'net.closed',
  retry: 'later',
  details: { host, truncated: true },
})

const carried = new WeakMap<Error, AppError>()

/**
 * An error for a stream's `error` event that carries ours. Its `code` is what Node would give in such a case, for libraries
 * that look at it.
 */
export const streamError = (error: AppError): Error => {
  const code = error.code.startsWith('tls.') ? 'EPROTO' : 'ECONNRESET'
  const thrown = Object.assign(new Error(error.code, { cause: error.cause }), { code })
  carried.set(thrown, error)
  return thrown
}

/** The error value that an error of a `CardTlsSocket` carries; undefined for one that came from the line below it. */
export const cardTlsError = (thrown: unknown): AppError | undefined =>
  thrown instanceof Error ? carried.get(thrown) : undefined
