import { z } from 'zod'
import { DocumentDetails, DocumentPatient, PdfaFinding, type DocumentPdf } from '../../contract/index.ts'
import type { StoredDocumentFile } from '../../vault/index.ts'

const StoredId = z.object({ root: z.string(), extension: z.string().nullable() })

/** What is kept of a document beside the file it comes from. */
export const DocumentRecord = z.object({
  role: z.literal('source'),
  documentId: z.string(),
  source: z.enum(['pdf', 'text', 'image', 'cda']),
  details: DocumentDetails,
  pdf: z.object({
    state: z.enum(['written', 'conforming', 'not-pdfa']),
    findings: z.array(PdfaFinding),
    pages: z.number(),
  }),
  level: z.enum(['N1', 'N3']),
  version: z.number(),
  /** Of a CDA written elsewhere: the name its header gives its type. */
  typeName: z.string().optional(),
  /** Of a CDA written elsewhere: whose it is. */
  patient: DocumentPatient.nullable(),
  replaces: z
    .object({ id: StoredId, set: StoredId, version: z.number(), entryId: z.string().nullable() })
    .nullable(),
})
export type DocumentRecord = z.infer<typeof DocumentRecord>

const PdfRecord = z.object({ role: z.literal('pdf'), documentId: z.string() })
const AnyRecord = z.discriminatedUnion('role', [DocumentRecord, PdfRecord])

/** A document of a draft with its files; the PDF is the source itself where the user gave a PDF. */
export interface KeptDocument {
  record: DocumentRecord
  source: StoredDocumentFile
  pdf: StoredDocumentFile
}

/** The documents of a draft in the order they were added, from the files of the store. */
export const keptDocuments = (files: readonly StoredDocumentFile[]): KeptDocument[] => {
  const read = files.map((file) => ({ file, record: AnyRecord.parse(JSON.parse(file.document)) }))
  return read.flatMap(({ file, record }) => {
    if (record.role !== 'source') return []
    const pdf = read.find((one) => one.record.role === 'pdf' && one.record.documentId === record.documentId)
    return [{ record, source: file, pdf: pdf?.file ?? file }]
  })
}

export const pdfRecord = (documentId: string): string =>
  JSON.stringify({ role: 'pdf', documentId } satisfies z.infer<typeof PdfRecord>)

/** The patient of a draft's documents, from the store. */
export const keptPatient = (json: string | null): DocumentPatient | null =>
  json === null ? null : DocumentPatient.parse(JSON.parse(json))

export const shownPdf = (kept: KeptDocument, url: string): DocumentPdf => ({
  ...kept.record.pdf,
  size: kept.pdf.size,
  url,
})
