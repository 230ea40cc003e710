import { Database } from '@signalapp/sqlcipher'

export type SqlValue = string | number | Uint8Array | null

/** Positional (`?`) parameters as an array, named (`$name`) ones as an object whose keys have no `$`. */
export type SqlParams = readonly SqlValue[] | Readonly<Record<string, SqlValue>>

/**
 * One compiled statement. Blobs come back as `Uint8Array`, integers as numbers (all of ours are below 2⁵³); booleans
 * and `undefined` cannot be bound. The row type is what the SQL text says: it is trusted, not checked.
 */
export interface SqlStatement {
  run(params?: SqlParams): { changes: number; lastInsertRowid: number }
  get<Row extends object>(params?: SqlParams): Row | undefined
  all<Row extends object>(params?: SqlParams): Row[]
}

/**
 * The narrow driver under the vault: all the rest of the program may ask of SQLite (architecture.md §4). Calls throw
 * the driver's own errors; `storeError` (failure.ts) turns them into codes at the worker's border.
 */
export interface SqlDatabase {
  /** Compiled once and kept: write the SQL text as a constant, never with values inside. */
  prepare(sql: string): SqlStatement
  exec(sql: string): void
  pragma(text: string): SqlValue | undefined
  /** Runs `work` in one transaction; nested calls join the outer one. */
  transaction<T>(work: () => T): T
  close(): void
}

/** Thrown between two statements when the vault is closing, so that long operations stop at once. */
export const interrupted = new Error('vault closing')

/**
 * Opens an encrypted SQLite file by its raw 256-bit key (models.md §8.1). The file is not read yet: a wrong key shows at
 * the first statement. `stopping` is looked at before each statement.
 */
export const openSqlcipher = (path: string, key: Uint8Array, stopping: () => boolean): SqlDatabase => {
  const native = new Database(path, { cacheStatements: true })
  // SQLCipher would write its diagnostics to standard error.
  native.pragma('cipher_log_level = NONE')
  native.pragma(`key = "x'${Buffer.from(key.buffer, key.byteOffset, key.length).toString('hex')}'"`)
  let depth = 0
  const go = <T>(work: () => T): T => {
    if (stopping()) throw interrupted
    return work()
  }
  return {
    prepare: (sql) => {
      const statement = native.prepare(sql)
      return {
        run: (params) => go(() => statement.run(bindable(params))),
        get: <Row extends object>(params?: SqlParams) =>
          go(() => statement.get(bindable(params)) as Row | undefined),
        all: <Row extends object>(params?: SqlParams) => go(() => statement.all(bindable(params)) as Row[]),
      }
    },
    exec: (sql) => {
      go(() => {
        native.exec(sql)
      })
    },
    pragma: (text) => native.pragma(text, { simple: true }),
    transaction: (work) => {
      if (depth > 0) return work()
      native.exec('BEGIN IMMEDIATE')
      depth += 1
      try {
        const result = work()
        native.exec('COMMIT')
        return result
      } catch (error) {
        rollBack(native)
        throw error
      } finally {
        depth -= 1
      }
    },
    close: () => {
      native.close()
    },
  }
}

/** SQLite has already rolled back by itself after a full disk or an input/output error; the first error counts. */
const rollBack = (native: Database): void => {
  try {
    native.exec('ROLLBACK')
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes('no transaction is active')) throw error
  }
}

type NativeParams = Parameters<ReturnType<Database['prepare']>['run']>[0]

/** The package's types want `Uint8Array<ArrayBuffer>`; a view over shared memory never reaches here. */
const bindable = (params: SqlParams | undefined): NativeParams => params as NativeParams
