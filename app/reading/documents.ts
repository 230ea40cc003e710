import {
  ok,
  type ClinicalDocument,
  type DocumentData,
  type DocumentSummary,
  type FileSignature,
  type SignatureStatus,
  type Part,
} from '../contract/index.ts'
import { decodePart, parseMessage, type MimePart, type ParsedMessage } from '../mail/index.ts'
import {
  envelopeBytes,
  findDocuments,
  hprimText,
  innerName,
  isEnvelope,
  sniffMime,
  type EnclosedMessage,
  type FoundDocument,
  type MessageDocuments,
  type MessagePart,
} from '../mssante/index.ts'
import { takeApart, type SignatureFinding } from '../smime/index.ts'
import type { Resource } from './resources.ts'

type Publish = (resource: Resource) => string

/** Types shown in place whatever their name; the rest is served as bytes. */
const shownTypes = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'application/pdf'])

/** The type bytes are served under: what they are, else plain text where that is what is declared. */
export const servedType = (bytes: Uint8Array, declared: string): string => {
  const sniffed = sniffMime(bytes)
  if (sniffed) return sniffed
  return declared === 'text/plain' || declared === 'text/calendar' ? 'text/plain' : 'application/octet-stream'
}

/** Encoded bytes whose decoding tells the type of a part. */
const encodedHead = 6 * 1024

const isInline = (part: MimePart, html: string | null): boolean =>
  part.contentId !== null && html !== null && html.includes(`cid:${part.contentId}`)

/** Leaves of a message as the document reader wants them; pictures of the HTML body are not documents. */
export const messageParts = (parsed: ParsedMessage): MessagePart[] =>
  parsed.attachments.map((part) => {
    let decoded: Uint8Array | null = null
    return {
      id: part.path,
      fileName: part.fileName,
      mimeType: part.mimeType,
      get bytes() {
        return (decoded ??= decodePart(parsed.raw, part))
      },
      head: decodePart(parsed.raw, { ...part, end: Math.min(part.end, part.bodyStart + encodedHead) }),
      inline: isInline(part, parsed.html),
    }
  })

/** A message by its header fields. */
export const isMail = (bytes: Uint8Array): boolean => {
  const head = Buffer.from(bytes.subarray(0, 8192)).toString('latin1')
  const fields = head.split(/\r?\n\r?\n/, 1)[0] ?? ''
  return /^[!-9;-~]+:[ \t]/.test(head) && /^(?:From|MIME-Version|Content-Type|Message-ID):/im.test(fields)
}

const messageIn = (bytes: Uint8Array): EnclosedMessage | null => {
  const enclosed = parseMessage(bytes)
  return enclosed.ok ? { parts: messageParts(enclosed.value), body: enclosed.value.text } : null
}

const envelopeHead = Buffer.from(
  'Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: binary\r\n\r\n',
)

/** What a CMS envelope holds, a mail or a file, every signature and compression off; nothing is decrypted, nobody is judged. */
const insideEnvelope = ({ bytes, fileName }: MessagePart): EnclosedMessage | null => {
  const raw = Buffer.concat([envelopeHead, envelopeBytes(bytes)])
  const { content, layers } = takeApart(raw, [])
  const [outer] = layers
  const signatures = layers.flatMap((layer) => (layer.kind === 'signature' ? [layer.finding] : []))
  if (content === raw) {
    if (!outer) return null
    if (outer.kind === 'encryption') return { parts: [], body: null, envelope: 'encrypted' }
    return { parts: [], body: null, envelope: 'detached', signatures }
  }
  const envelope = outer?.kind === 'signature' ? 'signed' : 'compressed'
  const mail = isMail(content) ? messageIn(content) : null
  const file = {
    id: '1',
    fileName: innerName(fileName, content),
    mimeType: '',
    bytes: content,
    inline: false,
  }
  return { ...(mail ?? { parts: [file], body: null }), envelope, signatures }
}

