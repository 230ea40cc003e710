import { z } from 'zod'
import { Deviation, DocumentRefusal } from './deviations.ts'
import { CodedValue, DocumentEntry } from './document-metadata.ts'
import { LabResult, ResultAlert } from './lab-results.ts'
import { Block } from './narrative.ts'
import { PatientIdentity, PatientSummary } from './patient-identity.ts'
import { SignatureStatus } from './verdict.ts'

export * from './lab-results.ts'
export * from './narrative.ts'
export * from './patient-identity.ts'

/** Deviations that a reader must see on the document itself. */
export const DocumentWarning = z.enum([
  'hash-mismatch',
  'size-mismatch',
  'metadata-missing',
  'patient-mismatch',
  'type-mismatch',
  'id-mismatch',
  'wrong-ins-key',
  'several-patients',
])
export type DocumentWarning = z.infer<typeof DocumentWarning>

/** Codes that restrict who may see a document (JDV_J08, clinical-documents.md §3.7). */
export const Visibility = z.enum([
  'masked-from-professionals',
  'hidden-from-patient',
  'hidden-from-guardians',
])
export type Visibility = z.infer<typeof Visibility>

/** A signature of a file's own, apart from the message's (CAdES, CMS). */
export const FileSignature = z.object({
  /** The file came inside the signature (`x.pdf.p7m`), or the signature beside it (`x.pdf.p7s`). */
  form: z.enum(['enveloping', 'detached']),
  /** Name of the file that holds the signature. */
  fileName: z.string(),
  signature: SignatureStatus,
})
export type FileSignature = z.infer<typeof FileSignature>

/** A clinical document found in a message, as the reading pane lists it. */
export const DocumentSummary = z.object({
  id: z.string(),
  /** `refused`: an archive or a file that was not opened; `refusals` says why. */
  kind: z.enum([
    'cda-n1',
    'cda-n3',
    'pdf',
    'image',
    'text',
    'hprim',
    'hl7',
    'dicom',
    'kos',
    'office',
    'signature',
    'refused',
    'other',
  ]),
  /** Name of our own table by type code, else displayName, else title (clinical-documents.md §6). */
  label: z.string(),
  title: z.string(),
  typeCode: z.string().nullable(),
  /** ISO 8601 or null. */
  date: z.string().nullable(),
  author: z.string().nullable(),
  organisation: z.string().nullable(),
  patient: PatientSummary.nullable(),
  alert: ResultAlert.nullable(),
  /** Archive it came in, null for a loose part. */
  archive: z.object({ fileName: z.string(), size: z.number().int(), verified: z.boolean() }).nullable(),
  /** Where it was found: `IHE_XDM.zip › IHE_XDM/SUBSET01/DOC00001.XML`, `MDM.hl7 › OBX-1`. */
  path: z.string(),
  warnings: z.array(DocumentWarning),
  deviations: z.array(Deviation),
  refusals: z.array(DocumentRefusal),
  /** METADATA.XML and the document disagree, or its integrity or patient is in doubt: never filed by a rule. */
  filingBlocked: z.boolean(),
  /** Id of the document itself (`root` or `root^extension`), which versions and replacements refer to. */
  uniqueId: z.string().nullable(),
  setId: z.string().nullable(),
  version: z.number().int().nullable(),
  /** Id of the document it replaces. */
  replaces: z.string().nullable(),
  /** `DocumentSummary.id` of the same document (id, or set and version) earlier in the message. */
  duplicateOf: z.string().nullable(),
  /** `DocumentSummary.id` of the one in the message that replaces it. */
  replacedBy: z.string().nullable(),
  /** Of METADATA.XML or the HL7 message: shown as a banner, and never forwarded to a patient. */
  visibility: z.array(Visibility),
  /** Of the file it came in, outermost first. */
  signatures: z.array(FileSignature),
  /** souspli-part:// address of a ClinicalDocument as JSON (CDA), else of the bytes. */
  url: z.string(),
  /** Address of a `DocumentData` as JSON: HPRIM, HL7 v2, DICOM and KOS; null for what has none. */
  dataUrl: z.string().nullable(),
  /** Address of the PDF to show first, when there is one (embedded N1, PDF copy, PDF beside the archive). */
  pdfUrl: z.string().nullable(),
})
export type DocumentSummary = z.infer<typeof DocumentSummary>

/** A person, a device or an organisation of a header. */
export const Actor = z.object({
  name: z.string(),
  kind: z.enum(['person', 'device', 'organisation']),
  /** `functionCode` label, else what the participation says. */
  role: z.string().nullable(),
  specialty: z.string().nullable(),
  organisation: z.string().nullable(),
  /** `1` + FINESS and the like. */
  organisationId: z.string().nullable(),
  /** `8` + RPPS and the like. */
  id: z.string().nullable(),
  /** ISO 8601. */
  date: z.string().nullable(),
  telecoms: z.array(z.string()),
  addresses: z.array(z.string()),
  /** CDA code of the relation or of the participation: ECON, NOK, CON, CAREGIVER, PAT; REF, INF, PRF… */
  relation: z.string().nullable(),
})
export type Actor = z.infer<typeof Actor>

