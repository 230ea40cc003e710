import { createServer } from 'node:http'
import { once } from 'node:events'
import { expect, it, onTestFinished } from 'vitest'
import { issueCertificate, loadKeys, makeCrl, purposes } from '../test/pki/index.ts'
import { createResolver } from './mail/index.ts'
import { createOutgoing, createRoutes } from './outgoing/index.ts'
import { createRevocationFetch } from './protection/index.ts'
import { recordVerification } from './trust-space-wiring.ts'

const web = createOutgoing({ routes: createRoutes('none', {}) })

/** A revocation list on loopback that names these serials. */
const listServer = async (list: () => Buffer): Promise<string> => {
  const server = createServer((_, response) => response.end(list()))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const address = server.address()
  return `http://127.0.0.1:${String(typeof address === 'object' && address ? address.port : 0)}/ac.crl`
}

it('a patient record proves who it is by the authorities of its target, revocation looked up', async () => {
  const now = new Date()
  const keys = await loadKeys(['other authority', 'server'], now)
  const key = (name: string): string => keys.get(name) ?? ''
  const root = [[['CN', 'TEST AC DPI'] as const]]
  const revoked = new Map<string, Date>()
  const source = { name: root, keyPem: key('other authority'), issued: new Set<string>(), revoked }
  const crlUrl = await listServer(() => makeCrl(source, now, 1))
  const dates = {
    notBefore: new Date(now.getTime() - 86_400_000),
    notAfter: new Date(now.getTime() + 86_400_000),
  }
  const issued = { ...dates, issuer: root, issuerKeyPem: key('other authority') }
  const ca = issueCertificate({
    ...issued,
    subject: root,
    subjectKeyPem: key('other authority'),
    authority: {},
    keyUsage: ['keyCertSign', 'cRLSign'],
  })
  const leaf = issueCertificate({
    ...issued,
    subject: [[['CN', 'dpi']]],
    subjectKeyPem: key('server'),
    keyUsage: ['digitalSignature', 'keyEncipherment'],
    extendedKeyUsage: [purposes.serverAuth],
    alternativeNames: [{ dns: 'dpi.test' }],
    crlUrl,
  })
  const kept = new Map<string, Uint8Array>()
  const verificationOf = (revocation: 'require' | 'prefer') =>
    recordVerification({
      anchors: [],
      resolver: createResolver({ publicOnly: true }),
      environment: 'production',
      revocation,
      now: () => now.getTime(),
      random: (length) => new Uint8Array(length),
      web,
      fetch: createRevocationFetch(web),
      store: {
        get: (url) => Promise.resolve(kept.get(url) ?? null),
        put: (url, der) => Promise.resolve(void kept.set(url, der)),
      },
    })
  const peer = { chain: [new Uint8Array(leaf.der), new Uint8Array(ca.der)], host: 'dpi.test' }
  const good = verificationOf('require')(ca.pem)
  expect(await good.verifyServer(peer)).toMatchObject({ ok: true })
  // It stands in the house: an address of the local network is no reason to stay away.
  expect(await good.resolver.lookup('127.0.0.1')).toMatchObject({ ok: true })
  revoked.set(leaf.serial, dates.notBefore)
  kept.clear()
  const afterwards = verificationOf('prefer')(ca.pem)
  expect(await afterwards.verifyServer(peer)).toMatchObject({ ok: false, error: { code: 'tls.revoked' } })
  // Its own certificate, named for it, is vouched for by whoever named it.
  expect(await verificationOf('prefer')(leaf.pem).verifyServer(peer)).toMatchObject({ ok: true })
  // Nothing named: the authorities of mail, of which there are none here.
  expect(await verificationOf('prefer')('').verifyServer(peer)).toMatchObject({
    ok: false,
    error: { code: 'tls.untrusted-authority' },
  })
})
