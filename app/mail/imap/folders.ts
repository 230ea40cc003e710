import type { ImapFlow, ListResponse, NamespaceObject } from 'imapflow'
import type { FolderRole } from '../../contract/index.ts'
import type { RenameCandidate, ServerFolder, ServerStatus } from '../../vault/index.ts'
import { errorCode } from '../net/peer.ts'
import { lockFolder } from './connection.ts'
import { ask, textOf } from './commands.ts'
import { headerQuery, identityOf } from './headers.ts'
import { packUids } from './sync.ts'

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
  subscribed?: boolean | undefined
  status?: ListResponse['status']
}
type Space = Pick<NamespaceObject, 'prefix' | 'delimiter'>

const statusQuery = {
  messages: true,
  uidNext: true,
  uidValidity: true,
  unseen: true,
  highestModseq: true,
} as const

/**
 * The folders the server lists, other users' shared ones included, each with its STATUS: in one round trip where
 * LIST-STATUS (RFC 5819) is offered, one STATUS each elsewhere. Roles come from SPECIAL-USE (RFC 6154), then from
 * localised names (imapflow's table, which holds the French ones).
 */
export const listFolders = async (client: ImapFlow): Promise<ServerFolder[]> => {
  const list = await client.list({ statusQuery })
  const foreign = [client.namespaces?.other, client.namespaces?.shared].flatMap((group) => group || [])
  return list.map((entry) => serverFolder(entry, foreign))
}

const serverStatus = (entry: ListedFolder): ServerStatus | null => {
  const { uidValidity, uidNext, messages, unseen, highestModseq } = entry.status ?? {}
  if (uidValidity === undefined || uidNext === undefined || messages === undefined) return null
  return {
    uidvalidity: uidValidity.toString(),
    uidnext: uidNext,
    messages,
    unseen: unseen ?? 0,
    // 0: the server counts no changes in this folder (RFC 7162 §3.1.2.2).
    highestmodseq: highestModseq ? highestModseq.toString() : null,
    mailboxId: null,
  }
}

/** Adds MAILBOXID (RFC 8474) where the server has it; asked only when a folder may have been renamed. */
export const withMailboxIds = async (
  client: ImapFlow,
  folders: readonly ServerFolder[],
): Promise<ServerFolder[]> => {
  if (!client.capabilities.has('OBJECTID')) return [...folders]
  const known: ServerFolder[] = []
  for (const folder of folders) {
    if (!folder.selectable || !folder.status) {
      known.push(folder)
      continue
    }
    const answers = await ask(client, 'STATUS', [folder.path, ['MAILBOXID']], 'STATUS')
    const fields = answers[0]?.[1]
    const id = Array.isArray(fields) ? textOf(Array.isArray(fields[1]) ? fields[1][0] : fields[1]) : null
    known.push({ ...folder, status: { ...folder.status, mailboxId: id } })
  }
  return known
}

/** The candidates that are proven by their messages: each folder once, each new name once. */
export const proveRenames = async (
  client: ImapFlow,
  candidates: readonly RenameCandidate[],
): Promise<{ id: number; path: string }[]> => {
  const proven = new Map<number, string>()
  for (const { id, path, samples } of candidates) {
    if (proven.has(id) || [...proven.values()].includes(path)) continue
    const expected = new Map(samples.map(({ uid, identity }) => [uid, Buffer.from(identity).toString('hex')]))
    const lock = await lockFolder(client, path, { readOnly: true })
    try {
      const uids = [...expected.keys()].toSorted((a, b) => a - b)
      const there = await client.fetchAll(packUids(uids), headerQuery, { uid: true })
      const same = there.filter(
        ({ uid, headers, size }) =>
          headers && Buffer.from(identityOf(headers, size ?? 0)).toString('hex') === expected.get(uid),
      )
      if (same.length > 0 && same.length === there.length) proven.set(id, path)
    } finally {
      lock.release()
    }
  }
  return [...proven].map(([id, path]) => ({ id, path }))
}

/** Letters of what the user may do in each folder (MYRIGHTS, RFC 4314); nothing from servers without ACL. */
export const readRights = async (
  client: ImapFlow,
  folders: readonly { id: number; path: string }[],
): Promise<{ id: number; rights: string }[]> => {
  if (!client.capabilities.has('ACL')) return []
  const found: { id: number; rights: string }[] = []
  for (const { id, path } of folders) {
    const rights = await rightsOf(client, path)
    if (rights !== null) found.push({ id, rights })
  }
  return found
}

/** Null when the server does not say: the folder may have gone, or not even be ours to ask about. */
const rightsOf = async (client: ImapFlow, path: string): Promise<string | null> => {
  try {
    const answers = await ask(client, 'MYRIGHTS', [path], 'MYRIGHTS')
    const rights = textOf(answers[0]?.[1])
    return rights !== null && /^[a-z0-9]{0,40}$/i.test(rights) ? rights : null
  } catch (cause) {
    if (!client.usable || errorCode(cause) !== '') throw cause
    return null
  }
}

/** Bytes used and allowed in the mailbox (RFC 9208 STORAGE); null when the server tells none. */
export const readQuota = async (client: ImapFlow): Promise<{ used: number; limit: number } | null> => {
  const quota = await client.getQuota('INBOX')
  const storage = quota ? quota.storage : undefined
  if (storage?.usage === undefined || !storage.limit) return null
  return { used: storage.usage, limit: storage.limit }
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
    subscribed: entry.subscribed ?? false,
    status: serverStatus(entry),
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
