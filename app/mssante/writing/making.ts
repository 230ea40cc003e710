import {
  fail,
  ok,
  type DocumentAuthor,
  type DocumentDetails,
  type DocumentPatient,
  type Outcome,
} from '../../contract/index.ts'
import type { StoredDocumentFile, Vault } from '../../vault/index.ts'
import { readContent, type GivenContent, type Read } from './content.ts'
import { samePerson } from './identifiers.ts'
import type { MadePdf, Random } from './jobs.ts'
import { foreignDetails } from './replaced.ts'
import { pdfRecord, type DocumentRecord, type KeptDocument } from './stored.ts'
import type { WritingThread } from './thread.ts'
import { documentType } from './type-codes.ts'

export interface MakingDependencies {
  vault: Vault
  thread: WritingThread
  /** Who writes the documents of an account; null while it is not known. */
  author: (accountId: number) => Promise<Outcome<DocumentAuthor | null>>
  now: () => number
  random: Random
}

const largest = 256 * 1024 * 1024

async function* chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += 65_536)
    yield await Promise.resolve(bytes.subarray(at, at + 65_536))
}

/** Makes documents and their files: pages, records, part files of the store. */
export const createMaking = (deps: MakingDependencies) => {
  const { vault, thread } = deps
  const token = (): string => Buffer.from(deps.random(8)).toString('hex')

  /** Who is going to be the author of a draft's documents, for their heading; nobody while it is not known. */
  const authorOf = async (draftId: number): Promise<DocumentAuthor | null> => {
    const draft = await vault.run('drafts.get', { id: draftId })
    const author = draft.ok && draft.value ? await deps.author(draft.value.accountId) : null
    return author?.ok ? author.value : null
  }

  /** The PDF of content under the heading it will have. */
  const pdfOf = async (
    draftId: number,
    read: Read,
    head: { patient: DocumentPatient; details: DocumentDetails; version: number },
  ): Promise<Outcome<MadePdf>> => {
    const whole = { ...head, author: await authorOf(draftId), madeAt: deps.now() }
    if (read.source === 'text')
      return await thread.run<'letter'>({
        kind: 'letter',
        head: whole,
        text: Buffer.from(read.bytes).toString('utf8'),
      })
    if (read.source === 'image')
      return await thread.run<'picture'>({ kind: 'picture', head: whole, bytes: read.bytes })
    return await thread.run<'pdf'>({ kind: 'pdf', bytes: read.bytes })
  }

  const storeFile = async (
    file: { fileName: string; mimeType: string; bytes: Uint8Array },
    document: string,
  ): Promise<Outcome<StoredDocumentFile>> => {
    const part = await vault.parts.write(chunks(file.bytes))
    return part.ok
      ? ok({
          id: token(),
          fileName: file.fileName,
          mimeType: file.mimeType,
          size: file.bytes.byteLength,
          partFile: part.value.id,
          document,
        })
      : part
  }

  /** The files of a document: its source with its record, and its PDF where that is another file. */
  const filesOf = async (
    read: Read,
    pdf: MadePdf,
    record: DocumentRecord,
  ): Promise<Outcome<StoredDocumentFile[]>> => {
    const source = await storeFile(read, JSON.stringify(record))
    if (!source.ok) return source
    if (read.source === 'pdf' && pdf.bytes.byteLength === read.bytes.byteLength) return ok([source.value])
    const other = await storeFile(
      { fileName: read.fileName, mimeType: 'application/pdf', bytes: pdf.bytes },
      pdfRecord(record.documentId),
    )
    return other.ok ? ok([source.value, other.value]) : other
  }

  /** A new document of content, its record and its files; `kept` is the document whose content it takes the place of. */
  const make = async (
    draftId: number,
    given: GivenContent,
    wish: { patient: DocumentPatient | null; details: DocumentDetails | null; kept: KeptDocument | null },
  ): Promise<Outcome<{ files: StoredDocumentFile[]; patient: DocumentPatient }>> => {
    const read = readContent(given)
    if (!read.ok) return read
    const documentId = wish.kept?.record.documentId ?? token()
    const version = wish.kept?.record.version ?? 1
    const replaces = wish.kept?.record.replaces ?? null
    if (read.value.source === 'cda') {
      const made = await thread.run<'cda'>({ kind: 'cda', bytes: read.value.bytes, madeAt: deps.now() })
      if (!made.ok) return made
      const { facts, pdf } = made.value
      if (wish.patient && !samePerson(facts.patient, wish.patient))
        return fail('document.other-patient', { retry: 'after-change' })
      const own = foreignDetails(facts)
      const record: DocumentRecord = {
        role: 'source',
        documentId,
        source: 'cda',
        details: wish.details
          ? {
              ...own,
              maskedFromProfessionals: wish.details.maskedFromProfessionals,
              hiddenFromPatient: wish.details.hiddenFromPatient,
              hiddenFromRepresentatives: wish.details.hiddenFromRepresentatives,
              fileNumber: wish.details.fileNumber,
            }
          : own,
        pdf: { state: pdf.state, findings: pdf.findings, pages: pdf.pages },
        level: facts.level,
        version: facts.version,
        typeName: facts.code.display,
        patient: facts.patient,
        replaces,
      }
      const files = await filesOf(read.value, pdf, record)
      return files.ok ? ok({ files: files.value, patient: wish.patient ?? facts.patient }) : files
    }
    const { patient, details } = wish
    if (!patient || !details) return fail('contract.invalid-request')
    if (!documentType(details.typeCode)) return fail('document.type-unknown', { retry: 'after-change' })
    const pdf = await pdfOf(draftId, read.value, { patient, details, version })
    if (!pdf.ok) return pdf
    const record: DocumentRecord = {
      role: 'source',
      documentId,
      source: read.value.source,
      details,
      pdf: { state: pdf.value.state, findings: pdf.value.findings, pages: pdf.value.pages },
      level: 'N1',
      version,
      patient: null,
      replaces,
    }
    const files = await filesOf(read.value, pdf.value, record)
    return files.ok ? ok({ files: files.value, patient }) : files
  }

  /** The documents of ours whose pages name the patient, made again when he is another or their details changed. */
  const remade = async (
    draftId: number,
    documents: readonly KeptDocument[],
    patient: DocumentPatient,
    details: (document: KeptDocument) => DocumentDetails,
  ): Promise<
    Outcome<{ without: string[]; files: StoredDocumentFile[]; changed: { id: string; document: string }[] }>
  > => {
    const change = {
      without: [] as string[],
      files: [] as StoredDocumentFile[],
      changed: [] as { id: string; document: string }[],
    }
    for (const document of documents) {
      const record: DocumentRecord = { ...document.record, details: details(document) }
      if (record.source !== 'text' && record.source !== 'image') {
        change.changed.push({ id: document.source.id, document: JSON.stringify(record) })
        continue
      }
      const bytes = await vault.parts.readAll(document.source.partFile, largest)
      if (!bytes.ok) return bytes
      const pdf = await pdfOf(
        draftId,
        {
          source: record.source,
          fileName: document.source.fileName,
          mimeType: document.source.mimeType,
          bytes: bytes.value,
        },
        { patient, details: record.details, version: record.version },
      )
      if (!pdf.ok) return pdf
      const file = await storeFile(
        { fileName: document.source.fileName, mimeType: 'application/pdf', bytes: pdf.value.bytes },
        pdfRecord(record.documentId),
      )
      if (!file.ok) return file
      change.without.push(document.pdf.id)
      change.files.push(file.value)
      change.changed.push({
        id: document.source.id,
        document: JSON.stringify({ ...record, pdf: { ...record.pdf, pages: pdf.value.pages } }),
      })
    }
    return ok(change)
  }

  return { token, storeFile, filesOf, make, remade }
}
