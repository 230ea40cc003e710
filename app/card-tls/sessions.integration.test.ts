import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fail, ok } from '../contract/errors.ts'
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
  type TestCredential,
  type TestKeys,
} from './card-tls.fixture.ts'
import type { CardTls, CardTlsSocket, ConnectRequest } from './index.ts'

describe.skipIf(addonPath === null)('sessions', () => {
  let keys: TestKeys
  const running: OpensslServer[] = []
  beforeAll(() => {
    keys = makeTestKeys()
  })
  afterAll(async () => {
    for (const server of running) await server.stop()
    keys.remove()
  })
  const serve = async (...options: string[]): Promise<number> => {
    const trusting = ['-Verify', '1', '-verify_return_error', '-CAfile', keys.rsaClient.certFile]
    const server = await startOpenssl(keys.rsaServer, ['-rev', ...trusting, ...options])
    running.push(server)
    return server.port
  }
  /** Connects, talks (in TLS 1.3 tickets come with what the server says), leaves. */
  const visit = async (
    cardTls: CardTls,
    port: number,
    credential: TestCredential,
    more: Partial<ConnectRequest> = {},
  ): Promise<CardTlsSocket> => {
    const request = requestOver(await tcpTo(port), credential, { port, ...more })
    const socket = secured(await cardTls.connect(request))
    socket.write('bonjour\n')
    expect(String((await once(socket, 'data'))[0])).toBe('ruojnob\n')
    socket.destroy()
    return socket
  }

  test.each([
    ['TLS 1.2, tickets', ['-tls1_2'], cps3],
    ['TLS 1.2, session identifiers', ['-tls1_2', '-no_ticket'], cps3],
    ['TLS 1.3', ['-tls1_3'], cps4],
    ['TLS 1.3, state kept by the server', ['-tls1_3', '-no_ticket'], cps4],
  ])('going on costs no signature: %s', async (_name, options, schemes) => {
    const port = await serve(...options)
    const cardTls = freshCardTls()
    const credential = credentialOf(keys.rsaClient, schemes)
    const visits = []
    for (let count = 0; count < 5; count += 1) visits.push(await visit(cardTls, port, credential))
    expect(visits.map((one) => [one.resumed, one.clientCertificate])).toEqual([
      [false, 'signed'],
      [true, 'resumed'],
      [true, 'resumed'],
      [true, 'resumed'],
      [true, 'resumed'],
    ])
    expect(visits.at(-1)?.peerChain).toHaveLength(1)
    expect(credential.asked).toHaveLength(1)

    cardTls.forget('carte fictive 2')
    expect((await visit(cardTls, port, credential)).resumed).toBe(true)
    cardTls.forget(credential.identity)
    expect((await visit(cardTls, port, credential)).resumed).toBe(false)
    cardTls.forget()
    expect((await visit(cardTls, port, credential)).resumed).toBe(false)
    expect(credential.asked).toHaveLength(3)
  })

  test('connections opened at the same time with a CPS3 cost one signature', async () => {
    const port = await serve('-tls1_2')
    const cardTls = freshCardTls()
    const credential = credentialOf(keys.rsaClient, cps3)
    const streams = await Promise.all(Array.from({ length: 5 }, () => tcpTo(port)))
    const leaving = new AbortController()
    const gone = tcpTo(port).then((stream) =>
      cardTls.connect(requestOver(stream, credential, { port, signal: leaving.signal })),
    )
    const opened = streams.map((stream) => cardTls.connect(requestOver(stream, credential, { port })))
    leaving.abort()
    // s_server serves one after the other: each must leave for the next to be served.
    const kinds = await Promise.all(
      opened.map(async (one) => {
        const socket = secured(await one)
        socket.destroy()
        return socket.clientCertificate
      }),
    )
    expect(kinds.sort()).toEqual(['resumed', 'resumed', 'resumed', 'resumed', 'signed'])
    expect(credential.asked).toHaveLength(1)
    expect(await gone).toMatchObject({ ok: false, error: { code: 'net.closed' } })
  })

  test('those that wait for a handshake that fails try by themselves', async () => {
    const port = await serve('-tls1_2')
    const cardTls = freshCardTls()
    let refused = false
    const credential = credentialOf(keys.rsaClient, cps3, async () => {
      if (refused) return ok(null)
      refused = true
      return fail('card.timeout')
    })
    const [first, second] = await Promise.all([tcpTo(port), tcpTo(port)])
    const outcomes = [
      cardTls.connect(requestOver(first, credential, { port })),
      cardTls.connect(requestOver(second, credential, { port })),
    ]
    expect(await outcomes[0]).toMatchObject({ ok: false, error: { code: 'card.timeout' } })
    const socket = secured((await outcomes[1]) ?? fail('core.internal'))
    expect(socket.clientCertificate).toBe('signed')
    socket.destroy()
  })

  test('nothing is carried across identities, ports, certificates or what may be signed', async () => {
    const port = await serve()
    const cardTls = freshCardTls()
    const credential = credentialOf(keys.rsaClient, cps4)
    const resumed = async (other: TestCredential, more: Partial<ConnectRequest> = {}): Promise<boolean> =>
      (await visit(cardTls, port, other, more)).resumed
    expect(await resumed(credential)).toBe(false)
    expect(await resumed({ ...credential, identity: 'carte fictive 2' })).toBe(false)
    expect(await resumed(credential, { port: 1 })).toBe(false)
    expect(await resumed({ ...credential, schemes: cps3 })).toBe(false)
    const renewed = { ...credential, certificates: [keys.rsaClient.certificate, keys.rsaServer.certificate] }
    expect(await resumed(renewed)).toBe(false)
    expect(await resumed(credential)).toBe(true)
    expect(credential.asked).toHaveLength(5)
  })

  test('the server of a session that goes on is judged again', async () => {
    const port = await serve()
    const cardTls = freshCardTls()
    const credential = credentialOf(keys.rsaClient, cps4)
    const judged: string[] = []
    const verifyServer = async (chain: Uint8Array[]) => {
      judged.push(Buffer.from(chain[0] ?? []).toString('hex'))
      return judged.length < 3 ? ok(null) : fail('tls.revoked')
    }
    await visit(cardTls, port, credential, { verifyServer })
    await visit(cardTls, port, credential, { verifyServer })
    const stream = await tcpTo(port)
    const outcome = await cardTls.connect(requestOver(stream, credential, { port, verifyServer }))
    expect(outcome).toMatchObject({ ok: false, error: { code: 'tls.revoked' } })
    expect(stream.destroyed).toBe(true)
    const shown = keys.rsaServer.certificate.toString('hex')
    expect(judged).toEqual([shown, shown, shown])
  })

  test('no more servers are remembered than the limit', async () => {
    const port = await serve('-tls1_2')
    const cardTls = freshCardTls()
    const credential = credentialOf(keys.rsaClient, cps3)
    for (let other = 0; other < 33; other += 1) await visit(cardTls, port, credential, { port: other })
    expect((await visit(cardTls, port, credential, { port: 32 })).resumed).toBe(true)
    expect((await visit(cardTls, port, credential, { port: 0 })).resumed).toBe(false)
  })
})
