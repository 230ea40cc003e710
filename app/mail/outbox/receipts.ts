import type { TrustClass } from '../../contract/index.ts'
import { fail, ok, type Outcome } from '../../contract/errors.ts'
import type { StoredAccount, Vault } from '../../vault/index.ts'
import { composeReceipt } from '../mime/compose-receipt.ts'
import { headerValue } from '../mime/header.ts'
import { parseMessage, type ParsedMessage } from '../mime/message.ts'
import { newMessageId, queueMessage } from './queueing.ts'

export interface ReceiptDependencies {
  vault: Vault
  accounts: () => Promise<Outcome<StoredAccount[]>>
  rawMessage: (id: number) => Promise<Outcome<Uint8Array>>
  classify: (address: string) => TrustClass
  /** Headers that go out with every message, whatever it is about (ECO.2.4.3). */
  everyMessageHeaders: Record<string, string>
  now: () => number
  random: (length: number) => Uint8Array
  onQueued: (accountId: number) => Promise<void>
}

/** Answered once for a whole list would be many receipts of many people: lists and mass mail get none. */
const massMail = (headers: ParsedMessage['headers']): boolean =>
  headers.some(
    ({ name, value }) =>
      name === 'list-id' ||
      name === 'list-post' ||
      (name === 'precedence' && /^\s*(?:list|bulk|junk)\b/i.test(value)),
  )

/**
 * Where the read receipt of a message may be sent: null when none was asked for, or where answering is wrong (reports,
 * automatic messages and those with a null return path, RFC 8098 §2.1 and §3; lists; one's own messages; an address outside
 * the trust space). `differs` when it would go elsewhere than the message came from: Return-Path, else From.
 */
export const receiptAddress = (
  message: Pick<ParsedMessage, 'from' | 'readReceiptTo' | 'root' | 'headers'>,
  own: readonly string[],
  classify: (address: string) => TrustClass,
): { to: string; differs: boolean } | null => {
  const [first] = message.readReceiptTo
  if (!first || message.root.mimeType === 'multipart/report') return null
  const automatic = message.headers.find((field) => field.name === 'auto-submitted')
  if ((automatic && automatic.value.trim().toLowerCase() !== 'no') || massMail(message.headers)) return null
  const returnPath = message.headers.find((field) => field.name === 'return-path')?.value.trim()
  if (returnPath === '<>') return null
  const from = message.from.address.toLowerCase()
  if (own.includes(from) || classify(first.address) === 'outside') return null
  const path = /<?([^\s<>]+@[^\s<>]+)>?/.exec(returnPath ?? '')?.[1]?.toLowerCase() ?? from
  const asked = message.readReceiptTo.map(({ address }) => address.toLowerCase())
  return { to: first.address, differs: asked.some((address) => address !== path) }
}

/** The answer to a request of a read receipt, always the user's own decision. */
export const createReceipts = (deps: ReceiptDependencies) => {
  const { vault } = deps
  return {
    /** `receipt.not-asked` when nothing was asked or it was answered before; what `rawMessage` fails with. */
    answer: async (wish: {
      id: number
      send: boolean
      subject: string
      text: string
    }): Promise<Outcome<null>> => {
      const raw = await deps.rawMessage(wish.id)
      if (!raw.ok) return raw
      const parsed = parseMessage(raw.value)
      if (!parsed.ok) return parsed
      const accounts = await deps.accounts()
      if (!accounts.ok) return accounts
      const own = accounts.value.map((account) => account.address.toLowerCase())
      const asked = receiptAddress(parsed.value, own, deps.classify)
      if (!asked) return fail('receipt.not-asked')
      if (!wish.send) {
        const declined = await vault.run('receipts.decline', { id: wish.id })
        if (!declined.ok) return declined
        return declined.value ? ok(null) : fail('receipt.not-asked')
      }
      const place = await vault.run('messages.locate', { id: wish.id })
      if (!place.ok) return place
      const account = accounts.value.find((one) => one.id === place.value?.accountId)
      if (!account) return fail('account.not-found')
      const messageId = newMessageId(deps.random, account.address)
      const mime = composeReceipt({
        from: { name: account.displayName, address: account.address },
        to: asked.to,
        subject: wish.subject,
        text: wish.text,
        date: deps.now(),
        messageId,
        originalMessageId: parsed.value.messageId,
        originalRecipient: headerValue(parsed.value.headers, 'original-recipient'),
        originalHeaders: raw.value.subarray(0, parsed.value.root.bodyStart),
        boundary: `=_${Buffer.from(deps.random(12)).toString('hex')}`,
        extra: deps.everyMessageHeaders,
      })
      const queued = await queueMessage(deps, {
        account,
        messageId,
        purpose: 'receipt',
        subject: wish.subject,
        recipients: [{ name: '', address: asked.to }],
        mime,
        draftId: null,
        source: { id: wish.id, kind: 'receipt' },
        due: null,
        replaces: null,
      })
      if (!queued.ok) return queued
      if (queued.value === null) return fail('receipt.not-asked')
      await deps.onQueued(account.id)
      return ok(null)
    },
  }
}
