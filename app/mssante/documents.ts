import type { Deviation, DocumentInspection, PatientSummary, RefusalCode } from '../contract/index.ts'
import { openArchive, openPublication } from './archives.ts'
import { detachedSignatures, isEnvelope, outlookFile } from './envelopes.ts'
import {
  addDeviations,
  looseDocument,
  refusedDocument,
  type FoundDocument,
  type FoundSignature,
  type MessageDocuments,
  type MessagePart,
  type Origin,
} from './found.ts'
import { hprimFormat, isApicrypt } from './hprim/index.ts'
import { isHl7 } from './hl7/parse.ts'
import { linkDocuments } from './links.ts'
import type { SignatureFinding } from '../smime/index.ts'
import { lockOf } from './locked-file.ts'
import { sniffMime } from './magic.ts'
import { joinedPieces } from './pieces.ts'
import { isDicom } from './dicom/dataset.ts'
import { isText, announcesCda, kindOfFile, looksLikeXml, recogniseFile } from './recognise.ts'

export type { FoundDocument, MessageDocuments, MessagePart } from './found.ts'

/** Parts and text of an enclosed message (`message/rfc822`), or what a CMS envelope holds. */
export interface EnclosedMessage {
  parts: MessagePart[]
  body: string | null
  /** Of a CMS envelope: signed around its content, or apart from it; encrypted, so closed; or compressed. */
  envelope?: 'signed' | 'detached' | 'encrypted' | 'compressed'
  /** Of an envelope, outermost first. */
  signatures?: SignatureFinding[]
}

export interface FindOptions {
  /** Plain text of the message: some senders put their HPRIM results there (clinical-documents.md §11.1). */
  body?: string | null
  /** Takes an enclosed message or a CMS envelope (`isEnvelope`) apart; without it they are left closed. */
  enclosed?: (part: MessagePart) => EnclosedMessage | null
  /** Say of every part why it is no document: the file given to `inspect document`. */
  strict?: boolean
}

/** `whole`: every file is shown, whatever it is, since nothing else shows what an envelope holds. */
type Depths = FindOptions & { whole?: boolean }

const deepestMessage = 4

const headOf = (part: MessagePart): Uint8Array => part.head ?? part.bytes.subarray(0, 4096)
const xdmName = /ihe_?xdm.*\.zip$/i
const isZip = (part: MessagePart): boolean =>
  sniffMime(headOf(part)) === 'application/zip' || xdmName.test(part.fileName ?? '')
const isMessage = (part: MessagePart): boolean =>
  part.mimeType === 'message/rfc822' || /\.eml$/i.test(part.fileName ?? '')

const originOf = (part: MessagePart): Origin => ({
  id: part.id,
  partId: part.id,
  path: part.fileName ?? part.mimeType,
  fileName: part.fileName ?? part.mimeType,
  archive: null,
  announcement: null,
  visibility: [],
})

/** A part that is a clinical document by its content, not only a file to be shown. */
const isClinical = (part: MessagePart): boolean => {
  const head = headOf(part)
  if (looksLikeXml(head) || isHl7(head) || isDicom(head) || isApicrypt(head, part.fileName)) return true
  const declared =
    part.mimeType.startsWith('text/') || /\.(?:hpr|hprim|hpm|txt|dat|res)$/i.test(part.fileName ?? '')
  const wide = sniffMime(head) === null && (declared || part.mimeType === 'application/octet-stream')
  return wide && hprimFormat(part.bytes) !== null
}

/** Files that are known for what they are though nothing of them is read. */
const kindsRefused: Partial<Record<RefusalCode, DocumentInspection['kind']>> = {
  apicrypt: 'apicrypt',
  'cms-encrypted': 'encrypted',
  tnef: 'tnef',
  'outlook-message': 'outlook-message',
}

const kindOf = (found: readonly FoundDocument[]): DocumentInspection['kind'] => {
  const [first] = found
  if (!first) return 'unknown'
  const { kind, refusals } = first.summary
  if (first.cda) return 'cda'
  if (first.data?.kind === 'hl7') return 'hl7v2'
  if (first.data?.kind === 'hprim') return first.data.dossier.format
  if (first.data?.kind === 'dicom') return first.data.dicom.format
  const told = refusals.find(({ code }) => code in kindsRefused)
  if (told) return kindsRefused[told.code] ?? 'unknown'
  if (
    refusals.some(({ code }) => code === 'cda-no-body' || code.startsWith('xml-')) &&
    announcesCda(first.bytes)
  )
    return 'cda'
  return kind === 'pdf' || kind === 'image' || kind === 'text' || kind === 'office' || kind === 'signature'
    ? kind
    : 'unknown'
}

