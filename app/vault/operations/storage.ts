import type { SqlDatabase } from '../database.ts'
import { operation } from '../operation.ts'

/** What one folder holds here. Bytes are those of the sources; headers and index are apart. */
export interface FolderSize {
  accountId: number
  folderId: number
  messages: number
  /** Messages whose body is here, and the bytes of those without and with attachments. */
  bodies: number
  bodyBytes: number
  attachmentBytes: number
}

/** A slice of a walk over messages; `next` is the id to go on after, null at the end. */
export interface Slice {
  next: number | null
}

/** Ids grow with the date (models.md §8.2): what is older than a moment is below its first id. */
const firstIdAt = (at: number): number => Math.max(1, Math.floor(at / 1000)) * 1_048_576

/**
 * Bodies a rule may let go of: here, older than `before`, on the server; never flagged, marked deleted, waiting for the server, quoted by
 * a draft or a message to send, or still to be indexed.
 */
const candidates = (
  db: SqlDatabase,
  params: { accountId: number; before: number; after: number; limit: number },
): { rows: { id: number; size: number; free: number }[]; next: number | null } => {
  const rows = db
    .prepare(
      `SELECT id, size,
         body_state = 1 AND flags & 18 = 0 AND uid IS NOT NULL AND pending = 0
           AND date < $before AND account_id = $accountId
           AND id NOT IN (SELECT source_id FROM drafts WHERE source_id IS NOT NULL)
           AND id NOT IN (SELECT source_id FROM outbox WHERE source_id IS NOT NULL)
           AND id NOT IN (SELECT message_id FROM index_queue WHERE attempts < 2) AS free
       FROM messages WHERE id > $after AND id < $end ORDER BY id LIMIT $limit`,
    )
    .all<{ id: number; size: number; free: number }>({
      accountId: params.accountId,
      before: params.before,
      after: params.after,
      // Some slack: a message without a date of its own may have an id a little later than its date.
      end: firstIdAt(params.before) + 1_048_576,
      limit: params.limit,
    })
  const last = rows.at(-1)
  return { rows, next: rows.length < params.limit || !last ? null : last.id }
}

export const storageOperations = {
  /** Adds up a slice of messages by folder. */
  'storage.sizes': operation(
    (db, params: { after: number; limit: number }): Slice & { folders: FolderSize[] } => {
      const end = db
        .prepare(
          'SELECT max(id) AS id FROM (SELECT id FROM messages WHERE id > $after ORDER BY id LIMIT $limit)',
        )
        .get<{ id: number | null }>(params)?.id
      if (end == null) return { next: null, folders: [] }
      const folders = db
        .prepare(
          `SELECT account_id AS accountId, folder_id AS folderId, count(*) AS messages,
             sum(body_state = 1) AS bodies,
             coalesce(sum(size) FILTER (WHERE body_state = 1 AND has_attachments = 0), 0) AS bodyBytes,
             coalesce(sum(size) FILTER (WHERE body_state = 1 AND has_attachments = 1), 0) AS attachmentBytes
           FROM messages WHERE id > $after AND id <= $end GROUP BY account_id, folder_id`,
        )
        .all<FolderSize>({ after: params.after, end })
      return { next: end, folders: folders.map((row) => ({ ...row })) }
    },
  ),
  /** Adds up a slice of the full-text index. */
  'storage.indexSize': operation(
    (db, params: { after: number; limit: number }): Slice & { bytes: number } => {
      const row = db
        .prepare(
          `SELECT max(id) AS next, sum(bytes) AS bytes FROM
             (SELECT id, length(block) AS bytes FROM search_data WHERE id > $after ORDER BY id LIMIT $limit)`,
        )
        .get<{ next: number | null; bytes: number | null }>(params)
      return { next: row?.next ?? null, bytes: row?.bytes ?? 0 }
    },
  ),
  /**
   * In a store that came out of a backup: what waited to be sent may have left since, from here or from another
   * workstation. Its outcome is unknown: the server is asked, then the user, before anything is sent (models.md §9.2.8).
   */
  'storage.restored': operation((db): void => {
    db.prepare(
      `UPDATE outbox SET state = iif(purpose = 'receipt', 'filed', 'unknown'), next_attempt_at = NULL, error = NULL
       WHERE state IN ('queued','sending')`,
    ).run()
  }),
  'storage.partBytes': operation(
    (db): number =>
      db.prepare('SELECT coalesce(sum(size), 0) AS n FROM part_files').get<{ n: number }>()?.n ?? 0,
  ),
  /** Months bodies stay, by account; an account without a rule keeps everything. */
  'retention.rules': operation((db): { accountId: number; months: number }[] =>
    db
      .prepare('SELECT account_id AS accountId, months FROM retention ORDER BY account_id')
      .all<{ accountId: number; months: number }>()
      .map((row) => ({ ...row })),
  ),
  /** False when there is no such account. */
  'retention.set': operation((db, params: { accountId: number; months: number | null }): boolean => {
    const { accountId, months } = params
    const known = db.prepare('SELECT id FROM accounts WHERE id = ?').get([accountId])
    if (!known) return false
    if (months === null) db.prepare('DELETE FROM retention WHERE account_id = ?').run([accountId])
    else
      db.prepare('INSERT OR REPLACE INTO retention (account_id, months) VALUES ($accountId, $months)').run({
        accountId,
        months,
      })
    return true
  }),
  /** What a rule would let go of, in a slice of messages. */
  'retention.preview': operation(
    (
      db,
      params: { accountId: number; before: number; after: number; limit: number },
    ): Slice & { messages: number; bytes: number } => {
      const { rows, next } = candidates(db, params)
      const free = rows.filter((row) => row.free === 1)
      return { next, messages: free.length, bytes: free.reduce((sum, row) => sum + row.size, 0) }
    },
  ),
  /**
   * Lets go of bodies in a slice: the row, its headers, its words in the index and the text of its attachments stay;
   * opening it downloads it again. Answers the part files to remove.
   */
  'retention.drop': operation(
    (
      db,
      params: { accountId: number; before: number; after: number; limit: number },
    ): Slice & { ids: number[]; bytes: number; files: string[] } => {
      const { rows, next } = candidates(db, params)
      const free = rows.filter((row) => row.free === 1)
      const files: string[] = []
      for (const { id } of free) {
        const body = db
          .prepare('SELECT raw_file AS file FROM bodies WHERE message_id = ?')
          .get<{ file: string | null }>([id])
        if (body?.file != null) files.push(body.file)
        db.prepare('DELETE FROM bodies WHERE message_id = ?').run([id])
        db.prepare('UPDATE messages SET body_state = 3 WHERE id = ?').run([id])
      }
      return {
        next,
        ids: free.map((row) => row.id),
        bytes: free.reduce((sum, row) => sum + row.size, 0),
        files,
      }
    },
  ),
}
