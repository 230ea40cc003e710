import { isEncryptedEnvelope } from './envelopes.ts'
import { sniffMime } from './magic.ts'
import { opensWithoutPassword } from './pdf-password.ts'
import { readPdf } from './writing/pdf/objects.ts'

/** What keeps a file from being opened by whoever gets it. */
export type Lock =
  /** A password is asked for: PDF, zip archive, office file. */
  | 'password'
  /** It was encrypted to certificates (CMS EnvelopedData): their keys alone open it. */
  | 'certificate'

const encryptMark = Buffer.from('/Encrypt')

/** ISO 32000-1 §7.6: `Encrypt` in a trailer or a cross-reference stream; many PDFs have it that everybody may read, with an empty password. */
const isLockedPdf = (bytes: Buffer): boolean => {
  if (!bytes.includes(encryptMark)) return false
  const file = readPdf(bytes)
  if (!file?.trailers.some((trailer) => trailer.has('Encrypt'))) return false
  return !opensWithoutPassword(file)
}

const localHeader = 0x04034b50
const centralHeader = 0x02014b50
const endOfDirectory = Buffer.from([0x50, 0x4b, 0x05, 0x06])
const encryptedFlags = 0x1 | 0x40 | 0x2000
const aesMethod = 99
const aesExtra = 0x9901
/** Entries looked at: what is locked is locked from its first file on, as a rule. */
const mostEntries = 10_000

/** An extra field of an entry with this header (APPNOTE §4.5). */
const hasExtra = (extra: Buffer, wanted: number): boolean => {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2))
    if (extra.readUInt16LE(at) === wanted) return true
  return false
}

/** The first local header, for an archive whose directory cannot be read (or is encrypted itself). */
const firstIsLocked = (bytes: Buffer): boolean =>
  bytes.length >= 30 &&
  bytes.readUInt32LE(0) === localHeader &&
  ((bytes.readUInt16LE(6) & encryptedFlags) !== 0 || bytes.readUInt16LE(8) === aesMethod)

/** APPNOTE §4.4.4: bit 0 of the flags of any file, or AES (method 99, extra field 0x9901). */
const isLockedZip = (bytes: Buffer): boolean => {
  const end = bytes.lastIndexOf(endOfDirectory)
  if (end < 0 || end + 22 > bytes.length) return firstIsLocked(bytes)
  let at = bytes.readUInt32LE(end + 16)
  for (let count = 0; count < mostEntries && at + 46 <= bytes.length; count += 1) {
    if (bytes.readUInt32LE(at) !== centralHeader) break
    const name = bytes.readUInt16LE(at + 28)
    const extra = bytes.readUInt16LE(at + 30)
    const fields = bytes.subarray(at + 46 + name, at + 46 + name + extra)
    const locked =
      (bytes.readUInt16LE(at + 8) & encryptedFlags) !== 0 || bytes.readUInt16LE(at + 10) === aesMethod
    if (locked || hasExtra(fields, aesExtra)) return true
    at += 46 + name + extra + bytes.readUInt16LE(at + 32)
  }
  return firstIsLocked(bytes)
}

/** The stream of an office file that a password protects (MS-OFFCRYPTO §1.3.3). */
const encryptedPackage = Buffer.from('EncryptedPackage', 'utf16le')

/**
 * Whether a file can be opened by nobody without a password or a key, by its bytes (the name only counts where an
 * envelope is written as text); null for any other. What cannot be read is
 * not said to be locked. Never throws.
 */
export const lockOf = (file: Uint8Array, fileName: string | null): Lock | null => {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength)
  switch (sniffMime(bytes)) {
    case 'application/pdf':
      return isLockedPdf(bytes) ? 'password' : null
    case 'application/zip':
      return isLockedZip(bytes) ? 'password' : null
    case 'application/x-ole':
      return bytes.includes(encryptedPackage) ? 'password' : null
    default:
      return isEncryptedEnvelope({ fileName, bytes }) ? 'certificate' : null
  }
}
