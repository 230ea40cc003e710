import { describe, expect, it } from 'vitest'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import { createClock } from './identity.fixture.ts'
import type { Granted } from './psc-provider.ts'
import { createPscSession, lifetimesOf } from './psc-session.ts'

const minute = 60_000
const code = (outcome: Outcome<unknown>): string => (outcome.ok ? 'ok' : outcome.error.code)

/** A provider that counts, and answers as its test says. */
const openSession = (policy: Parameters<typeof lifetimesOf>[0] = {}) => {
  const clock = createClock()
  const told: string[] = []
  let answer: Outcome<null> = ok(null)
  let once: Outcome<null> | null = null
  let renewals = 0
  const revoked: string[] = []
  const grant = (): Granted => ({
    accessToken: `access-${String(renewals)}`,
    refreshToken: `refresh-${String(renewals)}`,
    accessSeconds: null,
    refreshSeconds: null,
  })
  const session = createPscSession({
    provider: {
      refresh: () => {
        const first = once
        once = null
        if (first && !first.ok) return Promise.resolve(first)
        if (!answer.ok) return Promise.resolve(answer)
        renewals += 1
        return Promise.resolve(ok(grant()))
      },
      revoke: (token) => {
        revoked.push(token)
        return Promise.resolve(ok(null))
      },
    },
    lifetimes: lifetimesOf(policy),
    now: clock.now,
    after: clock.after,
    onChange: () => {
      const { session: now, awaySince } = session.state()
      told.push(now.state === 'open' ? (awaySince === null ? 'open' : 'away') : now.reason)
    },
  })
  session.open({ ...grant(), idToken: 'id', subject: 's', professional: null, identifiers: [] }, 'browser')
  return {
    session,
    clock,
    told,
    revoked,
    renewals: () => renewals,
    answerWith: (next: Outcome<null>) => (answer = next),
    answerOnce: (next: Outcome<null>) => (once = next),
    reopen: () =>
      session.open(
        { ...grant(), accessToken: 'new', idToken: 'id', subject: 's', professional: null, identifiers: [] },
        'browser',
      ),
    /** Time passes with somebody at the keyboard every minute. */
    work: async (minutes: number): Promise<void> => {
      for (let done = 0; done < minutes; done++) {
        await clock.advance(minute)
        session.activity()
        await clock.advance(0)
      }
    },
  }
}

