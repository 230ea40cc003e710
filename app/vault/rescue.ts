import { openSqlcipher, type SqlDatabase, type SqlValue } from './database.ts'
import { codeOf, storeError } from './failure.ts'
import { referredParts } from './operations/parts.ts'

/**
 * Carries what only this workstation has, and what lets the rest keep its identity, from a store that may be damaged into
 * a new one: every readable row but bodies and index, which the server gives again. In slices, so that the worker can be
 * stopped between two (controls, run by the new store's worker).
 */

/** What the server or the bodies give back, and what belongs to the index. */
const derived = new Set(['bodies', 'index_queue', 'attachment_texts', 'part_files'])
const isDerived = (table: string): boolean =>
  derived.has(table) || table === 'search' || table.startsWith('search_')

const sliceRows = 500

/** How a table came over; `incomplete` when part of it could not be read. */
export interface RescuedTable {
  table: string
  rows: number
  incomplete: boolean
}

/** The former store: reopened after each damaged page, because SQLCipher refuses everything after one. */
interface Source {
  db: SqlDatabase
  reopen(): void
  close(): void
  /** Columns and whether there is a rowid, by table: read before anything damaged is met. */
  shapes: ReadonlyMap<string, { columns: string[]; rowid: boolean }>
}
const sources = new WeakMap<SqlDatabase, Source>()

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

const columnsOf = (db: SqlDatabase, table: string): string[] =>
  db
    .prepare(`PRAGMA table_info(${quoted(table)})`)
    .all<{ name: string }>()
    .map((row) => row.name)

/** Of a read: SQLCipher says SQLITE_ERROR too for a page that is not authentic. */
export const isDamage = (error: unknown): boolean => {
  if (codeOf(error) === 'SQLITE_ERROR') return true
  const failed = storeError(error)
  return !failed.ok && failed.error.code === 'vault.corrupt'
}

