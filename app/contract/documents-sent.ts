import { z } from 'zod'
import { call, Nothing } from './service.ts'
import { AccountId } from './accounts.ts'
import { DraftId } from './compose.ts'
import { Sex } from './documents.ts'

/** A day, `AAAA-MM-JJ`. */
const Day = z.string().regex(/^\d{4}-\d\d-\d\d$/)
const Name = z.string().max(100)

/** Whom the documents of a message are about, as the sender knows them (clinical-documents.md §4.1, §8). */
export const DocumentPatient = z.object({
  /** In the index of patients, when taken there. */
  patientId: z.number().int().positive().nullable(),
  birthName: Name,
  usedName: Name.nullable(),
  /** First given name of the birth certificate. */
  firstName: Name,
  /** All given names of the birth certificate, in order, separated by blanks. */
  givenNames: z.string().max(200).nullable(),
  sex: Sex,
  birthDate: Day.nullable(),
  /** Code of the commune or country of birth (COG, five characters). */
  birthPlace: z
    .string()
    .regex(/^\d[\dAB]\d{3}$/)
    .nullable(),
  ins: z.object({ matricule: z.string().max(20), oid: z.string().max(64) }).nullable(),
  /** The sender’s identity of this patient is qualified (RNIV): the INS is transmitted then only (INS/va1.53). */
  qualified: z.boolean(),
  /** Number of the patient’s file at the sender. */
  ipp: z.object({ root: z.string().max(64), extension: z.string().max(64) }).nullable(),
})
export type DocumentPatient = z.infer<typeof DocumentPatient>

/** Whom a document of a message is about, as far as its recipients are concerned. */
export type ConcernedPerson = Pick<
  DocumentPatient,
  'patientId' | 'birthName' | 'firstName' | 'birthDate' | 'sex' | 'ins'
>

/** What the user says of a document; of a CDA written elsewhere only `visibility` and `fileNumber` are the user’s. */
export const DocumentDetails = z.object({
  /** Of JDV_J07. */
  typeCode: z.string().min(1).max(40),
  title: z.string().min(1).max(200),
  /** Of the documented act. */
  actDate: Day,
  confidentiality: z.enum(['N', 'R', 'V']),
  /** JDV_J08: who must not see it (§3.7). They go into METADATA.XML, never into the CDA. */
  maskedFromProfessionals: z.boolean(),
  hiddenFromPatient: z.boolean(),
  hiddenFromRepresentatives: z.boolean(),
  /** Last part of the PDF’s file name, when the sender wants one (ECO.2.1.6). */
  fileNumber: z
    .string()
    .regex(/^[\p{L}\p{N}-]{0,20}$/u)
    .nullable(),
})
export type DocumentDetails = z.infer<typeof DocumentDetails>

/** Rules of PDF/A-1 (ISO 19005-1) that a file breaks, of those SousPli can check. */
export const PdfaFinding = z.enum([
  'not-a-pdf',
  'encrypted',
  'not-declared',
  'declared-other',
  'no-output-intent',
  'font-not-embedded',
  'transparency',
  'action',
  'embedded-file',
  'compressed-objects',
  'forbidden-filter',
  'optional-content',
  'no-file-id',
  'metadata-filtered',
  'form-without-appearance',
  'external-content',
  'forbidden-annotation',
  'image-interpolation',
  'too-complex',
])
export type PdfaFinding = z.infer<typeof PdfaFinding>

/**
 * The PDF that goes beside the archive: `written` by SousPli as PDF/A-1b; `conforming`: the user’s, no rule found broken;
 * `not-pdfa`: the user’s, sent as it is unless converted.
 */
export const DocumentPdf = z.object({
  state: z.enum(['written', 'conforming', 'not-pdfa']),
  findings: z.array(PdfaFinding),
  pages: z.number().int(),
  size: z.number().int(),
  /** souspli-part:// address. */
  url: z.string(),
})
export type DocumentPdf = z.infer<typeof DocumentPdf>

export const DraftDocument = z.object({
  id: z.string(),
  source: z.enum(['pdf', 'text', 'image', 'cda']),
  fileName: z.string(),
  details: DocumentDetails,
  pdf: DocumentPdf,
  /** Of a CDA written elsewhere. */
  level: z.enum(['N1', 'N3']),
  version: z.number().int(),
  /** « Annule et remplace » of this document. */
  replaces: z.object({ id: z.string(), version: z.number().int() }).nullable(),
})
export type DraftDocument = z.infer<typeof DraftDocument>

