import { fail, ok, type Outcome } from '../contract/index.ts'
import { isTooLong, refusalOf, type Outgoing } from '../outgoing/index.ts'

const maximumBytes = 20 * 1024 * 1024
const limitMilliseconds = 8_000

/** Fetches a list, or asks a responder. */
type RevocationFetch = (url: string, body?: Uint8Array) => Promise<Outcome<Uint8Array>>

/**
 * A revocation list or an OCSP answer by HTTP (RFC 5280 §4.2.1.13: http only; what comes is signed): GET, or POST of an
 * OCSP request (RFC 6960 appendix A.1). Errors: `net.unreachable`, `net.timeout`, `net.proxy-*`, `smime.limit`.
 */
export const createRevocationFetch =
  (web: Pick<Outgoing, 'fetch'>): RevocationFetch =>
  async (url, body) => {
    if (!/^http:\/\//i.test(url)) return fail('net.unreachable')
    try {
      const response = await web.fetch(url, {
        ...(body
          ? {
              method: 'POST',
              body: new Uint8Array(body),
              headers: {
                'Content-Type': 'application/ocsp-request',
                Accept: 'application/ocsp-response',
              },
            }
          : {}),
        limit: maximumBytes,
        signal: AbortSignal.timeout(limitMilliseconds),
      })
      if (!response.ok)
        return fail('net.unreachable', { retry: 'later', details: { status: response.status } })
      return ok(new Uint8Array(await response.arrayBuffer()))
    } catch (cause) {
      if (isTooLong(cause)) return fail('smime.limit')
      const refusal = refusalOf(cause)
      if (refusal) return { ok: false, error: refusal }
      const late = cause instanceof DOMException && cause.name === 'TimeoutError'
      return fail(late ? 'net.timeout' : 'net.unreachable', { retry: 'later', cause })
    }
  }
