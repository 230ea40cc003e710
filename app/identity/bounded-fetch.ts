import { refusalOf, type Outgoing } from '../outgoing/index.ts'

/** Bytes of the longest answer read; metadata, keys and tokens are a few thousand. */
const mostBytes = 256 * 1024

/** How identity asks the web: nobody is followed elsewhere, nothing long is read. Throws as `fetch` does. */
export type BoundedFetch = (
  url: string,
  options: Pick<RequestInit, 'method' | 'headers' | 'body'> & { signal: AbortSignal },
) => Promise<Response>

export const boundedFetch =
  (web: Pick<Outgoing, 'fetch'>): BoundedFetch =>
  (url, options) =>
    web.fetch(url, { ...options, limit: mostBytes })

const words: Readonly<Record<string, string>> = {
  'net.proxy-invalid': 'invalid',
  'net.proxy-unreachable': 'away',
  'net.proxy-login': 'login',
  'net.proxy-refused': 'refused',
  'tls.intercepted': 'intercepted',
}

/** Details of an error: what the proxy, or a certificate, has to do with it; nothing otherwise. */
export const refusalDetails = (cause: unknown): Record<string, string | number | boolean> => {
  const refusal = refusalOf(cause)
  if (!refusal) return {}
  const word = words[refusal.code] ?? (refusal.code.startsWith('tls.') ? 'certificate' : null)
  return word === null ? {} : { ...refusal.details, reason: word }
}

/** Plain http is for this very machine alone. */
export const isSafeOrigin = (url: URL): boolean => url.protocol === 'https:' || isPlainLoopback(url)

export const isPlainLoopback = (url: URL): boolean =>
  url.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)
