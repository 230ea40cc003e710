import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fail } from '../contract/errors.ts'
import {
  addonPath,
  cps3,
  cps4,
  credentialOf,
  freshCardTls,
  makeTestKeys,
  requestOver,
  secured,
  startOpenssl,
  tcpTo,
  type OpensslServer,
  type TestKeys,
} from './card-tls.fixture.ts'
import { cardTlsError, type CardTls, type CardTlsSocket } from './index.ts'

/** Says a line to a server that reverses lines, and gives its answer. */
const reversed = (socket: CardTlsSocket, line: string): Promise<string> =>
  new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.once('data', (data: Buffer) => {
      socket.off('error', reject)
      resolve(data.toString().trim())
    })
    socket.write(`${line}\n`)
  })

/** What a socket breaks with. */
const breaking = (socket: CardTlsSocket): Promise<unknown> =>
  new Promise((resolve) => {
    socket.once('error', (error) => resolve(cardTlsError(error) ?? error))
    socket.resume()
  })

describe.skipIf(addonPath === null)('against openssl s_server', () => {
  let keys: TestKeys
  let cardTls: CardTls
  let server: OpensslServer | undefined
  beforeAll(() => {
    keys = makeTestKeys()
  })
  afterAll(() => keys.remove())

  const serve = async (kind: 'rsaServer' | 'ecServer', ...options: string[]): Promise<number> => {
    await server?.stop()
    cardTls = freshCardTls()
    server = await startOpenssl(keys[kind], options)
    return server.port
  }
  afterAll(() => server?.stop())
  const asking = () => ['-Verify', '1', '-verify_return_error', '-CAfile', keys.rsaClient.certFile]

  const rows: [string, 'cps3' | 'cps4', 'rsaServer' | 'ecServer', string[], string, string][] = [
    ['CPS3, TLS 1.2', 'cps3', 'rsaServer', ['-tls1_2'], 'TLSv1.2', 'rsa_pkcs1_sha256'],
    ['CPS3, TLS 1.2 and 1.3', 'cps3', 'rsaServer', [], 'TLSv1.2', 'rsa_pkcs1_sha256'],
    ['CPS3, TLS 1.2, ECDSA server', 'cps3', 'ecServer', [], 'TLSv1.2', 'rsa_pkcs1_sha256'],
    [
      'CPS3, a server that prefers PSS and signs with it',
      'cps3',
      'rsaServer',
      ['-sigalgs', 'RSA-PSS+SHA256', '-client_sigalgs', 'RSA-PSS+SHA256:RSA+SHA512:RSA+SHA256'],
      'TLSv1.2',
      'rsa_pkcs1_sha256',
    ],
    ['CPS4, TLS 1.2', 'cps4', 'rsaServer', ['-tls1_2'], 'TLSv1.2', 'rsa_pss_rsae_sha256'],
    [
      'CPS4, TLS 1.2 with PSS only',
      'cps4',
      'rsaServer',
      ['-tls1_2', '-client_sigalgs', 'RSA-PSS+SHA256'],
      'TLSv1.2',
      'rsa_pss_rsae_sha256',
    ],
    [
      'CPS4, TLS 1.2 without PSS',
      'cps4',
      'rsaServer',
      ['-tls1_2', '-client_sigalgs', 'RSA+SHA256'],
      'TLSv1.2',
      'rsa_pkcs1_sha256',
    ],
    ['CPS4, TLS 1.3', 'cps4', 'rsaServer', [], 'TLSv1.3', 'rsa_pss_rsae_sha256'],
    ['CPS4, TLS 1.3 only, ECDSA server', 'cps4', 'ecServer', ['-tls1_3'], 'TLSv1.3', 'rsa_pss_rsae_sha256'],
  ]
  test.each(rows)('%s', async (_name, card, kind, options, protocol, scheme) => {
    const port = await serve(kind, '-rev', ...asking(), ...options)
    const credential = credentialOf(keys.rsaClient, card === 'cps3' ? cps3 : cps4)
    const socket = secured(await cardTls.connect(requestOver(await tcpTo(port), credential)))
    expect(await reversed(socket, 'bonjour')).toBe('ruojnob')
    expect(socket).toMatchObject({ protocol, resumed: false, clientCertificate: 'signed', authorized: true })
    expect(socket.cipher).toMatch(/^TLS_/)
    expect(socket.peerChain.map((one) => Buffer.from(one).toString('hex'))).toEqual([
      keys[kind].certificate.toString('hex'),
    ])
    expect(credential.asked).toEqual([scheme])
    await server?.hears('depth=0 CN = dr.fictif.test')
    socket.destroy()
  })

  test.each(['-tls1_2', '-tls1_3'])('an ECDSA key, %s', async (version) => {
    const port = await serve('rsaServer', '-rev', '-Verify', '1', '-CAfile', keys.ecClient.certFile, version)
    const credential = credentialOf(keys.ecClient, ['ecdsa_secp256r1_sha256'])
    const socket = secured(await cardTls.connect(requestOver(await tcpTo(port), credential)))
    expect(await reversed(socket, 'bonjour')).toBe('ruojnob')
    expect(credential.asked).toEqual(['ecdsa_secp256r1_sha256'])
    socket.destroy()
  })

  test('CPS3, a server that takes PSS only: said so, and nothing signed or shown', async () => {
    const port = await serve('rsaServer', '-msg', '-tls1_2', ...asking(), '-client_sigalgs', 'RSA-PSS+SHA256')
    const credential = credentialOf(keys.rsaClient, cps3)
    const outcome = await cardTls.connect(requestOver(await tcpTo(port), credential))
    expect(outcome).toMatchObject({
      ok: false,
      error: { code: 'tls.signature-unsupported', details: { host: 'localhost', needs: 'scheme' } },
    })
    expect(credential.asked).toEqual([])
    await server?.hears('ServerHelloDone')
    await server?.hears(/SSL_accept|ERROR|error/)
    expect(server?.said()).not.toMatch(/<<< .*Certificate/)
  })

  test('CPS3, a server with TLS 1.3 only: said so', async () => {
    const port = await serve('rsaServer', '-tls1_3', ...asking())
    const credential = credentialOf(keys.rsaClient, cps3)
    const outcome = await cardTls.connect(requestOver(await tcpTo(port), credential))
    expect(outcome).toMatchObject({
      ok: false,
      error: { code: 'tls.signature-unsupported', details: { needs: 'TLSv1.3' } },
    })
    const versions = { min: 'TLSv1.3', max: 'TLSv1.3' } as const
    const stream = await tcpTo(port)
    const before = await cardTls.connect(requestOver(stream, credential, { versions }))
    expect(before).toMatchObject({ ok: false, error: { code: 'tls.signature-unsupported' } })
    expect(stream.destroyed).toBe(true)
    expect(credential.asked).toEqual([])
  })

  test('a certificate asked for but not required, and none asked for', async () => {
    const credential = credentialOf(keys.rsaClient, cps3)
    const optional = await serve('rsaServer', '-rev', '-verify', '1')
    const first = secured(await cardTls.connect(requestOver(await tcpTo(optional), credential)))
    await reversed(first, 'a')
    expect(first.clientCertificate).toBe('signed')
    first.destroy()
    const anonymous = secured(await cardTls.connect(requestOver(await tcpTo(optional), null)))
    expect(await reversed(anonymous, 'bonjour')).toBe('ruojnob')
    anonymous.destroy()
    const never = await serve('rsaServer', '-rev')
    const second = secured(await cardTls.connect(requestOver(await tcpTo(never), credential)))
    expect(await reversed(second, 'bonjour')).toBe('ruojnob')
    expect(second.clientCertificate).toBe('not-asked')
    second.destroy()
    expect(credential.asked).toHaveLength(1)
  })

  test.each(['-tls1_2', '-tls1_3'])(
    'a chain is handed over as sent, strange company included, %s',
    async (version) => {
      const port = await serve('rsaServer', '-rev', version, '-cert_chain', keys.ecServer.certFile)
      const judged: string[][] = []
      const verifyServer = async (chain: Uint8Array[]) => {
        judged.push(chain.map((one) => Buffer.from(one).toString('hex')))
        return fail('tls.untrusted-authority')
      }
      const host = '127.0.0.1'
      const outcome = await cardTls.connect(requestOver(await tcpTo(port), null, { verifyServer, host }))
      expect(outcome).toMatchObject({ ok: false, error: { code: 'tls.untrusted-authority' } })
      const sent = [keys.rsaServer, keys.ecServer].map(({ certificate }) => certificate.toString('hex'))
      expect(judged).toEqual([sent])
      await server?.hears(/alert bad certificate|alert certificate unknown|alert access denied/)
    },
  )

  test('a certificate required of who has none', async () => {
    const port = await serve('rsaServer', '-tls1_2', ...asking())
    const outcome = await cardTls.connect(requestOver(await tcpTo(port), null))
    expect(outcome).toMatchObject({
      ok: false,
      error: { code: 'tls.handshake', details: { alert: 'handshake_failure' } },
    })
  })

  test('a certificate the server refuses: at once in TLS 1.2, on the stream in TLS 1.3', async () => {
    const refused = {
      code: 'tls.client-certificate-refused',
      retry: 'after-change',
      details: { host: 'localhost', alert: 'unknown_ca' },
    }
    const distrusting = ['-Verify', '1', '-verify_return_error', '-CAfile', keys.rsaServer.certFile]
    const old = await serve('rsaServer', '-tls1_2', ...distrusting)
    const outcome = await cardTls.connect(requestOver(await tcpTo(old), credentialOf(keys.rsaClient, cps3)))
    expect(outcome).toMatchObject({ ok: false, error: refused })
    const recent = await serve('rsaServer', '-tls1_3', ...distrusting)
    const credential = credentialOf(keys.rsaClient, cps4)
    const socket = secured(await cardTls.connect(requestOver(await tcpTo(recent), credential)))
    expect(await breaking(socket)).toMatchObject(refused)
  })

  test.each(['-tls1_2', '-tls1_3'])('a signature that is wrong is refused, %s', async (version) => {
    const port = await serve('rsaServer', ...asking(), version)
    const { sign, ...rest } = credentialOf(keys.ecClient, cps4)
    const other = { ...rest, sign, certificates: [keys.rsaClient.certificate] }
    other.sign = async () => ({ ok: true, value: new Uint8Array(256) })
    const outcome = await cardTls.connect(requestOver(await tcpTo(port), other))
    const error = outcome.ok ? await breaking(outcome.value) : outcome.error
    expect(error).toMatchObject({
      code: 'tls.client-certificate-refused',
      details: { alert: 'decrypt_error' },
    })
  })

  test.each(['R\n', 'r\n'])('renegotiation is refused without a signature (%j)', async (command) => {
    const port = await serve('rsaServer', '-tls1_2', ...asking())
    const credential = credentialOf(keys.rsaClient, cps3)
    const socket = secured(await cardTls.connect(requestOver(await tcpTo(port), credential)))
    const broken = breaking(socket)
    await server?.hears('CIPHER is')
    server?.type(command)
    // OpenSSL does not take no for an answer and closes.
    expect(await broken).toMatchObject({ code: 'tls.handshake', details: { host: 'localhost' } })
    await server?.hears('no renegotiation')
    expect(credential.asked).toHaveLength(1)
  })

  test('new keys in the middle of TLS 1.3 change nothing', async () => {
    const port = await serve('rsaServer', '-tls1_3', ...asking())
    const stream = await tcpTo(port)
    const socket = secured(await cardTls.connect(requestOver(stream, credentialOf(keys.rsaClient, cps4))))
    // Before it was spoken to, this server does not look at its keyboard.
    socket.write('bonjour\n')
    await server?.hears('bonjour')
    socket.resume()
    // The tickets come first; they are longer.
    const update = new Promise<void>((resolve) => {
      stream.on('data', (bytes: Buffer) => {
        if (bytes.length < 100) resolve()
      })
    })
    server?.type('K\n')
    await update
    const heard = once(socket, 'data')
    server?.type('bonne nuit\n')
    expect(String((await heard)[0])).toBe('bonne nuit\n')
    socket.write('bonsoir\n')
    await server?.hears('bonsoir')
    socket.destroy()
  })
})
