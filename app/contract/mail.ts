import { z } from 'zod'
import { call, Nothing } from './service.ts'
import { AccountId } from './accounts.ts'
import { DeliverySummary, MessageDelivery, ReceiptRequest, Replacement } from './delivery.ts'
import { ErrorCode } from './errors.ts'
import { FilingSummary } from './filing.ts'
import { DocumentSummary, PatientSummary, ResultAlert } from './documents.ts'
import { AddressWarning } from './trust-space.ts'
import { EncryptionStatus, HeaderProtection, PartVerdict, SignatureStatus } from './verdict.ts'

/** Grows with the message's date: seconds × 2²⁰ + counter (models.md §8.2), below 2⁵³. */
export const MessageId = z.number().int().positive()
export type MessageId = z.infer<typeof MessageId>
export const FolderId = z.number().int().positive()
export type FolderId = z.infer<typeof FolderId>

export const FolderRole = z.enum(['inbox', 'drafts', 'sent', 'archive', 'junk', 'trash', 'none'])
export type FolderRole = z.infer<typeof FolderRole>

/** What the user may do with a folder (RFC 4314); all of it in one's own mailbox unless the server says otherwise. */
export const FolderRights = z.object({
  /** See its messages (r). */
  read: z.boolean(),
  /** Mark read and unread (s). */
  seen: z.boolean(),
  /** Other flags (w). */
  flag: z.boolean(),
  /** Put messages there: move, copy, save a draft, file what was sent (i). */
  insert: z.boolean(),
  /** Take messages away: move out, delete (t). */
  remove: z.boolean(),
  /** Make a deletion final (e). */
  expunge: z.boolean(),
  /** Make folders below it (k). */
  create: z.boolean(),
  /** Delete or rename the folder itself (x). */
  deleteFolder: z.boolean(),
  /** Change who may do what (a). */
  administer: z.boolean(),
})
export type FolderRights = z.infer<typeof FolderRights>

export const Folder = z.object({
  id: FolderId,
  accountId: AccountId,
  /** Server path, decoded. */
  path: z.string(),
  /** Last segment of the path. */
  name: z.string(),
  parentPath: z.string().nullable(),
  /** Its part in its own mailbox: a shared mailbox has its own inbox, drafts, trash. */
  role: FolderRole,
  /** Another user's mailbox shared with this one (IMAP ACL, RFC 4314): its address or name; null for one's own. */
  mailbox: z.string().nullable(),
  total: z.number().int(),
  unread: z.number().int(),
  /** Among the folders the user wants to see in every mail program (RFC 3501 SUBSCRIBE). */
  subscribed: z.boolean(),
  rights: FolderRights,
})
export type Folder = z.infer<typeof Folder>

export const Correspondent = z.object({ name: z.string(), address: z.string() })
export type Correspondent = z.infer<typeof Correspondent>

/** What the domain says of an address. `outside` cannot be written to (architecture §7.7). */
export const TrustClass = z.enum(['professional', 'organisation', 'patient', 'outside', 'unknown'])
export type TrustClass = z.infer<typeof TrustClass>

/** How the documents of a message stand to those of others: come before, replaced since, or in the place of earlier ones. */
export const DocumentMark = z.enum(['duplicate', 'replaced', 'replaces'])
export type DocumentMark = z.infer<typeof DocumentMark>

export const Flag = z.enum(['seen', 'flagged', 'answered', 'forwarded'])
export type Flag = z.infer<typeof Flag>

/** What the first clinical document of a message says of itself, for its line of the list (MSS/va1.25). */
export const RowDocument = z.object({
  title: z.string(),
  /** ISO 8601, as precise as the document says. */
  date: z.string().nullable(),
  author: z.string().nullable(),
  organisation: z.string().nullable(),
})
export type RowDocument = z.infer<typeof RowDocument>

/** One line of the list; nothing here needs the body. */
export const MessageRow = z.object({
  id: MessageId,
  accountId: AccountId,
  folderId: FolderId,
  threadId: z.number().int(),
  /** Messages of its conversation, itself included, whatever their folder. */
  threadCount: z.number().int(),
  /** ISO 8601, UTC. */
  date: z.string(),
  from: Correspondent,
  to: z.array(Correspondent),
  /** As shown: without the technical prefix (ECO.3.1.3). */
  subject: z.string(),
  preview: z.string(),
  seen: z.boolean(),
  flagged: z.boolean(),
  answered: z.boolean(),
  forwarded: z.boolean(),
  hasAttachments: z.boolean(),
  /** Bytes. */
  size: z.number().int(),
  trust: TrustClass,
  /** What in the sender's name or address is made to deceive; absent when nothing is. */
  warnings: z.array(AddressWarning).optional(),
  signed: z.boolean(),
  encrypted: z.boolean(),
  patient: PatientSummary.nullable(),
  /** Label of the first clinical document, and how many there are. */
  documentLabel: z.string().nullable(),
  documentCount: z.number().int(),
  /** Absent when it has none. */
  document: RowDocument.optional(),
  /** Absent when its documents stand alone. */
  documentMark: DocumentMark.optional(),
  alert: ResultAlert.nullable(),
  /** An action on this message is not yet confirmed by the server. */
  pending: z.boolean(),
  /** Nothing is read of it: its content is beyond what can be read safely, or the server never gave it. */
  quarantined: z.boolean(),
  /** How far a sent message has come; null for everything else. */
  delivery: DeliverySummary.nullable(),
  /** « Annule et remplace »: it replaces another message of the same author, or is replaced by one. */
  replacement: Replacement.nullable(),
  /** How far its documents have come into patient records; null when none was handed over. */
  filing: FilingSummary.nullable(),
})
export type MessageRow = z.infer<typeof MessageRow>

