import type {
  Deviation,
  DeviationCode,
  DocumentAnnouncement,
  DocumentData,
  DocumentInspection,
  DocumentRefusal,
  DocumentSummary,
  DocumentWarning,
  FileSignature,
  PatientIdentity,
  PatientSummary,
  RefusalCode,
  ResultAlert,
  SubmissionSet,
  Visibility,
} from '../contract/index.ts'
import type { SignatureFinding } from '../smime/index.ts'
import { alertsOf, allResults, worstResult, type Cda } from './cda/index.ts'
import type { DicomPreview } from './dicom/preview.ts'
import { namesSomebody, summaryOf } from './identity.ts'

/** A leaf part of a message, decoded. */
export interface MessagePart {
  id: string
  fileName: string | null
  mimeType: string
  /** May be decoded when first asked for: `head` decides whether they are. */
  bytes: Uint8Array
  /** The first 4 kB, enough to know the type; those of `bytes` when left out. */
  head?: Uint8Array
  /** A picture shown inside the text is not a document. */
  inline: boolean
}

type Summary = Omit<DocumentSummary, 'url' | 'pdfUrl' | 'dataUrl' | 'signatures'>

/** A signature of the file a document came in, checked and not judged yet. */
export interface FoundSignature extends Omit<FileSignature, 'signature'> {
  finding: SignatureFinding
}

/** A clinical document of a message, before its bytes have addresses. */
export interface FoundDocument {
  summary: Summary
  /** The part it came in; of an enclosed message, the part that encloses it. */
  partId: string
  bytes: Uint8Array
  mimeType: string
  fileName: string
  cda: Cda | null
  /** HPRIM, HL7 v2 and DICOM as data. */
  data: DocumentData | null
  /** What METADATA.XML announces of it. */
  announcement: DocumentAnnouncement | null
  /** Part holding the same document as PDF, sent beside the archive (ECO.2.1.1). */
  pdfPartId: string | null
  /** Pictures of a DICOM file, drawn when asked for. */
  previews: (() => (DicomPreview & { sopInstanceUid: string })[]) | null
  identity: PatientIdentity | null
  /** Outermost first. */
  signatures: FoundSignature[]
}

export interface MessageDocuments {
  documents: FoundDocument[]
  patient: PatientSummary | null
  alert: ResultAlert | null
  /** Words of the documents, for the index. */
  text: string
  sets: SubmissionSet[]
  /** What each clinical part is, by its id. */
  kinds: { partId: string; kind: DocumentInspection['kind'] }[]
  /** Of archives and files as a whole; those of a document are in its summary, with these. */
  deviations: Deviation[]
}

/** Deviations that a reader must see on the document itself. */
const warningOf: Partial<Record<DeviationCode, DocumentWarning>> = {
  'hash-mismatch': 'hash-mismatch',
  'size-mismatch': 'size-mismatch',
  'metadata-missing': 'metadata-missing',
  'metadata-unreadable': 'metadata-missing',
  'patient-mismatch': 'patient-mismatch',
  'traits-mismatch': 'patient-mismatch',
  'type-mismatch': 'type-mismatch',
  'id-mismatch': 'id-mismatch',
  'ins-key': 'wrong-ins-key',
  'ins-format': 'wrong-ins-key',
  'xdm-several-patients': 'several-patients',
  'cda-several-patients': 'several-patients',
  'ins-several': 'several-patients',
}

/** A rule never files what these are met on (§2.5.6): a person decides. */
const blocking: ReadonlySet<DeviationCode> = new Set<DeviationCode>([
  'hash-mismatch',
  'size-mismatch',
  'metadata-missing',
  'metadata-unreadable',
  'patient-mismatch',
  'traits-mismatch',
  'type-mismatch',
  'id-mismatch',
  'ins-several',
  'ins-format',
  'xdm-several-patients',
  'cda-several-patients',
  'xml-repaired',
  'cda-no-namespace',
  'cms-signature',
])

/** Adds deviations to a document, with the warnings and the stop that follow from them. */
export const addDeviations = (summary: Summary, deviations: readonly Deviation[]): void => {
  for (const deviation of deviations) {
    summary.deviations.push(deviation)
    const warning = warningOf[deviation.code]
    if (warning && !summary.warnings.includes(warning)) summary.warnings.push(warning)
    if (blocking.has(deviation.code)) summary.filingBlocked = true
  }
}

const empty = (): Pick<
  Summary,
  'warnings' | 'deviations' | 'refusals' | 'filingBlocked' | 'duplicateOf' | 'replacedBy' | 'visibility'
> => ({
  warnings: [],
  deviations: [],
  refusals: [],
  filingBlocked: false,
  duplicateOf: null,
  replacedBy: null,
  visibility: [],
})

