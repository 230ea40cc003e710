import { chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fail, ok, type Outcome } from '../contract/index.ts'

export interface PartFiles {
  /** Writes the part where the user chose to keep it. `part.expired`, `vault.disk-full`, `vault.read-only`. */
  save: (url: string, path: string) => Promise<Outcome<null>>
  /** Copies a part to the private folder and answers the copy's path; `vault.locked` when a lock came meanwhile. */
  copy: (url: string, fileName: string) => Promise<Outcome<string>>
}

/** Parts as files: kept by the user, or copied to the private folder of « ouvrir avec », which every lock wipes. */
export const createPartFiles = (deps: {
  openedFolder: string
  random: (length: number) => Uint8Array
  read: (url: string) => Promise<Outcome<Uint8Array>>
  /** Whether the session is open, and has been since `watch` was made. */
  watch: () => () => boolean
}): PartFiles => ({
  save: async (url, path) => {
    const bytes = await deps.read(url)
    if (!bytes.ok) return bytes
    try {
      await writeFile(path, bytes.value, { mode: 0o600 })
      return ok(null)
    } catch (cause) {
      return fail(diskError(cause), { cause, retry: 'after-change' })
    }
  },
  copy: async (url, fileName) => {
    const stillOpen = deps.watch()
    const bytes = await deps.read(url)
    if (!bytes.ok) return bytes
    const folder = join(deps.openedFolder, Buffer.from(deps.random(12)).toString('hex'))
    const path = join(folder, basename(fileName))
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await writeFile(path, bytes.value, { mode: 0o600, flag: 'wx' })
      await chmod(path, 0o400)
      if (stillOpen()) return ok(path)
      // Locked meanwhile: the wipe may have passed before the copy was there.
      await rm(folder, { recursive: true, force: true })
      return fail('vault.locked', { retry: 'after-login' })
    } catch (cause) {
      return fail(diskError(cause), { cause, retry: 'after-change' })
    }
  },
})

const diskError = (cause: unknown): 'vault.disk-full' | 'vault.read-only' =>
  cause instanceof Error && 'code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT')
    ? 'vault.disk-full'
    : 'vault.read-only'
