import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { ok } from '../../app/contract/errors.ts'
import { createVault, type SlotSecret, type Vault } from '../../app/vault/index.ts'

const veiled = (bytes: Uint8Array): Uint8Array => bytes.map((byte) => byte ^ 0x5a)

/** The stand-in for the OS key store that `openPractice` uses too. */
export const deviceSecret = {
  protect: (bytes: Uint8Array) => Promise.resolve(ok(veiled(bytes))),
  unprotect: (bytes: Uint8Array) => Promise.resolve(ok(veiled(bytes))),
}

/** The vault of a profile, closed. `app`: where the workers' sources are, for a program bundled elsewhere. */
export const profileVault = (folder: string, app = join(import.meta.dirname, '../../app')): Vault =>
  createVault({
    folder,
    workerEntry: join(app, 'vault/worker.ts'),
    random: (length) => new Uint8Array(randomBytes(length)),
    now: () => Date.now(),
    deviceSecret,
  })

/** Opens the vault of a profile; throws with its code. */
export const openProfile = async (folder: string, secret: SlotSecret, app?: string): Promise<Vault> => {
  const vault = profileVault(folder, app)
  const opened = await vault.open(secret)
  if (!opened.ok) throw new Error(`the vault does not open: ${opened.error.code}`)
  return vault
}
