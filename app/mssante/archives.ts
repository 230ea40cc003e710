import type {
  Deviation,
  DocumentAnnouncement,
  DocumentEntry,
  DocumentInspection,
  RefusalCode,
  SubmissionSet,
  Visibility,
} from '../contract/index.ts'
import { isDicom } from './dicom/dataset.ts'
import { isDicomZip, readDicomZip } from './dicom/index.ts'
import {
  addDeviations,
  looseDocument,
  refusedDocument,
  type FoundDocument,
  type MessagePart,
  type Origin,
} from './found.ts'
import { sniffMime } from './magic.ts'
import { compareWithEntry } from './mismatch.ts'
import { applyAssociations } from './links.ts'
import { looksLikeXml, recogniseFile, refusalOfError } from './recognise.ts'
import { baseName, isXdm, readXdmFiles, sha1, type XdmArchive, type XdmDocument } from './xdm/index.ts'
import { isPublication, publicationFiles } from './xdm/mtom.ts'
import { readZip, zipPaths, type ZipEntry } from './zip.ts'

/** What an archive turned out to be, with what holds for all of it. */
export interface OpenedArchive {
  kind: DocumentInspection['kind']
  documents: FoundDocument[]
  sets: SubmissionSet[]
  deviations: Deviation[]
}

const xdmName = /ihe_?xdm.*\.zip$/i
const usualTypes = new Set(['application/zip', 'application/x-zip-compressed'])

const visibilities: Record<string, Visibility> = {
  MASQUE_PS: 'masked-from-professionals',
  INVISIBLE_PATIENT: 'hidden-from-patient',
  INVISIBLE_REPRESENTANTS_LEGAUX: 'hidden-from-guardians',
  INVISIBLE_REP_LEGAUX: 'hidden-from-guardians',
}

const nameOf = (part: MessagePart): string => part.fileName ?? 'IHE_XDM.zip'

const originIn = (part: MessagePart, id: string, path: string): Origin => ({
  id,
  partId: part.id,
  path: `${nameOf(part)} › ${path}`,
  fileName: path.split('/').at(-1) ?? path,
  archive: { fileName: nameOf(part), size: part.bytes.byteLength, verified: false },
  announcement: null,
  visibility: [],
})

const fromDocument = (part: MessagePart, document: XdmDocument, index: number): FoundDocument[] => {
  const { entry, bytes, hashMatches, sizeMatches } = document
  const announcement: DocumentAnnouncement = {
    entry,
    computedHash: sha1(bytes),
    computedSize: bytes.byteLength,
    hashMatches,
    sizeMatches,
  }
  const origin: Origin = {
    ...originIn(part, `${part.id}/${index + 1}`, document.path),
    archive: {
      fileName: nameOf(part),
      size: part.bytes.byteLength,
      verified: hashMatches === true && sizeMatches !== false,
    },
    announcement,
    visibility: entry.confidentiality.flatMap(({ code }) => visibilities[code] ?? []),
  }
  const declared = entry.mimeType ?? 'application/octet-stream'
  const found = recogniseFile(origin, bytes, declared, { deviations: document.deviations, strict: true })
  for (const one of found)
    if (one.cda && one.announcement)
      addDeviations(one.summary, compareWithEntry(one.cda, entry, document.set, document.path))
  return found
}

/** An order to take a document out, which needs no file: nothing to read, but somebody must hear of it. */
const orderOf = (part: MessagePart, entry: DocumentEntry, index: number): FoundDocument => {
  const name = entry.title ?? entry.uri ?? entry.uniqueId ?? ''
  const nothing = new Uint8Array()
  const origin: Origin = {
    ...originIn(part, `${part.id}/order${index + 1}`, name),
    announcement: {
      entry,
      computedHash: sha1(nothing),
      computedSize: 0,
      hashMatches: null,
      sizeMatches: null,
    },
  }
  const document = refusedDocument(origin, 'removal-without-file', () => nothing, 'application/octet-stream')
  document.summary.uniqueId = entry.uniqueId
  return document
}

/** Files that no entry announces and that a reader wants to see all the same. */
const isWorthShowing = ({ bytes }: ZipEntry, unreadable: boolean): boolean => {
  const sniffed = sniffMime(bytes)
  return (
    sniffed === 'application/pdf' ||
    (sniffed?.startsWith('image/') ?? false) ||
    isDicom(bytes) ||
    (looksLikeXml(bytes) && Buffer.from(bytes.subarray(0, 65_536)).includes('ClinicalDocument')) ||
    unreadable
  )
}

