import { z } from 'zod'
import { DocumentWarning, Ins, MatriculeTraits, PatientSummary, ResultAlert, Sex } from './documents.ts'
import { Correspondent, FolderId, ListFilter, MessageId, MessageRow, TrustClass } from './mail.ts'
import { call, Nothing } from './service.ts'

export const PatientId = z.number().int().positive()
export type PatientId = z.infer<typeof PatientId>

/**
 * What is known of the INS of a patient: `qualified` when a document carried matricule, OID and the strict traits
 * (clinical-documents.md §8.3); `test` for a test or demonstration authority; what it may be used for is in `mail`.
 */
export const InsStatus = z.enum(['none', 'unqualified', 'qualified', 'test', 'wrong-key'])
export type InsStatus = z.infer<typeof InsStatus>

/** In what the matricule and the traits of the record disagree. */
export const MatriculeDisagreement = z.enum(['sex', 'birth-year', 'birth-month'])
export type MatriculeDisagreement = z.infer<typeof MatriculeDisagreement>

/** Why there is no address to write to (ECO.2.2.6, INS/va1.53, MSS/va1.20). */
export const PatientMailRefusal = z.enum([
  'no-ins',
  'not-qualified',
  'wrong-key',
  'test-identity',
  'several-identities',
  'opposed',
])
export type PatientMailRefusal = z.infer<typeof PatientMailRefusal>

/** The patient's mailbox of Mon espace santé, as far as it may be written to. */
export const PatientMail = z.object({
  /** Null with its `refusal`. */
  address: z.string().nullable(),
  refusal: PatientMailRefusal.nullable(),
  reading: MatriculeTraits.nullable(),
  disagreements: z.array(MatriculeDisagreement),
  /** Under 18 today by the record's birth date: written to on the own address, never on a parent's (ENS §2). */
  minor: z.boolean(),
})
export type PatientMail = z.infer<typeof PatientMail>

/** What the patient opposes (R.1111-26 CSP; MSS/va1.20, va1.22). */
export const OppositionKind = z.enum(['patient-mail', 'professional-mail'])
export type OppositionKind = z.infer<typeof OppositionKind>

export const Opposition = z.object({
  kind: OppositionKind,
  /** ISO 8601. */
  since: z.string(),
  note: z.string(),
})
export type Opposition = z.infer<typeof Opposition>

/** A patient of this store: one identity, or several that the user found to be one. */
export const Patient = z.object({
  id: PatientId,
  birthName: z.string(),
  usedName: z.string().nullable(),
  firstName: z.string(),
  /** All given names of the birth certificate, as one string. */
  birthGivenNames: z.string().nullable(),
  sex: Sex,
  /** `AAAA-MM-JJ`, or null. */
  birthDate: z.string().nullable(),
  /** INSEE code of the birthplace. */
  birthPlace: z.string().nullable(),
  ins: Ins.nullable(),
  insStatus: InsStatus,
  /** Matricule, authority and strict traits were all said together: of a test identity too (§8.3). */
  qualified: z.boolean(),
  /** Local identifiers seen in documents (IPP), `extension^^^&root`. */
  ipps: z.array(z.string()),
  mail: PatientMail,
  oppositions: z.array(Opposition),
  messageCount: z.number().int(),
  documentCount: z.number().int(),
  unread: z.number().int(),
  /** ISO 8601 of the last exchange; null when there is none. */
  lastAt: z.string().nullable(),
  alert: ResultAlert.nullable(),
  /** Identities that may be the same person and wait for a decision. */
  proposals: z.number().int(),
})
export type Patient = z.infer<typeof Patient>

/** Another message that carries the same document, or another version of it. */
export const DocumentLink = z.object({
  messageId: MessageId,
  /** Of that message, ISO 8601. */
  date: z.string(),
  from: Correspondent,
  direction: z.enum(['received', 'sent']),
  version: z.number().int().nullable(),
  /** Whether patient and author are the same in both: a replacement that changes either is looked at twice. */
  samePatient: z.boolean(),
  sameAuthor: z.boolean(),
})
export type DocumentLink = z.infer<typeof DocumentLink>

/** How a document stands to those of other messages (SC.CDA/INT.18). */
export const DocumentLinks = z.object({
  /** The first time it came. */
  duplicateOf: DocumentLink.nullable(),
  /** The latest version, when this one is not it. */
  replacedBy: DocumentLink.nullable(),
  replaces: DocumentLink.nullable(),
  /** It says that it replaces a document that never came here. */
  parentUnseen: z.boolean(),
})
export type DocumentLinks = z.infer<typeof DocumentLinks>

