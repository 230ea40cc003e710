import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import type { KeySlot } from '../contract/session.ts'
import { nodeFs } from './durable-file.ts'
import { createVault, type Vault, type VaultDeps } from './vault.ts'

/**
 * The stores of a profile folder, one per person (docs/decisions/0017): the first one lies in the folder itself, as it
 * always did, the others in `stores/<random>/`. Their names say nothing of their owners.
 */
export interface Vaults {
  /** The chosen store's vault: the only one the rest of the core knows. */
  vault: Vault
  /** Stores that exist, the first one first. */
  list(): { id: string; slots: KeySlot[] }[]
  /** The store `vault` means now; it may not exist yet. */
  chosen(): string
  /** Makes `vault` mean another store. `vault.busy` while one is open, `vault.not-found`. */
  choose(id: string): Outcome<void>
  /** Makes `vault` mean a store yet to be created, of a name nobody had. `vault.busy` while one is open. */
  chooseNew(): Outcome<string>
  /** Removes what a creation that failed left of a store; one that exists stays. */
  discard(id: string): Promise<void>
}

const firstStore = 'first'
const storesFolder = 'stores'
const idPattern = /^[0-9a-f]{16}$/

const exists = (folder: string): boolean => existsSync(path.join(folder, 'vault.json'))

/** The stores of `deps.folder`, all closed; the first one that exists is chosen. */
export const createVaults = (deps: VaultDeps): Vaults => {
  const fs = deps.fs ?? nodeFs
  const known = new Map<string, Vault>()
  const folderOf = (id: string): string =>
    id === firstStore ? deps.folder : path.join(deps.folder, storesFolder, id)
  const vaultOf = (id: string): Vault => {
    const made = known.get(id) ?? createVault({ ...deps, folder: folderOf(id) })
    known.set(id, made)
    return made
  }
  const ids = (): string[] => {
    const folder = path.join(deps.folder, storesFolder)
    const others = existsSync(folder)
      ? readdirSync(folder)
          .filter((name) => idPattern.test(name) && exists(folderOf(name)))
          .toSorted()
      : []
    return exists(deps.folder) ? [firstStore, ...others] : others
  }
  let chosen = ids()[0] ?? firstStore
  const current = (): Vault => vaultOf(chosen)
  const change = (id: string): Outcome<void> => {
    if (id === chosen) return ok(undefined)
    if (current().isOpen()) return fail('vault.busy', { retry: 'later' })
    chosen = id
    return ok(undefined)
  }

  return {
    vault: {
      exists: () => current().exists(),
      slots: () => current().slots(),
      create: (secret) => current().create(secret),
      open: (secret) => current().open(secret),
      addSlot: (secret) => current().addSlot(secret),
      renewRecovery: () => current().renewRecovery(),
      removeSlot: (id) => current().removeSlot(id),
      close: () => current().close(),
      isOpen: () => current().isOpen(),
      run: (name, params) => current().run(name, params),
      get parts() {
        return current().parts
      },
      get care() {
        return current().care
      },
    },
    list: () => ids().map((id) => ({ id, slots: vaultOf(id).slots() })),
    chosen: () => chosen,
    choose: (id) => (ids().includes(id) ? change(id) : fail('vault.not-found')),
    chooseNew: () => {
      const id = ids().length === 0 ? firstStore : Buffer.from(deps.random(8)).toString('hex')
      const changed = change(id)
      return changed.ok ? ok(id) : changed
    },
    discard: async (id) => {
      if (!idPattern.test(id) || exists(folderOf(id))) return
      known.delete(id)
      await fs.rm(folderOf(id), { force: true, recursive: true })
    },
  }
}
