import { createHash } from 'node:crypto'
import { fail, ok, type Outcome } from '../../contract/index.ts'
import { parseXml } from '../xml/element.ts'
import { readZip, type ZipEntry } from '../zip.ts'
import { readDocumentEntries, type DocumentEntry } from './metadata.ts'

export interface XdmDocument {
  path: string
  bytes: Uint8Array
  entry: DocumentEntry
  /** Null when METADATA says nothing of it: not checked, rather than right. */
  hashMatches: boolean | null
  sizeMatches: boolean | null
}

export interface XdmArchive {
  documents: XdmDocument[]
  /** Entries announced whose file is not in the archive. */
  missing: DocumentEntry[]
}

const baseName = (path: string): string => (path.split('/').at(-1) ?? path).toLowerCase()

/** `./` and `../` of a URI against a folder, without leaving the archive. */
const resolvePath = (folder: string, uri: string): string => {
  const segments: string[] = []
  for (const segment of [...folder.split('/'), ...uri.replaceAll('\\', '/').split('/')]) {
    if (segment === '' || segment === '.') continue
    if (segment === '..') segments.pop()
    else segments.push(segment)
  }
  return segments.join('/').toLowerCase()
}

/** The file of an entry: by path from the subset, from IHE_XDM/, by base name, by hash, or the only one there is (§2.5.4). */
const locate = (entry: DocumentEntry, folder: string, files: ZipEntry[]): ZipEntry | null => {
  const byPath = (path: string): ZipEntry | undefined =>
    files.find((file) => file.path.toLowerCase() === path)
  if (entry.uri) {
    const parent = folder.split('/').slice(0, -1).join('/')
    const wanted = baseName(entry.uri)
    const found =
      byPath(resolvePath(folder, entry.uri)) ??
      byPath(resolvePath(parent, entry.uri)) ??
      files.find((file) => baseName(file.path) === wanted)
    if (found) return found
  }
  if (entry.hash) {
    const found = files.find((file) => sha1(file.bytes) === entry.hash)
    if (found) return found
  }
  return !entry.uri && files.length === 1 ? (files[0] ?? null) : null
}

const sha1 = (bytes: Uint8Array): string => createHash('sha1').update(bytes).digest('hex')

const companions = /^(index\.html?|readme\.txt|autorun\.inf|metadata\.xml)$|\.(xsl|xslt|css)$/

/**
 * Reads an IHE XDM archive (ITI-32, clinical-documents.md §2.5) with the deviations of §2.7: METADATA.XML at any depth
 * and in any case, SOAP wrapping, URIs from IHE_XDM/. Size and SHA-1 are compared, the caller tells the user.
 * Errors: `zip.*`, `xml.*`, `xdm.no-metadata`.
 */
export const readXdm = async (archive: Uint8Array): Promise<Outcome<XdmArchive>> => {
  const unzipped = await readZip(archive)
  if (!unzipped.ok) return unzipped
  const metadataFiles = unzipped.value.filter((file) => baseName(file.path) === 'metadata.xml')
  if (metadataFiles.length === 0) return fail('xdm.no-metadata')
  const result: XdmArchive = { documents: [], missing: [] }
  for (const metadata of metadataFiles) {
    const folder = metadata.path.split('/').slice(0, -1).join('/')
    const parsed = parseXml(metadata.bytes)
    if (!parsed.ok) return parsed
    const nearby = unzipped.value.filter((file) => !companions.test(baseName(file.path)))
    for (const entry of readDocumentEntries(parsed.value)) {
      const file = locate(entry, folder, nearby)
      if (!file) {
        result.missing.push(entry)
        continue
      }
      result.documents.push({
        path: file.path,
        bytes: file.bytes,
        entry,
        hashMatches: entry.hash === null ? null : sha1(file.bytes) === entry.hash,
        sizeMatches: entry.size === null ? null : file.bytes.byteLength === entry.size,
      })
    }
  }
  return ok(result)
}
