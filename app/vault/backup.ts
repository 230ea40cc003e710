import path from 'node:path'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import { chunkSize } from './chunks.ts'
import {
  backupKey,
  clearStream,
  damagedBackup,
  readHeader,
  recordHead,
  sealBackup,
  walkRecords,
  type BackupHeader,
} from './backup-format.ts'
import { askControl, type ControlResult } from './control.ts'
import { syncFolder, type VaultFs } from './durable-file.ts'
import { codeOf, storeError } from './failure.ts'
import { readSlotFile, type StoredSlot } from './slot-file.ts'
import { makeSlot } from './slots.ts'
import type { Session, VaultInternals } from './vault.ts'

/** Bytes that must stay free beside a copy. */
export const spareSpace = 32 * 1024 * 1024

export interface BackupWish {
  /** The file to write: as a whole or not at all. */
  target: string
  /** Opens this file besides the recovery code; null for none. */
  passphrase: string | null
  signal: AbortSignal
  onProgress: (done: number, total: number) => void
}

export interface BackupMade {
  /** Bytes of the file. */
  size: number
  createdAt: string
  parts: number
  /** Part files named by the store but not on the disk: the store was damaged before. */
  missing: number
}

/** What stops a stream from within: `message` is the code. */
const stopped = (code: 'vault.locked' | 'vault.cancelled'): Error => new Error(code)

/** Codes for what a copy can meet: its own stops, then those of files and of SQLite. */
export const copyError = (error: unknown): Outcome<never> => {
  if (error === damagedBackup) return fail('vault.backup-damaged')
  const message = error instanceof Error ? error.message : ''
  if (message === 'vault.locked') return fail('vault.locked', { retry: 'after-login' })
  if (message === 'vault.cancelled') return fail('vault.cancelled')
  return storeError(error)
}

/** Fails with `vault.disk-full` when a folder has not that many bytes left, and some. */
export const demandSpace = async (fs: VaultFs, folder: string, needed: number): Promise<Outcome<void>> => {
  try {
    const { bavail, bsize } = await fs.statfs(folder)
    const free = bavail * bsize
    return free >= needed + spareSpace
      ? ok(undefined)
      : fail('vault.disk-full', { retry: 'after-change', details: { needed, free } })
  } catch (error) {
    return storeError(error)
  }
}

const sizeOf = async (fs: VaultFs, file: string): Promise<number> => {
  const handle = await fs.open(file, 'r')
  try {
    return (await handle.stat()).size
  } finally {
    await handle.close()
  }
}

