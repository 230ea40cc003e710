import type { PscSession, SessionEnd, SignInWay } from '../contract/index.ts'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import type { Granted, PscPolicy, PscProvider, SignedIn } from './psc-provider.ts'

/** Milliseconds. */
export interface Lifetimes {
  access: number
  refresh: number
  session: number
  idle: number
}

/** As far as the provider does not tell (mssante-client.md §3.3). */
export const lifetimesOf = (policy: PscPolicy['lifetimes']): Lifetimes => ({
  access: (policy?.accessSeconds ?? 120) * 1000,
  refresh: (policy?.refreshSeconds ?? 1800) * 1000,
  session: (policy?.sessionMinutes ?? 240) * 60_000,
  idle: (policy?.idleMinutes ?? 30) * 60_000,
})

export interface PscSessionDependencies {
  provider: Pick<PscProvider, 'refresh' | 'revoke'>
  lifetimes: Lifetimes
  /** Milliseconds since 1970. */
  now: () => number
  after: (milliseconds: number, run: () => void) => () => void
  /** The session opened or ended, or the provider came or went. */
  onChange: () => void
}

/** The session at Pro Santé Connect and its tokens, which live here, in memory, and nowhere else (architecture §7.1). */
export interface PscTokens {
  open: (signedIn: SignedIn, way: SignInWay) => void
  state: () => { session: PscSession; awaySince: string | null }
  /** What signing out at the provider wants; null without a session. */
  secrets: () => { idToken: string; refreshToken: string | null } | null
  /** The professional did something: only that prolongs the session. */
  activity: () => void
  /**
   * A token good for a connection, renewed silently when it nears its end or was refused. `auth.login-required` when the session
   * is over, `auth.provider-unavailable` while the provider is away.
   */
  token: (refused?: string) => Promise<Outcome<string>>
  /** Ends the session; the provider is told where it can be, unless somebody else does (`quietly`). */
  end: (reason: SessionEnd, how?: 'quietly') => void
}

interface Held extends SignedIn {
  way: SignInWay
  since: number
  renewedAt: number
  accessEnds: number
  refreshEnds: number
}

/** Milliseconds: tokens are renewed this long before their end, at most; the provider is asked again after a failure. */
const accessMargin = 20_000
const refreshMargin = 300_000
const retryAfter = 30_000

const iso = (milliseconds: number): string => new Date(milliseconds).toISOString()
const loginRequired = (): Outcome<never> => fail('auth.login-required', { retry: 'after-login' })

