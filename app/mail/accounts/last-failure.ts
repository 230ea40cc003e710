import { toErrorData, type AppError, type ErrorData } from '../../contract/errors.ts'

/** What a connection failed of, remembered until one shows that it is over, so that windows need not take it back at each try. */
export const createLastFailure = () => {
  let last: ErrorData | null = null
  return {
    current: (): ErrorData | null => last,
    met: (error: AppError): void => {
      // A login that is wanted is a state of its own.
      last = error.code === 'auth.login-required' ? null : toErrorData(error)
    },
    /** The server answers: what remains is of this computer (a full disk), and the server cannot say that it is over. */
    answered: (): void => {
      if (!last?.code.startsWith('vault.')) last = null
    },
    /** What came could be kept as well. */
    over: (): void => {
      last = null
    },
  }
}