/** An enclosed message or a CMS envelope taken apart; null for what is none. */
export const enclosedMessage = (part: MessagePart): EnclosedMessage | null =>
  isEnvelope(part) ? insideEnvelope(part) : messageIn(part.bytes)

/** The clinical documents of a message: its attachments, what stands in its text, and those of the messages it encloses. */
export const messageDocuments = (
  parsed: ParsedMessage,
  parts: MessagePart[] = messageParts(parsed),
): Promise<MessageDocuments> =>
  findDocuments(parts, {
    body: parsed.text,
    enclosed: enclosedMessage,
  })

const utf8 = new TextEncoder()

const publishJson = (value: ClinicalDocument | DocumentData, publish: Publish): string => {
  const json = utf8.encode(JSON.stringify(value))
  return publish({
    mimeType: 'application/json',
    size: json.byteLength,
    fileName: null,
    read: () => ok(json),
  })
}

const publishBytes = (bytes: Uint8Array, mimeType: string, publish: Publish): string =>
  publish({
    mimeType: shownTypes.has(mimeType) ? mimeType : 'application/octet-stream',
    size: bytes.byteLength,
    fileName: null,
    read: () => ok(bytes),
  })

const publishCda = (
  found: FoundDocument,
  publish: Publish,
  pdfBeside: string | null,
): { url: string; pdfUrl: string | null } | null => {
  const { cda } = found
  if (!cda) return null
  const urls = new Map(
    [...cda.media].map(([id, { bytes, mimeType }]) => [id, publishBytes(bytes, mimeType, publish)]),
  )
  // Shown first only when the document itself carries it; the one sent beside is offered.
  const embedded = (cda.pdf === null ? null : urls.get(cda.pdf)) ?? null
  const document: ClinicalDocument = {
    ...cda.document,
    pdfUrl: embedded,
    media: cda.document.media.map((media) => ({ ...media, url: urls.get(media.id) ?? null })),
  }
  return { url: publishJson(document, publish), pdfUrl: embedded ?? pdfBeside }
}

/** HPRIM, HL7 v2 and DICOM as data, the pictures of the latter drawn now. */
const publishData = ({ data, previews }: FoundDocument, publish: Publish): string | null => {
  if (data?.kind !== 'dicom') return data === null ? null : publishJson(data, publish)
  const pictures = (previews?.() ?? []).map(({ sopInstanceUid, mimeType, width, height, bytes }) => ({
    sopInstanceUid,
    mimeType,
    width,
    height,
    url: publishBytes(bytes, mimeType, publish),
  }))
  return publishJson({ ...data, dicom: { ...data.dicom, previews: pictures } }, publish)
}

/** The verdict on the signature of a file (`judgeFile` with what the caller trusts). */
export type JudgeFile = (finding: SignatureFinding) => Promise<SignatureStatus>

/** What is said of the signatures of a document's file, outermost first. */
export const judgedSignatures = ({ signatures }: FoundDocument, judge: JudgeFile): Promise<FileSignature[]> =>
  Promise.all(signatures.map(async ({ finding, ...told }) => ({ ...told, signature: await judge(finding) })))

/** Gives the bytes and the data of a document addresses. */
export const publishDocument = (
  found: FoundDocument,
  parts: Part[],
  publish: Publish,
  signatures: FileSignature[],
): DocumentSummary => {
  const beside = parts.find((part) => part.id === found.pdfPartId)?.url ?? null
  const cda = publishCda(found, publish, beside)
  if (cda) return { ...found.summary, ...cda, signatures, dataUrl: null }
  const isText = found.summary.kind === 'hprim' || found.summary.kind === 'hl7'
  const bytes = isText ? utf8.encode(hprimText(found.bytes)) : found.bytes
  const url = publish({
    mimeType: isText ? 'text/plain' : servedType(bytes, found.mimeType),
    size: bytes.byteLength,
    fileName: found.fileName,
    read: () => ok(bytes),
  })
  return {
    ...found.summary,
    signatures,
    url,
    dataUrl: publishData(found, publish),
    pdfUrl: found.mimeType === 'application/pdf' ? url : null,
  }
}
