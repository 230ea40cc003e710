import { decodeCharset, decodePart, htmlToText, parseMessage, type MimePart } from '../mail/index.ts'
import {
  findDocuments,
  hprimText,
  isHprim,
  readZip,
  rtfText,
  sniffMime,
  type MessagePart,
} from '../mssante/index.ts'
import type { AttachmentText } from '../vault/index.ts'
import { limits } from './limits.ts'
import { pdfText } from './pdf.ts'

/** What the index learns from a source beside its body. */
export interface Extracted {
  /** Names and addresses in copy. */
  copies: string
  /** Of the body. */
  text: string
  texts: AttachmentText[]
}

/** pdf.js takes the buffer over: it gets one of its own. */
const own = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes)

/** Paragraphs of a Word document (ECMA-376); nothing but its text runs is looked at. */
const docxText = async (bytes: Uint8Array): Promise<string> => {
  const entries = await readZip(bytes)
  if (!entries.ok) return ''
  const document = entries.value.find(({ path }) => path === 'word/document.xml')
  if (!document) return ''
  const xml = new TextDecoder().decode(document.bytes)
  return htmlToText(xml.replace(/<w:p[ >]/g, '<p><w:p ').replace(/<w:tab\/>/g, ' '))
}

const plainTypes = /^(?:text\/|application\/(?:json|xml)$|message\/delivery-status$)/

/** The text of one file by what its bytes are, else by what it is said to be; empty when there is none to read. */
const fileText = async (bytes: Uint8Array, mimeType: string, charset: string | null): Promise<string> => {
  if (bytes.byteLength > limits.fileBytes) return ''
  const sniffed = sniffMime(bytes)
  if (sniffed === 'application/pdf') return await pdfText(own(bytes))
  if (sniffed === 'application/zip') return await docxText(bytes)
  if (sniffed === 'application/rtf') return rtfText(bytes, limits.fileCharacters)
  if (sniffed !== null) return ''
  if (isHprim(bytes)) return hprimText(bytes)
  if (!plainTypes.test(mimeType)) return ''
  const text = decodeCharset(bytes.subarray(0, 4 * limits.fileCharacters), charset)
  return /html|xml/.test(mimeType) ? htmlToText(text) : text
}

const enclosedText = async (bytes: Uint8Array, depth: number): Promise<string> => {
  const parsed = parseMessage(bytes)
  if (!parsed.ok || depth > limits.depth) return ''
  const { subject, from, text } = parsed.value
  const inner = (await read(bytes, depth)).texts.map((one) => `${one.fileName ?? ''} ${one.text}`)
  return [subject, from.name, from.address, text, ...inner].join('\n')
}

/** Texts of clinical documents, by the part they came in: those of an archive are named by their title. */
const documentTexts = async (parts: MessagePart[]): Promise<Map<string, AttachmentText[]>> => {
  const texts = new Map<string, AttachmentText[]>()
  for (const { partId, fileName, cda, bytes, mimeType, summary } of (await findDocuments(parts)).documents) {
    const embedded = cda?.pdf ? cda.media.get(cda.pdf) : undefined
    const text = cda
      ? `${summary.label} ${cda.text} ${embedded ? await fileText(embedded.bytes, embedded.mimeType, null) : ''}`
      : summary.archive
        ? await fileText(bytes, mimeType, null)
        : null
    if (text === null) continue
    texts.set(partId, [
      ...(texts.get(partId) ?? []),
      { fileName: cda ? summary.title || fileName : fileName, text },
    ])
  }
  return texts
}

const read = async (raw: Uint8Array, depth: number): Promise<Extracted> => {
  const parsed = parseMessage(raw)
  if (!parsed.ok) return { copies: '', text: '', texts: [] }
  const message = parsed.value
  const chosen = message.attachments.filter((part) => !/pkcs7|pgp/.test(part.mimeType)).slice(0, limits.files)
  const parts = chosen.map((part): MessagePart => ({
    id: part.path,
    fileName: part.fileName,
    mimeType: part.mimeType,
    bytes: decodePart(raw, part),
    inline: part.contentId !== null && part.mimeType.startsWith('image/'),
  }))
  const clinical = await documentTexts(parts)
  const texts: AttachmentText[] = []
  let length = 0
  for (const [index, part] of parts.entries()) {
    const mime: MimePart | undefined = chosen[index]
    const found =
      clinical.get(part.id) ??
      (part.inline
        ? []
        : [
            {
              fileName: part.fileName ?? '',
              text:
                part.mimeType === 'message/rfc822'
                  ? await enclosedText(part.bytes, depth + 1)
                  : await fileText(part.bytes, part.mimeType, mime?.parameters['charset'] ?? null),
            },
          ])
    for (const { fileName, text } of found) {
      const kept = text
        .slice(0, Math.min(limits.fileCharacters, limits.messageCharacters - length))
        .toWellFormed()
      length += kept.length
      // A name alone is worth finding too.
      if (kept.trim() !== '' || (fileName ?? '') !== '')
        texts.push({ fileName: fileName ?? '', text: kept.trim() })
    }
  }
  const copies = message.cc.flatMap((one) => [one.name, one.address]).join(' ')
  return { copies, text: message.text.slice(0, limits.fileCharacters), texts }
}

/** Reads the attachments of a message, as far as the limits go (limits.ts); what cannot be read is left out. */
export const extractTexts = (raw: Uint8Array): Promise<Extracted> => read(raw, 0)