const fromXdm = (part: MessagePart, archive: XdmArchive): OpenedArchive => {
  const deviations = [...archive.deviations]
  if (!xdmName.test(nameOf(part))) deviations.push({ code: 'xdm-file-name', where: part.fileName })
  if (part.mimeType !== '' && !usualTypes.has(part.mimeType))
    deviations.push({ code: 'xdm-media-type', where: part.mimeType })
  const members = archive.documents.flatMap((announced, index) =>
    fromDocument(part, announced, index).map((document) => ({ set: announced.set, document })),
  )
  applyAssociations(members)
  const orders = archive.missing.filter(({ action }) => action === 'delete')
  const documents = [
    ...members.map(({ document }) => document),
    ...orders.map((entry, index) => orderOf(part, entry, index)),
  ]
  const unreadable = archive.deviations.some(({ code }) => code === 'metadata-unreadable')
  const extra = archive.unlisted
    .filter((file) => isWorthShowing(file, unreadable))
    .flatMap((file, index) =>
      recogniseFile(
        originIn(part, `${part.id}/extra${index + 1}`, file.path),
        file.bytes,
        'application/octet-stream',
        { deviations: unreadable ? [] : [{ code: 'metadata-missing', where: file.path }], strict: false },
      ),
    )
  const parts = archive.parts
    .filter((file) => isWorthShowing(file, false))
    .flatMap((file, index) =>
      recogniseFile(
        originIn(part, `${part.id}/part${index + 1}`, file.path),
        file.bytes,
        'application/octet-stream',
        { deviations: [], strict: false },
      ),
    )
  const all = [...documents, ...parts, ...extra]
  const refusals = archive.refusals
  const [first] = all
  if (first) first.summary.refusals = [...first.summary.refusals, ...refusals]
  const unread =
    all.length === 0
      ? [
          refusedDocument(
            originIn(part, part.id, ''),
            refusals[0]?.code ?? 'unknown-format',
            () => part.bytes,
            'application/zip',
          ),
        ]
      : []
  if (unread[0]) unread[0].summary.path = nameOf(part)
  return { kind: 'xdm', documents: [...all, ...unread], sets: archive.sets, deviations }
}

const fromDicomZip = (part: MessagePart, entries: readonly ZipEntry[]): OpenedArchive | null => {
  const read = readDicomZip(entries)
  if (!read) return null
  const { content, previews } = read
  const [study] = content.studies
  const origin: Origin = {
    ...originIn(part, part.id, ''),
    path: nameOf(part),
    fileName: nameOf(part),
    archive: null,
  }
  const document = looseDocument(
    origin,
    {
      kind: 'dicom',
      label: study?.description ?? nameOf(part),
      title: study?.description ?? nameOf(part),
      date: study?.date ?? null,
      organisation: content.institution,
      identity: content.patient,
      mimeType: 'application/zip',
      data: { kind: 'dicom', dicom: content },
      previews,
    },
    () => part.bytes,
    read.deviations,
  )
  const inside = read.inside.flatMap(({ path, bytes }, index) =>
    recogniseFile(originIn(part, `${part.id}/inside${index + 1}`, path), bytes, 'application/octet-stream', {
      deviations: [],
      strict: false,
    }),
  )
  return { kind: 'dicom-zip', documents: [document, ...inside], sets: [], deviations: [] }
}

/** CDA documents in a zip that has no METADATA.XML: nothing could be cross-checked. */
const fromPlainZip = (part: MessagePart, entries: readonly ZipEntry[]): OpenedArchive | null => {
  const documents = entries
    .filter(
      ({ bytes }) =>
        looksLikeXml(bytes) && Buffer.from(bytes.subarray(0, 65_536)).includes('ClinicalDocument'),
    )
    .flatMap((file, index) =>
      recogniseFile(originIn(part, `${part.id}/${index + 1}`, file.path), file.bytes, 'text/xml', {
        deviations: [{ code: 'metadata-missing', where: nameOf(part) }],
        strict: false,
      }),
    )
  return documents.length > 0 ? { kind: 'zip', documents, sets: [], deviations: [] } : null
}

/** A publication to a registry (ITI-41), read like an archive; null for what is none. */
export const openPublication = (part: MessagePart): OpenedArchive | null => {
  if (!isPublication(part.bytes)) return null
  const archive = readXdmFiles(publicationFiles(part.bytes))
  if (!archive.ok) return null
  // Names and layout are those of our reading, not of a medium.
  const kept = archive.value.deviations.filter(({ code }) => !/^xdm-(?!several|same|unlisted)/.test(code))
  const opened = fromXdm(part, { ...archive.value, deviations: kept })
  return { ...opened, kind: 'xds', deviations: kept }
}

const isOffice = (paths: readonly string[]): boolean =>
  paths.includes('[Content_Types].xml') ||
  (paths[0] === 'mimetype' && paths.includes('META-INF/manifest.xml'))

/**
 * Opens a zip: XDM by its METADATA.XML (clinical-documents.md §1), DICOM zip, or a plain zip with CDA documents; null for any other,
 * which stays an attachment. With `strict` a refusal is always said, else only of what calls itself an XDM archive.
 */
export const openArchive = async (part: MessagePart, strict: boolean): Promise<OpenedArchive | null> => {
  const announced = xdmName.test(part.fileName ?? '')
  const paths = await zipPaths(part.bytes)
  if (paths && isOffice(paths)) return null
  const described = paths?.some((path) => baseName(path.replaceAll('\\', '/')) === 'metadata.xml') ?? false
  const refused = (code: RefusalCode): OpenedArchive => ({
    kind: announced || described ? 'xdm' : 'zip',
    documents: [
      refusedDocument(
        { ...originIn(part, part.id, ''), path: nameOf(part), fileName: nameOf(part), archive: null },
        code,
        () => part.bytes,
        'application/zip',
      ),
    ],
    sets: [],
    deviations: [],
  })
  const unzipped = await readZip(part.bytes)
  if (!unzipped.ok) return announced || described || strict ? refused(refusalOfError(unzipped.error)) : null
  const entries = unzipped.value
  if (isXdm(entries)) {
    const archive = readXdmFiles(entries)
    if (archive.ok) return fromXdm(part, archive.value)
  }
  const other = (isDicomZip(entries) ? fromDicomZip(part, entries) : null) ?? fromPlainZip(part, entries)
  return other ?? (announced || strict ? refused('xdm-no-metadata') : null)
}
