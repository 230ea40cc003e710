import type { DraftContent, DraftKind } from '../../contract/index.ts'
import type { SqlDatabase } from '../database.ts'
import { operation } from '../operation.ts'

export interface StoredAttachment {
  id: string
  fileName: string
  mimeType: string
  size: number
  partFile: string
}

/** A file that is the source or the PDF of a document, with what its writer keeps about it. */
export interface StoredDocumentFile extends StoredAttachment {
  /** JSON of whoever writes documents. */
  document: string
}

export interface StoredDraft {
  id: number
  accountId: number
  kind: DraftKind
  sourceId: number | null
  inReplyTo: string | null
  references: string[]
  content: DraftContent
  attachments: StoredAttachment[]
  /** Milliseconds. */
  savedAt: number
}

interface DraftRow {
  id: number
  account_id: number
  kind: DraftKind
  source_id: number | null
  in_reply_to: string | null
  reference_ids: string
  content: string
  saved_at: number
}

const attachmentsOf = (db: SqlDatabase, draftId: number): StoredAttachment[] =>
  db
    .prepare(
      `SELECT id, file_name AS fileName, mime_type AS mimeType, size, part_file AS partFile
       FROM draft_attachments WHERE draft_id = ? AND document IS NULL ORDER BY position`,
    )
    .all<StoredAttachment>([draftId])

const documentFilesOf = (db: SqlDatabase, draftId: number): StoredDocumentFile[] =>
  db
    .prepare(
      `SELECT id, file_name AS fileName, mime_type AS mimeType, size, part_file AS partFile, document
       FROM draft_attachments WHERE draft_id = ? AND document IS NOT NULL ORDER BY position`,
    )
    .all<StoredDocumentFile>([draftId])

const filesOf = (db: SqlDatabase, draftId: number): string[] =>
  db
    .prepare('SELECT part_file FROM draft_attachments WHERE draft_id = ?')
    .all<{ part_file: string }>([draftId])
    .map((row) => row.part_file)

const draft = (db: SqlDatabase, row: DraftRow): StoredDraft => ({
  id: row.id,
  accountId: row.account_id,
  kind: row.kind,
  sourceId: row.source_id,
  inReplyTo: row.in_reply_to,
  references: JSON.parse(row.reference_ids) as string[],
  content: JSON.parse(row.content) as DraftContent,
  attachments: attachmentsOf(db, row.id),
  savedAt: row.saved_at,
})

const addAttachment = (
  db: SqlDatabase,
  draftId: number,
  attachment: StoredAttachment,
  document: string | null = null,
): void => {
  db.prepare(
    `INSERT INTO draft_attachments (id, draft_id, file_name, mime_type, size, part_file, document, position)
     VALUES ($id, $draftId, $fileName, $mimeType, $size, $partFile, $document,
       (SELECT coalesce(max(position), 0) + 1 FROM draft_attachments WHERE draft_id = $draftId))`,
  ).run({
    id: attachment.id,
    fileName: attachment.fileName,
    mimeType: attachment.mimeType,
    size: attachment.size,
    partFile: attachment.partFile,
    document,
    draftId,
  })
}

const isFree = (db: SqlDatabase, id: number): boolean =>
  db.prepare('SELECT id FROM drafts WHERE id = ? AND outbox_id IS NULL').get<{ id: number }>([id]) !==
  undefined

