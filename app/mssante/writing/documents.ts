import {
  fail,
  ok,
  type DocumentDetails,
  type DocumentPatient,
  type DraftMedical,
  type Outcome,
} from '../../contract/index.ts'
import type { StoredDocumentFile } from '../../vault/index.ts'
import type { GivenContent } from './content.ts'
import { insState, samePerson } from './identifiers.ts'
import { createMaking, type MakingDependencies } from './making.ts'
import type { Outgoing } from './outgoing.ts'
import type { ReplacedDocuments } from './replaced.ts'
import { shownPdf, type DocumentRecord, type KeptDocument } from './stored.ts'
import { documentType, documentTypes } from './type-codes.ts'

export interface DraftDocumentsDependencies extends MakingDependencies {
  outgoing: Outgoing
  /** Address a window fetches bytes from. */
  keep: (resource: {
    mimeType: string
    size: number
    fileName: string
    read: () => Promise<Outcome<Uint8Array>>
  }) => string
}

const largest = 256 * 1024 * 1024
const mostDocuments = 20
const recentName = 'document-types-used'

/** The medical documents of a draft, from the first file to what the window shows of them. */
export const createDraftDocuments = (deps: DraftDocumentsDependencies) => {
  const { vault, thread, outgoing } = deps
  const urls = new Map<string, string>()
  const { token, storeFile, filesOf, make, remade } = createMaking(deps)

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
      const made = await make(draftId, given, { ...wish, patient: wish.patient ?? others, kept: null })
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
      const change = await remade(draftId, documents, wish.patient, ({ record }) => {
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
      const made = await make(draftId, given, { patient, details: former.record.details, kept: former })
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
          ...(pdf ? {} : { typeName: facts.code.display }),
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
