import { existsSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import { syncFolder, type VaultFs } from './durable-file.ts'
import { readSlotFile, writeSlotFile, type SlotFile } from './slot-file.ts'
import type { StorePlace, VaultDeps, VaultInternals } from './vault.ts'

/**
 * A profile folder can hold more than one store: the one vault.json names, those set aside (each by a copy of the
 * vault.json of its time), and what a crash left half made. Replacing vault.json is the one step that changes which is
 * which, so a restored, rebuilt or compacted store appears whole or not at all.
 */

const asidePattern = /^aside-(\d{1,16})\.json$/
const ours = /^(store(-[0-9a-f]{8})?\.db(-wal|-shm|-journal)?|parts(-[0-9a-f]{8})?)$/

/** A store put aside by a restoration or a rebuild; opened by the slots it had. */
export interface AsideStore {
  id: string
  /** Milliseconds since 1970. */
  at: number
  /** Bytes of its database and its own part files. */
  size: number
}

/** Names for a store yet to be made, and its empty parts folder. Throws the file system's errors. */
export const newPlace = async (deps: VaultDeps, fs: VaultFs): Promise<StorePlace> => {
  const name = Buffer.from(deps.random(4)).toString('hex')
  const place = { database: `store-${name}.db`, parts: `parts-${name}` }
  await fs.mkdir(path.join(deps.folder, place.parts), { recursive: true, mode: 0o700 })
  return place
}

/** Removes a store's files; throws the file system's errors. */
export const removePlace = async (folder: string, fs: VaultFs, place: StorePlace): Promise<void> => {
  for (const suffix of ['', '-wal', '-shm', '-journal']) {
    await fs.rm(path.join(folder, place.database + suffix), { force: true })
  }
  await fs.rm(path.join(folder, place.parts), { force: true, recursive: true })
}

/**
 * Makes `content` the vault.json: from then on this is the store. What was there stays under an aside-….json when
 * `keepFormer`. Throws the file system's errors.
 */
export const commitPlace = async (
  internals: Pick<VaultInternals, 'deps' | 'fs' | 'slotPath'>,
  content: SlotFile,
  keepFormer: boolean,
): Promise<void> => {
  const { deps, fs, slotPath } = internals
  await syncFolder(fs, path.join(deps.folder, content.parts))
  await syncFolder(fs, deps.folder)
  const former = keepFormer ? readSlotFile(slotPath) : null
  if (former?.ok) {
    await writeSlotFile(fs, path.join(deps.folder, `aside-${String(deps.now())}.json`), former.value)
  } else if (keepFormer && existsSync(slotPath)) {
    // Unreadable: its bytes may still be worth something to somebody.
    await fs.copyFile(slotPath, path.join(deps.folder, `vault-damaged-${String(deps.now())}.json`))
  }
  await writeSlotFile(fs, slotPath, content)
}

const sizeOfFolder = (folder: string): number => {
  if (!existsSync(folder)) return 0
  let size = 0
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isFile()) size += statSync(path.join(folder, entry.name), { throwIfNoEntry: false })?.size ?? 0
  }
  return size
}

const asideFiles = (folder: string): { id: string; content: SlotFile }[] => {
  const found: { id: string; content: SlotFile }[] = []
  if (!existsSync(folder)) return found
  for (const name of readdirSync(folder)) {
    const id = asidePattern.exec(name)?.[1]
    if (id === undefined) continue
    const content = readSlotFile(path.join(folder, name))
    if (content.ok) found.push({ id, content: content.value })
  }
  return found
}

export const listAsides = (folder: string): AsideStore[] =>
  asideFiles(folder).map(({ id, content }) => {
    const database = path.join(folder, content.database)
    const size =
      (statSync(database, { throwIfNoEntry: false })?.size ?? 0) +
      sizeOfFolder(path.join(folder, content.parts))
    return { id, at: Number(id), size }
  })

/** Removes a store set aside, for good. Fails with `vault.not-found`; throws the file system's errors. */
export const removeAside = async (
  internals: Pick<VaultInternals, 'deps' | 'fs' | 'slotPath'>,
  id: string,
): Promise<Outcome<void>> => {
  const { folder } = internals.deps
  const asides = asideFiles(folder)
  const wanted = asides.find((one) => one.id === id)
  if (!wanted) return fail('vault.not-found')
  const current = readSlotFile(internals.slotPath)
  if (!current.ok) return current
  const others = [current.value, ...asides.filter((one) => one.id !== id).map((one) => one.content)]
  // The name first: a crash in between leaves strays, which the next sweep removes.
  await internals.fs.rm(path.join(folder, `aside-${id}.json`), { force: true })
  if (others.some((one) => one.database === wanted.content.database)) return ok(undefined)
  await removePlace(folder, internals.fs, wanted.content)
  return ok(undefined)
}

/** Removes store files that neither vault.json nor a store set aside names; answers how many. Only with the vault open. */
export const sweepPlaces = async (
  internals: Pick<VaultInternals, 'deps' | 'fs' | 'slotPath'>,
): Promise<number> => {
  const { folder } = internals.deps
  const current = readSlotFile(internals.slotPath)
  if (!current.ok) return 0
  const kept = new Set<string>()
  for (const { database, parts } of [current.value, ...asideFiles(folder).map((one) => one.content)]) {
    for (const suffix of ['', '-wal', '-shm', '-journal']) kept.add(database + suffix)
    kept.add(parts)
  }
  let removed = 0
  for (const name of await internals.fs.readdir(folder)) {
    if (!ours.test(name) || kept.has(name)) continue
    await internals.fs.rm(path.join(folder, name), { force: true, recursive: true })
    removed += 1
  }
  return removed
}