/** PDFs sent beside an archive are the same documents: by identical bytes (N1), else by order (clinical-documents.md §2.5.8). */
const pairPdfs = (documents: FoundDocument[], parts: MessagePart[]): Set<string> => {
  const paired = new Set<string>()
  const pdfs = parts.filter((part) => sniffMime(headOf(part)) === 'application/pdf')
  const cdas = documents.filter(
    (document) => document.cda && document.summary.archive && document.summary.duplicateOf === null,
  )
  const join = (document: FoundDocument, pdf: MessagePart): void => {
    document.pdfPartId = pdf.id
    paired.add(pdf.id)
  }
  for (const document of cdas) {
    const embedded = document.cda?.pdf ? document.cda.media.get(document.cda.pdf) : undefined
    const twin = embedded && pdfs.find((pdf) => Buffer.compare(pdf.bytes, embedded.bytes) === 0)
    if (twin) join(document, twin)
  }
  const left = pdfs.filter((pdf) => !paired.has(pdf.id))
  const without = cdas.filter((document) => document.pdfPartId === null)
  if (left.length === without.length)
    for (const [index, document] of without.entries()) {
      const pdf = left[index]
      if (pdf) join(document, pdf)
    }
  return paired
}

const sameIdentity = (a: PatientSummary, b: PatientSummary): boolean =>
  a.ins && b.ins
    ? a.ins.matricule === b.ins.matricule
    : a.birthName === b.birthName && a.firstName === b.firstName && a.birthDate === b.birthDate

/** What a message holds, before its documents are linked. */
interface Collected {
  documents: FoundDocument[]
  sets: MessageDocuments['sets']
  kinds: MessageDocuments['kinds']
  deviations: Deviation[]
}

const inBody = (code: 'hprim-in-body' | 'hl7-in-body'): Deviation => ({ code, where: null })

/** HPRIM results or HL7 segments typed into the message, or what Apicrypt left there. */
const fromBody = (body: string, collected: Collected): void => {
  const bytes = Buffer.from(body, 'utf8')
  const part: MessagePart = { id: 'body', fileName: null, mimeType: 'text/plain', bytes, inline: false }
  const origin: Origin = { ...originOf(part), fileName: 'message.txt', path: 'message' }
  if (isApicrypt(bytes, null))
    collected.documents.push(refusedDocument(origin, 'apicrypt', () => bytes, 'text/plain'))
  else {
    const code = isHl7(bytes) ? 'hl7-in-body' : hprimFormat(bytes) === null ? null : 'hprim-in-body'
    if (code)
      collected.documents.push(
        ...recogniseFile(origin, bytes, 'text/plain', { deviations: [inBody(code)], strict: false }),
      )
  }
}

/** A document of a message, not only a file beside it. */
const isDocument = ({ cda, data, summary, signatures }: FoundDocument): boolean =>
  cda !== null ||
  data !== null ||
  summary.archive !== null ||
  summary.kind === 'refused' ||
  signatures.length > 0

const addSignatures = (documents: readonly FoundDocument[], signatures: readonly FoundSignature[]): void => {
  for (const document of documents) {
    document.signatures.unshift(...signatures)
    addDeviations(
      document.summary,
      signatures.map(({ fileName }) => ({ code: 'cms-signature', where: fileName })),
    )
  }
}

/** A signature whose file is not there. */
const loneSignature = (part: MessagePart): FoundDocument =>
  looseDocument(
    originOf(part),
    { kind: 'signature', label: originOf(part).fileName, mimeType: 'application/pkcs7-signature' },
    () => part.bytes,
  )

