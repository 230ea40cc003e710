/**
 * A closed profile looked at from outside: by plain SQL and plain file reads, not by the engine's own check alone.
 */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openSqlcipher, type SqlDatabase } from '../../app/vault/database.ts'
import { readSlotFile } from '../../app/vault/slot-file.ts'
import { unlock } from '../../app/vault/slots.ts'
import type { SlotSecret } from '../../app/vault/index.ts'
import { deviceSecret, openProfile } from './profile.ts'
import { seededWord } from './letters.ts'
import type { Programs } from './sources.ts'

interface OpenedFile {
  db: SqlDatabase
  parts: string
}

/** The database of a profile by the key in its slots; the caller closes it. */
const openDatabase = async (profile: string, secret: SlotSecret): Promise<OpenedFile> => {
  const file = readSlotFile(join(profile, 'vault.json'))
  if (!file.ok) throw new Error(`vault.json: ${file.error.code}`)
  const deps = { random: (length: number) => new Uint8Array(length), now: () => 0, deviceSecret }
  const key = await unlock(deps, file.value, secret)
  if (!key.ok) throw new Error(`the slot does not open: ${key.error.code}`)
  return {
    db: openSqlcipher(join(profile, file.value.database), key.value, () => false),
    parts: join(profile, file.value.parts),
  }
}

/** Reads something in a closed profile. */
export const readProfile = async <T>(
  profile: string,
  secret: SlotSecret,
  read: (db: SqlDatabase) => T,
): Promise<T> => {
  const { db } = await openDatabase(profile, secret)
  try {
    return read(db)
  } finally {
    db.close()
  }
}

/** Version of the schema that a killed migration left. */
export const schemaVersion = (profile: string, secret: SlotSecret): Promise<number> =>
  readProfile(profile, secret, (db) => Number(db.pragma('user_version') ?? 0))

/** Ids of part files that some row refers to: every column whose name ends in `_file`. */
const referredFiles = (db: SqlDatabase): Set<string> => {
  const columns = db
    .prepare(
      `SELECT m.name AS owner, c.name AS name FROM sqlite_master m JOIN pragma_table_info(m.name) c
       WHERE m.type = 'table' AND c.name LIKE '%\\_file' ESCAPE '\\'`,
    )
    .all<{ owner: string; name: string }>()
  return new Set(
    columns.flatMap(({ owner, name }) =>
      db
        .prepare(`SELECT "${name}" AS id FROM "${owner}" WHERE "${name}" IS NOT NULL`)
        .all<{ id: string }>()
        .map(({ id }) => id),
    ),
  )
}

const differ = (name: string, left: Iterable<string>, right: Iterable<string>): string => {
  const [a, b] = [new Set(left), new Set(right)]
  const only = [...a].filter((one) => !b.has(one)).length + [...b].filter((one) => !a.has(one)).length
  return only === 0 ? '' : `${only} part files: ${name}`
}

const structure = (db: SqlDatabase): string => {
  const check = db.prepare('PRAGMA quick_check').all<{ quick_check: string }>()
  if (check.length !== 1 || check[0]?.quick_check !== 'ok') return `quick_check: ${JSON.stringify(check[0])}`
  const pages = db.prepare('PRAGMA cipher_integrity_check').all()
  if (pages.length > 0) return `${pages.length} pages are not authentic`
  const strays = db.prepare('PRAGMA foreign_key_check').all<{ table: string }>()
  if (strays.length > 0) return `foreign key of ${strays[0]?.table ?? ''}`
  return ''
}

const agreement = (db: SqlDatabase): string => {
  const count = (sql: string): number => db.prepare(sql).get<{ n: number }>()?.n ?? -1
  const messages = count('SELECT count(*) AS n FROM messages')
  const indexed = count('SELECT count(*) AS n FROM search')
  const bodies = count('SELECT count(*) AS n FROM bodies')
  const waiting = count('SELECT count(*) AS n FROM messages WHERE body_state = 0')
  if (indexed !== bodies) return `${indexed} entries in the index for ${bodies} bodies`
  if (bodies + waiting !== messages) return `${bodies} bodies and ${waiting} to come for ${messages} messages`
  const counts = count(
    `SELECT count(*) AS n FROM folders WHERE
       total <> (SELECT count(*) FROM messages WHERE folder_id = folders.id AND flags & 16 = 0)`,
  )
  if (counts > 0) return `${counts} folders whose total is not that of their rows`
  db.exec("INSERT INTO search (search) VALUES ('integrity-check')")
  return ''
}

/** Every part is there, whole, and referred to; nothing else lies beside them. */
const parts = async ({ db, parts: folder }: OpenedFile): Promise<string> => {
  const known = db
    .prepare('SELECT id FROM part_files')
    .all<{ id: string }>()
    .map(({ id }) => id)
  const lying = existsSync(folder) ? await readdir(folder) : []
  return (
    differ('on the disk and not in the table, or the reverse', lying, known) ||
    differ('in the table and in no row, or the reverse', known, referredFiles(db))
  )
}

/** Files below a folder that hold the seeded word, in the forms it could be written. */
export const clearWords = async (folder: string): Promise<string> => {
  const forms = (['utf8', 'utf16le', 'base64'] as const).map((encoding) =>
    encoding === 'base64'
      ? Buffer.from(Buffer.from(seededWord).toString('base64').slice(0, -2))
      : Buffer.from(seededWord, encoding),
  )
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  for (const entry of entries.filter((one) => one.isFile())) {
    const bytes = await readFile(join(entry.parentPath, entry.name))
    if (forms.some((form) => bytes.includes(form))) return `the seeded word is in clear in ${entry.name}`
  }
  return ''
}

/** SHA-256 of each stored source, by subject; sources in part files are read through the vault. */
export const storedSources = async (
  profile: string,
  secret: SlotSecret,
  programs?: Programs,
): Promise<Map<string, string>> => {
  const { db } = await openDatabase(profile, secret)
  const rows = db
    .prepare('SELECT m.subject, b.raw, b.raw_file FROM bodies b JOIN messages m ON m.id = b.message_id')
    .all<{ subject: string; raw: Uint8Array | null; raw_file: string | null }>()
  db.close()
  const vault = await openProfile(profile, secret, programs)
  const sources = new Map<string, string>()
  try {
    for (const { subject, raw, raw_file } of rows) {
      const read = raw_file === null ? null : await vault.parts.readAll(raw_file, 64 * 1024 * 1024)
      if (read && !read.ok) throw new Error(`${subject}: ${read.error.code}`)
      const bytes = read?.ok ? read.value : raw
      sources.set(
        subject,
        createHash('sha256')
          .update(bytes ?? '')
          .digest('hex'),
      )
    }
  } finally {
    await vault.close()
  }
  return sources
}

/** What is broken in a closed profile; '' when all holds. Throws when it does not open. */
export const brokenIn = async (profile: string, secret: SlotSecret): Promise<string> => {
  const opened = await openDatabase(profile, secret)
  try {
    return structure(opened.db) || agreement(opened.db) || (await parts(opened))
  } finally {
    opened.db.close()
  }
}

/** Removes, as a quiet moment does, what a kill left and nothing refers to. */
export const swept = async (profile: string, secret: SlotSecret, programs?: Programs): Promise<string> => {
  const vault = await openProfile(profile, secret, programs)
  const done = await vault.care.sweep()
  await vault.close()
  return done.ok ? '' : `not swept: ${done.error.code}`
}
