import { fail, ok, type Outcome } from '../contract/errors.ts'
import { openSqlcipher, type SqlDatabase } from './database.ts'
import { codeOf, storeError } from './failure.ts'
import type { Migration } from './migrations/index.ts'

/** « SPli »: tells our files from other SQLite files. */
export const applicationId = 0x53506c69

/**
 * Opens the encrypted database with the settings of models.md §8.1 and brings its schema up to date. `create` demands a
 * new file's settings. Fails with `vault.wrong-key`, `vault.corrupt`, `vault.from-future`, `vault.read-only`,
 * `vault.disk-full`.
 */
export const openStore = (params: {
  path: string
  key: Uint8Array
  create: boolean
  migrations: readonly Migration[]
  stopping: () => boolean
}): Outcome<SqlDatabase> => {
  let db: SqlDatabase | undefined
  try {
    db = openSqlcipher(params.path, params.key, params.stopping)
    db.pragma('cell_size_check = ON')
    db.pragma('trusted_schema = OFF')
    db.pragma('temp_store = MEMORY')
    db.pragma('busy_timeout = 2000')
    if (params.create) {
      // Both must come before the first table.
      db.pragma('auto_vacuum = INCREMENTAL')
      db.pragma(`application_id = ${String(applicationId)}`)
    } else {
      // The first read: a wrong key shows here.
      const readable = firstRead(db)
      if (!readable.ok) {
        db.close()
        return readable
      }
      if (db.pragma('application_id') !== applicationId) {
        db.close()
        return fail('vault.corrupt', { details: { what: 'application-id' } })
      }
    }
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = FULL')
    db.pragma('foreign_keys = ON')
    // Searches look into many pages of the index; each one missed is read and decrypted again.
    db.pragma('cache_size = -8192')
    const migrated = migrate(db, params.migrations)
    if (!migrated.ok) {
      db.close()
      return migrated
    }
    return ok(db)
  } catch (error) {
    db?.close()
    return storeError(error)
  }
}

const firstRead = (db: SqlDatabase): Outcome<void> => {
  try {
    db.prepare('SELECT count(*) AS tables FROM sqlite_master').get()
    return ok(undefined)
  } catch (error) {
    // With the wrong key no page is authentic, nor with the right one when the first page is damaged.
    return codeOf(error) === 'SQLITE_NOTADB' ? fail('vault.wrong-key', { cause: error }) : storeError(error)
  }
}

/**
 * Applies the missing migrations and their number in one transaction: after a crash at any moment the file is as it was
 * before the first or as it is after the last (decisions/0011). Fails with `vault.from-future` when
 * the file was written by a newer SousPli, and throws the driver's errors.
 */
const migrate = (db: SqlDatabase, migrations: readonly Migration[]): Outcome<number> => {
  const current = Number(db.pragma('user_version') ?? 0)
  const newest = migrations.at(-1)?.version ?? 0
  if (current > newest) {
    return fail('vault.from-future', { details: { version: current, supported: newest } })
  }
  const missing = migrations.filter((migration) => migration.version > current)
  if (missing.length === 0) return ok(newest)
  db.transaction(() => {
    for (const migration of missing) db.exec(migration.sql)
    db.pragma(`user_version = ${String(newest)}`)
  })
  return ok(newest)
}
