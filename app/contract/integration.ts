import { z } from 'zod'
import { AccountId } from './accounts.ts'
import { RecipientDelivery } from './delivery.ts'
import { DocumentWarning, PatientSummary } from './documents.ts'
import { ErrorData } from './errors.ts'
import { Grant } from './exchange.ts'
import { FilingState } from './filing.ts'
import { FolderId, MessageId } from './mail.ts'
import { call, Nothing } from './service.ts'

export const TargetId = z.number().int().positive()
export type TargetId = z.infer<typeof TargetId>

const Port = z.number().int().min(1).max(65_535)
/** Application or facility of MSH-3 to MSH-6: no delimiter, no control character. */
const SystemName = z
  .string()
  .trim()
  .min(1)
  .max(180)
  .regex(/^[^\p{Cc}|^~\\&]+$/u)

/** HL7 v2.6 MDM over MLLP (mssante-client.md §6.2). */
export const MllpPlace = z.object({
  kind: z.literal('mllp'),
  host: z.string().trim().min(1).max(255),
  port: Port,
  tls: z.boolean(),
  /** PEM of the authorities trusted for this receiver; empty for those of the workstation. Only with TLS. */
  anchors: z.string().max(100_000),
  sendingApplication: SystemName,
  sendingFacility: SystemName,
  receivingApplication: SystemName,
  receivingFacility: SystemName,
  /** MSH-18. */
  encoding: z.enum(['UNICODE UTF-8', '8859/15']),
  /** MSH-11: production, training, debugging. */
  processing: z.enum(['P', 'T', 'D']),
  /** Seconds to connect, and to wait for the acknowledgement once all is sent. */
  connectSeconds: z.number().int().min(1).max(120),
  answerSeconds: z.number().int().min(1).max(600),
  /** What a cut connection with no acknowledgement leaves: sent again by itself (same MSH-10), or the user decides. */
  afterUnknown: z.enum(['resend', 'ask']),
})
export type MllpPlace = z.infer<typeof MllpPlace>

/** A folder another program watches. */
export const FolderPlace = z.object({
  kind: z.literal('folder'),
  /** Absolute. A window never types it: it names a folder chosen in main's own dialog. */
  path: z.string().max(4096),
  format: z.enum(['xdm', 'pdf-json', 'pdf-xml', 'hprim']),
})
export type FolderPlace = z.infer<typeof FolderPlace>

/** An applicative mailbox that a gateway empties: the message is transferred, subject and attachments intact. */
export const MailboxPlace = z.object({ kind: z.literal('mailbox'), address: z.email().max(320) })
export type MailboxPlace = z.infer<typeof MailboxPlace>

export const TargetPlace = z.discriminatedUnion('kind', [MllpPlace, FolderPlace, MailboxPlace])
export type TargetPlace = z.infer<typeof TargetPlace>

/** A patient record system documents are filed into. */
export const RecordTarget = z.object({
  id: TargetId,
  name: z.string(),
  place: TargetPlace,
  /** Set by the administrator's policy: shown, not changed here. */
  managed: z.boolean(),
  /** Client certificate presented in TLS. */
  client: z.object({ subject: z.string(), notAfter: z.string() }).nullable(),
  /** The one « Intégrer » takes without asking. */
  preferred: z.boolean(),
})
export type RecordTarget = z.infer<typeof RecordTarget>

/** One step of a trial of a target, in order; the first that fails ends it. */
export const TargetTest = z.object({
  steps: z.array(
    z.object({
      step: z.enum(['connect', 'tls', 'folder', 'address']),
      error: ErrorData.nullable(),
    }),
  ),
})
export type TargetTest = z.infer<typeof TargetTest>

/** Why a document is not filed by itself, and why the user is asked before it is filed by hand. */
export const FilingDoubt = z.union([
  DocumentWarning,
  z.enum([
    'ins-missing',
    'ins-not-qualified',
    'test-identity',
    'older-version',
    // What it replaces was not filed from here, or another version stands there.
    'replaced-not-filed',
    'replaced-other-patient',
    'sender-outside',
    'signature-invalid',
    // The message asks for it to be taken out: it is never put in.
    'removal-asked',
    'removal-unverified',
  ]),
])
export type FilingDoubt = z.infer<typeof FilingDoubt>

/** MDM T02, T10, T04. */
export const FilingAction = z.enum(['new', 'replace', 'delete'])
export type FilingAction = z.infer<typeof FilingAction>

export const FilingId = z.number().int().positive()

/** What a receiver answered: ERR-3 of table 0357, ERR-5 900–906, or an integration mail. */
export const FilingFault = z.object({
  /** 900–906 when there is one, else the code of table 0357; null when the receiver gave none. */
  code: z.number().int().nullable(),
  /** Segment and field the receiver points at, e.g. `PID-3`. */
  location: z.string().nullable(),
  /** The receiver's own words. */
  text: z.string().nullable(),
})
export type FilingFault = z.infer<typeof FilingFault>

