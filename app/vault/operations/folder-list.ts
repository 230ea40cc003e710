import type { FolderRole } from '../../contract/index.ts'
import type { SqlDatabase } from '../database.ts'
import { operation } from '../operation.ts'
import {
  syncFolder,
  type FolderRow,
  type RenameCandidate,
  type ServerFolder,
  type SyncFolder,
} from './folders.ts'
import { releaseFolder } from './queue.ts'
import { takeAllAway, type Vanishing } from './vanished.ts'

/** What reconciling the folder list gave; with `candidates` nothing was changed and the question is asked again. */
export interface Reconciled extends Vanishing {
  candidates: RenameCandidate[]
  removedFolders: number[]
  /** The selectable folders, as synchronisation needs them. */
  folders: SyncFolder[]
  /** Actions, sent mail or bodies wait for a connection. */
  waiting: boolean
}

/** Messages looked at to be sure that a folder is one of ours under another name. */
const sampleCount = 5

const known = (db: SqlDatabase, accountId: number): FolderRow[] =>
  db.prepare('SELECT * FROM folders WHERE account_id = ?').all<FolderRow>([accountId])

/** The user's choice of a folder for a role wins over what the server says; a choice that is gone counts for nothing. */
const asChosen = (db: SqlDatabase, accountId: number, folders: ServerFolder[]): ServerFolder[] => {
  const listed = new Set(folders.map(({ path }) => path))
  const choices = db
    .prepare('SELECT role, path FROM folder_choices WHERE account_id = ?')
    .all<{ role: FolderRole; path: string }>([accountId])
    .filter(({ path }) => listed.has(path))
  if (choices.length === 0) return folders
  const roleOf = new Map(choices.map(({ role, path }) => [path, role]))
  const taken = new Set(choices.map(({ role }) => role))
  return folders.map((one) => {
    if (one.mailbox !== null) return one
    const role = roleOf.get(one.path)
    if (role !== undefined) return { ...one, role }
    return taken.has(one.role) ? { ...one, role: 'none' } : one
  })
}

/** Folders with messages that are no longer listed, each with the new ones that may be it. */
const renameCandidates = (
  db: SqlDatabase,
  rows: readonly FolderRow[],
  folders: readonly ServerFolder[],
): RenameCandidate[] => {
  const listed = new Set(folders.map(({ path }) => path))
  const had = new Set(rows.flatMap((row) => (row.gone_at === null ? [row.path] : [])))
  const fresh = folders.filter(({ path, selectable }) => selectable && !had.has(path))
  return rows
    .filter((row) => row.gone_at === null && !listed.has(row.path) && row.uidvalidity !== null)
    .flatMap((row) => {
      const possible = fresh.filter(
        ({ status }) =>
          status !== null &&
          (row.mailbox_id === null || status.mailboxId === null || row.mailbox_id === status.mailboxId) &&
          status.uidvalidity === row.uidvalidity &&
          status.uidnext >= (row.uidnext ?? 0),
      )
      if (possible.length === 0) return []
      const samples = db
        .prepare(
          'SELECT uid, identity FROM messages WHERE folder_id = ? AND uid IS NOT NULL ORDER BY uid DESC LIMIT ?',
        )
        .all<{ uid: number; identity: Uint8Array }>([row.id, sampleCount])
        .map((sample) => ({ ...sample }))
      if (samples.length === 0) return []
      return possible.map(({ path }) => ({ id: row.id, path, samples }))
    })
}

/** Anything for the background connection to do now. */
const somethingWaits = (db: SqlDatabase, accountId: number, now: number): boolean =>
  db
    .prepare(
      `SELECT 1 AS yes WHERE
         EXISTS (SELECT 1 FROM operations WHERE account_id = $accountId AND state IN ('pending','sent')
           AND coalesce(next_attempt_at, 0) <= $now)
         OR EXISTS (SELECT 1 FROM outbox WHERE account_id = $accountId AND state IN ('accepted','unknown')
           AND coalesce(next_attempt_at, 0) <= $now)
         OR EXISTS (SELECT 1 FROM messages INDEXED BY messages_without_body
           WHERE account_id = $accountId AND body_state = 0 AND uid IS NOT NULL)`,
    )
    .get<{ yes: number }>({ accountId, now }) !== undefined

