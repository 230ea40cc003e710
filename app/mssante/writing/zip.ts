import { crc32, deflateRawSync } from 'node:zlib'

export interface ZipFile {
  /** ASCII, with forward slashes. */
  path: string
  bytes: Uint8Array
}

const version = 20
const deflated = 8

/** The MS-DOS date and time of a zip entry. */
const dosTime = (milliseconds: number): number => {
  const at = new Date(Math.max(milliseconds, Date.UTC(1980, 0, 1)))
  const date = ((at.getUTCFullYear() - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate()
  const time = (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1)
  return ((date << 16) | time) >>> 0
}

/** Fields that the local header and the directory share. */
const shared = (file: ZipFile, packed: Uint8Array, time: number): Buffer => {
  const fields = Buffer.alloc(26)
  fields.writeUInt16LE(version, 0)
  fields.writeUInt16LE(deflated, 4)
  fields.writeUInt32LE(time, 6)
  fields.writeUInt32LE(crc32(file.bytes), 10)
  fields.writeUInt32LE(packed.byteLength, 14)
  fields.writeUInt32LE(file.bytes.byteLength, 18)
  fields.writeUInt16LE(Buffer.byteLength(file.path, 'latin1'), 22)
  return fields
}

/** An archive of deflated entries with ASCII names, below 4 GB: no data descriptors, no extra fields, no comment. */
export const writeZip = (files: readonly ZipFile[], milliseconds: number): Uint8Array => {
  const time = dosTime(milliseconds)
  const pieces: Uint8Array[] = []
  const directory: Uint8Array[] = []
  let offset = 0
  for (const file of files) {
    const packed = deflateRawSync(file.bytes)
    const name = Buffer.from(file.path, 'latin1')
    const fields = shared(file, packed, time)
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004', 'latin1'), fields, name])
    const entry = Buffer.alloc(14)
    entry.writeUInt32LE(offset, 10)
    const made = Buffer.alloc(2)
    made.writeUInt16LE(version, 0)
    directory.push(Buffer.from('PK\u0001\u0002', 'latin1'), made, fields, entry, name)
    pieces.push(local, packed)
    offset += local.byteLength + packed.byteLength
  }
  const size = directory.reduce((sum, piece) => sum + piece.byteLength, 0)
  const end = Buffer.alloc(22)
  end.write('PK\u0005\u0006', 'latin1')
  end.writeUInt16LE(files.length, 8)
  end.writeUInt16LE(files.length, 10)
  end.writeUInt32LE(size, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...pieces, ...directory, end])
}
