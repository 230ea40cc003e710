import type { DocumentInspection } from '../contract/index.ts'
import { parseMessage } from '../mail/index.ts'
import {
  findDocuments,
  inspectDocuments,
  type JudgedFiles,
  type MessageDocuments,
  type MessagePart,
} from '../mssante/index.ts'
import { judgeFile, takeApart, type FileJudgeContext } from '../smime/index.ts'
import { enclosedMessage, isMail, judgedSignatures, messageDocuments } from './documents.ts'

const judged = async (found: MessageDocuments, context: FileJudgeContext): Promise<JudgedFiles> =>
  new Map(
    await Promise.all(
      found.documents.map(
        async (document) =>
          [document, await judgedSignatures(document, (finding) => judgeFile(finding, context))] as const,
      ),
    ),
  )

/** Everything SousPli makes of the clinical documents of a message (`clinical` of `inspect message`). */
export const inspectMessageDocuments = async (
  message: Parameters<typeof messageDocuments>[0],
  at: Date,
  context: FileJudgeContext,
): Promise<DocumentInspection> => {
  const found = await messageDocuments(message)
  return inspectDocuments(found, 'message', at, await judged(found, context))
}

interface InspectedFile {
  bytes: Uint8Array
  fileName: string
}

/**
 * Everything SousPli makes of a file: XDM archive, CDA, HL7 v2, HPRIM, DICOM, a mail with any of them (docs/inspect.md). `beside` are
 * files that lie beside it: the one that it signs, when it is a signature alone.
 */
export const inspectDocument = async (
  { bytes, fileName }: InspectedFile,
  at: Date,
  context: FileJudgeContext,
  beside: readonly InspectedFile[] = [],
): Promise<DocumentInspection> => {
  // What is given may be the mail itself.
  if (/\.eml$/i.test(fileName) || isMail(bytes)) {
    // What is signed opaquely is read; nobody's signature on the message is judged here.
    const { content, layers } = takeApart(bytes, [])
    const parsed = parseMessage(layers.length > 0 ? content : bytes)
    if (parsed.ok) return inspectMessageDocuments(parsed.value, at, context)
  }
  const parts = [{ bytes, fileName }, ...beside].map((file, index): MessagePart => ({
    id: String(index + 1),
    mimeType: '',
    inline: false,
    ...file,
  }))
  const found = await findDocuments(parts, { strict: true, enclosed: enclosedMessage })
  return inspectDocuments(found, found.kinds[0]?.kind ?? 'unknown', at, await judged(found, context))
}
