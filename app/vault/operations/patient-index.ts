import type {
  DocumentSummary,
  Ins,
  PatientSummary,
  ProposalReason,
  ResultAlert,
  Sex,
} from '../../contract/index.ts'
import type { SqlDatabase } from '../database.ts'
import { fold } from '../fold.ts'
import { markDocuments } from './document-links.ts'

/** An identity as a document gives it, with the keys that compare it (made by app/patients: the store only keeps them). */
export interface FoundIdentity {
  /** Strict: the same only for the same authority, matricule and traits. */
  key: string
  near: string
  nearUsed: string | null
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
}

/** A clinical document of a message, for the index. */
export interface FoundDocument {
  part: string
  kind: DocumentSummary['kind']
  label: string
  title: string
  typeCode: string | null
  date: string | null
  author: string | null
  authorId: string | null
  organisation: string | null
  documentId: string | null
  setId: string | null
  version: number | null
  replaces: string | null
  alert: ResultAlert | null
  warnings: DocumentSummary['warnings']
  /** Null when it names nobody well enough. */
  identity: FoundIdentity | null
}

/** A matricule that is the local part of an address. */
export interface FoundPatientAddress {
  matricule: string
  domain: string
  side: 'from' | 'to'
}

/** What a message tells of patients. */
export interface PatientFindings {
  documents: FoundDocument[]
  addresses: FoundPatientAddress[]
}

/** Grows when documents are read better: what was read before is read again. */
export const documentsReading = 2

/** Documents and addresses of a message whose body has just been stored; returns the other rows that changed. */
export const storePatientFindings = (
  db: SqlDatabase,
  messageId: number,
  found: PatientFindings,
): number[] => {
  const row = db.prepare('SELECT date FROM messages WHERE id = ?').get<{ date: number }>([messageId])
  if (!row) return []
  const before = documentKeys(db, messageId)
  db.prepare('DELETE FROM message_documents WHERE message_id = ?').run([messageId])
  db.prepare('DELETE FROM patient_addresses WHERE message_id = ?').run([messageId])
  for (const [position, document] of found.documents.entries())
    db.prepare(
      `INSERT INTO message_documents (message_id, part, position, kind, label, title, type_code, date, author, author_id,
         organisation, document_id, set_id, version, replaces, alert, warnings, patient_id)
       VALUES ($messageId, $part, $position, $kind, $label, $title, $typeCode, $date, $author, $authorId,
         $organisation, $documentId, $setId, $version, $replaces, $alert, $warnings, $patientId)`,
    ).run({
      messageId,
      position,
      part: document.part,
      kind: document.kind,
      label: document.label,
      title: document.title,
      typeCode: document.typeCode,
      date: document.date,
      author: document.author,
      authorId: document.authorId,
      organisation: document.organisation,
      documentId: document.documentId,
      setId: document.setId,
      version: document.version,
      replaces: document.replaces,
      alert: document.alert === null ? null : JSON.stringify(document.alert),
      warnings: JSON.stringify(document.warnings),
      patientId: document.identity === null ? null : noteIdentity(db, document.identity, row.date),
    })
  for (const { matricule, domain, side } of found.addresses)
    db.prepare(
      `INSERT OR IGNORE INTO patient_addresses (message_id, matricule, domain, side)
       VALUES ($messageId, $matricule, $domain, $side)`,
    ).run({ messageId, matricule, domain, side })
  db.prepare('UPDATE messages SET documents_reading = $reading WHERE id = $messageId').run({
    messageId,
    reading: documentsReading,
  })
  const changed = new Set(markDocuments(db, messageId, [...before, ...documentKeys(db, messageId)]))
  refreshRowPatient(db, messageId)
  const matricules = found.documents.flatMap((document) => document.identity?.ins?.matricule ?? [])
  for (const id of new Set(matricules.flatMap((matricule) => messagesFrom(db, matricule))))
    if (refreshRowPatient(db, id)) changed.add(id)
  changed.delete(messageId)
  return [...changed]
}

