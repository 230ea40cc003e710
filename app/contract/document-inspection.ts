import { z } from 'zod'
import { Deviation, DocumentRefusal } from './deviations.ts'
import { DicomContent, Hl7Content, HprimDossier } from './document-data.ts'
import { CodedValue, DocumentEntry, SubmissionSet } from './document-metadata.ts'
import { Actor, ClinicalDocument, FileSignature, Visibility } from './documents.ts'
import { LabResult, ResultAlert } from './lab-results.ts'
import { PatientIdentity } from './patient-identity.ts'

/** An identity with its age on the date asked for. */
const InspectedPatient = PatientIdentity.extend({
  /** Whole years on the date of inspection; null without a birth date. */
  age: z.number().int().nullable(),
})

/** One document as `inspect document` tells it (docs/inspect.md). */
export const InspectedDocument = z.object({
  /** Number in `documents`, from 1: what `texts`, `tables`, `results` and `alerts` refer to. */
  number: z.number().int(),
  kind: z.string(),
  path: z.string(),
  fileName: z.string(),
  mimeType: z.string(),
  level: z.enum(['N1', 'N2', 'N3']).nullable(),
  /** As sent. */
  type: CodedValue.nullable(),
  /** As shown. */
  label: z.string(),
  title: z.string(),
  /** ISO 8601: creation, and the act. */
  date: z.string().nullable(),
  serviceStart: z.string().nullable(),
  serviceEnd: z.string().nullable(),
  language: z.string().nullable(),
  id: z.string().nullable(),
  setId: z.string().nullable(),
  version: z.number().int().nullable(),
  replaces: z.string().nullable(),
  duplicateOf: z.number().int().nullable(),
  replacedBy: z.number().int().nullable(),
  templates: z.array(z.string()),
  confidentiality: z.string().nullable(),
  visibility: z.array(Visibility),
  patient: InspectedPatient.nullable(),
  authors: z.array(Actor),
  legalAuthenticator: Actor.nullable(),
  custodian: z.string().nullable(),
  recipients: z.array(Actor),
  /** The rest of a CDA header; empty and null for what is no CDA. */
  header: z.object({
    /** RPLC, APND, XFRM with the other document. */
    relations: ClinicalDocument.shape.relations,
    authenticators: z.array(Actor),
    dataEnterer: Actor.nullable(),
    custodian: Actor.nullable(),
    informants: z.array(Actor),
    participants: z.array(Actor),
    guardians: z.array(Actor),
    orders: ClinicalDocument.shape.orders,
    acts: ClinicalDocument.shape.acts,
    encounter: ClinicalDocument.shape.encounter,
    consents: z.array(z.string()),
  }),
  /** Sections in order, with how deep they are (from 1). */
  sections: z.array(z.object({ title: z.string(), code: z.string().nullable(), depth: z.number().int() })),
  signed: z.boolean(),
  /** Signatures around the file or beside it, judged as those of messages are. */
  signatures: z.array(FileSignature),
  /** Nobody opens it without a password: a PDF, a zip archive, an office file. */
  passwordProtected: z.boolean(),
  size: z.number().int(),
  sha1: z.string(),
  /** What METADATA.XML announces; null for what came without. */
  announced: z
    .object({
      hash: z.string().nullable(),
      hashMatches: z.boolean().nullable(),
      size: z.number().int().nullable(),
      sizeMatches: z.boolean().nullable(),
      entry: DocumentEntry,
    })
    .nullable(),
  media: z.array(
    z.object({
      id: z.string(),
      mimeType: z.string(),
      size: z.number().int(),
      sha1: z.string(),
      description: z.string().nullable(),
      /** This is the PDF shown first. */
      first: z.boolean(),
    }),
  ),
  /** Part of the message that holds the same document as PDF, sent beside the archive. */
  pdfPart: z.string().nullable(),
  /** What every reader is shown of it, in order. */
  texts: z.array(z.string()),
  results: z.number().int(),
  filingBlocked: z.boolean(),
})
export type InspectedDocument = z.infer<typeof InspectedDocument>

/** The object of `inspect document`, and of `clinical` in `inspect message`. */
export const DocumentInspection = z.object({
  kind: z.enum([
    'xdm',
    'xds',
    'zip',
    'cda',
    'hl7v2',
    'hprim-medecin',
    'hprim-sante',
    'dicom',
    'kos',
    'dicom-zip',
    'message',
    'pdf',
    'image',
    'text',
    'office',
    'apicrypt',
    'encrypted',
    'signature',
    'tnef',
    'outlook-message',
    'unknown',
  ]),
  /** Of the first document that has one. */
  patient: InspectedPatient.nullable(),
  /** Every different identity met. */
  patients: z.array(InspectedPatient),
  documents: z.array(InspectedDocument),
  submissionSets: z.array(SubmissionSet),
  hl7: z.array(Hl7Content),
  /** Every dossier of HPRIM files. */
  hprim: z.array(HprimDossier),
  dicom: z.array(DicomContent),
  /** Every text the reading pane shows, in order. */
  texts: z.array(z.string()),
  tables: z.array(
    z.object({
      document: z.number().int(),
      section: z.string(),
      caption: z.string(),
      rows: z.array(z.array(z.string())),
      /** With spanned cells in each of their slots; null where none spans. */
      grid: z.array(z.array(z.string())).nullable(),
    }),
  ),
  results: z.array(LabResult.extend({ document: z.number().int(), section: z.string() })),
  alerts: z.array(
    ResultAlert.omit({ count: true }).extend({
      /** Said by the laboratory, or seen by comparing the number with its range. */
      source: z.enum(['interpretation', 'range']),
      document: z.number().int(),
    }),
  ),
  filingBlocked: z.boolean(),
  deviations: z.array(Deviation.extend({ document: z.number().int().nullable() })),
  refusals: z.array(DocumentRefusal.extend({ document: z.number().int().nullable() })),
})
export type DocumentInspection = z.infer<typeof DocumentInspection>
