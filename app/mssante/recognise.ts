import type {
  Deviation,
  DocumentAnnouncement,
  DocumentSummary,
  ErrorData,
  RefusalCode,
} from '../contract/index.ts'
import { documentTypeLabel, readCda, worstResult } from './cda/index.ts'
import { readDicom } from './dicom/index.ts'
import { isDicom } from './dicom/dataset.ts'
import { cdaDocument, looseDocument, refusedDocument, type FoundDocument, type Origin } from './found.ts'
import { readHl7 } from './hl7/content.ts'
import { isHl7, parseHl7 } from './hl7/parse.ts'
import { hprimFormat, isApicrypt, readHprim } from './hprim/index.ts'
import { sniffMime } from './magic.ts'
import { compareWithMessage } from './mismatch.ts'

/** The refusal that an error of a parser stands for. */
export const refusalOfError = ({ code, details }: ErrorData): RefusalCode => {
  const exact = details?.['refusal']
  if (typeof exact === 'string') return exact as RefusalCode
  switch (code) {
    case 'zip.malformed':
    case 'zip.unsafe':
      return 'zip-malformed'
    case 'zip.limit':
      return 'zip-total-too-large'
    case 'xml.malformed':
      return 'xml-malformed'
    case 'xml.forbidden':
      return 'xml-doctype'
    case 'xml.limit':
      return 'xml-limit'
    case 'xdm.no-metadata':
      return 'xdm-no-metadata'
    case 'cda.not-a-cda':
      return 'cda-not-a-cda'
    case 'cda.no-body':
      return 'cda-no-body'
    case 'hl7.malformed':
      return 'hl7-malformed'
    case 'hl7.limit':
      return 'hl7-limit'
    case 'hprim.malformed':
      return 'hprim-malformed'
    case 'dicom.malformed':
      return 'dicom-malformed'
    case 'dicom.limit':
      return 'dicom-limit'
    default:
      return 'unknown-format'
  }
}

const officeName = /\.(?:docx?|docm|odt|rtf|xlsx?|xlsm|ods|csv|pptx?|pptm|odp)$/i
const officeTypes =
  /^application\/(?:msword|rtf|vnd\.(?:ms-(?:excel|powerpoint|word)|openxmlformats-officedocument|oasis\.opendocument))/

/** An office file by the first entry of its zip: what its name says does not count. */
const isOfficeZip = (head: Uint8Array): boolean =>
  /^PK\x03\x04[\s\S]{26}(?:\[Content_Types\]\.xml|mimetypeapplication\/vnd\.oasis\.opendocument)/.test(
    new TextDecoder('latin1').decode(head.subarray(0, 100)),
  )

/** What a file is by its first bytes, its name and its declared type. */
export const kindOfFile = (
  head: Uint8Array,
  fileName: string | null,
  declared: string,
): DocumentSummary['kind'] => {
  const sniffed = sniffMime(head)
  if (sniffed === 'application/pdf') return 'pdf'
  if (sniffed?.startsWith('image/')) return 'image'
  if (sniffed === 'application/dicom') return 'dicom'
  if (sniffed === 'application/x-msdownload' || sniffed === 'application/x-executable') return 'other'
  if (sniffed === 'application/rtf' || isOfficeZip(head)) return 'office'
  const named = officeName.test(fileName ?? '') || officeTypes.test(declared)
  const isOffice = sniffed === 'application/zip' || sniffed === 'application/x-ole'
  if (named && (isOffice || sniffed === null)) return 'office'
  return sniffed === null && declared === 'text/plain' && !head.includes(0) ? 'text' : 'other'
}

/** The beginning as text, whatever the width of its characters. */
const headText = (head: Uint8Array): string =>
  new TextDecoder('latin1').decode(head.subarray(0, 4096)).replaceAll('\0', '')

/** XML by its first characters; HTML and SVG are none of ours. */
export const looksLikeXml = (head: Uint8Array): boolean => {
  const text = headText(head).replace(/^(?:\u00ef\u00bb\u00bf|\u00ff\u00fe|\u00fe\u00ff)/, '')
  if (/<(?:[\w-]+:)?ClinicalDocument[\s>]/.test(text)) return true
  return (
    /^\s*<(?:\?xml|!--|[\w-]+:?[\w-]*[\s>])/.test(text) &&
    !/^\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+)?(?:html|svg)\b/i.test(text)
  )
}

