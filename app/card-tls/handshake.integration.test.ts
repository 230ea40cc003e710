import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls'
import { readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import {
  addonPath,
  cps3,
  cps4,
  credentialOf,
  freshCardTls,
  handshakeThreads,
  makeTestKeys,
  requestOver,
  secured,
  tcpTo,
  type TestKeys,
} from './card-tls.fixture.ts'
import { createCardTls } from './index.ts'

test('a computer without the module is told so', () => {
  const made = createCardTls({ addonPath: '/nowhere/card-tls.node' })
  expect(made).toMatchObject({ ok: false, error: { code: 'tls.card-module-missing', retry: 'after-change' } })
  const other = createCardTls({ addonPath: import.meta.filename })
  expect(other).toMatchObject({ ok: false, error: { code: 'tls.card-module-missing' } })
})

describe.skipIf(addonPath === null)('the handshake', () => {
  let keys: TestKeys
  let secure: TlsServer
  const servers: (Server | TlsServer)[] = []
  const lines = new Set<Socket>()
  const serving = async <T extends Server | TlsServer>(server: T): Promise<number> => {
    servers.push(server)
    server.on('connection', (socket: Socket) => {
      lines.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => lines.delete(socket))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    return typeof address === 'object' && address ? address.port : 0
  }
  let port: number
  beforeAll(async () => {
    keys = makeTestKeys()
    const { rsaServer, rsaClient } = keys
    secure = createTlsServer({
      key: readFileSync(rsaServer.keyFile),
      cert: readFileSync(rsaServer.certFile),
      ca: readFileSync(rsaClient.certFile),
      requestCert: true,
      rejectUnauthorized: true,
    })
    secure.on('tlsClientError', () => undefined)
    secure.on('secureConnection', (socket) => {
      socket.on('error', () => undefined)
      socket.pipe(socket)
    })
    port = await serving(secure)
  })
  afterEach(async () => {
    await expect.poll(handshakeThreads).toBe(0)
  })
  afterAll(() => {
    for (const line of lines) line.destroy()
    for (const server of servers) server.close()
    keys.remove()
  })
  /** A server that does what it likes with a connection. */
  const plain = (serve: (socket: Socket) => void): Promise<number> => serving(createServer(serve))

  test('the server is judged before anything is signed or shown', async () => {
    const order: string[] = []
    const credential = credentialOf(keys.rsaClient, cps3, async () => {
      order.push('sign')
      return ok(null)
    })
    const verifyServer = async (chain: Uint8Array[]) => {
      order.push('verify')
      expect(Buffer.from(chain[0] ?? []).equals(keys.rsaServer.certificate)).toBe(true)
      await new Promise((resolve) => setImmediate(resolve))
      order.push('verified')
      return ok(null)
    }
    const request = requestOver(await tcpTo(port), credential, { verifyServer })
    secured(await freshCardTls().connect(request)).destroy()
    expect(order).toEqual(['verify', 'verified', 'sign'])
  })

  test.each([cps3, cps4])(
    'a server that is not trusted sees neither certificate nor signature',
    async (...schemes) => {
      const credential = credentialOf(keys.rsaClient, schemes)
      const stream = await tcpTo(port)
      const written = vi.spyOn(stream, 'write')
      const verifyServer = async () => fail('tls.host-mismatch', { details: { host: 'localhost' } })
      const outcome = await freshCardTls().connect(requestOver(stream, credential, { verifyServer }))
      expect(outcome).toMatchObject({ ok: false, error: { code: 'tls.host-mismatch' } })
      expect(stream.destroyed).toBe(true)
      expect(credential.asked).toEqual([])
      const sent = written.mock.calls.map(([bytes]) => Buffer.from(bytes))
      const all = Buffer.concat(sent)
      expect(all.includes(keys.rsaClient.certificate.subarray(0, 64))).toBe(false)
      // The ClientHello, and one alert: 2 bytes, or those sealed.
      expect(sent.slice(1).every((one) => one.length < 64)).toBe(true)
    },
  )

  test('a card pulled out while it signs: its own error, a clean line', async () => {
    const removed = fail('card.removed', { retry: 'after-login' })
    const credential = credentialOf(keys.rsaClient, cps4, async () => removed)
    const stream = await tcpTo(port)
    const [outcome] = await Promise.all([
      freshCardTls().connect(requestOver(stream, credential)),
      once(stream, 'close'),
    ])
    expect(outcome).toEqual(removed)
  })

  test('a card that throws, a verification that throws', async () => {
    const credential = credentialOf(keys.rsaClient, cps4, () => Promise.reject(new Error('perdu')))
    const outcome = await freshCardTls().connect(requestOver(await tcpTo(port), credential))
    expect(outcome).toMatchObject({ ok: false, error: { code: 'tls.handshake' } })
    const verifyServer = () => Promise.reject<Outcome<never>>(new Error('perdu'))
    const other = await freshCardTls().connect(requestOver(await tcpTo(port), null, { verifyServer }))
    expect(other).toMatchObject({ ok: false, error: { code: 'tls.handshake' } })
  })

  test('a signature that makes no sense', async () => {
    for (const signature of [new Uint8Array(0), new Uint8Array(70_000)]) {
      const credential = { ...credentialOf(keys.rsaClient, cps4), sign: async () => ok(signature) }
      const outcome = await freshCardTls().connect(requestOver(await tcpTo(port), credential))
      expect(outcome).toMatchObject({ ok: false, error: { code: 'tls.handshake' } })
    }
  })

  test('handshakes that wait for each other at the card all succeed', async () => {
    const count = 6
    const queue: (() => void)[] = []
    // The card takes the first when all are there, and one after the other.
    const credential = credentialOf(keys.rsaClient, cps3, async () => {
      await new Promise<void>((resolve) => {
        queue.push(resolve)
        if (queue.length === count) queue.shift()?.()
      })
      setTimeout(() => queue.shift()?.(), 10)
      return ok(null)
    })
    const cardTls = freshCardTls()
    const sockets = await Promise.all(
      // Servers of their own, that have no session to share.
      Array.from({ length: count }, async (_, index) =>
        secured(await cardTls.connect(requestOver(await tcpTo(port), credential, { port: index }))),
      ),
    )
    expect(credential.asked).toHaveLength(count)
    for (const socket of sockets) {
      socket.write('oui')
      expect(String((await once(socket, 'data'))[0])).toBe('oui')
      socket.destroy()
    }
  })

  test('a server that says nothing, or too slowly; the time of the card does not count', async () => {
    const silent = await plain(() => undefined)
    const outcome = await freshCardTls().connect(
      requestOver(await tcpTo(silent), null, { handshakeMilliseconds: 150 }),
    )
    expect(outcome).toMatchObject({ ok: false, error: { code: 'net.timeout', retry: 'later' } })

    const dripping = await plain((socket) => {
      const timer = setInterval(() => socket.write(Buffer.from([22])), 20)
      socket.on('close', () => clearInterval(timer))
    })
    const dripped = await freshCardTls().connect(
      requestOver(await tcpTo(dripping), null, { handshakeMilliseconds: 150 }),
    )
    expect(dripped.ok).toBe(false)

    const slow = credentialOf(keys.rsaClient, cps4, () => {
      vi.advanceTimersByTime(600_000)
      return Promise.resolve(ok(null))
    })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const patient = requestOver(await tcpTo(port), slow)
    secured(await freshCardTls().connect(patient)).destroy()
  })

  test('giving up: before, while the server is silent, while the card signs', async () => {
    const closed = { ok: false, error: { code: 'net.closed' } }
    const first = await tcpTo(port)
    const signal = AbortSignal.abort()
    expect(await freshCardTls().connect(requestOver(first, null, { signal }))).toMatchObject(closed)
    expect(first.destroyed).toBe(true)

    const silent = await plain(() => undefined)
    const leaving = new AbortController()
    const waiting = freshCardTls().connect(requestOver(await tcpTo(silent), null, { signal: leaving.signal }))
    setImmediate(() => leaving.abort())
    expect(await waiting).toMatchObject(closed)

    const changing = new AbortController()
    let told = false
    const credential = credentialOf(keys.rsaClient, cps4, (unwanted) => {
      unwanted.addEventListener('abort', () => (told = true))
      changing.abort()
      return new Promise(() => undefined)
    })
    const signing = requestOver(await tcpTo(port), credential, { signal: changing.signal })
    expect(await freshCardTls().connect(signing)).toMatchObject(closed)
    expect(told).toBe(true)
  })

  test('a line that breaks while the card signs', async () => {
    const stream = await tcpTo(port)
    const credential = credentialOf(keys.rsaClient, cps4, () => {
      stream.destroy(new Error('câble débranché'))
      return new Promise(() => undefined)
    })
    const outcome = await freshCardTls().connect(requestOver(stream, credential))
    expect(outcome).toMatchObject({ ok: false, error: { code: 'net.closed', retry: 'later' } })
  })

  test.each<[string, (socket: Socket) => void, string]>([
    ['closes', (socket) => socket.end(), 'net.closed'],
    ['resets', (socket) => socket.once('data', () => socket.resetAndDestroy()), 'net.closed'],
    ['speaks IMAP', (socket) => socket.write('* OK IMAP4rev1 prêt\r\n'), 'tls.handshake'],
    ['speaks HTTP', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), 'tls.handshake'],
    ['sends nonsense', (socket) => socket.write(Buffer.alloc(100_000, 0x16)), 'tls.handshake'],
    ['alerts', (socket) => socket.end(Buffer.from([21, 3, 3, 0, 2, 2, 40])), 'tls.handshake'],
    [
      'alerts about a certificate',
      (socket) => socket.end(Buffer.from([21, 3, 3, 0, 2, 2, 48])),
      'tls.handshake',
    ],
  ])('a server that %s', async (_name, serve, code) => {
    const strange = await plain(serve)
    const stream = await tcpTo(strange)
    const outcome = await freshCardTls().connect(requestOver(stream, null))
    expect(outcome).toMatchObject({
      ok: false,
      error: { code, retry: 'later', details: { host: 'localhost' } },
    })
    expect(stream.destroyed).toBe(true)
  })

  test('a server with an empty chain, or one that is no certificate, is not asked about', async () => {
    for (const host of ['', 'pas un nom', '-', 'a'.repeat(300)]) {
      const outcome = await freshCardTls().connect(requestOver(await tcpTo(port), null, { host }))
      expect(outcome).toMatchObject({ ok: false, error: { code: 'tls.handshake', retry: 'after-change' } })
    }
  })
})
