import type {
  Draft,
  DraftAttachment,
  DraftContent,
  DraftKind,
  OutboxItem,
  SendCheck,
} from '../../contract/index.ts'
import { fail, ok, type Outcome } from '../../contract/errors.ts'
import type { StoredAccount, StoredAttachment, StoredDraft } from '../../vault/index.ts'
import {
  composeEntity,
  composeMessage,
  messageFields,
  type EntityAttachment,
  type MessageHeaders,
} from '../mime/compose.ts'
import { hiddenSubject, withProtectedHeaders } from '../mime/protected-headers.ts'
import { decodePart, parseMessage } from '../mime/message.ts'
import {
  blocked,
  estimatedSize,
  recipientCheck,
  sizeLimit,
  unconfirmedPatient,
  unique,
} from './draft-checks.ts'
import type { OutgoingDocuments } from './draft-documents.ts'
import type { DraftDependencies } from './draft-dependencies.ts'
import { outboxItem } from './outbox.ts'
import { chunks, dueFrom, newMessageId, queueMessage } from './queueing.ts'
import { createSenderRules } from './sender-rules.ts'
import { answerTo, replacementOf } from './quote.ts'

const largestAttachment = 256 * 1024 * 1024

/** Drafts from the first key typed to the outbox. */
export const createDrafts = (deps: DraftDependencies) => {
  const { vault } = deps
  const senderRules = createSenderRules(deps)
  // The last choice made when sending. In memory only: who sits here next session chooses anew, and nothing of how one
  // signs is left on the workstation.
  let signedLast = false

  const attachmentView = (attachment: StoredAttachment): DraftAttachment => ({
    id: attachment.id,
    fileName: attachment.fileName,
    mimeType: attachment.mimeType,
    size: attachment.size,
    url: deps.attachmentUrl(attachment),
  })

  const draftView = (draft: StoredDraft): Draft => ({
    id: draft.id,
    kind: draft.kind,
    sourceId: draft.sourceId,
    content: draft.content,
    attachments: draft.attachments.map(attachmentView),
    savedAt: new Date(draft.savedAt).toISOString(),
  })

  const load = async (id: number): Promise<Outcome<StoredDraft>> => {
    const found = await vault.run('drafts.get', { id })
    if (!found.ok) return found
    return found.value === null ? fail('compose.draft-missing') : ok(found.value)
  }

  const accountOf = async (id: number | null): Promise<Outcome<StoredAccount>> => {
    const accounts = await deps.accounts()
    if (!accounts.ok) return accounts
    const account = id === null ? accounts.value[0] : accounts.value.find((one) => one.id === id)
    return account ? ok(account) : fail('account.not-found')
  }

  const token = (bytes: number): string => Buffer.from(deps.random(bytes)).toString('hex')

  const keepAttachments = async (
    raw: Uint8Array,
    without: ReadonlySet<string> = new Set(),
  ): Promise<Outcome<StoredAttachment[]>> => {
    const parsed = parseMessage(raw)
    if (!parsed.ok) return parsed
    const kept: StoredAttachment[] = []
    for (const part of parsed.value.attachments) {
      if (/pkcs7-signature$/.test(part.mimeType) || without.has(part.path)) continue
      const bytes = decodePart(raw, part)
      const file = await vault.parts.write(chunks(bytes))
      if (!file.ok) return file
      kept.push({
        id: token(8),
        fileName:
          part.fileName ?? (part.mimeType === 'message/rfc822' ? 'message.eml' : `piece-${part.path}`),
        mimeType: part.mimeType,
        size: bytes.byteLength,
        partFile: file.value.id,
      })
    }
    return ok(kept)
  }

  const create = async (wish: {
    kind: DraftKind
    accountId: number | null
    sourceId: number | null
  }): Promise<Outcome<Draft>> => {
    const source = wish.sourceId
    const row = source === null ? ok([]) : await vault.run('messages.rows', { ids: [source] })
    if (!row.ok) return row
    const account = await accountOf(wish.accountId ?? row.value[0]?.accountId ?? null)
    if (!account.ok) return account
    const answers = wish.kind === 'reply' || wish.kind === 'reply-all'
    const empty: DraftContent = {
      accountId: account.value.id,
      to: [],
      cc: [],
      bcc: [],
      subject: '',
      text: '',
      html: null,
      sign: deps.canSign() && (signedLast || (answers && (row.value[0]?.signed ?? false))),
      encrypt: false,
      readReceipt: account.value.askReceipts,
    }
    const base = { accountId: account.value.id, kind: wish.kind, sourceId: source }
    if (wish.kind === 'new' || source === null)
      return await insert({ ...base, inReplyTo: null, references: [], content: empty, attachments: [] })
    const raw = await deps.rawMessage(source)
    if (!raw.ok) return raw
    const parsed = parseMessage(raw.value)
    if (!parsed.ok) return parsed
    const content = await deps.readableContent(raw.value)
    if (!content.ok) return content
    const readable = content.value
    const shown = readable === raw.value ? parsed : parseMessage(readable)
    if (!shown.ok) return shown
    const answered = { ...parsed.value, text: shown.value.text, html: shown.value.html }
    const answer =
      wish.kind === 'replace'
        ? replacementOf(answered, deps.replacePrefix(), deps.displaySubject)
        : answerTo(answered, wish.kind, account.value.address, deps.displaySubject)
    const keeps = wish.kind === 'forward' || wish.kind === 'replace'
    const replaced =
      wish.kind === 'replace'
        ? await deps.documents.replaced(
            shown.value.attachments.map((part) => ({ path: part.path, bytes: decodePart(readable, part) })),
          )
        : null
    const attachments = keeps ? await keepAttachments(readable, replaced?.parts) : ok([])
    if (!attachments.ok) return attachments
    const draft = await insert({
      ...base,
      // Another version of a document answers the message with the former one: receivers file them together.
      inReplyTo: replaced ? parsed.value.messageId : answer.inReplyTo,
      references: answer.references,
      // What came encrypted is quoted in clear in the draft: it leaves encrypted unless the user says otherwise.
      content: { ...empty, ...answer.content, encrypt: row.value[0]?.encrypted ?? false },
      attachments: attachments.value,
    })
    if (!draft.ok || replaced === null) return draft
    const restored = await deps.documents.restore(draft.value.id, replaced)
    if (restored.ok) return draft
    await discard(draft.value.id)
    return restored
  }

  const discard = async (id: number): Promise<Outcome<null>> => {
    const files = await vault.run('drafts.remove', { id })
    if (!files.ok) return files
    const removed = await vault.parts.remove(files.value)
    return removed.ok ? ok(null) : removed
  }

  const insert = async (draft: Omit<StoredDraft, 'id' | 'savedAt'>): Promise<Outcome<Draft>> => {
    const stored = await vault.run('drafts.insert', draft)
    return stored.ok ? ok(draftView(stored.value)) : stored
  }

  const settled = (draft: StoredDraft): StoredDraft => ({
    ...draft,
    content: deps.finalContent(draft.content),
  })

  const checksOf = async (draft: StoredDraft): Promise<Outcome<SendCheck[]>> => {
    const account = await accountOf(draft.content.accountId)
    if (!account.ok) return account
    const { to, cc, bcc, subject } = draft.content
    const addresses = [...to, ...cc, ...bcc].map((one) => one.address)
    const checks = addresses.map((address) => recipientCheck(address, deps.classify, account.value.kind))
    const none = { address: null, trust: null, size: null, limit: null }
    if (addresses.length === 0) checks.push({ ...none, kind: 'no-recipient', blocking: true })
    const documents = await deps.documents.checks(draft)
    if (!documents.ok) return documents
    checks.push(...documents.value.checks)
    if (draft.content.endsExchanges === true && documents.value.bytes > 0)
      checks.push({ ...none, kind: 'patient-ends-with-document', blocking: true })
    if (subject.trim() === '' && documents.value.bytes === 0)
      checks.push({ ...none, kind: 'no-subject', blocking: false })
    const size = estimatedSize(draft, documents.value.bytes)
    const limit = sizeLimit(account.value, draft.content, deps.largestTo)
    if (limit !== null && size > limit) checks.push({ ...none, kind: 'size', blocking: true, size, limit })
    const bySender = await senderRules.checks(draft, account.value, documents.value.bytes > 0)
    if (!bySender.ok) return bySender
    const more = await deps.domainChecks(draft, documents.value.people)
    return more.ok ? ok([...checks, ...bySender.value, ...more.value]) : more
  }

  const readAttachments = async (draft: StoredDraft): Promise<Outcome<EntityAttachment[]>> => {
    const read: EntityAttachment[] = []
    for (const attachment of draft.attachments) {
      const bytes = await vault.parts.readAll(attachment.partFile, largestAttachment)
      if (!bytes.ok) return bytes
      read.push({ fileName: attachment.fileName, mimeType: attachment.mimeType, bytes: bytes.value })
    }
    return ok(read)
  }

  /** The final bytes of a draft: protected entity under its own headers. */
  const build = async (
    draft: StoredDraft,
    account: StoredAccount,
    ids: { messageId: string; supersedes: string | null },
    date: number,
    documents: OutgoingDocuments | null,
  ): Promise<Outcome<Uint8Array>> => {
    const { content } = draft
    const attachments = await readAttachments(draft)
    if (!attachments.ok) return attachments
    const entity = composeEntity(
      {
        text: content.text,
        html: content.html,
        attachments: [...(documents?.attachments ?? []), ...attachments.value],
      },
      () => `=_${token(12)}`,
    )
    const recipients = [...content.to, ...content.cc, ...content.bcc].map((one) => one.address)
    const from = { name: account.displayName, address: account.address }
    const headers: MessageHeaders = {
      from,
      to: content.to,
      cc: content.cc,
      subject: documents?.subject ?? content.subject,
      date,
      messageId: ids.messageId,
      supersedes: ids.supersedes,
      inReplyTo: draft.inReplyTo,
      references: draft.references,
      readReceiptTo: content.readReceipt ? from : null,
      extra: {
        ...(account.replyTo === null ? {} : { 'Reply-To': account.replyTo }),
        ...deps.extraHeaders(content),
        ...documents?.headers,
      },
    }
    if (!content.sign && !content.encrypt) return ok(composeMessage(headers, entity))
    const hidden = content.encrypt && deps.hidesSubject === true
    const outside = { ...headers, subject: hidden ? hiddenSubject : headers.subject }
    const outer = content.encrypt ? messageFields(outside) : null
    const wish = { sign: content.sign, encrypt: content.encrypt, from: account.address, recipients }
    const final = await deps.protect(withProtectedHeaders(entity, messageFields(headers), outer), wish)
    return final.ok ? ok(composeMessage(outside, final.value)) : final
  }

  /** Message-ID of the message a draft replaces; null for any other draft. */
  const replacedBy = async (draft: StoredDraft): Promise<Outcome<string | null>> => {
    if (draft.kind !== 'replace' || draft.sourceId === null) return ok(null)
    const header = await vault.run('messages.header', { id: draft.sourceId })
    return header.ok ? ok(header.value?.messageId ?? null) : header
  }

  const send = async (
    id: number,
    when: {
      delaySeconds?: number | undefined
      at?: string | undefined
      confirmedPatients?: string[] | undefined
    } = {},
  ): Promise<Outcome<OutboxItem>> => {
    const loaded = await load(id)
    if (!loaded.ok) return loaded
    const draft = settled(loaded.value)
    const due = dueFrom(when, deps.now())
    if (!due.ok) return due
    const checks = await checksOf(draft)
    if (!checks.ok) return checks
    const blocking = checks.value.find((check) => check.blocking)
    if (blocking) return blocked(blocking)
    const unconfirmed = unconfirmedPatient(checks.value, when.confirmedPatients ?? [])
    if (unconfirmed) return unconfirmed
    const account = await accountOf(draft.content.accountId)
    if (!account.ok) return account
    const replaces = await replacedBy(draft)
    if (!replaces.ok) return replaces
    const messageId = newMessageId(deps.random, account.value.address)
    // A scheduled message is dated of the day it leaves, as its readers sort it.
    const date = due.value?.kind === 'schedule' ? due.value.at : deps.now()
    const documents = await deps.documents.outgoing(draft, account.value, date, deps.replacePrefix())
    if (!documents.ok) return documents
    // An archive among the attachments gives the subject its prefix.
    if (draft.content.endsExchanges === true && documents.value?.subject !== undefined)
      if (documents.value.subject !== draft.content.subject)
        return fail('compose.patient-ends-with-document', { retry: 'after-change' })
    const ids = { messageId, supersedes: replaces.value }
    const mime = await build(draft, account.value, ids, date, documents.value)
    if (!mime.ok) return mime
    const limit = sizeLimit(account.value, draft.content, deps.largestTo)
    if (limit !== null && mime.value.byteLength > limit)
      return fail('compose.too-large', {
        retry: 'after-change',
        details: { size: mime.value.byteLength, limit },
      })
    const { content, kind, sourceId } = draft
    const answers = kind === 'reply' || kind === 'reply-all' || kind === 'forward'
    const queued = await queueMessage(deps, {
      account: account.value,
      messageId,
      purpose: 'message',
      subject: documents.value?.shownSubject ?? content.subject,
      recipients: unique([...content.to, ...content.cc, ...content.bcc]),
      mime: mime.value,
      draftId: id,
      source:
        sourceId === null || !answers
          ? null
          : { id: sourceId, kind: kind === 'forward' ? 'forward' : 'reply' },
      due: due.value,
      replaces: replaces.value,
    })
    if (!queued.ok) return queued
    if (queued.value === null) return fail('compose.draft-missing')
    signedLast = content.sign
    const noted = await deps.onSent({ content, messageId })
    if (!noted.ok) return noted
    await deps.announce({ ids: queued.value.ids })
    await deps.onQueued(account.value.id)
    return ok(outboxItem(queued.value.item))
  }

  return {
    create,
    list: async (): Promise<Outcome<Draft[]>> => {
      const drafts = await vault.run('drafts.list', {})
      return drafts.ok ? ok(drafts.value.map(draftView)) : drafts
    },
    get: async (id: number): Promise<Outcome<Draft>> => {
      const draft = await load(id)
      return draft.ok ? ok(draftView(draft.value)) : draft
    },
    save: async (id: number, content: DraftContent): Promise<Outcome<{ savedAt: string }>> => {
      const saved = await vault.run('drafts.save', { id, content })
      if (!saved.ok) return saved
      return saved.value === null
        ? fail('compose.draft-missing')
        : ok({ savedAt: new Date(saved.value).toISOString() })
    },
    discard,
    /** The part file becomes the draft's: it is removed when the draft has gone meanwhile. */
    attach: async (
      id: number,
      file: { partFile: string; size: number; fileName: string; mimeType: string },
    ): Promise<Outcome<DraftAttachment>> => {
      const attachment: StoredAttachment = {
        id: token(8),
        fileName: file.fileName,
        mimeType: file.mimeType,
        size: file.size,
        partFile: file.partFile,
      }
      const attached = await vault.run('drafts.attach', { draftId: id, attachment })
      if (attached.ok && attached.value) return ok(attachmentView(attachment))
      await vault.parts.remove([file.partFile])
      return attached.ok ? fail('compose.draft-missing') : attached
    },
    detach: async (id: number, attachmentId: string): Promise<Outcome<null>> => {
      const file = await vault.run('drafts.detach', { draftId: id, attachmentId })
      if (!file.ok) return file
      if (file.value !== null) await vault.parts.remove([file.value])
      return ok(null)
    },
    check: async (id: number): Promise<Outcome<SendCheck[]>> => {
      const draft = await load(id)
      return draft.ok ? await checksOf(settled(draft.value)) : draft
    },
    send,
  }
}
