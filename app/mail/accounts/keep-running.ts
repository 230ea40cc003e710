import type { AccountConnection } from '../../contract/index.ts'
import { toErrorData, type AppError } from '../../contract/errors.ts'
import { imapError } from '../imap/connection.ts'
import { retryDelay, type createBell } from './backoff.ts'

export interface KeepRunningDependencies {
  host: string
  stopped: () => boolean
  now: () => number
  random: (length: number) => Uint8Array
}

/**
 * Connects, works until the connection ends, waits as the failure asks, and again. A connection that has done something
 * (`worked`) starts the waiting times afresh; `retryAt` is null when only the user can help. Milliseconds.
 */
export const keepRunning = async (
  deps: KeepRunningDependencies,
  work: (worked: () => void) => Promise<void>,
  onFailure: (error: AppError, retryAt: number | null) => void,
  bell: ReturnType<typeof createBell>,
): Promise<void> => {
  let attempt = 0
  while (!deps.stopped()) {
    try {
      await work(() => {
        attempt = 0
      })
    } catch (cause) {
      if (deps.stopped()) return
      const error = imapError(cause, deps.host)
      const delay = retryDelay(error, attempt, deps.random)
      attempt++
      onFailure(error, delay === null ? null : deps.now() + delay)
      await bell.wait(delay)
    }
  }
}

/** What the user is shown after a failure; `retryAt` in milliseconds, null when it waits for him. */
export const stateAfter = (error: AppError, retryAt: number | null): AccountConnection =>
  error.code === 'auth.login-required'
    ? { state: 'login-required' }
    : {
        state: 'error',
        error: toErrorData(error),
        retryAt: retryAt === null ? null : new Date(retryAt).toISOString(),
      }
