import type { SqlDatabase } from '../database.ts'
import { operation } from '../operation.ts'
import { insertMessage, storeBody, type NewMessage, type StoredBody } from './messages.ts'
import { noChange, queueAppend, type QueueChange } from './queue-changes.ts'
import { idList } from './queue-items.ts'

/** A message that exists here and is to be put on the server; its bytes are in `body` (row or part file). */
export interface LocalMessage {
  message: Omit<NewMessage, 'uid'>
  body: Omit<StoredBody, 'id'>
}

/** What an APPEND needs of a message, as it is when it is sent. */
export interface AppendSource {
  flags: number
  /** Milliseconds: the INTERNALDATE it gets. */
  date: number
  messageId: string | null
  raw: Uint8Array | null
  rawFile: string | null
  rawSize: number
}

/** A message the server does not have: its row, its source and its words in the index. */
export const insertLocal = (
  db: SqlDatabase,
  place: { accountId: number; folderId: number },
  { message, body }: LocalMessage,
  now: number,
): number => {
  const id = insertMessage(db, place, { ...message, uid: null }, now)
  storeBody(db, { ...body, id }, now)
  return id
}

export const appendOperations = {
  /**
   * Adds messages to a folder here, with their sources and index, and queues them for the server: flags and folder are
   * those they have when they are sent. Null when there is no such folder; otherwise ids in the order given.
   */
  'queue.append': operation(
    (
      db,
      params: { folderId: number; messages: LocalMessage[] },
      context,
    ): (QueueChange & { operationId: number }) | null => {
      const folder = db
        .prepare('SELECT account_id FROM folders WHERE id = ? AND selectable = 1')
        .get<{ account_id: number }>([params.folderId])
      if (!folder) return null
      const place = { accountId: folder.account_id, folderId: params.folderId }
      const ids = params.messages.map((one) => insertLocal(db, place, one, context.now()))
      const operationId = ids.length === 0 ? 0 : queueAppend(db, { ...place, ids }, context.now())
      return { ...noChange(), operationId, ids, folderIds: [params.folderId] }
    },
  ),
  /** Null when the message is gone, or its source was never here. */
  'queue.appendSource': operation((db, params: { id: number }): AppendSource | null => {
    const row = db
      .prepare(
        `SELECT m.flags, m.date, h.message_id_header AS messageId, b.raw, b.raw_file AS rawFile,
           b.raw_size AS rawSize
         FROM messages m JOIN bodies b ON b.message_id = m.id JOIN message_headers h ON h.message_id = m.id
         WHERE m.id = ?`,
      )
      .get<AppendSource>([params.id])
    return row ? { ...row } : null
  }),
  /** What does not change with folder and UID (models.md §9.2.1). */
  'queue.identities': operation(
    (db, params: { ids: number[] }): { id: number; identity: Uint8Array; size: number }[] =>
      db
        .prepare('SELECT id, identity, size FROM messages WHERE id IN (SELECT value FROM json_each($ids))')
        .all<{ id: number; identity: Uint8Array; size: number }>({ ids: idList(params.ids) })
        .map((row) => ({ ...row })),
  ),
  'queue.flags': operation((db, params: { ids: number[] }): { id: number; flags: number }[] =>
    db
      .prepare('SELECT id, flags FROM messages WHERE id IN (SELECT value FROM json_each($ids))')
      .all<{ id: number; flags: number }>({ ids: idList(params.ids) })
      .map((row) => ({ ...row })),
  ),
}
