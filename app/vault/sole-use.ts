import path from 'node:path'
import { Database } from '@signalapp/sqlcipher'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import { codeOf, storeError } from './failure.ts'

/** A profile taken for one program. */
export interface SoleUse {
  /** Fails with `vault.in-use` while another program, or another vault of this one, has it; counted. */
  take(): Outcome<void>
  /** Gives back one `take`; the profile is free after the last. */
  release(): void
}

/**
 * Two programs on one store would each send its outbox and replay its actions. The lock is the operating system's own on
 * an empty file, taken by SQLite because it knows how on every system: it ends with the process, however that ends.
 */
export const createSoleUse = (folder: string): SoleUse => {
  let holder: Database | null = null
  let takes = 0
  return {
    take: () => {
      if (!holder) {
        let opened: Database | null = null
        try {
          opened = new Database(path.join(folder, 'profile.lock'))
          opened.exec('BEGIN EXCLUSIVE')
          holder = opened
        } catch (error) {
          opened?.close()
          return codeOf(error).startsWith('SQLITE_BUSY')
            ? fail('vault.in-use', { retry: 'later', cause: error })
            : storeError(error)
        }
      }
      takes += 1
      return ok(undefined)
    },
    release: () => {
      takes -= 1
      if (takes > 0) return
      takes = 0
      holder?.close()
      holder = null
    },
  }
}
