import type { CoreMethod, Input, Outcome, Output } from './contract/index.ts'
import type { createProtection } from './protection/index.ts'
import type { Uploads } from './reading/index.ts'
import type { Vault } from './vault/index.ts'
import { uploadedBytes } from './uploaded-bytes.ts'

type Method = Extract<CoreMethod, `keys.${string}` | `certificates.${string}`>
type Handlers = { [M in Method]: (input: Input<M>) => Promise<Outcome<Output<M>>> }

/** Bytes of a p12 or certificate file. */
const largestUpload = 10 * 1024 * 1024

/** The calls of a window about keys and certificates. */
export const keyHandlers = ({
  protection,
  vault,
  uploads,
}: {
  protection: ReturnType<typeof createProtection>
  vault: Vault
  uploads: Uploads
}): Handlers => {
  const takeUpload = (uploadId: string): Promise<Outcome<Uint8Array>> =>
    uploadedBytes({ uploads, vault }, uploadId, largestUpload)
  return {
    'keys.importP12': async ({ uploadId, passphrase }) => {
      const bytes = await takeUpload(uploadId)
      return bytes.ok ? protection.importP12(bytes.value, passphrase) : bytes
    },
    'keys.list': () => protection.keys(),
    'certificates.forAddress': ({ address }) => protection.certificatesFor(address),
    'certificates.import': async ({ uploadId }) => {
      const bytes = await takeUpload(uploadId)
      return bytes.ok ? protection.importCertificate(bytes.value) : bytes
    },
  }
}
