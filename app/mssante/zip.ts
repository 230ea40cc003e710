import { fromBuffer, type Entry, type ZipFile } from 'yauzl'
import { fail, ok, type Outcome } from '../contract/index.ts'

export interface ZipEntry {
  /** Path with forward slashes, checked: relative, no `..`. */
  path: string
  bytes: Uint8Array
}

export interface ZipLimits {
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

const symbolicLink = 0o120000
const unsafePath = (path: string): boolean =>
  path.startsWith('/') ||
  path.includes('\\') ||
  path.includes('\0') ||
  /^[a-z]:/i.test(path) ||
  path.split('/').includes('..')

const open = (bytes: Uint8Array): Promise<ZipFile> =>
  new Promise((resolve, reject) => {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    fromBuffer(
      buffer,
      { lazyEntries: true, validateEntrySizes: true, strictFileNames: false },
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

/**
 * Reads a whole archive in memory within limits, from its central directory. Never writes an entry to disk.
 * Errors: `zip.malformed`, `zip.limit`, `zip.unsafe` (absolute or parent paths, links, encryption, duplicates).
 */
export const readZip = async (
  bytes: Uint8Array,
  limits: ZipLimits = defaultLimits,
): Promise<Outcome<ZipEntry[]>> => {
  let zip: ZipFile
  try {
    zip = await open(bytes)
  } catch (cause) {
    return fail('zip.malformed', { cause })
  }
  if (zip.entryCount > limits.entries) {
    zip.close()
    return fail('zip.limit')
  }
  return new Promise((resolve) => {
    const entries: ZipEntry[] = []
    const seen = new Set<string>()
    let total = 0
    const finish = (outcome: Outcome<ZipEntry[]>): void => {
      zip.close()
      resolve(outcome)
    }
    const take = async (entry: Entry): Promise<void> => {
      const path = entry.fileName
      if (/\/$/.test(path)) {
        zip.readEntry()
        return
      }
      const mode = (entry.externalFileAttributes >>> 16) & 0o170000
      if (unsafePath(path) || mode === symbolicLink || entry.isEncrypted() || seen.has(path.toLowerCase())) {
        finish(fail('zip.unsafe'))
        return
      }
      seen.add(path.toLowerCase())
      total += entry.uncompressedSize
      const bomb =
        entry.uncompressedSize > 1024 * 1024 &&
        entry.uncompressedSize > limits.ratio * Math.max(1, entry.compressedSize)
      if (entry.uncompressedSize > limits.entryBytes || total > limits.totalBytes || bomb) {
        finish(fail('zip.limit'))
        return
      }
      try {
        entries.push({ path, bytes: await readEntry(zip, entry, entry.uncompressedSize) })
        zip.readEntry()
      } catch (cause) {
        finish(fail('zip.malformed', { cause }))
      }
    }
    zip.on('error', (cause) =>
      finish(
        fail(
          /invalid characters|(?:relative|absolute) path/i.test(String(cause))
            ? 'zip.unsafe'
            : 'zip.malformed',
          {
            cause,
          },
        ),
      ),
    )
    zip.on('end', () => finish(ok(entries)))
    zip.on('entry', (entry: Entry) => void take(entry))
    zip.readEntry()
  })
}
