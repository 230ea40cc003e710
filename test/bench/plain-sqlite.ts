/**
 * The peer of the directory bench: what one would write first with SQLite alone, in clear, one FTS5 table with prefixes over the
 * same columns. `node plain-sqlite.ts SETTING-FILE` writes one JSON answer.
 */
import { createReadStream, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { DirectorySetting } from './directory-orders.ts'

const setting = DirectorySetting.parse(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')))
const path = join(setting.folder, 'plain.db')
const db = new DatabaseSync(path)
db.exec(`
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE mailboxes (id INTEGER PRIMARY KEY, line TEXT NOT NULL);
  CREATE VIRTUAL TABLE search USING fts5(
    last_name, first_name, profession, specialty, structure, town, address, content='', prefix='2 3',
    tokenize='unicode61 remove_diacritics 2'
  );`)
const put = db.prepare('INSERT INTO mailboxes (line) VALUES (?)')
const index = db.prepare(
  'INSERT INTO search (rowid, last_name, first_name, profession, specialty, structure, town, address) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
)
const started = performance.now()
let head: string[] | null = null
db.exec('BEGIN')
for await (const line of createInterface({ input: createReadStream(setting.extraction) })) {
  const fields = line.split('|')
  if (!head) {
    head = fields
    continue
  }
  const { lastInsertRowid } = put.run(line)
  // In the order of the generator: nobody else's file is read here.
  const at = (column: number): string => fields[column] ?? ''
  index.run(lastInsertRowid, at(9), at(10), at(14), at(16), `${at(7)} ${at(18)}`, at(27), at(1))
}
db.exec('COMMIT')
const milliseconds = performance.now() - started
db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
const find = db.prepare(
  'SELECT m.line FROM search JOIN mailboxes m ON m.id = search.rowid WHERE search MATCH ? ORDER BY rank LIMIT 50',
)
const searches: number[] = []
for (const text of setting.texts)
  for (let length = 2; length <= text.length; length += 1) {
    const words = text.slice(0, length).match(/[\p{L}\p{N}]+/gu) ?? []
    const begun = performance.now()
    find.all(words.map((word) => `"${word}"*`).join(' '))
    searches.push(performance.now() - begun)
  }
process.stdout.write(JSON.stringify({ milliseconds, searches, bytes: statSync(path).size }))
db.close()