/** A file's bytes, exactly as many as it has when this begins. */
const fileRecord = async function* (
  fs: VaultFs,
  file: string,
  head: (length: number) => Buffer,
): AsyncGenerator<Uint8Array> {
  const handle = await fs.open(file, 'r')
  try {
    const { size } = await handle.stat()
    yield head(size)
    const buffer = Buffer.alloc(chunkSize)
    for (let at = 0; at < size;) {
      const { bytesRead } = await handle.read(buffer, 0, Math.min(chunkSize, size - at), at)
      if (bytesRead === 0) throw new Error('a file being copied became shorter')
      at += bytesRead
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await handle.close()
  }
}

const records = async function* (
  fs: VaultFs,
  session: Session,
  parts: readonly string[],
  counts: { parts: number; missing: number },
): AsyncGenerator<Uint8Array> {
  yield* fileRecord(fs, session.databasePath, (length) => recordHead('database', '', length))
  for (const id of parts) {
    try {
      yield* fileRecord(fs, path.join(session.partsFolder, id), (length) => recordHead('part', id, length))
      counts.parts += 1
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error
      counts.missing += 1
    }
  }
  yield recordHead('end', '', counts.parts)
}

/** Slots that open on any workstation; a card's needs the secret of its own. */
export const portable = (slots: readonly StoredSlot[]): StoredSlot[] =>
  slots.filter((slot) => slot.kind !== 'card')

const portableHeader = async (
  internals: VaultInternals,
  session: Session,
  schema: number,
  passphrase: string | null,
): Promise<Outcome<BackupHeader>> => {
  const { deps } = internals
  const file = readSlotFile(internals.slotPath)
  if (!file.ok) return file
  const own =
    passphrase === null
      ? null
      : await makeSlot(deps, file.value.id, { kind: 'passphrase', passphrase }, session.dataKey)
  if (own && !own.ok) return own
  if (own) own.value.kek.fill(0)
  return ok({
    format: 'souspli-backup',
    version: 1,
    vaultId: file.value.id,
    createdAt: new Date(deps.now()).toISOString(),
    schema,
    salt: Buffer.from(deps.random(32)).toString('base64'),
    slots: portable(file.value.slots),
    own: own ? own.value.slot : null,
  })
}

/** Reads a backup to its end with nothing kept: every byte authentic, every record there. Throws what `copyError` knows. */
const verify = async (fs: VaultFs, file: string, key: Uint8Array, watch: (bytes: number) => void) => {
  const handle = await fs.open(file, 'r')
  try {
    const read = await readHeader(handle)
    if (!read.ok) throw damagedBackup
    const sink = {
      begin: () => Promise.resolve(),
      bytes: (bytes: Uint8Array) => {
        watch(bytes.length)
        return Promise.resolve()
      },
      end: () => Promise.resolve(),
    }
    return await walkRecords(clearStream(handle, read.value.bytes, key), sink)
  } finally {
    await handle.close()
  }
}

const write = async (
  internals: VaultInternals,
  session: Session,
  wish: BackupWish,
  still: NonNullable<ControlResult<'store.hold'>>,
): Promise<Outcome<BackupMade>> => {
  const { fs } = internals
  const header = await portableHeader(internals, session, still.schema, wish.passphrase)
  if (!header.ok) return header
  let total = await sizeOf(fs, session.databasePath)
  for (const size of still.sizes) total += size
  const space = await demandSpace(fs, path.dirname(wish.target), total)
  if (!space.ok) return space
  const temporary = `${wish.target}.tmp`
  const key = backupKey(session.dataKey, header.value)
  let done = 0
  const watch = (bytes: number): void => {
    if (session.closed) throw stopped('vault.locked')
    if (wish.signal.aborted) throw stopped('vault.cancelled')
    done += bytes
    // Written once, read again once.
    wish.onProgress(Math.min(done, 2 * total), 2 * total)
  }
  try {
    const counts = { parts: 0, missing: 0 }
    let size = 0
    const handle = await fs.open(temporary, 'w', 0o600)
    try {
      for await (const bytes of sealBackup(header.value, key, records(fs, session, still.parts, counts))) {
        watch(bytes.length)
        await handle.writeFile(bytes)
        size += bytes.length
      }
      await handle.sync()
    } finally {
      await handle.close()
    }
    const verified = await verify(fs, temporary, key, watch)
    if (verified.parts !== counts.parts) throw damagedBackup
    await fs.rename(temporary, wish.target)
    await syncFolder(fs, path.dirname(wish.target))
    return ok({ size, createdAt: header.value.createdAt, ...counts })
  } catch (error) {
    await fs.rm(temporary, { force: true }).catch(() => undefined)
    return copyError(error)
  } finally {
    key.fill(0)
  }
}

/**
 * Writes an encrypted backup of the open store while the mailbox works on: the store as it was when this began. The
 * former file of that name stays until the new one is complete, on the disk and read again. Fails with
 * `vault.disk-full`, `vault.read-only`, `vault.passphrase-weak`, `vault.cancelled`, `vault.locked`, `vault.busy`.
 */
export const makeBackup = async (
  internals: VaultInternals,
  wish: BackupWish,
): Promise<Outcome<BackupMade>> => {
  const session = internals.session()
  if (!session) return fail('vault.locked', { retry: 'after-login' })
  const letGo = internals.parts.hold()
  try {
    const still = await askControl(session.connection, 'store.hold', {})
    if (!still.ok) return still
    if (!still.value) return fail('vault.busy', { retry: 'later' })
    try {
      return await write(internals, session, wish, still.value)
    } finally {
      await askControl(session.connection, 'store.release', {})
    }
  } finally {
    await letGo()
  }
}
