import type { SqlDatabase } from '../../vault/index.ts'
import { createNumberTable, digest } from './number-set.ts'
import { entriesOf, type Searched } from './words.ts'

/** Keeps the index of the base beside its rows. */
export interface Indexer {
  add(id: number, mailbox: Searched): void
  remove(id: number): void
  /** Reads the row again. */
  refresh(id: number): void
}

interface Row {
  address: string
  type: string
  lastName: string | null
  firstName: string | null
  service: string | null
  legalName: string | null
  tradeName: string | null
  professionCode: string | null
  profession: string | null
  specialtyCode: string | null
  specialty: string | null
  town: string | null
  postalCode: string | null
  departmentCode: string | null
  nationalId: string | null
  goneSince: number | null
}

export const createIndexer = (db: SqlDatabase): Indexer => {
  const insert = db.prepare('INSERT INTO search (rowid, words) VALUES (?, ?)')
  const remove = db.prepare('DELETE FROM search WHERE rowid = ?')
  const addWord = db.prepare('INSERT OR IGNORE INTO search_words (word) VALUES (?)')
  const read = db.prepare(`
    SELECT m.address, m.type, m.last_name AS lastName, m.first_name AS firstName, m.service, m.legal_name AS legalName,
      m.trade_name AS tradeName, coalesce(p.code, p.label) AS professionCode, p.label AS profession,
      coalesce(s.code, s.label) AS specialtyCode, s.label AS specialty, m.town, m.postal_code AS postalCode,
      m.department_code AS departmentCode, m.national_id AS nationalId, m.gone_since AS goneSince
    FROM mailboxes m LEFT JOIN labels p ON p.id = m.profession LEFT JOIN labels s ON s.id = m.specialty
    WHERE m.id = ?`)
  /** Words written by this work: each is asked of the store once. */
  const written = createNumberTable()
  const add = (id: number, mailbox: Searched): void => {
    const words = entriesOf(mailbox)
    for (const word of words) {
      const key = digest(word)
      if (written.get(key) !== -1) continue
      written.set(key, 1)
      addWord.run([word])
    }
    insert.run([id, [...words].join(' ')])
  }
  return {
    add,
    remove: (id) => {
      remove.run([id])
    },
    refresh: (id) => {
      remove.run([id])
      const row = read.get<Row>([id])
      if (row) add(id, { ...row, gone: row.goneSince !== null })
    },
  }
}
