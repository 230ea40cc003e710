import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { connect as nodeConnect, createServer, type Server, type TLSSocket } from 'node:tls'
import { pipeline } from 'node:stream/promises'
import { Readable, type Duplex } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  addonPath,
  cps3,
  cps4,
  credentialOf,
  freshCardTls,
  makeTestKeys,
  requestOver,
  secured,
  tcpTo,
  type TestKeys,
} from './card-tls.fixture.ts'
import { cardTlsError, type CardTlsSocket, type ConnectRequest } from './index.ts'

const megabytes = 25
const big = Buffer.alloc(megabytes * 1024 * 1024)
for (let at = 0; at < big.length; at += 4) big.writeUInt32LE(Math.imul(at, 2_654_435_761) >>> 0, at)
const digestOf = async (stream: Duplex): Promise<string> => {
  const hash = createHash('sha256')
  for await (const chunk of stream) hash.update(chunk as Buffer)
  return hash.digest('hex')
}
const bigDigest = createHash('sha256').update(big).digest('hex')

describe.skipIf(addonPath === null)('the stream', () => {
  let keys: TestKeys
  const servers: Server[] = []
  const lines = new Set<Socket>()
  beforeAll(() => {
    keys = makeTestKeys()
  })
  afterAll(() => {
    for (const line of lines) line.destroy()
    for (const server of servers) server.close()
    keys.remove()
  })

  /** A server of Node's TLS; `serve` gets its side and the TCP connection below. */
  const serve = async (
    run: (socket: TLSSocket, line: Socket) => void,
    maxVersion: 'TLSv1.2' | 'TLSv1.3' = 'TLSv1.3',
  ): Promise<number> => {
    const server = createServer({
      key: readFileSync(keys.rsaServer.keyFile),
      cert: readFileSync(keys.rsaServer.certFile),
      ca: readFileSync(keys.rsaClient.certFile),
      requestCert: true,
      rejectUnauthorized: false,
      maxVersion,
      allowHalfOpen: true,
    })
    let below: Socket | undefined
    server.on('connection', (line: Socket) => {
      below = line
      lines.add(line)
    })
    server.on('secureConnection', (socket) => {
      socket.on('error', () => undefined)
      if (below) run(socket, below)
    })
    servers.push(server)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    return typeof address === 'object' && address ? address.port : 0
  }
  const open = async (port: number, more: Partial<ConnectRequest> = {}): Promise<CardTlsSocket> => {
    const request = requestOver(await tcpTo(port), credentialOf(keys.rsaClient, cps4), more)
    return secured(await freshCardTls().connect(request))
  }
  const lastError = async (socket: Duplex): Promise<unknown> => {
    const [error] = (await once(socket.resume(), 'error')) as [Error]
    if (!socket.closed) await once(socket, 'close')
    return cardTlsError(error) ?? error
  }

  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    `${megabytes} MB there and back, as fast as node:tls (%s)`,
    async (version) => {
      const port = await serve((socket) => void pipeline(socket, socket).catch(() => undefined), version)
      const schemes = version === 'TLSv1.2' ? cps3 : cps4
      const ours = async (): Promise<Duplex> =>
        open(port, { credential: credentialOf(keys.rsaClient, schemes), allowHalfOpen: true })
      const theirs = async (): Promise<Duplex> => {
        const socket = nodeConnect({
          socket: await tcpTo(port),
          cert: readFileSync(keys.rsaClient.certFile),
          key: readFileSync(keys.rsaClient.keyFile),
          rejectUnauthorized: false,
        })
        await once(socket, 'secureConnect')
        return socket
      }
      /** Milliseconds of processor time, both ends, and megabytes per second. */
      const measure = async (make: () => Promise<Duplex>): Promise<{ cpu: number; rate: string }> => {
        const socket = await make()
        const [started, before] = [performance.now(), process.cpuUsage()]
        const heard = digestOf(socket)
        socket.end(big)
        expect(await heard).toBe(bigDigest)
        const { user, system } = process.cpuUsage(before)
        const rate = `${((2 * big.length) / 1e3 / (performance.now() - started)).toFixed(0)} MB/s`
        return { cpu: (user + system) / 1e3, rate }
      }
      const node = await measure(theirs)
      const card = await measure(ours)
      process.stdout.write(`card-tls ${version}: ${card.rate}; node:tls in the same run ${node.rate}\n`)
      // Processor time: other programs run here too.
      expect(card.cpu).toBeLessThan(3 * node.cpu)
    },
  )

  test('a reader that stops reading stops the server', async () => {
    let written = 0
    const port = await serve((socket) => {
      const source = Readable.from(
        (function* () {
          for (let count = 0; count < 1_000; count += 1) {
            written += 64 * 1024
            yield big.subarray(0, 64 * 1024)
          }
        })(),
      )
      void pipeline(source, socket).catch(() => undefined)
    })
    const stream = await tcpTo(port)
    const socket = secured(await freshCardTls().connect(requestOver(stream, null)))
    await once(socket, 'readable')
    // Until the pipes are full: nothing moves any more for a while.
    for (let before = -1, still = 0; still < 20; before = written) {
      await new Promise((resolve) => setTimeout(resolve, 10))
      still = before === written ? still + 1 : 0
    }
    expect(written).toBeLessThan(1_000 * 64 * 1024)
    expect(socket.readableLength).toBeLessThan(1024 * 1024)
    let heard = 0
    for await (const chunk of socket) heard += (chunk as Buffer).length
    expect(heard).toBe(1_000 * 64 * 1024)
  })

  test('a server that stops reading stops the writer', async () => {
    let theirs: TLSSocket | undefined
    const port = await serve((socket) => (theirs = socket.pause()))
    const socket = await open(port)
    socket.write(big)
    expect(socket.write('encore')).toBe(false)
    for (let count = 0; count < 50; count += 1) await turn()
    expect(socket.writableNeedDrain).toBe(true)
    const drained = once(socket, 'drain')
    theirs?.resume()
    await drained
    socket.destroy()
  })

  test('the end of the server, said properly', async () => {
    const port = await serve((socket) => socket.once('data', () => socket.end('adieu')))
    const socket = await open(port)
    socket.write('bonjour')
    let heard = ''
    socket.on('data', (chunk: Buffer) => (heard += chunk.toString()))
    await once(socket, 'end')
    await once(socket, 'close')
    expect(heard).toBe('adieu')
    expect(socket.writableFinished).toBe(true)
  })

  test('our end: the server hears it and may go on', async () => {
    const port = await serve((socket) => {
      let heard = ''
      socket.on('data', (chunk: Buffer) => (heard += chunk.toString()))
      socket.on('end', () => socket.end(`entendu ${heard}`))
    })
    const socket = await open(port)
    socket.end('adieu')
    let heard = ''
    for await (const chunk of socket) heard += String(chunk)
    expect(heard).toBe('entendu adieu')
  })

  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'half open: the server has ended, we have not (%s)',
    async (version) => {
      const heard = Promise.withResolvers<string>()
      const port = await serve((socket) => {
        let all = ''
        socket.on('data', (chunk: Buffer) => {
          if (all === '') socket.end('fini pour moi')
          all += chunk.toString()
        })
        socket.on('end', () => heard.resolve(all))
      }, version)
      const stream = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
      await once(stream, 'connect')
      const socket = secured(await freshCardTls().connect(requestOver(stream, null, { allowHalfOpen: true })))
      socket.write('bonjour, ')
      await once(socket.resume(), 'end')
      expect(socket.writable).toBe(true)
      socket.end('pas pour moi')
      expect(await heard.promise).toBe('bonjour, pas pour moi')
    },
  )

  test.each(['end', 'resetAndDestroy'] as const)('a cut is told as one, not as an end (%s)', async (how) => {
    const port = await serve((socket, line) => {
      socket.write('le début', () => setImmediate(() => line[how]()))
    })
    const socket = await open(port)
    let heard = ''
    socket.on('data', (chunk: Buffer) => (heard += chunk.toString()))
    let ended = false
    socket.on('end', () => (ended = true))
    expect(await lastError(socket)).toMatchObject(
      how === 'end'
        ? { code: 'net.closed', retry: 'later', details: { host: 'localhost', truncated: true } }
        : { code: 'ECONNRESET' },
    )
    expect(heard).toBe('le début')
    expect(ended).toBe(false)
  })

  test('a cut after our own end is still a cut', async () => {
    const port = await serve((socket, line) => {
      socket.on('end', () => socket.write('le déb', () => line.end()))
      socket.resume()
    })
    const socket = await open(port)
    socket.end('tout ?')
    expect(await lastError(socket)).toMatchObject({ code: 'net.closed', details: { truncated: true } })
  })

  test('what is written after the end of the line fails; nothing crashes without listeners', async () => {
    const port = await serve((_socket, line) => line.destroy())
    const socket = await open(port)
    await new Promise((resolve) => socket.resume().once('close', resolve))
    await expect(
      new Promise((resolve, reject) =>
        socket.write('trop tard', (error) => (error ? reject(error) : resolve(null))),
      ),
    ).rejects.toThrow()
  })

  test('leaving says so and closes the line', async () => {
    const ended = Promise.withResolvers<void>()
    const port = await serve((socket) => socket.resume().on('end', () => ended.resolve()))
    const stream = await tcpTo(port)
    const socket = secured(await freshCardTls().connect(requestOver(stream, null)))
    socket.destroy()
    expect(stream.destroyed).toBe(true)
    await ended.promise
  })

  test('bytes damaged on the way end the connection', async () => {
    const port = await serve((socket, line) => {
      socket.write('intact', () => line.write(Buffer.from([23, 3, 3, 0, 20, ...Array<number>(20).fill(7)])))
    })
    const socket = await open(port)
    expect(await lastError(socket)).toMatchObject({ code: 'tls.handshake', details: { host: 'localhost' } })
  })

  test('what a server says along with the end of the handshake is heard', async () => {
    const port = await serve((socket) => socket.write('* OK prêt\r\n'), 'TLSv1.2')
    const socket = await open(port, { credential: null })
    await turn()
    expect(String((await once(socket, 'data'))[0])).toBe('* OK prêt\r\n')
    socket.destroy()
  })
})
