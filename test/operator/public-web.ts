import { randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { createServer } from 'node:https'
import { createSecureContext } from 'node:tls'
import { readBody } from './web.ts'

/** What an https address of the operator's world answers. */
export interface WebPage {
  status?: number
  type?: string
  headers?: Readonly<Record<string, string>>
  body: string | Buffer | ((asked: { method: string; body: Buffer }) => string | Buffer)
}

/** A request, for an answer that depends on it. */
export interface Asked {
  /** Path and query. */
  url: string
  headers: IncomingHttpHeaders
}

export interface PublicWeb {
  /** Of its own, on loopback: port 443 there is nobody else's. */
  address: string
  /** Answers `https://host/path` from now on; null forgets it (404). A function is asked each time. */
  publish: (host: string, path: string, page: WebPage | ((asked: Asked) => WebPage) | null) => void
  /** `METHOD host/path`, in the order asked. */
  asked: string[]
  stop: () => Promise<void>
}

interface Identity {
  names: readonly string[]
  chainPem: string
  keyPem: string
}

/**
 * Web servers of the operator's world, by name: settings of mailboxes, the list of domains. One address of 127/8 drawn by lot, port
 * 443, which root alone may open. Throws when it cannot.
 */
export const startPublicWeb = async (identities: readonly Identity[]): Promise<PublicWeb> => {
  const pages = new Map<string, WebPage | ((asked: Asked) => WebPage)>()
  const asked: string[] = []
  const [first] = identities
  if (!first) throw new Error('a web server needs a certificate')
  const contexts = identities.map(({ names, chainPem, keyPem }) => ({
    names,
    context: createSecureContext({ cert: chainPem, key: keyPem }),
  }))
  const server = createServer(
    {
      cert: first.chainPem,
      key: first.keyPem,
      SNICallback: (name, done) =>
        done(null, contexts.find(({ names }) => names.includes(name))?.context ?? contexts[0]?.context),
    },
    (request, response) => {
      const path = (request.url ?? '/').replace(/\?.*$/, '')
      const place = `${(request.headers.host ?? '').replace(/:\d+$/, '')}${path}`
      asked.push(`${request.method ?? ''} ${place}`)
      readBody(request)
        .then((body) => {
          const published = pages.get(place)
          const page =
            typeof published === 'function'
              ? published({ url: request.url ?? '/', headers: request.headers })
              : published
          if (!page) {
            response.writeHead(404).end()
            return
          }
          const content =
            typeof page.body === 'function' ? page.body({ method: request.method ?? '', body }) : page.body
          response
            .writeHead(page.status ?? 200, {
              'content-type': page.type ?? 'text/xml',
              'content-length': Buffer.byteLength(content),
              ...page.headers,
            })
            .end(content)
        })
        .catch(() => response.destroy())
    },
  )
  const [a = 1, b = 1, c = 1] = randomBytes(3)
  const address = `127.${64 + (a % 128)}.${b}.${1 + (c % 254)}`
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(443, address, resolve)
  })
  return {
    address,
    publish: (host, path, page) => {
      if (page) pages.set(`${host}${path}`, page)
      else pages.delete(`${host}${path}`)
    },
    asked,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
