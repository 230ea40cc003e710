import type { ImapFlow } from 'imapflow'
import type { SyncFolder, Vault } from '../../vault/index.ts'
import type { Announce } from '../changes.ts'
import { readQuota, readRights } from '../imap/folders.ts'
import { must } from '../net/failure.ts'

export interface ChoresDependencies {
  vault: Vault
  accountId: number
  announce: Announce
  /** The account's room on the server changed. */
  onQuota: () => void
}

/** What the user may do in shared folders, and the room left: asked after the mail, never before it. */
export const doChores = async (
  { vault, accountId, announce, onQuota }: ChoresDependencies,
  client: ImapFlow,
  folders: readonly SyncFolder[],
): Promise<void> => {
  const rights = await readRights(
    client,
    folders.filter(({ mailbox }) => mailbox !== null),
  )
  const changed = must(await vault.run('folders.setRights', { rights }))
  if (changed.length > 0) await announce({ folderIds: changed })
  const quota = await readQuota(client)
  if (must(await vault.run('accounts.setQuota', { id: accountId, quota }))) onQuota()
}
