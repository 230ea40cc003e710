import { randomBytes } from 'node:crypto'
import type { Policy, Professional, SignInState } from '../contract/index.ts'
import { ok } from '../contract/errors.ts'
import { createOutgoing, createRoutes } from '../outgoing/index.ts'
import { browse } from './browser.fixture.ts'
import { createIdentity, type IdentityDependencies } from './index.ts'
import { withoutCard } from './without-card.fixture.ts'

/** Timers that only a test's clock moves; `advance` runs what falls due meanwhile, in order. */
export const createClock = () => {
  let offset = 0
  const timers = new Set<{ at: number; run: () => void }>()
  const now = (): number => Date.now() + offset
  return {
    now,
    after: (milliseconds: number, run: () => void): (() => void) => {
      const timer = { at: now() + milliseconds, run }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    /** Time passes and no timer runs, as while a computer sleeps. */
    sleep: (milliseconds: number): void => {
      offset += milliseconds
    },
    advance: async (milliseconds: number): Promise<void> => {
      const end = now() + milliseconds
      for (;;) {
        const [next] = [...timers].filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)
        if (!next) break
        timers.delete(next)
        offset += Math.max(0, next.at - now())
        next.run()
        // What a timer begins goes on before the next one falls due.
        await new Promise((resolve) => setImmediate(resolve))
      }
      offset += Math.max(0, end - now())
    },
  }
}

/** An identity on the operator's policy whose user is `anne` in the browser, with everything it told. */
export const openIdentity = (
  policy: Pick<Policy, 'psc' | 'oneTimeCode' | 'tokenMechanisms'>,
  overrides: Partial<IdentityDependencies> & { owner?: string } = {},
) => {
  const clock = createClock()
  const states: SignInState[] = []
  const proofs: string[] = []
  let kept: Professional | null = null
  const identity = createIdentity({
    policy,
    card: withoutCard,
    web: createOutgoing({ routes: createRoutes('none', {}) }),
    known: {
      recall: () => Promise.resolve(kept),
      keep: (professional) => {
        kept = professional
        return Promise.resolve()
      },
      owner: () => Promise.resolve(overrides.owner ?? null),
      hint: () => null,
    },
    openExternal: async (url) => ok(await browse(url, 'anne')),
    now: clock.now,
    after: clock.after,
    random: (length) => new Uint8Array(randomBytes(length)),
    onChange: (state) => states.push(state),
    onProofs: ({ auth, address }, there) =>
      proofs.push(`${auth}${address === undefined ? '' : ` ${address}`} ${there ? 'there' : 'gone'}`),
    ...overrides,
  })
  return { identity, clock, states, proofs }
}
