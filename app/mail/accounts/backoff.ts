import type { AppError } from '../../contract/errors.ts'

/**
 * Milliseconds before the next try, by kind of failure (models.md §9.2.11): network and busy servers 2 s to 80 s with
 * jitter; authentication and TLS wait for the user (null).
 */
export const retryDelay = (
  error: AppError,
  attempt: number,
  random: (length: number) => Uint8Array,
): number | null => {
  if (error.retry === 'after-login' || error.retry === 'after-change' || error.retry === 'no') return null
  const base = Math.min(80_000, 2000 * 2 ** Math.min(attempt, 6))
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
