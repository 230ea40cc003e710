import type { AppError } from '../../contract/errors.ts'

/**
 * What stands in the way (models.md §9.2.11): `auth` waits for the user to log in, `policy` (TLS, certificate) for somebody
 * to change something, `busy` for the server to have time again, `network` for the line or the provider; `refused` is an answer.
 */
export type FailureKind = 'auth' | 'policy' | 'busy' | 'network' | 'refused'

export const failureKind = (error: AppError): FailureKind => {
  if (error.code === 'auth.provider-unavailable' && error.retry === 'later') return 'network'
  if (error.retry === 'after-login' || error.code.startsWith('auth.')) return 'auth'
  if (error.code === 'imap.busy' || error.code === 'smtp.busy') return 'busy'
  if (error.code.startsWith('tls.') && error.retry !== 'later') return 'policy'
  if (error.retry === 'later') return 'network'
  return error.retry === 'after-change' ? 'policy' : 'refused'
}

/** First and longest wait, milliseconds: a busy server is left alone, a cut line is tried again at once. */
const waits = { network: [2000, 80_000], busy: [30_000, 10 * 60_000] } as const

/**
 * Milliseconds before the next try, by kind of failure, doubling with each one and spread by a quarter either way;
 * null: only the user can help.
 */
export const retryDelay = (
  error: AppError,
  attempt: number,
  random: (length: number) => Uint8Array,
): number | null => {
  const kind = failureKind(error)
  if (kind !== 'network' && kind !== 'busy') return null
  const [first, longest] = waits[kind]
  const base = Math.min(longest, first * 2 ** Math.min(attempt, 10))
  const jitter = (random(1)[0] ?? 128) / 255
  return Math.round(base * (0.75 + jitter / 2))
}

/** A doorbell: `ring` ends the current or the next `wait`. */
export const createBell = () => {
  let rung = false
  let release: (() => void) | null = null
  return {
    ring: (): void => {
      rung = true
      release?.()
    },
    /** True when rung, false when the time passed; null waits for the bell alone. */
    wait: async (milliseconds: number | null): Promise<boolean> => {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = milliseconds === null ? null : setTimeout(resolve, milliseconds)
          release = () => {
            if (timer) clearTimeout(timer)
            resolve()
          }
        })
        release = null
      }
      const answer = rung
      rung = false
      return answer
    },
  }
}
