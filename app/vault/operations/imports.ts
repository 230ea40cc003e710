import type { SqlDatabase } from '../database.ts'
import { operation } from '../operation.ts'
import { insertLocal, type LocalMessage } from './appends.ts'
import { queueAppend } from './queue.ts'

/** Where the files of an import are: chosen on the disk, or dropped and kept as part files until it is over. */
export type ImportSource =
  { paths: string[] } | { parts: { partFile: string; fileName: string; size: number }[] }

export interface ImportCounts {
  done: number
  imported: number
  duplicates: number
  deleted: number
  refused: number
}

/** An import as the journal knows it; times in milliseconds. */
export interface StoredImport extends ImportCounts {
  id: number
  accountId: number
  folderId: number
  name: string
  source: ImportSource
  fileIndex: number
  fileOffset: number
  total: number
  state: 'running' | 'done' | 'cancelled' | 'failed'
  error: string | null
  startedAt: number
  finishedAt: number | null
}

interface ImportRow extends ImportCounts {
  id: number
  account_id: number
  folder_id: number
  name: string
  source: string
  file_index: number
  file_offset: number
  done_bytes: number
  total_bytes: number
  state: StoredImport['state']
  error: string | null
  started_at: number
  finished_at: number | null
}

const stored = (row: ImportRow): StoredImport => ({
  id: row.id,
  accountId: row.account_id,
  folderId: row.folder_id,
  name: row.name,
  source: JSON.parse(row.source) as ImportSource,
  fileIndex: row.file_index,
  fileOffset: row.file_offset,
  done: row.done_bytes,
  total: row.total_bytes,
  imported: row.imported,
  duplicates: row.duplicates,
  deleted: row.deleted,
  refused: row.refused,
  state: row.state,
  error: row.error,
  startedAt: row.started_at,
  finishedAt: row.finished_at,
})

const get = (db: SqlDatabase, id: number): StoredImport | null => {
  const row = db.prepare('SELECT * FROM imports WHERE id = ?').get<ImportRow>([id])
  return row ? stored(row) : null
}

/** In the account already, and not thrown away. */
const isKnown = (db: SqlDatabase, accountId: number, identity: Uint8Array): boolean =>
  db
    .prepare(
      `SELECT 1 AS known FROM messages m JOIN folders f ON f.id = m.folder_id
       WHERE m.account_id = $accountId AND m.identity = $identity AND f.role <> 'trash' LIMIT 1`,
    )
    .get<{ known: number }>({ accountId, identity }) !== undefined

export const importOperations = {
  'imports.create': operation(
    (
      db,
      params: { folderId: number; name: string; source: ImportSource; total: number },
      context,
    ): StoredImport | null => {
      const folder = db
        .prepare('SELECT account_id FROM folders WHERE id = ? AND selectable = 1')
        .get<{ account_id: number }>([params.folderId])
      if (!folder) return null
      const { lastInsertRowid } = db
        .prepare(
          `INSERT INTO imports (account_id, folder_id, name, source, total_bytes, state, started_at)
           VALUES ($accountId, $folderId, $name, $source, $total, 'running', $now)`,
        )
        .run({
          accountId: folder.account_id,
          folderId: params.folderId,
          name: params.name,
          source: JSON.stringify(params.source),
          total: params.total,
          now: context.now(),
        })
      return get(db, lastInsertRowid)
    },
  ),
  'imports.get': operation((db, params: { id: number }): StoredImport | null => get(db, params.id)),
  'imports.list': operation((db): StoredImport[] =>
    db.prepare('SELECT * FROM imports ORDER BY id DESC LIMIT 100').all<ImportRow>().map(stored),
  ),
  /** Which of these identities the account has, thrown-away messages apart. */
  'imports.known': operation((db, params: { accountId: number; identities: Uint8Array[] }): boolean[] =>
    params.identities.map((identity) => isKnown(db, params.accountId, identity)),
  ),
  /**
   * One batch, in one transaction: rows, sources and index, the action that takes them to the server, and how far the
   * import is. Answers the new ids and the part files of messages that turned out to be there already.
   */
  'imports.store': operation(
    (
      db,
      params: {
        id: number
        fileIndex: number
        fileOffset: number
        done: number
        messages: LocalMessage[]
        skipped: { duplicates: number; deleted: number }
        refusals: { file: string; place: number; code: string }[]
      },
      context,
    ): { ids: number[]; files: string[]; state: StoredImport } | null => {
      const job = get(db, params.id)
      if (job?.state !== 'running') return null
      const ids: number[] = []
      const files: string[] = []
      let duplicates = params.skipped.duplicates
      for (const local of params.messages) {
        if (isKnown(db, job.accountId, local.message.identity)) {
          duplicates += 1
          if (local.body.rawFile !== null) files.push(local.body.rawFile)
        } else ids.push(insertLocal(db, job, local, context.now()))
      }
      if (ids.length > 0)
        queueAppend(db, { accountId: job.accountId, folderId: job.folderId, ids }, context.now())
      const refuse = db.prepare(
        `INSERT OR REPLACE INTO import_refusals (import_id, position, file, place, code)
         VALUES ($id, $position, $file, $place, $code)`,
      )
      for (const [index, refusal] of params.refusals.entries())
        refuse.run({ id: job.id, position: job.refused + index + 1, ...refusal })
      db.prepare(
        `UPDATE imports SET file_index = $fileIndex, file_offset = $fileOffset, done_bytes = $done,
           imported = imported + $imported, duplicates = duplicates + $duplicates,
           deleted = deleted + $deleted, refused = refused + $refused WHERE id = $id`,
      ).run({
        id: job.id,
        fileIndex: params.fileIndex,
        fileOffset: params.fileOffset,
        done: params.done,
        imported: ids.length,
        duplicates,
        deleted: params.skipped.deleted,
        refused: params.refusals.length,
      })
      return { ids, files, state: get(db, job.id) ?? job }
    },
  ),
  /** Ends an import, or sets it going again (`running`). */
  'imports.setState': operation(
    (
      db,
      params: { id: number; state: StoredImport['state']; error: string | null },
      context,
    ): StoredImport | null => {
      db.prepare(
        'UPDATE imports SET state = $state, error = $error, finished_at = $finished WHERE id = $id',
      ).run({ ...params, finished: params.state === 'running' ? null : context.now() })
      return get(db, params.id)
    },
  ),
  /** False when there is none, or it is still running. */
  'imports.forget': operation((db, params: { id: number }): boolean => {
    const job = get(db, params.id)
    if (!job || job.state === 'running') return false
    db.prepare('DELETE FROM imports WHERE id = ?').run([params.id])
    return true
  }),
  'imports.refusals': operation(
    (db, params: { id: number; limit: number }): { file: string; place: number; code: string }[] =>
      db
        .prepare(
          'SELECT file, place, code FROM import_refusals WHERE import_id = $id ORDER BY position LIMIT $limit',
        )
        .all<{ file: string; place: number; code: string }>(params)
        .map((row) => ({ ...row })),
  ),
}
