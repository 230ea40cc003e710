import { z } from 'zod'
import { call, Nothing } from './service.ts'
import { AccountId } from './accounts.ts'
import { Correspondent, MessageId, TrustClass } from './mail.ts'
import { ErrorData } from './errors.ts'
import { PatientId, PatientMailRefusal } from './patients.ts'
import { AddressWarning } from './trust-space.ts'

export const DraftId = z.number().int().positive()
export type DraftId = z.infer<typeof DraftId>

export const DraftAttachment = z.object({
  id: z.string(),
  fileName: z.string(),
  mimeType: z.string(),
  size: z.number().int(),
  url: z.string(),
})
export type DraftAttachment = z.infer<typeof DraftAttachment>

/** `replace`: « Annule et remplace » of a message one has sent. */
export const DraftKind = z.enum(['new', 'reply', 'reply-all', 'forward', 'replace'])
export type DraftKind = z.infer<typeof DraftKind>

/** What the user types; saved as one types. */
export const DraftContent = z.object({
  accountId: AccountId,
  to: z.array(Correspondent).max(200),
  cc: z.array(Correspondent).max(200),
  bcc: z.array(Correspondent).max(200),
  subject: z.string().max(998),
  /** Always there: the text/plain alternative. */
  text: z.string().max(2_000_000),
  /** Rich text as the editor's schema serialises it, or null for a plain message. */
  html: z.string().max(4_000_000).nullable(),
  sign: z.boolean(),
  encrypt: z.boolean(),
  readReceipt: z.boolean(),
  /** To a patient: no answer is wanted (`X-MSS-MES: FIN`, ECO.2.2.8). Absent leaves the exchange open. */
  closesExchange: z.boolean().optional(),
  /** To a patient: ends all exchanges. The subject is then exactly `[FIN]`, and the header with it (ENS-7-fin). */
  endsExchanges: z.boolean().optional(),
  /** The patient a message to a colleague is about: their oppositions are asked, and it is among their exchanges. */
  aboutPatient: PatientId.nullable().optional(),
})
export type DraftContent = z.infer<typeof DraftContent>

export const Draft = z.object({
  id: DraftId,
  kind: DraftKind,
  /** The message answered, forwarded or replaced. */
  sourceId: MessageId.nullable(),
  content: DraftContent,
  attachments: z.array(DraftAttachment),
  savedAt: z.string(),
})
export type Draft = z.infer<typeof Draft>

/** Checks before sending, one per finding; `blocking` keeps « Envoyer » disabled. */
export const SendCheck = z.object({
  kind: z.enum([
    'recipient-trusted',
    'recipient-outside',
    'recipient-unknown',
    'address-invalid',
    'no-recipient',
    'no-subject',
    'size',
    /** `address` null: the sender's own, without which the copy in Sent could not be read. */
    'missing-certificate',
    /** The recipient's certificate changed and the user has not said which to use. */
    'certificate-changed',
    /** The recipient's certificate ends within 60 days, on `date`. */
    'certificate-expiring',
    'card-needed',
    /** The address or its name is made to be taken for another: `warning`. */
    'recipient-suspicious',
    /** A professional message is answered or forwarded from a generic mailbox. */
    'generic-answers-professional',
    /** A generic mailbox writes into the trust space: operators refuse it, and it is not MSSanté. */
    'generic-to-trust-space',
    /** A clinical document, or a patient's identity, in a message of a generic mailbox. */
    'generic-health-document',
    /** A patient who cannot be written to: `refusal` says why. Nothing overrides it. */
    'patient-refused',
    /** A patient's address the base does not know, and that is not answered: it was not built from a qualified INS. */
    'patient-unknown',
    /** The same, answering the patient's own message. */
    'patient-unknown-answered',
    /** Sex or month of birth in the matricule are not those of the record. */
    'patient-differs',
    /** A minor is written to on the own address, never on a parent's. */
    'patient-minor',
    /** The subject is `[FIN]`: the patient can answer none of the earlier messages either. */
    'patient-ends-all',
    /** The same with documents, whose subject is theirs (ECO.2.1.3). */
    'patient-ends-with-document',
    /** A patient gets a file that nobody opens without a password or a key (`fileName`): Mon espace santé cannot show it. */
    'attachment-locked',
    /** A patient and professionals in one message: each sees it. */
    'patient-with-professionals',
    /** The patient opposes MSSanté messages between professionals (MSS/va1.22). */
    'professional-mail-opposed',
    /** Documents about nobody named, or about several people (ECO.2.1.1). */
    'document-patient',
    'documents-several-patients',
    /** A document is about another patient than the one its message is addressed to; `blocking` when that is beyond doubt. */
    'document-other-recipient',
    /** Who writes them is not known well enough for their header. */
    'document-author',
    /** INVISIBLE_PATIENT to a patient, MASQUE_PS to a professional, or both at once (clinical-documents.md §3.7). */
    'document-hidden-from-patient',
    'document-masked-from-professionals',
    'document-hidden-from-all',
    /** A PDF that is not PDF/A-1: it leaves as it is. */
    'document-not-pdfa',
    /** The identity is not qualified, or lacks a trait: the documents leave without the INS. */
    'document-ins-kept',
  ]),
  blocking: z.boolean(),
  address: z.string().nullable(),
  trust: TrustClass.nullable(),
  /** Bytes, for `size`. */
  size: z.number().int().nullable(),
  limit: z.number().int().nullable(),
  /** ISO 8601, for `certificate-expiring`. */
  date: z.string().optional(),
  /** For `attachment-locked`. */
  fileName: z.string().optional(),
  /** For `recipient-suspicious`. */
  warning: AddressWarning.optional(),
  /** Of the checks of patients. */
  patientId: PatientId.optional(),
  /** For `patient-refused`. */
  refusal: PatientMailRefusal.optional(),
})
export type SendCheck = z.infer<typeof SendCheck>

