import type { Account, AccountKind, Folder } from '../../app/contract/index.ts'
import { sortFolders } from './folder-names.tsx'

/** One heading of the sidebar: an account's own folders, or those of a mailbox shared with it. */
export interface Mailbox {
  key: string
  /** Address (or the name the server gives a shared mailbox). */
  address: string
  displayName: string | null
  kind: AccountKind
  /** Room on the server; null when unknown, or another's. */
  quota: Account['quota']
  folders: readonly Folder[]
}

/**
 * Not subscribed, and told so. A folder with a role is never: nobody subscribes the inbox of a mailbox shared with them,
 * and it is not less theirs to read.
 */
export const isSetAside = (folder: Pick<Folder, 'role' | 'subscribed'>): boolean =>
  folder.role === 'none' && !folder.subscribed

/**
 * Personal mailboxes first, then the organisational ones (accounts of their own, then those shared with an account), those of
 * software, and the ordinary ones last.
 */
export const mailboxesOf = (accounts: readonly Account[], folders: readonly Folder[]): Mailbox[] => {
  const own = accounts.map((account): Mailbox => ({
    key: String(account.id),
    address: account.address,
    displayName: account.displayName,
    kind: account.kind,
    quota: account.quota,
    folders: sortFolders(folders.filter((one) => one.accountId === account.id && one.mailbox === null)),
  }))
  const shared = accounts.flatMap((account) => {
    const others = folders.filter((one) => one.accountId === account.id && one.mailbox !== null)
    return [...Map.groupBy(others, (one) => one.mailbox ?? '')]
      .toSorted(([a], [b]) => a.localeCompare(b, 'fr'))
      .map(([address, inside]): Mailbox => ({
        key: `${String(account.id)} ${address}`,
        address,
        displayName: null,
        kind: 'organisational',
        quota: null,
        folders: sortFolders(inside),
      }))
  })
  return [
    ...own.filter((mailbox) => mailbox.kind === 'personal'),
    ...own.filter((mailbox) => mailbox.kind === 'organisational'),
    ...shared,
    ...own.filter((mailbox) => mailbox.kind === 'applicative'),
    ...own.filter((mailbox) => mailbox.kind === 'generic'),
  ]
}
