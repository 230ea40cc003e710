import type { Ins, OppositionKind, ResultAlert, Sex } from '../../contract/index.ts'
import type { SqlDatabase } from '../database.ts'
import { fold } from '../fold.ts'
import { operation } from '../operation.ts'
import { noteIdentity, type FoundIdentity } from './patient-index.ts'

/** An identity as stored; dates in milliseconds. */
export interface StoredIdentity {
  id: number
  birthName: string
  usedName: string | null
  firstName: string
  birthGivenNames: string | null
  sex: Sex
  birthDate: string | null
  birthPlace: string | null
  ins: Ins | null
  qualified: boolean
  ipps: string[]
  joinedTo: number | null
}

/** A patient as stored: the identity shown, what is joined to it, and figures over all of it. */
export interface StoredPatient extends StoredIdentity {
  /** Identities joined to it. */
  joined: StoredIdentity[]
  /** Whether other patients have its matricule: its address does not say which of them is meant. */
  sharesMatricule: boolean
  oppositions: { kind: OppositionKind; since: number; note: string }[]
  messageCount: number
  documentCount: number
  unread: number
  lastAt: number | null
  alert: ResultAlert | null
  proposals: number
}

interface IdentityRow {
  id: number
  birth_name: string
  used_name: string | null
  first_name: string
  birth_given_names: string | null
  sex: Sex
  birth_date: string | null
  birth_place: string | null
  matricule: string | null
  oid: string | null
  ins_kind: Ins['kind'] | null
  key_valid: number
  qualified: number
  ipps: string
  joined_to: number | null
}

const identityColumns = `id, birth_name, used_name, first_name, birth_given_names, sex, birth_date, birth_place, matricule,
  oid, ins_kind, key_valid, qualified, ipps, joined_to`

const identityOf = (row: IdentityRow): StoredIdentity => ({
  id: row.id,
  birthName: row.birth_name,
  usedName: row.used_name,
  firstName: row.first_name,
  birthGivenNames: row.birth_given_names,
  sex: row.sex,
  birthDate: row.birth_date,
  birthPlace: row.birth_place,
  ins:
    row.matricule === null || row.oid === null || row.ins_kind === null
      ? null
      : { matricule: row.matricule, oid: row.oid, kind: row.ins_kind, keyValid: row.key_valid === 1 },
  qualified: row.qualified === 1,
  ipps: JSON.parse(row.ipps) as string[],
  joinedTo: row.joined_to,
})

/** An identity by its id. */
export const selectIdentity = (db: SqlDatabase, id: number): StoredIdentity | null => {
  const row = db.prepare(`SELECT ${identityColumns} FROM patients WHERE id = ?`).get<IdentityRow>([id])
  return row ? identityOf(row) : null
}

/** The patient an identity belongs to now. */
export const leaderOf = (db: SqlDatabase, id: number): number | null =>
  db.prepare('SELECT coalesce(joined_to, id) AS id FROM patients WHERE id = ?').get<{ id: number }>([id])
    ?.id ?? null

/** Whose messages: the identities of a patient, and the matricules that are theirs alone. */
export interface Members {
  ids: number[]
  matricules: string[]
}

export const membersOf = (db: SqlDatabase, leader: number): Members => {
  const rows = db
    .prepare('SELECT id, matricule FROM patients WHERE id = $leader OR joined_to = $leader')
    .all<{ id: number; matricule: string | null }>({ leader })
  const matricules = new Set(rows.flatMap((row) => row.matricule ?? []))
  return {
    ids: rows.map((row) => row.id),
    matricules: [...matricules].filter((matricule) => !isShared(db, matricule, leader)),
  }
}

const isShared = (db: SqlDatabase, matricule: string, leader: number): boolean =>
  db
    .prepare(
      'SELECT 1 FROM patients WHERE matricule = $matricule AND coalesce(joined_to, id) <> $leader LIMIT 1',
    )
    .get({ matricule, leader }) !== undefined

/**
 * Messages of a patient with the reason each is there: 1 its documents, 2 the patient's own address, 3 the user's choice.
 * Parameters: `$ids` and `$matricules` as JSON, `$domain` of patients' addresses.
 */
export const messagesOfPatient = `
  SELECT message_id, min(rank) AS rank FROM (
    SELECT message_id, 1 AS rank FROM message_documents WHERE patient_id IN (SELECT value FROM json_each($ids))
    UNION ALL SELECT message_id, 2 FROM patient_addresses
      WHERE matricule IN (SELECT value FROM json_each($matricules)) AND domain = $domain
    UNION ALL SELECT m.id, 3 FROM patient_attachments a
      JOIN messages m ON m.account_id = a.account_id AND m.identity = a.identity
      WHERE a.patient_id IN (SELECT value FROM json_each($ids))
    UNION ALL SELECT h.message_id, 3 FROM patient_attachments a
      JOIN message_headers h ON h.message_id_header = a.message_id_header
      JOIN messages m ON m.id = h.message_id AND m.account_id = a.account_id
      JOIN accounts own ON own.id = m.account_id AND lower(m.from_address) = own.address
      WHERE a.patient_id IN (SELECT value FROM json_each($ids)))
  GROUP BY message_id`

