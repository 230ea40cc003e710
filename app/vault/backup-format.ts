import { createHash } from 'node:crypto'
import { z } from 'zod'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import type { VaultFs } from './durable-file.ts'
import { storeError } from './failure.ts'
import { inChunks, sealedChunk, sealedSize } from './chunks.ts'
import { deriveKey, tagLength, unseal } from './sealing.ts'
import { StoredSlot } from './slot-file.ts'
import { chunkNonce } from './chunks.ts'

/** The format of a backup file, byte by byte: docs/backup.md. */
const magic = Buffer.from('SPB1')
const maxHeader = 256 * 1024
/** Of each record in the sealed stream: kind (1), id (16), length (8). */
export const recordHeadSize = 25
const maxParts = 10_000_000

const BackupHeader = z.strictObject({
  format: z.literal('souspli-backup'),
  version: z.literal(1),
  vaultId: z.string().regex(/^[0-9a-f]{32}$/),
  createdAt: z.iso.datetime(),
  /** Version of the schema inside: a newer one is refused before anything is written. */
  schema: z.int().min(1),
  /** Of HKDF: every backup has its own key. */
  salt: z.base64().length(44),
  /** The store's slots that work on any workstation: recovery code, passphrase. */
  slots: z.array(StoredSlot).min(1).max(33),
  /** A passphrase for this very file, when one was asked for. */
  own: StoredSlot.nullable(),
})
export type BackupHeader = z.infer<typeof BackupHeader>
const AnyVersion = z.looseObject({ format: z.literal('souspli-backup'), version: z.int().min(1) })

export const backupKey = (dataKey: Uint8Array, header: Pick<BackupHeader, 'salt'>): Uint8Array =>
  deriveKey(dataKey, Buffer.from(header.salt, 'base64'), 'SousPli backup v1')

const encoded = (_key: string, value: unknown): unknown =>
  value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value

/** Magic, length and JSON of the header: all of a backup that is in clear. */
export const headerBytes = (header: BackupHeader): Buffer => {
  const json = Buffer.from(JSON.stringify(header, encoded))
  const head = Buffer.alloc(8)
  magic.copy(head)
  head.writeUInt32BE(json.length, 4)
  return Buffer.concat([head, json])
}

/** Binds each chunk to the whole header, its number and whether it is the last one. */
const contextOf =
  (header: Uint8Array) =>
  (index: number, last: boolean): Uint8Array =>
    Buffer.concat([
      createHash('sha256').update(header).digest(),
      chunkNonce(index),
      Buffer.from([last ? 1 : 0]),
    ])

/** Seals a stream of records after its header; yields what goes to the file. */
export const sealBackup = async function* (
  header: BackupHeader,
  key: Uint8Array,
  clear: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const head = headerBytes(header)
  yield head
  const context = contextOf(head)
  let index = 0
  for await (const { bytes, last } of inChunks(clear)) {
    yield sealedChunk(key, index, bytes, context(index, last))
    index += 1
  }
}

type FileHandle = Awaited<ReturnType<VaultFs['open']>>

const damaged = (): Outcome<never> => fail('vault.backup-damaged')

/**
 * Reads the clear head of an open backup. Fails with `vault.backup-unknown` (not one of ours), `vault.backup-damaged`,
 * `vault.from-future`.
 */
export const readHeader = async (
  handle: FileHandle,
): Promise<Outcome<{ header: BackupHeader; bytes: Buffer }>> => {
  try {
    const head = Buffer.alloc(8)
    const first = await handle.read(head, 0, 8, 0)
    if (!head.subarray(0, 4).equals(magic)) return fail('vault.backup-unknown')
    const length = head.readUInt32BE(4)
    if (first.bytesRead < 8 || length === 0 || length > maxHeader) return damaged()
    const json = Buffer.alloc(length)
    const second = await handle.read(json, 0, length, 8)
    if (second.bytesRead < length) return damaged()
    let value: unknown
    try {
      value = JSON.parse(json.toString('utf8'))
    } catch {
      return damaged()
    }
    const any = AnyVersion.safeParse(value)
    if (any.success && any.data.version > 1) {
      return fail('vault.from-future', { details: { version: any.data.version, supported: 1 } })
    }
    const parsed = BackupHeader.safeParse(value)
    return parsed.success ? ok({ header: parsed.data, bytes: Buffer.concat([head, json]) }) : damaged()
  } catch (error) {
    return storeError(error)
  }
}

