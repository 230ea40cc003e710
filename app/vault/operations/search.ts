import type { MessageRow, SearchAnswer, SearchExcerpt, SearchScope } from '../../contract/index.ts'
import { operation } from '../operation.ts'
import { selectExcerpts } from '../search/excerpt.ts'
import { indexMessage, unindexMessage, writeIndex, type SearchText } from '../search/index-message.ts'
import { queryPattern } from '../search/pattern.ts'
import { parseQuery } from '../search/query.ts'
import { selectFound } from '../search/select.ts'
import { selectRows } from './message-rows.ts'

/** Milliseconds of one answer spent on excerpts. */
const excerptTime = 30

/** Text found in one attachment; without a name, what was decrypted for the reader. */
export interface AttachmentText {
  fileName: string | null
  text: string
}

export const searchOperations = {
  /** Indexes or replaces messages in bulk (index rebuild). */
  'search.index': operation((db, params: { messages: (SearchText & { id: number })[] }): void => {
    for (const message of params.messages) indexMessage(db, message.id, message)
  }),
  'search.remove': operation((db, params: { ids: number[] }): void => {
    for (const id of params.ids) unindexMessage(db, id)
  }),
  /**
   * Ids of the messages that `text` finds (docs/search.md), newest first, older than `before` (the last id of the
   * previous page). `more` says whether another page follows.
   */
  'search.query': operation(
    (
      db,
      params: { text: string; scope: SearchScope; before: number | null; limit: number },
      context,
    ): { ids: number[]; more: boolean } => selectFound(db, parseQuery(params.text, context.now()), params),
  ),
  /** The same with rows, excerpts and how the text was understood: all a window shows. */
  'search.page': operation(
    (
      db,
      params: { text: string; scope: SearchScope; before: number | null; limit: number },
      context,
    ): SearchAnswer => {
      const query = parseQuery(params.text, context.now())
      const { ids, more } = selectFound(db, query, params)
      const rows: MessageRow[] = selectRows(db, ids)
      const pattern = queryPattern(query.words)
      const begun = performance.now()
      const excerpts: SearchExcerpt[] =
        pattern === null
          ? []
          : selectExcerpts(db, ids, pattern, () => performance.now() - begun > excerptTime)
      return { understood: query.terms, rows, excerpts, more, pattern }
    },
  ),
  /**
   * Draws segments of the index together, a little at a time: each one left is looked into by every search. True when there
   * may be more to do.
   */
  'indexing.merge': operation((db, params: { pages: number }): boolean => {
    const changes = (): number => db.prepare('SELECT total_changes() AS n').get<{ n: number }>()?.n ?? 0
    const before = changes()
    db.prepare("INSERT INTO search (search, rank) VALUES ('merge', $pages)").run({ pages: params.pages })
    // The command counts as one change; a merge writes more.
    return changes() - before >= 2
  }),
  /** Newest messages whose attachments wait to be indexed, with how many wait in all. */
  'indexing.next': operation((db, params: { limit: number }): { ids: number[]; waiting: number } => ({
    ids: db
      .prepare(
        `SELECT message_id AS id FROM index_queue INDEXED BY index_queue_waiting WHERE attempts < 2
         ORDER BY message_id DESC LIMIT $limit`,
      )
      .all<{ id: number }>(params)
      .map((row) => row.id),
    waiting:
      db
        .prepare('SELECT count(*) AS n FROM index_queue INDEXED BY index_queue_waiting WHERE attempts < 2')
        .get<{ n: number }>()?.n ?? 0,
  })),
  /** Counted before the message is touched: one that ends the program is not tried for ever. */
  'indexing.begin': operation((db, params: { id: number }): void => {
    db.prepare('UPDATE index_queue SET attempts = attempts + 1 WHERE message_id = ?').run([params.id])
  }),
  /** A reading that a lock interrupted is not held against the message. */
  'indexing.release': operation((db, params: { id: number }): void => {
    db.prepare('UPDATE index_queue SET attempts = max(0, attempts - 1) WHERE message_id = ?').run([params.id])
  }),
  /** Text decrypted for the reader, kept beside what was indexed before (docs/search.md, « Messages chiffrés »). */
  'indexing.storeDecrypted': operation(
    (db, params: { id: number; text: string; texts: AttachmentText[] }): void => {
      const body = db
        .prepare('SELECT text FROM bodies WHERE message_id = ?')
        .get<{ text: string }>([params.id])
      if (!body || db.prepare('SELECT 1 FROM attachment_texts WHERE message_id = ? LIMIT 1').get([params.id]))
        return
      const insert = db.prepare(
        'INSERT INTO attachment_texts (message_id, file_name, text) VALUES ($id, $fileName, $text)',
      )
      insert.run({ id: params.id, fileName: null, text: params.text })
      for (const { fileName, text } of params.texts) insert.run({ id: params.id, fileName, text })
      db.prepare('DELETE FROM index_queue WHERE message_id = ?').run([params.id])
      writeIndex(db, params.id, { body: body.text })
    },
  ),
  /** Takes the text of encrypted messages out of the index again, some at a time; how many there were. */
  'indexing.forgetDecrypted': operation((db, params: { limit: number }): number => {
    const held = db
      .prepare(
        `SELECT m.id, b.text FROM messages m JOIN bodies b ON b.message_id = m.id
         WHERE m.encrypted = 1 AND m.id IN (SELECT message_id FROM attachment_texts) ORDER BY m.id LIMIT $limit`,
      )
      .all<{ id: number; text: string }>(params)
    for (const { id, text } of held) {
      db.prepare('DELETE FROM attachment_texts WHERE message_id = ?').run([id])
      writeIndex(db, id, { body: text })
    }
    return held.length
  }),
  /**
   * What was read in a message's attachments, into the index and beside it for excerpts; the message has waited
   * enough. A message without a body any more is left out.
   */
  'indexing.store': operation((db, params: { id: number; copies: string; texts: AttachmentText[] }): void => {
    db.prepare('DELETE FROM index_queue WHERE message_id = ?').run([params.id])
    const body = db.prepare('SELECT text FROM bodies WHERE message_id = ?').get<{ text: string }>([params.id])
    if (!body) return
    db.prepare('DELETE FROM attachment_texts WHERE message_id = ?').run([params.id])
    const insert = db.prepare(
      'INSERT INTO attachment_texts (message_id, file_name, text) VALUES ($id, $fileName, $text)',
    )
    for (const { fileName, text } of params.texts) insert.run({ id: params.id, fileName, text })
    writeIndex(db, params.id, { body: body.text, copies: params.copies })
  }),
}