export const createPscSession = (deps: PscSessionDependencies): PscTokens => {
  const { provider, lifetimes, now } = deps
  let held: Held | null = null
  let reason: SessionEnd = 'start'
  let awaySince: number | null = null
  let lastActivity = now()
  let renewing: { session: Held; done: Promise<Outcome<string>> } | null = null
  let cancelTimer = (): void => undefined

  const timesOf = (granted: Granted) => ({
    renewedAt: now(),
    accessEnds: now() + (granted.accessSeconds === null ? lifetimes.access : granted.accessSeconds * 1000),
    refreshEnds:
      now() + (granted.refreshSeconds === null ? lifetimes.refresh : granted.refreshSeconds * 1000),
  })

  const end = (why: SessionEnd, how?: 'quietly'): void => {
    const gone = held
    held = null
    reason = why
    awaySince = null
    cancelTimer()
    if (gone) deps.onChange()
    // Best effort: forgotten here, it dies by itself within its half hour.
    if (gone?.refreshToken && how !== 'quietly') void provider.revoke(gone.refreshToken)
  }

  /** Why the session may not go on; null while it may. */
  const over = (session: Held): SessionEnd | null => {
    if (now() - lastActivity >= lifetimes.idle) return 'idle'
    if (now() >= session.since + lifetimes.session || now() >= lastUse(session)) return 'over'
    return null
  }
  const lastUse = (session: Held): number =>
    session.refreshToken === null ? session.accessEnds : session.refreshEnds

  /** When a refresh token that nobody needs is renewed all the same, so that an active professional does not lose the session. */
  const renewBy = (session: Held): number =>
    session.refreshEnds - Math.min(refreshMargin, (session.refreshEnds - session.renewedAt) / 3)

  const renew = async (session: Held): Promise<Outcome<string>> => {
    const { refreshToken } = session
    if (refreshToken === null) {
      end('over')
      return loginRequired()
    }
    let granted = await provider.refresh(refreshToken, session.subject)
    // One retry: a provider of several machines may refuse what another of them has just given.
    if (held === session && !granted.ok && granted.error.code !== 'auth.provider-unavailable')
      granted = await provider.refresh(refreshToken, session.subject)
    // Ended, or opened again, while the provider was asked.
    if (held !== session) return loginRequired()
    if (!granted.ok && granted.error.code === 'auth.provider-unavailable') {
      if (awaySince === null) {
        awaySince = now()
        deps.onChange()
      }
      return granted
    }
    if (!granted.ok) {
      end('over')
      return loginRequired()
    }
    Object.assign(session, granted.value, timesOf(granted.value), {
      refreshToken: granted.value.refreshToken ?? refreshToken,
    })
    if (awaySince !== null) {
      awaySince = null
      deps.onChange()
    }
    return ok(session.accessToken)
  }

  /** Both connections of an account ask at once: a refresh token may be used only once. */
  const renewOnce = (session: Held): Promise<Outcome<string>> => {
    if (renewing?.session === session) return renewing.done
    const done = renew(session).finally(() => {
      if (renewing?.done === done) renewing = null
      watch()
    })
    renewing = { session, done }
    return done
  }

  /** Ends what is over, renews what an active professional would lose, and comes back when there is something to see. */
  const watch = (): void => {
    cancelTimer()
    if (held === null) return
    const why = over(held)
    if (why !== null) {
      end(why)
      return
    }
    const ends = Math.min(lastActivity + lifetimes.idle, held.since + lifetimes.session, lastUse(held))
    const due = held.refreshToken !== null && lastActivity > held.renewedAt && now() >= renewBy(held)
    if (due && awaySince === null && renewing === null) {
      void renewOnce(held)
      return
    }
    const next = awaySince !== null ? now() + retryAfter : renewBy(held)
    cancelTimer = deps.after(Math.max(1000, Math.min(ends, next > now() ? next : ends) - now()), () => {
      if (held !== null && awaySince !== null && renewing === null && over(held) === null)
        void renewOnce(held)
      else watch()
    })
  }

  return {
    open: (signedIn, way) => {
      lastActivity = now()
      awaySince = null
      held = { ...signedIn, ...timesOf(signedIn), way, since: now() }
      deps.onChange()
      watch()
    },
    state: () => ({
      session:
        held === null
          ? { state: 'closed', reason }
          : {
              state: 'open',
              way: held.way,
              since: iso(held.since),
              endsAt: iso(held.since + lifetimes.session),
            },
      awaySince: awaySince === null ? null : iso(awaySince),
    }),
    secrets: () => held && { idToken: held.idToken, refreshToken: held.refreshToken },
    activity: () => {
      // After a sleep the timer may be late: what was over before stays over.
      if (held !== null && over(held) !== null) watch()
      lastActivity = now()
      if (held !== null && now() >= renewBy(held)) watch()
    },
    token: async (refused) => {
      const session = held
      if (session === null) return loginRequired()
      const why = over(session)
      if (why !== null) {
        end(why)
        return loginRequired()
      }
      const margin = Math.min(accessMargin, (session.accessEnds - session.renewedAt) / 4)
      const good = refused !== session.accessToken
      if (good && session.accessEnds - margin > now()) return ok(session.accessToken)
      const before = session.accessToken
      const renewed = await renewOnce(session)
      // The provider is away but the token is still good for a moment.
      if (!renewed.ok && renewed.error.code === 'auth.provider-unavailable' && good)
        if (held === session && session.accessEnds > now()) return ok(before)
      return renewed
    },
    end,
  }
}
