import { openSqlcipher, type SqlDatabase } from '../../vault/index.ts'

/** Of the base's file; another one is made anew: everything in it can be fetched again. */
const version = 2

/** Lengths of beginnings that have their own posting lists. */
export const prefixLengths = [1, 2, 3, 4] as const

const schema = `
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- Professions, categories, specialties: a few hundred, with how many mailboxes have them.
CREATE TABLE labels (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  code TEXT,
  label TEXT NOT NULL,
  UNIQUE (kind, code, label)
) STRICT;

CREATE TABLE mailboxes (
  id INTEGER PRIMARY KEY,
  -- Of the line it was read from: tells whether the next extraction has it unchanged.
  digest INTEGER NOT NULL,
  address TEXT NOT NULL COLLATE NOCASE,
  type TEXT NOT NULL,
  national_id TEXT,
  structure_id TEXT,
  service TEXT,
  civility TEXT,
  last_name TEXT,
  first_name TEXT,
  category INTEGER,
  profession INTEGER,
  specialty INTEGER,
  paperless INTEGER,
  legal_name TEXT,
  trade_name TEXT,
  lines TEXT,
  postal_code TEXT,
  town TEXT,
  department TEXT,
  department_code TEXT,
  country TEXT,
  rank INTEGER,
  -- Not to be proposed (liste rouge), known from the API alone.
  unlisted INTEGER NOT NULL DEFAULT 0,
  -- Milliseconds since 1970; the extraction itself has no dates.
  first_seen INTEGER NOT NULL,
  gone_since INTEGER
) STRICT;
CREATE INDEX mailboxes_by_address ON mailboxes (address);
CREATE INDEX mailboxes_by_person ON mailboxes (national_id) WHERE national_id IS NOT NULL;
CREATE INDEX mailboxes_by_structure ON mailboxes (structure_id) WHERE structure_id IS NOT NULL;

-- What a unit call said of a person, as JSON.
CREATE TABLE persons (national_id TEXT PRIMARY KEY, facts TEXT NOT NULL, verified_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- Words and filter marks of each mailbox; rowid = mailboxes.id. Positions are never asked for: lists of rows alone.
CREATE VIRTUAL TABLE search USING fts5(
  words, content='', contentless_delete=1, detail=none, prefix='${prefixLengths.join(' ')}', tokenize='ascii'
);
INSERT INTO search (search, rank) VALUES ('pgsz', 3900);
-- Every word of the index: a longer beginning is searched as the words that begin so, read lazily.
CREATE TABLE search_words (word TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
`

/**
 * Opens the base of the directory, in its own encrypted file (docs/decisions/0021). `create` makes the schema where there is
 * none. Throws the driver's errors; a file of another version, or another key's, throws too: it is to be made anew.
 */
export const openBase = (params: {
  path: string
  key: Uint8Array
  create: boolean
  cacheKibibytes: number
  stopping: () => boolean
}): SqlDatabase => {
  const db = openSqlcipher(params.path, params.key, params.stopping)
  try {
    db.pragma('temp_store = MEMORY')
    db.pragma('busy_timeout = 5000')
    db.pragma('trusted_schema = OFF')
    if (params.create) db.pragma('auto_vacuum = INCREMENTAL')
    const found = Number(db.pragma('user_version') ?? 0)
    if (found !== version && !(found === 0 && params.create)) throw new Error('base of another version')
    db.pragma('journal_mode = WAL')
    // What is lost with the power is fetched again; the file itself stays whole (WAL).
    db.pragma('synchronous = NORMAL')
    db.pragma(`cache_size = -${String(params.cacheKibibytes)}`)
    if (found === 0)
      db.transaction(() => {
        db.exec(schema)
        db.pragma(`user_version = ${String(version)}`)
      })
    return db
  } catch (error) {
    db.close()
    throw error
  }
}
