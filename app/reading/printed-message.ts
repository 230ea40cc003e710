import { ok, type MessageRow, type Outcome } from '../contract/index.ts'
import { decodePart, htmlToBlocks, parseMessage, textToBlocks, type PrintedMessage } from '../mail/index.ts'
import type { OpenedMessage } from '../smime/index.ts'
import { readContent } from './body-sections.ts'

/** Characters of one message on paper; the rest is in the original that goes along. */
const longestText = 120_000

/**
 * What goes on paper of a message: headers of the outer message, text and attachments only from what `opened` says is
 * protected (architecture §7.6). An encrypted message that nothing here opens has neither. Errors: `mime.limit`.
 */
export const buildPrintedMessage = (
  row: MessageRow,
  raw: Uint8Array,
  opened: OpenedMessage,
): Outcome<PrintedMessage> => {
  const outer = parseMessage(raw)
  if (!outer.ok) return outer
  const closed = opened.encryption.status === 'failed'
  const inner = opened.content === raw || closed ? outer : readContent(opened)
  if (!inner.ok) return inner
  const content = inner.value
  const text = closed
    ? { blocks: [], truncated: false }
    : content.html === null
      ? textToBlocks(content.text, longestText)
      : htmlToBlocks(content.html, longestText)
  return ok({
    subject: opened.headerProtection.subject ?? row.subject,
    from: outer.value.from,
    to: outer.value.to,
    cc: outer.value.cc,
    date: Date.parse(row.date),
    patient: closed ? null : row.patient,
    signature: opened.signature,
    encryption: opened.encryption.status,
    ...text,
    attachments: closed
      ? []
      : content.attachments
          .filter((part) => !/pkcs7-signature$/.test(part.mimeType))
          .map((part, index) => ({
            fileName: part.fileName ?? `piece-${String(index + 1)}`,
            mimeType: part.mimeType,
            bytes: decodePart(content.raw, part),
          })),
    raw,
  })
}
