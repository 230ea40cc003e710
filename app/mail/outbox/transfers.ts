import type { TrustClass } from '../../contract/index.ts'
import { fail, ok, type Outcome } from '../../contract/errors.ts'
import type { StoredAccount, Vault } from '../../vault/index.ts'
import { composeMessage } from '../mime/compose.ts'
import { headerValue } from '../mime/header.ts'
import { parseMessage } from '../mime/message.ts'
import { newMessageId, queueMessage } from './queueing.ts'

export interface TransferDependencies {
  vault: Vault
  accounts: () => Promise<Outcome<StoredAccount[]>>
  rawMessage: (id: number) => Promise<Outcome<Uint8Array>>
  /** The message with its encryption taken off, bytes otherwise as they came. */
  readableContent: (raw: Uint8Array) => Promise<Outcome<Uint8Array>>
  classify: (address: string) => TrustClass
  now: () => number
  random: (length: number) => Uint8Array
  onQueued: (accountId: number) => Promise<void>
}

/** The Content-* fields of an entity, as they are written there. */
const contentFields = (head: Uint8Array): string =>
  Buffer.from(head)
    .toString('latin1')
    .split(/\r?\n(?![ \t])/)
    .filter((field) => /^content-[\w-]+:/i.test(field))
    .map((field) => `${field.replace(/\r?\n/g, '\r\n')}\r\n`)
    .join('')

/** Fields about the documents, which belong to them and go with them (ECO.2.4.1, ECO.2.4.2). */
const documentFields = ['X-MSS-CODECDA', 'X-MSS-INS']

/**
 * Sends a received message on whole, to the mailbox of a program: same subject, same body and attachments byte for byte,
 * a receipt asked for (IG-TRANS, cas-usage). What is sent is its own message, found in Sent, followed like any other.
 */
export const createTransfers = (deps: TransferDependencies) => {
  const account = async (id: number): Promise<Outcome<StoredAccount>> => {
    const accounts = await deps.accounts()
    if (!accounts.ok) return accounts
    const one = accounts.value.find((each) => each.id === id)
    return one ? ok(one) : fail('account.not-found')
  }
  return {
    newMessageId: async (accountId: number): Promise<Outcome<string>> => {
      const own = await account(accountId)
      return own.ok ? ok(newMessageId(deps.random, own.value.address)) : own
    },
    /** `compose.recipient-outside`, `mail.not-found`; those of reading and of the outbox. Once for each Message-ID. */
    send: async (wish: {
      messageId: number
      to: string
      messageIdHeader: string
      extra: Record<string, string>
    }): Promise<Outcome<null>> => {
      const trust = deps.classify(wish.to)
      if (trust === 'outside' || trust === 'patient') return fail('compose.recipient-outside')
      const place = await deps.vault.run('messages.locate', { id: wish.messageId })
      if (!place.ok) return place
      if (!place.value) return fail('mail.not-found')
      const own = await account(place.value.accountId)
      if (!own.ok) return own
      const raw = await deps.rawMessage(wish.messageId)
      if (!raw.ok) return raw
      const outer = parseMessage(raw.value)
      if (!outer.ok) return outer
      const readable = await deps.readableContent(raw.value)
      if (!readable.ok) return fail('integration.encrypted', { retry: 'after-change', cause: readable.error })
      const inner = parseMessage(readable.value)
      if (!inner.ok) return inner
      const { root } = inner.value
      const entity = Buffer.concat([
        Buffer.from(`${contentFields(readable.value.subarray(0, root.bodyStart))}\r\n`, 'latin1'),
        readable.value.subarray(root.bodyStart),
      ])
      const from = { name: own.value.displayName, address: own.value.address }
      const kept = documentFields.flatMap((name): [string, string][] => {
        const value = headerValue(outer.value.headers, name.toLowerCase())
        return value === null ? [] : [[name, value]]
      })
      const mime = composeMessage(
        {
          from,
          to: [{ name: '', address: wish.to }],
          cc: [],
          subject: outer.value.subject,
          date: deps.now(),
          messageId: wish.messageIdHeader,
          inReplyTo: null,
          references: outer.value.messageId === null ? [] : [outer.value.messageId],
          supersedes: null,
          readReceiptTo: from,
          extra: { ...Object.fromEntries(kept), ...wish.extra },
        },
        entity,
      )
      const queued = await queueMessage(deps, {
        account: own.value,
        messageId: wish.messageIdHeader,
        purpose: 'message',
        subject: outer.value.subject,
        recipients: [{ name: '', address: wish.to }],
        mime,
        draftId: null,
        source: { id: wish.messageId, kind: 'forward' },
        due: null,
        replaces: null,
      })
      if (!queued.ok) return queued
      await deps.onQueued(own.value.id)
      return ok(null)
    },
  }
}
