import path from 'node:path'
import { fail, ok, type AppError, type Outcome } from '../contract/errors.ts'
import { nodeFs, syncFolder, type VaultFs } from './durable-file.ts'
import { storeError } from './failure.ts'
import { deriveKey, nonceLength, seal, tagLength, unseal } from './sealing.ts'
import type { PartFiles } from './vault.ts'

/** Clear bytes per chunk. */
const chunkSize = 65_536
const sealedSize = chunkSize + tagLength
const magic = Buffer.from('SPF1')
const idPattern = /^[0-9a-f]{32}$/

/** What part files need of the open vault; null while it is closed. */
export interface PartSession {
  dataKey: Uint8Array
  closed: boolean
  register(id: string, size: number): Promise<Outcome<void>>
  forget(ids: string[]): Promise<Outcome<void>>
}

type FileHandle = Awaited<ReturnType<VaultFs['open']>>

const locked = (): Outcome<never> => fail('vault.locked', { retry: 'after-login' })
const damaged = (id: string): Outcome<never> => fail('vault.corrupt', { details: { what: 'part', id } })

/** Each file has its own key, so a chunk's number can be its nonce: a file is written once and never changed. */
const fileKey = (dataKey: Uint8Array, id: string): Uint8Array =>
  deriveKey(dataKey, Buffer.from(id, 'hex'), 'SousPli part file v1')

const nonceOf = (index: number): Uint8Array => {
  const nonce = Buffer.alloc(nonceLength)
  nonce.writeUIntBE(index, nonceLength - 6, 6)
  return nonce
}

/** Format, chunk number and whether it is the last one: cutting, reordering and appending are all detected. */
const chunkContext = (index: number, last: boolean): Uint8Array =>
  Buffer.concat([magic, nonceOf(index), Buffer.from([last ? 1 : 0])])

/** Clear size and number of chunks for a file of so many bytes; null when no file of ours has that length. */
const layout = (fileSize: number): { size: number; chunks: number } | null => {
  const body = fileSize - magic.length
  const chunks = Math.ceil(body / sealedSize)
  const size = body - chunks * tagLength
  const lastSize = size - (chunks - 1) * chunkSize
  const possible = chunks >= 1 && lastSize >= 0 && (lastSize > 0 || chunks === 1)
  return possible ? { size, chunks } : null
}

/** Thrown inside an iteration, which has no other way to fail: `message` is the code. */
const stop = (error: AppError): Error => new Error(error.code, { cause: error })

/** Re-cuts a stream into full chunks; the last one, possibly empty, is marked. */
const inChunks = async function* (
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ bytes: Uint8Array; last: boolean }> {
  const buffer = Buffer.alloc(chunkSize)
  let filled = 0
  for await (const piece of source) {
    let offset = 0
    while (offset < piece.length) {
      // A full chunk is only given out once it is known not to be the last.
      if (filled === chunkSize) {
        yield { bytes: buffer, last: false }
        filled = 0
      }
      const taken = Math.min(chunkSize - filled, piece.length - offset)
      buffer.set(piece.subarray(offset, offset + taken), filled)
      filled += taken
      offset += taken
    }
  }
  yield { bytes: buffer.subarray(0, filled), last: true }
  buffer.fill(0)
}

/**
 * Encrypted files in `folder`: 64 kB chunks of AES-256-GCM under a key of the file's own (HKDF of the data key and the
 * file's random name). A file appears whole or not at all.
 */