export const draftOperations = {
  'drafts.insert': operation((db, params: Omit<StoredDraft, 'id' | 'savedAt'>, context): StoredDraft => {
    const savedAt = context.now()
    const { lastInsertRowid: id } = db
      .prepare(
        `INSERT INTO drafts (account_id, kind, source_id, in_reply_to, reference_ids, content, saved_at)
         VALUES ($accountId, $kind, $sourceId, $inReplyTo, $references, $content, $savedAt)`,
      )
      .run({
        accountId: params.accountId,
        kind: params.kind,
        sourceId: params.sourceId,
        inReplyTo: params.inReplyTo,
        references: JSON.stringify(params.references),
        content: JSON.stringify(params.content),
        savedAt,
      })
    for (const attachment of params.attachments) addAttachment(db, id, attachment)
    return { ...params, id, savedAt }
  }),
  /** Latest saved first. A draft whose message waits in the outbox is not there, nor in what follows. */
  'drafts.list': operation((db): StoredDraft[] =>
    db
      .prepare('SELECT * FROM drafts WHERE outbox_id IS NULL ORDER BY saved_at DESC, id DESC')
      .all<DraftRow>()
      .map((row) => draft(db, row)),
  ),
  'drafts.get': operation((db, params: { id: number }): StoredDraft | null => {
    const row = db
      .prepare('SELECT * FROM drafts WHERE id = ? AND outbox_id IS NULL')
      .get<DraftRow>([params.id])
    return row ? draft(db, row) : null
  }),
  /** The draft whose message waits in the outbox, hidden from all else; null when it was queued without one. */
  'drafts.ofOutbox': operation((db, params: { id: number }): StoredDraft | null => {
    const row = db.prepare('SELECT * FROM drafts WHERE outbox_id = ?').get<DraftRow>([params.id])
    return row ? draft(db, row) : null
  }),
  /** The time of saving, or null when the draft is gone. */
  'drafts.save': operation((db, params: { id: number; content: DraftContent }, context): number | null => {
    const savedAt = context.now()
    const { changes } = db
      .prepare(
        `UPDATE drafts SET content = $content, account_id = $accountId, saved_at = $savedAt
         WHERE id = $id AND outbox_id IS NULL`,
      )
      .run({
        id: params.id,
        content: JSON.stringify(params.content),
        accountId: params.content.accountId,
        savedAt,
      })
    return changes === 0 ? null : savedAt
  }),
  /** Returns the part files to remove. */
  'drafts.remove': operation((db, params: { id: number }): string[] => {
    if (!isFree(db, params.id)) return []
    const files = filesOf(db, params.id)
    db.prepare('DELETE FROM drafts WHERE id = ?').run([params.id])
    return files
  }),
  /** False when the draft is gone. */
  'drafts.attach': operation((db, params: { draftId: number; attachment: StoredAttachment }): boolean => {
    const free = isFree(db, params.draftId)
    if (free) addAttachment(db, params.draftId, params.attachment)
    return free
  }),
  /** The part file to remove, or null when there is no such attachment. */
  'drafts.detach': operation((db, params: { draftId: number; attachmentId: string }): string | null => {
    if (!isFree(db, params.draftId)) return null
    const row = db
      .prepare(
        'SELECT part_file FROM draft_attachments WHERE draft_id = $draftId AND id = $attachmentId AND document IS NULL',
      )
      .get<{ part_file: string }>(params)
    db.prepare(
      'DELETE FROM draft_attachments WHERE draft_id = $draftId AND id = $attachmentId AND document IS NULL',
    ).run(params)
    return row?.part_file ?? null
  }),
  /** The files of a draft's documents and the JSON of their patient; null when the draft is gone, or on its way unless `queued`. */
  'draftDocuments.get': operation(
    (
      db,
      params: { draftId: number; queued?: boolean },
    ): { patient: string | null; files: StoredDocumentFile[] } | null => {
      const row = db
        .prepare(
          'SELECT document_patient FROM drafts WHERE id = $draftId AND (outbox_id IS NULL OR $queued = 1)',
        )
        .get<{ document_patient: string | null }>({
          draftId: params.draftId,
          queued: params.queued === true ? 1 : 0,
        })
      return row ? { patient: row.document_patient, files: documentFilesOf(db, params.draftId) } : null
    },
  ),
  /**
   * Changes the documents of a draft: who they are about, the files taken out, those put in, and what is kept about those that
   * stay. Returns the part files to remove, or null when the draft is gone.
   */
  'draftDocuments.put': operation(
    (
      db,
      params: {
        draftId: number
        patient: string | null
        without: string[]
        files: StoredDocumentFile[]
        changed: { id: string; document: string }[]
      },
      context,
    ): string[] | null => {
      const { draftId } = params
      if (!isFree(db, draftId)) return null
      db.prepare(
        'UPDATE drafts SET document_patient = $patient, saved_at = $savedAt WHERE id = $draftId',
      ).run({
        patient: params.patient,
        savedAt: context.now(),
        draftId,
      })
      const removed = documentFilesOf(db, draftId).filter((file) => params.without.includes(file.id))
      for (const { id } of removed)
        db.prepare('DELETE FROM draft_attachments WHERE draft_id = $draftId AND id = $id').run({
          draftId,
          id,
        })
      for (const { document, ...file } of params.files) addAttachment(db, draftId, file, document)
      for (const { id, document } of params.changed)
        db.prepare(
          'UPDATE draft_attachments SET document = $document WHERE draft_id = $draftId AND id = $id AND document IS NOT NULL',
        ).run({ document, draftId, id })
      return removed.map((file) => file.partFile)
    },
  ),
}
