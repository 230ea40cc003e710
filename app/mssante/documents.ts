import type { DocumentSummary, DocumentWarning, PatientSummary, ResultAlert } from '../contract/index.ts'
import { allResults, readCda, worstResult, type Cda } from './cda/index.ts'
import { isHprim } from './hprim.ts'
import { sniffMime } from './magic.ts'
import { readXdm, type XdmDocument } from './xdm/index.ts'

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

/** A clinical document of a message, before its bytes have addresses. */
export interface FoundDocument {
  summary: Omit<DocumentSummary, 'url' | 'pdfUrl' | 'dataUrl'>
  /** The part it came in. */
  partId: string
  bytes: Uint8Array
  mimeType: string
  fileName: string
  cda: Cda | null
  /** Part holding the same document as PDF, sent beside the archive (ECO.2.1.1). */
  pdfPartId: string | null
}

export interface MessageDocuments {
  documents: FoundDocument[]
  patient: PatientSummary | null
  alert: ResultAlert | null
  /** Words of the documents, for the index. */
  text: string
}

const xdmName = /ihe_?xdm.*\.zip$/i
const headOf = (part: MessagePart): Uint8Array => part.head ?? part.bytes.subarray(0, 4096)
const isZip = (part: MessagePart): boolean => sniffMime(headOf(part)) === 'application/zip'
const looksLikeXml = (bytes: Uint8Array): boolean => {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 4096))
  return /<(?:\w+:)?ClinicalDocument[\s>]/.test(head) || /^\s*(?:\u00ef\u00bb\u00bf)?\s*<\?xml/.test(head)
}

const kindOf = (mimeType: string): DocumentSummary['kind'] =>
  mimeType === 'application/pdf'
    ? 'pdf'
    : mimeType.startsWith('image/')
      ? 'image'
      : mimeType === 'text/plain'
        ? 'text'
        : mimeType === 'application/dicom'
          ? 'dicom'
          : 'other'

const samePatient = (cda: Cda, document: XdmDocument): boolean => {
  const announced = document.entry.patientIns
  const read = cda.document.patient.ins
  return !announced || !read || (announced.matricule === read.matricule && announced.oid === read.oid)
}

const warningsOf = (cda: Cda | null, document: XdmDocument | null): DocumentWarning[] => {
  const warnings: DocumentWarning[] = []
  if (document?.hashMatches === false) warnings.push('hash-mismatch')
  if (document?.sizeMatches === false) warnings.push('size-mismatch')
  if (cda && document) {
    if (!samePatient(cda, document)) warnings.push('patient-mismatch')
    const { typeCode, uniqueId } = document.entry
    if (typeCode && cda.document.typeCode && typeCode !== cda.document.typeCode)
      warnings.push('type-mismatch')
    if (uniqueId && cda.document.id && uniqueId !== cda.document.id) warnings.push('id-mismatch')
  }
  const ins = cda?.document.patient.ins
  if (ins && !ins.keyValid) warnings.push('wrong-ins-key')
  return warnings
}

const unlinked = {
  path: '',
  deviations: [],
  refusals: [],
  filingBlocked: false,
  uniqueId: null,
  setId: null,
  version: null,
  replaces: null,
  duplicateOf: null,
  replacedBy: null,
  visibility: [],
}

const cdaSummary = (
  id: string,
  cda: Cda,
  archive: DocumentSummary['archive'],
  warnings: DocumentWarning[],
): FoundDocument['summary'] => {
  const { document } = cda
  const author = document.authors[0]
  return {
    id,
    kind: document.level === 'N1' ? 'cda-n1' : 'cda-n3',
    label: document.typeLabel,
    title: document.title,
    typeCode: document.typeCode,
    date: document.acts[0]?.start ?? document.date,
    author: author?.name ?? null,
    organisation: author?.organisation ?? document.custodian,
    patient: document.patient,
    alert: worstResult(allResults(document.sections)),
    archive,
    warnings,
    ...unlinked,
    version: document.version,
    replaces: document.replaces,
  }
}

const looseSummary = (
  id: string,
  kind: DocumentSummary['kind'],
  title: string,
  archive: DocumentSummary['archive'],
  warnings: DocumentWarning[],
): FoundDocument['summary'] => ({
  id,
  kind,
  label: title,
  title,
  typeCode: null,
  date: null,
  author: null,
  organisation: null,
  patient: null,
  alert: null,
  archive,
  warnings,
  ...unlinked,
})

