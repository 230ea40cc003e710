import { operation } from '../operation.ts'

/** What a whole look at the store found; everything empty or equal when it is sound. */
export interface StoreCheck {
  /** Lines of SQLite's quick_check other than « ok », and rows whose foreign key leads nowhere. */
  damage: string[]
  messages: number
  bodies: number
  /** Messages without an entry in the index although their body is here, and entries without a body. */
  indexMismatches: number
  /** Folders whose stored totals are not those of their rows. */
  wrongCounts: number[]
}

export const checkOperations = {
  /** Looks at the structure of the file and at what must agree with what; changes nothing (issue 3 §2). */
  'store.check': operation((db): StoreCheck => {
    const count = (sql: string): number => db.prepare(sql).get<{ n: number }>()?.n ?? 0
    const lines = db.prepare('PRAGMA quick_check').all<{ quick_check: string }>()
    const strays = db.prepare('PRAGMA foreign_key_check').all<{ table: string }>()
    return {
      damage: [
        ...lines.map((line) => line.quick_check).filter((line) => line !== 'ok'),
        ...strays.map((row) => `foreign key of ${row.table}`),
      ],
      messages: count('SELECT count(*) AS n FROM messages'),
      bodies: count('SELECT count(*) AS n FROM bodies'),
      indexMismatches: count(
        // A body let go of by a rule (state 3) stays in the index.
        `SELECT (SELECT count(*) FROM messages WHERE (body_state = 1)
             <> (id IN (SELECT message_id FROM bodies)))
           + (SELECT count(*) FROM bodies WHERE message_id NOT IN (SELECT rowid FROM search))
           + (SELECT count(*) FROM messages WHERE body_state = 3 AND id NOT IN (SELECT rowid FROM search))
           + (SELECT count(*) FROM search WHERE rowid NOT IN
               (SELECT message_id FROM bodies UNION SELECT id FROM messages WHERE body_state = 3)) AS n`,
      ),
      wrongCounts: db
        .prepare(
          `SELECT id FROM folders WHERE
             total <> (SELECT count(*) FROM messages WHERE folder_id = folders.id AND flags & 16 = 0)
             OR unread <> (SELECT count(*) FROM messages WHERE folder_id = folders.id AND flags & 17 = 0)`,
        )
        .all<{ id: number }>()
        .map((row) => row.id),
    }
  }),
}
