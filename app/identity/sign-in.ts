import type {
  Policy,
  Professional,
  PscSession,
  SignInProgress,
  SignInState,
  SignInWay,
} from '../contract/index.ts'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import type { Outgoing } from '../outgoing/index.ts'
import { startLoopback } from './loopback.ts'
import { isKnownBy, nationalIdOf } from './professional.ts'
import { signInByBrowser } from './psc-browser.ts'
import { signInByCiba } from './psc-ciba.ts'
import { createPscProvider, type SignedIn } from './psc-provider.ts'
import { createPscSession, lifetimesOf } from './psc-session.ts'

/** Who is known at this workstation, so that nobody signs in to somebody else's mailbox. */
export interface KnownProfessional {
  /** Who signed in here before; null before the first time. */
  recall: () => Promise<Professional | null>
  keep: (professional: Professional) => Promise<void>
  /** National identifier of whose mailbox this is; null when nothing says so. */
  owner: () => Promise<string | null>
  /** National identifier to ask CIBA for when nobody signed in yet: the card's holder; null without one. */
  hint: () => string | null
}

export interface SignInDependencies {
  psc: NonNullable<Policy['psc']>
  /** How the provider and the back-end are asked. */
  web: Pick<Outgoing, 'fetch'>
  known: KnownProfessional
  /** Opens an address in the system's browser. */
  openExternal: (url: string) => Promise<Outcome<unknown>>
  /** Milliseconds since 1970. */
  now: () => number
  random: (length: number) => Uint8Array
  after: (milliseconds: number, run: () => void) => () => void
  onChange: () => void
  /** A session opened (true), or ended. */
  onSession: (open: boolean) => void
}

/** Milliseconds the browser may take to say that it is signed out; nobody waits for it. */
const signOutMilliseconds = 120_000

/** Pro Santé Connect as accounts and windows see it: one session for the professional, shared by the mailboxes. */
export const createSignIn = (deps: SignInDependencies) => {
  const { psc, known, now, random, after } = deps
  const provider = createPscProvider(psc, deps.web)
  const ways: readonly SignInWay[] = psc.ways ?? ['browser']
  let professional: Professional | null = null
  let underWay: SignInProgress | null = null
  let trying: AbortController | null = null
  let wasOpen = false
  const session = createPscSession({
    provider,
    lifetimes: lifetimesOf(psc.lifetimes),
    now,
    after,
    onChange: () => {
      const open = session.state().session.state === 'open'
      deps.onChange()
      if (open !== wasOpen) deps.onSession((wasOpen = open))
    },
  })

  const tell = (progress: SignInProgress | null): void => {
    underWay = progress
    deps.onChange()
  }

  const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const done = (): void => {
        callOff()
        signal.removeEventListener('abort', done)
        resolve()
      }
      const callOff = after(milliseconds, done)
      signal.addEventListener('abort', done)
      if (signal.aborted) done()
    })

  const revoke = ({ refreshToken }: SignedIn): void => {
    if (refreshToken !== null) void provider.revoke(refreshToken)
  }

  const attempt = async (
    way: SignInWay,
    typed: string | undefined,
    signal: AbortSignal,
  ): Promise<Outcome<SignedIn>> => {
    const common = {
      provider,
      now,
      random,
      signal,
      // A sign-in that was given up tells nothing any more.
      tell: (progress: Omit<SignInProgress, 'way'>) => {
        if (!signal.aborted) tell({ way, ...progress })
      },
    }
    if (way === 'browser') return await signInByBrowser({ ...common, psc, openExternal: deps.openExternal })
    const nationalId =
      typed === undefined || typed.trim() === ''
        ? (professional?.nationalId ?? known.hint())
        : nationalIdOf(typed)
    if (nationalId === null) return fail('auth.unknown-professional', { retry: 'after-change' })
    const signed = await signInByCiba({ ...common, pause }, { way, nationalId })
    // Who was asked answers, and nobody else: a number mistyped, or answers changed over on the way.
    if (!signed.ok || isKnownBy(signed.value.identifiers, nationalId)) return signed
    revoke(signed.value)
    return fail('auth.other-professional', { retry: 'after-change', details: { what: 'asked' } })
  }

  const start = async (way: SignInWay, typed?: string): Promise<Outcome<null>> => {
    if (!ways.includes(way)) return fail('auth.mechanism-unavailable', { retry: 'after-change' })
    trying?.abort()
    const controller = new AbortController()
    trying = controller
    const signed = await attempt(way, typed, controller.signal)
    const given = controller.signal.aborted
    if (trying === controller) {
      trying = null
      if (!given) tell(null)
    }
    if (!signed.ok) return signed
    const owner = given ? null : await known.owner()
    const signedIn = signed.value.professional
    // Somebody else, or somebody the provider does not name where there is an owner: nobody can tell who it is.
    const refusal =
      owner === null || signedIn?.nationalId === owner
        ? null
        : signedIn === null
          ? fail('auth.answer-invalid', { retry: 'later', details: { what: 'professional' } })
          : fail('auth.other-professional', { retry: 'after-change' })
    // A lock, too, may have come while the owner was looked up.
    if (controller.signal.aborted || refusal) {
      revoke(signed.value)
      return refusal ?? fail('auth.cancelled')
    }
    if (signed.value.professional) {
      professional = signed.value.professional
      await known.keep(professional)
    }
    session.open(signed.value, way)
    return ok(null)
  }

  const cancel = (): void => {
    trying?.abort()
    trying = null
    if (underWay !== null) tell(null)
  }

  /** Ends the session at the provider, its page being shown in the system's browser. */
  const endAtProvider = async (idToken: string): Promise<boolean> => {
    const registered = psc.postLogoutRedirectUri
    const receiver =
      registered === undefined
        ? await startLoopback({ random, milliseconds: signOutMilliseconds, handOver: null })
        : null
    if (receiver && !receiver.ok) return false
    const url = await provider.signOutUrl({
      idToken,
      redirectUri: registered ?? receiver?.value.redirectUri ?? '',
      state: receiver?.value.state ?? Buffer.from(random(16)).toString('base64url'),
    })
    const opened = url.ok && url.value !== null ? await deps.openExternal(url.value.href) : url
    if (!opened.ok || (url.ok && url.value === null)) receiver?.value.cancel()
    return opened.ok
  }

  return {
    state: (): Pick<SignInState, 'ways' | 'professional' | 'awaySince' | 'underWay'> & {
      session: PscSession
    } => ({ ways: [...ways], professional, underWay, ...session.state() }),
    /** Once the mailbox is open. */
    begin: async (): Promise<void> => {
      professional = await known.recall()
      deps.onChange()
    },
    start,
    /** The first way of the policy, unless a session is good still. */
    startIfNeeded: async (): Promise<Outcome<null>> => {
      const held = await session.token()
      return held.ok ? ok(null) : await start(ways[0] ?? 'browser')
    },
    cancel,
    /** Closes the session here whatever happens; `told` when the provider knows too. */
    signOut: async (): Promise<Outcome<{ told: boolean }>> => {
      cancel()
      const secrets = session.secrets()
      session.end('signed-out', 'quietly')
      if (!secrets) return ok({ told: true })
      const revoked = secrets.refreshToken === null ? ok(null) : await provider.revoke(secrets.refreshToken)
      const ended = await endAtProvider(secrets.idToken)
      return ok({ told: revoked.ok && ended })
    },
    activity: session.activity,
    token: session.token,
    /** The mailbox closes. */
    end: (): void => {
      cancel()
      session.end('start')
      professional = null
      provider.forget()
    },
  }
}