const fromArchive = async (part: MessagePart): Promise<FoundDocument[] | null> => {
  const read = await readXdm(part.bytes)
  if (!read.ok) return null
  return read.value.documents.flatMap((document, index) => {
    const id = `${part.id}/${index + 1}`
    const mimeType = sniffMime(document.bytes) ?? document.entry.mimeType ?? 'application/octet-stream'
    const parsed = looksLikeXml(document.bytes) ? readCda(document.bytes) : null
    const cda = parsed?.ok ? parsed.value : null
    const warnings = warningsOf(cda, document)
    const archive = {
      fileName: part.fileName ?? 'IHE_XDM.zip',
      size: part.bytes.byteLength,
      verified: document.hashMatches === true && document.sizeMatches !== false,
    }
    const fileName = document.path.split('/').at(-1) ?? document.path
    const title = document.entry.title ?? fileName
    const kind = kindOf(mimeType)
    // Signatures and the like are not shown as documents of their own.
    if (!cda && kind === 'other') return []
    return [
      {
        summary: cda
          ? cdaSummary(id, cda, archive, warnings)
          : looseSummary(id, kind, title, archive, warnings),
        partId: part.id,
        bytes: document.bytes,
        mimeType: cda ? 'text/xml' : mimeType,
        fileName,
        cda,
        pdfPartId: null,
      },
    ]
  })
}

/** PDFs sent beside an archive are the same documents: by identical bytes (N1), else by order (clinical-documents.md §2.5.8). */
const pairPdfs = (documents: FoundDocument[], parts: MessagePart[]): Set<string> => {
  const paired = new Set<string>()
  const pdfs = parts.filter((part) => sniffMime(headOf(part)) === 'application/pdf')
  const cdas = documents.filter((document) => document.cda && document.summary.archive)
  for (const document of cdas) {
    const embedded = document.cda?.pdf ? document.cda.media.get(document.cda.pdf) : undefined
    const twin = embedded && pdfs.find((pdf) => Buffer.compare(pdf.bytes, embedded.bytes) === 0)
    if (twin) {
      document.pdfPartId = twin.id
      paired.add(twin.id)
    }
  }
  const left = pdfs.filter((pdf) => !paired.has(pdf.id))
  const without = cdas.filter((document) => document.pdfPartId === null)
  if (left.length === without.length)
    for (const [index, document] of without.entries()) {
      const pdf = left[index]
      if (pdf) {
        document.pdfPartId = pdf.id
        paired.add(pdf.id)
      }
    }
  return paired
}

const sameIdentity = (a: PatientSummary, b: PatientSummary): boolean =>
  a.ins && b.ins
    ? a.ins.matricule === b.ins.matricule
    : a.birthName === b.birthName && a.firstName === b.firstName && a.birthDate === b.birthDate

/**
 * Finds the clinical documents of a message: XDM archives by content (never by the subject alone, clinical-documents.md
 * §1), loose CDA files, HPRIM text results, PDFs and pictures. A broken archive is left as an attachment.
 */
export const findDocuments = async (parts: MessagePart[]): Promise<MessageDocuments> => {
  const documents: FoundDocument[] = []
  for (const part of parts) {
    if (isZip(part) || (part.fileName !== null && xdmName.test(part.fileName))) {
      documents.push(...((await fromArchive(part)) ?? []))
    } else if (looksLikeXml(headOf(part))) {
      const read = readCda(part.bytes)
      if (read.ok)
        documents.push({
          summary: cdaSummary(part.id, read.value, null, warningsOf(read.value, null)),
          partId: part.id,
          bytes: part.bytes,
          mimeType: 'text/xml',
          fileName: part.fileName ?? 'document.xml',
          cda: read.value,
          pdfPartId: null,
        })
    }
  }
  const paired = pairPdfs(documents, parts)
  for (const part of parts) {
    if (part.inline || paired.has(part.id)) continue
    const head = headOf(part)
    const sniffed = sniffMime(head)
    const hprim = !head.includes(0) && isHprim(part.bytes)
    const kind = hprim ? 'hprim' : sniffed ? kindOf(sniffed) : 'other'
    if (kind === 'other' || documents.some((document) => document.partId === part.id)) continue
    const title = part.fileName ?? part.mimeType
    documents.push({
      summary: looseSummary(part.id, kind, title, null, []),
      partId: part.id,
      get bytes() {
        return part.bytes
      },
      mimeType: hprim ? 'text/plain' : (sniffed ?? part.mimeType),
      fileName: title,
      cda: null,
      pdfPartId: null,
    })
  }
  const patients = documents.flatMap((document) => document.summary.patient ?? [])
  const [patient] = patients
  if (patient && patients.some((other) => !sameIdentity(patient, other)))
    for (const document of documents)
      if (document.summary.patient) document.summary.warnings.push('several-patients')
  const alerts = documents.flatMap((document) => document.summary.alert ?? [])
  return {
    documents,
    patient: patient ?? null,
    alert: alerts.find((alert) => alert.level === 'critical') ?? alerts[0] ?? null,
    text: documents.flatMap((document) => document.cda?.text ?? []).join('\n'),
  }
}