/** Where a document was found, and what is known of it from around it. */
export interface Origin {
  id: string
  partId: string
  path: string
  fileName: string
  archive: DocumentSummary['archive']
  announcement: DocumentAnnouncement | null
  visibility: Visibility[]
}

export const cdaDocument = (
  origin: Origin,
  cda: Cda,
  bytes: Uint8Array,
  deviations: readonly Deviation[],
): FoundDocument => {
  const { document } = cda
  const author = document.authors[0]
  const act = document.acts.find(({ practiceSetting }) => practiceSetting !== null) ?? document.acts[0]
  const summary: Summary = {
    ...empty(),
    id: origin.id,
    kind: document.level === 'N1' ? 'cda-n1' : 'cda-n3',
    label: document.typeLabel || origin.fileName,
    title: document.title,
    typeCode: document.typeCode,
    date: act?.start ?? document.date,
    author: author?.name ?? null,
    organisation: author?.organisation ?? document.custodian,
    patient: document.patient,
    alert: worstResult(allResults(document.sections)),
    archive: origin.archive,
    path: origin.path,
    refusals: cda.refusals,
    uniqueId: document.id || null,
    setId: document.setId,
    version: document.version,
    replaces: document.replaces,
    visibility: origin.visibility,
  }
  addDeviations(summary, [...deviations, ...document.deviations])
  return {
    summary,
    partId: origin.partId,
    bytes,
    mimeType: 'text/xml',
    fileName: origin.fileName,
    cda,
    data: null,
    announcement: origin.announcement,
    pdfPartId: null,
    previews: null,
    identity: document.identity,
    signatures: [],
  }
}

export interface Loose {
  kind: DocumentSummary['kind']
  label: string
  title?: string
  typeCode?: string | null
  date?: string | null
  author?: string | null
  organisation?: string | null
  identity?: PatientIdentity | null
  alert?: ResultAlert | null
  uniqueId?: string | null
  replaces?: string | null
  mimeType: string
  data?: DocumentData | null
  previews?: FoundDocument['previews']
  refusals?: DocumentRefusal[]
}

/** A document that is not a CDA; METADATA.XML, where there is one, says what the file itself does not. */
export const looseDocument = (
  origin: Origin,
  loose: Loose,
  bytes: () => Uint8Array,
  deviations: readonly Deviation[] = [],
): FoundDocument => {
  const entry = origin.announcement?.entry ?? null
  const author = entry?.authors[0]
  const identity = loose.identity && namesSomebody(loose.identity) ? loose.identity : null
  const summary: Summary = {
    ...empty(),
    id: origin.id,
    kind: loose.kind,
    label: loose.label,
    title: loose.title ?? loose.label,
    typeCode: loose.typeCode ?? entry?.typeCode?.code ?? null,
    date: loose.date ?? entry?.serviceStart ?? entry?.creationTime ?? null,
    author: loose.author ?? author?.person ?? null,
    organisation: loose.organisation ?? author?.institution ?? null,
    patient: identity ? summaryOf(identity) : (entry?.patient ?? null),
    alert: loose.alert ?? null,
    archive: origin.archive,
    path: origin.path,
    refusals: loose.refusals ?? [],
    uniqueId: loose.uniqueId ?? entry?.uniqueId ?? null,
    setId: null,
    version: null,
    replaces: loose.replaces ?? null,
    visibility: origin.visibility,
  }
  addDeviations(summary, deviations)
  return {
    summary,
    partId: origin.partId,
    get bytes() {
      return bytes()
    },
    mimeType: loose.mimeType,
    fileName: origin.fileName,
    cda: null,
    data: loose.data ?? null,
    announcement: origin.announcement,
    pdfPartId: null,
    previews: loose.previews ?? null,
    identity,
    signatures: [],
  }
}

/** A file that was not opened, and why. */
export const refusedDocument = (
  origin: Origin,
  refusal: RefusalCode,
  bytes: () => Uint8Array,
  mimeType: string,
  deviations: readonly Deviation[] = [],
): FoundDocument => {
  const found = looseDocument(
    origin,
    { kind: 'refused', label: origin.fileName, mimeType, refusals: [{ code: refusal, where: origin.path }] },
    bytes,
    deviations,
  )
  found.summary.filingBlocked = true
  return found
}

/** The results of a document of any kind, in order. */
export const resultsIn = ({ cda, data }: Pick<FoundDocument, 'cda' | 'data'>) =>
  cda
    ? allResults(cda.document.sections)
    : data?.kind === 'hprim'
      ? data.dossier.results
      : data?.kind === 'hl7'
        ? data.message.results
        : []

export const alertsIn = (found: Pick<FoundDocument, 'cda' | 'data'>) => alertsOf(resultsIn(found))
