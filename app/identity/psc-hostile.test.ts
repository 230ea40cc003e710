import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ok, type Outcome } from '../contract/errors.ts'
import { createOutgoing, createRoutes } from '../outgoing/index.ts'
import { makeKey, makeToken, startHostileProvider } from './hostile-provider.fixture.ts'
import { openIdentity } from './identity.fixture.ts'
import { createPscProvider } from './psc-provider.ts'

const web = createOutgoing({ routes: createRoutes('none', {}) })
const key = makeKey()
const other = makeKey()
const code = (outcome: Outcome<unknown>): string => (outcome.ok ? 'ok' : outcome.error.code)
const now = (): number => Math.floor(Date.now() / 1000)
const publicPem = key.publicKey.export({ format: 'pem', type: 'spki' }).toString()

describe('a provider, or somebody in its place, that lies', () => {
  let psc: Awaited<ReturnType<typeof startHostileProvider>>
  beforeEach(async () => {
    psc = await startHostileProvider(key)
  })
  afterEach(() => psc.stop())

  const expected = { state: 'state', nonce: 'nonce', verifier: 'v'.repeat(43) }
  const came = (query = 'code=c&state=state'): URL => new URL(`http://127.0.0.1:9/?${query}`)
  /** Signs in by the code of a browser, the id_token being what the test says. */
  const exchange = async (idToken: string | undefined, query?: string) => {
    psc.told.tokens = [psc.answer(idToken)]
    return await createPscProvider(psc.policy, web).exchange(came(query), expected)
  }
  const good = (changes: Record<string, unknown> = {}, how: Partial<Parameters<typeof makeToken>[1]> = {}) =>
    makeToken(psc.claims({ nonce: 'nonce', ...changes }), { key: key.privateKey, kid: 'one', ...how })

  it('is believed when it tells the truth', async () => {
    expect(code(await exchange(good()))).toBe('ok')
    expect(psc.told.forms[0]?.get('code_verifier')).toBe(expected.verifier)
  })

  it.each([
    ['alg none', () => good({}, { alg: 'none', key: '' })],
    ['HS256 keyed by the public key', () => good({}, { alg: 'HS256', key: publicPem })],
    ['a stranger’s key under a known name', () => good({}, { key: other.privateKey })],
    ['a stranger’s key', () => good({}, { key: other.privateKey, kid: 'two' })],
    ['another issuer', () => good({ iss: 'https://psc.exemple.test' })],
    ['another audience', () => good({ aud: 'somebody-else' })],
    ['audiences beside ours, without azp', () => good({ aud: ['souspli', 'somebody-else'] })],
    ['another authorized party', () => good({ azp: 'somebody-else' })],
    ['another authorized party among audiences', () => good({ aud: ['souspli', 'x'], azp: 'x' })],
    ['a nonce of another request', () => good({ nonce: 'replayed' })],
    ['no nonce', () => good({ nonce: undefined })],
    ['an end long past', () => good({ exp: now() - 121 })],
    ['no end', () => good({ exp: undefined })],
    ['a date far ahead', () => good({ iat: now() + 3600, exp: now() + 7200 })],
    ['a date of yesterday', () => good({ iat: now() - 86_400 })],
    ['not yet valid', () => good({ nbf: now() + 3600 })],
    ['another level', () => good({ acr: 'eidas0' })],
    ['a level that is a list', () => good({ acr: ['eidas1'] })],
    ['no subject', () => good({ sub: undefined })],
    ['a subject that is not UserInfo’s', () => good({ sub: 'another' })],
    ['nothing at all', () => undefined],
    ['no token', () => 'abc'],
  ])('is not believed: id_token with %s', async (_what, make) => {
    expect(code(await exchange(make()))).toBe('auth.answer-invalid')
  })

  it('is forgiven two minutes between the clocks', async () => {
    expect(code(await exchange(good({ iat: now() + 100, exp: now() + 200 })))).toBe('ok')
    expect(code(await exchange(good({ iat: now() - 200, exp: now() - 100 })))).toBe('ok')
  })

  it('says that the clocks differ, where that is all', async () => {
    const refused = await exchange(good({ iat: now() - 7200, exp: now() - 7080 }))
    expect(refused).toMatchObject({ error: { code: 'auth.answer-invalid', details: { what: 'clock' } } })
  })

  it.each([
    ['another state', 'code=c&state=other'],
    ['no state', 'code=c'],
    ['two states', 'code=c&state=state&state=state'],
    ['two codes', 'code=c&code=d&state=state'],
    ['the name of another provider (RFC 9207)', 'code=c&state=state&iss=https%3A%2F%2Fpsc.exemple.test'],
  ])('gets no code from a browser that comes back with %s', async (_what, query) => {
    expect(code(await exchange(good(), query))).toBe('auth.answer-invalid')
    expect(psc.told.forms).toEqual([])
  })

  it('may change its keys: the new ones are fetched', async () => {
    const provider = createPscProvider(psc.policy, web)
    psc.told.tokens = [psc.answer(good())]
    expect(code(await provider.exchange(came(), expected))).toBe('ok')
    psc.told.keys = [{ ...other.publicKey.export({ format: 'jwk' }), kid: 'two', use: 'sig', alg: 'RS256' }]
    psc.told.tokens = [psc.answer(good({}, { key: other.privateKey, kid: 'two' }))]
    expect(code(await provider.exchange(came(), expected))).toBe('ok')
  })

  it('may not send the browser to anything but the web', async () => {
    for (const authorization_endpoint of [
      'file:///etc/passwd',
      'javascript:alert(1)',
      'http://psc.test/auth',
    ]) {
      psc.told.metadata = { authorization_endpoint }
      const asked = await createPscProvider(psc.policy, web).authorizationUrl({
        ...expected,
        redirectUri: 'x',
      })
      expect(code(asked)).not.toBe('ok')
    }
  })

  it('is not followed elsewhere, and not read without end', async () => {
    psc.told.tokens = [{ status: 200, body: { access_token: 'a'.repeat(300_000), token_type: 'Bearer' } }]
    const provider = createPscProvider(psc.policy, web)
    expect(code(await provider.exchange(came(), expected))).toBe('auth.provider-unavailable')
  })

  it.each([
    ['a web page in its place', { status: 200, body: '<html>Identifiez-vous sur le Wi-Fi</html>' }],
    ['a page that forbids', { status: 403, body: '<html>Accès refusé</html>' }],
    ['a page that fails', { status: 500, body: '<html></html>' }],
    ['a line cut', { status: 200, body: null }],
    ['too many questions', { status: 429, body: { error: 'slow' } }],
  ])('does not end a session by %s', async (_what, answer) => {
    psc.told.tokens = [answer]
    expect(code(await createPscProvider(psc.policy, web).refresh('refresh', 'somebody'))).toBe(
      'auth.provider-unavailable',
    )
  })

  it('renews for the same person alone', async () => {
    const provider = createPscProvider(psc.policy, web)
    psc.told.tokens = [psc.answer(undefined)]
    expect(code(await provider.refresh('refresh', 'somebody'))).toBe('ok')
    psc.told.tokens = [psc.answer(good({ nonce: undefined }))]
    expect(code(await provider.refresh('refresh', 'somebody'))).toBe('ok')
    psc.told.tokens = [psc.answer(good({ nonce: undefined, sub: 'another' }))]
    expect(code(await provider.refresh('refresh', 'somebody'))).toBe('auth.answer-invalid')
  })

  it('tells a refusal of CIBA for what it is', async () => {
    const provider = createPscProvider(psc.policy, web)
    const poll = async (error: string): Promise<string> => {
      psc.told.tokens = [{ status: 400, body: { error } }]
      const polled = await provider.pollCiba('x')
      if (!polled.ok) return polled.error.code
      return typeof polled.value === 'string' ? polled.value : 'signed in'
    }
    expect(await poll('authorization_pending')).toBe('pending')
    expect(await poll('slow_down')).toBe('slow-down')
    expect(await poll('access_denied')).toBe('auth.refused')
    expect(await poll('expired_token')).toBe('auth.timeout')
    expect(await poll('invalid_grant')).toBe('auth.failed')
  })

  it.each([
    ['the one who was asked', {}, 'ok'],
    ['one who is known by the number asked for, too', { otherIds: [{ identifiant: '99700000101' }] }, 'ok'],
    ['somebody else', { SubjectNameID: '899700000999' }, 'auth.other-professional'],
    ['nobody with a name', { SubjectNameID: undefined }, 'auth.other-professional'],
  ])('is believed in CIBA of %s, or not', async (_what, claims, outcome) => {
    psc.told.userInfo = { status: 503, body: {} }
    const changes = 'otherIds' in claims ? { ...claims, SubjectNameID: '099700000' } : claims
    psc.told.tokens = [psc.answer(good({ nonce: undefined, ...changes }))]
    const { identity, clock, proofs } = openIdentity({ psc: psc.policy })
    const started = identity.start({ way: 'mobile', nationalId: psc.nationalId })
    await expect.poll(() => identity.state().underWay?.phase).toBe('waiting')
    await clock.advance(1000)
    expect(code(await started)).toBe(outcome)
    expect(proofs).toEqual(outcome === 'ok' ? ['psc there'] : [])
    if (outcome !== 'ok') await expect.poll(() => psc.told.asked).toContain('/revoke')
  })

  it('opens nobody’s session where it does not say who it is', async () => {
    psc.told.userInfo = { status: 503, body: {} }
    const state = new Map<string, string>()
    const { identity, proofs } = openIdentity(
      { psc: psc.policy },
      {
        owner: psc.nationalId,
        openExternal: async (url) => {
          const asked = new URL(url).searchParams
          const nonce = asked.get('nonce') ?? undefined
          psc.told.tokens = [psc.answer(good({ nonce, SubjectNameID: undefined }))]
          state.set('state', asked.get('state') ?? '')
          await fetch(`${asked.get('redirect_uri') ?? ''}?code=c&state=${state.get('state') ?? ''}`)
          return ok(null)
        },
      },
    )
    const started = await identity.start({ way: 'browser' })
    expect(started).toMatchObject({
      error: { code: 'auth.answer-invalid', details: { what: 'professional' } },
    })
    expect(proofs).toEqual([])
  })

  it('is not believed in CIBA with a token of before the question', async () => {
    const provider = createPscProvider(psc.policy, web)
    psc.told.tokens = [psc.answer(good({ nonce: undefined, iat: now() - 3600, exp: now() + 3600 }))]
    expect(code(await provider.pollCiba('x'))).toBe('auth.answer-invalid')
    psc.told.tokens = [psc.answer(good({ nonce: undefined }, { alg: 'none', key: '' }))]
    expect(code(await provider.pollCiba('x'))).toBe('auth.answer-invalid')
  })
})