export const OutboxState = z.enum(['queued', 'sending', 'unknown', 'refused', 'accepted', 'filed'])
export type OutboxState = z.infer<typeof OutboxState>

export const OutboxItem = z.object({
  id: z.number().int().positive(),
  accountId: AccountId,
  state: OutboxState,
  subject: z.string(),
  recipients: z.array(
    z.object({ address: z.string(), accepted: z.boolean().nullable(), response: z.string().nullable() }),
  ),
  queuedAt: z.string(),
  attempts: z.number().int(),
  nextAttemptAt: z.string().nullable(),
  error: ErrorData.nullable(),
  /** An answer to a request of a read receipt rather than a message. */
  receipt: z.boolean(),
  /** Nothing leaves before; a `delay` of seconds to change one's mind, or a date the user chose. */
  due: z.object({ at: z.string(), kind: z.enum(['delay', 'schedule']) }).nullable(),
  /** Can be taken back as the draft it was (`outbox.edit`). */
  editable: z.boolean(),
})
export type OutboxItem = z.infer<typeof OutboxItem>

const OutboxId = z.object({ id: z.number().int() })

export const composeCalls = {
  /** A new draft; answers and forwards come filled (recipients, quoted text, attachments kept on forward). */
  'drafts.create': call(
    z.object({ kind: DraftKind, accountId: AccountId.nullable(), sourceId: MessageId.nullable() }),
    Draft,
  ),
  'drafts.list': call(Nothing, z.array(Draft)),
  'drafts.get': call(z.object({ id: DraftId }), Draft),
  'drafts.save': call(z.object({ id: DraftId, content: DraftContent }), z.object({ savedAt: z.string() })),
  'drafts.discard': call(z.object({ id: DraftId }), Nothing),
  /** `uploadId` names bytes the window has already streamed (renderer/bytes). */
  'drafts.attach': call(
    z.object({
      id: DraftId,
      uploadId: z.string().max(100),
      fileName: z.string().min(1).max(255),
      mimeType: z.string().max(200),
    }),
    DraftAttachment,
  ),
  'drafts.detach': call(z.object({ id: DraftId, attachmentId: z.string() }), Nothing),
  'drafts.check': call(z.object({ id: DraftId }), z.array(SendCheck)),
  /**
   * Builds the final bytes (signed, encrypted), stores them, queues them. The draft is hidden with the same transaction and
   * kept until everybody has the message. They leave after `delaySeconds` (0 when absent), or at `at` (ISO 8601), if the
   * program runs and is open then. `compose.date-past` when that is over.
   */
  'drafts.send': call(
    z.object({
      id: DraftId,
      delaySeconds: z.number().int().min(0).max(60).optional(),
      at: z.iso.datetime({ offset: true }).optional(),
      /** Addresses of patients whose identity the user has just confirmed; `compose.patient-unconfirmed` without. */
      confirmedPatients: z.array(z.string().max(320)).max(200).optional(),
    }),
    OutboxItem,
  ),
  'outbox.list': call(Nothing, z.array(OutboxItem)),
  /** Sends now, without waiting; again when refused (to those only) or, the user knowing it, when of unknown outcome. */
  'outbox.retry': call(OutboxId, Nothing),
  /** Gives the message up, its draft too. */
  'outbox.cancel': call(OutboxId, Nothing),
  /** Takes the message back as the draft it was. `outbox.too-late` when it is on its way. */
  'outbox.edit': call(OutboxId, Draft),
  /** Of unknown outcome: looks again in the Sent folder. */
  'outbox.verify': call(OutboxId, Nothing),
  /** Of unknown outcome: the user knows that it left. */
  'outbox.confirm': call(OutboxId, Nothing),
  /** Another date for what has not left. */
  'outbox.reschedule': call(OutboxId.extend({ at: z.iso.datetime({ offset: true }) }), Nothing),
}
export const composeEvents = {
  'outbox.changed': z.array(OutboxItem),
}
