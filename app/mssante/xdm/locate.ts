import { createHash } from 'node:crypto'
import type { DeviationCode, DocumentEntry } from '../../contract/index.ts'
import type { ZipEntry } from '../zip.ts'

/** Last segment of a path, lower case. */
export const baseName = (path: string): string => (path.split('/').at(-1) ?? path).toLowerCase()

/** Folder of a path, empty at the top. */
export const folderOf = (path: string): string => path.split('/').slice(0, -1).join('/')

/** SHA-1 of ITI-32, lower-case hex. */
export const sha1 = (bytes: Uint8Array): string => createHash('sha1').update(bytes).digest('hex')

/** `./` and `../` of a URI against a folder; null when it leaves the archive or is no path of it. */
const resolvePath = (folder: string, uri: string): string | null => {
  if (/^(?:[a-z][a-z0-9+.-]*:|\/|\\)/i.test(uri)) return null
  const segments: string[] = []
  for (const segment of [...folder.split('/'), ...uri.replaceAll('\\', '/').split('/')]) {
    if (segment === '' || segment === '.') continue
    if (segment !== '..') segments.push(segment)
    else if (segments.pop() === undefined) return null
  }
  return segments.join('/')
}

const decoded = (uri: string): string => {
  try {
    return decodeURIComponent(uri)
  } catch {
    return uri
  }
}

const digestsOf = (bytes: Uint8Array): { sha1: string; sha256: string } => ({
  sha1: sha1(bytes),
  sha256: createHash('sha256').update(bytes).digest('hex'),
})

/** Digests are computed once for each file, however many entries announce one. */
export type Digests = Map<ZipEntry, { sha1: string; sha256: string }>

/** The announced digest is that of the file. Besides SHA-1 in hex, SHA-256 and Base64 are understood and told. */
export const hashAgrees = (
  announced: string,
  file: ZipEntry,
  digests: Digests,
): { matches: boolean; standard: boolean } => {
  const known = digests.get(file) ?? digestsOf(file.bytes)
  digests.set(file, known)
  if (/^[0-9a-f]{40}$/i.test(announced))
    return { matches: announced.toLowerCase() === known.sha1, standard: true }
  const other = /^[0-9a-f]{64}$/i.test(announced)
    ? known.sha256 === announced.toLowerCase()
    : Buffer.from(known.sha1, 'hex').toString('base64') === announced
  return { matches: other, standard: false }
}

export interface Located {
  file: ZipEntry
  deviations: DeviationCode[]
}

/** What an entry is looked for in. */
export interface Place {
  /** Folder of its METADATA.XML. */
  folder: string
  /** Folders of the other ones: what is in there has an entry of its own. */
  others: readonly string[]
  files: readonly ZipEntry[]
  digests: Digests
}

/**
 * The file of an entry (clinical-documents.md §2.5.4): its URI from the folder of METADATA.XML, then from the folder above (IHE_XDM), then
 * by base name, then by digest; without a URI, the only file there is. A file of another submission set is taken by its digest alone.
 */
export const locate = (
  entry: DocumentEntry,
  { folder, others, files, digests }: Place,
): Located | { file: null; deviations: DeviationCode[] } => {
  const deviations: DeviationCode[] = []
  const byPath = (path: string | null): ZipEntry | undefined => {
    if (path === null) return undefined
    const exact = files.find((file) => file.path === path)
    if (exact) return exact
    const loose = files.find((file) => file.path.toLowerCase() === path.toLowerCase())
    if (loose) deviations.push('uri-case')
    return loose
  }
  if (entry.uri === null) deviations.push('uri-missing')
  else {
    const uri = decoded(entry.uri)
    const direct = resolvePath(folder, uri)
    if (direct === null) deviations.push('uri-outside')
    const found = byPath(direct)
    if (found) return { file: found, deviations }
    const bases = [folderOf(folder), folderOf(folderOf(folder)), '']
    for (const base of new Set(bases)) {
      const path = direct === null ? null : resolvePath(base, uri)
      const other = byPath(path)
      if (other) return { file: other, deviations: [...deviations, 'uri-base'] }
    }
    const wanted = baseName(uri.replaceAll('\\', '/'))
    const near = files.filter(
      (file) => baseName(file.path) === wanted && !others.includes(folderOf(file.path)),
    )
    const named = near.find((file) => file.path.startsWith(`${folder}/`)) ?? near[0]
    if (named) return { file: named, deviations: [...deviations, 'uri-by-name'] }
  }
  const { hash } = entry
  const hashed = hash === null ? undefined : files.find((file) => hashAgrees(hash, file, digests).matches)
  if (hashed)
    return { file: hashed, deviations: entry.uri === null ? deviations : [...deviations, 'uri-by-hash'] }
  const [only] = files
  return entry.uri === null && files.length === 1 && only
    ? { file: only, deviations }
    : { file: null, deviations }
}
