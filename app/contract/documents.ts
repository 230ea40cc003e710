import { z } from 'zod'

/** Administrative sex as CDA codes it (JDV_J143). */
export const Sex = z.enum(['M', 'F', 'U'])
export type Sex = z.infer<typeof Sex>

export const Ins = z.object({
  /** 13 characters and the two-digit key. */
  matricule: z.string(),
  oid: z.string(),
  kind: z.enum(['nir', 'nia', 'test', 'demonstration']),
  /** Key = 97 − (N mod 97); a wrong key is a warning on reception (clinical-documents.md §8.2). */
  keyValid: z.boolean(),
})
export type Ins = z.infer<typeof Ins>

/** What a list row and the patient banner show. */
export const PatientSummary = z.object({
  birthName: z.string(),
  usedName: z.string().nullable(),
  firstName: z.string(),
  sex: Sex,
  /** `AAAA-MM-JJ`, or null when the document holds none. */
  birthDate: z.string().nullable(),
  ins: Ins.nullable(),
  /** The document carries matricule, OID and the strict traits: the sender says the identity is qualified (§8.3). */
  qualified: z.boolean(),
})
export type PatientSummary = z.infer<typeof PatientSummary>

/** Worst interpretation among the results of a message (HL7 ObservationInterpretation: HH, LL, AA are critical). */
export const ResultAlert = z.object({
  level: z.enum(['critical', 'abnormal']),
  /** Interpretation code of the value shown. */
  code: z.string(),
  analyte: z.string(),
  value: z.string(),
  count: z.number().int(),
})
export type ResultAlert = z.infer<typeof ResultAlert>

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

/** A clinical document found in a message, as the reading pane lists it. */
export const DocumentSummary = z.object({
  id: z.string(),
  kind: z.enum(['cda-n1', 'cda-n3', 'pdf', 'image', 'text', 'hprim', 'dicom', 'other']),
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
  warnings: z.array(DocumentWarning),
  version: z.number().int().nullable(),
  replaces: z.string().nullable(),
  /** souspli-part:// address of a ClinicalDocument as JSON (CDA), else of the bytes. */
  url: z.string(),
  /** Address of the PDF to show first, when there is one (embedded N1, PDF copy, PDF beside the archive). */
  pdfUrl: z.string().nullable(),
})
export type DocumentSummary = z.infer<typeof DocumentSummary>

/** Inline content of a narrative: already plain data, nothing to interpret as markup. */
export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'break' }
  | { kind: 'span'; styles: NarrativeStyle[]; children: Inline[] }
  | { kind: 'sub' | 'sup'; children: Inline[] }
  /** Shown in full; only https is offered to open, on demand. */
  | { kind: 'link'; href: string; openable: boolean; children: Inline[] }
  | { kind: 'media'; mediaId: string }
  | { kind: 'footnote-ref'; footnoteId: string }

export const NarrativeStyle = z.enum(['bold', 'italics', 'underline', 'emphasis'])
export type NarrativeStyle = z.infer<typeof NarrativeStyle>

export const Inline: z.ZodType<Inline> = z.lazy(() =>
  z.union([
    z.object({ kind: z.literal('text'), text: z.string() }),
    z.object({ kind: z.literal('break') }),
    z.object({ kind: z.literal('span'), styles: z.array(NarrativeStyle), children: z.array(Inline) }),
    z.object({ kind: z.enum(['sub', 'sup']), children: z.array(Inline) }),
    z.object({
      kind: z.literal('link'),
      href: z.string(),
      openable: z.boolean(),
      children: z.array(Inline),
    }),
    z.object({ kind: z.literal('media'), mediaId: z.string() }),
    z.object({ kind: z.literal('footnote-ref'), footnoteId: z.string() }),
  ]),
)

export interface TableCell {
  header: boolean
  colSpan: number
  rowSpan: number
  align: 'left' | 'center' | 'right' | null
  content: Block[]
}

export type Block =
  | { kind: 'paragraph'; content: Inline[] }
  | { kind: 'list'; ordered: boolean; caption: Inline[]; items: Block[][] }
  | { kind: 'table'; caption: Inline[]; head: TableCell[][]; body: TableCell[][]; foot: TableCell[][] }
  | { kind: 'footnote'; footnoteId: string; content: Inline[] }

