import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import type { Policy } from '../contract/index.ts'
import { people, startOperator, type Operator } from '../../test/operator/index.ts'
import { browse } from './browser.fixture.ts'
import { openIdentity } from './identity.fixture.ts'

const { anne, paul } = people
const account = { address: anne.address, auth: 'psc' as const, password: null, card: null }
const code = (outcome: Outcome<unknown>): string => (outcome.ok ? 'ok' : outcome.error.code)
const nationalId = `8${anne.rpps}`

/** Against the simulated provider, directly and behind the back-end that holds the secret. */
describe('Pro Santé Connect', () => {
  let operator: Operator

  beforeAll(async () => {
    operator = await startOperator()
  })
  afterEach(() => {
    operator.psc.setOutage(false)
    operator.psc.setCiba({ interval: 1, lasts: 120 })
    operator.backEnd.tamperWith(null)
  })
  afterAll(() => operator.stop())

  const psc = (): NonNullable<Policy['psc']> => {
    if (!operator.policy.psc) throw new Error('the operator has no provider')
    return operator.policy.psc
  }
  const open = (overrides: Parameters<typeof openIdentity>[1] = {}) => openIdentity({ psc: psc() }, overrides)
  const behind = (overrides: Parameters<typeof openIdentity>[1] = {}) =>
    openIdentity({ psc: operator.backEnd.behind }, overrides)

  it('wants a login first, then gives a token and says who is there', async () => {
    const { identity, proofs } = open()
    expect(code(await identity.prove(account))).toBe('auth.login-required')
    expect(code(await identity.login(account))).toBe('ok')
    const credentials = await identity.prove(account)
    expect(credentials.ok && credentials.value.kind).toBe('token')
    expect(proofs).toEqual(['psc there'])
    expect(identity.state().professional).toEqual({
      nationalId,
      rpps: anne.rpps,
      familyName: 'MARTIN',
      givenName: 'Anne',
      professionCode: '10',
      organisation: anne.structure,
      situations: [
        { organisation: anne.structure, professionCode: '10', role: null, sector: 'SA07', mode: 'L' },
      ],
    })
  })

  it('asks with PKCE, state, nonce, eidas1, and comes back to the loopback address (PSC-ACR)', async () => {
    let asked: URL | null = null
    const { identity } = open({
      openExternal: async (url) => {
        asked = new URL(url)
        return ok(await browse(url, 'anne'))
      },
    })
    await identity.login(account)
    const parameters = Object.fromEntries((asked as URL | null)?.searchParams ?? [])
    expect(parameters).toMatchObject({
      response_type: 'code',
      scope: 'openid scope_all',
      acr_values: 'eidas1',
      code_challenge_method: 'S256',
    })
    expect(parameters['state']).toMatch(/^[\w-]{43}$/)
    expect(parameters['nonce']).toMatch(/^[\w-]{43}$/)
    expect(parameters['redirect_uri']).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
  })

  it('finds the provider by either name of its metadata, and not by another’s', async () => {
    for (const discovery of ['wallet-openid-configuration', 'openid-configuration']) {
      const { identity } = openIdentity({ psc: { ...psc(), discovery } })
      expect(code(await identity.login(account))).toBe('ok')
    }
    const { identity } = openIdentity({ psc: { ...psc(), discovery: 'other-configuration' } })
    expect(code(await identity.login(account))).not.toBe('ok')
    const elsewhere = openIdentity({
      psc: { ...psc(), issuer: psc().issuer.replace('127.0.0.1', 'localhost') },
    })
    expect(code(await elsewhere.identity.login(account))).toBe('auth.answer-invalid')
  })

  it('never asks a provider or a back-end over plain http that is not this machine', async () => {
    const wrong = { ...psc(), issuer: 'http://psc.exemple.test' }
    expect(code(await openIdentity({ psc: wrong }).identity.login(account))).toBe('auth.provider-unavailable')
    const leaking = { ...psc(), backEnd: { url: 'http://lps.exemple.test' } }
    expect(code(await openIdentity({ psc: leaking }).identity.login(account))).toBe(
      'auth.provider-unavailable',
    )
  })

  it('renews silently, once for all who ask', async () => {
    const { identity, clock } = open()
    await identity.login(account)
    const before = await identity.prove(account)
    await clock.advance(119_000)
    const [first, second] = await Promise.all([identity.prove(account), identity.prove(account)])
    expect(first).toEqual(second)
    expect(first.ok).toBe(true)
    expect(first).not.toEqual(before)
  })

  it('says that the provider is away, and since when', async () => {
    operator.psc.setOutage(true)
    expect(code(await open().identity.login(account))).toBe('auth.provider-unavailable')
    operator.psc.setOutage(false)
    const { identity, clock } = open()
    await identity.login(account)
    operator.psc.setOutage(true)
    await clock.advance(125_000)
    expect(code(await identity.prove(account))).toBe('auth.provider-unavailable')
    expect(identity.state().awaySince).not.toBeNull()
    operator.psc.setOutage(false)
    expect(code(await identity.prove(account))).toBe('ok')
    expect(identity.state().awaySince).toBeNull()
  })

  it('hears that the user gave up, in the browser or here', async () => {
    const refused = open({ openExternal: async (url) => ok(await browse(url, null)) })
    expect(code(await refused.identity.login(account))).toBe('auth.cancelled')
    const abandoned = open({
      openExternal: () => {
        queueMicrotask(() => abandoned.identity.cancel())
        return Promise.resolve(ok(null))
      },
    })
    expect(code(await abandoned.identity.login(account))).toBe('auth.cancelled')
    expect(abandoned.identity.state().underWay).toBeNull()
    const noBrowser = open({ openExternal: () => Promise.resolve(fail('core.internal')) })
    expect(code(await noBrowser.identity.login(account))).toBe('core.internal')
  })

  it('ignores an answer with another state', async () => {
    const { identity } = open({
      openExternal: async (url) => {
        const redirect = new URL(new URL(url).searchParams.get('redirect_uri') ?? '')
        const forged = await fetch(`${redirect.href}?code=forged&state=other`)
        expect(forged.status).toBe(404)
        return ok(await browse(url, 'anne'))
      },
    })
    expect(code(await identity.login(account))).toBe('ok')
  })

  it('refuses a colleague’s login in somebody’s mailbox', async () => {
    const { identity, proofs } = open({ owner: `8${paul.rpps}` })
    expect(code(await identity.login(account))).toBe('auth.other-professional')
    expect(code(await identity.prove(account))).toBe('auth.login-required')
    expect(proofs).toEqual([])
  })

  it('forgets everything at the end of the session', async () => {
    const { identity, proofs } = open()
    await identity.login(account)
    identity.end()
    expect(code(await identity.prove(account))).toBe('auth.login-required')
    expect(proofs).toEqual(['psc there', 'psc gone'])
  })

  it('signs out here, by revocation and at the provider’s page (PSC-LOGOUT)', async () => {
    const before = { revoked: operator.psc.asked('revocation'), ended: operator.psc.asked('logout') }
    const opened: URL[] = []
    const { identity, proofs } = open({
      openExternal: async (url) => {
        opened.push(new URL(url))
        return ok(await browse(url, 'anne'))
      },
    })
    await identity.login(account)
    expect(await identity.signOut()).toEqual(ok({ told: true }))
    expect(identity.state().session).toEqual({ state: 'closed', reason: 'signed-out' })
    expect(proofs).toEqual(['psc there', 'psc gone'])
    const parameters = opened.at(-1)?.searchParams
    expect(parameters?.get('id_token_hint')?.split('.')).toHaveLength(3)
    expect(parameters?.get('post_logout_redirect_uri')).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
    expect(operator.psc.asked('revocation')).toBeGreaterThan(before.revoked)
    expect(operator.psc.asked('logout')).toBeGreaterThan(before.ended)
    await identity.login(account)
    operator.psc.setOutage(true)
    expect(await identity.signOut()).toEqual(ok({ told: false }))
    expect(code(await identity.prove(account))).toBe('auth.login-required')
  })

  describe('behind the back-end that holds the secret (PSC-22)', () => {
    it('exchanges, renews and revokes there; the browser comes back by its address', async () => {
      const asked: URL[] = []
      const before = operator.backEnd.asked('/token')
      const { identity, clock } = behind({
        openExternal: async (url) => {
          asked.push(new URL(url))
          return ok(await browse(url, 'anne'))
        },
      })
      expect(code(await identity.login(account))).toBe('ok')
      expect(asked[0]?.searchParams.get('redirect_uri')).toBe(`${operator.backEnd.url}/retour`)
      expect(asked[0]?.searchParams.get('state')).toMatch(/^[\w-]{43}\.\d+$/)
      await clock.advance(119_000)
      expect(code(await identity.prove(account))).toBe('ok')
      expect(operator.backEnd.asked('/token')).toBe(before + 2)
      await identity.signOut()
      expect(operator.backEnd.asked('/revoke')).toBeGreaterThan(0)
      expect(asked.at(-1)?.searchParams.get('post_logout_redirect_uri')).toBe(
        `${operator.backEnd.url}/au-revoir`,
      )
    })
    it('has nothing of the secret: without the back-end the same client gets no token', async () => {
      const { backEnd: _without, ...alone } = operator.backEnd.behind
      expect(code(await openIdentity({ psc: alone }).identity.login(account))).toBe('auth.failed')
    })
    it.each([
      ['unsigned', (token: string) => `${token.split('.').slice(0, 2).join('.')}.`],
      [
        'of another algorithm',
        (token: string) => {
          const [, body = ''] = token.split('.')
          return `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.`
        },
      ],
      ['for another client', (token: string) => changed(token, { aud: 'somebody-else' })],
      ['of another issuer', (token: string) => changed(token, { iss: 'https://psc.exemple.test' })],
      ['of another request', (token: string) => changed(token, { nonce: 'replayed' })],
      ['too weak', (token: string) => changed(token, { acr: 'eidas0' })],
      ['absent', () => undefined],
    ])('believes no id_token that is %s', async (_what, change) => {
      operator.backEnd.tamperWith((answer) => {
        if (typeof answer['id_token'] === 'string') answer['id_token'] = change(answer['id_token'])
      })
      const { identity, proofs } = behind()
      expect(code(await identity.login(account))).toBe('auth.answer-invalid')
      expect(proofs).toEqual([])
    })
  })

  describe('CIBA', () => {
    const shown = (states: ReturnType<typeof open>['states']) => states.at(-1)?.underWay?.bindingMessage ?? ''
    const waits = (states: ReturnType<typeof open>['states']) =>
      expect.poll(() => states.at(-1)?.underWay?.phase).toBe('waiting')
    /** The clock stands still: pauses end when the test says so. */
    const poll = async (opened: ReturnType<typeof open>, seconds = 1): Promise<void> => {
      await opened.clock.advance(seconds * 1000)
    }

    it.each([
      ['mobile', 'MOBILE', 'directly'],
      ['card', 'CARD', 'directly'],
      ['mobile', 'MOBILE', 'behind the back-end'],
    ] as const)(
      'signs in by %s, the number being the same on both screens (%s, %s)',
      async (way, channel, how) => {
        const opened = how === 'directly' ? open() : behind()
        const { identity, states } = opened
        const started = identity.start({ way, nationalId: anne.rpps })
        const request = await operator.psc.approvals.waitFor('anne', channel)
        expect(request.number).toMatch(/^\d\d$/)
        await waits(states)
        expect(states.at(-1)?.underWay).toMatchObject({ way, phase: 'waiting', endsAt: expect.any(String) })
        expect(await operator.psc.approvals.compare(request, shown(states))).toBe(true)
        await poll(opened)
        expect(code(await started)).toBe('ok')
        expect(identity.state()).toMatchObject({
          session: { state: 'open', way },
          professional: { nationalId, familyName: 'MARTIN' },
          underWay: null,
        })
        expect(code(await identity.prove(account))).toBe('ok')
        // Known now: the next time nothing is typed.
        const again = identity.start({ way })
        const second = await operator.psc.approvals.waitFor('anne', channel)
        await waits(states)
        await operator.psc.approvals.compare(second, shown(states))
        await poll(opened)
        expect(code(await again)).toBe('ok')
      },
    )

    it('hears a refusal, and that another number was on the device', async () => {
      const opened = open()
      const { identity, states } = opened
      const started = identity.start({ way: 'mobile', nationalId })
      const request = await operator.psc.approvals.waitFor('anne', 'MOBILE')
      await waits(states)
      const other = String((Number(shown(states)) + 1) % 100).padStart(2, '0')
      expect(await operator.psc.approvals.compare(request, other)).toBe(false)
      await poll(opened)
      expect(code(await started)).toBe('auth.refused')
      expect(identity.state().session.state).toBe('closed')
    })

    it('gives up when nobody answers, when cancelled, and for whom nobody knows', async () => {
      operator.psc.setCiba({ lasts: 2 })
      const opened = open()
      const late = opened.identity.start({ way: 'mobile', nationalId })
      await waits(opened.states)
      const answers: string[] = []
      void late.then((outcome) => answers.push(code(outcome)))
      await expect
        .poll(async () => {
          await opened.clock.advance(1000)
          return answers
        })
        .toEqual(['auth.timeout'])
      const started = opened.identity.start({ way: 'card', nationalId })
      await waits(opened.states)
      opened.identity.cancel()
      expect(code(await started)).toBe('auth.cancelled')
      expect(code(await opened.identity.start({ way: 'mobile', nationalId: '99700000999' }))).toBe(
        'auth.unknown-professional',
      )
      expect(code(await openIdentity({ psc: psc() }).identity.start({ way: 'mobile' }))).toBe(
        'auth.unknown-professional',
      )
    })

    it('is not there where the policy does not have it', async () => {
      const { identity } = openIdentity({ psc: { ...psc(), ways: ['browser'] } })
      expect(code(await identity.start({ way: 'mobile', nationalId }))).toBe('auth.mechanism-unavailable')
      expect(openIdentity({}).identity.state().ways).toEqual([])
    })
  })
})

const changed = (token: string, claims: object): string => {
  const [head, body = '', signature] = token.split('.')
  const before = JSON.parse(Buffer.from(body, 'base64url').toString()) as object
  return [head, Buffer.from(JSON.stringify({ ...before, ...claims })).toString('base64url'), signature].join(
    '.',
  )
}
