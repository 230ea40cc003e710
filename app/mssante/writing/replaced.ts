import type { DocumentDetails, DocumentPatient } from '../../contract/index.ts'
import { readCda } from '../cda/index.ts'
import { sniffMime } from '../magic.ts'
import { readXdm } from '../xdm/index.ts'
import { readFacts, type CdaFacts } from './facts.ts'
import { dayOf } from './times.ts'

/** A document of a message one has sent, as its next version begins. */
export interface ReplacedDocument {
  facts: CdaFacts
  /** The CDA. */
  bytes: Uint8Array
  /** Within a CDA of level N1. */
  pdf: Uint8Array | null
  /** Of its entry in METADATA.XML. */
  entryId: string | null
  details: DocumentDetails
}

export interface ReplacedDocuments {
  patient: DocumentPatient
  documents: ReplacedDocument[]
  /** Parts of the message that these documents are: archives and the PDFs beside them. */
  parts: Set<string>
}

const sameBytes = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0

const detailsOf = (facts: CdaFacts, hidden: readonly string[]): DocumentDetails => {
  const level = facts.confidentiality.code
  const start = /^(\d{4})(\d\d)(\d\d)/.exec(facts.serviceStart ?? facts.createdAt)
  return {
    typeCode: facts.code.code,
    title: facts.title.slice(0, 200) || facts.code.display.slice(0, 200),
    actDate: start ? `${start[1]}-${start[2]}-${start[3]}` : dayOf(Date.now()),
    confidentiality: level === 'R' || level === 'V' ? level : 'N',
    maskedFromProfessionals: hidden.includes('MASQUE_PS'),
    hiddenFromPatient: hidden.includes('INVISIBLE_PATIENT'),
    hiddenFromRepresentatives: hidden.some((code) => code.startsWith('INVISIBLE_REP')),
    fileNumber: null,
  }
}

/** What a CDA written elsewhere says of itself, where the user says nothing. */
export const foreignDetails = (facts: CdaFacts): DocumentDetails => detailsOf(facts, [])

/**
 * The documents of the archives among the files of a message (`path` is that of its part), with their patient; null when there
 * are none that can be sent again.
 */
export const documentsOfMessage = async (
  files: readonly { path: string; bytes: Uint8Array }[],
): Promise<ReplacedDocuments | null> => {
  const parts = new Set<string>()
  const documents: ReplacedDocument[] = []
  for (const { path, bytes } of files) {
    if (sniffMime(bytes) !== 'application/zip') continue
    const archive = await readXdm(bytes)
    if (!archive.ok) continue
    for (const document of archive.value.documents) {
      const facts = readFacts(document.bytes)
      if (!facts.ok) continue
      const cda = readCda(document.bytes)
      const inside = cda.ok && cda.value.pdf !== null ? cda.value.media.get(cda.value.pdf) : undefined
      parts.add(path)
      documents.push({
        facts: facts.value,
        bytes: document.bytes,
        pdf: facts.value.level === 'N1' && inside?.mimeType === 'application/pdf' ? inside.bytes : null,
        entryId: document.entry.entryId,
        details: detailsOf(
          facts.value,
          document.entry.confidentiality.map(({ code }) => code),
        ),
      })
    }
  }
  const [first] = documents
  if (!first) return null
  const pdfs = files.filter(({ bytes }) => sniffMime(bytes) === 'application/pdf')
  for (const { path, bytes } of pdfs)
    if (documents.some((document) => document.pdf !== null && sameBytes(document.pdf, bytes))) parts.add(path)
  // PDFs made of structured documents: as many as there are of these.
  const left = pdfs.filter(({ path }) => !parts.has(path))
  if (left.length === documents.filter(({ pdf }) => pdf === null).length)
    for (const { path } of left) parts.add(path)
  return { patient: first.facts.patient, documents, parts }
}
