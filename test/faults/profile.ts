import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { ok } from '../../app/contract/errors.ts'
import { createVault, type SlotSecret, type Vault } from '../../app/vault/index.ts'

/** The stand-in for the OS key store that `openPractice` uses too. */
const veiled = (bytes: Uint8Array): Uint8Array => bytes.map((byte) => byte ^ 0x5a)

/** Opens the vault of a profile; throws with its code. */
export const openProfile = async (folder: string, secret: SlotSecret): Promise<Vault> => {
  const vault = createVault({
    folder,
    workerEntry: join(import.meta.dirname, '../../app/vault/worker.ts'),
    random: (length) => new Uint8Array(randomBytes(length)),
    now: () => Date.now(),
    deviceSecret: {
      protect: (bytes) => Promise.resolve(ok(veiled(bytes))),
      unprotect: (bytes) => Promise.resolve(ok(veiled(bytes))),
    },
  })
  const opened = await vault.open(secret)
  if (!opened.ok) throw new Error(`the vault does not open: ${opened.error.code}`)
  return vault
}

/** What is broken in a closed profile, by name; null when all holds. */
export const brokenIn = async (folder: string, secret: SlotSecret): Promise<string | null> => {
  const vault = await openProfile(folder, secret)
  try {
    const recovery = vault.slots().filter(({ kind }) => kind === 'recovery').length
    if (recovery !== 1) return `${recovery} recovery codes`
    const check = await vault.run('store.check', {})
    if (!check.ok) return `check of the store: ${check.error.code}`
    const { damage, indexMismatches, wrongCounts } = check.value
    if (damage.length > 0) return `quick_check: ${damage.join(', ')}`
    if (indexMismatches > 0) return `${indexMismatches} messages differ between bodies and index`
    if (wrongCounts.length > 0) return `counts of folders ${wrongCounts.join(', ')} are not their rows'`
    return null
  } finally {
    await vault.close()
  }
}
