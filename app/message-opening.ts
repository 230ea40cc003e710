import { ok, type ErrorCode, type Outcome, type Output } from './contract/index.ts'
import type { Exchange, Mail } from './mail/index.ts'
import type { createProtection } from './protection/index.ts'
import {
  buildHeaderOnlyView,
  buildMessageView,
  buildQuarantinedView,
  type createResources,
} from './reading/index.ts'
import type { createSearching } from './searching.ts'

interface Opening {
  mail: Mail
  exchange: Exchange
  protection: ReturnType<typeof createProtection>
  searching: ReturnType<typeof createSearching>
  resources: ReturnType<typeof createResources>
}

/** The message asks for more than reading may cost: it is set aside, not an error of the call. */
const beyondLimits = (code: ErrorCode): boolean => code === 'mime.limit' || code === 'smime.limit'

/**
 * A message as a window shows it: decrypted and verified, or set aside with its reason, or its headers alone when the
 * body is neither here nor to be had. Errors: those of the store and of reading.
 */
export const openMessage = async (deps: Opening, id: number): Promise<Outcome<Output<'messages.view'>>> => {
  const { mail, exchange, protection, searching, resources } = deps
  const row = await mail.row(id)
  if (!row.ok) return row
  const raw = await mail.rawMessage(id)
  // Asked after the source: what was not here may have come, and have been read, just now.
  const reason = await exchange.quarantine.reason(id)
  if (!reason.ok) return reason
  const { publish } = resources.group(`message-${id}`)
  const setAside = (code: ErrorCode) =>
    ok(buildQuarantinedView(row.value, raw.ok ? raw.value : null, code, publish))
  if (reason.value !== null) return setAside(reason.value)
  if (!raw.ok)
    return raw.error.code === 'mail.body-unavailable'
      ? await mail.sentView(buildHeaderOnlyView(row.value, row.value.subject), null)
      : raw
  const opened = await protection.open(raw.value, [row.value.from.address], new Date(row.value.date))
  if (!opened.ok) return beyondLimits(opened.error.code) ? setAside(opened.error.code) : opened
  if (opened.value.encryption.status === 'decrypted') searching.noteDecrypted(id, opened.value.content)
  const view = await buildMessageView(row.value, raw.value, opened.value, publish)
  if (!view.ok) return beyondLimits(view.error.code) ? setAside(view.error.code) : view
  return await mail.sentView(view.value, raw.value)
}