/** One document handed to one record system. */
export const Filing = z.object({
  id: FilingId,
  targetId: TargetId.nullable(),
  targetName: z.string(),
  /** Null when the message is gone. */
  messageId: MessageId.nullable(),
  documentId: z.string(),
  label: z.string(),
  patient: PatientSummary.nullable(),
  action: FilingAction,
  state: FilingState,
  /** MSH-10, or the name of the file. */
  reference: z.string().nullable(),
  attempts: z.number().int(),
  /** Why it is not filed: what the receiver said, or what went wrong on the way. */
  faults: z.array(FilingFault),
  error: ErrorData.nullable(),
  /** By a rule; null by hand. */
  rule: z.string().nullable(),
  createdAt: z.string(),
  /** When the state was reached. */
  changedAt: z.string(),
  nextTryAt: z.string().nullable(),
})
export type Filing = z.infer<typeof Filing>

/** One document of a message, as far as filing goes. */
export const FilingOffer = z.object({
  /** `DocumentSummary.id`. */
  documentId: z.string(),
  label: z.string(),
  patient: PatientSummary.nullable(),
  /** Targets that can take it, with what would be done there. */
  targets: z.array(
    z.object({
      id: TargetId,
      action: z.enum(['new', 'replace']),
      /** It is there already (LGC.MDV.06). */
      already: z.boolean(),
      /** Of the document it would replace there. */
      replaces: z.string().nullable(),
    }),
  ),
  doubts: z.array(FilingDoubt),
  /** Newest first. */
  filings: z.array(Filing),
  /** What the sender asks to be taken out of the record (METADATA.XML); null for a document like any other. */
  removal: z
    .object({
      /** Name or address of who asks. */
      by: z.string(),
      /**
       * Why nothing is taken out on his word: it was not filed from here, or he is not known to be its author (same patient,
       * same author or organisation, same sender); null when it can be.
       */
      obstacle: z.enum(['not-filed', 'other-patient', 'unverified']).nullable(),
      /** Where it stands, or stood, newest first; what is `filed` can be taken out. */
      filings: z.array(Filing),
    })
    .nullable(),
})
export type FilingOffer = z.infer<typeof FilingOffer>

export const MessageFilings = z.object({
  documents: z.array(FilingOffer),
  /** The message as a whole, transferred to applicative mailboxes. */
  transfers: z.array(Filing.extend({ to: z.string(), delivery: RecipientDelivery.nullable() })),
})
export type MessageFilings = z.infer<typeof MessageFilings>

export const RuleId = z.number().int().positive()

/** Conditions that all hold; an empty list is no condition. */
export const RuleConditions = z.object({
  accountIds: z.array(AccountId).max(50),
  folderIds: z.array(FolderId).max(50),
  /** Addresses, or domains beginning with @. */
  senders: z.array(z.string().trim().toLowerCase().min(2).max(320)).max(100),
  /** LOINC and TRE_A05 codes of the document. */
  typeCodes: z.array(z.string().trim().min(1).max(40)).max(100),
  /** A patient this mailbox knows from an exchange before. */
  patientKnown: z.boolean(),
})
export type RuleConditions = z.infer<typeof RuleConditions>

export const RuleActions = z.object({
  targetId: TargetId.nullable(),
  /** Where the message goes once all its documents are filed. */
  moveTo: FolderId.nullable(),
  markSeen: z.boolean(),
  flag: z.boolean(),
  /** Also takes out what the author of a document asks to be taken out; else that waits for the user. */
  removals: z.boolean(),
})
export type RuleActions = z.infer<typeof RuleActions>

export const FilingRule = z.object({
  id: RuleId,
  name: z.string(),
  enabled: z.boolean(),
  conditions: RuleConditions,
  actions: RuleActions,
  /** What makes it stand still: its target or folder is gone. */
  broken: z.enum(['target', 'folder']).nullable(),
})
export type FilingRule = z.infer<typeof FilingRule>

const RuleWish = z.object({
  name: z.string().trim().min(1).max(120),
  enabled: z.boolean(),
  conditions: RuleConditions,
  actions: RuleActions,
})
export type RuleWish = z.infer<typeof RuleWish>

/** What a rule would do with one message. */
export const RuleTrial = z.object({
  messageId: MessageId,
  subject: z.string(),
  from: z.string(),
  date: z.string(),
  outcome: z.enum([
    'would-file',
    'would-withdraw',
    'no-match',
    'no-document',
    'doubts',
    'already',
    'unreadable',
    'own',
  ]),
  documents: z.number().int(),
  doubts: z.array(FilingDoubt),
})
export type RuleTrial = z.infer<typeof RuleTrial>

