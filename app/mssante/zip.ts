import { crc32 } from 'node:zlib'
import { fromBuffer, type Entry, type ZipFile } from 'yauzl'
import { fail, ok, type Outcome, type RefusalCode } from '../contract/index.ts'
import { decodeCodePage437 } from './code-page.ts'

export interface ZipEntry {
  /** Path with forward slashes, checked: relative, no `..`. */
  path: string
  bytes: Uint8Array
}

interface ZipLimits {
  entries: number
  entryBytes: number
  totalBytes: number
  ratio: number
}

/** clinical-documents.md §2.8. */
const defaultLimits: ZipLimits = {
  entries: 200,
  entryBytes: 50 * 1024 * 1024,
  totalBytes: 150 * 1024 * 1024,
  ratio: 100,
}

const fileTypes = 0o170000
const symbolicLink = 0o120000
const encryptedFlag = 0x1
const describedAfterFlag = 0x8
const utf8Flag = 0x800
const strongEncryptionFlag = 0x40
const maskedHeadersFlag = 0x2000
const localHeaderSignature = 0x04034b50
const localHeaderLength = 30

/** Name of an entry: UTF-8 when flagged or valid, else the code page of the format (APPNOTE appendix D). */
const nameOf = (raw: Buffer, flags: number): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(raw)
  } catch {
    if (flags & utf8Flag) return raw.toString('utf8')
    return decodeCodePage437(raw)
  }
}

/** Why a path is refused; null for one that stays inside. */
const refusedPath = (path: string): RefusalCode | null => {
  if (path.includes('\0')) return 'zip-nul'
  if (/^[a-z]:/i.test(path)) return 'zip-drive-letter'
  if (path.includes('\\')) return 'zip-backslash'
  if (path.startsWith('/')) return 'zip-absolute-path'
  if (path.split('/').includes('..')) return 'zip-parent-path'
  return null
}

interface Header {
  name: Buffer
  flags: number
  method: number
  crc: number
  compressed: number
  uncompressed: number
  extra: Buffer
}

/** The header before the data of an entry; null where there is none. */
const localHeader = (archive: Buffer, offset: number): Header | null => {
  if (offset < 0 || offset + localHeaderLength > archive.length) return null
  if (archive.readUInt32LE(offset) !== localHeaderSignature) return null
  const nameEnd = offset + localHeaderLength + archive.readUInt16LE(offset + 26)
  const extraEnd = nameEnd + archive.readUInt16LE(offset + 28)
  if (extraEnd > archive.length) return null
  return {
    name: archive.subarray(offset + localHeaderLength, nameEnd),
    flags: archive.readUInt16LE(offset + 6),
    method: archive.readUInt16LE(offset + 8),
    crc: archive.readUInt32LE(offset + 14),
    compressed: archive.readUInt32LE(offset + 18),
    uncompressed: archive.readUInt32LE(offset + 22),
    extra: archive.subarray(nameEnd, extraEnd),
  }
}

const inZip64 = 0xffffffff

/** The two headers of an entry tell the same: a reader that believes the other one would see another file. */
const sameHeaders = (entry: Entry, name: Buffer, local: Header): boolean => {
  if (!local.name.equals(name) || local.method !== entry.compressionMethod) return false
  if (((local.flags ^ entry.generalPurposeBitFlag) & (encryptedFlag | utf8Flag)) !== 0) return false
  const same = (value: number, expected: number): boolean => value === expected || value === inZip64
  // Written after the data: the local header may leave them at zero.
  const later = (local.flags & describedAfterFlag) !== 0
  const agrees = (value: number, expected: number): boolean => (later && value === 0) || same(value, expected)
  return (
    agrees(local.crc, entry.crc32) &&
    agrees(local.compressed, entry.compressedSize) &&
    agrees(local.uncompressed, entry.uncompressedSize)
  )
}

const endSignature = Buffer.from([0x50, 0x4b, 0x05, 0x06])
const endLength = 22

/** The archive without the blanks and zeros that its transport left behind it: its end must be where it says it is. */
const withoutPadding = (archive: Buffer): Buffer => {
  const at = archive.lastIndexOf(endSignature)
  if (at < 0 || at + endLength > archive.length) return archive
  const end = at + endLength + archive.readUInt16LE(at + 20)
  const isPadding = archive
    .subarray(end)
    .every((byte) => byte === 0 || byte === 9 || byte === 10 || byte === 13 || byte === 32)
  return end < archive.length && isPadding ? archive.subarray(0, end) : archive
}

const open = (archive: Buffer): Promise<ZipFile> =>
  new Promise((resolve, reject) => {
    const buffer = withoutPadding(archive)
    // Names are decoded here: the library would turn backslashes into slashes before they are looked at.
    fromBuffer(
      buffer,
      { lazyEntries: true, validateEntrySizes: true, decodeStrings: false },
      (error, zip) => {
        if (error) reject(error)
        else resolve(zip)
      },
    )
  })

