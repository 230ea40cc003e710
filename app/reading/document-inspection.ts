import type { DocumentInspection } from '../contract/index.ts'
import { parseMessage } from '../mail/index.ts'
import { findDocuments, inspectDocuments, type MessagePart } from '../mssante/index.ts'
import { takeApart } from '../smime/index.ts'
import { enclosedMessage, isMail, messageDocuments } from './documents.ts'

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
  // What is given may be the mail itself.
  if (/\.eml$/i.test(fileName) || isMail(bytes)) {
    // What is signed opaquely is read; nobody's signature is judged here.
    const { content, layers } = takeApart(bytes, [])
    const parsed = parseMessage(layers.length > 0 ? content : bytes)
    if (parsed.ok) return inspectMessageDocuments(parsed.value, at)
  }
  const part: MessagePart = { id: '1', fileName, mimeType: '', bytes, inline: false }
  const found = await findDocuments([part], { strict: true, enclosed: enclosedMessage })
  return inspectDocuments(found, found.kinds[0]?.kind ?? 'unknown', at)
}
