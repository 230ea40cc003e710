import type { TrustClass } from '../../contract/index.ts'
import { fail, ok, type Outcome } from '../../contract/errors.ts'
import { flagBits, type NewMessage } from '../../vault/index.ts'
import { identityOf, protectionOf } from '../imap/headers.ts'
import { parseHeaderBlock } from '../mime/header.ts'
import { envelopeOf } from '../mime/message.ts'
import type { FileFlags } from './found-message.ts'
import { endOfHeader } from './line-breaks.ts'

export interface ImportReading {
  classify: (address: string) => TrustClass
  displaySubject: (raw: string) => string
  now: () => number
}

/** Header bytes of a message at most: the same as for one that comes from the server. */
const longestHeader = 2 * 1024 * 1024
/** Fields of which a message has at least one (RFC 5322 §3.6): anything else is not mail. */
const mailFields = new Set([
  'from',
  'date',
  'subject',
  'message-id',
  'received',
  'to',
  'sender',
  'content-type',
])

/**
 * The row of a message read from a file, with the identity it will have on the server. `mime.malformed` when it is no
 * mail or holds NUL bytes, which IMAP cannot carry; `mime.limit` when its header is beyond measure.
 */
export const readImportedRow = (
  found: { raw: Uint8Array; flags: FileFlags; receivedAt: number | null },
  reading: ImportReading,
): Outcome<Omit<NewMessage, 'uid' | 'hasAttachments'>> => {
  const { raw } = found
  if (raw.includes(0)) return fail('mime.malformed', { details: { what: 'nul' } })
  const headerEnd = endOfHeader(raw)
  if (headerEnd > longestHeader) return fail('mime.limit', { details: { what: 'headers' } })
  const fields = parseHeaderBlock(raw.subarray(0, headerEnd))
  if (!fields.some((field) => mailFields.has(field.name)))
    return fail('mime.malformed', { details: { what: 'not-mail' } })
  const envelope = envelopeOf(fields)
  const type = fields.find((field) => field.name === 'content-type')?.value.toLowerCase() ?? ''
  return ok({
    identity: identityOf(raw.subarray(0, headerEnd), raw.byteLength),
    date: envelope.date ?? found.receivedAt ?? reading.now(),
    from: envelope.from,
    to: [...envelope.to, ...envelope.cc],
    subject: reading.displaySubject(envelope.subject),
    rawSubject: envelope.subject,
    flags: maskOf(found.flags),
    size: raw.byteLength,
    trust: reading.classify(envelope.from.address),
    ...protectionOf(type.split(';')[0]?.trim() ?? '', /smime-type="?([\w-]+)/.exec(type)?.[1]),
    messageId: envelope.messageId,
    inReplyTo: envelope.inReplyTo,
    references: envelope.references,
  })
}

const maskOf = (flags: FileFlags): number =>
  (flags.seen ? flagBits.seen : 0) |
  (flags.flagged ? flagBits.flagged : 0) |
  (flags.answered ? flagBits.answered : 0) |
  (flags.forwarded ? flagBits.forwarded : 0)
