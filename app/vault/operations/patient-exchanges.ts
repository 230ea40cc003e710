import type { CareProfessional, IndexedDocument, PatientExchange } from '../../contract/index.ts'
import type { ResultAlert, TrustClass } from '../../contract/index.ts'
import type { SqlDatabase } from '../database.ts'
import { operation } from '../operation.ts'
import { linksOf } from './document-links.ts'
import { selectRows } from './message-rows.ts'
import { leaderOf, membersOf, messagesOfPatient, selectPatient, type StoredPatient } from './patients.ts'

interface DocumentRow {
  id: number
  part: string
  kind: string
  label: string
  title: string
  type_code: string | null
  date: string | null
  author: string | null
  organisation: string | null
  version: number | null
  alert: string | null
  warnings: string
}

/** The documents of a message, with their links to those of others. */
const documentsOf = (
  db: SqlDatabase,
  messageId: number,
  patients: ReadonlySet<number> | null,
): IndexedDocument[] =>
  db
    .prepare(
      `SELECT id, part, kind, label, title, type_code, date, author, organisation, version, alert, warnings, patient_id
       FROM message_documents WHERE message_id = ? ORDER BY position`,
    )
    .all<DocumentRow & { patient_id: number | null }>([messageId])
    .filter((row) => patients === null || row.patient_id === null || patients.has(row.patient_id))
    .map((row) => ({
      messageId,
      id: row.part,
      kind: row.kind,
      label: row.label,
      title: row.title,
      typeCode: row.type_code,
      date: row.date,
      author: row.author,
      organisation: row.organisation,
      version: row.version,
      alert: row.alert === null ? null : (JSON.parse(row.alert) as ResultAlert),
      warnings: JSON.parse(row.warnings) as IndexedDocument['warnings'],
      ...linksOf(db, row.id),
    }))

const sources = ['document', 'address', 'manual'] as const

/** The exchanges of a patient, newest first; a message kept in two folders is there once. */
const exchangesOf = (
  db: SqlDatabase,
  leader: number,
  domain: string,
  limit: number,
): { exchanges: PatientExchange[]; more: boolean } => {
  const members = membersOf(db, leader)
  const found = db
    .prepare(
      `SELECT m.id, min(found.rank) AS rank, f.role = 'sent' OR lower(m.from_address) = a.address AS mine
       FROM (${messagesOfPatient}) found JOIN messages m ON m.id = found.message_id
       JOIN folders f ON f.id = m.folder_id JOIN accounts a ON a.id = m.account_id
       WHERE m.flags & 16 = 0 AND f.role NOT IN ('drafts','junk','trash')
       GROUP BY m.identity ORDER BY m.id DESC LIMIT $limit`,
    )
    .all<{ id: number; rank: number; mine: number }>({
      ids: JSON.stringify(members.ids),
      matricules: JSON.stringify(members.matricules),
      domain,
      limit: limit + 1,
    })
  const shown = found.slice(0, limit)
  const rows = new Map(
    selectRows(
      db,
      shown.map((one) => one.id),
    ).map((row) => [row.id, row]),
  )
  const own = new Set(members.ids)
  return {
    exchanges: shown.flatMap(({ id, rank, mine }) => {
      const row = rows.get(id)
      return row
        ? {
            row,
            direction: mine === 1 ? ('sent' as const) : ('received' as const),
            source: sources[rank - 1] ?? 'document',
            documents: documentsOf(db, id, own),
          }
        : []
    }),
    more: found.length > limit,
  }
}

const rppsOf = (id: string | null): string | null =>
  id === null ? null : (/^8?(\d{11})$/.exec(id)?.[1] ?? null)

/** By what a professional is the same in two places: address, else RPPS, else name. */
export const professionalKey = (one: Pick<CareProfessional, 'name' | 'address' | 'rpps'>): string =>
  (one.address ?? one.rpps ?? one.name).toLowerCase()

/**
 * Professionals of a patient's mail (LABEL.06): who wrote about the patient, to whom one wrote, and who signed documents nobody else
 * is known for; with what the user added or took off.
 */
