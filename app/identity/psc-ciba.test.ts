import { describe, expect, it } from 'vitest'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import { signInByCiba } from './psc-ciba.ts'
import type { SignedIn } from './psc-provider.ts'

type Polled = Outcome<SignedIn | 'pending' | 'slow-down'>
const signedIn: SignedIn = {
  accessToken: 'a',
  refreshToken: null,
  idToken: 'i',
  accessSeconds: null,
  refreshSeconds: null,
  subject: 's',
  professional: null,
  identifiers: [],
}

/** One sign-in against these answers, with the seconds between polls. */
const play = async (answers: Polled[], { expiresIn = 120, interval = 5, cancelAt = -1 } = {}) => {
  const pauses: number[] = []
  const controller = new AbortController()
  let now = 0
  const outcome = await signInByCiba(
    {
      provider: {
        askCiba: () => Promise.resolve(ok({ id: 'x', expiresIn, interval })),
        pollCiba: () => Promise.resolve(answers.shift() ?? ok('pending')),
      },
      now: () => now,
      random: () => Uint8Array.of(7),
      pause: (milliseconds) => {
        if (pauses.length === cancelAt) controller.abort()
        pauses.push(milliseconds / 1000)
        now += milliseconds
        return Promise.resolve()
      },
      tell: () => undefined,
      signal: controller.signal,
    },
    { way: 'mobile', nationalId: '899700000101' },
  )
  return { outcome: outcome.ok ? 'ok' : outcome.error.code, pauses }
}
const away: Polled = fail('auth.provider-unavailable', { retry: 'later' })

describe('polling for a sign-in elsewhere', () => {
  it('keeps the provider’s interval, and five seconds more each time it is told to slow down', async () => {
    expect(await play([ok('pending'), ok('slow-down'), ok('slow-down'), ok(signedIn)])).toEqual({
      outcome: 'ok',
      pauses: [5, 5, 10, 15],
    })
  })
  it('goes on through an outage, less and less often, as long as the request lives', async () => {
    expect(await play([away, away, away, away, ok('pending'), ok(signedIn)], { interval: 2 })).toEqual({
      outcome: 'ok',
      pauses: [2, 4, 8, 16, 30, 2],
    })
  })
  it('ends with the request, without asking once more', async () => {
    const { outcome, pauses } = await play([], { expiresIn: 12 })
    expect(outcome).toBe('auth.timeout')
    expect(pauses).toEqual([5, 5, 2])
  })
  it('ends with the provider’s word', async () => {
    expect((await play([fail('auth.refused')])).outcome).toBe('auth.refused')
    expect((await play([ok('pending'), fail('auth.timeout')])).outcome).toBe('auth.timeout')
  })
  it('ends when it is given up', async () => {
    expect(await play([], { cancelAt: 1 })).toEqual({ outcome: 'auth.cancelled', pauses: [5, 5] })
  })
})
