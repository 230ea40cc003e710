import { z } from 'zod'
import { CodedValue } from './document-metadata.ts'
import { Actor, Visibility } from './documents.ts'
import { LabResult } from './lab-results.ts'
import { PatientIdentity } from './patient-identity.ts'

/** One dossier of an HPRIM file (clinical-documents.md §11): identity not verified, text in fixed columns, results. */
export const HprimDossier = z.object({
  format: z.enum(['hprim-medecin', 'hprim-sante']),
  /** `1.0`, `H2.1`… */
  version: z.string().nullable(),
  /** Position in its file, from 1. */
  number: z.number().int(),
  patient: PatientIdentity,
  /** Code of the patient at the sender. */
  patientCode: z.string().nullable(),
  dossier: z.string().nullable(),
  /** ISO 8601. */
  date: z.string().nullable(),
  sender: z.string().nullable(),
  recipient: z.string().nullable(),
  prescriber: z.string().nullable(),
  /** Report as typed: monospace, white space kept. */
  text: z.string(),
  results: z.array(LabResult),
  comments: z.array(z.string()),
  /** Files it refers to (`FIC`), which came elsewhere. */
  files: z.array(z.string()),
})
export type HprimDossier = z.infer<typeof HprimDossier>

/** One DICOM object, or an image that a KOS refers to. */
export const DicomInstance = z.object({
  sopInstanceUid: z.string(),
  sopClassUid: z.string().nullable(),
  /** Name of the class when we know it. */
  sopClass: z.string().nullable(),
  number: z.number().int().nullable(),
  frames: z.number().int().nullable(),
  /** Path of its file in a DICOM zip, null for what is elsewhere. */
  path: z.string().nullable(),
})
export type DicomInstance = z.infer<typeof DicomInstance>

export const DicomSeries = z.object({
  uid: z.string(),
  number: z.number().int().nullable(),
  modality: z.string().nullable(),
  description: z.string().nullable(),
  bodyPart: z.string().nullable(),
  /** Where a KOS says the images are (Retrieve AE Title, Location UID, URL). */
  location: z.string().nullable(),
  instances: z.array(DicomInstance),
})
export type DicomSeries = z.infer<typeof DicomSeries>

export const DicomStudy = z.object({
  uid: z.string(),
  accession: z.string().nullable(),
  id: z.string().nullable(),
  /** ISO 8601. */
  date: z.string().nullable(),
  description: z.string().nullable(),
  referrer: z.string().nullable(),
  series: z.array(DicomSeries),
})
export type DicomStudy = z.infer<typeof DicomStudy>

/** A DICOM file, a KOS, or a zip of DICOM files (§12). */
export const DicomContent = z.object({
  format: z.enum(['dicom', 'kos', 'dicom-zip']),
  sopClassUid: z.string().nullable(),
  sopClass: z.string().nullable(),
  sopInstanceUid: z.string().nullable(),
  transferSyntax: z.string().nullable(),
  patient: PatientIdentity,
  institution: z.string().nullable(),
  manufacturer: z.string().nullable(),
  /** Title of a KOS (« Manifest »…). */
  title: z.string().nullable(),
  /** Text items of a structured report or a KOS, in order. */
  texts: z.array(z.string()),
  studies: z.array(DicomStudy),
  /** Pictures drawn from the pixels: PNG or the JPEG itself. */
  previews: z.array(
    z.object({
      sopInstanceUid: z.string(),
      mimeType: z.string(),
      width: z.number().int(),
      height: z.number().int(),
      url: z.string().nullable(),
    }),
  ),
})
export type DicomContent = z.infer<typeof DicomContent>

/** An HL7 v2 message that came as a file (§9): what it is, whom it is about, the documents inside are documents of their own. */
export const Hl7Content = z.object({
  format: z.literal('hl7'),
  /** `MDM^T02`, `ORU^R01`, `ACK^T10`, `ZAM^Z02`, `ADT^A01`. */
  type: z.string(),
  /** `2.6`. */
  version: z.string().nullable(),
  /** `2.1^CISIS_CDA_HL7_V2`. */
  profile: z.string().nullable(),
  controlId: z.string().nullable(),
  processing: z.string().nullable(),
  date: z.string().nullable(),
  sender: z.string(),
  receiver: z.string(),
  patient: PatientIdentity.nullable(),
  /** PID-32, e.g. `VALI`. */
  identityStatus: z.string().nullable(),
  /** PV1-2. */
  patientClass: z.string().nullable(),
  /** Order: `new` (NW), `replace` (RO), `delete` (CA). */
  action: z.enum(['new', 'replace', 'delete']).nullable(),
  documentType: CodedValue.nullable(),
  documentId: z.string().nullable(),
  parentId: z.string().nullable(),
  visibility: z.array(Visibility),
  /** `MASQUE_PS`, `DESTDMP`…: every Y/N of the message, in order. */
  flags: z.array(z.object({ name: z.string(), label: z.string().nullable(), value: z.string() })),
  /** Who answers for it: TXA-9 and TXA-5, OBR-32, OBX-16. */
  authors: z.array(Actor),
  /** OBR-16, ORC-12. */
  prescribers: z.array(Actor),
  senders: z.array(Actor),
  recipients: z.array(Actor),
  replyTo: z.array(Actor),
  /** The mail that goes with it: id and subject, text. */
  mails: z.array(z.object({ kind: z.string(), subject: z.string().nullable(), text: z.string() })),
  /** MSA and ERR of an acknowledgement. */
  acknowledgement: z
    .object({
      code: z.string(),
      messageId: z.string().nullable(),
      text: z.string().nullable(),
      errors: z.array(
        z.object({
          code: z.string().nullable(),
          text: z.string().nullable(),
          severity: z.string().nullable(),
          /** ERR-5: 900–906, or the code of a server. */
          applicationCode: z.string().nullable(),
          applicationText: z.string().nullable(),
        }),
      ),
    })
    .nullable(),
  /** Results sent as OBX segments, outside any document. */
  results: z.array(LabResult),
  /** Notes (NTE) and text values (TX, FT, RP), in order, each value after its name. */
  texts: z.array(z.string()),
})
export type Hl7Content = z.infer<typeof Hl7Content>

/** What `DocumentSummary.dataUrl` serves. */
export const DocumentData = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('hprim'), dossier: HprimDossier }),
  z.object({ kind: z.literal('dicom'), dicom: DicomContent }),
  z.object({ kind: z.literal('hl7'), message: Hl7Content }),
])
export type DocumentData = z.infer<typeof DocumentData>
