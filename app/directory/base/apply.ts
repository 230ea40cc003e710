import { z } from 'zod'
import { Coded, DirectoryStructure } from '../../contract/index.ts'
import type { SqlDatabase } from '../../vault/index.ts'
import { departmentCode } from './columns.ts'
import { setFact } from './facts.ts'
import { createIndexer } from './indexer.ts'

/** What the API says of a person besides mailboxes; kept as JSON. */
export const PersonFacts = z.object({
  active: z.boolean().nullable(),
  lastName: z.string().nullable(),
  firstName: z.string().nullable(),
  civility: z.string().nullable(),
  professions: z.array(Coded),
  specialties: z.array(Coded),
  situations: z.array(
    z.object({
      role: z.string().nullable(),
      active: z.boolean(),
      structure: DirectoryStructure.nullable(),
      start: z.string().nullable(),
      end: z.string().nullable(),
    }),
  ),
})
export type PersonFacts = z.infer<typeof PersonFacts>

/** A mailbox as the API gives it. */
export interface ApiMailbox {
  address: string
  type: string | null
  nationalId: string | null
  structure: DirectoryStructure | null
  service: string | null
  paperless: boolean | null
  rank: number | null
  /** Liste rouge, or of somebody who practises no more: not to be proposed. */
  unlisted: boolean
}

export interface ApiFindings {
  at: number
  persons: readonly { nationalId: string; facts: PersonFacts }[]
  mailboxes: readonly ApiMailbox[]
  /** All that the API says of one person. */
  unit: boolean
  /** Up to when everything that changed is among these; null for a unit call. */
  deltaAt: number | null
}

/** A row that no line of an extraction stands behind has a negative digest. */
const fromApi = -1

interface Known {
  id: number
  nationalId: string | null
}

/**
 * Brings what the API said into the base, in one transaction: mailboxes new to it are added (the extraction of the day may
 * lack them, and the API those of the extraction: neither takes the other's away), ranks and liste rouge noted. Answers
 * how many mailboxes are not as they were.
 */
export const applyFindings = (db: SqlDatabase, findings: ApiFindings): number =>
  db.transaction(() => {
    const indexer = createIndexer(db)
    const label = createLabelFinder(db)
    const people = new Map(findings.persons.map((one) => [one.nationalId, one.facts]))
    const putPerson = db.prepare(
      'INSERT OR REPLACE INTO persons (national_id, facts, verified_at) VALUES (?, ?, ?)',
    )
    // Only a unit call tells all of a person; a page of changes lends names to its mailboxes and is not kept.
    if (findings.unit)
      for (const { nationalId, facts } of findings.persons)
        putPerson.run([nationalId, JSON.stringify(facts), findings.at])
    const known = db.prepare(
      `SELECT id, national_id AS nationalId FROM mailboxes
       WHERE address = $address AND (national_id IS $nationalId OR $nationalId IS NULL) ORDER BY gone_since IS NOT NULL LIMIT 5`,
    )
    // One that the extraction lost and the API still has is the API's from now on: the next extraction does not take it away.
    const update = db.prepare(
      `UPDATE mailboxes SET rank = $rank, unlisted = $unlisted,
         digest = iif(gone_since IS NULL, digest, ${String(fromApi)}), gone_since = NULL
       WHERE id = $id AND (rank IS NOT $rank OR unlisted <> $unlisted OR gone_since IS NOT NULL)`,
    )
    let changed = 0
    for (const mailbox of findings.mailboxes) {
      const rows = known.all<Known>({ address: mailbox.address, nationalId: mailbox.nationalId })
      for (const { id } of rows) {
        const done = update.run({ id, rank: mailbox.rank, unlisted: Number(mailbox.unlisted) }).changes
        if (done === 0) continue
        changed += 1
        indexer.refresh(id)
      }
      if (rows.length > 0) continue
      const facts = mailbox.nationalId === null ? undefined : people.get(mailbox.nationalId)
      const id = insert(db, mailbox, facts, label, findings.at)
      indexer.refresh(id)
      changed += 1
    }
    if (findings.unit) changed += retireOf(db, findings, indexer)
    if (findings.deltaAt !== null) setFact(db, 'deltaAt', findings.deltaAt)
    return changed
  })

