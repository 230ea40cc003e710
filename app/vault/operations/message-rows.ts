import type {
  Correspondent,
  DeliverySummary,
  DocumentMark,
  FilingSummary,
  MessageRow,
  PatientSummary,
  Replacement,
  ResultAlert,
  RowDocument,
  TrustClass,
} from '../../contract/index.ts'
import type { SqlDatabase } from '../database.ts'
import { unindexMessage } from '../search/index-message.ts'

/** Bits of `messages.flags`. */
export const flagBits = { seen: 1, flagged: 2, answered: 4, forwarded: 8, deleted: 16 } as const

export interface Removal {
  ids: number[]
  /** Part files to remove once the transaction is over. */
  files: string[]
}

interface ListRow {
  id: number
  account_id: number
  folder_id: number
  thread_id: number
  thread_count: number
  date: number
  from_name: string
  from_address: string
  recipients: string
  subject: string
  preview: string
  flags: number
  size: number
  has_attachments: number
  trust: TrustClass
  signed: number
  encrypted: number
  patient: string | null
  document_label: string | null
  document_count: number
  document: string | null
  document_mark: DocumentMark | null
  alert: string | null
  pending: number
  quarantined: number
  delivery: string | null
  replacement: Replacement | null
  filing: string | null
}

const columns = `id, (SELECT count(*) FROM messages one WHERE one.thread_id = messages.thread_id) AS thread_count,
  account_id, folder_id, thread_id, date, from_name, from_address, recipients, subject, preview,
  flags, size, has_attachments, trust, signed, encrypted, patient, document_label, document_count, document_mark, alert, pending,
  delivery, replacement, filing,
  (SELECT json_object('title', substr(title, 1, 300), 'date', date, 'author', substr(author, 1, 200),
     'organisation', substr(organisation, 1, 200))
   FROM message_documents INDEXED BY message_documents_by_message WHERE message_id = messages.id
   ORDER BY label IS NOT messages.document_label, position LIMIT 1) AS document,
  body_state = 2 OR EXISTS (
    SELECT 1 FROM bodies INDEXED BY bodies_unread WHERE message_id = messages.id AND error IS NOT NULL
  ) AS quarantined`

const messageRow = (row: ListRow): MessageRow => ({
  id: row.id,
  accountId: row.account_id,
  folderId: row.folder_id,
  threadId: row.thread_id,
  threadCount: row.thread_count,
  date: new Date(row.date).toISOString(),
  from: { name: row.from_name, address: row.from_address },
  to: JSON.parse(row.recipients) as Correspondent[],
  subject: row.subject,
  preview: row.preview,
  seen: (row.flags & flagBits.seen) !== 0,
  flagged: (row.flags & flagBits.flagged) !== 0,
  answered: (row.flags & flagBits.answered) !== 0,
  forwarded: (row.flags & flagBits.forwarded) !== 0,
  hasAttachments: row.has_attachments === 1,
  size: row.size,
  trust: row.trust,
  signed: row.signed === 1,
  encrypted: row.encrypted === 1,
  patient: row.patient === null ? null : (JSON.parse(row.patient) as PatientSummary),
  documentLabel: row.document_label,
  documentCount: row.document_count,
  ...(row.document === null ? {} : { document: JSON.parse(row.document) as RowDocument }),
  ...(row.document_mark === null ? {} : { documentMark: row.document_mark }),
  alert: row.alert === null ? null : (JSON.parse(row.alert) as ResultAlert),
  pending: row.pending > 0,
  quarantined: row.quarantined === 1,
  delivery: row.delivery === null ? null : (JSON.parse(row.delivery) as DeliverySummary),
  replacement: row.replacement,
  filing: row.filing === null ? null : (JSON.parse(row.filing) as FilingSummary),
})

/** Conditions of the list filters; each is one constant so that statements stay cached. */
export const listFilters = {
  all: '',
  unread: 'AND flags & 1 = 0',
  results: 'AND document_count > 0',
  patients: "AND trust = 'patient'",
  flagged: 'AND flags & 2 = 2',
  attachments: 'AND has_attachments = 1',
} as const

/** One page of a folder, or of every inbox, newest first, older than `before`. */
export const selectPage = (
  db: SqlDatabase,
  page: { folderId: number | null; before: number; limit: number; filter: keyof typeof listFilters },
): MessageRow[] => {
  const { folderId, before, limit, filter } = page
  const rest = `AND id < $before AND flags & 16 = 0 ${listFilters[filter]} ORDER BY id DESC LIMIT $limit`
  const rows =
    folderId === null
      ? db
          .prepare(
            `SELECT ${columns} FROM messages WHERE folder_id IN (SELECT id FROM folders WHERE role = 'inbox') ${rest}`,
          )
          .all<ListRow>({ before, limit })
      : db
          .prepare(`SELECT ${columns} FROM messages WHERE folder_id = $folderId ${rest}`)
          .all<ListRow>({ folderId, before, limit })
  return rows.map(messageRow)
}

/** Rows by id, newest first; ids that are gone or being deleted are left out. */
export const selectRows = (db: SqlDatabase, ids: readonly number[]): MessageRow[] =>
  db
    .prepare(
      `SELECT ${columns} FROM messages WHERE id IN (SELECT value FROM json_each($ids)) AND flags & 16 = 0
       ORDER BY id DESC`,
    )
    .all<ListRow>({ ids: JSON.stringify(ids) })
    .map(messageRow)

/** The conversation of a message, oldest first. */
export const selectThread = (db: SqlDatabase, id: number): MessageRow[] =>
  db
    .prepare(
      `SELECT ${columns} FROM messages WHERE thread_id = (SELECT thread_id FROM messages WHERE id = $id)
       AND flags & 16 = 0 ORDER BY id LIMIT 500`,
    )
    .all<ListRow>({ id })
    .map(messageRow)

/** Deletes messages with their body and their words in the index. */
export const removeMessages = (db: SqlDatabase, ids: readonly number[]): Removal => {
  const files: string[] = []
  for (const id of ids) {
    const row = db
      .prepare(
        'SELECT raw_file FROM messages LEFT JOIN bodies ON message_id = messages.id WHERE messages.id = ?',
      )
      .get<{ raw_file: string | null }>([id])
    if (!row) continue
    if (row.raw_file !== null) files.push(row.raw_file)
    unindexMessage(db, id)
    db.prepare('DELETE FROM messages WHERE id = ?').run([id])
  }
  return { ids: [...ids], files }
}
