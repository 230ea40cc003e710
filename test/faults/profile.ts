import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { ok } from '../../app/contract/errors.ts'
import { sourceIn, type Programs } from './sources.ts'
import { createVault, type SlotSecret, type Vault } from '../../app/vault/index.ts'

const veiled = (bytes: Uint8Array): Uint8Array => bytes.map((byte) => byte ^ 0x5a)

/** The stand-in for the OS key store that `openPractice` uses too. */
export const deviceSecret = {
  protect: (bytes: Uint8Array) => Promise.resolve(ok(veiled(bytes))),
  unprotect: (bytes: Uint8Array) => Promise.resolve(ok(veiled(bytes))),
}

/** The vault of a profile, closed; `programs`: bundled workers to use instead of the sources. */
export const profileVault = (folder: string, programs?: Programs): Vault =>
  createVault({
    folder,
    workerEntry: programs
      ? sourceIn(programs)('vault/worker.ts')
      : join(import.meta.dirname, '../../app/vault/worker.ts'),
    random: (length) => new Uint8Array(randomBytes(length)),
    now: () => Date.now(),
    deviceSecret,
  })

/** Opens the vault of a profile; throws with its code. */
export const openProfile = async (
  folder: string,
  secret: SlotSecret,
  programs?: Programs,
): Promise<Vault> => {
  const vault = profileVault(folder, programs)
  const opened = await vault.open(secret)
  if (!opened.ok) throw new Error(`the vault does not open: ${opened.error.code}`)
  return vault
}
