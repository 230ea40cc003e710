import type { SignInProgress } from '../contract/index.ts'
import { ok, type Outcome } from '../contract/errors.ts'
import { startLoopback } from './loopback.ts'
import type { PscPolicy, PscProvider, SignedIn } from './psc-provider.ts'

export interface BrowserDependencies {
  psc: PscPolicy
  provider: Pick<PscProvider, 'authorizationUrl' | 'exchange'>
  /** Opens an address in the system's browser: never in a window of ours, nor in an iframe (PSC-IFRAME). */
  openExternal: (url: string) => Promise<Outcome<unknown>>
  now: () => number
  random: (length: number) => Uint8Array
  tell: (progress: Omit<SignInProgress, 'way'>) => void
  signal: AbortSignal
}

/** Milliseconds somebody may take in the browser. */
const loginMilliseconds = 5 * 60_000

/** 32 random bytes, URL-safe: a state, a nonce or a PKCE verifier. */
const token = (random: (length: number) => Uint8Array): string =>
  Buffer.from(random(32)).toString('base64url')

/**
 * Signs in on the provider's own page in the system's browser: authorization code with PKCE, state and nonce, answered on a
 * loopback port, by way of the registered address where there is one. Errors: `auth.cancelled` (also after five minutes), those
 * of `exchange`.
 */
export const signInByBrowser = async (deps: BrowserDependencies): Promise<Outcome<SignedIn>> => {
  const { psc, provider, signal } = deps
  deps.tell({ phase: 'asking', bindingMessage: null, endsAt: null })
  const nonce = token(deps.random)
  const verifier = token(deps.random)
  const receiver = await startLoopback({
    random: deps.random,
    milliseconds: loginMilliseconds,
    handOver: psc.redirectUri ?? null,
  })
  if (!receiver.ok) return receiver
  const { redirectUri, state, answer, cancel } = receiver.value
  signal.addEventListener('abort', cancel)
  if (signal.aborted) cancel()
  try {
    const url = await provider.authorizationUrl({ redirectUri, state, nonce, verifier })
    if (!url.ok) return url
    deps.tell({
      phase: 'waiting',
      bindingMessage: null,
      endsAt: new Date(deps.now() + loginMilliseconds).toISOString(),
    })
    const opened = signal.aborted ? ok(null) : await deps.openExternal(url.value.href)
    if (!opened.ok) return opened
    const came = await answer
    if (!came.ok) return came
    deps.tell({ phase: 'finishing', bindingMessage: null, endsAt: null })
    return await provider.exchange(came.value, { state, nonce, verifier })
  } finally {
    signal.removeEventListener('abort', cancel)
    cancel()
  }
}
