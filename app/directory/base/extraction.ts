import { isUtf8 } from 'node:buffer'
import { createReadStream } from 'node:fs'
import { open as openFile, stat } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { open as openZip, type Entry, type ZipFile } from 'yauzl'
import { Refusal } from './refusal.ts'

/** Bounds of what is read: the real one is 20 MB zipped, 89 MB of text, 535,000 lines (mssante-client.md §4.2). */
export interface ExtractionLimits {
  textBytes: number
  /** Of text to zipped bytes; looked at past some megabytes. */
  ratio: number
  lineBytes: number
}
const extractionLimits: ExtractionLimits = {
  textBytes: 1024 * 1024 * 1024,
  ratio: 60,
  lineBytes: 64 * 1024,
}

/** A block of whole lines, with how far the file was read (bytes of the file itself, zipped or not). */
export interface TextBlock {
  lines: string[]
  done: number
  total: number
  /** Of the text inside the archive: it says when the extraction was made. */
  name: string | null
}

const refuse = (code: 'malformed' | 'truncated' | 'too-large', cause?: unknown): Refusal =>
  new Refusal(`directory.extraction-${code}`, cause)

const zipSignature = Buffer.from('PK\u0003\u0004')
const startsLikeZip = async (path: string): Promise<boolean> => {
  const file = await openFile(path)
  try {
    const head = Buffer.alloc(4)
    await file.read(head, 0, 4, 0)
    return head.equals(zipSignature)
  } finally {
    await file.close()
  }
}

const opened = (path: string): Promise<ZipFile> =>
  new Promise((resolve, reject) => {
    openZip(path, { lazyEntries: true, validateEntrySizes: true, autoClose: false }, (error, zip) => {
      // What begins as an archive and has no directory at its end was cut.
      if (error) reject(refuse('truncated', error))
      else resolve(zip)
    })
  })

const mostEntries = 20

/** The one text of the archive: the largest `.txt` or `.csv`. */
const textEntry = (zip: ZipFile): Promise<Entry> =>
  new Promise((resolve, reject) => {
    let best: Entry | null = null
    let count = 0
    zip.on('entry', (entry: Entry) => {
      count += 1
      if (count > mostEntries) {
        reject(refuse('malformed'))
        return
      }
      const isText = /\.(?:txt|csv)$/i.test(entry.fileName)
      if (isText && entry.uncompressedSize > (best?.uncompressedSize ?? -1)) best = entry
      zip.readEntry()
    })
    zip.on('end', () => {
      if (best) resolve(best)
      else reject(refuse('malformed'))
    })
    zip.on('error', (error: Error) => reject(refuse('truncated', error)))
    zip.readEntry()
  })

const pieceBytes = 256 * 1024

interface Piece {
  bytes: Buffer
  done: number
  name: string | null
}

async function* zippedPieces(path: string, size: number, limits: ExtractionLimits): AsyncGenerator<Piece> {
  const zip = await opened(path)
  try {
    const entry = await textEntry(zip)
    if (entry.isEncrypted()) throw refuse('malformed')
    if (entry.uncompressedSize > limits.textBytes) throw refuse('too-large')
    const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
      zip.openReadStream(entry, (error, made) => {
        if (error) reject(refuse('truncated', error))
        else resolve(made)
      })
    })
    let read = 0
    let sum = 0
    try {
      for await (const piece of stream as AsyncIterable<Buffer>) {
        read += piece.byteLength
        sum = crc32(piece, sum)
        if (read > limits.textBytes || (read > 16 * 1024 * 1024 && read > limits.ratio * size))
          throw refuse('too-large')
        yield {
          name: entry.fileName,
          bytes: piece,
          done: Math.min(size, Math.round((read / Math.max(1, entry.uncompressedSize)) * size)),
        }
      }
    } catch (error) {
      // yauzl: more or fewer bytes than announced; zlib: the deflate stream is broken.
      throw error instanceof Refusal ? error : refuse('truncated', error)
    }
    if (sum !== entry.crc32 >>> 0) throw refuse('truncated')
  } finally {
    zip.close()
  }
}

async function* plainPieces(path: string, size: number, limits: ExtractionLimits): AsyncGenerator<Piece> {
  if (size > limits.textBytes) throw refuse('too-large')
  let done = 0
  for await (const piece of createReadStream(path, { highWaterMark: pieceBytes }) as AsyncIterable<Buffer>) {
    done += piece.byteLength
    yield { bytes: piece, done, name: null }
  }
}

const latin1 = new TextDecoder('windows-1252')

/** UTF-8; a line that is not is read as Windows-1252, as older exports were written. */
const decode = (bytes: Buffer): string => {
  if (isUtf8(bytes)) return bytes.toString('utf8')
  let text = ''
  let start = 0
  while (start < bytes.length) {
    const end = bytes.indexOf(0x0a, start) + 1 || bytes.length
    const line = bytes.subarray(start, end)
    text += isUtf8(line) ? line.toString('utf8') : latin1.decode(line)
    start = end
  }
  return text
}

/**
 * The lines of an extraction, zipped or not, a few hundred kilobytes at a time: no more is ever in memory. Throws a
 * `Refusal`: `directory.extraction-truncated`, `-too-large`, `-malformed`.
 */
export async function* readExtraction(
  path: string,
  limits: ExtractionLimits = extractionLimits,
): AsyncGenerator<TextBlock> {
  const { size } = await stat(path)
  if (size === 0) throw refuse('truncated')
  const pieces = (await startsLikeZip(path))
    ? zippedPieces(path, size, limits)
    : plainPieces(path, size, limits)
  let rest = Buffer.alloc(0)
  let first = true
  let last: Omit<TextBlock, 'lines'> = { done: 0, total: size, name: null }
  for await (const { bytes, done, name } of pieces) {
    last = { done, total: size, name }
    const all = rest.length === 0 ? bytes : Buffer.concat([rest, bytes])
    // A text has no zero bytes; what is something else is told at once.
    if (first && all.includes(0)) throw refuse('malformed')
    const cut = all.lastIndexOf(0x0a) + 1
    rest = Buffer.from(all.subarray(cut))
    if (rest.length > limits.lineBytes) throw refuse('malformed')
    if (cut === 0) continue
    yield { lines: linesOf(decode(all.subarray(0, cut)), first), ...last }
    first = false
  }
  if (rest.length > 0) yield { lines: linesOf(decode(rest), first), ...last }
}

const linesOf = (text: string, first: boolean): string[] =>
  (first ? text.replace(/^\ufeff/, '') : text).replace(/\r?\n$/, '').split(/\r?\n/)
