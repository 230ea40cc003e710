import type { Outcome } from '../contract/errors.ts'
import type { StoreConnection } from './connection.ts'
import type { SqlDatabase } from './database.ts'
import { codeOf } from './failure.ts'
import { isDamage, rescueBegin, rescueEnd, rescueTable } from './rescue.ts'

/**
 * What the vault's worker does outside of transactions, for the vault itself alone: still copies, compaction,
 * structure checks. Named like operations and run in the same queue.
 */

const held = new WeakSet<SqlDatabase>()

/** True while the database's main file must stay as it is. */
export const isHeld = (db: SqlDatabase): boolean => held.has(db)

/**
 * Moves everything into the main file and empties the write-ahead log. A reader elsewhere (the check of the store) makes
 * it give up at once instead of waiting: the next one comes soon.
 */
export const checkpointNow = (db: SqlDatabase): boolean => {
  db.pragma('busy_timeout = 0')
  try {
    return db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get<{ busy: number }>()?.busy === 0
  } finally {
    db.pragma('busy_timeout = 2000')
  }
}

/**
 * From here to `release` all changes stay in the write-ahead log, so that the main file is the store as it is now and can
 * be copied byte by byte while the mailbox works on. Answers what a copy must hold; null when a reader is in the way.
 */
const hold = (db: SqlDatabase): { schema: number; parts: string[]; sizes: number[] } | null => {
  if (isHeld(db) || !checkpointNow(db)) return null
  held.add(db)
  db.pragma('wal_autocheckpoint = 0')
  const rows = db.prepare('SELECT id, size FROM part_files').all<{ id: string; size: number }>()
  return {
    schema: Number(db.pragma('user_version') ?? 0),
    parts: rows.map((row) => row.id),
    sizes: rows.map((row) => row.size),
  }
}

const release = (db: SqlDatabase): null => {
  held.delete(db)
  db.pragma('wal_autocheckpoint = 1000')
  return null
}

/** Pages in the file, and those that hold nothing. */
const pages = (db: SqlDatabase): { pageSize: number; pages: number; free: number } => ({
  pageSize: Number(db.pragma('page_size') ?? 0),
  pages: Number(db.pragma('page_count') ?? 0),
  free: Number(db.pragma('freelist_count') ?? 0),
})

/** Merges a bounded part of the index; true when there was something to merge. */
const mergeIndex = (db: SqlDatabase, params: { pages: number }): boolean => {
  const count = (): number => db.prepare('SELECT total_changes() AS n').get<{ n: number }>()?.n ?? 0
  const before = count()
  db.prepare("INSERT INTO search (search, rank) VALUES ('merge', ?)").run([params.pages])
  // FTS5's own rule: fewer than two changes mean that nothing was left to do.
  return count() - before >= 2
}

/** Gives a bounded number of empty pages back to the file system; answers how many are left. */
const trim = (db: SqlDatabase, params: { pages: number }): number => {
  if (isHeld(db)) return Number(db.pragma('freelist_count') ?? 0)
  db.exec(`PRAGMA incremental_vacuum(${String(Math.trunc(params.pages))})`)
  checkpointNow(db)
  return Number(db.pragma('freelist_count') ?? 0)
}

const parts = (db: SqlDatabase): { id: string; size: number }[] =>
  db
    .prepare('SELECT id, size FROM part_files')
    .all<{ id: string; size: number }>()
    .map((row) => ({ ...row }))

const hasPart = (db: SqlDatabase, params: { id: string }): boolean =>
  db.prepare('SELECT id FROM part_files WHERE id = ?').get([params.id]) !== undefined

const tables = (db: SqlDatabase): string[] =>
  db
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
    .all<{ name: string }>()
    .map((row) => row.name)

/**
 * SQLite's quick_check of one table; with SQLCipher every page read is also authenticated. Answers what is wrong with
 * it, nothing when it is sound.
 */
const checkTable = (db: SqlDatabase, params: { table: string }): string[] => {
  if (!tables(db).includes(params.table)) return []
  try {
    return db
      .prepare(`PRAGMA quick_check("${params.table}")`)
      .all<{ quick_check: string }>()
      .map((row) => row.quick_check)
      .filter((line) => line !== 'ok')
  } catch (error) {
    if (!isDamage(error)) throw error
    return [codeOf(error)]
  }
}

const named = {
  'store.hold': hold,
  'store.release': release,
  'store.pages': pages,
  'store.mergeIndex': mergeIndex,
  'store.trim': trim,
  'store.parts': parts,
  'store.hasPart': hasPart,
  'store.tables': tables,
  'store.checkTable': checkTable,
  'rescue.begin': rescueBegin,
  'rescue.table': rescueTable,
  'rescue.end': rescueEnd,
}
type ControlName = keyof typeof named
type ControlParams<K extends ControlName> =
  Parameters<(typeof named)[K]> extends [unknown, infer P] ? P : Record<string, never>
export type ControlResult<K extends ControlName> = ReturnType<(typeof named)[K]>

// The names come from typed code on the other side of the thread; each control knows its own parameters.
export const controls = new Map(Object.entries(named)) as ReadonlyMap<string, unknown> as ReadonlyMap<
  string,
  (db: SqlDatabase, params: unknown) => unknown
>

/** Asks the worker of a connection for a control. */
export const askControl = async <K extends ControlName>(
  connection: StoreConnection,
  name: K,
  params: ControlParams<K>,
): Promise<Outcome<ControlResult<K>>> =>
  // The worker answers with what this very control returned.
  (await connection.run(name, params)) as Outcome<ControlResult<K>>