export const announcesCda = (head: Uint8Array): boolean =>
  /ClinicalDocument|urn:hl7-org:v3/.test(headText(head))

/** A CDA of any wrapping; a file that calls itself one and cannot be read is refused; null for other XML. */
const fromXml = (
  origin: Origin,
  bytes: Uint8Array,
  deviations: readonly Deviation[],
  strict: boolean,
): FoundDocument | null => {
  const read = readCda(bytes)
  if (read.ok) return cdaDocument(origin, read.value, bytes, deviations)
  const head = headText(bytes)
  const entry = origin.announcement?.entry
  const isSignature =
    /^urn:ihe:iti:dsg:|xmldsig/.test(entry?.formatCode?.code ?? '') ||
    (/<(?:[\w-]+:)?Signature[\s>]/.test(head) && read.error.code === 'cda.not-a-cda')
  if (isSignature)
    return looseDocument(
      origin,
      { kind: 'signature', label: entry?.title ?? origin.fileName, mimeType: 'text/xml' },
      () => bytes,
      deviations,
    )
  if (!strict && !announcesCda(bytes)) return null
  return refusedDocument(origin, refusalOfError(read.error), () => bytes, 'text/xml', deviations)
}

/** The type of « CR d’examens biologiques », for the name of results whose format has none. */
const biologyReport = '11502-2'

const fromHl7 = (origin: Origin, bytes: Uint8Array, deviations: readonly Deviation[]): FoundDocument[] => {
  const parsed = parseHl7(bytes)
  if (!parsed.ok)
    return [refusedDocument(origin, refusalOfError(parsed.error), () => bytes, 'text/plain', deviations)]
  return parsed.value.flatMap((message, index) => {
    const read = readHl7(message)
    const { content } = read
    const own: Origin = {
      ...origin,
      id: parsed.value.length > 1 ? `${origin.id}/${index + 1}` : origin.id,
      visibility: content.visibility,
    }
    const code = content.documentType?.code ?? null
    const label = code
      ? documentTypeLabel(code, content.documentType?.label ?? null, content.type)
      : content.type
    const [sender] = content.senders
    const whole = looseDocument(
      own,
      {
        kind: 'hl7',
        label:
          content.results.length > 0 && code === null ? documentTypeLabel(biologyReport, null, '') : label,
        title: label,
        typeCode: code,
        date: content.date,
        author: sender?.name ?? null,
        organisation: sender?.organisation ?? (content.sender || null),
        identity: content.patient,
        alert: worstResult(content.results),
        uniqueId: content.documentId,
        replaces: content.parentId,
        mimeType: 'text/plain',
        data: { kind: 'hl7', message: content },
      },
      () => bytes,
      [...deviations, ...read.deviations],
    )
    const enclosed = read.payloads.flatMap((payload, position) => {
      const inside: Origin = {
        ...own,
        id: `${own.id}/obx${position + 1}`,
        path: `${origin.path} › ${payload.where}`,
        fileName: `${origin.fileName} ${payload.where}`,
      }
      const found = recogniseFile(inside, payload.bytes, 'application/octet-stream', {
        deviations: payload.deviations,
        strict: false,
      })
      for (const document of found)
        compareWithMessage(document, { ...content, documentType: payload.type ?? content.documentType })
      return found
    })
    return [whole, ...enclosed]
  })
}

const fromHprim = (origin: Origin, bytes: Uint8Array, deviations: readonly Deviation[]): FoundDocument[] => {
  const read = readHprim(bytes)
  if (!read.ok)
    return [refusedDocument(origin, refusalOfError(read.error), () => bytes, 'text/plain', deviations)]
  const { dossiers } = read.value
  return dossiers.map((dossier, index) =>
    looseDocument(
      { ...origin, id: dossiers.length > 1 ? `${origin.id}/${index + 1}` : origin.id },
      {
        kind: 'hprim',
        // Results are named as results, whatever the file is called.
        label: dossier.results.length > 0 ? documentTypeLabel(biologyReport, null, '') : origin.fileName,
        title: dossier.dossier ?? origin.fileName,
        date: dossier.date,
        author: null,
        organisation: dossier.sender,
        identity: dossier.patient,
        alert: worstResult(dossier.results),
        mimeType: 'text/plain',
        data: { kind: 'hprim', dossier },
      },
      () => bytes,
      index === 0 ? [...deviations, ...read.value.deviations] : deviations,
    ),
  )
}