/** A part the window may fetch. `url` is a souspli-part:// address that dies with the session (architecture §2). */
export const Part = z.object({
  id: z.string(),
  url: z.string(),
  fileName: z.string().nullable(),
  /** From the magic bytes where there are any, else as declared. */
  mimeType: z.string(),
  size: z.number().int(),
  /** Without the angle brackets. */
  contentId: z.string().nullable(),
  inline: z.boolean(),
  /** It stands beside what is signed. */
  outsideSignature: z.boolean(),
  /** Nobody opens it without a password (PDF, zip, office), or without the key of a certificate (CMS), by its bytes. */
  lock: z.enum(['password', 'certificate']).nullable(),
  /** Executables and scripts are only ever saved. */
  dangerous: z.boolean(),
})
export type Part = z.infer<typeof Part>

/** A stretch of the body under one signature, or under none. */
export const BodySection = z.object({
  textUrl: z.string().nullable(),
  htmlUrl: z.string().nullable(),
  /** Path of the part whose verdict holds for it; null outside every signature. */
  verdictPath: z.string().nullable(),
})
export type BodySection = z.infer<typeof BodySection>

export const MessageView = z.object({
  row: MessageRow,
  from: Correspondent,
  sender: Correspondent.nullable(),
  replyTo: z.array(Correspondent),
  to: z.array(Correspondent),
  cc: z.array(Correspondent),
  messageIdHeader: z.string().nullable(),
  /** Subject as sent, technical prefix included. */
  rawSubject: z.string(),
  readReceiptRequested: z.boolean(),
  /** The request when it can be answered: not for one's own messages, nor for reports. */
  readReceipt: ReceiptRequest.nullable(),
  sent: MessageDelivery,
  body: z.object({
    /** False while the body has not been downloaded and the account is offline. */
    available: z.boolean(),
    /** Address of the text/plain rendering (text of the HTML when the sender sent none). */
    textUrl: z.string().nullable(),
    /** Address of the sender's HTML, not sanitised: the renderer sanitises it last, then hands it to its frame. */
    htmlUrl: z.string().nullable(),
    /** HTML asks for pictures on the network: blocked until the user asks. */
    remoteContent: z.boolean(),
    /**
     * The body cut along what signatures cover, where they do not cover all of it: shown apart, never as one text. Empty
     * when one thing is said of the whole.
     */
    sections: z.array(BodySection),
  }),
  parts: z.array(Part),
  documents: z.array(DocumentSummary),
  signature: SignatureStatus,
  encryption: EncryptionStatus,
  headerProtection: HeaderProtection,
  /** Signed and encrypted parts below the root. */
  partVerdicts: z.array(PartVerdict),
  raw: z.object({ url: z.string(), size: z.number().int() }),
  /** Why it is set aside: then there are headers and the source, nothing else. */
  quarantine: ErrorCode.nullable(),
})
export type MessageView = z.infer<typeof MessageView>

export const ListFilter = z.enum(['all', 'unread', 'results', 'patients', 'flagged', 'attachments'])
export type ListFilter = z.infer<typeof ListFilter>

export const Page = z.object({ rows: z.array(MessageRow), more: z.boolean() })
export type Page = z.infer<typeof Page>

export const OperationId = z.number().int()

export const MailDelta = z.object({
  folders: z.array(Folder),
  removedFolders: z.array(FolderId),
  upserted: z.array(MessageRow),
  removed: z.array(MessageId),
})
export type MailDelta = z.infer<typeof MailDelta>

const Ids = z.array(MessageId).min(1).max(1000)

export const mailCalls = {
  'folders.list': call(Nothing, z.array(Folder)),
  /** Newest first; `before` is the last id of the previous page (keyset paging). */
  'messages.page': call(
    z.object({
      /** Null: what was received, in every inbox of this workstation (ERGO/va1.08). */
      folderId: FolderId.nullable(),
      before: MessageId.nullable(),
      limit: z.number().int().min(1).max(200),
      filter: ListFilter,
    }),
    Page,
  ),
  'messages.view': call(z.object({ id: MessageId }), MessageView),
  /** The messages of a conversation, oldest first, whatever their folder. */
  'messages.thread': call(z.object({ id: MessageId }), z.array(MessageRow)),
  'messages.setFlag': call(z.object({ ids: Ids, flag: Flag, on: z.boolean() }), OperationId),
  'messages.move': call(z.object({ ids: Ids, folderId: FolderId }), OperationId),
  /** To the trash; from the trash, for good. */
  'messages.delete': call(z.object({ ids: Ids }), OperationId),
  'messages.undo': call(z.object({ operationId: OperationId }), Nothing),
  /** Addresses seen in mail, best first, for the recipient field. */
  'correspondents.suggest': call(
    z.object({ text: z.string().max(100) }),
    z.array(Correspondent.extend({ trust: TrustClass })),
  ),
}
export const mailEvents = {
  'mail.delta': MailDelta,
}
