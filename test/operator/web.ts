import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The operator's plain HTTP server on loopback: CRLs, issuer certificates, OCSP, token introspection. */
export interface WebAnswer {
  /** 200 without it. */
  status?: number
  type: string
  body: Buffer
}

export interface Web {
  url: string
  stop: () => Promise<void>
}

/** Largest request body on any of the operator's HTTP servers. */
const bodyLimit = 65_536

/** The whole body. Throws past 64 KiB. */
export const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > bodyLimit) throw new Error('request body over 64 KiB')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Starts it; `answer` gives null for an unknown path and throws when a service behind is down (503). */
export const startWeb = async (
  answer: (path: string, body: Buffer) => Promise<WebAnswer | null>,
): Promise<Web> => {
  const server = createServer((request, response) => {
    readBody(request)
      .then((body) => answer((request.url ?? '/').replace(/\?.*$/, ''), body))
      .then((found) => {
        if (found)
          response.writeHead(found.status ?? 200, {
            'content-type': found.type,
            'content-length': found.body.length,
          })
        else response.writeHead(404)
        response.end(found?.body)
      })
      .catch(() => response.writeHead(503).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
