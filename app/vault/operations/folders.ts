import type { Folder, FolderRole } from '../../contract/index.ts'
import type { SqlDatabase } from '../database.ts'
import { operation } from '../operation.ts'
import { folderRights } from './folder-rights.ts'

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
  /** The server's status when all of it was here. */
  settledStatus: string | null
  /** Letters of RFC 4314, null when the server has told none. */
  rights: string | null
}

export interface ServerFolder {
  path: string
  name: string
  parentPath: string | null
  role: FolderRole
  mailbox: string | null
  selectable: boolean
  subscribed: boolean
  status: ServerStatus | null
}

/** What STATUS says of a folder (RFC 3501, RFC 7162, RFC 8474). */
export interface ServerStatus {
  uidvalidity: string
  uidnext: number
  messages: number
  unseen: number
  /** Null when the server counts no changes in it. */
  highestmodseq: string | null
  mailboxId: string | null
}

/** A listed folder that may be one of ours under a new name; `samples` prove it. */
export interface RenameCandidate {
  id: number
  path: string
  samples: { uid: number; identity: Uint8Array }[]
}

export interface FolderRow {
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
  settled_status: string | null
  subscribed: number
  rights: string | null
  mailbox_id: string | null
  gone_at: number | null
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
  subscribed: row.subscribed === 1,
  rights: folderRights(row.rights),
})

export const syncFolder = (row: FolderRow): SyncFolder => ({
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
  settledStatus: row.settled_status,
  rights: row.rights,
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
  /** One folder as a pass over it needs it, with the ids that wait there for a UID no local action explains. */
  'folders.forPass': operation(
    (db, params: { id: number }): { folder: SyncFolder; orphans: number[] } | null => {
      const row = db
        .prepare('SELECT * FROM folders WHERE id = ? AND selectable = 1')
        .get<FolderRow>([params.id])
      if (!row) return null
      const orphans = db
        .prepare(
          'SELECT id FROM messages WHERE folder_id = ? AND uid IS NULL AND pending = 0 AND vanished_at IS NULL',
        )
        .all<{ id: number }>([params.id])
      return { folder: syncFolder(row), orphans: orphans.map(({ id }) => id) }
    },
  ),
  /** All of the folder is here, as of this status. */
  'folders.settle': operation((db, params: { id: number; status: string }): void => {
    db.prepare('UPDATE folders SET settled_status = $status WHERE id = $id').run(params)
  }),
  'folders.saveState': operation((db, params: { id: number; state: FolderState }): void => {
    saveFolderState(db, params.id, params.state)
  }),
  /**
   * UIDVALIDITY changed: UIDs mean nothing any more. Messages stay (bodies too) without UID until headers with the same
   * identity are seen again; what is left after that is removed by `messages.dropOrphans`.
   */
  'folders.invalidate': operation((db, params: { id: number; uidvalidity: string }): void => {
    db.prepare('UPDATE messages SET uid = NULL WHERE folder_id = ?').run([params.id])
    db.prepare('UPDATE folders SET settled_status = NULL WHERE id = ?').run([params.id])
    saveFolderState(db, params.id, {
      uidvalidity: params.uidvalidity,
      uidnext: null,
      highestmodseq: null,
      syncedFromUid: null,
      serverTotal: 0,
    })
  }),
}
