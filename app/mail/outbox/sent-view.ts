import type { MessageView, TrustClass } from '../../contract/index.ts'
import { ok, type Outcome } from '../../contract/errors.ts'
import type { StoredAccount, Vault } from '../../vault/index.ts'
import { parseMessage } from '../mime/message.ts'
import { receiptAddress } from './receipts.ts'

/**
 * Adds to a view what is known of the message as sent mail: the fate of each recipient, what a report says, what replaces
 * it, and the read receipt that can be answered. `raw` is null while the body is not here. Errors: vault.*.
 */
export const createSentView =
  (deps: {
    vault: Vault
    accounts: () => Promise<Outcome<StoredAccount[]>>
    classify: (address: string) => TrustClass
  }) =>
  async (view: MessageView, raw: Uint8Array | null): Promise<Outcome<MessageView>> => {
    const { id } = view.row
    const sent = await deps.vault.run('delivery.view', { id })
    if (!sent.ok) return sent
    const complete: MessageView = { ...view, sent: sent.value ?? view.sent }
    if (!view.readReceiptRequested || raw === null) return ok(complete)
    const parsed = parseMessage(raw)
    const accounts = await deps.accounts()
    if (!accounts.ok) return accounts
    const own = accounts.value.map((account) => account.address.toLowerCase())
    const asked = parsed.ok ? receiptAddress(parsed.value, own, deps.classify) : null
    if (asked === null) return ok(complete)
    const answer = await deps.vault.run('receipts.answer', { id })
    if (!answer.ok) return answer
    return ok({ ...complete, readReceipt: { ...asked, answer: answer.value } })
  }
