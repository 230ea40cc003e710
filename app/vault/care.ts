import { fail, ok, type Outcome } from '../contract/errors.ts'
import { makeBackup, type BackupMade, type BackupWish } from './backup.ts'
import { storeError } from './failure.ts'
import { listAsides, removeAside, sweepPlaces, type AsideStore } from './place.ts'
import { inspectBackup, restoreBackup, type BackupInspection, type RestoreWish } from './restore.ts'
import { sweepParts } from './parts.ts'
import { rebuildStore, type Rebuilt, type RebuildWish } from './rebuild.ts'
import {
  checkStore,
  compact,
  databaseSize,
  type DatabaseSize,
  type LongWork,
  type Verdict,
} from './upkeep.ts'
import type { Session, VaultInternals } from './vault.ts'

/** The care of a store (issue 3 §1). One of the long ones at a time: a second fails with `vault.busy`. */
export interface StorageCare {
  /** Writes an encrypted backup while the mailbox works on; codes of `makeBackup`. */
  backup(wish: BackupWish): Promise<Outcome<BackupMade>>
  /** What a backup says of itself; codes of `inspectBackup`. */
  inspect(file: string): Promise<Outcome<BackupInspection>>
  /** Puts a backup in the place of the store and opens it; codes of `restoreBackup`. */
  restore(wish: RestoreWish): Promise<Outcome<void>>
  /** Sizes of the database file. */
  size(): Promise<Outcome<DatabaseSize>>
  /** Bytes free on the disk of the store. */
  freeSpace(): Promise<Outcome<number>>
  /** Structure and authenticity of the whole store, without changing or blocking anything; codes of `checkStore`. */
  check(work: LongWork): Promise<Outcome<Verdict>>
  /** Gives unused space back in small slices; codes of `compact`. */
  compact(work: LongWork): Promise<Outcome<{ freed: number }>>
  /** A new store with what only this workstation has; the rest comes from the server again. See `rebuildStore`. */
  rebuild(wish: RebuildWish): Promise<Outcome<Rebuilt>>
  /** Removes files nothing refers to; for a quiet moment after opening. Answers how many. */
  sweep(): Promise<Outcome<number>>
  /** Stores set aside by a restoration or a rebuild. */
  asides(): AsideStore[]
  removeAside(id: string): Promise<Outcome<void>>
}

export const createCare = (internals: VaultInternals): StorageCare => {
  let busy = false
  const alone = async <T>(work: () => Promise<Outcome<T>>): Promise<Outcome<T>> => {
    if (busy) return fail('vault.busy', { retry: 'later' })
    busy = true
    try {
      return await work()
    } catch (error) {
      return storeError(error)
    } finally {
      busy = false
    }
  }

  const opened = async <T>(work: (session: Session) => Promise<Outcome<T>>): Promise<Outcome<T>> => {
    const session = internals.session()
    return session ? work(session) : fail('vault.locked', { retry: 'after-login' })
  }

  const sweep = async (session: Session): Promise<Outcome<number>> => {
    const kept = await session.connection.run('parts.sweep', { fresh: [...session.fresh] })
    if (!kept.ok) return kept
    if (session.closed) return fail('vault.locked', { retry: 'after-login' })
    const ids = new Set([...(kept.value as string[]), ...session.fresh])
    const parts = await sweepParts(session.partsFolder, ids, internals.fs)
    return ok(parts + (await sweepPlaces(internals)))
  }

  return {
    backup: (wish) => alone(() => makeBackup(internals, wish)),
    inspect: (file) => inspectBackup(internals, file),
    restore: (wish) => alone(() => internals.inTurn(() => restoreBackup(internals, wish))),
    size: () => opened(databaseSize),
    freeSpace: async () => {
      try {
        const { bavail, bsize } = await internals.fs.statfs(internals.deps.folder)
        return ok(bavail * bsize)
      } catch (error) {
        return storeError(error)
      }
    },
    check: (work) => alone(() => opened((session) => checkStore(internals, session, work))),
    compact: (work) => alone(() => opened((session) => compact(internals, session, work))),
    rebuild: (wish) => alone(() => internals.inTurn(() => rebuildStore(internals, wish))),
    sweep: () => alone(() => opened(sweep)),
    asides: () => listAsides(internals.deps.folder),
    removeAside: (id) => alone(() => removeAside(internals, id)),
  }
}
