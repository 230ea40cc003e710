import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Outcome } from '../../app/contract/index.ts'
import { parseMessage } from '../../app/mail/index.ts'
import { readSource } from '../../app/mail/reading/source.ts'
import { packReadings, type BodyReading, type NewMessage, type Vault } from '../../app/vault/index.ts'
import { makeMessage, owner } from './mailbox.ts'
import { createDraw } from './vocabulary.ts'

const batch = 500
/** Above this a source is a part file, as in the product. */
const inlineBytes = 64 * 1024

const must = <T>(outcome: Outcome<T>): T => {
  if (!outcome.ok) throw new Error(outcome.error.code)
  return outcome.value
}

const seconds = (from: number): number => (performance.now() - from) / 1000

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes)
}

const noFindings = () =>
  Promise.resolve({ patient: null, documentLabel: null, documentCount: 0, alert: null, extraText: '' })

const headerOf = (raw: Uint8Array, uid: number, flags: number, date: Date): NewMessage => {
  const parsed = must(parseMessage(raw))
  return {
    uid,
    identity: createHash('sha256').update(String(uid)).digest(),
    date: date.getTime(),
    from: parsed.from,
    to: parsed.to,
    subject: parsed.subject,
    rawSubject: parsed.subject,
    flags,
    size: raw.byteLength,
    hasAttachments: parsed.attachments.length > 0,
    trust: 'professional',
    signed: false,
    encrypted: false,
    messageId: parsed.messageId,
    inReplyTo: parsed.inReplyTo,
    references: parsed.references,
  }
}

/**
 * Puts the generated mailbox of `count` messages into an open vault through its own operations, without a server: the
 * same messages as the Dovecot of the other benches has, less the 25 MiB attachments, oldest first. With `maildir`, they are written there
 * too, for notmuch. Returns seconds.
 */
export const fillStore = async (vault: Vault, count: number, maildir: string | null): Promise<number> => {
  const begun = performance.now()
  const server = { host: '127.0.0.1', port: 1, security: 'tls' as const }
  const account = must(
    await vault.run('accounts.insert', {
      address: owner.address,
      displayName: owner.displayName,
      kind: 'personal',
      auth: 'password',
      password: owner.password,
      card: null,
      imap: server,
      smtp: server,
      maxMessageSize: null,
    }),
  )
  if (!account) throw new Error('the account is there')
  const listed = [
    { path: 'INBOX', role: 'inbox' },
    { path: 'Archives', role: 'archive' },
    { path: 'Envoyés', role: 'sent' },
  ] as const
  const { folderIds } = must(
    await vault.run('folders.reconcile', {
      accountId: account.id,
      folders: listed.map(({ path, role }) => ({
        path,
        name: path,
        parentPath: null,
        role,
        mailbox: null,
        selectable: true,
        subscribed: true,
        status: null,
      })),
      renamed: null,
    }),
  )
  const places = new Map(listed.map(({ path }, index) => [path as string, folderIds[index] ?? 0]))
  if (maildir !== null)
    for (const { path } of listed)
      for (const part of ['cur', 'new', 'tmp']) await mkdir(join(maildir, path, part), { recursive: true })

  const draw = createDraw(count)
  let storing: Promise<unknown> = Promise.resolve()
  for (let first = 0; first < count; first += batch) {
    const made = Array.from({ length: Math.min(batch, count - first) }, (_, index) =>
      makeMessage(draw, first + index, count, false),
    )
    const byFolder = new Map<number, { header: NewMessage; raw: Uint8Array; reading: BodyReading }[]>()
    for (const [index, message] of made.entries()) {
      const folderId = places.get(message.folder) ?? folderIds[0] ?? 0
      const flags = (message.flags.includes('\\Seen') ? 1 : 0) | (message.flags.includes('\\Flagged') ? 2 : 0)
      const uid = first + index + 1
      byFolder.set(folderId, [
        ...(byFolder.get(folderId) ?? []),
        {
          header: headerOf(message.raw, uid, flags, message.date),
          raw: message.raw,
          reading: await readSource(message.raw, noFindings),
        },
      ])
      if (maildir !== null)
        await writeFile(join(maildir, message.folder, 'cur', `${uid}.bench:2,S`), message.raw)
    }
    await storing
    storing = (async () => {
      for (const [folderId, messages] of byFolder) {
        const ids = must(
          await vault.run('messages.insert', {
            accountId: account.id,
            folderId,
            messages: messages.map(({ header }) => header),
            state: null,
          }),
        ).toSorted((a, b) => a - b)
        const sorted = messages.toSorted(
          (a, b) => a.header.date - b.header.date || a.header.uid - b.header.uid,
        )
        const bodies = []
        for (const [index, { raw }] of sorted.entries()) {
          const small = raw.byteLength <= inlineBytes
          const rawFile = small ? null : must(await vault.parts.write(once(raw))).id
          bodies.push({
            id: ids[index] ?? 0,
            raw: small ? new Uint8Array(raw) : null,
            rawFile,
            rawSize: raw.byteLength,
          })
        }
        const readings = packReadings(sorted.map(({ reading }) => reading))
        must(await vault.run('messages.storeBodies', { bodies, readings }))
      }
    })()
  }
  await storing
  return seconds(begun)
}
