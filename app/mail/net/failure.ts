import type { AppError, Outcome } from '../../contract/errors.ts'

/**
 * An error value travelling through code that only knows exceptions (event emitters, imapflow's loops). It never leaves
 * app/mail: whoever starts such code turns it back into an outcome.
 */
export class Failure extends Error {
  readonly outcome: AppError
  constructor(outcome: AppError) {
    super(outcome.code)
    this.outcome = outcome
  }
}

/** The value of an outcome, or its error thrown as a `Failure`. */
export const must = <T>(outcome: Outcome<T>): T => {
  if (!outcome.ok) throw new Failure(outcome.error)
  return outcome.value
}