/** Messages that count: not in drafts, junk or trash, not on their way out. */
const countable = `m.flags & 16 = 0 AND f.role NOT IN ('drafts','junk','trash')`

/** A patient with its figures; null when there is no such row. */
export const selectPatient = (db: SqlDatabase, id: number, domain: string): StoredPatient | null => {
  const leader = leaderOf(db, id)
  const identity = leader === null ? null : selectIdentity(db, leader)
  if (leader === null || identity === null) return null
  const members = membersOf(db, leader)
  const figures = db
    .prepare(
      // A message kept in two folders counts once.
      `SELECT count(DISTINCT m.identity) AS messages, max(m.date) AS last,
         count(DISTINCT iif(m.flags & 1 = 0, m.identity, NULL)) AS unread
       FROM (${messagesOfPatient}) found JOIN messages m ON m.id = found.message_id
       JOIN folders f ON f.id = m.folder_id WHERE ${countable}`,
    )
    .get<{ messages: number; last: number | null; unread: number }>({
      ids: JSON.stringify(members.ids),
      matricules: JSON.stringify(members.matricules),
      domain,
    })
  const documents = db
    .prepare(
      `SELECT count(DISTINCT coalesce(d.document_id, hex(m.identity) || d.part)) AS n FROM message_documents d
       JOIN messages m ON m.id = d.message_id JOIN folders f ON f.id = m.folder_id
       WHERE d.patient_id IN (SELECT value FROM json_each($ids)) AND ${countable}`,
    )
    .get<{ n: number }>({ ids: JSON.stringify(members.ids) })
  const alert = db
    .prepare(
      `SELECT d.alert FROM message_documents d JOIN messages m ON m.id = d.message_id
       JOIN folders f ON f.id = m.folder_id
       WHERE d.patient_id IN (SELECT value FROM json_each($ids)) AND d.alert IS NOT NULL AND ${countable}
       ORDER BY m.id DESC LIMIT 1`,
    )
    .get<{ alert: string }>({ ids: JSON.stringify(members.ids) })
  const matricule = identity.ins?.matricule
  return {
    ...identity,
    joined: members.ids.filter((one) => one !== leader).flatMap((one) => selectIdentity(db, one) ?? []),
    sharesMatricule: matricule !== undefined && isShared(db, matricule, leader),
    oppositions: db
      .prepare(
        `SELECT kind, since, note FROM patient_oppositions WHERE patient_id IN (SELECT value FROM json_each($ids))
         ORDER BY kind, since DESC`,
      )
      .all<{ kind: OppositionKind; since: number; note: string }>({ ids: JSON.stringify(members.ids) })
      .map((row) => ({ ...row }))
      .filter((row, index, all) => all[index - 1]?.kind !== row.kind),
    messageCount: figures?.messages ?? 0,
    documentCount: documents?.n ?? 0,
    unread: figures?.unread ?? 0,
    lastAt: figures?.last ?? null,
    alert: alert ? (JSON.parse(alert.alert) as ResultAlert) : null,
    proposals: openProposals(db, members.ids).length,
  }
}

/** Proposals between one of these identities and one of another patient. */
export const openProposals = (
  db: SqlDatabase,
  ids: readonly number[],
  limit = 50,
): { id: number; one: number; other: number; reason: string }[] =>
  db
    .prepare(
      `SELECT r.id, r.one, r.other, r.reason FROM patient_proposals r
       JOIN patients p ON p.id = r.one JOIN patients q ON q.id = r.other
       WHERE r.state = 'open' AND coalesce(p.joined_to, p.id) <> coalesce(q.joined_to, q.id)
         AND (r.one IN (SELECT value FROM json_each($ids)) OR r.other IN (SELECT value FROM json_each($ids)))
       ORDER BY r.id LIMIT $limit`,
    )
    .all<{ id: number; one: number; other: number; reason: string }>({ ids: JSON.stringify(ids), limit })
    .map((row) => ({ ...row }))

interface Listing {
  text: string
  sort: 'name' | 'recent'
  toCompare: boolean
  offset: number
  limit: number
  domain: string
}

/** Words of a search that count; the rest is left out. */
const mostWords = 8

