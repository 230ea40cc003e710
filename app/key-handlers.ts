import { ok, type CoreMethod, type Expiry, type Input, type Outcome, type Output } from './contract/index.ts'
import type { createProtection } from './protection/index.ts'
import type { Resource, Uploads } from './reading/index.ts'
import type { Vault } from './vault/index.ts'
import { uploadedBytes } from './uploaded-bytes.ts'

type Method = Extract<CoreMethod, `keys.${string}` | `certificates.${string}`>
type Handlers = { [M in Method]: (input: Input<M>) => Promise<Outcome<Output<M>>> }

/** Bytes of a p12 or certificate file. */
const largestUpload = 10 * 1024 * 1024

/** The calls of a window about keys and certificates. */
export const keyHandlers = ({
  protection: { keys, correspondents },
  vault,
  uploads,
  keep,
  expiringElsewhere,
  keysAdded,
}: {
  protection: ReturnType<typeof createProtection>
  vault: Vault
  uploads: Uploads
  /** Publishes what a window may save. */
  keep: (resource: Resource) => string
  /** Certificates that mailboxes log in with. */
  expiringElsewhere: () => Promise<Outcome<Expiry[]>>
  /** More can be decrypted than before. */
  keysAdded: () => void
}): Handlers => {
  const takeUpload = (uploadId: string): Promise<Outcome<Uint8Array>> =>
    uploadedBytes({ uploads, vault }, uploadId, largestUpload)
  return {
    'keys.importP12': async ({ uploadId, passphrase }) => {
      const bytes = await takeUpload(uploadId)
      if (!bytes.ok) return bytes
      const imported = await keys.importFile(bytes.value, passphrase)
      if (imported.ok) keysAdded()
      return imported
    },
    'keys.list': () => keys.list(),
    'keys.remove': ({ fingerprint }) => keys.remove(fingerprint),
    'keys.expiring': () => keys.expiring(expiringElsewhere),
    'keys.dismissExpiry': () => keys.dismissExpiry(),
    'certificates.import': async ({ uploadId }) => {
      const bytes = await takeUpload(uploadId)
      return bytes.ok ? correspondents.importFile(bytes.value) : bytes
    },
    'certificates.correspondents': ({ text }) => correspondents.list(text),
    'certificates.changes': ({ addresses }) => correspondents.changes(addresses),
    'certificates.decide': (choice) => correspondents.decide(choice),
    'certificates.forget': (wish) => correspondents.forget(wish),
    'certificates.export': async ({ fingerprint }) => {
      const der = await correspondents.exportDer(fingerprint)
      if (!der.ok) return der
      const bytes = ok(der.value)
      const url = keep({
        mimeType: 'application/pkix-cert',
        size: der.value.byteLength,
        fileName: 'certificat.cer',
        read: () => bytes,
      })
      return ok({ url })
    },
  }
}
