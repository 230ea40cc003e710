import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startProxy, type Proxy } from '../../test/operator/proxy.ts'
import { issueCertificate, loadKeys, purposes } from '../../test/pki/index.ts'
import { ok, type Outcome } from '../contract/errors.ts'
import { createOutgoing, createRoutes } from '../outgoing/index.ts'
import { makeKey, makeToken, startHostileProvider } from './hostile-provider.fixture.ts'
import { openIdentity } from './identity.fixture.ts'

const key = makeKey()
const code = (outcome: Outcome<unknown>): string => (outcome.ok ? 'ok' : outcome.error.code)
const host = 'psc.exemple.test'

describe('Pro Santé Connect behind an establishment’s proxy', () => {
  let psc: Awaited<ReturnType<typeof startHostileProvider>>
  let proxy: Proxy
  let cert = ''

  beforeAll(async () => {
    const now = new Date()
    const keys = await loadKeys(['other authority', 'server'], now)
    const secret = keys.get('server') ?? ''
    cert = issueCertificate({
      notBefore: new Date(now.getTime() - 86_400_000),
      notAfter: new Date(now.getTime() + 86_400_000),
      issuer: [[['CN', host]]],
      issuerKeyPem: secret,
      subject: [[['CN', host]]],
      subjectKeyPem: secret,
      authority: {},
      keyUsage: ['digitalSignature', 'keyEncipherment', 'keyCertSign'],
      extendedKeyUsage: [purposes.serverAuth],
      alternativeNames: [{ dns: host }],
    }).pem
    psc = await startHostileProvider(key, { host, cert, key: secret })
    proxy = await startProxy(new Map([[host, psc.place]]))
  })
  afterEach(() => proxy.behave({ status: null, login: null }))
  afterAll(async () => {
    await proxy.stop()
    await psc.stop()
  })

  const open = (authorities: string[]) =>
    openIdentity(
      { psc: psc.policy },
      {
        web: createOutgoing({ routes: createRoutes({ url: proxy.url }, {}), authorities }),
        openExternal: async (url) => {
          const asked = new URL(url).searchParams
          const claims = psc.claims({ nonce: asked.get('nonce') })
          psc.told.tokens = [psc.answer(makeToken(claims, { key: key.privateKey, kid: 'one' }))]
          // The browser comes back by itself: it has its own way out.
          await fetch(`${asked.get('redirect_uri') ?? ''}?code=c&state=${asked.get('state') ?? ''}`)
          return ok(null)
        },
      },
    )

  it('is asked by the proxy for everything: metadata, keys, tokens, who it is, renewals', async () => {
    const { identity, clock } = open([cert])
    expect(code(await identity.start({ way: 'browser' }))).toBe('ok')
    await clock.advance(119_000)
    const account = { address: 'a@b.test', auth: 'psc' as const, card: null, password: null }
    expect(code(await identity.prove(account))).toBe('ok')
    expect(psc.told.asked).toEqual(
      expect.arrayContaining(['/.well-known/wallet-openid-configuration', '/certs', '/token', '/userinfo']),
    )
    expect(proxy.asked.length).toBe(psc.told.asked.length)
    expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT ${host}:443`]))
  })

  it.each([
    ['opens TLS itself', {}, [], 'intercepted'],
    ['wants to know who asks', { login: 'a:b' }, 'trusted', 'login'],
    ['lets nobody through', { status: 403 }, 'trusted', 'refused'],
  ] as const)('says in words of a proxy that %s', async (_what, how, authorities, reason) => {
    proxy.behave(how)
    const { identity } = open(authorities === 'trusted' ? [cert] : [])
    expect(await identity.start({ way: 'browser' })).toMatchObject({
      error: { code: 'auth.provider-unavailable', details: { reason, host } },
    })
  })
})
