import path from 'node:path'
import { fail, ok, type AppError, type Outcome } from '../contract/errors.ts'
import { chunkNonce, chunkSize, inChunks, sealedChunk, sealedSize } from './chunks.ts'
import { nodeFs, syncFolder, type VaultFs } from './durable-file.ts'
import { storeError } from './failure.ts'
import { deriveKey, tagLength, unseal } from './sealing.ts'
import type { PartFiles } from './vault.ts'

const magic = Buffer.from('SPF1')
const idPattern = /^[0-9a-f]{32}$/

/** What part files need of the open vault; null while it is closed. */
export interface PartSession {
  dataKey: Uint8Array
  /** Where this store's files are. */
  partsFolder: string
  /** Ids written in this session: no row may refer to them yet. */
  fresh: Set<string>
  closed: boolean
  register(id: string, size: number): Promise<Outcome<void>>
  forget(ids: string[]): Promise<Outcome<void>>
}

type FileHandle = Awaited<ReturnType<VaultFs['open']>>

const locked = (): Outcome<never> => fail('vault.locked', { retry: 'after-login' })
const damaged = (id: string): Outcome<never> => fail('vault.corrupt', { details: { what: 'part', id } })

const fileKey = (dataKey: Uint8Array, id: string): Uint8Array =>
  deriveKey(dataKey, Buffer.from(id, 'hex'), 'SousPli part file v1')

/** Format, chunk number and whether it is the last one: cutting, reordering and appending are all detected. */
const chunkContext = (index: number, last: boolean): Uint8Array =>
  Buffer.concat([magic, chunkNonce(index), Buffer.from([last ? 1 : 0])])

/** Clear size and number of chunks for a file of so many bytes; null when no file of ours has that length. */
const layout = (fileSize: number): { size: number; chunks: number } | null => {
  const body = fileSize - magic.length
  const chunks = Math.ceil(body / sealedSize)
  const size = body - chunks * tagLength
  const lastSize = size - (chunks - 1) * chunkSize
  const possible = chunks >= 1 && lastSize >= 0 && (lastSize > 0 || chunks === 1)
  return possible ? { size, chunks } : null
}

/** Clear bytes in a part file of so many; null when it is none of ours. */
export const clearSize = (fileSize: number): number | null => layout(fileSize)?.size ?? null

/** Thrown inside an iteration, which has no other way to fail: `message` is the code. */
const stop = (error: AppError): Error => new Error(error.code, { cause: error })

/**
 * Encrypted files in a folder: 64 kB chunks of AES-256-GCM under a key of the file's own (HKDF of the data key and the
 * file's random name). A file appears whole or not at all.
 */
export const createPartFiles = (deps: {
  fs: VaultFs
  random(n: number): Uint8Array
  session(): PartSession | null
}): HeldPartFiles => {
  const { fs } = deps
  const place = (session: PartSession, id: string): string => path.join(session.partsFolder, id)
  /** While somebody copies the files, those removed stay on the disk. */
  let holds = 0
  let removedMeanwhile: string[] = []

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
      await handle.writeFile(sealedChunk(key, index, bytes, chunkContext(index, last)))
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
    const file = place(session, id)
    const temporary = `${file}.tmp`
    const key = fileKey(session.dataKey, id)
    session.fresh.add(id)
    try {
      const handle = await fs.open(temporary, 'wx', 0o600)
      let written: Outcome<number>
      try {
        written = await writeChunks(handle, session, key, source)
      } finally {
        await handle.close()
      }
      if (written.ok) {
        await fs.rename(temporary, file)
        await syncFolder(fs, session.partsFolder)
        const registered = await session.register(id, written.value)
        if (registered.ok) return ok({ id, size: written.value })
        written = registered
      }
      await discard(fs, [temporary, file])
      return written
    } catch (error) {
      await discard(fs, [temporary, file])
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
          chunkNonce(index),
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
      handle = await fs.open(place(session, id), 'r')
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
    // Row first: a crash in between leaves a stray file, which the next sweep removes.
    const forgotten = await session.forget(ours)
    if (!forgotten.ok) return forgotten
    try {
      const files = ours.map((id) => place(session, id))
      if (holds > 0) removedMeanwhile.push(...files)
      else for (const file of files) await fs.rm(file, { force: true })
      return ok(undefined)
    } catch (error) {
      return storeError(error)
    }
  }

  return {
    write,
    read,
    readAll,
    remove,
    hold: () => {
      holds += 1
      return async () => {
        holds -= 1
        if (holds > 0) return
        const files = removedMeanwhile
        removedMeanwhile = []
        // What cannot be removed now is a stray file: the next sweep tries again.
        await discard(fs, files)
      }
    },
  }
}

/** Part files as the vault itself sees them. */
export interface HeldPartFiles extends PartFiles {
  /** Keeps every file on the disk until the function returned is called. */
  hold(): () => Promise<void>
}

const lockedError: AppError = { code: 'vault.locked', retry: 'after-login' }

/** Removes what a failed write left; if even that fails, the next opening sweeps it. */
const discard = async (fs: VaultFs, files: string[]): Promise<void> => {
  await Promise.allSettled(files.map((file) => fs.rm(file, { force: true })))
}

/**
 * Removes every file of the folder but those with the ids given, half-written ones too; answers how many. Throws the
 * file system's errors.
 */
export const sweepParts = async (
  folder: string,
  keep: ReadonlySet<string>,
  fs: VaultFs = nodeFs,
): Promise<number> => {
  let removed = 0
  for (const name of await fs.readdir(folder)) {
    if (keep.has(name.replace(/\.tmp$/, ''))) continue
    await fs.rm(path.join(folder, name), { force: true, recursive: true })
    removed += 1
  }
  return removed
}
