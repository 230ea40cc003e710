import { z } from 'zod'
import { DocumentInspection } from './document-inspection.ts'
import { MessageId } from './mail.ts'
import { call } from './service.ts'
import {
  EncryptionStatus,
  HeaderProtection,
  PartVerdict,
  SignatureNotice,
  SignatureReason,
  SignatureStatus,
  SignatureVerdict,
} from './verdict.ts'

/** Header fields as a reader sees them; null when there is none. */
const InspectedHeaders = z.object({
  from: z.string().nullable(),
  sender: z.string().nullable(),
  to: z.array(z.string()),
  cc: z.array(z.string()),
  subject: z.string(),
  /** ISO 8601. */
  date: z.string().nullable(),
  messageId: z.string().nullable(),
})

/** One node of the MIME tree; what a layer of S/MIME held is its child « 1 ». */
export interface InspectedPart {
  /** IMAP numbering: empty for the root. */
  path: string
  contentType: string
  charset: string | null
  encoding: string
  disposition: string | null
  fileName: string | null
  /** Bytes as sent, transfer encoding included, headers not. */
  size: number
  protection: { decrypted: boolean; signature: SignatureVerdict }
  parts: InspectedPart[]
}
export const InspectedPart: z.ZodType<InspectedPart> = z.object({
  path: z.string(),
  contentType: z.string(),
  charset: z.string().nullable(),
  encoding: z.string(),
  disposition: z.string().nullable(),
  fileName: z.string().nullable(),
  size: z.number(),
  protection: z.object({ decrypted: z.boolean(), signature: SignatureVerdict }),
  get parts() {
    return z.array(InspectedPart)
  },
})

/** A stretch of text that a reader is shown, in order. */
const DisplayedText = z.object({
  path: z.string(),
  format: z.enum(['text', 'html']),
  text: z.string(),
  /** What is said of this stretch. */
  signature: SignatureVerdict,
  decrypted: z.boolean(),
})

const RecipientKey = z.object({
  kind: z.enum(['key-transport', 'key-agreement', 'shared-key', 'password', 'other']),
  algorithm: z.string(),
  /** Serial number or key identifier, lower-case hex; null without. */
  identifier: z.string().nullable(),
  /** One of the keys at hand. */
  ours: z.boolean(),
})

const InspectedLayer = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('signature'),
    form: z.enum(['detached', 'opaque']),
    signature: SignatureStatus,
  }),
  z.object({
    kind: z.literal('encryption'),
    encryption: EncryptionStatus,
    /** Null when the structure could not be read. */
    algorithm: z.string().nullable(),
    recipients: z.array(RecipientKey),
  }),
])

/** Everything SousPli makes of a message: the object of `inspect message` (docs/inspect.md) and of « Analyser un message ». */
export const MessageInspection = z.object({
  /** Bytes. */
  size: z.number(),
  headers: InspectedHeaders,
  /** As shown: protected headers put in place of the others where they can be relied on. */
  shown: InspectedHeaders.pick({ from: true, subject: true }),
  verdict: SignatureVerdict,
  reasons: z.array(SignatureReason),
  notices: z.array(SignatureNotice),
  signature: SignatureStatus,
  encryption: EncryptionStatus,
  layers: z.array(InspectedLayer),
  parts: z.array(PartVerdict),
  headerProtection: HeaderProtection,
  tree: InspectedPart,
  displayed: z.array(DisplayedText),
  /** How the text of HTML was found. */
  htmlText: z.enum(['sanitised', 'extracted']),
  attachments: z.array(
    z.object({
      path: z.string(),
      fileName: z.string().nullable(),
      contentType: z.string(),
      /** Bytes, decoded. */
      size: z.number(),
      signature: SignatureVerdict,
    }),
  ),
  /** Addresses the message would have fetched as soon as it is shown; none was. */
  remoteReferences: z.array(z.string()),
  /** Protection of another kind, which is not judged. */
  foreignProtection: z.enum(['none', 'openpgp']),
  /** The clinical documents it carries, in the shape of `inspect document`. */
  clinical: DocumentInspection,
  /** When the certificates were judged; ISO 8601. */
  judgedAt: z.string(),
})
export type MessageInspection = z.infer<typeof MessageInspection>

export const inspectionCalls = {
  /** A message of the mailbox, or a file the window has streamed. Errors: `mime.limit`, those of the store. */
  'inspect.message': call(
    z.object({
      source: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('message'), id: MessageId }),
        z.object({ kind: z.literal('upload'), uploadId: z.string().max(100) }),
      ]),
    }),
    MessageInspection,
  ),
}