export interface Section {
  title: string
  code: string | null
  blocks: Block[]
  results: LabResult[]
  /** Authors and informants of the section alone. */
  authors: Actor[]
  sections: Section[]
}
export const Section: z.ZodType<Section> = z.lazy(() =>
  z.object({
    title: z.string(),
    code: z.string().nullable(),
    blocks: z.array(Block),
    results: z.array(LabResult),
    authors: z.array(Actor),
    sections: z.array(Section),
  }),
)

/** An act of `documentationOf`. */
const Act = z.object({
  label: z.string(),
  code: CodedValue.nullable(),
  start: z.string().nullable(),
  end: z.string().nullable(),
  performers: z.array(Actor),
  /** Sector of care of the main act (JDV_J04). */
  practiceSetting: CodedValue.nullable(),
})

const Encounter = z.object({
  label: z.string().nullable(),
  ids: z.array(z.string()),
  start: z.string().nullable(),
  end: z.string().nullable(),
  place: z.string().nullable(),
  /** Kind of structure (JDV_J02). */
  facility: CodedValue.nullable(),
  discharge: z.string().nullable(),
  participants: z.array(Actor),
})

/** A CDA as the reading pane shows it: header, narrative, media. Fetched as JSON from `DocumentSummary.url`. */
export const ClinicalDocument = z.object({
  /** N2: sections without a single entry; shown like N3. */
  level: z.enum(['N1', 'N2', 'N3']),
  id: z.string(),
  setId: z.string().nullable(),
  version: z.number().int().nullable(),
  replaces: z.string().nullable(),
  /** RPLC, APND, XFRM with the id of the other document. */
  relations: z.array(
    z.object({
      type: z.string(),
      id: z.string().nullable(),
      setId: z.string().nullable(),
      version: z.number().int().nullable(),
    }),
  ),
  templates: z.array(z.string()),
  typeCode: z.string().nullable(),
  /** As sent, with its scheme. */
  type: CodedValue.nullable(),
  typeLabel: z.string(),
  title: z.string(),
  date: z.string().nullable(),
  language: z.string().nullable(),
  confidentiality: z.string().nullable(),
  patient: PatientSummary,
  identity: PatientIdentity,
  /** Other identifiers and traits worth showing: IPP, address, birth place. */
  patientDetails: z.array(
    z.object({
      kind: z.enum([
        'ipp',
        'social-security',
        'other-id',
        'birth-given-names',
        'other-given-names',
        'used-first-name',
        'birth-place',
        'address',
        'telecom',
      ]),
      value: z.string(),
    }),
  ),
  guardians: z.array(Actor),
  authors: z.array(Actor),
  dataEnterer: Actor.nullable(),
  legalAuthenticator: Actor.nullable(),
  authenticators: z.array(Actor),
  custodian: z.string().nullable(),
  custodianActor: Actor.nullable(),
  recipients: z.array(Actor),
  informants: z.array(Actor),
  participants: z.array(Actor),
  /** `inFulfillmentOf`: prescriptions, orders, accession numbers. */
  orders: z.array(z.object({ id: z.string(), accession: z.string().nullable() })),
  acts: z.array(Act),
  encounter: Encounter.nullable(),
  /** Consents (`authorization`). */
  consents: z.array(z.string()),
  /** N1 body when it is plain text or RTF. */
  text: z.string().nullable(),
  /** The PDF to show first (N1 body, or the PDF-copie section). */
  pdfUrl: z.string().nullable(),
  sections: z.array(Section),
  media: z.array(
    z.object({
      id: z.string(),
      mimeType: z.string(),
      url: z.string().nullable(),
      size: z.number().int(),
      description: z.string().nullable(),
      /** It can be shown in place: PDF, PNG, JPEG; the rest is saved. */
      shown: z.boolean(),
    }),
  ),
  /** « Signé, non vérifié »: a XAdES signature is there; this version does not check it. */
  signedXades: z.boolean(),
  deviations: z.array(Deviation),
})
export type ClinicalDocument = z.infer<typeof ClinicalDocument>

/** What METADATA.XML says, next to what was found; the technical view of a document of an archive. */
export const DocumentAnnouncement = z.object({
  entry: DocumentEntry,
  /** SHA-1 of the bytes, lower-case hex. */
  computedHash: z.string(),
  computedSize: z.number().int(),
  /** Null when nothing is announced. */
  hashMatches: z.boolean().nullable(),
  sizeMatches: z.boolean().nullable(),
})
export type DocumentAnnouncement = z.infer<typeof DocumentAnnouncement>
