import type { SignInProgress, SignInWay } from '../contract/index.ts'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import type { PscProvider, SignedIn } from './psc-provider.ts'

export interface CibaDependencies {
  provider: Pick<PscProvider, 'askCiba' | 'pollCiba'>
  now: () => number
  random: (length: number) => Uint8Array
  /** Resolves after these milliseconds, or at once when the signal is aborted. */
  pause: (milliseconds: number, signal: AbortSignal) => Promise<void>
  tell: (progress: Omit<SignInProgress, 'way'>) => void
  signal: AbortSignal
}

/** `00` to `99`, each as likely: bytes from 200 on are thrown away. */
export const bindingMessage = (random: (length: number) => Uint8Array): string => {
  for (;;) {
    const byte = random(1)[0] ?? 255
    if (byte < 200) return String(byte % 100).padStart(2, '0')
  }
}

/** Seconds: what a slow provider adds (CIBA §11), and the longest pause after failures. */
const slower = 5
const longestPause = 30

/**
 * Signs in by CIBA's poll mode (mssante-client.md §3.4): the provider asks the professional on the e-CPS application or the card,
 * the same two digits being shown here and there. Errors: `auth.cancelled`, `auth.refused`, `auth.timeout`, those of `askCiba`.
 */
export const signInByCiba = async (
  deps: CibaDependencies,
  { way, nationalId }: { way: Exclude<SignInWay, 'browser'>; nationalId: string },
): Promise<Outcome<SignedIn>> => {
  const { provider, now, signal } = deps
  const digits = bindingMessage(deps.random)
  // Cancelled while something is awaited: read afresh.
  const cancelled = (): boolean => signal.aborted
  deps.tell({ phase: 'asking', bindingMessage: digits, endsAt: null })
  const asked = await provider.askCiba({ nationalId, bindingMessage: digits, way })
  if (cancelled()) return fail('auth.cancelled')
  if (!asked.ok) return asked
  const ends = now() + asked.value.expiresIn * 1000
  deps.tell({ phase: 'waiting', bindingMessage: digits, endsAt: new Date(ends).toISOString() })
  let interval = Math.max(1, asked.value.interval)
  let failures = 0
  for (;;) {
    const seconds = Math.min(interval * 2 ** failures, Math.max(interval, longestPause))
    await deps.pause(Math.min(seconds * 1000, Math.max(0, ends - now())), signal)
    if (cancelled()) return fail('auth.cancelled')
    if (now() >= ends) return fail('auth.timeout', { retry: 'after-login' })
    const polled = await provider.pollCiba(asked.value.id)
    if (cancelled()) return fail('auth.cancelled')
    if (!polled.ok) {
      // Asked already: the professional may be answering while the line is down.
      if (polled.error.code !== 'auth.provider-unavailable') return polled
      failures += 1
      continue
    }
    failures = 0
    if (polled.value === 'slow-down') interval += slower
    else if (polled.value !== 'pending') {
      deps.tell({ phase: 'finishing', bindingMessage: digits, endsAt: null })
      return ok(polled.value)
    }
  }
}