/** Thrown inside an iteration, which has no other way to fail. */
export const damagedBackup = new Error('vault.backup-damaged')

/** The clear stream, chunk by authentic chunk; throws `damagedBackup` at the first that is not. */
export const clearStream = async function* (
  handle: FileHandle,
  head: Buffer,
  key: Uint8Array,
): AsyncGenerator<Uint8Array> {
  const context = contextOf(head)
  const { size } = await handle.stat()
  const buffer = Buffer.alloc(sealedSize)
  let at = head.length
  if (size < at + tagLength) throw damagedBackup
  for (let index = 0; at < size; index += 1) {
    const wanted = Math.min(sealedSize, size - at)
    const { bytesRead } = await handle.read(buffer, 0, wanted, at)
    if (bytesRead < wanted) throw damagedBackup
    at += bytesRead
    const clear = unseal(key, chunkNonce(index), buffer.subarray(0, bytesRead), context(index, at === size))
    if (!clear) throw damagedBackup
    yield clear
  }
}

export const recordHead = (kind: 'database' | 'part' | 'end', id: string, length: number): Buffer => {
  const head = Buffer.alloc(recordHeadSize)
  head.writeUInt8({ database: 1, part: 2, end: 3 }[kind], 0)
  head.write(id.padStart(32, '0'), 1, 'hex')
  head.writeBigUInt64BE(BigInt(length), 17)
  return head
}

export interface BackupSink {
  /** A file begins; `id` is '' for the database. */
  begin(id: string, length: number): Promise<void>
  bytes(bytes: Uint8Array): Promise<void>
  end(): Promise<void>
}

/**
 * Walks the records of a clear stream into a sink and answers how many parts there were. Throws `damagedBackup` when
 * they are not: one database, then parts with different ids, then the end with their number, and nothing after.
 */
export const walkRecords = async (
  stream: AsyncIterable<Uint8Array>,
  sink: BackupSink,
): Promise<{ parts: number }> => {
  const head = Buffer.alloc(recordHeadSize)
  let filled = 0
  let left = 0
  const seen = new Set<string>()
  let database = false
  let finished = false
  const begin = async (): Promise<void> => {
    const kind = head.readUInt8(0)
    const id = head.toString('hex', 1, 17)
    const length = Number(head.readBigUInt64BE(17))
    if (!Number.isSafeInteger(length)) throw damagedBackup
    if (kind === 3) {
      if (!database || length !== seen.size) throw damagedBackup
      finished = true
      return
    }
    const first = kind === 1
    if (first ? database : kind !== 2 || !database || seen.has(id) || seen.size >= maxParts)
      throw damagedBackup
    database = true
    if (!first) seen.add(id)
    await sink.begin(first ? '' : id, length)
    left = length
    if (left === 0) await sink.end()
  }
  for await (const piece of stream) {
    let at = 0
    while (at < piece.length) {
      if (finished) throw damagedBackup
      if (left > 0) {
        const taken = Math.min(left, piece.length - at)
        await sink.bytes(piece.subarray(at, at + taken))
        at += taken
        left -= taken
        if (left === 0) await sink.end()
        continue
      }
      const taken = Math.min(recordHeadSize - filled, piece.length - at)
      piece.subarray(at, at + taken).forEach((byte, offset) => (head[filled + offset] = byte))
      filled += taken
      at += taken
      if (filled === recordHeadSize) {
        filled = 0
        await begin()
      }
    }
  }
  if (!finished) throw damagedBackup
  return { parts: seen.size }
}
