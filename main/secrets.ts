import type { SafeStorage } from 'electron'
import type { OutcomeData } from '../app/contract/index.ts'

type AsyncSafeStorage = Pick<
  SafeStorage,
  'isAsyncEncryptionAvailable' | 'encryptStringAsync' | 'decryptStringAsync' | 'getSelectedStorageBackend'
>

const lost: OutcomeData = { ok: false, error: { code: 'vault.device-secret-lost', retry: 'after-change' } }

/** False where the OS key store would only pretend: Linux without a keyring keeps the key in the binary (`basic_text`). */
const isTrustworthy = async (storage: AsyncSafeStorage, platform: NodeJS.Platform): Promise<boolean> =>
  (await storage.isAsyncEncryptionAvailable()) &&
  (platform !== 'linux' || storage.getSelectedStorageBackend() !== 'basic_text')

/** Wraps the device secret by the OS key store. `vault.device-secret-lost` when there is none to trust. */
export const protectSecret = async (
  storage: AsyncSafeStorage,
  platform: NodeJS.Platform,
  bytes: Uint8Array,
): Promise<OutcomeData> => {
  if (!(await isTrustworthy(storage, platform))) return lost
  const wrapped = await storage.encryptStringAsync(Buffer.from(bytes).toString('base64'))
  return { ok: true, value: new Uint8Array(wrapped) }
}

/** Unwraps what `protectSecret` made. `vault.device-secret-lost` when this workstation's key store cannot. */
export const unprotectSecret = async (
  storage: AsyncSafeStorage,
  platform: NodeJS.Platform,
  bytes: Uint8Array,
): Promise<OutcomeData> => {
  if (!(await isTrustworthy(storage, platform))) return lost
  try {
    const { result } = await storage.decryptStringAsync(Buffer.from(bytes))
    return { ok: true, value: new Uint8Array(Buffer.from(result, 'base64')) }
  } catch {
    return lost
  }
}
