import type { Folder, FolderRole } from '../../contract/index.ts'
import type { SqlDatabase } from '../database.ts'
import { operation } from '../operation.ts'
import { removeMessages, type Removal } from './message-rows.ts'

/** Where synchronisation of a folder stands; `uidvalidity` and `highestmodseq` are decimal strings (64 bits). */
export interface FolderState {
  uidvalidity: string | null
  uidnext: number | null
  highestmodseq: string | null
  /** Headers are complete from this UID up; 1 when the whole folder is here, null before the first batch. */
  syncedFromUid: number | null
  serverTotal: number
}

export interface SyncFolder extends FolderState {
  id: number
  accountId: number
  path: string
  role: FolderRole
  mailbox: string | null
  selectable: boolean
  total: number
}

export interface ServerFolder {
  path: string
  name: string
  parentPath: string | null
  role: FolderRole
  mailbox: string | null
  selectable: boolean
}

interface FolderRow {
  id: number
  account_id: number
  path: string
  name: string
  parent_path: string | null
  role: FolderRole
  mailbox: string | null
  selectable: number
  uidvalidity: string | null
  uidnext: number | null
  highestmodseq: string | null
  synced_from_uid: number | null
  server_total: number
  total: number
  unread: number
}

const folder = (row: FolderRow): Folder => ({
  id: row.id,
  accountId: row.account_id,
  path: row.path,
  name: row.name,
  parentPath: row.parent_path,
  role: row.role,
  mailbox: row.mailbox,
  total: row.total,
  unread: row.unread,
})

const syncFolder = (row: FolderRow): SyncFolder => ({
  id: row.id,
  accountId: row.account_id,
  path: row.path,
  role: row.role,
  mailbox: row.mailbox,
  selectable: row.selectable === 1,
  uidvalidity: row.uidvalidity,
  uidnext: row.uidnext,
  highestmodseq: row.highestmodseq,
  syncedFromUid: row.synced_from_uid,
  serverTotal: row.server_total,
  total: row.total,
})

/** Writes the state of a folder; call it in the transaction of the changes it covers (models.md §9.2.2). */
export const saveFolderState = (db: SqlDatabase, id: number, state: FolderState): void => {
  db.prepare(
    `UPDATE folders SET uidvalidity = $uidvalidity, uidnext = $uidnext, highestmodseq = $highestmodseq,
       synced_from_uid = $syncedFromUid, server_total = $serverTotal WHERE id = $id`,
  ).run({
    id,
    uidvalidity: state.uidvalidity,
    uidnext: state.uidnext,
    highestmodseq: state.highestmodseq,
    syncedFromUid: state.syncedFromUid,
    serverTotal: state.serverTotal,
  })
}

export const folderOperations = {
  /** Every folder a window may show. */
  'folders.list': operation((db): Folder[] =>
    db
      .prepare('SELECT * FROM folders WHERE selectable = 1 ORDER BY account_id, path')
      .all<FolderRow>()
      .map(folder),
  ),
  /** Those of these folders that a window may show. */
  'folders.byIds': operation((db, params: { ids: number[] }): Folder[] =>
    db
      .prepare(
        'SELECT * FROM folders WHERE selectable = 1 AND id IN (SELECT value FROM json_each($ids)) ORDER BY id',
      )
      .all<FolderRow>({ ids: JSON.stringify(params.ids) })
      .map(folder),
  ),
  /** The selectable folders of an account as synchronisation needs them. */
  'folders.forSync': operation((db, params: { accountId: number }): SyncFolder[] =>
    db
      .prepare('SELECT * FROM folders WHERE account_id = ? AND selectable = 1 ORDER BY id')
      .all<FolderRow>([params.accountId])
      .map(syncFolder),
  ),
  /** Makes the folders of an account those the server lists; folders that are gone leave with their messages. */
  'folders.reconcile': operation(
    (
      db,
      params: { accountId: number; folders: ServerFolder[] },
    ): { changed: number[]; removedFolders: number[]; removal: Removal } => {
      const known = db
        .prepare('SELECT * FROM folders WHERE account_id = ?')
        .all<FolderRow>([params.accountId])
      const byPath = new Map(known.map((row) => [row.path, row]))
      const changed: number[] = []
      // Still listed, but only as a node of the tree: windows forget them.
      const hidden: number[] = []
      for (const server of params.folders) {
        const row = byPath.get(server.path)
        byPath.delete(server.path)
        const values = {
          name: server.name,
          parentPath: server.parentPath,
          role: server.role,
          mailbox: server.mailbox,
          shared: server.mailbox === null ? 0 : 1,
          selectable: server.selectable ? 1 : 0,
        }
        if (!row) {
          const { lastInsertRowid } = db
            .prepare(
              `INSERT INTO folders (account_id, path, name, parent_path, role, mailbox, shared, selectable)
               VALUES ($accountId, $path, $name, $parentPath, $role, $mailbox, $shared, $selectable)`,
            )
            .run({ ...values, accountId: params.accountId, path: server.path })
          changed.push(lastInsertRowid)
        } else if (
          row.role !== values.role ||
          row.selectable !== values.selectable ||
          row.mailbox !== values.mailbox
        ) {
          db.prepare(
            `UPDATE folders SET name = $name, parent_path = $parentPath, role = $role, mailbox = $mailbox, shared = $shared,
               selectable = $selectable WHERE id = $id`,
          ).run({ ...values, id: row.id })
          ;(values.selectable === 1 ? changed : hidden).push(row.id)
        }
      }
      const removal: Removal = { ids: [], files: [] }
      for (const gone of byPath.values()) {
        const ids = db.prepare('SELECT id FROM messages WHERE folder_id = ?').all<{ id: number }>([gone.id])
        const removed = removeMessages(
          db,
          ids.map((row) => row.id),
        )
        removal.ids.push(...removed.ids)
        removal.files.push(...removed.files)
        db.prepare('DELETE FROM folders WHERE id = ?').run([gone.id])
      }
      return { changed, removedFolders: [...hidden, ...[...byPath.values()].map((row) => row.id)], removal }
    },
  ),
  'folders.saveState': operation((db, params: { id: number; state: FolderState }): void => {
    saveFolderState(db, params.id, params.state)
  }),
  /**
   * UIDVALIDITY changed: UIDs mean nothing any more. Messages stay (bodies too) without UID until headers with the same
   * identity are seen again; what is left after that is removed by `messages.dropOrphans`.
   */
  'folders.invalidate': operation((db, params: { id: number; uidvalidity: string }): void => {
    db.prepare('UPDATE messages SET uid = NULL WHERE folder_id = ?').run([params.id])
    saveFolderState(db, params.id, {
      uidvalidity: params.uidvalidity,
      uidnext: null,
      highestmodseq: null,
      syncedFromUid: null,
      serverTotal: 0,
    })
  }),
}
