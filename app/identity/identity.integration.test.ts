import { randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import { people, startOperator, type Operator } from '../../test/operator/index.ts'
import { createIdentity, type IdentityDependencies } from './index.ts'
import { withoutCard } from './without-card.fixture.ts'
import { browse } from './browser.fixture.ts'

const account = { address: people.anne.address, auth: 'psc' as const, password: null, card: null }
const code = (outcome: Outcome<unknown>): string => (outcome.ok ? 'ok' : outcome.error.code)

describe('Pro Santé Connect', () => {
  let operator: Operator
  let clock = 0

  beforeAll(async () => {
    operator = await startOperator()
  })
  afterEach(() => {
    operator.psc.setOutage(false)
    clock = 0
  })
  afterAll(() => operator.stop())

  const identityWith = (overrides: Partial<IdentityDependencies> = {}) =>
    createIdentity({
      psc: operator.policy.psc,
      card: withoutCard,
      openExternal: async (url) => ok(await browse(url, 'anne')),
      now: () => Date.now() + clock,
      random: (length) => new Uint8Array(randomBytes(length)),
      ...overrides,
    })

  it('wants a login first, then gives a token', async () => {
    const identity = identityWith()
    expect(code(await identity.prove(account))).toBe('auth.login-required')
    expect(code(await identity.login(account))).toBe('ok')
    const credentials = await identity.prove(account)
    expect(credentials.ok && credentials.value.kind).toBe('token')
  })

  it('asks with PKCE, state and nonce, and comes back to the loopback address', async () => {
    let asked: URL | null = null
    const identity = identityWith({
      openExternal: async (url) => {
        asked = new URL(url)
        return ok(await browse(url, 'anne'))
      },
    })
    await identity.login(account)
    const parameters = (asked as URL | null)?.searchParams
    expect(parameters?.get('code_challenge_method')).toBe('S256')
    expect(parameters?.get('state')).toMatch(/^[\w-]{43}$/)
    expect(parameters?.get('nonce')).toMatch(/^[\w-]{43}$/)
    expect(parameters?.get('redirect_uri')).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
  })

  it('renews silently, once for all who ask', async () => {
    const identity = identityWith()
    await identity.login(account)
    const before = await identity.prove(account)
    clock = 3_600_000
    const [first, second] = await Promise.all([identity.prove(account), identity.prove(account)])
    expect(first).toEqual(second)
    expect(first.ok).toBe(true)
    expect(first).not.toEqual(before)
  })

  it('says that the provider is away', async () => {
    operator.psc.setOutage(true)
    expect(code(await identityWith().login(account))).toBe('auth.provider-unavailable')
  })

  it('hears that the user gave up, in the browser or here', async () => {
    const refused = identityWith({ openExternal: async (url) => ok(await browse(url, null)) })
    expect(code(await refused.login(account))).toBe('auth.cancelled')
    const abandoned = identityWith({
      openExternal: () => {
        queueMicrotask(() => {
          abandoned.cancel()
        })
        return Promise.resolve(ok(null))
      },
    })
    expect(code(await abandoned.login(account))).toBe('auth.cancelled')
    const noBrowser = identityWith({ openExternal: () => Promise.resolve(fail('core.internal')) })
    expect(code(await noBrowser.login(account))).toBe('core.internal')
  })

  it('ignores an answer with another state', async () => {
    const identity = identityWith({
      openExternal: async (url) => {
        const redirect = new URL(new URL(url).searchParams.get('redirect_uri') ?? '')
        const forged = await fetch(`${redirect.href}?code=forged&state=other`)
        expect(forged.status).toBe(404)
        return ok(await browse(url, 'anne'))
      },
    })
    expect(code(await identity.login(account))).toBe('ok')
  })

  it('forgets everything at the end of the session', async () => {
    const identity = identityWith()
    await identity.login(account)
    identity.end()
    expect(code(await identity.prove(account))).toBe('auth.login-required')
  })
})