/** Messages from the address made of a matricule, the latest first. */
const messagesFrom = (db: SqlDatabase, matricule: string): number[] =>
  db
    .prepare(
      `SELECT message_id FROM patient_addresses WHERE matricule = ? AND side = 'from'
       ORDER BY message_id DESC LIMIT 1000`,
    )
    .all<{ message_id: number }>([matricule])
    .map((row) => row.message_id)

/** The ids by which the documents of a message are linked to those of others. */
const documentKeys = (db: SqlDatabase, messageId: number): string[] =>
  db
    .prepare('SELECT document_id, set_id, replaces FROM message_documents WHERE message_id = ?')
    .all<{ document_id: string | null; set_id: string | null; replaces: string | null }>([messageId])
    .flatMap((row) => [row.document_id, row.set_id, row.replaces].flatMap((key) => key ?? []))

/** The row of an identity, made when it is new; what is near it becomes a proposal. Returns its id. */
export const noteIdentity = (
  db: SqlDatabase,
  identity: FoundIdentity,
  at: number | null,
  createdBy: 'document' | 'user' = 'document',
): number => {
  const known = db
    .prepare(
      `SELECT id, near_used, used_name, birth_given_names, birth_place, ipps, last_at FROM patients
       WHERE identity = ?`,
    )
    .get<{
      id: number
      near_used: string | null
      used_name: string | null
      birth_given_names: string | null
      birth_place: string | null
      ipps: string
      last_at: number | null
    }>([identity.key])
  if (known) {
    // The latest message says which name is used today; what only an older one tells is kept.
    const later = at !== null && at >= (known.last_at ?? 0)
    const usedName = later ? (identity.usedName ?? known.used_name) : (known.used_name ?? identity.usedName)
    const nearUsed = later ? (identity.nearUsed ?? known.near_used) : (known.near_used ?? identity.nearUsed)
    const ipps = [...new Set([...(JSON.parse(known.ipps) as string[]), ...identity.ipps])].slice(0, 50)
    db.prepare(
      `UPDATE patients SET used_name = $usedName, near_used = $nearUsed, birth_given_names = $givenNames, birth_place = $birthPlace, ipps = $ipps,
         qualified = max(qualified, $qualified), folded = $folded, last_at = max(ifnull(last_at, 0), ifnull($at, 0))
       WHERE id = $id`,
    ).run({
      id: known.id,
      usedName,
      nearUsed,
      givenNames: known.birth_given_names ?? identity.birthGivenNames,
      birthPlace: known.birth_place ?? identity.birthPlace,
      ipps: JSON.stringify(ipps),
      qualified: identity.qualified ? 1 : 0,
      folded: searchWords({ ...identity, usedName, ipps }),
      at,
    })
    // A used name heard of later is what another identity may go by.
    if (nearUsed !== known.near_used) propose(db, known.id)
    return known.id
  }
  const id = db
    .prepare(
      `INSERT INTO patients (identity, near, near_used, birth_name, used_name, first_name, birth_given_names, sex,
         birth_date, birth_place, matricule, oid, ins_kind, key_valid, qualified, ipps, folded, created_by, last_at)
       VALUES ($key, $near, $nearUsed, $birthName, $usedName, $firstName, $givenNames, $sex,
         $birthDate, $birthPlace, $matricule, $oid, $insKind, $keyValid, $qualified, $ipps, $folded, $createdBy, $at)`,
    )
    .run({
      key: identity.key,
      near: identity.near,
      nearUsed: identity.nearUsed,
      birthName: identity.birthName,
      usedName: identity.usedName,
      firstName: identity.firstName,
      givenNames: identity.birthGivenNames,
      sex: identity.sex,
      birthDate: identity.birthDate,
      birthPlace: identity.birthPlace,
      matricule: identity.ins?.matricule ?? null,
      oid: identity.ins?.oid ?? null,
      insKind: identity.ins?.kind ?? null,
      keyValid: identity.ins?.keyValid === true ? 1 : 0,
      qualified: identity.qualified ? 1 : 0,
      ipps: JSON.stringify(identity.ipps),
      folded: searchWords(identity),
      createdBy,
      at,
    }).lastInsertRowid
  propose(db, id)
  return id
}