const readEntry = (zip: ZipFile, entry: Entry, limit: number): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error) {
        reject(error)
        return
      }
      const pieces: Buffer[] = []
      let size = 0
      stream.on('data', (piece: Buffer) => {
        size += piece.byteLength
        if (size > limit) stream.destroy(new Error('entry larger than announced'))
        else pieces.push(piece)
      })
      stream.on('error', reject)
      stream.on('end', () => resolve(Buffer.concat(pieces)))
    })
  })

const codes: Partial<Record<RefusalCode, 'zip.malformed' | 'zip.limit'>> = {
  'zip-malformed': 'zip.malformed',
  'zip-checksum': 'zip.malformed',
  'zip-headers-differ': 'zip.malformed',
  'zip-too-many-entries': 'zip.limit',
  'zip-entry-too-large': 'zip.limit',
  'zip-total-too-large': 'zip.limit',
  'zip-ratio': 'zip.limit',
}

/** A refusal as an error: `details.refusal` says exactly why (a `RefusalCode`). */
const refused = (refusal: RefusalCode, cause?: unknown): Outcome<never> =>
  fail(codes[refusal] ?? 'zip.unsafe', { details: { refusal }, ...(cause === undefined ? {} : { cause }) })

/** Judges one entry by its headers alone. */
const refusalOf = (
  entry: Entry,
  name: Buffer,
  path: string,
  local: Header | null,
  limits: ZipLimits,
): RefusalCode | null => {
  const unsafe = refusedPath(path)
  if (unsafe) return unsafe
  if (((entry.externalFileAttributes >>> 16) & fileTypes) === symbolicLink) return 'zip-link'
  const flags = entry.generalPurposeBitFlag | (local?.flags ?? 0)
  if (flags & (encryptedFlag | strongEncryptionFlag | maskedHeadersFlag)) return 'zip-encrypted'
  if (local === null || !sameHeaders(entry, name, local)) return 'zip-headers-differ'
  if (entry.uncompressedSize > limits.entryBytes) return 'zip-entry-too-large'
  if (entry.uncompressedSize > limits.ratio * entry.compressedSize) return 'zip-ratio'
  return null
}

/**
 * Reads a whole archive in memory within limits, from its central directory, each entry compared with its local header and its
 * checksum. Never writes an entry to disk. One bad entry refuses the archive. Errors: `zip.malformed`, `zip.limit`, `zip.unsafe`
 * (absolute or parent paths, links, encryption, duplicates), with `details.refusal`.
 */
export const readZip = async (
  bytes: Uint8Array,
  limits: ZipLimits = defaultLimits,
): Promise<Outcome<ZipEntry[]>> => {
  const archive = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let zip: ZipFile
  try {
    zip = await open(archive)
  } catch (cause) {
    return refused('zip-malformed', cause)
  }
  if (zip.entryCount > limits.entries) {
    zip.close()
    return refused('zip-too-many-entries')
  }
  return new Promise((resolve) => {
    const entries: ZipEntry[] = []
    const seen = new Set<string>()
    let count = 0
    let total = 0
    const finish = (outcome: Outcome<ZipEntry[]>): void => {
      zip.close()
      resolve(outcome)
    }
    const take = async (entry: Entry): Promise<void> => {
      count += 1
      const name = entry.fileNameRaw
      const path = nameOf(name, entry.generalPurposeBitFlag)
      const local = localHeader(archive, entry.relativeOffsetOfLocalHeader)
      const key = path.replace(/\/+$/, '').toLowerCase()
      const refusal =
        count > limits.entries
          ? 'zip-too-many-entries'
          : (refusalOf(entry, name, path, local, limits) ?? (seen.has(key) ? 'zip-duplicate' : null))
      if (refusal) {
        finish(refused(refusal))
        return
      }
      seen.add(key)
      total += entry.uncompressedSize
      if (total > limits.totalBytes) {
        finish(refused('zip-total-too-large'))
        return
      }
      if (path.endsWith('/')) {
        zip.readEntry()
        return
      }
      try {
        const content = await readEntry(zip, entry, entry.uncompressedSize)
        if (crc32(content) !== entry.crc32) {
          finish(refused('zip-checksum'))
          return
        }
        entries.push({ path, bytes: content })
        zip.readEntry()
      } catch (cause) {
        finish(refused('zip-malformed', cause))
      }
    }
    zip.on('error', (cause) =>
      finish(refused(/encrypt/i.test(String(cause)) ? 'zip-encrypted' : 'zip-malformed', cause)),
    )
    zip.on('end', () => finish(ok(entries)))
    zip.on('entry', (entry: Entry) => void take(entry))
    zip.readEntry()
  })
}

/** Paths of an archive as its table lists them, without reading any content; null when it cannot be read. At most 2 000. */
export const zipPaths = async (bytes: Uint8Array): Promise<string[] | null> => {
  let zip: ZipFile
  try {
    zip = await open(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  } catch {
    return null
  }
  return new Promise((resolve) => {
    const paths: string[] = []
    zip.on('error', () => resolve(paths))
    zip.on('end', () => resolve(paths))
    zip.on('entry', (entry: Entry) => {
      paths.push(nameOf(entry.fileNameRaw, entry.generalPurposeBitFlag))
      if (paths.length >= 2000) {
        zip.close()
        resolve(paths)
      } else zip.readEntry()
    })
    zip.readEntry()
  })
}
