import type { DocumentInspection } from '../contract/index.ts'
import { parseMessage } from '../mail/index.ts'
import { findDocuments, inspectDocuments, type MessagePart } from '../mssante/index.ts'
import { takeApart } from '../smime/index.ts'
import { messageDocuments, messageParts } from './documents.ts'

/** A message by its header fields: what `inspect document` is given may be the mail itself. */
const isMail = (bytes: Uint8Array, fileName: string): boolean => {
  if (/\.eml$/i.test(fileName)) return true
  const head = Buffer.from(bytes.subarray(0, 8192)).toString('latin1')
  const fields = head.split(/\r?\n\r?\n/, 1)[0] ?? ''
  return /^[!-9;-~]+:[ \t]/.test(head) && /^(?:From|MIME-Version|Content-Type|Message-ID):/im.test(fields)
}

/** Everything SousPli makes of the clinical documents of a message (`clinical` of `inspect message`). */
export const inspectMessageDocuments = async (
  message: Parameters<typeof messageDocuments>[0],
  at: Date,
): Promise<DocumentInspection> => inspectDocuments(await messageDocuments(message), 'message', at)

/** Everything SousPli makes of a file: XDM archive, CDA, HL7 v2, HPRIM, DICOM, a mail with any of them (docs/inspect.md). */
export const inspectDocument = async (
  bytes: Uint8Array,
  fileName: string,
  at: Date,
): Promise<DocumentInspection> => {
  if (isMail(bytes, fileName)) {
    // What is signed opaquely is read; nobody's signature is judged here.
    const { content, layers } = takeApart(bytes, [])
    const parsed = parseMessage(layers.length > 0 ? content : bytes)
    if (parsed.ok) return inspectMessageDocuments(parsed.value, at)
  }
  const part: MessagePart = { id: '1', fileName, mimeType: '', bytes, inline: false }
  const found = await findDocuments([part], {
    strict: true,
    enclosed: (inner) => {
      const parsed = parseMessage(inner.bytes)
      return parsed.ok ? { parts: messageParts(parsed.value), body: parsed.value.text } : null
    },
  })
  return inspectDocuments(found, found.kinds[0]?.kind ?? 'unknown', at)
}
