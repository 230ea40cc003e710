import type { DirectoryFacets, MailboxType } from '../../contract/index.ts'
import type { SqlDatabase } from '../../vault/index.ts'

const mostValues = 300

const typeNames = new Set<string>(['PER', 'CAB', 'ORG', 'APP'])
export const mailboxType = (type: string): MailboxType =>
  // Told apart by the set just above.
  typeNames.has(type) ? (type as MailboxType) : 'other'

const byLabel = (db: SqlDatabase, column: 'profession' | 'specialty') =>
  db
    .prepare(
      `SELECT coalesce(l.code, l.label) AS code, l.label, n AS count FROM
         (SELECT ${column} AS id, count(*) AS n FROM mailboxes WHERE gone_since IS NULL GROUP BY ${column})
       JOIN labels l USING (id) ORDER BY n DESC LIMIT ${String(mostValues)}`,
    )
    .all<{ code: string; label: string; count: number }>()
    .map((row) => ({ ...row }))

/** Counts the values to filter by: a look over the whole base, made once for each generation. */
export const countFacets = (db: SqlDatabase): DirectoryFacets => {
  const types = new Map<MailboxType, number>()
  for (const { type, count } of db
    .prepare('SELECT type, count(*) AS count FROM mailboxes WHERE gone_since IS NULL GROUP BY type')
    .all<{ type: string; count: number }>())
    types.set(mailboxType(type), (types.get(mailboxType(type)) ?? 0) + count)
  return {
    professions: byLabel(db, 'profession'),
    specialties: byLabel(db, 'specialty'),
    departments: db
      .prepare(
        `SELECT department_code AS code, max(coalesce(department, department_code)) AS label, count(*) AS count
         FROM mailboxes WHERE gone_since IS NULL AND department_code IS NOT NULL
         GROUP BY department_code ORDER BY department_code LIMIT ${String(mostValues)}`,
      )
      .all<{ code: string; label: string; count: number }>()
      .map((row) => ({ ...row })),
    types: [...types].map(([code, count]) => ({ code, count })),
  }
}
