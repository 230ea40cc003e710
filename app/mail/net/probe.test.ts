import { createServer, type Socket } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { fail, ok } from '../../contract/errors.ts'
import { probeServer } from './probe.ts'

const verification = {
  resolver: {
    lookup: (host: string) =>
      Promise.resolve(host === 'localhost' ? ok('127.0.0.1') : fail('net.dns', { details: { host } })),
    srv: () => Promise.resolve(ok([])),
  },
  anchors: () => [],
  verifyServer: () => Promise.resolve(ok(null)),
}

/** A server on loopback that does one thing with each connection. */
const serverThat = async (serve: (socket: Socket) => void): Promise<number> => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    serve(socket)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => void server.close())
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}
const code = async (
  service: 'imap' | 'smtp',
  port: number,
  security: 'starttls' | 'tls' = 'starttls',
  signal = new AbortController().signal,
): Promise<string> => {
  const probed = await probeServer(
    verification,
    { service, server: { host: 'localhost', port, security } },
    signal,
  )
  return probed.ok ? 'ok' : probed.error.code
}

describe('a server is told from', () => {
  test('a name nobody knows', async () => {
    const server = { host: 'nulle-part.test', port: 143, security: 'starttls' as const }
    const probed = await probeServer(verification, { service: 'imap', server }, new AbortController().signal)
    expect(probed).toMatchObject({ ok: false, error: { code: 'net.dns' } })
  })
  test('a port where nobody listens', async () => {
    expect(await code('imap', 1)).toBe('net.unreachable')
  })
  test.each([
    ['imap', '* BYE trop de monde\r\n', 'imap.busy'],
    ['imap', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'imap.protocol'],
    ['smtp', '554 pas ici\r\n', 'smtp.failed'],
    ['smtp', '421 plus tard\r\n', 'smtp.busy'],
  ] as const)('another %s answer: %j', async (service, greeting, expected) => {
    const port = await serverThat((socket) => void socket.write(greeting))
    expect(await code(service, port)).toBe(expected)
  })
  test('one without STARTTLS', async () => {
    const port = await serverThat((socket) => {
      socket.write('* OK prêt\r\n')
      socket.on('data', () => void socket.write('S1 BAD inconnu\r\n'))
    })
    expect(await code('imap', port)).toBe('tls.starttls-missing')
  })
  test('one that hangs up, talks for ever or speaks no TLS', async () => {
    expect(await code('imap', await serverThat((socket) => void socket.end()))).toBe('net.closed')
    const chatty = await serverThat((socket) => {
      const talk = (): void => void (socket.destroyed || socket.write('* '.repeat(8192), talk))
      talk()
    })
    expect(await code('imap', chatty)).toBe('imap.protocol')
    const plain = await serverThat((socket) => void socket.write('* OK en clair\r\n'))
    expect(await code('imap', plain, 'tls')).toMatch(/^(tls\.|net\.closed)/)
  })
  test('one nobody waits for any more', async () => {
    const controller = new AbortController()
    const port = await serverThat(() => controller.abort())
    expect(await code('imap', port, 'starttls', controller.signal)).toBe('net.closed')
  })
})