const fromDicom = (origin: Origin, bytes: Uint8Array, deviations: readonly Deviation[]): FoundDocument[] => {
  const read = readDicom(bytes)
  if (!read.ok)
    return [refusedDocument(origin, refusalOfError(read.error), () => bytes, 'application/dicom', deviations)]
  const { content, enclosed, previews } = read.value
  const [study] = content.studies
  const entry = origin.announcement?.entry
  const whole = looseDocument(
    origin,
    {
      kind: content.format === 'kos' ? 'kos' : 'dicom',
      label:
        content.format === 'kos'
          ? documentTypeLabel('IMG-KOS', null, '')
          : (study?.description ?? content.sopClass ?? origin.fileName),
      title: entry?.title ?? study?.description ?? content.title ?? origin.fileName,
      typeCode: content.format === 'kos' ? 'IMG-KOS' : null,
      date: study?.date ?? null,
      organisation: content.institution,
      identity: content.patient,
      uniqueId: content.sopInstanceUid,
      mimeType: 'application/dicom',
      data: { kind: 'dicom', dicom: content },
      previews,
    },
    () => bytes,
    [...deviations, ...read.value.deviations],
  )
  if (!enclosed) return [whole]
  const inside = {
    ...origin,
    id: `${origin.id}/enclosed`,
    path: `${origin.path} › DICOM`,
    announcement: null,
  }
  return [
    whole,
    ...recogniseFile(inside, enclosed, 'application/octet-stream', { deviations: [], strict: false }),
  ]
}

export interface Recognition {
  deviations: readonly Deviation[]
  /** Say why of files that are no document: those of archives, and of `inspect document`. */
  strict: boolean
}

const otherLabel = (origin: Origin, entry: DocumentAnnouncement['entry'] | undefined): string =>
  entry?.typeCode
    ? documentTypeLabel(entry.typeCode.code, entry.typeCode.label, entry.title ?? origin.fileName)
    : (entry?.title ?? origin.fileName)

/** Everything a file is: a CDA, an HL7 message with its documents, HPRIM dossiers, DICOM, or a file shown as such. */
export const recogniseFile = (
  origin: Origin,
  bytes: Uint8Array,
  declared: string,
  { deviations, strict }: Recognition,
): FoundDocument[] => {
  if (isApicrypt(bytes, origin.fileName))
    return [refusedDocument(origin, 'apicrypt', () => bytes, declared, deviations)]
  if (isDicom(bytes)) return fromDicom(origin, bytes, deviations)
  if (isHl7(bytes)) return fromHl7(origin, bytes, deviations)
  if (looksLikeXml(bytes)) {
    const found = fromXml(origin, bytes, deviations, strict)
    if (found) return [found]
  }
  if (hprimFormat(bytes) !== null) return fromHprim(origin, bytes, deviations)
  const sniffed = sniffMime(bytes)
  if (sniffed === 'application/x-msdownload' || sniffed === 'application/x-executable')
    return [refusedDocument(origin, 'executable', () => bytes, sniffed, deviations)]
  const text = sniffed === null && isText(bytes)
  const kind = kindOfFile(bytes, origin.fileName, text ? 'text/plain' : declared)
  const entry = origin.announcement?.entry
  const label = otherLabel(origin, entry)
  const mimeType = sniffed ?? (kind === 'text' ? 'text/plain' : declared)
  return [
    looseDocument(
      origin,
      { kind, label, title: entry?.title ?? origin.fileName, mimeType },
      () => bytes,
      deviations,
    ),
  ]
}

/** Text of any single-byte encoding or UTF-8: no zero byte, no control character but blanks and the end mark of DOS. */
export const isText = (bytes: Uint8Array): boolean => {
  // What a browser would run is never shown in place.
  if (/^\s*<(?:!doctype|html|svg|script)\b/i.test(headText(bytes.subarray(0, 200)))) return false
  if (bytes.byteLength === 0 || bytes.subarray(0, 65_536).includes(0)) return false
  const controls = bytes
    .subarray(0, 4096)
    .reduce((count, byte) => (byte < 9 || (byte > 13 && byte < 32 && byte !== 0x1a) ? count + 1 : count), 0)
  return controls === 0
}