/** Everything a patient is searched by, each word after a blank: names, birth date in French forms, matricule, IPP. */
const searchWords = (identity: FoundIdentity): string => {
  const { birthName, usedName, firstName, birthGivenNames, birthDate, ins, ipps } = identity
  const [year = '', month = '', day = ''] = birthDate?.split('-') ?? []
  const short = year.slice(2)
  const dates =
    birthDate === null
      ? []
      : [
          ...[`${day}/${month}/${year}`, `${day}/${month}/${short}`, day + month + year, day + month + short],
          ...[birthDate, year],
        ]
  const names = [birthName, usedName ?? '', firstName, birthGivenNames ?? ''].map(fold)
  const spelt = names.flatMap((name) => [
    name,
    name.replace(/-/g, ' '),
    name.replace(/[-']/g, ' '),
    name.replace(/[-' ]/g, ''),
  ])
  const numbers = [ins?.matricule ?? '', ...ipps.map((ipp) => ipp.split('^')[0] ?? '')]
  // « Le Goff » and « Legoff », « Jean-Pierre » and « Pierre ».
  return ` ${spelt.join(' ')} ${dates.join(' ')} ${fold(numbers.join(' '))}`
}

interface Compared {
  id: number
  near: string
  near_used: string | null
  sex: Sex
  matricule: string | null
  oid: string | null
  ins_kind: string | null
}

/** A near key as it was made: folded name and first name, birth date. */
const partsOf = (near: string): string[] => {
  const parts: unknown = JSON.parse(near)
  return Array.isArray(parts) ? parts.map(String) : []
}

/** « Marie » and « Marie-Claude » of one name and birth date; twins have first names of their own. */
const firstNameGoesOn = (a: Compared, b: Compared): boolean => {
  const [name, first = '', date = ''] = partsOf(a.near)
  const [otherName, otherFirst = '', otherDate = ''] = partsOf(b.near)
  if (name !== otherName || date !== otherDate || date === '' || first === '' || otherFirst === '')
    return false
  return first.startsWith(otherFirst) || otherFirst.startsWith(first)
}

/** In what two identities that are near each other differ, or null when they are not near. */
const reasonOf = (a: Compared, b: Compared): ProposalReason | null => {
  const isNear = a.near === b.near
  const otherSex = a.sex !== 'U' && b.sex !== 'U' && a.sex !== b.sex
  const byUsedName = a.near === b.near_used || b.near === a.near_used
  if (a.matricule !== null && a.matricule === b.matricule) {
    if (otherSex || !(isNear || byUsedName)) return 'same-ins-other-traits'
    if (a.oid !== b.oid) return 'other-authority'
    return isNear ? 'spelling' : 'used-name'
  }
  if (isNear && otherSex) return 'same-names-other-sex'
  if (!isNear) return byUsedName ? 'used-name' : firstNameGoesOn(a, b) ? 'first-name' : null
  if (a.matricule !== null && b.matricule !== null) {
    const kinds = [a.ins_kind, b.ins_kind]
    return kinds.includes('nia') && kinds.includes('nir') ? 'nia-to-nir' : 'same-traits-other-ins'
  }
  // Without an INS on one side at least: the strict traits are the same, or their spelling differs.
  return a.matricule === null && b.matricule === null ? 'spelling' : 'same-traits-no-ins'
}

/** Proposes to compare an identity with those near it; what was decided on stays decided. */
const propose = (db: SqlDatabase, id: number): void => {
  const columns = 'id, near, near_used, sex, matricule, oid, ins_kind'
  const one = db.prepare(`SELECT ${columns} FROM patients WHERE id = ?`).get<Compared>([id])
  if (!one) return
  const [name = '', , date = ''] = partsOf(one.near)
  // The key of a name begins so; what it is compared with ends with the same birth date.
  const ofName = `${JSON.stringify([name]).slice(0, -1)},"`
  const others = db
    .prepare(
      `SELECT ${columns} FROM patients WHERE id <> $id AND id IN (
         SELECT id FROM patients WHERE near = $near OR near_used = $near
         UNION SELECT id FROM patients WHERE near = $nearUsed
         UNION SELECT id FROM patients WHERE matricule = $matricule
         UNION SELECT id FROM patients WHERE $date <> '' AND near >= $from AND near < $until
           AND near LIKE '%,"' || $date || '"]') ORDER BY id LIMIT 40`,
    )
    .all<Compared>({
      ...{ id, near: one.near, nearUsed: one.near_used, matricule: one.matricule, date },
      from: ofName,
      until: `${ofName}\u{10ffff}`,
    })
  for (const other of others) {
    const reason = reasonOf(one, other)
    if (reason)
      db.prepare(
        `INSERT OR IGNORE INTO patient_proposals (one, other, reason)
         SELECT min($other, $id), max($other, $id), $reason WHERE NOT EXISTS (
           SELECT 1 FROM patients a JOIN patients b ON b.id = $other
           WHERE a.id = $id AND coalesce(a.joined_to, a.id) = coalesce(b.joined_to, b.id))`,
      ).run({ id, other: other.id, reason })
  }
}

interface RowPatient {
  birth_name: string
  used_name: string | null
  first_name: string
  sex: Sex
  birth_date: string | null
  matricule: string | null
  oid: string | null
  ins_kind: Ins['kind'] | null
  key_valid: number
  qualified: number
}

/** The columns of `RowPatient`. */
export const summaryColumns =
  'birth_name, used_name, first_name, sex, birth_date, matricule, oid, ins_kind, key_valid, qualified'

/** An identity as rows show it. */
export const summaryOf = (row: RowPatient): PatientSummary => ({
  birthName: row.birth_name,
  usedName: row.used_name,
  firstName: row.first_name,
  sex: row.sex,
  birthDate: row.birth_date,
  ins:
    row.matricule === null || row.oid === null || row.ins_kind === null
      ? null
      : { matricule: row.matricule, oid: row.oid, kind: row.ins_kind, keyValid: row.key_valid === 1 },
  qualified: row.qualified === 1,
})

/**
 * Says in a message's row whom it is about where its documents do not: the patient the user attached it to, or the only one
 * whose own address it came from. Returns whether the row changed.
 */
export const refreshRowPatient = (db: SqlDatabase, messageId: number): boolean => {
  const attached = db
    .prepare(
      `SELECT coalesce(p.joined_to, p.id) AS id FROM patient_attachments a
       JOIN messages m ON m.account_id = a.account_id AND m.identity = a.identity
       JOIN patients p ON p.id = a.patient_id WHERE m.id = ? ORDER BY a.id LIMIT 1`,
    )
    .get<{ id: number }>([messageId])
  const senders = db
    .prepare(
      `SELECT DISTINCT coalesce(p.joined_to, p.id) AS id FROM patient_addresses a
       JOIN messages m ON m.id = a.message_id AND m.trust = 'patient'
       JOIN patients p ON p.matricule = a.matricule WHERE a.message_id = ? AND a.side = 'from'`,
    )
    .all<{ id: number }>([messageId])
  const id = attached?.id ?? (senders.length === 1 ? senders[0]?.id : undefined)
  const row =
    id === undefined
      ? undefined
      : db.prepare(`SELECT ${summaryColumns} FROM patients WHERE id = ?`).get<RowPatient>([id])
  const next = row ? JSON.stringify(summaryOf(row)) : null
  return (
    db
      .prepare(
        `UPDATE messages SET patient = $next, patient_source = $source
         WHERE id = $messageId AND patient_source IS NOT 'document' AND patient IS NOT $next`,
      )
      .run({ messageId, next, source: next === null ? null : attached ? 'manual' : 'address' }).changes === 1
  )
}