/** The medical documents of a draft, all about one patient (ECO.2.1.1). */
export const DraftMedical = z.object({
  patient: DocumentPatient.nullable(),
  documents: z.array(DraftDocument),
  /** The subject it leaves with (ECO.2.1.3), without its technical prefix; null without documents. */
  subject: z.string().nullable(),
  /** Whether the INS goes along, and else why not. */
  ins: z.enum(['sent', 'not-qualified', 'incomplete', 'none']),
})
export type DraftMedical = z.infer<typeof DraftMedical>

/** A coded value the user picks. */
export const CodeChoice = z.object({ code: z.string(), label: z.string() })
export type CodeChoice = z.infer<typeof CodeChoice>

/** The professional and the structure a document comes from: author, legal authenticator, custodian (§4). */
export const DocumentAuthor = z.object({
  /** Type digit and number: `8` + RPPS. */
  nationalId: z.string().regex(/^\d[\dA-Za-z/.-]{5,40}$/),
  familyName: Name.min(1),
  givenName: Name.min(1),
  civility: z.enum(['M', 'MME']).nullable(),
  title: z.enum(['DR', 'PR']).nullable(),
  /** JDV_J01: `G15_10/SM26`. */
  specialty: z.string().min(1).max(40),
  phone: z.string().max(30).nullable(),
  organisation: z.object({
    /** Type digit and number: `1` + FINESS, `3` + SIRET. */
    id: z.string().regex(/^\d[\dA-Za-z/.-]{5,40}$/),
    name: z.string().min(1).max(200),
    street: z.string().max(200).nullable(),
    postalCode: z.string().max(10).nullable(),
    city: z.string().max(100).nullable(),
    phone: z.string().max(30).nullable(),
  }),
  /** JDV_J02: `SA07`. */
  facility: z.string().min(1).max(20),
  /** JDV_J04: `AMBULATOIRE`. */
  setting: z.string().min(1).max(20),
})
export type DocumentAuthor = z.infer<typeof DocumentAuthor>

/** What is known of the author of an account, to be completed by the user; empty strings where nothing is. */
export const AuthorProposal = z.object({
  /** The user has confirmed it once. */
  confirmed: z.boolean(),
  author: z.object({
    ...DocumentAuthor.shape,
    nationalId: z.string(),
    familyName: z.string(),
    givenName: z.string(),
    specialty: z.string(),
    facility: z.string(),
    setting: z.string(),
    organisation: z.object({
      ...DocumentAuthor.shape.organisation.shape,
      id: z.string(),
      name: z.string(),
    }),
  }),
  choices: z.object({
    specialties: z.array(CodeChoice),
    facilities: z.array(CodeChoice),
    settings: z.array(CodeChoice),
  }),
})
export type AuthorProposal = z.infer<typeof AuthorProposal>

/** Bytes the window has streamed, or text typed in it. */
const Content = z.union([
  z.object({
    uploadId: z.string().max(100),
    fileName: z.string().min(1).max(255),
    mimeType: z.string().max(200),
  }),
  z.object({ text: z.string().min(1).max(500_000) }),
])
const DocumentId = z.object({ draftId: DraftId, documentId: z.string().max(40) })

export const draftDocumentCalls = {
  'draftDocuments.get': call(z.object({ draftId: DraftId }), DraftMedical),
  /** Types of JDV_J07 with the codes used last, latest first. */
  'draftDocuments.types': call(
    Nothing,
    z.object({ types: z.array(CodeChoice), recent: z.array(z.string()) }),
  ),
  /**
   * Adds a document: PDF, text, picture (PNG, JPEG) or a CDA file. Of a CDA `patient` and `details` are read in it when null.
   * Errors: document.* , compose.draft-missing, compose.too-large.
   */
  'draftDocuments.add': call(
    z.object({
      draftId: DraftId,
      content: Content,
      patient: DocumentPatient.nullable(),
      details: DocumentDetails.nullable(),
    }),
    DraftMedical,
  ),
  'draftDocuments.change': call(
    z.object({ ...DocumentId.shape, patient: DocumentPatient, details: DocumentDetails }),
    DraftMedical,
  ),
  /** Other content for a document that keeps its identity (the corrected letter of « annule et remplace »). */
  'draftDocuments.replaceContent': call(z.object({ ...DocumentId.shape, content: Content }), DraftMedical),
  /** Makes a PDF/A-1 of pictures of its pages (JPEG, streamed by the window), which loses selectable text. */
  'draftDocuments.convert': call(
    z.object({ ...DocumentId.shape, pages: z.array(z.string().max(100)).min(1).max(100) }),
    DraftMedical,
  ),
  'draftDocuments.remove': call(DocumentId, DraftMedical),
  'documentAuthor.get': call(z.object({ accountId: AccountId }), AuthorProposal),
  'documentAuthor.set': call(z.object({ accountId: AccountId, author: DocumentAuthor }), Nothing),
}
