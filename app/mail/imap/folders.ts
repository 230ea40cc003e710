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
 * The folders the server lists, other users' shared ones included. Roles come from SPECIAL-USE (RFC 6154), then from
 * localised names (imapflow's table, which holds the French ones).
 */
export const listFolders = async (client: ImapFlow): Promise<ServerFolder[]> => {
  const list = await client.list()
  const foreign = [client.namespaces?.other, client.namespaces?.shared].flatMap((group) => group || [])
  return list.map((entry) => serverFolder(entry, foreign))
}

const serverFolder = (entry: ListResponse, foreign: readonly NamespaceObject[]): ServerFolder => {
  const shared = foreign.some((space) => space.prefix !== '' && entry.path.startsWith(space.prefix))
  const isInbox = entry.path.toUpperCase() === 'INBOX'
  return {
    path: entry.path,
    name: entry.name,
    parentPath: entry.parentPath === '' ? null : entry.parentPath,
    role: isInbox ? 'inbox' : shared ? 'none' : (roles[entry.specialUse ?? ''] ?? 'none'),
    shared,
    selectable: !entry.flags.has('\\Noselect') && !entry.flags.has('\\NonExistent'),
  }
}

const priority: FolderRole[] = ['inbox', 'sent', 'drafts', 'none', 'archive', 'trash', 'junk']

/** The order in which folders are synchronised. */
export const byPriority = (
  a: { role: FolderRole; id: number },
  b: { role: FolderRole; id: number },
): number => priority.indexOf(a.role) - priority.indexOf(b.role) || a.id - b.id