export const TableCell: z.ZodType<TableCell> = z.lazy(() =>
  z.object({
    header: z.boolean(),
    colSpan: z.number().int(),
    rowSpan: z.number().int(),
    align: z.enum(['left', 'center', 'right']).nullable(),
    content: z.array(Block),
  }),
)
export const Block: z.ZodType<Block> = z.lazy(() =>
  z.union([
    z.object({ kind: z.literal('paragraph'), content: z.array(Inline) }),
    z.object({
      kind: z.literal('list'),
      ordered: z.boolean(),
      caption: z.array(Inline),
      items: z.array(z.array(Block)),
    }),
    z.object({
      kind: z.literal('table'),
      caption: z.array(Inline),
      head: z.array(z.array(TableCell)),
      body: z.array(z.array(TableCell)),
      foot: z.array(z.array(TableCell)),
    }),
    z.object({ kind: z.literal('footnote'), footnoteId: z.string(), content: z.array(Inline) }),
  ]),
)

/** One measured analyte of a laboratory report (clinical-documents.md §10). */
export const LabResult = z.object({
  label: z.string(),
  loinc: z.string().nullable(),
  /** As text: « 6,4 », « < 0,5 », « positif ». */
  value: z.string(),
  /** The number when there is one, for curves. */
  number: z.number().nullable(),
  unit: z.string().nullable(),
  referenceRange: z.string().nullable(),
  referenceLow: z.number().nullable(),
  referenceHigh: z.number().nullable(),
  /** N, L, LL, H, HH, A, AA, S, I, R or null. */
  interpretation: z.string().nullable(),
  date: z.string().nullable(),
  method: z.string().nullable(),
  comment: z.string().nullable(),
  previous: z.array(
    z.object({ value: z.string(), unit: z.string().nullable(), date: z.string().nullable() }),
  ),
})
export type LabResult = z.infer<typeof LabResult>

export interface Section {
  title: string
  code: string | null
  blocks: Block[]
  results: LabResult[]
  sections: Section[]
}
export const Section: z.ZodType<Section> = z.lazy(() =>
  z.object({
    title: z.string(),
    code: z.string().nullable(),
    blocks: z.array(Block),
    results: z.array(LabResult),
    sections: z.array(Section),
  }),
)

export const Actor = z.object({
  name: z.string(),
  role: z.string().nullable(),
  specialty: z.string().nullable(),
  organisation: z.string().nullable(),
  /** `8` + RPPS and the like. */
  id: z.string().nullable(),
  date: z.string().nullable(),
  telecoms: z.array(z.string()),
})
export type Actor = z.infer<typeof Actor>

/** A CDA as the reading pane shows it: header, narrative, media. Fetched as JSON from `DocumentSummary.url`. */
export const ClinicalDocument = z.object({
  level: z.enum(['N1', 'N3']),
  id: z.string(),
  setId: z.string().nullable(),
  version: z.number().int().nullable(),
  replaces: z.string().nullable(),
  typeCode: z.string().nullable(),
  typeLabel: z.string(),
  title: z.string(),
  date: z.string().nullable(),
  confidentiality: z.string().nullable(),
  patient: PatientSummary,
  /** Other identifiers and traits worth showing: IPP, address, birth place. */
  patientDetails: z.array(
    z.object({
      kind: z.enum(['ipp', 'birth-given-names', 'birth-place', 'address', 'telecom']),
      value: z.string(),
    }),
  ),
  authors: z.array(Actor),
  legalAuthenticator: Actor.nullable(),
  custodian: z.string().nullable(),
  recipients: z.array(Actor),
  informants: z.array(Actor),
  acts: z.array(z.object({ label: z.string(), start: z.string().nullable(), end: z.string().nullable() })),
  encounter: z
    .object({
      label: z.string().nullable(),
      start: z.string().nullable(),
      end: z.string().nullable(),
      place: z.string().nullable(),
    })
    .nullable(),
  /** N1 body when it is plain text. */
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
    }),
  ),
  /** « Signé, non vérifié »: a XAdES signature is there; this version does not check it. */
  signedXades: z.boolean(),
})
export type ClinicalDocument = z.infer<typeof ClinicalDocument>
