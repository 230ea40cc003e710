import {
  fail,
  ok,
  type DocumentDetails,
  type DocumentPatient,
  type DraftMedical,
  type Outcome,
} from '../../contract/index.ts'
import type { StoredDocumentFile, Vault } from '../../vault/index.ts'
import { sniffMime } from '../magic.ts'
import { insState, samePerson } from './identifiers.ts'
import type { MadePdf, Random } from './jobs.ts'
import type { Outgoing } from './outgoing.ts'
import { foreignDetails, type ReplacedDocuments } from './replaced.ts'
import { pdfRecord, shownPdf, type DocumentRecord, type KeptDocument } from './stored.ts'
import type { WritingThread } from './thread.ts'
import { documentType, documentTypes } from './type-codes.ts'

export interface DraftDocumentsDependencies {
  vault: Vault
  thread: WritingThread
  outgoing: Outgoing
  /** Address a window fetches bytes from. */
  keep: (resource: {
    mimeType: string
    size: number
    fileName: string
    read: () => Promise<Outcome<Uint8Array>>
  }) => string
  now: () => number
  random: Random
}

/** What the user gives: bytes of a file, or text. */
export type GivenContent =
  { kind: 'file'; fileName: string; bytes: Uint8Array } | { kind: 'text'; text: string }

interface Read {
  source: DocumentRecord['source']
  fileName: string
  mimeType: string
  bytes: Uint8Array
}

const largest = 256 * 1024 * 1024
const mostDocuments = 20
const recentName = 'document-types-used'

async function* chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += 65_536)
    yield await Promise.resolve(bytes.subarray(at, at + 65_536))
}

