import { fail, ok, type Outcome, type PathUse } from '../contract/index.ts'

/** What a user chose in a dialog of main's. */
export interface GrantedPaths {
  use: PathUse
  paths: string[]
}

export interface Grants {
  /** The name a window may use for these paths. */
  give: (use: PathUse, paths: string[]) => string
  /** Once, and for that use only; `exchange.grant-expired` otherwise. */
  take: (grant: string, uses: readonly PathUse[]) => Outcome<GrantedPaths>
  clear: () => void
}

/** Choices a user made and perhaps left; the oldest go first. */
const mostGrants = 16

/** Capabilities for paths: a window names what the user chose and never sees or says where it is. */
export const createGrants = (random: (length: number) => Uint8Array): Grants => {
  const given = new Map<string, GrantedPaths>()
  return {
    give: (use, paths) => {
      const grant = Buffer.from(random(24)).toString('base64url')
      given.set(grant, { use, paths })
      for (const oldest of given.keys()) {
        if (given.size <= mostGrants) break
        given.delete(oldest)
      }
      return grant
    },
    take: (grant, uses) => {
      const granted = given.get(grant)
      if (!granted || !uses.includes(granted.use))
        return fail('exchange.grant-expired', { retry: 'after-change' })
      given.delete(grant)
      return ok(granted)
    },
    clear: () => given.clear(),
  }
}