const professionalsOf = (
  db: SqlDatabase,
  leader: number,
  exchanges: readonly PatientExchange[],
): CareProfessional[] => {
  const listed = new Map<string, CareProfessional>()
  const add = (one: CareProfessional): void => {
    const key = professionalKey(one)
    const known = listed.get(key)
    if (!known) listed.set(key, one)
    else if ((one.lastAt ?? '') > (known.lastAt ?? '')) listed.set(key, { ...known, lastAt: one.lastAt })
  }
  const caring = (trust: TrustClass): boolean => trust === 'professional' || trust === 'organisation'
  for (const { row, direction } of exchanges) {
    const none = { role: null, organisation: null, rpps: null, added: false, lastAt: row.date }
    if (direction === 'received' && caring(row.trust))
      add({ ...none, name: row.from.name || row.from.address, address: row.from.address, trust: row.trust })
    if (direction === 'sent')
      for (const { name, address } of row.to)
        if (!/^\d{13}/.test(address)) add({ ...none, name: name || address, address, trust: null })
  }
  const ids = JSON.stringify(membersOf(db, leader).ids)
  const authors = db
    .prepare(
      `SELECT d.author, d.author_id, d.organisation, max(m.date) AS last FROM message_documents d
       JOIN messages m ON m.id = d.message_id
       WHERE d.patient_id IN (SELECT value FROM json_each($ids)) AND d.author IS NOT NULL
       GROUP BY d.author, d.author_id ORDER BY last DESC LIMIT 100`,
    )
    .all<{ author: string; author_id: string | null; organisation: string | null; last: number }>({ ids })
  for (const { author, author_id, organisation, last } of authors)
    add({
      ...{ name: author, address: null, role: null, organisation, trust: null, added: false },
      rpps: rppsOf(author_id),
      lastAt: new Date(last).toISOString(),
    })
  const chosen = db
    .prepare(
      `SELECT key, listed, name, address, role, organisation, rpps FROM patient_professionals
       WHERE patient_id IN (SELECT value FROM json_each($ids)) ORDER BY name`,
    )
    .all<{
      key: string
      listed: number
      name: string
      address: string | null
      role: string | null
      organisation: string | null
      rpps: string | null
    }>({ ids })
  for (const { key, listed: on, ...one } of chosen)
    if (on === 0) listed.delete(key)
    else listed.set(key, { ...one, trust: null, added: true, lastAt: listed.get(key)?.lastAt ?? null })
  return [...listed.values()]
}

export const exchangeOperations = {
  /** Exchanges and professionals of a patient; null when there is no such patient. */
  'patients.exchanges': operation(
    (
      db,
      params: { id: number; domain: string; limit: number },
    ): { exchanges: PatientExchange[]; more: boolean; professionals: CareProfessional[] } | null => {
      const leader = leaderOf(db, params.id)
      if (leader === null) return null
      const listed = exchangesOf(db, leader, params.domain, params.limit)
      return { ...listed, professionals: professionalsOf(db, leader, listed.exchanges) }
    },
  ),
  /** Whom a message is about, who may be meant, and its documents; null when it is gone. */
  'patients.ofMessage': operation(
    (
      db,
      params: { messageId: number; domain: string },
    ): {
      patients: { patient: StoredPatient; source: PatientExchange['source'] }[]
      documents: IndexedDocument[]
      candidates: StoredPatient[]
    } | null => {
      const { messageId, domain } = params
      if (!db.prepare('SELECT 1 FROM messages WHERE id = ?').get([messageId])) return null
      const links = db
        .prepare(
          `SELECT id, min(rank) AS rank FROM (
             SELECT coalesce(p.joined_to, p.id) AS id, 1 AS rank FROM message_documents d
               JOIN patients p ON p.id = d.patient_id WHERE d.message_id = $messageId
             UNION ALL SELECT coalesce(p.joined_to, p.id), 3 FROM patient_attachments a
               JOIN messages m ON m.account_id = a.account_id AND m.identity = a.identity
               JOIN patients p ON p.id = a.patient_id WHERE m.id = $messageId
             UNION ALL SELECT coalesce(p.joined_to, p.id), 3 FROM patient_attachments a
               JOIN message_headers h ON h.message_id_header = a.message_id_header
               JOIN messages m ON m.id = h.message_id AND m.account_id = a.account_id
               JOIN accounts own ON own.id = m.account_id AND lower(m.from_address) = own.address
               JOIN patients p ON p.id = a.patient_id WHERE m.id = $messageId)
           GROUP BY id ORDER BY rank, id LIMIT 50`,
        )
        .all<{ id: number; rank: number }>({ messageId })
      const byAddress = db
        .prepare(
          `SELECT DISTINCT coalesce(p.joined_to, p.id) AS id, a.matricule FROM patient_addresses a
           JOIN patients p ON p.matricule = a.matricule WHERE a.message_id = $messageId AND a.domain = $domain LIMIT 20`,
        )
        .all<{ id: number; matricule: string }>({ messageId, domain })
      const alone = byAddress.filter(
        (one) => byAddress.filter((other) => other.matricule === one.matricule).length === 1,
      )
      const known = new Set(links.map((link) => link.id))
      const all = [...links, ...alone.filter((one) => !known.has(one.id)).map(({ id }) => ({ id, rank: 2 }))]
      return {
        patients: all.flatMap(({ id, rank }) => {
          const patient = selectPatient(db, id, domain)
          return patient ? { patient, source: sources[rank - 1] ?? 'document' } : []
        }),
        documents: documentsOf(db, messageId, null),
        candidates: byAddress
          .filter((one) => !alone.includes(one) && !known.has(one.id))
          .flatMap(({ id }) => selectPatient(db, id, domain) ?? []),
      }
    },
  ),
}
