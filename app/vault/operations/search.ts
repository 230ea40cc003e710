import type { SqlDatabase } from '../database.ts'
import { foldForIndex, matchQuery } from '../fold.ts'
import { operation } from '../operation.ts'

/** What is indexed of a message, as read by a person; folding happens here. */
export interface SearchText {
  correspondents: string
  subject: string
  body: string
}

/** Puts or replaces a message in the full-text index; call it in the transaction that changes the message. */
export const indexMessage = (db: SqlDatabase, id: number, text: SearchText): void => {
  db.prepare(
    'INSERT OR REPLACE INTO search (rowid, correspondents, subject, body) VALUES ($id, $correspondents, $subject, $body)',
  ).run({
    id,
    correspondents: foldForIndex(text.correspondents),
    subject: foldForIndex(text.subject),
    body: foldForIndex(text.body),
  })
}

/** Takes a message out of the full-text index; without effect when it is not there. */
export const unindexMessage = (db: SqlDatabase, id: number): void => {
  db.prepare('DELETE FROM search WHERE rowid = ?').run([id])
}

/** Newest first by rowid, which FTS5 walks backwards without sorting. Exported for the query plan's test. */
export const searchSql = {
  everywhere: `SELECT rowid AS id FROM search
    WHERE search MATCH $match AND rowid < $before ORDER BY rowid DESC LIMIT $limit`,
  // CROSS JOIN fixes the order: walk the index, look each message up by its key.
  inFolder: `SELECT search.rowid AS id FROM search CROSS JOIN messages ON messages.id = search.rowid
    WHERE search MATCH $match AND search.rowid < $before AND messages.folder_id = $folderId
    ORDER BY search.rowid DESC LIMIT $limit`,
} as const

export const searchOperations = {
  /** Indexes or replaces messages in bulk (index rebuild). */
  'search.index': operation((db, params: { messages: (SearchText & { id: number })[] }): void => {
    for (const message of params.messages) indexMessage(db, message.id, message)
  }),
  'search.remove': operation((db, params: { ids: number[] }): void => {
    for (const id of params.ids) unindexMessage(db, id)
  }),
  /**
   * Messages holding every word of `text` (prefixes, accents folded), newest first, older than `before` (the last id
   * of the previous page). `more` says whether another page follows.
   */
  'search.query': operation(
    (
      db,
      params: { text: string; folderId: number | null; before: number | null; limit: number },
    ): { ids: number[]; more: boolean } => {
      const match = matchQuery(params.text)
      if (match === null) return { ids: [], more: false }
      const common = { match, before: params.before ?? Number.MAX_SAFE_INTEGER, limit: params.limit + 1 }
      const rows =
        params.folderId === null
          ? db.prepare(searchSql.everywhere).all<{ id: number }>(common)
          : db.prepare(searchSql.inFolder).all<{ id: number }>({ ...common, folderId: params.folderId })
      return { ids: rows.slice(0, params.limit).map((row) => row.id), more: rows.length > params.limit }
    },
  ),
}
