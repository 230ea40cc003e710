import { createServer as createTcp } from 'node:net'
import { createServer, type SecureContextOptions, type Server } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ok } from '../../contract/errors.ts'
import { issueCertificate, makeKey } from '../../../test/pki/index.ts'
import { code } from '../outcome.fixture.ts'
import type { PeerVerification } from './peer.ts'
import { probeServer } from './probe.ts'

/** Suites of ANSSI's guide by their numbers (IANA), and the mark of secure renegotiation. */
const allowed = new Set([0x1301, 0x1302, 0x1303, 0xc02b, 0xc02c, 0xc02f, 0xc030, 0xcca8, 0xcca9, 0x00ff])
const host = 'imap.operateur.mssante.test'

let key = ''
let certificate = ''
beforeAll(async () => {
  key = await makeKey()
  const name = [[['CN', host] as const]]
  certificate = issueCertificate({
    subject: name,
    subjectKeyPem: key,
    issuer: name,
    issuerKeyPem: key,
    notBefore: new Date(Date.now() - 86_400_000),
    notAfter: new Date(Date.now() + 86_400_000),
    authority: {},
    keyUsage: ['digitalSignature', 'keyEncipherment', 'keyCertSign'],
    extendedKeyUsage: ['1.3.6.1.5.5.7.3.1'],
    alternativeNames: [{ dns: host }],
  }).pem
})

const open: { close: () => unknown }[] = []
afterAll(() => {
  for (const server of open) server.close()
})

const listening = (server: Server | ReturnType<typeof createTcp>): Promise<number> =>
  new Promise((resolve) => {
    open.push(server)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' ? (address?.port ?? 0) : 0)
    })
  })

const verification = (): PeerVerification => ({
  resolver: { srv: () => Promise.resolve(ok([])), lookup: () => Promise.resolve(ok('127.0.0.1')) },
  anchors: () => [certificate],
  verifyServer: () => Promise.resolve(ok(null)),
})
const probe = (port: number): ReturnType<typeof probeServer> =>
  probeServer(
    verification(),
    { service: 'imap', server: { host, port, security: 'tls' } },
    new AbortController().signal,
  )
const serverWith = (options: SecureContextOptions): Promise<number> => {
  const server = createServer({ cert: certificate, key, ...options }, (socket) => {
    socket.on('error', () => undefined)
    socket.write('* OK bonjour\r\n')
  })
  server.on('tlsClientError', () => undefined)
  return listening(server)
}

describe('TLS to operators', () => {
  it.each([
    ['TLS 1.3', { minVersion: 'TLSv1.3' }],
    ['TLS 1.2 with forward secrecy', { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' }],
  ] as const)('ECO.1.1.1 ECO.1.1.3: takes %s', async (_name, options) => {
    expect(await probe(await serverWith(options))).toMatchObject({ ok: true })
  })

  it.each([
    ['TLS 1.1', { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }],
    ['no forward secrecy', { maxVersion: 'TLSv1.2', ciphers: 'AES256-GCM-SHA384' }],
    [
      'no authenticated encryption',
      { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-AES256-SHA384:ECDHE-RSA-AES128-SHA' },
    ],
  ] as const)('ECO.1.1.1 ECO.1.1.3: refuses %s', async (_name, options) => {
    expect(code(await probe(await serverWith(options)))).toMatch(/^(tls\.handshake|net\.closed)$/)
  })

  it('ECO.1.1.3: offers no suite but those of the list', async () => {
    const hello = new Promise<Buffer>((resolve) => {
      const server = createTcp((socket) => {
        socket.on('error', () => undefined)
        socket.once('data', (bytes) => {
          resolve(bytes)
          socket.destroy()
        })
      })
      void listening(server).then((port) => probe(port))
    })
    const bytes = await hello
    // Record and handshake headers, version and random; then the session and the suites (RFC 8446 §4.1.2).
    const session = bytes.readUInt8(43)
    const length = bytes.readUInt16BE(44 + session)
    const suites = Array.from({ length: length / 2 }, (_, index) =>
      bytes.readUInt16BE(46 + session + 2 * index),
    )
    expect(suites.length).toBeGreaterThanOrEqual(9)
    expect(suites.filter((suite) => !allowed.has(suite))).toEqual([])
  })
})