/** A clinical document of a message, as the index knows it. */
export const IndexedDocument = DocumentLinks.extend({
  messageId: MessageId,
  /** `DocumentSummary.id` in that message. */
  id: z.string(),
  kind: z.string(),
  label: z.string(),
  title: z.string(),
  typeCode: z.string().nullable(),
  date: z.string().nullable(),
  author: z.string().nullable(),
  organisation: z.string().nullable(),
  version: z.number().int().nullable(),
  alert: ResultAlert.nullable(),
  warnings: z.array(DocumentWarning),
})
export type IndexedDocument = z.infer<typeof IndexedDocument>

/** Why a message is among a patient's: its documents, the patient's own address, or the user's choice. */
export const ExchangeSource = z.enum(['document', 'address', 'manual'])
export type ExchangeSource = z.infer<typeof ExchangeSource>

/** One message of the timeline, with its documents. */
export const PatientExchange = z.object({
  row: MessageRow,
  direction: z.enum(['received', 'sent']),
  source: ExchangeSource,
  documents: z.array(IndexedDocument),
})
export type PatientExchange = z.infer<typeof PatientExchange>

/** A professional associated with the patient's care (LABEL.06). */
export const CareProfessional = z.object({
  name: z.string(),
  address: z.string().nullable(),
  role: z.string().nullable(),
  organisation: z.string().nullable(),
  rpps: z.string().nullable(),
  trust: TrustClass.nullable(),
  /** Found in mail and documents, or added by the user. */
  added: z.boolean(),
  lastAt: z.string().nullable(),
})
export type CareProfessional = z.infer<typeof CareProfessional>

/** In what two near identities differ, strictest first (clinical-documents.md §8.3). */
export const ProposalReason = z.enum([
  'nia-to-nir',
  'same-ins-other-traits',
  'same-traits-other-ins',
  'same-traits-no-ins',
  'same-names-other-sex',
  'other-authority',
  'spelling',
  'used-name',
  'first-name',
])
export type ProposalReason = z.infer<typeof ProposalReason>

/** One identity as documents gave it: what a visual comparison shows. */
export const IdentityRecord = Patient.pick({
  id: true,
  birthName: true,
  usedName: true,
  firstName: true,
  birthGivenNames: true,
  sex: true,
  birthDate: true,
  birthPlace: true,
  ins: true,
  insStatus: true,
  ipps: true,
  messageCount: true,
  lastAt: true,
})
export type IdentityRecord = z.infer<typeof IdentityRecord>

/** « À rapprocher »: nothing is joined before the user has compared. */
export const Proposal = z.object({
  id: z.number().int(),
  reason: ProposalReason,
  one: IdentityRecord,
  other: IdentityRecord,
})
export type Proposal = z.infer<typeof Proposal>

/** What was decided on a patient; `undoable` while nothing later rests on it. */
export const PatientDecision = z.object({
  id: z.number().int(),
  /** ISO 8601. */
  at: z.string(),
  action: z.enum([
    'created',
    'attached',
    'detached',
    'merged',
    'separated',
    'kept-apart',
    'opposed',
    'opposition-lifted',
    'professional-added',
    'professional-removed',
    'undone',
  ]),
  /** What it was about, in the record's own words: another identity, a message's subject, a name. */
  about: z.string(),
  undoable: z.boolean(),
})
export type PatientDecision = z.infer<typeof PatientDecision>

export const PatientView = z.object({
  patient: Patient,
  /** More than one when identities were joined. */
  identities: z.array(IdentityRecord),
  proposals: z.array(Proposal),
  /** Newest first. */
  exchanges: z.array(PatientExchange),
  /** Older ones are there. */
  more: z.boolean(),
  professionals: z.array(CareProfessional),
  decisions: z.array(PatientDecision),
})
export type PatientView = z.infer<typeof PatientView>

/** The patients of one message, and how its documents stand to those of other messages. */
export const MessagePatients = z.object({
  patients: z.array(z.object({ patient: Patient, source: ExchangeSource })),
  documents: z.array(IndexedDocument),
  /** Identities that may be meant, for a message without any: by the matricule of the sender's address. */
  candidates: z.array(Patient),
})
export type MessagePatients = z.infer<typeof MessagePatients>

const Text = z.string().max(200)

