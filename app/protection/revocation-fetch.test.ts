import { randomBytes, X509Certificate } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { makePki } from '../../test/operator/pki.ts'
import { startWeb, type Web } from '../../test/operator/web.ts'
import { fail, ok } from '../contract/index.ts'
import { createTrust } from '../smime/index.ts'
import { createOutgoing, createRoutes } from '../outgoing/index.ts'
import { createRevocationFetch } from './revocation-fetch.ts'

const fetchRevocation = createRevocationFetch(createOutgoing({ routes: createRoutes('none', {}) }))

const host = 'imap.mss.test'
const asked: { path: string; body: number }[] = []
let pki: Awaited<ReturnType<typeof makePki>> | null = null
const web: Web = await startWeb((path, body) => {
  asked.push({ path: path.slice(0, 5), body: body.length })
  return Promise.resolve(pki?.respond(path, body) ?? null)
})
afterAll(web.stop)
const made = await makePki(web.url, [host], new Date())
pki = made

const derOf = (pem: string): Uint8Array[] =>
  (pem.match(/-----BEGIN[^]*?-----END CERTIFICATE-----/g) ?? []).map(
    (block) => new Uint8Array(new X509Certificate(block).raw),
  )
const trust = createTrust({
  anchors: made.trusted.flatMap(({ pem }) => derOf(pem)),
  environment: 'test',
  revocation: 'require',
  now: () => Date.now(),
  random: (n) => new Uint8Array(randomBytes(n)),
  // No list is to be had: the responder must be asked.
  fetch: (url, body) =>
    url.endsWith('.crl') ? Promise.resolve(fail('net.unreachable')) : fetchRevocation(url, body),
  store: { get: () => Promise.resolve(null), put: () => Promise.resolve() },
})

test('the operator\u2019s responder, which wants POST, is asked by GET first and then by POST', async () => {
  const good = await trust.verifyServer({ chain: derOf(made.servers.good.chainPem), host })
  expect(good).toEqual(ok({ revocation: 'good' }))
  const questions = asked.filter(({ path }) => path === '/ocsp')
  expect(questions.some(({ body }) => body === 0)).toBe(true)
  expect(questions.some(({ body }) => body > 50)).toBe(true)
  const revoked = await trust.verifyServer({ chain: derOf(made.servers.revoked.chainPem), host })
  expect(revoked).toMatchObject({ ok: false, error: { code: 'tls.revoked' } })
})

test('only http is fetched, and an error says so', async () => {
  expect(await fetchRevocation('https://igc.test/x.crl')).toMatchObject({ ok: false })
  expect(await fetchRevocation(`${web.url}/CRL/NONE.crl`)).toMatchObject({
    ok: false,
    error: { code: 'net.unreachable' },
  })
})
