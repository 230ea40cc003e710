import type { Outcome } from '../contract/errors.ts'

/** The value of an outcome that must have succeeded. */
export const value = <T>(outcome: Outcome<T>): T => {
  if (!outcome.ok) throw new Error(`unexpected ${outcome.error.code}`, { cause: outcome.error.cause })
  return outcome.value
}

export const code = (outcome: Outcome<unknown>): string => (outcome.ok ? 'ok' : outcome.error.code)
