import type { ImapFlow, ListResponse, NamespaceObject } from 'imapflow'
import type { FolderRole } from '../../contract/index.ts'
import type { ServerFolder } from '../../vault/index.ts'

const roles: Record<string, FolderRole> = {
  '\\Inbox': 'inbox',
  '\\Drafts': 'drafts',
  '\\Sent': 'sent',
  '\\Archive': 'archive',
  '\\Junk': 'junk',
  '\\Trash': 'trash',
}

/**
 * What folders of a shared mailbox are called when the server does not tell their use: imapflow guesses names for one's
 * own folders only, once per role.
 */
const sharedNames: Record<string, FolderRole> = {
  inbox: 'inbox',
  réception: 'inbox',
  brouillons: 'drafts',
  drafts: 'drafts',
  envoyés: 'sent',
  'éléments envoyés': 'sent',
  'messages envoyés': 'sent',
  sent: 'sent',
  'sent items': 'sent',
  'sent messages': 'sent',
  archive: 'archive',
  archives: 'archive',
  indésirables: 'junk',
  'courrier indésirable': 'junk',
  junk: 'junk',
  spam: 'junk',
  corbeille: 'trash',
  'éléments supprimés': 'trash',
  trash: 'trash',
  'deleted items': 'trash',
  'deleted messages': 'trash',
}

/** What of imapflow's listing is read here. */
export type ListedFolder = Pick<ListResponse, 'path' | 'name' | 'parentPath' | 'flags'> & {
  specialUse?: string | undefined
}
type Space = Pick<NamespaceObject, 'prefix' | 'delimiter'>

/**
 * The folders the server lists, other users' shared ones included. Roles come from SPECIAL-USE (RFC 6154), then from
 * localised names (imapflow's table, which holds the French ones).
 */
export const listFolders = async (client: ImapFlow): Promise<ServerFolder[]> => {
  const list = await client.list()
  const foreign = [client.namespaces?.other, client.namespaces?.shared].flatMap((group) => group || [])
  return list.map((entry) => serverFolder(entry, foreign))
}

/**
 * Modified UTF-7 (RFC 3501 §5.1.3) to text: imapflow decodes paths, but leaves namespace prefixes as the server sent them.
 * What is not that encoding stays as it is (a server in UTF-8 mode).
 */
const decodeMailboxName = (sent: string): string =>
  sent.replace(/&([A-Za-z0-9+,]*)-/g, (_whole, coded: string) => {
    if (coded === '') return '&'
    const bytes = Buffer.from(coded.replaceAll(',', '/'), 'base64')
    return bytes
      .subarray(0, bytes.length & ~1)
      .swap16()
      .toString('utf16le')
  })

/**
 * One listed folder. Below the prefix of a foreign namespace (RFC 2342) the first segment names the shared mailbox, whose
 * root is its inbox; the prefix itself is no folder.
 */
export const serverFolder = (entry: ListedFolder, foreign: readonly Space[]): ServerFolder => {
  const listed = {
    path: entry.path,
    name: entry.name,
    parentPath: entry.parentPath === '' ? null : entry.parentPath,
  }
  const selectable = !entry.flags.has('\\Noselect') && !entry.flags.has('\\NonExistent')
  for (const { prefix: sent, delimiter } of foreign) {
    const prefix = decodeMailboxName(sent)
    if (prefix === '') continue
    if (`${entry.path}${delimiter}` === prefix)
      return { ...listed, role: 'none', mailbox: null, selectable: false }
    if (!entry.path.startsWith(prefix)) continue
    const [mailbox = '', ...inside] = entry.path.slice(prefix.length).split(delimiter || '/')
    const named = sharedNames[entry.name.normalize('NFC').toLocaleLowerCase('fr-FR')]
    const role =
      inside.length === 0
        ? 'inbox'
        : (roles[entry.specialUse ?? ''] ?? (inside.length === 1 ? named : undefined))
    return { ...listed, role: role ?? 'none', mailbox, selectable }
  }
  const role = entry.path.toUpperCase() === 'INBOX' ? 'inbox' : (roles[entry.specialUse ?? ''] ?? 'none')
  return { ...listed, role, mailbox: null, selectable }
}

const priority: FolderRole[] = ['inbox', 'sent', 'drafts', 'none', 'archive', 'trash', 'junk']

/** The order in which folders are synchronised: one's own before shared ones. */
export const byPriority = (
  a: { role: FolderRole; mailbox: string | null; id: number },
  b: { role: FolderRole; mailbox: string | null; id: number },
): number =>
  Number(a.mailbox !== null) - Number(b.mailbox !== null) ||
  priority.indexOf(a.role) - priority.indexOf(b.role) ||
  a.id - b.id
