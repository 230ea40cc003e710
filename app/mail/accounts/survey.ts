import type { ImapFlow, MailboxObject } from 'imapflow'
import { folderRights, type ServerStatus, type SyncFolder, type Vault } from '../../vault/index.ts'
import type { Announce } from '../changes.ts'
import { byPriority, listFolders, proveRenames, withMailboxIds } from '../imap/folders.ts'
import { must } from '../net/failure.ts'

/** A folder that may have changed since all of it was here. */
export interface DueFolder {
  id: number
  /** Status to settle it with when a pass finds everything here; null when only a hint asked for the pass. */
  status: string | null
}

export interface Survey {
  folders: SyncFolder[]
  due: DueFolder[]
  /** Actions, sent mail or bodies wait for a connection. */
  waiting: boolean
  /** The status a folder had; null when the server told none. */
  statusOf: (path: string) => ServerStatus | null
}

/** A folder just selected is as its status said. */
export const isAs = (mailbox: MailboxObject, status: ServerStatus | null): boolean =>
  status !== null &&
  mailbox.exists === status.messages &&
  mailbox.uidNext === status.uidnext &&
  (status.highestmodseq === null || mailbox.highestModseq?.toString() === status.highestmodseq)

/** What STATUS says, in one comparable line. */
const lineOf = (status: ServerStatus): string =>
  [status.uidvalidity, status.uidnext, status.highestmodseq ?? '-', status.messages, status.unseen].join('/')

/**
 * Looks at every folder of an account by its status alone, makes the stored list the server's (new, renamed, gone), and
 * says which ones a pass must visit, the most wanted first. Where the server counts no changes, flags may differ with every
 * number the same: `thorough` visits those folders too.
 */
export const surveyFolders = async (
  deps: { vault: Vault; accountId: number; announce: Announce },
  client: ImapFlow,
  thorough: boolean,
): Promise<Survey> => {
  const { vault, accountId } = deps
  // STATUS of the selected folder may be of this connection's former view.
  if (client.mailbox) await client.noop()
  let listed = await listFolders(client)
  let found = must(await vault.run('folders.reconcile', { accountId, folders: listed, renamed: null }))
  if (found.candidates.length > 0) {
    listed = await withMailboxIds(client, listed)
    const renamed = await proveRenames(client, found.candidates)
    found = must(await vault.run('folders.reconcile', { accountId, folders: listed, renamed }))
  }
  await deps.announce(found)
  const statuses = new Map(listed.map(({ path, status }) => [path, status]))
  const statusOf = (path: string): ServerStatus | null => statuses.get(path) ?? null
  const due = found.folders.toSorted(byPriority).flatMap((folder): DueFolder[] => {
    if (!folderRights(folder.rights).read) return []
    const status = statusOf(folder.path)
    if (!status) return [{ id: folder.id, status: null }]
    const line = lineOf(status)
    const counted = status.highestmodseq !== null || !thorough
    return counted && line === folder.settledStatus ? [] : [{ id: folder.id, status: line }]
  })
  return { folders: found.folders, due, waiting: found.waiting, statusOf }
}
