import type { Folder, MailDelta, MessageRow } from '../contract/index.ts'
import type { Removal, Vault } from '../vault/index.ts'
import { must } from './net/failure.ts'

/** What a step changed in the store; the rest of the row is read again before windows hear of it. */
export interface Changes {
  ids?: readonly number[]
  folderIds?: readonly number[]
  removal?: Removal
  removedFolders?: readonly number[]
}

/** Tells windows of changes with complete rows and folders, and removes part files nothing refers to any more. */
export type Announce = (changes: Changes) => Promise<void>

/** Deltas are cut so that no contract message grows without bound. */
const rowsPerDelta = 500

export const createAnnounce =
  (vault: Vault, emit: (delta: MailDelta) => void): Announce =>
  async ({ ids = [], folderIds = [], removal, removedFolders = [] }) => {
    if (removal && removal.files.length > 0) must(await vault.parts.remove(removal.files))
    const rowsOf = async (slice: readonly number[]): Promise<MessageRow[]> =>
      slice.length === 0 ? [] : must(await vault.run('messages.rows', { ids: [...slice] }))
    // Asked together: were rows asked after folders, what another step tells in between would be undone by these older folders.
    const [folders, first] = await Promise.all([
      foldersOf(vault, folderIds),
      rowsOf(ids.slice(0, rowsPerDelta)),
    ])
    const removed = [...(removal?.ids ?? [])]
    for (let start = 0; start === 0 || start < ids.length; start += rowsPerDelta) {
      const slice = ids.slice(start, start + rowsPerDelta)
      const upserted = start === 0 ? first : await rowsOf(slice)
      const present = new Set(upserted.map((row) => row.id))
      const delta: MailDelta = {
        folders: start === 0 ? folders : [],
        removedFolders: start === 0 ? [...removedFolders] : [],
        upserted,
        removed: [...(start === 0 ? removed : []), ...slice.filter((id) => !present.has(id))],
      }
      if (Object.values(delta).some((list) => list.length > 0)) emit(delta)
    }
  }

const foldersOf = async (vault: Vault, ids: readonly number[]): Promise<Folder[]> =>
  ids.length === 0 ? [] : must(await vault.run('folders.byIds', { ids: [...new Set(ids)] }))

/** Serialises work per key: two connections never synchronise the same folder at once. */
export const createTurns = () => {
  const last = new Map<number, Promise<unknown>>()
  return async <T>(key: number, work: () => Promise<T>): Promise<T> => {
    const turn = (last.get(key) ?? Promise.resolve()).then(work, work)
    last.set(key, turn)
    return await turn
  }
}
