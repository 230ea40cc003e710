import {
  ok,
  toErrorData,
  type ErrorCode,
  type MessageRow,
  type MessageView,
  type Outcome,
  type Part,
} from '../contract/index.ts'
import { parseMessage, type MimePart } from '../mail/index.ts'
import { bodySections, readContent } from './body-sections.ts'
import {
  judgedSignatures,
  messageDocuments,
  messageParts,
  publishDocument,
  servedType,
  type JudgeFile,
} from './documents.ts'
import { displaySubject, lockOf, type MessagePart } from '../mssante/index.ts'
import type { OpenedMessage } from '../smime/index.ts'
import { hasRemoteReference } from './remote-reference.ts'
import type { Resource } from './resources.ts'

type Publish = (resource: Resource) => string

/** Extensions that run something when opened (architecture §7.2, models.md §5 row 16). */
const dangerousName =
  /\.(exe|com|scr|pif|bat|cmd|msi|msp|msix|ps1|vbs?|vbe|jse?|wsf|wsh|hta|lnk|url|jar|reg|cpl|dll|sh|app|command|desktop|appimage|deb|rpm|dmg|pkg|iso|img|html?|xhtml|svg|xsl|chm|docm|xlsm|pptm)$/i

const utf8 = new TextEncoder()

const publishPart = (
  part: MessagePart,
  mime: MimePart | undefined,
  opened: OpenedMessage,
  publish: Publish,
): Part => {
  const mimeType = servedType(part.bytes, part.mimeType)
  return {
    id: part.id,
    url: publish({
      mimeType,
      size: part.bytes.byteLength,
      fileName: part.fileName,
      read: () => ok(part.bytes),
    }),
    fileName: part.fileName,
    mimeType: mimeType === 'application/octet-stream' ? part.mimeType : mimeType,
    size: part.bytes.byteLength,
    contentId: mime?.contentId ?? null,
    inline: part.inline,
    outsideSignature:
      opened.stretches.length > 0 &&
      mime !== undefined &&
      !opened.stretches.some(({ start, end }) => mime.start >= start && mime.end <= end),
    lock: lockOf(part.bytes, part.fileName),
    dangerous:
      dangerousName.test(part.fileName ?? '') ||
      mimeType === 'application/x-msdownload' ||
      mimeType === 'application/x-executable',
  }
}

/**
 * What the reading pane shows of a message. Headers come from the outer message; bodies, parts and documents only from
 * what `opened` says is protected (architecture §7.6). Errors: `mime.limit`.
 */
export const buildMessageView = async (
  row: MessageRow,
  raw: Uint8Array,
  opened: OpenedMessage,
  publish: Publish,
  judge: JudgeFile,
): Promise<Outcome<MessageView>> => {
  const outer = parseMessage(raw)
  if (!outer.ok) return outer
  const headers = outer.value
  const failed = opened.encryption.status === 'failed'
  const inner = opened.content === raw ? outer : readContent(opened)
  if (!inner.ok) return inner
  const content = inner.value
  const sections = failed ? ok([]) : bodySections(opened)
  if (!sections.ok) return sections
  const found = failed ? [] : messageParts(content)
  const mimeById = new Map(content.attachments.map((part) => [part.path, part]))
  const parts = found.map((part) => publishPart(part, mimeById.get(part.id), opened, publish))
  const documents = failed ? [] : (await messageDocuments(content, found)).documents
  // Served as plain text: HTML becomes so only after the renderer has sanitised it.
  const publishText = (text: string): string => {
    const bytes = utf8.encode(text)
    return publish({ mimeType: 'text/plain', size: bytes.byteLength, fileName: null, read: () => ok(bytes) })
  }
  return ok({
    row,
    from: headers.from,
    sender: headers.sender,
    replyTo: headers.replyTo,
    to: headers.to,
    cc: headers.cc,
    messageIdHeader: headers.messageId,
    rawSubject: headers.subject,
    readReceiptRequested: headers.readReceiptTo.length > 0,
    readReceipt: null,
    sent: nothingSent,
    body: {
      available: true,
      textUrl: failed ? null : publishText(content.text),
      htmlUrl: content.html === null || failed ? null : publishText(content.html),
      remoteContent: content.html !== null && hasRemoteReference(content.html),
      sections: sections.value.map(({ text, html, verdictPath }) => ({
        textUrl: publishText(text),
        htmlUrl: html === null ? null : publishText(html),
        verdictPath,
      })),
    },
    parts,
    documents: await Promise.all(
      documents.map(async (document) =>
        publishDocument(document, parts, publish, await judgedSignatures(document, judge)),
      ),
    ),
    signature: opened.signature,
    encryption:
      opened.encryption.status === 'failed'
        ? { status: 'failed', error: toErrorData(opened.encryption.error) }
        : opened.encryption,
    headerProtection: {
      ...opened.headerProtection,
      subject:
        opened.headerProtection.subject === null ? null : displaySubject(opened.headerProtection.subject),
    },
    partVerdicts: opened.parts,
    raw: {
      url: publish({
        mimeType: 'text/plain',
        size: raw.byteLength,
        fileName: 'message.eml',
        read: () => ok(raw),
      }),
      size: raw.byteLength,
    },
    quarantine: null,
  })
}

/** Filled in by who knows the outbox and the reports. */
const nothingSent: MessageView['sent'] = { recipients: null, report: null, replaces: null, replacedBy: null }

/** A message whose body is not here yet: headers from the row, everything else empty. */
export const buildHeaderOnlyView = (row: MessageRow, rawSubject: string): MessageView => ({
  row,
  from: row.from,
  sender: null,
  replyTo: [],
  to: row.to,
  cc: [],
  messageIdHeader: null,
  rawSubject,
  readReceiptRequested: false,
  readReceipt: null,
  sent: nothingSent,
  body: { available: false, textUrl: null, htmlUrl: null, remoteContent: false, sections: [] },
  parts: [],
  documents: [],
  signature: { status: 'none' },
  encryption: { status: 'none' },
  headerProtection: { kind: 'none', subject: null, differences: [], hidden: [] },
  partVerdicts: [],
  raw: { url: '', size: 0 },
  quarantine: null,
})

/** A message set aside: nothing of its content is read, its source can be saved. */
export const buildQuarantinedView = (
  row: MessageRow,
  raw: Uint8Array | null,
  quarantine: ErrorCode,
  publish: Publish,
): MessageView => ({
  ...buildHeaderOnlyView(row, row.subject),
  quarantine,
  ...(raw && {
    raw: {
      url: publish({
        mimeType: 'application/octet-stream',
        size: raw.byteLength,
        fileName: 'message.eml',
        read: () => ok(raw),
      }),
      size: raw.byteLength,
    },
  }),
})