const store = (
  db: SqlDatabase,
  accountId: number,
  row: FolderRow | undefined,
  server: ServerFolder,
): { id: number; change: 'same' | 'shown' | 'hidden' } => {
  const values = {
    name: server.name,
    parentPath: server.parentPath,
    role: server.role,
    mailbox: server.mailbox,
    shared: server.mailbox === null ? 0 : 1,
    selectable: server.selectable ? 1 : 0,
    subscribed: server.subscribed ? 1 : 0,
    mailboxId: server.status?.mailboxId ?? row?.mailbox_id ?? null,
  }
  if (!row) {
    const { lastInsertRowid } = db
      .prepare(
        `INSERT INTO folders (account_id, path, name, parent_path, role, mailbox, shared, selectable, subscribed,
           mailbox_id)
         VALUES ($accountId, $path, $name, $parentPath, $role, $mailbox, $shared, $selectable, $subscribed,
           $mailboxId)`,
      )
      .run({ ...values, accountId, path: server.path })
    return { id: lastInsertRowid, change: 'shown' }
  }
  if (
    row.gone_at === null &&
    row.name === values.name &&
    row.parent_path === values.parentPath &&
    row.role === values.role &&
    row.selectable === values.selectable &&
    row.mailbox === values.mailbox &&
    row.subscribed === values.subscribed &&
    row.mailbox_id === values.mailboxId
  )
    return { id: row.id, change: 'same' }
  db.prepare(
    `UPDATE folders SET name = $name, parent_path = $parentPath, role = $role, mailbox = $mailbox, shared = $shared,
       selectable = $selectable, subscribed = $subscribed, mailbox_id = $mailboxId, gone_at = NULL WHERE id = $id`,
  ).run({ ...values, id: row.id })
  return { id: row.id, change: values.selectable === 1 ? 'shown' : 'hidden' }
}

/** A folder that is no longer listed: its messages may turn up elsewhere, its numbers mean nothing any more. */
const hide = (db: SqlDatabase, id: number, now: number): Vanishing => {
  const released = releaseFolder(db, id, now)
  const vanishing = takeAllAway(db, id, now)
  db.prepare(
    `UPDATE folders SET gone_at = $now, selectable = 0, role = 'none', uidvalidity = NULL, uidnext = NULL,
       highestmodseq = NULL, synced_from_uid = NULL, server_total = 0, settled_status = NULL WHERE id = $id`,
  ).run({ id, now })
  return {
    ...vanishing,
    ids: [...released.ids, ...vanishing.ids],
    folderIds: [...released.folderIds, ...vanishing.folderIds],
  }
}

const rename = (db: SqlDatabase, id: number, path: string): void => {
  // The name is free for the server; a row of ours there is of a folder that is gone.
  db.prepare(
    `UPDATE folders SET path = path || '/gone-' || id WHERE path = $path AND gone_at IS NOT NULL
       AND account_id = (SELECT account_id FROM folders WHERE id = $id)`,
  ).run({ id, path })
  db.prepare('UPDATE folders SET path = $path WHERE id = $id').run({ id, path })
}

