import type { CoreStart } from './contract/index.ts'
import { createOutgoing, createRoutes } from './outgoing/index.ts'
import { createRevocationFetch, pemOf, readTrustAnchors } from './protection/index.ts'

/** How HTTP leaves this workstation: its proxy, if any, for everything. Throws when a file of the policy cannot be read. */
export const wireOutgoing = async (policy: CoreStart['policy']) => {
  const routes = createRoutes(policy.proxy, process.env)
  const web = createOutgoing({ routes })
  const own = await readTrustAnchors(policy.psc?.anchors ?? [])
  return {
    web,
    /** For Pro Santé Connect, its back-end and codes of operators: a server inside the establishment may have its own authority. */
    signInWeb: own.length > 0 ? createOutgoing({ routes, authorities: own.map(pemOf) }) : web,
    fetchRevocation: createRevocationFetch(web),
  }
}