/** What an enclosed message or an envelope holds; false where it could not be taken apart. */
const fromEnclosed = async (
  part: MessagePart,
  enclosed: EnclosedMessage | null,
  options: Depths,
  depth: number,
  collected: Collected,
): Promise<boolean> => {
  const origin = originOf(part)
  const strict = options.strict ?? false
  const signatures = (enclosed?.signatures ?? []).map((finding): FoundSignature => ({
    form: 'enveloping',
    fileName: origin.fileName,
    finding,
  }))
  const only = (document: FoundDocument, kind: DocumentInspection['kind']): true => {
    addSignatures([document], signatures)
    collected.documents.push(document)
    collected.kinds.push({ partId: part.id, kind })
    return true
  }
  const refuse = (code: RefusalCode): true => {
    const refused = refusedDocument(origin, code, () => part.bytes, part.mimeType)
    return only(refused, kindOf([refused]))
  }
  if (depth >= deepestMessage) return refuse('message-too-deep')
  if (!enclosed) return options.enclosed && !isEnvelope(part) ? refuse('message-limit') : false
  const { envelope } = enclosed
  if (envelope === 'encrypted') return refuse('cms-encrypted')
  if (envelope === 'detached') {
    // The signature of a mail stands beside what it signs, not beside a file.
    if (!strict && (depth > 0 || /^(?:smime\.p7s)?$/i.test(part.fileName ?? ''))) return false
    return only(loneSignature(part), 'signature')
  }
  // A file in an envelope is asked for as the file itself.
  const whole = envelope !== undefined
  const wanted = strict && whole
  const inner = { ...options, body: enclosed.body, strict: wanted, whole }
  const inside = await collect(enclosed.parts, inner, depth + 1)
  const documents = whole ? inside.documents : inside.documents.filter(isDocument)
  const told: Deviation[] =
    envelope === undefined ? [{ code: 'xdm-in-message' as const, where: origin.path }] : []
  for (const document of documents) {
    document.summary.id = `${part.id}/${document.summary.id}`
    document.summary.path = `${origin.path} › ${document.summary.path}`
    document.partId = part.id
    document.pdfPartId = null
    addDeviations(document.summary, told)
  }
  addSignatures(documents, signatures)
  collected.documents.push(...documents)
  collected.sets.push(...inside.sets)
  collected.deviations.push(...inside.deviations)
  const kind = envelope === undefined ? 'message' : (inside.kinds[0]?.kind ?? 'message')
  if (documents.length > 0 || wanted) collected.kinds.push({ partId: part.id, kind })
  return true
}

