import { ok, type ErrorCode, type Input, type Outcome, type Output } from './contract/index.ts'
import type { Exchange, Mail } from './mail/index.ts'
import type { createProtection } from './protection/index.ts'
import {
  buildHeaderOnlyView,
  buildMessageView,
  buildQuarantinedView,
  inspectMessage,
  type createResources,
  type Uploads,
} from './reading/index.ts'
import type { createSearching } from './searching.ts'
import { receivedAt, type Trust } from './smime/index.ts'
import { uploadedBytes } from './uploaded-bytes.ts'
import type { Vault } from './vault/index.ts'

interface Opening {
  mail: Mail
  exchange: Exchange
  protection: ReturnType<typeof createProtection>
  searching: ReturnType<typeof createSearching>
  resources: ReturnType<typeof createResources>
  /** What the message held encrypted was opened. */
  noteOpened: (id: number, content: Uint8Array) => void
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
  const { publish } = resources.group(`message-${id}`, id)
  const setAside = (code: ErrorCode) =>
    ok(buildQuarantinedView(row.value, raw.ok ? raw.value : null, code, publish))
  if (reason.value !== null) return setAside(reason.value)
  if (!raw.ok)
    return raw.error.code === 'mail.body-unavailable'
      ? await mail.sentView(buildHeaderOnlyView(row.value, row.value.subject), null)
      : raw
  const opened = await protection.open(raw.value, [row.value.from.address], new Date(row.value.date))
  if (!opened.ok) return beyondLimits(opened.error.code) ? setAside(opened.error.code) : opened
  if (opened.value.encryption.status === 'decrypted') {
    searching.noteDecrypted(id, opened.value.content)
    deps.noteOpened(id, opened.value.content)
  }
  const view = await buildMessageView(row.value, raw.value, opened.value, publish, (finding) =>
    protection.judgeFile(finding, raw.value, new Date(row.value.date)),
  )
  if (!view.ok) return beyondLimits(view.error.code) ? setAside(view.error.code) : view
  return await mail.sentView(view.value, raw.value)
}

interface InspectionHandlers {
  'inspect.message': (input: Input<'inspect.message'>) => Promise<Outcome<Output<'inspect.message'>>>
}

/** Bytes of a message file. */
const largestMessage = 60 * 1024 * 1024

/** « Analyser un message »: what `inspect message` says, with the keys and the authorities of this mailbox. */
export const inspectionHandlers = (deps: {
  mail: Mail
  vault: Vault
  uploads: Uploads
  trust: Trust
  now: () => number
}): InspectionHandlers => ({
  'inspect.message': async ({ source }) => {
    const raw =
      source.kind === 'message'
        ? await deps.mail.rawMessage(source.id)
        : await uploadedBytes(deps, source.uploadId, largestMessage)
    if (!raw.ok) return raw
    // As the reading window judges it; of a file nobody knows when it arrived.
    const row = source.kind === 'message' ? await deps.mail.row(source.id) : null
    const arrival = row?.ok ? { arrivedAt: receivedAt(raw.value) ?? new Date(row.value.date) } : {}
    const listed = await deps.vault.run('keys.list', {})
    const keys = listed.ok ? listed.value : []
    return inspectMessage(raw.value, {
      now: new Date(deps.now()),
      ...arrival,
      trust: deps.trust,
      keys: keys.map(({ der, pkcs8 }) => ({ certificate: der, pkcs8 })),
      known: [],
    }).finally(() => {
      for (const { pkcs8 } of keys) pkcs8.fill(0)
    })
  },
})
