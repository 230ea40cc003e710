import { mkdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ImapFlow } from 'imapflow'
import type { Dovecot } from './dovecot.ts'
import { until } from './imap-probe.ts'
import type { Person } from './people.ts'

/** Mailboxes from the operator's side: filled by writing Maildir files, read back for assertions. */
export interface StoredMessage {
  /** IMAP name, `INBOX` or one of `folderNames`. */
  folder: string
  /** IMAP system flags: `\Seen`, `\Answered`, `\Flagged`, `\Draft`. */
  flags: readonly string[]
  /** INTERNALDATE. */
  date: Date
  /** The message, CRLF, stored byte for byte. */
  raw: Uint8Array
}

export interface MessageView {
  uid: number
  flags: string[]
  subject: string
  from: string
  messageId: string
  size: number
  date: Date
}

export interface MailboxView {
  /** Another mail program of the same person, for as long as `work` takes. */
  as: <T>(work: (client: ImapFlow) => Promise<T>) => Promise<T>
  folders: () => Promise<Array<{ path: string; specialUse: string | null }>>
  /** All messages of a folder, oldest first. */
  list: (folder?: string) => Promise<MessageView[]>
  source: (uid: number, folder?: string) => Promise<Buffer>
  /** The first message that matches, as soon as it is there. Throws after `seconds` (default 30). */
  waitFor: (
    matches: (message: MessageView) => boolean,
    where?: { folder?: string; seconds?: number },
  ) => Promise<MessageView>
}

const letters = new Map([
  ['\\Draft', 'D'],
  ['\\Flagged', 'F'],
  ['\\Answered', 'R'],
  ['\\Seen', 'S'],
])

/** Modified UTF-7 (RFC 3501 §5.1.3), the form of mailbox names on disk. */
const modifiedUtf7 = (name: string): string =>
  name.replace(/&/g, '&-').replace(/[^\x20-\x7e]+/g, (run) => {
    const wide = Buffer.from(run, 'utf16le').swap16()
    return `&${wide.toString('base64').replace(/=+$/, '').replace(/\//g, ',')}-`
  })

/** Writes messages into a person's Maildir, oldest first so that UIDs follow dates. Several thousand per second. */
export const fillMailbox = async (
  dovecot: Dovecot,
  person: Person,
  messages: readonly StoredMessage[],
): Promise<void> => {
  const root = dovecot.maildir(person)
  await mkdir(root, { recursive: true, mode: 0o700 })
  const owned = [join(root, '..'), root]
  for (const folder of new Set(['INBOX', ...messages.map((message) => message.folder)])) {
    const path = folder === 'INBOX' ? root : join(root, `.${modifiedUtf7(folder)}`)
    for (const sub of ['cur', 'new', 'tmp']) {
      await mkdir(join(path, sub), { recursive: true, mode: 0o700 })
      owned.push(join(path, sub))
    }
    if (folder === 'INBOX') continue
    await writeFile(join(path, 'maildirfolder'), '')
    owned.push(path, join(path, 'maildirfolder'))
  }
  const sorted = messages.toSorted((a, b) => a.date.getTime() - b.date.getTime())
  for (const [index, message] of sorted.entries()) {
    const { folder, flags, date, raw } = message
    const path = folder === 'INBOX' ? root : join(root, `.${modifiedUtf7(folder)}`)
    const seconds = Math.floor(date.getTime() / 1000)
    const order = String(index).padStart(6, '0')
    const size = raw.byteLength
    const info = flags.flatMap((flag) => letters.get(flag) ?? []).toSorted()
    const file = join(path, 'cur', `${seconds}.M${order}P1.operateur,S=${size},W=${size}:2,${info.join('')}`)
    await writeFile(file, raw, { mode: 0o600 })
    await utimes(file, date, date)
    owned.push(file)
  }
  await dovecot.own(...owned)
}

const withConnection = async <T>(
  dovecot: Dovecot,
  person: Person,
  work: (client: ImapFlow) => Promise<T>,
): Promise<T> => {
  // Straight to Dovecot's own port: loopback to loopback, so neither STARTTLS nor the forwarder is in the way.
  const client = new ImapFlow({
    host: '127.0.0.1',
    port: dovecot.imapPort,
    secure: false,
    doSTARTTLS: false,
    auth: { user: person.address, pass: person.password },
    logger: false,
  })
  try {
    await client.connect()
    return await work(client)
  } finally {
    client.close()
  }
}

/** A person's mailbox as the server has it. */
export const viewMailbox = (dovecot: Dovecot, person: Person): MailboxView => {
  const list = (folder = 'INBOX'): Promise<MessageView[]> =>
    withConnection(dovecot, person, async (client) => {
      await client.mailboxOpen(folder, { readOnly: true })
      const found: MessageView[] = []
      const wanted = { uid: true, flags: true, envelope: true, size: true, internalDate: true }
      for await (const message of client.fetch('1:*', wanted)) {
        found.push({
          uid: message.uid,
          flags: [...(message.flags ?? [])],
          subject: message.envelope?.subject ?? '',
          from: message.envelope?.from?.[0]?.address ?? '',
          messageId: message.envelope?.messageId ?? '',
          size: message.size ?? 0,
          date: new Date(message.internalDate ?? 0),
        })
      }
      return found
    })
  return {
    list,
    as: (work) => withConnection(dovecot, person, work),
    folders: () =>
      withConnection(dovecot, person, async (client) =>
        (await client.list()).map(({ path, specialUse }) => ({ path, specialUse: specialUse ?? null })),
      ),
    source: (uid, folder = 'INBOX') =>
      withConnection(dovecot, person, async (client) => {
        await client.mailboxOpen(folder, { readOnly: true })
        const message = await client.fetchOne(String(uid), { source: true }, { uid: true })
        if (!message || !message.source) throw new Error(`no message with UID ${uid} in ${folder}`)
        return message.source
      }),
    waitFor: async (matches, { folder = 'INBOX', seconds = 30 } = {}) => {
      let found: MessageView | undefined
      await until(`a message in ${folder} of ${person.key}`, seconds, async () => {
        found = (await list(folder)).find(matches)
        return found !== undefined
      })
      if (!found) throw new Error('unreachable: until() returned without a message')
      return found
    },
  }
}
