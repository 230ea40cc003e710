import type { CoreMethod, Input, Outcome, Output } from './contract/index.ts'
import { ok } from './contract/index.ts'
import type { TrustSpace } from './mssante/index.ts'
import type { OrganisationCertificates } from './organisation-certificates.ts'
import type { Uploads } from './reading/index.ts'
import type { Vault } from './vault/index.ts'
import { uploadedBytes } from './uploaded-bytes.ts'

type Method = Extract<CoreMethod, `trustSpace.${string}`> | 'accounts.readP12'
type Handlers = { [M in Method]: (input: Input<M>) => Promise<Outcome<Output<M>>> | Outcome<Output<M>> }

const largestP12 = 10 * 1024 * 1024
const largestList = 128 * 1024 * 1024

/** The calls of a window about the list of the trust space and organisations' certificates. */
export const trustSpaceHandlers = (deps: {
  trustSpace: TrustSpace
  certificates: OrganisationCertificates
  uploads: Uploads
  vault: Vault
}): Handlers => ({
  'trustSpace.state': () => ok(deps.trustSpace.state()),
  'trustSpace.refresh': ({ evenIfShorter }) => deps.trustSpace.refresh(evenIfShorter ?? false),
  'trustSpace.import': async ({ uploadId, evenIfShorter }) => {
    const bytes = await uploadedBytes(deps, uploadId, largestList)
    return bytes.ok ? deps.trustSpace.importFile(bytes.value, evenIfShorter ?? false) : bytes
  },
  'accounts.readP12': async ({ uploadId, passphrase }) => {
    const bytes = await uploadedBytes(deps, uploadId, largestP12)
    return bytes.ok ? deps.certificates.read(bytes.value, passphrase) : bytes
  },
  'trustSpace.search': ({ text }) => deps.trustSpace.search(text),
})
