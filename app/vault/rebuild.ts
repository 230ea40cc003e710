import { existsSync } from 'node:fs'
import path from 'node:path'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import { copyError } from './backup.ts'
import { askControl, type ControlResult } from './control.ts'
import { codeOf } from './failure.ts'
import { commitPlace, newPlace, removePlace } from './place.ts'
import { clearSize } from './parts.ts'
import type { Rescued } from './rescue.ts'
import { readSlotFile, type SlotFile } from './slot-file.ts'
import { unlock } from './slots.ts'
import type { LongWork } from './upkeep.ts'
import type { Session, SlotSecret, VaultInternals } from './vault.ts'

export interface RebuildWish extends LongWork {
  /** Opens the store that is here; null when it is open. */
  secret: SlotSecret | null
}

/** What came over into the new store, and what could not be read. */
export interface Rebuilt extends Omit<Rescued, 'parts' | 'localBodies'> {
  /** Tables of which something could not be read; all of them when the old database does not open. */
  incomplete: string[]
  missingParts: number
  /** Nothing of the old database could be read: accounts have to be added again. */
  unreadable: boolean
}

const dataKeyOf = async (
  internals: VaultInternals,
  file: SlotFile,
  secret: SlotSecret | null,
): Promise<Outcome<Uint8Array>> => {
  if (secret) return unlock(internals.deps, file, secret)
  const session = internals.session()
  return session ? ok(new Uint8Array(session.dataKey)) : fail('vault.locked', { retry: 'after-login' })
}

/**
 * Makes a new store with everything of the old one that only this workstation has (drafts, mails to send, actions for the
 * server, accounts, keys, searches…) and the rows of messages, so that they keep their identity; bodies and index come
 * from the server again. The old store is set aside until the user removes it. Nothing changes before the last step.
 */
export const rebuildStore = async (
  internals: VaultInternals,
  wish: RebuildWish,
): Promise<Outcome<Rebuilt>> => {
  const { deps, fs } = internals
  const begunAt = internals.closings()
  const file = readSlotFile(internals.slotPath)
  if (!file.ok) return file
  const key = await dataKeyOf(internals, file.value, wish.secret)
  if (!key.ok) return key
  const open = internals.session()
  if (open) await internals.end(open)
  const place = await newPlace(deps, fs)
  let begun: Outcome<Session> | null = null
  try {
    begun = await internals.begin(file.value.id, new Uint8Array(key.value), {
      create: true,
      closings: begunAt,
      place,
    })
    if (!begun.ok) {
      await removePlace(deps.folder, fs, place)
      return begun
    }
    const rebuilt = await rescueInto(internals, file.value, begun.value, key.value, wish)
    if (!rebuilt.ok || internals.closings() !== begunAt) {
      await internals.end(begun.value)
      await removePlace(deps.folder, fs, place)
      return rebuilt.ok ? fail('vault.locked', { retry: 'after-login' }) : rebuilt
    }
    await commitPlace(internals, { ...file.value, ...place }, true)
    await internals.adopt(begun.value)
    return rebuilt
  } catch (error) {
    if (begun?.ok) await internals.end(begun.value)
    await removePlace(deps.folder, fs, place).catch(() => undefined)
    return copyError(error)
  } finally {
    key.value.fill(0)
  }
}

const rescueInto = async (
  internals: VaultInternals,
  from: SlotFile,
  into: Session,
  key: Uint8Array,
  wish: RebuildWish,
): Promise<Outcome<Rebuilt>> => {
  const { connection } = into
  const database = path.join(internals.deps.folder, from.database)
  const tables = existsSync(database)
    ? await askControl(connection, 'rescue.begin', { path: database, key: new Uint8Array(key) })
    : ok(null)
  if (!tables.ok) return tables
  if (!tables.value) {
    return ok({
      messages: 0,
      drafts: 0,
      outbox: 0,
      actions: 0,
      incomplete: [],
      missingParts: 0,
      unreadable: true,
    })
  }
  const incomplete = new Set<string>()
  for (const [index, table] of tables.value.entries()) {
    for (let after: number | null = null; ;) {
      if (wish.signal.aborted) return fail('vault.cancelled')
      const slice: Outcome<ControlResult<'rescue.table'>> = await askControl(connection, 'rescue.table', {
        table,
        after,
      })
      if (!slice.ok) return slice
      if (slice.value.incomplete) incomplete.add(table)
      after = slice.value.next
      if (after === null) break
    }
    wish.onProgress(index + 1, tables.value.length)
  }
  const ended = await askControl(connection, 'rescue.end', {})
  if (!ended.ok) return ended
  const { parts, localBodies, ...counts } = ended.value
  if (!localBodies) incomplete.add('bodies')
  const missing = await carryParts(internals, path.join(internals.deps.folder, from.parts), into, parts)
  return missing.ok
    ? ok({ ...counts, incomplete: [...incomplete].sort(), missingParts: missing.value, unreadable: false })
    : missing
}

/** A second name for each part file where the file system can, else a copy: both stores stay whole without the other. */
const carryParts = async (
  internals: VaultInternals,
  from: string,
  into: Session,
  ids: readonly string[],
): Promise<Outcome<number>> => {
  const { fs } = internals
  let missing = 0
  for (const id of ids) {
    const target = path.join(into.partsFolder, id)
    try {
      const source = path.join(from, id)
      await fs.link(source, target).catch((error: unknown) => {
        if (codeOf(error) === 'ENOENT') throw error
        return fs.copyFile(source, target)
      })
      const handle = await fs.open(target, 'r+')
      try {
        const size = clearSize((await handle.stat()).size)
        await handle.sync()
        if (size === null) missing += 1
        else {
          const added = await into.register(id, size)
          if (!added.ok) return added
        }
      } finally {
        await handle.close()
      }
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error
      missing += 1
    }
  }
  return ok(missing)
}