export const patientCalls = {
  /** Names (birth, used, first), birth date in any French form, matricule or its beginning; best first. */
  'patients.suggest': call(
    z.object({ text: Text, limit: z.number().int().min(1).max(50).optional() }),
    z.array(Patient),
  ),
  /** The same search for the list of patients, paged; by name or by the last exchange. */
  'patients.list': call(
    z.object({
      text: Text,
      sort: z.enum(['name', 'recent']),
      /** Only those with identities to compare. */
      toCompare: z.boolean().optional(),
      offset: z.number().int().min(0).max(1_000_000),
      limit: z.number().int().min(1).max(200),
    }),
    z.object({
      patients: z.array(Patient),
      total: z.number().int(),
      /** Decisions waiting in all. */
      proposals: z.number().int(),
      /** Messages whose documents are still being read for the index. */
      reading: z.number().int(),
    }),
  ),
  'patients.get': call(
    z.object({ id: PatientId, limit: z.number().int().min(1).max(1000).optional() }),
    PatientView,
  ),
  /** The patient records of a message and the links of its documents. */
  'patients.ofMessage': call(z.object({ messageId: MessageId }), MessagePatients),
  /** The patient an address of Mon espace santé belongs to, if the base knows one. */
  'patients.ofAddress': call(z.object({ address: z.string().max(320) }), Patient.nullable()),
  /** A patient nobody wrote about yet, without INS: a typed matricule is never qualified. */
  'patients.create': call(
    z.object({
      birthName: z.string().trim().min(1).max(100),
      usedName: z.string().trim().max(100).nullable(),
      firstName: z.string().trim().min(1).max(100),
      sex: Sex,
      birthDate: z.iso.date(),
    }),
    Patient,
  ),
  /** A message to a patient, by the user's choice (MSS/va1.27); reversible. */
  'patients.attach': call(z.object({ messageId: MessageId, patientId: PatientId }), Nothing),
  'patients.detach': call(z.object({ messageId: MessageId, patientId: PatientId }), Nothing),
  /** What the user saw when comparing two identities: the same person (`keep` shows its traits), or two. */
  'patients.decide': call(
    z.object({ proposalId: z.number().int(), same: z.boolean(), keep: PatientId.nullable() }),
    Nothing,
  ),
  /** Joins two patients the user compared without a proposal. */
  'patients.merge': call(z.object({ keep: PatientId, other: PatientId }), Nothing),
  /** Takes a decision back (merge, separation, attachment, opposition). `patient.cannot-undo` when not undoable. */
  'patients.undo': call(z.object({ decisionId: z.number().int() }), Nothing),
  'patients.setOpposition': call(
    z.object({ patientId: PatientId, kind: OppositionKind, opposed: z.boolean(), note: z.string().max(500) }),
    Nothing,
  ),
  'patients.setProfessional': call(
    z.object({
      patientId: PatientId,
      listed: z.boolean(),
      name: z.string().trim().min(1).max(200),
      address: z.string().max(320).nullable(),
      role: z.string().max(200).nullable(),
      organisation: z.string().max(200).nullable(),
      rpps: z.string().max(20).nullable(),
    }),
    Nothing,
  ),
  /** Messages of a folder, or of every inbox for null, in another order than by date, or narrowed (ERGO/va1.05). */
  'messages.sorted': call(
    z.object({
      folderId: FolderId.nullable(),
      filter: ListFilter,
      sort: z.enum(['date', 'patient', 'type', 'sender', 'unread']),
      descending: z.boolean(),
      patientId: PatientId.nullable(),
      /** Label of a document type as rows show it. */
      documentLabel: z.string().max(200).nullable(),
      unread: z.boolean().nullable(),
      /** `AAAA-MM-JJ`, both ends included. */
      from: z.iso.date().nullable(),
      to: z.iso.date().nullable(),
      offset: z.number().int().min(0).max(1_000_000),
      limit: z.number().int().min(1).max(200),
    }),
    z.object({ rows: z.array(MessageRow), more: z.boolean() }),
  ),
  /** The document types and patients of a folder, or of every inbox for null, most frequent first, for the choices of the filter. */
  'messages.facets': call(
    z.object({ folderId: FolderId.nullable() }),
    z.object({
      documentLabels: z.array(z.object({ label: z.string(), count: z.number().int() })),
      patients: z.array(PatientSummary.extend({ id: PatientId, count: z.number().int() })),
    }),
  ),
}
export const patientEvents = {
  /** Patients, their documents or decisions on them changed. */
  'patients.changed': z.object({}),
}