export const folderListOperations = {
  /**
   * Makes the folders of an account those the server lists. Folders that are gone leave with their messages, which wait
   * for a while to be seen elsewhere; a folder under a new name keeps its row. `renamed` is null in the first question:
   * when the answer has candidates, nothing was changed, and the question is asked again with the proven ones.
   */
  'folders.reconcile': operation(
    (
      db,
      params: { accountId: number; folders: ServerFolder[]; renamed: { id: number; path: string }[] | null },
      context,
    ): Reconciled => {
      const { accountId } = params
      const result: Reconciled = {
        candidates: [],
        removedFolders: [],
        folders: [],
        waiting: false,
        ids: [],
        folderIds: [],
        removal: { ids: [], files: [] },
      }
      const folders = asChosen(db, accountId, params.folders)
      if (params.renamed === null) {
        result.candidates = renameCandidates(db, known(db, accountId), folders)
        if (result.candidates.length > 0) return result
      }
      for (const { id, path } of params.renamed ?? []) rename(db, id, path)
      const rows = known(db, accountId)
      const byPath = new Map(rows.map((row) => [row.path, row]))
      for (const server of folders) {
        const { id, change } = store(db, accountId, byPath.get(server.path), server)
        byPath.delete(server.path)
        if (change === 'hidden') result.removedFolders.push(id)
        if (change === 'shown') result.folderIds.push(id)
      }
      for (const gone of byPath.values()) {
        if (gone.gone_at !== null) continue
        const vanishing = hide(db, gone.id, context.now())
        result.removedFolders.push(gone.id)
        result.ids.push(...vanishing.ids)
        result.folderIds.push(...vanishing.folderIds.filter((id) => id !== gone.id))
        result.removal.ids.push(...vanishing.removal.ids)
        result.removal.files.push(...vanishing.removal.files)
      }
      result.folders = db
        .prepare('SELECT * FROM folders WHERE account_id = ? AND selectable = 1 ORDER BY id')
        .all<FolderRow>([accountId])
        .map(syncFolder)
      result.waiting = somethingWaits(db, accountId, context.now())
      return result
    },
  ),
  /** The server has renamed a folder; those below it follow. Returns the folders whose path changed. */
  'folders.renamed': operation((db, params: { id: number; path: string; delimiter: string }): number[] => {
    const row = db.prepare('SELECT * FROM folders WHERE id = ?').get<FolderRow>([params.id])
    if (!row) return []
    const below = `${row.path}${params.delimiter}`
    const moved = known(db, row.account_id).filter(({ path }) => path === row.path || path.startsWith(below))
    for (const one of moved) rename(db, one.id, `${params.path}${one.path.slice(row.path.length)}`)
    return moved.map(({ id }) => id)
  }),
  /** Rights of folders as MYRIGHTS gave them; returns the folders where they changed. */
  'folders.setRights': operation((db, params: { rights: { id: number; rights: string }[] }): number[] =>
    params.rights.flatMap(({ id, rights }) =>
      db
        .prepare('UPDATE folders SET rights = $rights WHERE id = $id AND rights IS NOT $rights')
        .run({ id, rights }).changes > 0
        ? [id]
        : [],
    ),
  ),
  /**
   * The user's folder for a role, at once and for every folder list to come; null gives the choice back to the server,
   * which the next list applies. Returns the folders whose role changed.
   */
  'folders.choose': operation(
    (db, params: { accountId: number; role: FolderRole; folderId: number | null }): number[] => {
      const { accountId, role, folderId } = params
      db.prepare('DELETE FROM folder_choices WHERE account_id = $accountId AND role = $role').run({
        accountId,
        role,
      })
      if (folderId === null) return []
      const path = db
        .prepare(
          'SELECT path FROM folders WHERE id = $folderId AND account_id = $accountId AND mailbox IS NULL',
        )
        .get<{ path: string }>({ accountId, folderId })?.path
      if (path === undefined) return []
      // One folder, one role.
      db.prepare('DELETE FROM folder_choices WHERE account_id = $accountId AND path = $path').run({
        accountId,
        path,
      })
      db.prepare('INSERT INTO folder_choices (account_id, role, path) VALUES ($accountId, $role, $path)').run(
        {
          accountId,
          role,
          path,
        },
      )
      const former = db
        .prepare(
          `SELECT id FROM folders WHERE account_id = $accountId AND role = $role AND mailbox IS NULL AND id <> $folderId`,
        )
        .all<{ id: number }>({ accountId, role, folderId })
        .map(({ id }) => id)
      for (const id of former) db.prepare("UPDATE folders SET role = 'none' WHERE id = ?").run([id])
      db.prepare('UPDATE folders SET role = $role WHERE id = $folderId').run({ role, folderId })
      return [...former, folderId]
    },
  ),
}
