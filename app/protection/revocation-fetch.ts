import { fail, ok, type Outcome } from '../contract/index.ts'

const maximumBytes = 20 * 1024 * 1024
const limitMilliseconds = 8_000

/**
 * A revocation list or an OCSP answer by HTTP (RFC 5280 §4.2.1.13: http only; what comes is signed): GET, or POST of an
 * OCSP request (RFC 6960 appendix A.1). Errors: `net.unreachable`, `net.timeout`, `smime.limit`.
 */
export const fetchRevocation = async (url: string, body?: Uint8Array): Promise<Outcome<Uint8Array>> => {
  if (!/^http:\/\//i.test(url)) return fail('net.unreachable')
  try {
    const response = await fetch(url, {
      ...(body
        ? {
            method: 'POST',
            body: new Uint8Array(body),
            headers: { 'Content-Type': 'application/ocsp-request', Accept: 'application/ocsp-response' },
          }
        : {}),
      redirect: 'error',
      credentials: 'omit',
      signal: AbortSignal.timeout(limitMilliseconds),
    })
    if (!response.ok || !response.body)
      return fail('net.unreachable', { retry: 'later', details: { status: response.status } })
    const pieces: Uint8Array[] = []
    let size = 0
    for await (const piece of response.body as ReadableStream<Uint8Array>) {
      size += piece.byteLength
      if (size > maximumBytes) return fail('smime.limit')
      pieces.push(piece)
    }
    return ok(Buffer.concat(pieces))
  } catch (cause) {
    const late = cause instanceof DOMException && cause.name === 'TimeoutError'
    return fail(late ? 'net.timeout' : 'net.unreachable', { retry: 'later', cause })
  }
}
