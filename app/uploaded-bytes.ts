import type { Outcome } from './contract/index.ts'
import type { Uploads } from './reading/index.ts'
import type { Vault } from './vault/index.ts'

/** The bytes of a file a window has streamed, whole; the file itself is gone then. Errors: those of the store. */
export const uploadedBytes = async (
  deps: { uploads: Uploads; vault: Vault },
  uploadId: string,
  largest: number,
): Promise<Outcome<Uint8Array>> => {
  const upload = await deps.uploads.take(uploadId)
  if (!upload.ok) return upload
  const bytes = await deps.vault.parts.readAll(upload.value.partFile, largest)
  await deps.vault.parts.remove([upload.value.partFile])
  return bytes
}