const collect = async (all: MessagePart[], options: Depths, depth: number): Promise<Collected> => {
  const parts = joinedPieces(all)
  const collected: Collected = { documents: [], sets: [], kinds: [], deviations: [] }
  const strict = options.strict ?? false
  const whole = options.whole ?? false
  // Too deep is told before anything is taken apart.
  const envelopes = new Map(
    parts
      .filter((part) => !isZip(part) && (isMessage(part) || isEnvelope(part)))
      .map((part) => [part, depth < deepestMessage ? (options.enclosed?.(part) ?? null) : null]),
  )
  const detached = detachedSignatures(
    parts,
    [...envelopes].flatMap(([part, enclosed]) => (enclosed?.envelope === 'detached' ? [part] : [])),
  )
  const add = (part: MessagePart, found: FoundDocument[], kind: DocumentInspection['kind']): void => {
    collected.documents.push(...found)
    collected.kinds.push({ partId: part.id, kind })
  }
  const taken = new Set<string>()
  if (options.body) fromBody(options.body, collected)
  for (const part of parts) {
    if (detached.used.has(part.id)) {
      taken.add(part.id)
      continue
    }
    const publication = strict ? openPublication(part) : null
    if (publication || isZip(part)) {
      const archive = publication ?? (await openArchive(part, strict))
      if (!archive) continue
      taken.add(part.id)
      for (const { summary } of archive.documents) addDeviations(summary, archive.deviations)
      add(part, archive.documents, archive.kind)
      collected.sets.push(...archive.sets)
      collected.deviations.push(...archive.deviations)
    } else if (envelopes.has(part)) {
      if (await fromEnclosed(part, envelopes.get(part) ?? null, options, depth, collected)) taken.add(part.id)
    } else if (isClinical(part)) {
      const found = recogniseFile(originOf(part), part.bytes, part.mimeType, { deviations: [], strict })
      // XML or text that is none of ours is an attachment like another.
      const clinical = found.filter(
        ({ cda, data, summary }) => cda !== null || data !== null || summary.kind === 'refused',
      )
      if (clinical.length === 0) continue
      taken.add(part.id)
      add(part, found, kindOf(found))
    }
  }
  const unsigned = parts.filter(({ id }) => !detached.of.has(id))
  const paired = depth === 0 ? pairPdfs(collected.documents, unsigned) : new Set<string>()
  for (const part of parts) {
    if ((part.inline && !whole) || paired.has(part.id) || taken.has(part.id) || isMessage(part)) continue
    const head = headOf(part)
    const outlook = outlookFile(part)
    if (outlook) {
      const refused = [refusedDocument(originOf(part), outlook, () => part.bytes, part.mimeType)]
      add(part, refused, kindOf(refused))
      continue
    }
    const asked = whole || detached.of.has(part.id)
    const plain = (strict || whole) && part.mimeType === '' && !looksLikeXml(head) && isText(part.bytes)
    const declared = plain ? 'text/plain' : part.mimeType
    const kind = kindOfFile(head, part.fileName, declared)
    const shown = kind === 'pdf' || kind === 'image' || kind === 'office'
    if (!shown && !strict && !asked) continue
    const origin = originOf(part)
    if (asked && !strict && kind === 'other' && lockOf(part.bytes, part.fileName) === 'password') {
      add(part, [refusedDocument(origin, 'zip-encrypted', () => part.bytes, part.mimeType)], 'zip')
      continue
    }
    if (!shown && kind !== 'text' && (strict || refusalOf(head) === 'executable')) {
      add(part, [refusedDocument(origin, refusalOf(head), () => part.bytes, part.mimeType)], 'unknown')
      continue
    }
    const sniffed = sniffMime(head) ?? declared
    const mimeType = kind === 'office' ? part.mimeType || sniffed : sniffed
    const loose = [looseDocument(origin, { kind, label: origin.fileName, mimeType }, () => part.bytes)]
    add(part, loose, kindOf(loose))
  }
  for (const [partId, signatures] of detached.of)
    addSignatures(
      collected.documents.filter((document) => document.partId === partId),
      signatures,
    )
  return collected
}

const refusalOf = (head: Uint8Array) => {
  const sniffed = sniffMime(head)
  if (sniffed === 'application/x-msdownload' || sniffed === 'application/x-executable')
    return 'executable' as const
  return looksLikeXml(head) ? ('cda-not-a-cda' as const) : ('unknown-format' as const)
}

/** The worst alert of all, critical first. */
const worstAlert = (documents: readonly FoundDocument[]): MessageDocuments['alert'] => {
  const alerts = documents
    .filter(({ summary }) => summary.duplicateOf === null)
    .flatMap(({ summary }) => summary.alert ?? [])
  return alerts.find((alert) => alert.level === 'critical') ?? alerts[0] ?? null
}

const wordsOf = ({ cda, data, summary }: FoundDocument): string => {
  if (cda) return cda.text
  if (data?.kind === 'hprim')
    return [data.dossier.patient.birthName, data.dossier.patient.firstName, data.dossier.text].join('\n')
  if (data?.kind === 'dicom') return [summary.label, summary.title, ...data.dicom.texts].join('\n')
  return data ? [summary.label, ...data.message.texts].join('\n') : ''
}

/**
 * Finds the clinical documents of a message: XDM archives by content (never by the subject alone, clinical-documents.md §1), loose CDA files, HL7
 * v2, HPRIM and DICOM files, PDFs, pictures and office files. A broken archive that is none of ours is left as an attachment.
 */
export const findDocuments = async (
  parts: MessagePart[],
  options: FindOptions = {},
): Promise<MessageDocuments> => {
  const { documents, sets, kinds, deviations } = await collect(parts, options, 0)
  linkDocuments(documents)
  const patients = documents.flatMap((document) => document.summary.patient ?? [])
  const [patient] = patients
  if (patient && patients.some((other) => !sameIdentity(patient, other)))
    for (const { summary } of documents)
      if (summary.patient && !summary.warnings.includes('several-patients')) {
        summary.warnings.push('several-patients')
        summary.filingBlocked = true
      }
  return {
    documents,
    patient: patient ?? null,
    alert: worstAlert(documents),
    text: documents.map(wordsOf).filter(Boolean).join('\n'),
    sets,
    kinds,
    deviations,
  }
}
