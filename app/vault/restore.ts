import { existsSync } from 'node:fs'
import path from 'node:path'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import { copyError, demandSpace } from './backup.ts'
import { backupKey, clearStream, readHeader, walkRecords, type BackupHeader } from './backup-format.ts'
import type { VaultFs } from './durable-file.ts'
import { storeError } from './failure.ts'
import { migrations } from './migrations/index.ts'
import { commitPlace, newPlace, removePlace } from './place.ts'
import { readSlotFile, type SlotFile } from './slot-file.ts'
import { makeSlot, unlock } from './slots.ts'
import type { NewSlotSecret, Session, SlotSecret, StorePlace, VaultInternals } from './vault.ts'

export interface RestoreWish {
  file: string
  /** Opens the backup: its own passphrase, the store's, or the recovery code. */
  unlock: Exclude<SlotSecret, { kind: 'card' }>
  /**
   * How the restored store will be opened on this workstation, besides its recovery code; null keeps the slots of the
   * store that is here when it is the same one.
   */
  secret: NewSlotSecret | null
  signal: AbortSignal
  onProgress: (done: number, total: number) => void
}

/** What a backup says of itself before it is opened. */
export interface BackupInspection {
  createdAt: string
  size: number
  ways: ('passphrase' | 'recovery')[]
  /** It is of the store that this workstation has. */
  sameStore: boolean
}

type FileHandle = Awaited<ReturnType<VaultFs['open']>>

const opened = async <T>(
  fs: VaultFs,
  file: string,
  work: (handle: FileHandle) => Promise<Outcome<T>>,
): Promise<Outcome<T>> => {
  let handle: FileHandle
  try {
    handle = await fs.open(file, 'r')
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    return missing ? fail('vault.not-found', { cause: error }) : storeError(error)
  }
  try {
    return await work(handle)
  } catch (error) {
    return copyError(error)
  } finally {
    await handle.close()
  }
}

const waysOf = (header: BackupHeader): BackupInspection['ways'] => {
  const kinds = [...header.slots, ...(header.own ? [header.own] : [])].map((slot) => slot.kind)
  return (['passphrase', 'recovery'] as const).filter((kind) => kinds.includes(kind))
}

/** Fails with the codes of `readHeader`, and `vault.not-found`. */
export const inspectBackup = (internals: VaultInternals, file: string): Promise<Outcome<BackupInspection>> =>
  opened(internals.fs, file, async (handle) => {
    const read = await readHeader(handle)
    if (!read.ok) return read
    const { header } = read.value
    const here = readSlotFile(internals.slotPath)
    return ok({
      createdAt: header.createdAt,
      size: (await handle.stat()).size,
      ways: waysOf(header),
      sameStore: here.ok && here.value.id === header.vaultId,
    })
  })

/** Writes the files of a backup into a place of their own, each on the disk when this returns. Throws on any trouble. */
const unpack = async (
  internals: VaultInternals,
  place: StorePlace,
  stream: AsyncIterable<Uint8Array>,
): Promise<void> => {
  const { fs, deps } = internals
  let handle: FileHandle | null = null
  const close = async (): Promise<void> => {
    const closing = handle
    handle = null
    await closing?.close()
  }
  try {
    await walkRecords(stream, {
      begin: async (id) => {
        const file = id === '' ? place.database : path.join(place.parts, id)
        handle = await fs.open(path.join(deps.folder, file), 'wx', 0o600)
      },
      bytes: async (bytes) => {
        await handle?.writeFile(bytes)
      },
      end: async () => {
        await handle?.sync()
        await close()
      },
    })
  } finally {
    await close()
  }
}

/** The slots of the restored store: those that can open it here, and the new one. */
const slotsFor = async (
  internals: VaultInternals,
  header: BackupHeader,
  secret: NewSlotSecret | null,
  dataKey: Uint8Array,
): Promise<Outcome<SlotFile['slots']>> => {
  const here = readSlotFile(internals.slotPath)
  // The same store has the same data key: whoever opens it today opens the restored one.
  const kept = here.ok && here.value.id === header.vaultId ? here.value.slots : header.slots
  if (!secret) return ok(kept)
  const made = await makeSlot(internals.deps, header.vaultId, secret, dataKey)
  if (!made.ok) return made
  made.value.kek.fill(0)
  const others = kept.filter(
    (slot) =>
      slot.kind === 'recovery' ||
      slot.kind !== secret.kind ||
      (slot.kind === 'card' && secret.kind === 'card' && slot.serial !== secret.serial),
  )
  return ok([...others, made.value.slot])
}

