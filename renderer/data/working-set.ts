import Dexie, { type Table } from 'dexie'
import type { Folder, MailDelta, MessageRow } from '../../app/contract/index.ts'

/**
 * The window's working set. The partition is in memory, so IndexedDB never reaches the disk (architecture §3); locking
 * deletes it all the same.
 */
interface WorkingSet {
  rows: Table<MessageRow, number>
  folders: Table<Folder, number>
}

const database = new Dexie('working-set') as Dexie & WorkingSet
database.version(1).stores({
  rows: 'id, [folderId+id], threadId',
  folders: 'id, accountId',
})

export const workingSet: WorkingSet = database

/** Applies what the core says changed, in one transaction: live queries fire once. */
export const applyDelta = (delta: MailDelta): Promise<void> =>
  database.transaction('rw', database.rows, database.folders, async () => {
    if (delta.removed.length > 0) await database.rows.bulkDelete(delta.removed)
    if (delta.upserted.length > 0) await database.rows.bulkPut(delta.upserted)
    if (delta.removedFolders.length > 0) {
      await database.folders.bulkDelete(delta.removedFolders)
      await database.rows.where('folderId').anyOf(delta.removedFolders).delete()
    }
    if (delta.folders.length > 0) await database.folders.bulkPut(delta.folders)
  })

/** Empties every table; called on lock, before the lock screen paints. */
export const wipeWorkingSet = (): Promise<void> =>
  database.transaction('rw', database.rows, database.folders, async () => {
    await Promise.all([database.rows.clear(), database.folders.clear()])
  })