/** What rules did, newest first. */
export const JournalEntry = z.object({
  id: z.number().int().positive(),
  at: z.string(),
  rule: z.string(),
  messageId: MessageId.nullable(),
  subject: z.string(),
  from: z.string(),
  /** `held`: it matched, and was left to the user for these doubts. `withdrawn`: taken out because its author asked. */
  kind: z.enum(['filed', 'held', 'withdrawn']),
  doubts: z.array(FilingDoubt),
  filings: z.array(Filing),
  movedTo: z.string().nullable(),
  undo: z.enum(['possible', 'running', 'done', 'impossible']),
})
export type JournalEntry = z.infer<typeof JournalEntry>

export const QueueFilter = z.enum(['all', 'waiting', 'attention', 'filed'])
export type QueueFilter = z.infer<typeof QueueFilter>

export const QueueCounts = z.object({
  waiting: z.number().int(),
  /** Refused, or of unknown outcome and left to the user. */
  attention: z.number().int(),
})
export type QueueCounts = z.infer<typeof QueueCounts>

export const integrationCalls = {
  'integration.targets': call(Nothing, z.array(RecordTarget)),
  /**
   * Adds (`id` null) or changes one. `folder` names the folder chosen; `client` is a p12 uploaded before, `null` takes the
   * certificate away, left out keeps it. Errors: `integration.target-unknown`, `integration.target-managed`,
   * `integration.folder-invalid`, `integration.anchors-invalid`, those of p12 files.
   */
  'integration.saveTarget': call(
    z.object({
      id: TargetId.nullable(),
      name: z.string().trim().min(1).max(120),
      place: TargetPlace,
      folder: Grant.optional(),
      client: z
        .object({ uploadId: z.uuid(), passphrase: z.string().max(1000) })
        .nullable()
        .optional(),
      preferred: z.boolean(),
    }),
    RecordTarget,
  ),
  /** `integration.target-busy` while something waits for it. */
  'integration.removeTarget': call(z.object({ id: TargetId }), Nothing),
  'integration.testTarget': call(z.object({ id: TargetId }), TargetTest),
  'integration.offers': call(z.object({ messageId: MessageId }), MessageFilings),
  /**
   * Files documents of one message. `despite` names the doubts the user was shown and set aside: any other stops it with
   * `integration.doubts`. `integration.already-filed` when it is there in this version.
   */
  'integration.file': call(
    z.object({
      messageId: MessageId,
      documentIds: z.array(z.string().max(200)).min(1).max(100),
      targetId: TargetId,
      despite: z.array(FilingDoubt).max(30),
    }),
    z.array(Filing),
  ),
  /** Transfers a message to an applicative mailbox (IG-TRANS, cas-usage). */
  'integration.transfer': call(z.object({ messageId: MessageId, targetId: TargetId }), Filing),
  'integration.filings': call(
    z.object({ filter: QueueFilter, before: FilingId.nullable(), limit: z.number().int().min(1).max(200) }),
    z.object({ filings: z.array(Filing), more: z.boolean(), counts: QueueCounts }),
  ),
  /** Tries a waiting, refused or unknown one again now, under the same reference where its outcome is unknown. */
  'integration.retry': call(z.object({ id: FilingId }), Nothing),
  /** Gives up one that never left, or was refused. */
  'integration.cancel': call(z.object({ id: FilingId }), Nothing),
  /** The user has looked in the record: an unknown outcome is settled. */
  'integration.settle': call(z.object({ id: FilingId, filed: z.boolean() }), Nothing),
  /**
   * Takes a filed document out again: MDM T04, or the files removed. `asked` is the message whose sender asks for it, which
   * is looked at once more. `integration.cannot-withdraw` where that cannot be.
   */
  'integration.withdraw': call(z.object({ id: FilingId, asked: MessageId.optional() }), Nothing),
  'integration.rules': call(Nothing, z.array(FilingRule)),
  'integration.saveRule': call(z.object({ id: RuleId.nullable(), rule: RuleWish }), FilingRule),
  'integration.removeRule': call(z.object({ id: RuleId }), Nothing),
  'integration.orderRules': call(z.object({ ids: z.array(RuleId).max(200) }), Nothing),
  /** « Essayer » on the newest messages of its mailboxes and folders; nothing is changed. */
  'integration.tryRule': call(
    z.object({ rule: RuleWish, limit: z.number().int().min(1).max(50) }),
    z.array(RuleTrial),
  ),
  'integration.journal': call(
    z.object({ before: z.number().int().positive().nullable(), limit: z.number().int().min(1).max(100) }),
    z.object({ entries: z.array(JournalEntry), more: z.boolean() }),
  ),
  /** Takes back what a rule did: withdraws what it filed, brings the message back. */
  'integration.undo': call(z.object({ id: z.number().int().positive() }), Nothing),
}

export const integrationEvents = {
  /** Something of filings, rules or targets changed. */
  'integration.changed': QueueCounts,
}
