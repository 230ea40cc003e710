import { createHash } from 'node:crypto'
import {
  ok,
  type FilingDoubt,
  type Outcome,
  type PatientSummary,
  type SignatureVerdict,
  type TargetPlace,
  type TrustClass,
} from '../contract/index.ts'
import type { FoundDocument } from '../mssante/index.ts'
import type { StoredFiling } from '../vault/index.ts'
import { keyOf, readCdaFacts, type CdaFacts } from './cda-facts.ts'
import type { CarryingMail } from './mdm.ts'

/** A message opened for filing: decrypted, its documents found. */
export interface OpenedMail {
  id: number
  accountId: number
  folderId: number
  /** Milliseconds. */
  date: number
  mail: CarryingMail
  /** What its sender is, and what is said of his signature. */
  trust: TrustClass
  signature: SignatureVerdict
  /** A report about something sent from here, or written by the mailbox itself. */
  own: boolean
  documents: FoundDocument[]
  /** Decoded bytes of a part by its id. */
  part: (id: string) => Uint8Array | null
}

/** A document with what a record must know of it. */
export interface FilableDocument {
  found: FoundDocument
  /** Null for what is no CDA. */
  facts: CdaFacts | null
  /** By which it is known in any message. */
  key: string
  setKey: string | null
  version: number | null
  patient: PatientSummary | null
  patientKey: string
  /** The sender asks for it to be taken out (METADATA.XML), not put in. */
  removal: boolean
  /** What is said of the message it came in. */
  ofMail: FilingDoubt[]
  /** PDF of the document, its own or beside it. */
  pdf: Uint8Array | null
  /** The archive it came in. */
  archive: Uint8Array | null
}

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

const patientKey = (patient: PatientSummary | null, documentKey: string): string =>
  patient === null
    ? `document ${documentKey}`
    : patient.ins
      ? `${patient.ins.oid}^${patient.ins.matricule}`
      : [patient.birthName, patient.firstName, patient.birthDate ?? '', patient.sex].join('^')

const pdfOf = (mail: OpenedMail, found: FoundDocument): Uint8Array | null => {
  if (found.mimeType === 'application/pdf') return found.bytes
  const own = found.cda?.pdf == null ? undefined : found.cda.media.get(found.cda.pdf)?.bytes
  return own ?? (found.pdfPartId === null ? null : mail.part(found.pdfPartId))
}

/** A document is taken for what it says when somebody of the trust space sent it and nobody changed it since. */
const mailDoubts = ({ trust, signature }: OpenedMail): FilingDoubt[] => [
  ...(trust === 'professional' || trust === 'organisation' ? [] : ['sender-outside' as const]),
  ...(signature === 'invalid' ? ['signature-invalid' as const] : []),
]

/** The documents of a message a record can be given, in the message's order. Errors: those of reading a CDA's header. */
export const filableDocuments = (mail: OpenedMail): Outcome<FilableDocument[]> => {
  const documents: FilableDocument[] = []
  const ofMail = mailDoubts(mail)
  for (const found of mail.documents) {
    const facts = found.cda ? readCdaFacts(found.bytes) : null
    if (facts && !facts.ok) return facts
    const { patient } = found.summary
    const removal = found.announcement?.entry.action === 'delete'
    // An order may come without the document: its entry names it as the document names itself (`root^extension`).
    const ordered = removal && found.bytes.byteLength === 0 ? found.summary.uniqueId : null
    const key = facts ? keyOf(facts.value.id) : (ordered ?? `sha256:${digest(found.bytes)}`)
    const filable =
      facts !== null ||
      ordered !== null ||
      found.mimeType === 'application/pdf' ||
      found.summary.kind === 'hprim'
    if (!filable || found.summary.duplicateOf !== null) continue
    documents.push({
      found,
      facts: facts?.value ?? null,
      key,
      setKey: found.cda?.document.setId ?? null,
      version: found.cda?.document.version ?? null,
      patient,
      patientKey: patientKey(patient, key),
      removal,
      ofMail,
      pdf: pdfOf(mail, found),
      archive: found.summary.archive === null ? null : mail.part(found.partId),
    })
  }
  return ok(documents)
}

/** Whether a target can take a document at all. */
export const suits = (place: TargetPlace, document: FilableDocument): boolean => {
  if (place.kind === 'mailbox' || document.removal) return false
  if (place.kind === 'mllp') return document.facts !== null && document.facts.code !== null
  switch (place.format) {
    case 'xdm':
      return document.archive !== null
    case 'hprim':
      return document.found.summary.kind === 'hprim'
    case 'pdf-json':
    case 'pdf-xml':
      return document.pdf !== null
  }
}

/**
 * Why a document is not filed by itself (clinical-documents.md §2.5.6, §8.3; MSS/va1.27). `production`: test identities are
 * one reason more.
 */
export const doubtsOf = ({ found, patient, ofMail }: FilableDocument, production: boolean): FilingDoubt[] => {
  const doubts: FilingDoubt[] = [...found.summary.warnings, ...ofMail]
  if (!patient?.ins) doubts.push('ins-missing')
  else {
    if (!patient.qualified) doubts.push('ins-not-qualified')
    if (production && (patient.ins.kind === 'test' || patient.ins.kind === 'demonstration'))
      doubts.push('test-identity')
  }
  if (found.summary.filingBlocked && doubts.length === ofMail.length) doubts.push('metadata-missing')
  return [...new Set(doubts)]
}

type Standing = Pick<StoredFiling, 'documentKey' | 'setKey' | 'version' | 'state'>

const inSetOf = (one: Standing, document: FilableDocument): boolean =>
  one.documentKey !== document.key && document.setKey !== null && one.setKey === document.setKey

/** Whether what stands in a record is a later version of a document. */
export const isLater = (one: Standing, document: FilableDocument): boolean =>
  inSetOf(one, document) && (one.version ?? 0) > (document.version ?? 0)

/**
 * What a document takes the place of, of what stands in a record (newest first): what it says it replaces, else the latest
 * version of its set before it.
 */
export const replacedBy = <T extends Standing>(document: FilableDocument, there: readonly T[]): T | null => {
  const earlier = there
    .filter((one) => inSetOf(one, document) && (one.version ?? 0) < (document.version ?? 0))
    .sort((a, b) => (b.version ?? 0) - (a.version ?? 0))
  const named = there.find(
    (one) => one.documentKey === document.found.summary.replaces && one.documentKey !== document.key,
  )
  // What was replaced itself is no longer there to be replaced.
  return [named, ...earlier].find((one) => one !== undefined && one.state !== 'replaced') ?? null
}
