import type { Coded, DirectoryStructure, MailboxType } from '../../contract/index.ts'
import type { SqlDatabase } from '../../vault/index.ts'
import { mailboxType } from './facets.ts'

/** A mailbox as the base has it; dates in milliseconds since 1970. */
export interface StoredMailbox {
  id: number
  address: string
  type: MailboxType
  nationalId: string | null
  civility: string | null
  lastName: string | null
  firstName: string | null
  profession: Coded | null
  category: Coded | null
  specialty: Coded | null
  service: string | null
  structure: DirectoryStructure | null
  paperless: boolean | null
  rank: number | null
  unlisted: boolean
  firstSeen: number
  goneSince: number | null
}

interface Row {
  id: number
  address: string
  type: string
  nationalId: string | null
  civility: string | null
  lastName: string | null
  firstName: string | null
  professionCode: string | null
  profession: string | null
  categoryCode: string | null
  category: string | null
  specialtyCode: string | null
  specialty: string | null
  service: string | null
  structureId: string | null
  legalName: string | null
  tradeName: string | null
  lines: string | null
  postalCode: string | null
  town: string | null
  department: string | null
  country: string | null
  paperless: number | null
  rank: number | null
  unlisted: number
  firstSeen: number
  goneSince: number | null
}

const columns = `
  m.id, m.address, m.type, m.national_id AS nationalId, m.civility, m.last_name AS lastName, m.first_name AS firstName,
  p.code AS professionCode, p.label AS profession, c.code AS categoryCode, c.label AS category,
  s.code AS specialtyCode, s.label AS specialty, m.service, m.structure_id AS structureId, m.legal_name AS legalName,
  m.trade_name AS tradeName, m.lines, m.postal_code AS postalCode, m.town, m.department, m.country, m.paperless, m.rank,
  m.unlisted, m.first_seen AS firstSeen, m.gone_since AS goneSince
  FROM mailboxes m LEFT JOIN labels p ON p.id = m.profession LEFT JOIN labels c ON c.id = m.category
    LEFT JOIN labels s ON s.id = m.specialty`

const coded = (code: string | null, label: string | null): Coded | null =>
  label === null ? null : { code, label }

const structureOf = (row: Row): DirectoryStructure | null => {
  const parts = [row.structureId, row.legalName, row.tradeName, row.lines, row.postalCode, row.town]
  if (parts.every((part) => part === null)) return null
  return {
    id: row.structureId,
    name: row.legalName,
    tradeName: row.tradeName === row.legalName ? null : row.tradeName,
    lines: row.lines?.split('\n') ?? [],
    postalCode: row.postalCode,
    town: row.town,
    department: row.department,
    country: row.country,
  }
}

const mailboxOf = (row: Row): StoredMailbox => ({
  id: row.id,
  address: row.address,
  type: mailboxType(row.type),
  nationalId: row.nationalId,
  civility: row.civility,
  lastName: row.lastName,
  firstName: row.firstName,
  profession: coded(row.professionCode, row.profession),
  category: coded(row.categoryCode, row.category),
  specialty: coded(row.specialtyCode, row.specialty),
  service: row.service,
  structure: structureOf(row),
  paperless: row.paperless === null ? null : row.paperless === 1,
  rank: row.rank,
  unlisted: row.unlisted === 1,
  firstSeen: row.firstSeen,
  goneSince: row.goneSince,
})

export const mailboxById = (db: SqlDatabase, id: number): StoredMailbox | null => {
  const row = db.prepare(`SELECT ${columns} WHERE m.id = ?`).get<Row>([id])
  return row ? mailboxOf(row) : null
}

export const mailboxesOfPerson = (db: SqlDatabase, nationalId: string): StoredMailbox[] =>
  db
    .prepare(
      `SELECT ${columns} WHERE m.national_id = ? ORDER BY m.gone_since IS NOT NULL, m.rank, m.id LIMIT 100`,
    )
    .all<Row>([nationalId])
    .map(mailboxOf)

export const mailboxesOfStructure = (db: SqlDatabase, structureId: string): StoredMailbox[] =>
  db
    .prepare(
      `SELECT ${columns} WHERE m.structure_id = ? AND m.unlisted = 0
       ORDER BY m.gone_since IS NOT NULL, m.type, m.service, m.last_name, m.first_name LIMIT 500`,
    )
    .all<Row>([structureId])
    .map(mailboxOf)

/** What the base says of an address: the line still there before one that is gone. */
export const mailboxAt = (db: SqlDatabase, address: string): StoredMailbox | null => {
  const row = db
    .prepare(`SELECT ${columns} WHERE m.address = ? ORDER BY m.gone_since IS NOT NULL, m.id DESC LIMIT 1`)
    .get<Row>([address])
  return row ? mailboxOf(row) : null
}

/** Ids of rows whose indexed column begins with a text, in order. */
export const startingWith = (
  db: SqlDatabase,
  column: 'address' | 'national_id' | 'structure_id',
  start: string,
  limit: number,
): number[] =>
  db
    .prepare(`SELECT id FROM mailboxes WHERE ${column} >= ? AND ${column} < ? ORDER BY ${column} LIMIT ?`)
    .all<{ id: number }>([start, `${start}\u{10ffff}`, limit])
    .map(({ id }) => id)
