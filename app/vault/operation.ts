import type { SqlDatabase } from './database.ts'

/** What an operation may know besides the database: the time of the call, milliseconds since 1970. */
export interface OperationContext {
  now(): number
}

/**
 * A named operation of the store: a plain function that runs in the vault's worker thread, inside one transaction that
 * is rolled back when it throws. Parameters and result cross a thread: plain data and `Uint8Array` only. SQL lives here
 * and nowhere else.
 */
export type Operation<Params, Result> = (db: SqlDatabase, params: Params, context: OperationContext) => Result

/** Declares an operation; only there to infer its types. */
export const operation = <Params, Result>(run: Operation<Params, Result>): Operation<Params, Result> => run
