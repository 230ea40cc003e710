import { fail, ok, type Outcome } from '../contract/index.ts'

/** What a web server's answer tells apart from its content. */
export interface WebAnswer {
  status: number
  /** Its clock by the Date header (RFC 9110 §6.6.1, whole seconds), milliseconds since 1970; null when it gives none. */
  date: number | null
}

const limitMilliseconds = 8_000

/** Asks for an address and reads the head of the answer only. Errors: `net.unreachable`, `net.timeout`. */
export const askWeb = async (url: string): Promise<Outcome<WebAnswer>> => {
  try {
    const response = await fetch(url, {
      redirect: 'manual',
      credentials: 'omit',
      // A copy kept on the way would tell the time of another day.
      cache: 'no-store',
      headers: { 'Cache-Control': 'no-cache' },
      signal: AbortSignal.timeout(limitMilliseconds),
    })
    await response.body?.cancel()
    const told = Date.parse(response.headers.get('date') ?? '')
    // Age (RFC 9111 §5.1) says that the Date is an old one.
    const stored = Number(response.headers.get('age') ?? 0) > 0
    return ok({ status: response.status, date: Number.isNaN(told) || stored ? null : told })
  } catch (cause) {
    const late = cause instanceof DOMException && cause.name === 'TimeoutError'
    return fail(late ? 'net.timeout' : 'net.unreachable', { retry: 'later', cause })
  }
}
