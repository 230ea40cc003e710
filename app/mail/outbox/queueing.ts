import { fail, ok, type Outcome } from '../../contract/errors.ts'
import type { StoredAccount, StoredOutboxItem, Vault } from '../../vault/index.ts'
import { domainOf } from '../accounts/discovery/index.ts'

/** Final bytes up to this many lie in the row, above in a part file. */
const inlineMime = 64 * 1024

export interface Queueing {
  vault: Vault
  random: (length: number) => Uint8Array
}

export interface FinalMessage {
  account: StoredAccount
  messageId: string
  purpose: StoredOutboxItem['purpose']
  subject: string
  recipients: { name: string; address: string }[]
  mime: Uint8Array
  draftId: number | null
  source: { id: number; kind: 'reply' | 'forward' | 'receipt' } | null
  due: { at: number; kind: 'delay' | 'schedule' } | null
  /** Message-ID of what it replaces. */
  replaces: string | null
}

const token = (random: Queueing['random'], bytes: number): string =>
  Buffer.from(random(bytes)).toString('hex')

/** A new Message-ID in the sender's domain. */
export const newMessageId = (random: Queueing['random'], address: string): string =>
  `<${token(random, 16)}@${domainOf(address) ?? 'localhost'}>`

/**
 * Stores the final bytes of a message and queues it, in one transaction. Null when it is already on its way. Errors:
 * vault.*.
 */
export const queueMessage = async (
  { vault, random }: Queueing,
  message: FinalMessage,
): Promise<Outcome<{ item: StoredOutboxItem; ids: number[] } | null>> => {
  const { account, mime } = message
  const file = mime.byteLength > inlineMime ? await vault.parts.write(chunks(mime)) : null
  if (file && !file.ok) return file
  const queued = await vault.run('outbox.add', {
    accountId: account.id,
    messageId: message.messageId,
    envelopeId: token(random, 12),
    purpose: message.purpose,
    subject: message.subject,
    sender: account.address,
    recipients: message.recipients,
    mime: file ? null : mime,
    mimeFile: file ? file.value.id : null,
    mimeSize: mime.byteLength,
    draftId: message.draftId,
    source: message.source,
    due: message.due,
    replaces: message.replaces,
  })
  if (queued.ok && queued.value === null && file) await vault.parts.remove([file.value.id])
  return queued
}

/** Bytes in pieces, as part files are written. */
export async function* chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += 65_536)
    yield await Promise.resolve(bytes.subarray(at, at + 65_536))
}

/** When a message leaves: now, after some seconds, or at a date that is not over (`compose.date-past`). */
export const dueFrom = (
  when: { delaySeconds?: number | undefined; at?: string | undefined },
  now: number,
): Outcome<FinalMessage['due']> => {
  if (when.at !== undefined) {
    const at = Date.parse(when.at)
    return at > now ? ok({ at, kind: 'schedule' }) : fail('compose.date-past', { retry: 'after-change' })
  }
  const seconds = when.delaySeconds ?? 0
  return ok(seconds === 0 ? null : { at: now + seconds * 1000, kind: 'delay' })
}