export const createPartFiles = (deps: {
  folder: string
  fs: VaultFs
  random(n: number): Uint8Array
  session(): PartSession | null
}): PartFiles => {
  const { folder, fs } = deps
  const place = (id: string): string => path.join(folder, id)

  const writeChunks = async (
    handle: FileHandle,
    session: PartSession,
    key: Uint8Array,
    source: AsyncIterable<Uint8Array>,
  ): Promise<Outcome<number>> => {
    await handle.write(magic)
    let size = 0
    let index = 0
    for await (const { bytes, last } of inChunks(source)) {
      if (session.closed) return locked()
      await handle.writeFile(seal(key, nonceOf(index), bytes, chunkContext(index, last)))
      size += bytes.length
      index += 1
    }
    await handle.sync()
    return ok(size)
  }

  const write: PartFiles['write'] = async (source) => {
    const session = deps.session()
    if (!session) return locked()
    const id = Buffer.from(deps.random(16)).toString('hex')
    const temporary = `${place(id)}.tmp`
    const key = fileKey(session.dataKey, id)
    try {
      const handle = await fs.open(temporary, 'wx', 0o600)
      let written: Outcome<number>
      try {
        written = await writeChunks(handle, session, key, source)
      } finally {
        await handle.close()
      }
      if (written.ok) {
        await fs.rename(temporary, place(id))
        await syncFolder(fs, folder)
        const registered = await session.register(id, written.value)
        if (registered.ok) return ok({ id, size: written.value })
        written = registered
      }
      await discard(fs, [temporary, place(id)])
      return written
    } catch (error) {
      await discard(fs, [temporary, place(id)])
      return storeError(error)
    } finally {
      key.fill(0)
    }
  }

  const chunksOf = async function* (
    handle: FileHandle,
    session: PartSession,
    id: string,
    chunkCount: number,
    range: { start: number; end: number },
  ): AsyncGenerator<Uint8Array> {
    const key = fileKey(session.dataKey, id)
    try {
      const buffer = Buffer.alloc(sealedSize)
      const lastWanted = Math.min(chunkCount - 1, Math.floor(Math.max(range.end - 1, 0) / chunkSize))
      for (let index = Math.floor(range.start / chunkSize); index <= lastWanted; index += 1) {
        const { bytesRead } = await handle.read(buffer, 0, sealedSize, magic.length + index * sealedSize)
        if (session.closed) throw stop(lockedError)
        const clear = unseal(
          key,
          nonceOf(index),
          buffer.subarray(0, bytesRead),
          chunkContext(index, index === chunkCount - 1),
        )
        if (!clear) throw stop({ code: 'vault.corrupt', retry: 'no', details: { what: 'part', id } })
        const from = Math.max(range.start - index * chunkSize, 0)
        const to = Math.min(range.end - index * chunkSize, clear.length)
        if (to > from) yield clear.subarray(from, to)
      }
    } finally {
      key.fill(0)
      await handle.close()
    }
  }

  const read: PartFiles['read'] = async (id, range) => {
    const session = deps.session()
    if (!session) return locked()
    if (!idPattern.test(id)) return fail('vault.not-found')
    let handle: FileHandle
    try {
      handle = await fs.open(place(id), 'r')
    } catch (error) {
      const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
      return missing ? fail('vault.not-found', { cause: error }) : storeError(error)
    }
    try {
      const shape = layout((await handle.stat()).size)
      const head = Buffer.alloc(magic.length)
      await handle.read(head, 0, magic.length, 0)
      const start = Math.min(Math.max(range?.start ?? 0, 0), shape?.size ?? 0)
      const end = Math.min(Math.max(range?.end ?? Infinity, start), shape?.size ?? 0)
      if (!shape || !head.equals(magic)) {
        await handle.close()
        return damaged(id)
      }
      return ok({ size: shape.size, chunks: chunksOf(handle, session, id, shape.chunks, { start, end }) })
    } catch (error) {
      await handle.close()
      return storeError(error)
    }
  }

  const readAll: PartFiles['readAll'] = async (id, limit) => {
    const opened = await read(id)
    if (!opened.ok) return opened
    const pieces: Uint8Array[] = []
    let length = 0
    try {
      for await (const piece of opened.value.chunks) {
        length += piece.length
        if (length > limit) return fail('mime.limit', { details: { limit } })
        pieces.push(piece)
      }
    } catch (error) {
      if (error instanceof Error && error.message === 'vault.corrupt') return damaged(id)
      if (error instanceof Error && error.message === 'vault.locked') return locked()
      return storeError(error)
    }
    return ok(Buffer.concat(pieces, length))
  }

  const remove: PartFiles['remove'] = async (ids) => {
    const session = deps.session()
    if (!session) return locked()
    const ours = ids.filter((id) => idPattern.test(id))
    // Row first: a crash in between leaves a stray file, which the next opening sweeps.
    const forgotten = await session.forget(ours)
    if (!forgotten.ok) return forgotten
    try {
      for (const id of ours) await fs.rm(place(id), { force: true })
      return ok(undefined)
    } catch (error) {
      return storeError(error)
    }
  }

  return { write, read, readAll, remove }
}

const lockedError: AppError = { code: 'vault.locked', retry: 'after-login' }

/** Removes what a failed write left; if even that fails, the next opening sweeps it. */
const discard = async (fs: VaultFs, files: string[]): Promise<void> => {
  await Promise.allSettled(files.map((file) => fs.rm(file, { force: true })))
}

/** Removes every file of the folder but those with the ids given; throws the file system's errors. */
export const sweepParts = async (
  folder: string,
  keep: ReadonlySet<string>,
  fs: VaultFs = nodeFs,
): Promise<void> => {
  for (const name of await fs.readdir(folder)) {
    if (!keep.has(name)) await fs.rm(path.join(folder, name), { force: true, recursive: true })
  }
}
