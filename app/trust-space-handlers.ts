import type { CoreMethod, Input, Outcome, Output } from './contract/index.ts'
import { ok } from './contract/index.ts'
import type { TrustSpace } from './mssante/index.ts'
import type { Uploads } from './reading/index.ts'
import type { Vault } from './vault/index.ts'
import { uploadedBytes } from './uploaded-bytes.ts'

type Method = Extract<CoreMethod, `trustSpace.${string}`>
type Handlers = { [M in Method]: (input: Input<M>) => Promise<Outcome<Output<M>>> | Outcome<Output<M>> }

const largestList = 128 * 1024 * 1024

/** The calls of a window about the list of the trust space. */
export const trustSpaceHandlers = (deps: {
  trustSpace: TrustSpace
  uploads: Uploads
  vault: Vault
}): Handlers => ({
  'trustSpace.state': () => ok(deps.trustSpace.state()),
  'trustSpace.refresh': () => deps.trustSpace.refresh(),
  'trustSpace.import': async ({ uploadId }) => {
    const bytes = await uploadedBytes(deps, uploadId, largestList)
    return bytes.ok ? deps.trustSpace.importFile(bytes.value) : bytes
  },
  'trustSpace.search': ({ text }) => deps.trustSpace.search(text),
})