/**
 * Puts a backup in the place of the store of this workstation, opens it, and sets the former store aside. Until the last
 * step, which is one rename, nothing of the former store changes. Fails with `vault.backup-unknown`,
 * `vault.backup-damaged`, `vault.from-future`, `vault.passphrase-wrong`, `vault.recovery-wrong`, `vault.no-slot`,
 * `vault.disk-full`, `vault.read-only`, `vault.cancelled`, the codes of slots.
 */
export const restoreBackup = (internals: VaultInternals, wish: RestoreWish): Promise<Outcome<void>> => {
  const begunAt = internals.closings()
  return opened(internals.fs, wish.file, async (handle) => {
    const read = await readHeader(handle)
    if (!read.ok) return read
    const { header, bytes } = read.value
    const newest = migrations.at(-1)?.version ?? 0
    if (header.schema > newest) {
      return fail('vault.from-future', { details: { version: header.schema, supported: newest } })
    }
    const slots = header.own ? [header.own, ...header.slots] : header.slots
    const dataKey = await unlock(internals.deps, { id: header.vaultId, slots }, wish.unlock)
    if (!dataKey.ok) return dataKey
    try {
      return await restoreWith(internals, wish, { handle, header, bytes }, dataKey.value, begunAt)
    } finally {
      dataKey.value.fill(0)
    }
  })
}

const restoreWith = async (
  internals: VaultInternals,
  wish: RestoreWish,
  backup: { handle: FileHandle; header: BackupHeader; bytes: Buffer },
  dataKey: Uint8Array,
  begunAt: number,
): Promise<Outcome<void>> => {
  const { deps, fs } = internals
  const total = (await backup.handle.stat()).size
  const space = await demandSpace(fs, deps.folder, total)
  if (!space.ok) return space
  const slots = await slotsFor(internals, backup.header, wish.secret, dataKey)
  if (!slots.ok) return slots
  const key = backupKey(dataKey, backup.header)
  const place = await newPlace(deps, fs)
  let begun: Outcome<Session> | null = null
  try {
    let done = 0
    const watched = async function* (): AsyncGenerator<Uint8Array> {
      for await (const chunk of clearStream(backup.handle, backup.bytes, key)) {
        if (wish.signal.aborted) throw new Error('vault.cancelled')
        done += chunk.length
        wish.onProgress(Math.min(done, total), total)
        yield chunk
      }
    }
    await unpack(internals, place, watched())
    begun = await internals.begin(backup.header.vaultId, new Uint8Array(dataKey), {
      create: false,
      closings: begunAt,
      place,
    })
    if (!begun.ok) {
      await removePlace(deps.folder, fs, place)
      return begun.error.code === 'vault.corrupt'
        ? fail('vault.backup-damaged', { cause: begun.error })
        : begun
    }
    const settled = await begun.value.connection.run('storage.restored', {})
    if (!settled.ok) {
      await internals.end(begun.value)
      await removePlace(deps.folder, fs, place)
      return settled
    }
    const content: SlotFile = {
      format: 'souspli-vault',
      version: 1,
      id: backup.header.vaultId,
      slots: slots.value,
      ...place,
    }
    await commitPlace(internals, content, existsSync(internals.slotPath))
  } catch (error) {
    if (begun?.ok) await internals.end(begun.value)
    await removePlace(deps.folder, fs, place).catch(() => undefined)
    throw error
  } finally {
    key.fill(0)
  }
  if (internals.closings() !== begunAt) {
    // Restored all the same; it only has to be opened again.
    await internals.end(begun.value)
    return fail('vault.locked', { retry: 'after-login' })
  }
  await internals.adopt(begun.value)
  return ok(undefined)
}
