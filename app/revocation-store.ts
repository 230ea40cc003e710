import type { createTrust } from './smime/index.ts'
import type { Vault } from './vault/index.ts'

/** The last good revocation lists, kept in the vault (ECO.1.1.7). */
export const revocationStore = (vault: Vault): Parameters<typeof createTrust>[0]['store'] => ({
  get: async (url) => {
    const known = await vault.run('revocation.get', { url })
    return known.ok ? (known.value?.der ?? null) : null
  },
  put: async (url, der, thisUpdate, nextUpdate) => {
    // A locked vault keeps no list: the next check fetches it again.
    if (vault.isOpen())
      await vault.run('revocation.put', {
        url,
        der,
        thisUpdate: thisUpdate.getTime(),
        nextUpdate: nextUpdate?.getTime() ?? null,
      })
  },
})
