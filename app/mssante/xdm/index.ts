import {
  fail,
  ok,
  type Deviation,
  type DeviationCode,
  type DocumentEntry,
  type DocumentRefusal,
  type Outcome,
  type SubmissionSet,
} from '../../contract/index.ts'
import { sniffMime } from '../magic.ts'
import { parseXmlDocument } from '../xml/element.ts'
import { readZip, type ZipEntry } from '../zip.ts'
import { baseName, folderOf, hashAgrees, locate, type Digests, type Place } from './locate.ts'
import { readMetadata, type Metadata } from './metadata.ts'
import { readPatientId } from './values.ts'

export { baseName, sha1 } from './locate.ts'

export interface XdmDocument {
  path: string
  bytes: Uint8Array
  entry: DocumentEntry
  /** The submission set it belongs to. */
  set: SubmissionSet | null
  /** Null when METADATA says nothing of it: not checked, rather than right. */
  hashMatches: boolean | null
  sizeMatches: boolean | null
  /** Of this document alone; those of the archive are apart. */
  deviations: Deviation[]
}

export interface XdmArchive {
  documents: XdmDocument[]
  /** Entries announced whose file is not in the archive. */
  missing: DocumentEntry[]
  /** Files that no entry announces, those of the medium itself left out. */
  unlisted: ZipEntry[]
  /** Pictures of documents that have a folder of their own. */
  parts: ZipEntry[]
  sets: SubmissionSet[]
  deviations: Deviation[]
  refusals: DocumentRefusal[]
}

const metadataName = 'metadata.xml'
/** Files of the medium: read by people, never shown by us (clinical-documents.md §2.8). */
const companions = /^(?:index\.html?|readme\.txt|autorun\.inf|metadata\.xml|dicomdir)$/
const stylesheets = /\.(?:xslt?|css)$/
const programs =
  /\.(?:exe|com|scr|pif|bat|cmd|msi|ps1|vbs?|jse?|wsf|hta|jar|dll|sh|app|lnk|reg|cpl)$|^autorun\.inf$/

/** Bookkeeping of the operating systems that pack archives. */
const litter = /(?:^|\/)(?:__MACOSX\/|\.DS_Store$|Thumbs\.db$)/i

/** An archive has at most 200 files (clinical-documents.md §2.8); far more entries than that describe nothing. */
const mostEntries = 1000
const mostDeviations = 500

/** True for an archive that holds a METADATA.XML, wherever it is. */
export const isXdm = (entries: readonly ZipEntry[]): boolean =>
  entries.some(({ path }) => baseName(path) === metadataName)

const named = (code: DeviationCode, where: string | null = null): Deviation => ({ code, where })

/** What the layout of the archive does otherwise (ITI-32, §2.1, §2.7). */
const layoutDeviations = (files: readonly ZipEntry[], folders: readonly string[]): Deviation[] => {
  const met: Deviation[] = []
  const paths = files.map(({ path }) => path)
  const tops = folders.map((folder) => {
    const segments = folder.split('/')
    const at = segments.findIndex((segment) => segment.toUpperCase() === 'IHE_XDM')
    return at < 0 ? null : segments.slice(0, at).join('/')
  })
  if (tops.includes(null)) met.push(named('xdm-no-ihe-folder', folders[tops.indexOf(null)] || '/'))
  const [extra] = tops.filter((top) => top)
  if (extra) met.push(named('xdm-top-folder', extra))
  const lower = paths.find((path) => path !== path.toUpperCase())
  if (lower !== undefined) met.push(named('xdm-name-case', lower))
  const long = paths.find((path) =>
    path.split('/').some((segment) => !/^[A-Za-z0-9_]{1,8}(?:\.[A-Za-z0-9_]{1,3})?$/.test(segment)),
  )
  if (long !== undefined) met.push(named('xdm-name-long', long))
  const bases = paths.map(baseName)
  if (!bases.includes('readme.txt')) met.push(named('xdm-readme-missing'))
  if (!bases.some((name) => /^index\.html?$/.test(name))) met.push(named('xdm-index-missing'))
  for (const { path, bytes } of files) {
    const name = baseName(path)
    if (stylesheets.test(name)) met.push(named('xdm-stylesheet', path))
    else if (programs.test(name) || sniffMime(bytes) === 'application/x-msdownload')
      met.push(named('xdm-executable', path))
    else if (name.endsWith('.zip')) met.push(named('xdm-nested-archive', path))
  }
  return met
}

/** Two identifiers of one authority: an INS here and a local number there may well be the same person. */
const namesSeveralPatients = (metadatas: readonly Metadata[]): boolean => {
  const byAuthority = new Map<string, string>()
  return metadatas
    .flatMap((metadata) => [...metadata.entries, ...metadata.sets])
    .flatMap(({ patientId }) => (patientId === null ? [] : readPatientId(patientId)))
    .some(({ id, root, ins }) => {
      const known = byAuthority.get(root)
      const value = ins?.matricule ?? id
      byAuthority.set(root, known ?? value)
      return known !== undefined && known !== value
    })
}

const setDeviations = (metadatas: readonly Metadata[]): Deviation[] => {
  const met: Deviation[] = []
  const sets = metadatas.flatMap((metadata) => metadata.sets)
  if (metadatas.length > 1 || sets.length > 1)
    met.push(named('xdm-several-subsets', `${Math.max(metadatas.length, sets.length)}`))
  const times = sets.flatMap(({ submissionTime }) => submissionTime ?? [])
  if (new Set(times).size < times.length) met.push(named('xdm-same-submission-time', times[0] ?? null))
  if (namesSeveralPatients(metadatas)) met.push(named('xdm-several-patients'))
  return met
}

