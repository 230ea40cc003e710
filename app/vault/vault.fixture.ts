import { constants, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import { createVault, type NewSlotSecret, type Vault, type VaultDeps } from './vault.ts'

export const passphrase: NewSlotSecret = { kind: 'passphrase', passphrase: 'la salle d’attente est pleine' }

/** The OS key store of a test: a fixed mask, and a switch to lose it. */
export const keyStore = () => {
  const state = { lost: false }
  const mask = (bytes: Uint8Array): Outcome<Uint8Array> =>
    state.lost ? fail('core.internal') : ok(bytes.map((byte) => byte ^ 0x5a))
  return {
    state,
    protect: (bytes: Uint8Array) => Promise.resolve(mask(bytes)),
    unprotect: (bytes: Uint8Array) => Promise.resolve(mask(bytes)),
  }
}

const cardKeys = generateKeyPairSync('rsa', { modulusLength: 2048 })

/** A card that signs as a CPS3 does; `pss` makes one whose signatures differ each time. */
export const card = (serial: string, how: { pss?: boolean; keys?: typeof cardKeys } = {}) => ({
  kind: 'card' as const,
  serial,
  label: `CPS3v3-${serial}`,
  sign: (challenge: Uint8Array) => {
    const key = (how.keys ?? cardKeys).privateKey
    return Promise.resolve(
      ok(
        new Uint8Array(
          sign('sha256', challenge, how.pss ? { key, padding: constants.RSA_PKCS1_PSS_PADDING } : key),
        ),
      ),
    )
  },
})

export const otherCardKeys = () => generateKeyPairSync('rsa', { modulusLength: 2048 })

/** A folder that goes away with the test. */
export const temporaryFolder = (): string => {
  const folder = mkdtempSync(path.join(tmpdir(), 'souspli-vault-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}

/** A vault on a folder, closed when the test ends. */
export const vaultIn = (folder: string, overrides: Partial<VaultDeps> = {}): Vault => {
  const vault = createVault({
    folder,
    workerEntry: path.join(import.meta.dirname, 'worker.ts'),
    random: (n) => new Uint8Array(randomBytes(n)),
    now: () => Date.parse('2026-11-22T08:00:00Z'),
    deviceSecret: keyStore(),
    ...overrides,
  })
  onTestFinished(() => vault.close())
  return vault
}

export const value = <T>(outcome: Outcome<T>): T => {
  if (!outcome.ok) throw new Error(`unexpected ${outcome.error.code}`, { cause: outcome.error.cause })
  return outcome.value
}

export const code = (outcome: Outcome<unknown>): string => (outcome.ok ? 'ok' : outcome.error.code)
