import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readBody } from './web.ts'

/**
 * The server of an editor or a hospital that holds the client's secret (« Proxy LPS », PSC requirement 22): it adds the secret to
 * what a workstation asks of the token, revocation and CIBA endpoints, and hands the browser's redirection over to the loopback
 * port that ends `state`. Written for SousPli's tests: docs/sign-in.md says what such a server must do.
 */
export interface PscBackEnd {
  url: string
  /** Set once the provider is there. */
  serve: (provider: { issuer: string; client: { id: string; secret: string } }) => void
  /** Requests that came to each path. */
  asked: (path: string) => number
  /** Changes the provider's answers on their way; null passes them on. */
  tamperWith: (change: ((answer: Record<string, unknown>) => void) | null) => void
  stop: () => Promise<void>
}

const realm = '/protocol/openid-connect'
const endpoints: Readonly<Record<string, string>> = {
  '/token': `${realm}/token`,
  '/revoke': `${realm}/revoke`,
  '/ciba': `${realm}/ext/ciba/auth`,
}
/** Only what this client may ask for: the secret must not serve for anything else. */
const grants = ['authorization_code', 'refresh_token', 'urn:openid:params:grant-type:ciba']

export const startPscBackEnd = async (): Promise<PscBackEnd> => {
  let provider: Parameters<PscBackEnd['serve']>[0] | null = null
  let tamper: ((answer: Record<string, unknown>) => void) | null = null
  const counts = new Map<string, number>()

  const relay = async (path: string, request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!provider) throw new Error('no provider yet')
    const form = new URLSearchParams((await readBody(request)).toString())
    const grant = form.get('grant_type')
    if (path === '/token' && !grants.includes(grant ?? '')) {
      response
        .writeHead(400, { 'content-type': 'application/json' })
        .end('{"error":"unsupported_grant_type"}')
      return
    }
    form.delete('client_id')
    const { id, secret } = provider.client
    const answer = await fetch(`${provider.issuer}${endpoints[path] ?? ''}`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
      body: form,
    })
    let text = await answer.text()
    if (tamper && answer.ok && text !== '') {
      const changed = JSON.parse(text) as Record<string, unknown>
      tamper(changed)
      text = JSON.stringify(changed)
    }
    response.writeHead(answer.status, {
      'content-type': answer.headers.get('content-type') ?? 'application/json',
      'cache-control': 'no-store',
    })
    response.end(text)
  }

  const handOver = (url: URL, response: ServerResponse): void => {
    const port = /\.(\d{4,5})$/.exec(url.searchParams.get('state') ?? '')?.[1]
    if (port === undefined || Number(port) > 65_535) response.writeHead(400).end()
    else
      response
        .writeHead(302, {
          location: `http://127.0.0.1:${port}/${url.search}`,
          'referrer-policy': 'no-referrer',
        })
        .end()
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    counts.set(url.pathname, (counts.get(url.pathname) ?? 0) + 1)
    if (request.method === 'GET' && url.pathname === '/retour') handOver(url, response)
    else if (request.method === 'GET' && url.pathname === '/au-revoir')
      response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end('Session fermée')
    else if (request.method === 'POST' && Object.hasOwn(endpoints, url.pathname))
      relay(url.pathname, request, response).catch(() => response.writeHead(503).end())
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    serve: (served) => {
      provider = served
    },
    asked: (path) => counts.get(path) ?? 0,
    tamperWith: (change) => {
      tamper = change
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
