import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { fail, ok, type Outcome } from '../contract/errors.ts'

export interface LoopbackReceiver {
  /** What the provider must send the browser back to: this port (RFC 8252 §7.3), or the registered address. */
  redirectUri: string
  /** Goes with the request and comes back with its answer; ends with the port where an address hands the answer over. */
  state: string
  /** The address the provider sent the browser back to; `auth.cancelled` when it did not in time or was cancelled. */
  answer: Promise<Outcome<URL>>
  cancel: () => void
}

/** Shown in the browser at the end: no sentence, no script, nothing of the login in it. */
const page =
  '<!doctype html><html><head><meta charset="utf-8"><title>SousPli</title></head>' +
  '<body style="font:4rem sans-serif;display:grid;place-items:center;height:90vh;margin:0">' +
  '<main aria-label="SousPli">SousPli ✓</main></body></html>'

/** For the page to reach the browser. */
const lastWordsMilliseconds = 2000

/**
 * Listens on 127.0.0.1, on a random port, for the one redirection that carries the expected state; anything else gets
 * 404 and changes nothing. With `handOver`, the provider is given that address, whose server sends the browser on to
 * `http://127.0.0.1:PORT/` with the query it got, PORT being what follows the last dot of `state` (docs/sign-in.md).
 */
export const startLoopback = async (wish: {
  random: (length: number) => Uint8Array
  milliseconds: number
  handOver: string | null
}): Promise<Outcome<LoopbackReceiver>> => {
  const { promise: answer, resolve } = Promise.withResolvers<Outcome<URL>>()
  const server = createServer((request, response) => {
    receive(request, response)
  })
  const close = (outcome: Outcome<URL>): void => {
    clearTimeout(timer)
    resolve(outcome)
    server.close()
    server.closeIdleConnections()
    // Whoever else holds a line open does not keep the port.
    setTimeout(() => server.closeAllConnections(), lastWordsMilliseconds).unref()
  }
  const timer = setTimeout(() => {
    close(fail('auth.cancelled', { details: { reason: 'timeout' } }))
  }, wish.milliseconds)
  let own = ''
  let redirectUri = ''
  let state = Buffer.from(wish.random(32)).toString('base64url')
  const receive = (request: IncomingMessage, response: ServerResponse): void => {
    const url = URL.parse(request.url ?? '/', own)
    const expected =
      request.method === 'GET' && url?.pathname === '/' && url.searchParams.get('state') === state
    response.writeHead(expected ? 200 : 404, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      connection: 'close',
    })
    response.end(expected ? page : '')
    if (!expected) return
    const came = new URL(redirectUri)
    came.search = url.search
    close(ok(came))
  }
  try {
    await new Promise<void>((listening, failed) => {
      // Stays: a server that fails later must not end the process.
      server.on('error', failed)
      server.listen(0, '127.0.0.1', listening)
    })
  } catch (cause) {
    clearTimeout(timer)
    return fail('auth.provider-unavailable', { retry: 'later', cause })
  }
  const address = server.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  own = `http://127.0.0.1:${String(port)}/`
  redirectUri = wish.handOver ?? own
  if (wish.handOver !== null) state = `${state}.${String(port)}`
  return ok({
    redirectUri,
    state,
    answer,
    cancel: () => {
      close(fail('auth.cancelled'))
    },
  })
}