const readDocument = (
  entry: DocumentEntry,
  set: SubmissionSet | null,
  place: Place,
): XdmDocument | { missing: DocumentEntry; deviations: Deviation[] } => {
  const { file, deviations: found } = locate(entry, place)
  const label = entry.uri ?? entry.title ?? entry.uniqueId ?? entry.entryId
  const deviations = found.map((code) => named(code, label))
  if (!file) return { missing: entry, deviations: [...deviations, named('document-missing', label)] }
  const { path, bytes } = file
  const note = (code: DeviationCode): void => {
    deviations.push(named(code, path))
  }
  const agreed = entry.hash === null ? null : hashAgrees(entry.hash, file, place.digests)
  const hashMatches = agreed?.matches ?? null
  const sizeMatches = entry.size === null ? null : bytes.byteLength === entry.size
  if (agreed === null) note('hash-missing')
  else if (!agreed.standard) note('hash-algorithm')
  if (hashMatches === false) note('hash-mismatch')
  if (entry.size === null) note('size-missing')
  if (sizeMatches === false) note('size-mismatch')
  return { path, bytes, entry, set, hashMatches, sizeMatches, deviations }
}

/** The set that counts an entry among its members; the only one there is. */
const setOf = ({ entryId }: DocumentEntry, { sets }: Metadata): SubmissionSet | null =>
  sets.find(({ associations }) =>
    associations.some(({ type, target }) => type === 'HasMember' && target === entryId),
  ) ?? (sets.length === 1 ? (sets[0] ?? null) : null)

/** An archive of files already taken out of their zip. Errors: `xdm.no-metadata`. */
export const readXdmFiles = (all: readonly ZipEntry[]): Outcome<XdmArchive> => {
  const entries = all.filter(({ path }) => !litter.test(path))
  const descriptions = entries.filter((file) => baseName(file.path) === metadataName)
  if (descriptions.length === 0) return fail('xdm.no-metadata')
  const files = entries.filter((file) => {
    const name = baseName(file.path)
    return !companions.test(name) && !stylesheets.test(name)
  })
  const archive: XdmArchive = {
    documents: [],
    missing: [],
    unlisted: [],
    parts: [],
    sets: [],
    deviations: layoutDeviations(
      entries,
      descriptions.map(({ path }) => folderOf(path)),
    ),
    refusals: [],
  }
  const metadatas: Metadata[] = []
  const digests: Digests = new Map()
  const folders = descriptions.map(({ path }) => folderOf(path))
  const taken = new Set<string>()
  for (const description of descriptions) {
    const folder = folderOf(description.path)
    const parsed = parseXmlDocument(description.bytes)
    if (!parsed.ok) {
      archive.deviations.push(named('metadata-unreadable', description.path))
      archive.refusals.push({
        code:
          parsed.error.code === 'xml.forbidden'
            ? 'xml-doctype'
            : parsed.error.code === 'xml.limit'
              ? 'xml-limit'
              : 'xml-malformed',
        where: description.path,
      })
      continue
    }
    if (parsed.value.byteOrderMark) archive.deviations.push(named('metadata-bom', description.path))
    if (parsed.value.repairs.length > 0)
      archive.deviations.push(
        named('xml-repaired', `${description.path}: ${parsed.value.repairs.join(', ')}`),
      )
    const metadata = readMetadata(parsed.value.root, folder)
    if (metadata.entries.length > mostEntries) {
      archive.deviations.push(named('metadata-unreadable', description.path))
      archive.refusals.push({ code: 'xml-limit', where: description.path })
      continue
    }
    metadatas.push(metadata)
    archive.deviations.push(...metadata.deviations)
    const place: Place = { folder, others: folders.filter((other) => other !== folder), files, digests }
    for (const entry of metadata.entries) {
      const document = readDocument(entry, setOf(entry, metadata), place)
      if ('missing' in document) {
        archive.missing.push(document.missing)
        archive.deviations.push(...document.deviations)
      } else if (taken.has(document.path))
        archive.deviations.push(named('metadata-entry-repeated', document.path))
      else {
        taken.add(document.path)
        archive.documents.push(document)
      }
    }
    archive.sets.push(...metadata.sets)
  }
  archive.deviations.push(...setDeviations(metadatas))
  const listed = new Set(archive.documents.map(({ path }) => path))
  // A document of several files has a folder of its own (ITI-32): its pictures need no entry, documents do.
  const own = new Set(
    archive.documents.map(({ path }) => folderOf(path)).filter((folder) => !folders.includes(folder)),
  )
  const others = files.filter(({ path }) => !listed.has(path))
  const isPart = ({ path, bytes }: ZipEntry): boolean =>
    own.has(folderOf(path)) && (sniffMime(bytes)?.startsWith('image/') ?? false)
  archive.parts = others.filter(isPart)
  archive.unlisted = others.filter((file) => !isPart(file))
  for (const { path } of archive.unlisted) archive.deviations.push(named('xdm-unlisted-file', path))
  archive.deviations.splice(mostDeviations)
  return ok(archive)
}

/**
 * Reads an IHE XDM archive (ITI-32, clinical-documents.md §2.5) with the deviations of §2.7: METADATA.XML at any depth and in any case,
 * SOAP wrapping, URIs from IHE_XDM/. Size and digest are compared, the caller tells the user. A METADATA.XML that cannot be
 * read leaves the files as unlisted ones. Errors: `zip.*`, `xdm.no-metadata`.
 */
export const readXdm = async (archive: Uint8Array): Promise<Outcome<XdmArchive>> => {
  const unzipped = await readZip(archive)
  return unzipped.ok ? readXdmFiles(unzipped.value) : unzipped
}