/** Opens the former store beside the new one; answers the tables to carry over, null when nothing of it can be read. */
export const rescueBegin = (db: SqlDatabase, params: { path: string; key: Uint8Array }): string[] | null => {
  const key = new Uint8Array(params.key)
  params.key.fill(0)
  const connect = (): SqlDatabase => openSqlcipher(params.path, key, () => false)
  let old: SqlDatabase | null = null
  try {
    old = connect()
    const known = old
      .prepare("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
      .all<{ name: string; sql: string }>()
    const shapes = new Map<string, { columns: string[]; rowid: boolean }>()
    for (const { name, sql } of known) {
      if (isDerived(name) && name !== 'bodies') continue
      shapes.set(name, { columns: columnsOf(old, name), rowid: !/\bWITHOUT\s+ROWID\b/i.test(sql) })
    }
    const source: Source = {
      db: old,
      shapes,
      reopen: () => {
        source.db.close()
        source.db = connect()
      },
      close: () => {
        source.db.close()
        key.fill(0)
      },
    }
    // Rows come in any order; what leads nowhere in the end is dropped then.
    db.pragma('foreign_keys = OFF')
    sources.set(db, source)
    return db
      .prepare(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
      )
      .all<{ name: string }>()
      .map((row) => row.name)
      .filter((name) => shapes.has(name) && !isDerived(name))
  } catch (error) {
    old?.close()
    key.fill(0)
    if (codeOf(error) === 'SQLITE_NOTADB' || isDamage(error)) return null
    throw error
  }
}

type Row = Record<string, SqlValue>

const insert = (db: SqlDatabase, table: string, columns: readonly string[], rows: readonly Row[]): number => {
  const names = columns.map(quoted).join(', ')
  const statement = db.prepare(
    `INSERT OR IGNORE INTO ${quoted(table)} (${names}) VALUES (${columns.map(() => '?').join(', ')})`,
  )
  return db.transaction(() => {
    let inserted = 0
    for (const row of rows) inserted += statement.run(columns.map((column) => row[column] ?? null)).changes
    return inserted
  })
}

/** Tables without rowid are small or secondary: read whole, or as far as they can be. */
const rescueWhole = (db: SqlDatabase, old: Source, table: string, columns: string[]): RescuedTable => {
  const names = columns.map(quoted).join(', ')
  try {
    const rows = old.db.prepare(`SELECT ${names} FROM ${quoted(table)}`).all<Row>()
    return { table, rows: insert(db, table, columns, rows), incomplete: false }
  } catch (error) {
    if (!isDamage(error)) throw error
    old.reopen()
    return { table, rows: 0, incomplete: true }
  }
}

/**
 * Carries a slice of a table over: rows after `after`; unreadable ones are jumped over. `next` is null when the table is
 * done.
 */
export const rescueTable = (
  db: SqlDatabase,
  params: { table: string; after: number | null },
): RescuedTable & { next: number | null } => {
  const { table } = params
  const old = sources.get(db)
  if (!old) throw new Error('no rescue begun')
  const shape = old.shapes.get(table)
  const columns = columnsOf(db, table).filter((name) => shape?.columns.includes(name) === true)
  if (shape?.rowid !== true) return { ...rescueWhole(db, old, table, columns), next: null }
  const names = columns.map(quoted).join(', ')
  // Constant text per table: the values are bound.
  const sql = `SELECT rowid AS rescue_rowid, ${names} FROM ${quoted(table)} WHERE rowid > ? ORDER BY rowid LIMIT ?`
  const readRows = (after: number, limit: number): (Row & { rescue_rowid: number })[] | null => {
    try {
      return old.db.prepare(sql).all<Row & { rescue_rowid: number }>([after, limit])
    } catch (error) {
      if (!isDamage(error)) throw error
      old.reopen()
      return null
    }
  }
  let after = params.after ?? -Number.MAX_SAFE_INTEGER
  let limit = sliceRows
  for (let jump = 0; ;) {
    const rows = readRows(after, limit)
    if (rows) {
      const next = rows.length < limit ? null : (rows.at(-1)?.rescue_rowid ?? null)
      return { table, rows: insert(db, table, columns, rows), incomplete: jump > 0, next }
    }
    // First fewer rows at a time, up to the damaged page; then over it, further each time.
    if (limit > 1) limit = Math.floor(limit / 2)
    else {
      after = Math.max(after, 0) + 2 ** jump
      jump += 1
      if (after > Number.MAX_SAFE_INTEGER) return { table, rows: 0, incomplete: true, next: null }
    }
  }
}

/** Bodies of messages that no server has, as far as they can be read; in the index again by subject, the rest later. */
const rescueLocalBodies = (db: SqlDatabase, old: Source): boolean => {
  const theirs = old.shapes.get('bodies')?.columns ?? []
  const columns = columnsOf(db, 'bodies').filter((name) => theirs.includes(name))
  const names = columns.map(quoted).join(', ')
  let whole = true
  const local = db
    .prepare('SELECT id, subject FROM messages WHERE uid IS NULL AND body_state = 1')
    .all<{ id: number; subject: string }>()
  for (const { id, subject } of local) {
    try {
      const row = old.db.prepare(`SELECT ${names} FROM bodies WHERE message_id = ?`).get<Row>([id])
      if (row && insert(db, 'bodies', columns, [row]) === 1) {
        db.prepare('INSERT INTO search (rowid, subject) VALUES ($id, $subject)').run({ id, subject })
        db.prepare('INSERT OR IGNORE INTO index_queue (message_id) VALUES (?)').run([id])
        continue
      }
    } catch (error) {
      if (!isDamage(error)) throw error
      old.reopen()
    }
    whole = false
  }
  return whole
}

interface Reference {
  from: string
  to: string
  table: string
  on_delete: string
}

/** Rows whose parent did not come over go as if the parent had been deleted; again until nothing leads nowhere. */
const dropStrays = (db: SqlDatabase): void => {
  for (;;) {
    const strays = db.prepare('PRAGMA foreign_key_check').all<{ table: string }>()
    if (strays.length === 0) return
    for (const table of new Set(strays.map((stray) => stray.table))) {
      for (const { from, to, table: parent, on_delete: rule } of db
        .prepare(`PRAGMA foreign_key_list(${quoted(table)})`)
        .all<Reference>()) {
        const stray = `${quoted(from)} NOT IN (SELECT ${quoted(to)} FROM ${quoted(parent)})`
        db.exec(
          rule === 'SET NULL'
            ? `UPDATE ${quoted(table)} SET ${quoted(from)} = NULL WHERE ${stray}`
            : `DELETE FROM ${quoted(table)} WHERE ${stray}`,
        )
      }
    }
  }
}

/** What the new store holds when all came over. */
export interface Rescued {
  messages: number
  drafts: number
  outbox: number
  actions: number
  /** Part files the new store refers to; their files and rows come next (`rescueParts`). */
  parts: string[]
  localBodies: boolean
}

/** Rows that lead nowhere go; everything the server knows better is asked for again. */
export const rescueEnd = (db: SqlDatabase): Rescued => {
  const old = sources.get(db)
  if (!old) throw new Error('no rescue begun')
  const localBodies = rescueLocalBodies(db, old)
  old.close()
  sources.delete(db)
  const count = (sql: string): number => db.prepare(sql).get<{ n: number }>()?.n ?? 0
  const result = db.transaction(() => {
    dropStrays(db)
    db.exec(`
      UPDATE messages SET body_state = 0 WHERE id NOT IN (SELECT message_id FROM bodies);
      UPDATE folders SET uidnext = NULL, highestmodseq = NULL, synced_from_uid = NULL, server_total = 0;
    `)
    if (columnsOf(db, 'folders').includes('settled_status'))
      db.exec('UPDATE folders SET settled_status = NULL')
    // The rows came with the old totals, and were counted again as they came.
    db.exec(`
      UPDATE folders SET
        total = (SELECT count(*) FROM messages WHERE folder_id = folders.id AND flags & 16 = 0),
        unread = (SELECT count(*) FROM messages WHERE folder_id = folders.id AND flags & 17 = 0);
    `)
    return {
      messages: count('SELECT count(*) AS n FROM messages'),
      drafts: count('SELECT count(*) AS n FROM drafts'),
      outbox: count("SELECT count(*) AS n FROM outbox WHERE state NOT IN ('filed','cancelled')"),
      actions: count("SELECT count(*) AS n FROM operations WHERE state IN ('pending','sent')"),
      parts: db
        .prepare(referredParts)
        .all<{ id: string }>()
        .map((row) => row.id),
      localBodies,
    }
  })
  db.pragma('foreign_keys = ON')
  return result
}