/** What was typed, cut into words: a birth date is one word however it is written, a matricule may hold blanks. */
const wordsTyped = (text: string): string[] => {
  const digits = text.replace(/[\s.]/g, '')
  if (/^\d[\dABab]{4,}$/.test(digits)) return [digits.toLowerCase()]
  return fold(text)
    .replace(
      /(?<!\d)(\d{1,2})[-./ ](\d{1,2})[-./ ](\d{4}|\d\d)(?!\d)/g,
      (_all, day: string, month: string, year: string) =>
        [day.padStart(2, '0'), month.padStart(2, '0'), year].join('/'),
    )
    .split(/\s+/)
    .map((word) => word.replace(/^(\d)\//, '0$1/').replace(/\/(\d)\//, '/0$1/'))
    .filter((word) => word !== '')
    .slice(0, mostWords)
}

/** An open proposal is between two patients: those within one that was joined are not open (patient-decisions.ts). */
const waitingIds = `SELECT one FROM patient_proposals WHERE state = 'open'
  UNION SELECT other FROM patient_proposals WHERE state = 'open'`

/** Ids of the patients whose words begin with each word typed, and how many there are. */
const found = (db: SqlDatabase, { text, sort, toCompare, offset, limit }: Listing) => {
  const words = wordsTyped(text)
  if (words.length === 0 && !toCompare && sort === 'name') {
    const ids = db
      .prepare(
        'SELECT id FROM patients WHERE joined_to IS NULL ORDER BY folded, id LIMIT $limit OFFSET $offset',
      )
      .all<{ id: number }>({ limit, offset })
    const all = db.prepare('SELECT count(*) AS n FROM patients WHERE joined_to IS NULL').get<{ n: number }>()
    return { ids: ids.map((row) => row.id), total: all?.n ?? 0 }
  }
  const conditions = [
    ...words.map((_word, index) => `instr(p.folded, ' ' || $word${String(index)}) > 0`),
    ...(toCompare ? [`p.id IN (${waitingIds})`] : []),
  ]
  const params = Object.fromEntries(words.map((word, index) => [`word${String(index)}`, word]))
  const hits = `SELECT coalesce(p.joined_to, p.id) AS id, max(ifnull(p.last_at, 0)) AS last,
      max(substr(p.folded, 2, length($first)) = $first) AS leading
    FROM patients p ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`} GROUP BY 1`
  const order =
    sort === 'name'
      ? `(${hits}) hit JOIN patients one ON one.id = hit.id ORDER BY hit.leading DESC, one.folded`
      : `(${hits}) hit ORDER BY hit.last DESC`
  const rows = db
    .prepare(`SELECT hit.id, count(*) OVER () AS total FROM ${order}, hit.id LIMIT $limit OFFSET $offset`)
    .all<{ id: number; total: number }>({ ...params, first: words[0] ?? '', limit, offset })
  // Past the end nothing says how many there are.
  const total =
    rows[0]?.total ??
    (offset === 0
      ? 0
      : (db.prepare(`SELECT count(*) AS n FROM (${hits})`).get<{ n: number }>({ ...params, first: '' })?.n ??
        0))
  return { ids: rows.map((row) => row.id), total }
}

export const patientOperations = {
  'patients.find': operation(
    (db, params: Listing): { patients: StoredPatient[]; total: number; proposals: number } => {
      const { ids, total } = found(db, params)
      const proposals = db
        .prepare("SELECT count(*) AS n FROM patient_proposals WHERE state = 'open'")
        .get<{ n: number }>()
      return {
        patients: ids.flatMap((id) => selectPatient(db, id, params.domain) ?? []),
        total,
        proposals: proposals?.n ?? 0,
      }
    },
  ),
  'patients.one': operation((db, params: { id: number; domain: string }): StoredPatient | null =>
    selectPatient(db, params.id, params.domain),
  ),
  /** Patients with this matricule. */
  'patients.byMatricule': operation((db, params: { matricule: string; domain: string }): StoredPatient[] =>
    db
      .prepare(
        'SELECT DISTINCT coalesce(joined_to, id) AS id FROM patients WHERE matricule = ? ORDER BY id LIMIT 20',
      )
      .all<{ id: number }>([params.matricule])
      .flatMap(({ id }) => selectPatient(db, id, params.domain) ?? []),
  ),
  /** A patient the user names; the same traits give the same row. Returns its id. */
  'patients.create': operation((db, params: { identity: FoundIdentity }, context): number => {
    const known = db
      .prepare('SELECT id FROM patients WHERE identity = ?')
      .get<{ id: number }>([params.identity.key])
    const id = known?.id ?? noteIdentity(db, params.identity, null, 'user')
    if (!known)
      db.prepare(
        `INSERT INTO patient_decisions (at, action, patient_id, about, data) VALUES ($now, 'created', $id, '', '{}')`,
      ).run({ now: context.now(), id })
    return leaderOf(db, id) ?? id
  }),
}