const asText = (bytes: Uint8Array): string | null => {
  if (bytes.includes(0)) return null
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

/** What content is, by its bytes. Errors: `document.unsupported`, `document.unreadable`. */
const readContent = (given: GivenContent): Outcome<Read> => {
  if (given.kind === 'text')
    return ok({
      source: 'text',
      fileName: 'lettre.txt',
      mimeType: 'text/plain',
      bytes: Buffer.from(given.text, 'utf8'),
    })
  const { fileName, bytes } = given
  const mimeType = sniffMime(bytes)
  if (mimeType === 'application/pdf') return ok({ source: 'pdf', fileName, mimeType, bytes })
  if (mimeType === 'image/png' || mimeType === 'image/jpeg')
    return ok({ source: 'image', fileName, mimeType, bytes })
  if (mimeType !== null) return fail('document.unsupported', { retry: 'after-change' })
  const head = Buffer.from(bytes.subarray(0, 4096)).toString('latin1')
  if (/<(?:\w+:)?ClinicalDocument[\s>]/.test(head) || /^\s*(?:\u00ef\u00bb\u00bf)?\s*<\?xml/.test(head))
    return ok({ source: 'cda', fileName, mimeType: 'text/xml', bytes })
  const text = asText(bytes)
  if (text === null || text.trim() === '') return fail('document.unsupported', { retry: 'after-change' })
  return ok({ source: 'text', fileName, mimeType: 'text/plain', bytes: Buffer.from(text, 'utf8') })
}

/** The medical documents of a draft, from the first file to what the window shows of them. */
export const createDraftDocuments = (deps: DraftDocumentsDependencies) => {
  const { vault, thread, outgoing } = deps
  const urls = new Map<string, string>()
  const token = (): string => Buffer.from(deps.random(8)).toString('hex')

  const urlOf = ({ pdf }: KeptDocument): string => {
    const known = urls.get(pdf.partFile)
    if (known !== undefined) return known
    const url = deps.keep({
      mimeType: 'application/pdf',
      size: pdf.size,
      fileName: `${pdf.fileName.replace(/\.[^.]*$/, '')}.pdf`,
      read: () => vault.parts.readAll(pdf.partFile, largest),
    })
    urls.set(pdf.partFile, url)
    return url
  }

  const view = async (draftId: number): Promise<Outcome<DraftMedical>> => {
    const found = await outgoing.kept(draftId)
    if (!found.ok) return found
    const { patient, documents } = found.value
    return ok({
      patient,
      subject: outgoing.subjectOf(patient, documents),
      ins: patient ? insState(patient) : 'none',
      documents: documents.map((one) => ({
        id: one.record.documentId,
        source: one.record.source,
        fileName: one.source.fileName,
        details: one.record.details,
        level: one.record.level,
        version: one.record.version,
        replaces: one.record.replaces
          ? {
              id: one.record.replaces.id.root,
              version: one.record.replaces.version,
            }
          : null,
        pdf: shownPdf(one, urlOf(one)),
      })),
    })
  }

  /** The PDF of content under the heading it would have; its author comes when it is sent. */
  const pdfOf = async (
    read: Read,
    head: { patient: DocumentPatient; details: DocumentDetails; version: number },
  ): Promise<Outcome<MadePdf>> => {
    const whole = { ...head, author: null, madeAt: deps.now() }
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

  const put = async (
    draftId: number,
    change: {
      patient: DocumentPatient | null
      without?: string[]
      files?: StoredDocumentFile[]
      changed?: { id: string; document: string }[]
    },
  ): Promise<Outcome<DraftMedical>> => {
    const files = change.files ?? []
    const stored = await vault.run('draftDocuments.put', {
      draftId,
      patient: change.patient === null ? null : JSON.stringify(change.patient),
      without: change.without ?? [],
      files,
      changed: change.changed ?? [],
    })
    if (!stored.ok || stored.value === null) {
      await vault.parts.remove(files.map(({ partFile }) => partFile))
      return stored.ok ? fail('compose.draft-missing') : stored
    }
    await vault.parts.remove(stored.value)
    return await view(draftId)
  }

  /** A new document of content, its record and its files; `kept` is the document whose content it takes the place of. */
  const make = async (
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
        patient: facts.patient,
        replaces,
      }
      const files = await filesOf(read.value, pdf, record)
      return files.ok ? ok({ files: files.value, patient: wish.patient ?? facts.patient }) : files
    }
    const { patient, details } = wish
    if (!patient || !details) return fail('contract.invalid-request')
    if (!documentType(details.typeCode)) return fail('document.type-unknown', { retry: 'after-change' })
    const pdf = await pdfOf(read.value, { patient, details, version })
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

  const remember = async (typeCode: string): Promise<void> => {
    const stored = await recent()
    const next = [typeCode, ...stored.filter((one) => one !== typeCode)].slice(0, 8)
    await vault.run('meta.set', { name: recentName, value: JSON.stringify(next) })
  }
  const recent = async (): Promise<string[]> => {
    const stored = await vault.run('meta.get', { name: recentName })
    const list: unknown = stored.ok && stored.value !== null ? JSON.parse(stored.value) : []
    return Array.isArray(list) ? list.filter((one): one is string => typeof one === 'string') : []
  }

  const one = (documents: readonly KeptDocument[], documentId: string): KeptDocument | undefined =>
    documents.find(({ record }) => record.documentId === documentId)
  const fileIds = ({ source, pdf }: KeptDocument): string[] => [...new Set([source.id, pdf.id])]

  /** The documents of ours whose pages name the patient, made again when he is another or their details changed. */
  const remade = async (
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

  return {
    get: view,
    types: async (): Promise<Outcome<{ types: { code: string; label: string }[]; recent: string[] }>> =>
      ok({
        types: documentTypes.map(({ code, display }) => ({ code, label: display })),
        recent: await recent(),
      }),
    add: async (
      draftId: number,
      given: GivenContent,
      wish: { patient: DocumentPatient | null; details: DocumentDetails | null },
    ): Promise<Outcome<DraftMedical>> => {
      const found = await outgoing.kept(draftId)
      if (!found.ok) return found
      const { patient, documents } = found.value
      const others = documents.length > 0 ? patient : null
      if (documents.length >= mostDocuments) return fail('contract.invalid-request')
      if (others && wish.patient && !samePerson(others, wish.patient))
        return fail('document.other-patient', { retry: 'after-change' })
      const made = await make(given, { ...wish, patient: wish.patient ?? others, kept: null })
      if (!made.ok) return made
      if (wish.details) await remember(wish.details.typeCode)
      return await put(draftId, { patient: made.value.patient, files: made.value.files })
    },
    change: async (
      draftId: number,
      documentId: string,
      wish: { patient: DocumentPatient; details: DocumentDetails },
    ): Promise<Outcome<DraftMedical>> => {
      const found = await outgoing.kept(draftId)
      if (!found.ok) return found
      const { documents } = found.value
      if (!one(documents, documentId)) return fail('document.not-found')
      if (!documentType(wish.details.typeCode) && one(documents, documentId)?.record.source !== 'cda')
        return fail('document.type-unknown', { retry: 'after-change' })
      if (documents.some(({ record }) => record.patient && !samePerson(record.patient, wish.patient)))
        return fail('document.other-patient', { retry: 'after-change' })
      const change = await remade(documents, wish.patient, ({ record }) => {
        if (record.documentId !== documentId) return record.details
        const { maskedFromProfessionals, hiddenFromPatient, hiddenFromRepresentatives, fileNumber } =
          wish.details
        return record.source === 'cda'
          ? {
              ...record.details,
              maskedFromProfessionals,
              hiddenFromPatient,
              hiddenFromRepresentatives,
              fileNumber,
            }
          : wish.details
      })
      return change.ok ? await put(draftId, { patient: wish.patient, ...change.value }) : change
    },
    replaceContent: async (
      draftId: number,
      documentId: string,
      given: GivenContent,
    ): Promise<Outcome<DraftMedical>> => {
      const found = await outgoing.kept(draftId)
      if (!found.ok) return found
      const former = one(found.value.documents, documentId)
      if (!former) return fail('document.not-found')
      const { patient } = found.value
      const made = await make(given, { patient, details: former.record.details, kept: former })
      return made.ok
        ? await put(draftId, { patient, without: fileIds(former), files: made.value.files })
        : made
    },
    /** Of a PDF: a PDF/A-1 of pictures of its pages takes its place. */
    convert: async (
      draftId: number,
      documentId: string,
      pictures: Uint8Array[],
    ): Promise<Outcome<DraftMedical>> => {
      const found = await outgoing.kept(draftId)
      if (!found.ok) return found
      const former = one(found.value.documents, documentId)
      if (former?.record.source !== 'pdf') return fail('document.not-found')
      const pdf = await thread.run<'page-pictures'>({
        kind: 'page-pictures',
        title: former.record.details.title,
        madeAt: deps.now(),
        pictures,
      })
      if (!pdf.ok) return pdf
      const record = {
        ...former.record,
        pdf: { state: pdf.value.state, findings: pdf.value.findings, pages: pdf.value.pages },
      }
      const file = await storeFile(
        { fileName: former.source.fileName, mimeType: 'application/pdf', bytes: pdf.value.bytes },
        JSON.stringify(record),
      )
      return file.ok
        ? await put(draftId, { patient: found.value.patient, without: fileIds(former), files: [file.value] })
        : file
    },
    remove: async (draftId: number, documentId: string): Promise<Outcome<DraftMedical>> => {
      const found = await outgoing.kept(draftId)
      if (!found.ok) return found
      const former = one(found.value.documents, documentId)
      if (!former) return fail('document.not-found')
      const last = found.value.documents.length === 1
      return await put(draftId, { patient: last ? null : found.value.patient, without: fileIds(former) })
    },
    /** Begins the next version of the documents of a message one has sent, in the draft that replaces it. */
    restore: async (draftId: number, replaced: ReplacedDocuments): Promise<Outcome<null>> => {
      const files: StoredDocumentFile[] = []
      for (const { facts, bytes, pdf, entryId, details } of replaced.documents) {
        const judged = pdf
          ? await thread.run<'pdf'>({ kind: 'pdf', bytes: pdf })
          : await thread.run<'cda'>({ kind: 'cda', bytes, madeAt: deps.now() })
        if (!judged.ok) return judged
        const made = 'pdf' in judged.value ? judged.value.pdf : judged.value
        const set = facts.set
        const record: DocumentRecord = {
          role: 'source',
          documentId: token(),
          source: pdf ? 'pdf' : 'cda',
          details,
          pdf: { state: made.state, findings: made.findings, pages: made.pages },
          level: facts.level,
          version: pdf ? facts.version + 1 : facts.version,
          patient: pdf ? null : facts.patient,
          // A structured document is written elsewhere, its next version too: it comes as a file.
          replaces: pdf && set ? { id: facts.id, set, version: facts.version, entryId } : null,
        }
        const kept = await filesOf(
          pdf
            ? {
                source: 'pdf',
                fileName: `${details.title.slice(0, 80)}.pdf`,
                mimeType: 'application/pdf',
                bytes: pdf,
              }
            : { source: 'cda', fileName: `${details.title.slice(0, 80)}.xml`, mimeType: 'text/xml', bytes },
          made,
          record,
        )
        if (!kept.ok) return kept
        files.push(...kept.value)
      }
      const stored = await put(draftId, { patient: replaced.patient, files })
      return stored.ok ? ok(null) : stored
    },
    /** At lock: addresses of bytes are gone. */
    forget: (): void => {
      urls.clear()
      outgoing.forget()
    },
  }
}

export type DraftDocuments = ReturnType<typeof createDraftDocuments>
