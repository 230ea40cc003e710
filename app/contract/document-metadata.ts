import { z } from 'zod'
import { Ins, PatientSummary } from './patient-identity.ts'

/** A coded value of METADATA.XML or of a CDA header. */
export const CodedValue = z.object({
  code: z.string(),
  /** OID or name of the scheme. */
  system: z.string().nullable(),
  label: z.string().nullable(),
})
export type CodedValue = z.infer<typeof CodedValue>

/** `authorPerson`, `authorInstitution`, `authorRole`, `authorSpecialty` of one author (clinical-documents.md §3.3). */
export const MetadataAuthor = z.object({
  person: z.string().nullable(),
  personId: z.string().nullable(),
  institution: z.string().nullable(),
  institutionId: z.string().nullable(),
  role: z.string().nullable(),
  specialty: CodedValue.nullable(),
})
export type MetadataAuthor = z.infer<typeof MetadataAuthor>

/** What a DocumentEntry of METADATA.XML says of its document (§3.4); everything can be missing in the field. */
export const DocumentEntry = z.object({
  /** `id` of the ExtrinsicObject, which associations point to. */
  entryId: z.string().nullable(),
  entryUuid: z.string().nullable(),
  uniqueId: z.string().nullable(),
  logicalId: z.string().nullable(),
  uri: z.string().nullable(),
  mimeType: z.string().nullable(),
  /** As announced, lower-case hex. */
  hash: z.string().nullable(),
  /** As announced, bytes. */
  size: z.number().int().nullable(),
  title: z.string().nullable(),
  comments: z.string().nullable(),
  typeCode: CodedValue.nullable(),
  classCode: CodedValue.nullable(),
  formatCode: CodedValue.nullable(),
  /** Also MASQUE_PS, INVISIBLE_PATIENT, INVISIBLE_REPRESENTANTS_LEGAUX. */
  confidentiality: z.array(CodedValue),
  healthcareFacility: CodedValue.nullable(),
  practiceSetting: CodedValue.nullable(),
  eventCodes: z.array(CodedValue),
  language: z.string().nullable(),
  /** ISO 8601. */
  creationTime: z.string().nullable(),
  serviceStart: z.string().nullable(),
  serviceStop: z.string().nullable(),
  authors: z.array(MetadataAuthor),
  legalAuthenticator: z.string().nullable(),
  legalAuthenticatorId: z.string().nullable(),
  /** `patientId` as sent. */
  patientId: z.string().nullable(),
  patientIns: Ins.nullable(),
  sourcePatientId: z.string().nullable(),
  /** `sourcePatientInfo`, null when it is not there. */
  patient: PatientSummary.nullable(),
  /** `urn:ihe:iti:xds:2013:accession` and the like, by kind: `accession`, `order`, `studyInstanceUID`… */
  references: z.array(z.object({ kind: z.string(), id: z.string(), authority: z.string().nullable() })),
  availability: z.string().nullable(),
  version: z.string().nullable(),
  /** Order to replace or delete, where a slot says so (its name is unknown: §2.6). */
  action: z.enum(['replace', 'delete']).nullable(),
})
export type DocumentEntry = z.infer<typeof DocumentEntry>

/** The submission set of a METADATA.XML (§3.5). */
export const SubmissionSet = z.object({
  /** Folder of the archive that holds it. */
  path: z.string(),
  uniqueId: z.string().nullable(),
  sourceId: z.string().nullable(),
  title: z.string().nullable(),
  comments: z.string().nullable(),
  /** ISO 8601. */
  submissionTime: z.string().nullable(),
  contentType: CodedValue.nullable(),
  patientId: z.string().nullable(),
  patientIns: Ins.nullable(),
  authors: z.array(MetadataAuthor),
  intendedRecipients: z.array(z.string()),
  associations: z.array(
    z.object({
      /** `HasMember`, `RPLC`, `APND`, `XFRM`, `signs`, `UpdateAvailabilityStatus`… */
      type: z.string(),
      source: z.string(),
      target: z.string(),
    }),
  ),
})
export type SubmissionSet = z.infer<typeof SubmissionSet>
