import { fail, ok, type Outcome } from '../contract/index.ts'
import { refusalOf, type Outgoing } from '../outgoing/index.ts'

/** What a web server's answer tells apart from its content. */
export interface WebAnswer {
  status: number
  /** Its clock by the Date header (RFC 9110 §6.6.1, whole seconds), milliseconds since 1970; null when it gives none. */
  date: number | null
}

const limitMilliseconds = 8_000

/** Asks for an address and reads the head of the answer only. Errors: `net.unreachable`, `net.timeout`, `net.proxy-*`, `tls.*`. */
export const createAskWeb =
  (web: Pick<Outgoing, 'fetch'>) =>
  async (url: string): Promise<Outcome<WebAnswer>> => {
    try {
      const response = await web.fetch(url, {
        // A copy kept on the way would tell the time of another day.
        headers: { 'Cache-Control': 'no-cache' },
        limit: 0,
        signal: AbortSignal.timeout(limitMilliseconds),
      })
      const told = Date.parse(response.headers.get('date') ?? '')
      // Age (RFC 9111 §5.1) says that the Date is an old one.
      const stored = Number(response.headers.get('age') ?? 0) > 0
      return ok({ status: response.status, date: Number.isNaN(told) || stored ? null : told })
    } catch (cause) {
      const refusal = refusalOf(cause)
      if (refusal) return { ok: false, error: refusal }
      const late = cause instanceof DOMException && cause.name === 'TimeoutError'
      return fail(late ? 'net.timeout' : 'net.unreachable', { retry: 'later', cause })
    }
  }