describe('the session at Pro Santé Connect', () => {
  it('renews a token only when it is wanted, and gives the one it has for two minutes', async () => {
    const { session, clock, renewals } = openSession()
    await clock.advance(99_000)
    expect(await session.token()).toEqual(ok('access-0'))
    await clock.advance(2000)
    expect(await session.token()).toEqual(ok('access-1'))
    expect(renewals()).toBe(1)
  })

  it('renews once a token that a server refused, whatever its date', async () => {
    const { session } = openSession()
    expect(await session.token('access-0')).toEqual(ok('access-1'))
    // The other connection was refused the former token, too: it gets the new one.
    expect(await session.token('access-0')).toEqual(ok('access-1'))
  })

  it('is not prolonged by a synchronisation that nobody watches: it ends 30 minutes after the last activity', async () => {
    const { session, clock, told, revoked, renewals } = openSession()
    for (let minutes = 0; minutes < 29; minutes++) {
      await clock.advance(minute)
      expect(code(await session.token())).toBe('ok')
    }
    const before = renewals()
    await clock.advance(minute)
    expect(session.state().session).toEqual({ state: 'closed', reason: 'idle' })
    expect(code(await session.token())).toBe('auth.login-required')
    expect(renewals()).toBe(before)
    expect(told.at(-1)).toBe('idle')
    expect(revoked).toEqual([`refresh-${String(before)}`])
  })

  it('goes on for a professional at work though no connection wants a token, and ends after 4 hours', async () => {
    const { session, clock, told, work, renewals } = openSession()
    await work(239)
    expect(session.state().session.state).toBe('open')
    // Once each time a refresh token nears its end, not at each key.
    expect(renewals()).toBeGreaterThanOrEqual(8)
    expect(renewals()).toBeLessThanOrEqual(11)
    await clock.advance(minute)
    expect(session.state().session).toEqual({ state: 'closed', reason: 'over' })
    expect(told.at(-1)).toBe('over')
  })

  it('ends when the refresh token is no longer valid (ECO.1.2.6)', async () => {
    const { session, clock, told, answerWith } = openSession()
    answerWith(fail('auth.failed', { retry: 'after-login' }))
    await clock.advance(3 * minute)
    expect(code(await session.token())).toBe('auth.login-required')
    expect(session.state().session).toEqual({ state: 'closed', reason: 'over' })
    expect(told).toEqual(['open', 'over'])
  })

  it('asks once more where a renewal was refused and then taken', async () => {
    const { session, clock, answerOnce, told } = openSession()
    answerOnce(fail('auth.failed', { retry: 'after-login' }))
    await clock.advance(3 * minute)
    expect(await session.token()).toEqual(ok('access-1'))
    expect(told).toEqual(['open'])
  })

  it('does not take the end of the former session for that of a new one', async () => {
    const { session, reopen } = openSession()
    const before = session.token('access-0')
    session.end('signed-out')
    reopen()
    const after = session.token('new')
    expect(code(await before)).toBe('auth.login-required')
    expect(code(await after)).toBe('ok')
  })

  it('ends when the refresh token dies during an outage, and not before', async () => {
    const { session, clock, answerWith, work } = openSession({ refreshSeconds: 600 })
    answerWith(fail('auth.provider-unavailable', { retry: 'later' }))
    await work(9)
    expect(session.state()).toMatchObject({ session: { state: 'open' }, awaySince: expect.any(String) })
    expect(code(await session.token())).toBe('auth.provider-unavailable')
    await clock.advance(minute)
    expect(session.state().session.state).toBe('closed')
  })

  it('comes back by itself when the provider does (ECO.1.2.7)', async () => {
    const { session, clock, told, answerWith } = openSession()
    answerWith(fail('auth.provider-unavailable', { retry: 'later' }))
    await clock.advance(3 * minute)
    expect(code(await session.token())).toBe('auth.provider-unavailable')
    answerWith(ok(null))
    await clock.advance(31_000)
    expect(told).toEqual(['open', 'away', 'open'])
    expect(code(await session.token())).toBe('ok')
  })

  it('gives a token that is still good while the provider is away', async () => {
    const { session, clock, answerWith } = openSession()
    answerWith(fail('auth.provider-unavailable', { retry: 'later' }))
    await clock.advance(110_000)
    expect(await session.token()).toEqual(ok('access-0'))
  })

  it('is over after a sleep longer than half an hour, whoever wakes the computer', async () => {
    const { session, clock } = openSession()
    const { now } = clock
    // Timers do not run while it sleeps.
    await clock.advance(0)
    const slept = now()
    clock.sleep(31 * minute)
    expect(now() - slept).toBeGreaterThanOrEqual(31 * minute)
    session.activity()
    expect(session.state().session).toEqual({ state: 'closed', reason: 'idle' })
  })

  it('keeps to the provider’s own lifetimes, and to the policy’s where it tells none', async () => {
    const { session, clock, renewals } = openSession({ accessSeconds: 10, idleMinutes: 1 })
    await clock.advance(9000)
    expect(code(await session.token())).toBe('ok')
    expect(renewals()).toBe(1)
    await clock.advance(51_000)
    expect(session.state().session).toEqual({ state: 'closed', reason: 'idle' })
  })

  it('is closed at once by its user, and nothing that was under way brings it back', async () => {
    const { session } = openSession()
    const renewing = session.token('access-0')
    session.end('signed-out')
    expect(code(await renewing)).toBe('auth.login-required')
    expect(session.state().session).toEqual({ state: 'closed', reason: 'signed-out' })
    expect(session.secrets()).toBeNull()
  })
})
