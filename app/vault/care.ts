import { fail, type Outcome } from '../contract/errors.ts'
import { makeBackup, type BackupMade, type BackupWish } from './backup.ts'
import { storeError } from './failure.ts'
import { listAsides, removeAside, sweepPlaces, type AsideStore } from './place.ts'
import { inspectBackup, restoreBackup, type BackupInspection, type RestoreWish } from './restore.ts'
import { sweepParts } from './parts.ts'
import type { VaultInternals } from './vault.ts'

/** The care of a store (issue 3 §1). One of the long ones at a time: a second fails with `vault.busy`. */
export interface StorageCare {
  /** Writes an encrypted backup while the mailbox works on; codes of `makeBackup`. */
  backup(wish: BackupWish): Promise<Outcome<BackupMade>>
  /** What a backup says of itself; codes of `inspectBackup`. */
  inspect(file: string): Promise<Outcome<BackupInspection>>
  /** Puts a backup in the place of the store and opens it; codes of `restoreBackup`. */
  restore(wish: RestoreWish): Promise<Outcome<void>>
  /** Removes files nothing refers to; for a quiet moment after opening. Answers how many. */
  sweep(): Promise<Outcome<number>>
  /** Stores set aside by a restoration or a rebuild. */
  asides(): AsideStore[]
  removeAside(id: string): Promise<Outcome<void>>
}

const locked = (): Outcome<never> => fail('vault.locked', { retry: 'after-login' })

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

  const sweep = async (): Promise<Outcome<number>> => {
    const session = internals.session()
    if (!session) return locked()
    const kept = await session.connection.run('parts.sweep', { fresh: [...session.fresh] })
    if (!kept.ok) return kept
    if (session.closed) return locked()
    const ids = new Set([...(kept.value as string[]), ...session.fresh])
    const parts = await sweepParts(session.partsFolder, ids, internals.fs)
    return { ok: true, value: parts + (await sweepPlaces(internals)) }
  }

  return {
    backup: (wish) => alone(() => makeBackup(internals, wish)),
    inspect: (file) => inspectBackup(internals, file),
    restore: (wish) => alone(() => internals.inTurn(() => restoreBackup(internals, wish))),
    sweep: () => alone(sweep),
    asides: () => listAsides(internals.deps.folder),
    removeAside: (id) => alone(() => removeAside(internals, id)),
  }
}
