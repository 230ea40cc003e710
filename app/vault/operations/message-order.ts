import type { MessageRow, PatientSummary } from '../../contract/index.ts'
import { operation } from '../operation.ts'
import { listFilters, selectRows } from './message-rows.ts'
import { summaryColumns, summaryOf } from './patient-index.ts'

/** Sorted orders; one constant each so that statements stay cached. Names fold case; rows without one come last. */
const orders = {
  date: 'm.id',
  patient: `patient_name COLLATE NOCASE`,
  type: 'm.document_label COLLATE NOCASE',
  sender: "coalesce(nullif(m.from_name, ''), m.from_address) COLLATE NOCASE",
  unread: 'm.flags & 1',
} as const
const absent = {
  date: 'm.id IS NULL',
  patient: 'm.patient IS NULL',
  type: 'm.document_label IS NULL',
  sender: 'm.id IS NULL',
  unread: 'm.id IS NULL',
} as const

interface Order {
  /** Null: every inbox, as in pages. */
  folderId: number | null
  filter: keyof typeof listFilters
  sort: keyof typeof orders
  descending: boolean
  patientId: number | null
  documentLabel: string | null
  unread: boolean | null
  /** Milliseconds: from the first, before the second. */
  from: number | null
  before: number | null
  offset: number
  limit: number
}

/** The folders a list is made of. */
const listed = `SELECT id FROM folders WHERE CASE WHEN $folderId IS NULL THEN role = 'inbox' ELSE id = $folderId END`

const ofPatient = `m.id IN (
  SELECT d.message_id FROM message_documents d JOIN patients p ON p.id = d.patient_id
    WHERE coalesce(p.joined_to, p.id) = $patientId
  UNION SELECT a.message_id FROM patient_addresses a JOIN patients p ON p.matricule = a.matricule
    WHERE coalesce(p.joined_to, p.id) = $patientId
  UNION SELECT one.id FROM patient_attachments a
    JOIN messages one ON one.account_id = a.account_id AND one.identity = a.identity
    JOIN patients p ON p.id = a.patient_id WHERE coalesce(p.joined_to, p.id) = $patientId)`

export const messageOrderOperations = {
  /** Messages of a folder, or of every inbox, in another order, or narrowed (ERGO/va1.05); equal ones newest first. */
  'messages.sorted': operation((db, order: Order): { rows: MessageRow[]; more: boolean } => {
    const direction = order.descending ? 'DESC' : 'ASC'
    const ids = db
      .prepare(
        `SELECT m.id, json_extract(m.patient, '$.birthName') || ' ' || json_extract(m.patient, '$.firstName')
           AS patient_name
         FROM messages m WHERE m.folder_id IN (${listed}) AND m.flags & 16 = 0 ${listFilters[order.filter]}
           AND ($documentLabel IS NULL OR m.document_label = $documentLabel)
           AND ($unread IS NULL OR (m.flags & 1 = 0) = $unread)
           AND ($from IS NULL OR m.date >= $from) AND ($before IS NULL OR m.date < $before)
           AND ($patientId IS NULL OR ${ofPatient})
         ORDER BY ${absent[order.sort]}, ${orders[order.sort]} ${direction}, m.id DESC
         LIMIT $limit OFFSET $offset`,
      )
      .all<{ id: number }>({
        folderId: order.folderId,
        documentLabel: order.documentLabel,
        unread: order.unread === null ? null : order.unread ? 1 : 0,
        from: order.from,
        before: order.before,
        patientId: order.patientId,
        limit: order.limit + 1,
        offset: order.offset,
      })
      .map((row) => row.id)
    const rows = new Map(selectRows(db, ids).map((row) => [row.id, row]))
    return {
      rows: ids.slice(0, order.limit).flatMap((id) => rows.get(id) ?? []),
      more: ids.length > order.limit,
    }
  }),
  /** The document types and patients of a folder, or of every inbox, most frequent first. */
  'messages.facets': operation(
    (
      db,
      params: { folderId: number | null },
    ): {
      documentLabels: { label: string; count: number }[]
      patients: (PatientSummary & { id: number; count: number })[]
    } => ({
      documentLabels: db
        .prepare(
          `SELECT document_label AS label, count(*) AS count FROM messages
           WHERE folder_id IN (${listed}) AND document_label IS NOT NULL AND flags & 16 = 0
           GROUP BY document_label ORDER BY count DESC, label LIMIT 100`,
        )
        .all<{ label: string; count: number }>(params)
        .map((row) => ({ ...row })),
      patients: db
        .prepare(
          `SELECT p.id, counted.count, ${summaryColumns} FROM (
             SELECT leader, count(DISTINCT message_id) AS count FROM (
               SELECT coalesce(p.joined_to, p.id) AS leader, d.message_id FROM message_documents d
                 JOIN patients p ON p.id = d.patient_id JOIN messages m ON m.id = d.message_id
                 WHERE m.folder_id IN (${listed})
               UNION SELECT coalesce(p.joined_to, p.id), a.message_id FROM patient_addresses a
                 JOIN patients p ON p.matricule = a.matricule JOIN messages m ON m.id = a.message_id
                 WHERE m.folder_id IN (${listed})
               UNION SELECT coalesce(p.joined_to, p.id), m.id FROM patient_attachments a
                 JOIN patients p ON p.id = a.patient_id
                 JOIN messages m ON m.account_id = a.account_id AND m.identity = a.identity
                 WHERE m.folder_id IN (${listed}))
             GROUP BY leader ORDER BY count DESC LIMIT 100) counted
           JOIN patients p ON p.id = counted.leader ORDER BY counted.count DESC, p.birth_name`,
        )
        .all<Parameters<typeof summaryOf>[0] & { id: number; count: number }>(params)
        .map((row) => ({ ...summaryOf(row), id: row.id, count: row.count })),
    }),
  ),
}
