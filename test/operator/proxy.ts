import { createServer, request, type IncomingMessage } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

/** An establishment's HTTP proxy, on loopback: CONNECT and plain requests, resolved by its own table. */
export interface Proxy {
  url: string
  /** `CONNECT host:port` and `GET http://…`, in the order asked, with who asked behind it. */
  asked: string[]
  /** Changes what it does from now on. */
  behave: (how: Partial<Behaviour>) => void
  stop: () => Promise<void>
}

interface Behaviour {
  /** `name:password` that it asks for; null for none. */
  login: string | null
  /** Answers every request with this status; null lets it through. */
  status: number | null
  /** Ends TLS itself, with a certificate of its own. */
  intercept: { cert: string; key: string } | null
  /** What it says instead of an answer. */
  words: string | null
  /** Bytes slipped in behind its yes. */
  slipped: string
  /** Never answers. */
  silent: boolean
}

/** `places`: where a host is, whatever port is asked for, as `address:port`. */
export const startProxy = async (places: ReadonlyMap<string, string>): Promise<Proxy> => {
  const how: Behaviour = {
    login: null,
    status: null,
    intercept: null,
    words: null,
    slipped: '',
    silent: false,
  }
  const asked: string[] = []
  const sockets = new Set<Socket>()
  const refusal = (incoming: IncomingMessage): number | null => {
    const who = incoming.headers['proxy-authorization'] ?? ''
    asked.push(`${incoming.method ?? ''} ${incoming.url ?? ''}${who === '' ? '' : ' (identified)'}`)
    const wanted = how.login === null ? '' : `Basic ${Buffer.from(how.login).toString('base64')}`
    return wanted === who || how.login === null ? how.status : 407
  }
  const server = createServer((incoming, response) => {
    const status = refusal(incoming)
    const url = URL.parse(incoming.url ?? '')
    const [host = '', port = ''] = (places.get(url?.hostname ?? '') ?? '').split(':')
    if (how.silent) return
    if (status !== null || url === null || host === '') {
      response.writeHead(status ?? 502).end('refused by the proxy')
      return
    }
    const { 'proxy-authorization': _who, 'proxy-connection': _line, ...own } = incoming.headers
    const headers = { ...own, host: url.host }
    const passed = request(
      {
        host,
        port,
        path: `${url.pathname}${url.search}`,
        method: incoming.method ?? 'GET',
        headers,
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      },
    )
    passed.on('error', () => response.destroy())
    incoming.pipe(passed)
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
  })
  server.on('connect', (incoming, stream) => {
    const socket = stream as Socket
    socket.on('error', () => undefined)
    const status = refusal(incoming)
    const place = places.get((incoming.url ?? '').replace(/:\d+$/, ''))
    if (how.silent) return
    if (how.words !== null) {
      socket.end(how.words)
      return
    }
    if (status !== null || place === undefined) {
      socket.end(`HTTP/1.1 ${String(status ?? 502)} No\r\n\r\n`)
      return
    }
    socket.write(`HTTP/1.1 200 Connection established\r\nVia: 1.1 proxy\r\n\r\n${how.slipped}`)
    if (how.intercept) {
      new TLSSocket(socket, { isServer: true, ...how.intercept }).on('error', () => undefined)
      return
    }
    const [host = '', port = ''] = place.split(':')
    const onward = connect({ host, port: Number(port) })
    onward.on('error', () => socket.destroy())
    socket.on('close', () => onward.destroy())
    onward.pipe(socket).pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    behave: (change) => void Object.assign(how, change),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