/** Mailboxes of these people that the API alone ever told of, and tells of no more. */
const retireOf = (
  db: SqlDatabase,
  findings: ApiFindings,
  indexer: ReturnType<typeof createIndexer>,
): number => {
  const told = JSON.stringify(findings.mailboxes.map(({ address }) => address.toLowerCase()))
  const lost = db.prepare(
    `SELECT id FROM mailboxes WHERE national_id = $nationalId AND digest = ${String(fromApi)} AND gone_since IS NULL
       AND lower(address) NOT IN (SELECT value FROM json_each($told))`,
  )
  const mark = db.prepare('UPDATE mailboxes SET gone_since = ? WHERE id = ?')
  const ids = findings.persons.flatMap(({ nationalId }) => lost.all<{ id: number }>({ nationalId, told }))
  for (const { id } of ids) {
    mark.run([findings.at, id])
    indexer.refresh(id)
  }
  return ids.length
}

const createLabelFinder = (db: SqlDatabase) => (kind: string, coded: Coded | undefined) => {
  if (!coded) return null
  const found = db
    .prepare(
      'SELECT id FROM labels WHERE kind = $kind AND (code = $code OR ($code IS NULL AND label = $label)) LIMIT 1',
    )
    .get<{ id: number }>({ kind, code: coded.code, label: coded.label })
  if (found) return found.id
  return db
    .prepare('INSERT INTO labels (kind, code, label) VALUES (?, ?, ?)')
    .run([kind, coded.code, coded.label]).lastInsertRowid
}

const insert = (
  db: SqlDatabase,
  mailbox: ApiMailbox,
  facts: PersonFacts | undefined,
  label: ReturnType<typeof createLabelFinder>,
  at: number,
): number => {
  // A situation alone does not say who it is: another mailbox of the person does.
  const sibling =
    facts || mailbox.nationalId === null
      ? undefined
      : db
          .prepare(
            `SELECT civility, last_name AS lastName, first_name AS firstName, profession, specialty
             FROM mailboxes WHERE national_id = ? LIMIT 1`,
          )
          .get<{
            civility: string | null
            lastName: string | null
            firstName: string | null
            profession: number | null
            specialty: number | null
          }>([mailbox.nationalId])
  const { structure } = mailbox
  return db
    .prepare(
      `INSERT INTO mailboxes (digest, address, type, national_id, structure_id, service, civility, last_name, first_name,
         profession, specialty, paperless, legal_name, trade_name, lines, postal_code, town, department,
         department_code, country, rank, unlisted, first_seen)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run([
      fromApi,
      mailbox.address,
      mailbox.type ?? (mailbox.nationalId === null ? 'ORG' : 'PER'),
      mailbox.nationalId,
      structure?.id ?? null,
      mailbox.service,
      facts?.civility ?? sibling?.civility ?? null,
      facts?.lastName ?? sibling?.lastName ?? null,
      facts?.firstName ?? sibling?.firstName ?? null,
      facts ? label('profession', facts.professions[0]) : (sibling?.profession ?? null),
      facts ? label('specialty', facts.specialties[0]) : (sibling?.specialty ?? null),
      mailbox.paperless === null ? null : Number(mailbox.paperless),
      structure?.name ?? null,
      structure?.tradeName ?? null,
      structure && structure.lines.length > 0 ? structure.lines.join('\n') : null,
      structure?.postalCode ?? null,
      structure?.town ?? null,
      structure?.department ?? null,
      departmentCode(structure?.postalCode ?? null, structure?.department ?? null),
      structure?.country ?? null,
      mailbox.rank,
      Number(mailbox.unlisted),
      at,
    ]).lastInsertRowid
}

/** What the API said of a person when it was last asked. */
export const personFacts = (
  db: SqlDatabase,
  nationalId: string,
): { facts: PersonFacts; verifiedAt: number } | null => {
  const row = db
    .prepare('SELECT facts, verified_at AS verifiedAt FROM persons WHERE national_id = ?')
    .get<{ facts: string; verifiedAt: number }>([nationalId])
  const parsed = row ? PersonFacts.safeParse(JSON.parse(row.facts)) : null
  if (!row || !parsed?.success) return null
  // The API may give codes alone; the extraction has their labels.
  const label = db.prepare(
    'SELECT label FROM labels WHERE kind = $kind AND code = $code AND label <> code ORDER BY id LIMIT 1',
  )
  const said = (kind: string, codes: readonly Coded[]): Coded[] =>
    codes.map((one) =>
      one.code === null || one.label !== one.code
        ? one
        : { ...one, ...label.get<{ label: string }>({ kind, code: one.code }) },
    )
  const facts = {
    ...parsed.data,
    professions: said('profession', parsed.data.professions),
    specialties: said('specialty', parsed.data.specialties),
  }
  return { facts, verifiedAt: row.verifiedAt }
}
