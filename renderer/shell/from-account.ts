import type { Account, Folder, MessageRow } from '../../app/contract/index.ts'

/**
 * The mailbox that is proposed where nothing else says from which one writes: the personal one, else one of MSSanté, an ordinary one
 * last.
 */
export const usualAccount = (accounts: readonly Account[]): Account | undefined =>
  accounts.find(({ kind }) => kind === 'personal') ??
  accounts.find(({ kind }) => kind !== 'generic') ??
  accounts[0]

/**
 * The mailbox a message is written from. An answer leaves from where the message came to, whatever list or search it was found in: from
 * the shared mailbox of its folder where that has an account here, else from its account. Null leaves it to the core, which knows where
 * a message is that no list shows.
 */
export const fromAccount = (here: {
  accounts: readonly Account[]
  folders: readonly Folder[]
  /** That is shown. */
  folder: Pick<Folder, 'accountId' | 'mailbox'> | undefined
  /** What is answered, and its row where a list shows it. */
  sourceId: number | null
  source: Pick<MessageRow, 'accountId' | 'folderId'> | undefined
}): number | null => {
  const { accounts, folders, sourceId, source } = here
  const place = sourceId === null ? here.folder : folders.find(({ id }) => id === source?.folderId)
  const shared = accounts.find(({ address }) => address === place?.mailbox?.toLowerCase())
  if (shared) return shared.id
  return sourceId === null
    ? (place?.accountId ?? usualAccount(accounts)?.id ?? null)
    : (source?.accountId ?? null)
}
