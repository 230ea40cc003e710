import { fail } from '../contract/index.ts'
import { createTrust, type FileJudgeContext } from '../smime/index.ts'

/** Trust in these authorities alone, without a network. */
export const trusting = (anchors: Uint8Array[], now = new Date()): FileJudgeContext => ({
  now,
  trust: createTrust({
    anchors,
    environment: 'test',
    revocation: 'prefer',
    now: () => now.getTime(),
    fetch: () => Promise.resolve(fail('net.unreachable')),
    store: { get: () => Promise.resolve(null), put: () => Promise.resolve() },
  }),
})

/** Nobody is trusted: what is tested has nothing to do with signatures. */
export const noTrust = trusting([])
