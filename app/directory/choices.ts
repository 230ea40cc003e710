import { mkdir } from 'node:fs/promises'
import { fail, ok, type Outcome } from '../contract/index.ts'
import { fold, type StoredList, type Vault } from '../vault/index.ts'

/** What the user has said of correspondents, in memory while the mailbox is open. */
export interface Choices {
  load: () => Promise<void>
  forget: () => void
  isFavourite: (address: string) => boolean
  preferredOf: (nationalId: string) => string | null
  /** Favourites, in the order they were made. */
  favourites: () => readonly { address: string; name: string }[]
  lists: () => readonly StoredList[]
  setFavourite: (wish: { address: string; name: string; on: boolean }) => Promise<Outcome<null>>
  prefer: (wish: { nationalId: string; address: string | null }) => Promise<Outcome<null>>
  /** Answers the list's id. `directory.list-exists`. */
  saveList: (wish: {
    id: number | null
    name: string
    members: readonly { name: string; address: string }[]
  }) => Promise<Outcome<number>>
  deleteList: (id: number) => Promise<Outcome<null>>
  makeFolder: (folder: string) => Promise<void>
}

export const createChoices = (vault: Pick<Vault, 'run'>): Choices => {
  let favourites = new Map<string, string>()
  let preferred = new Map<string, string>()
  let lists: StoredList[] = []

  const loadLists = async (): Promise<Outcome<null>> => {
    const found = await vault.run('lists.all', {})
    if (!found.ok) return found
    lists = found.value
    return ok(null)
  }

  return {
    load: async () => {
      const [marked, chosen] = await Promise.all([
        vault.run('favourites.list', {}),
        vault.run('preferred.list', {}),
        loadLists(),
      ])
      favourites = new Map(marked.ok ? marked.value.map(({ address, name }) => [address, name]) : [])
      preferred = new Map(chosen.ok ? chosen.value.map((one) => [one.nationalId, one.address]) : [])
    },
    forget: () => {
      favourites = new Map()
      preferred = new Map()
      lists = []
    },
    isFavourite: (address) => favourites.has(address.toLowerCase()),
    preferredOf: (nationalId) => preferred.get(nationalId) ?? null,
    favourites: () => [...favourites].map(([address, name]) => ({ address, name })),
    lists: () => lists,
    setFavourite: async (wish) => {
      const done = await vault.run('favourites.set', wish)
      if (!done.ok) return done
      if (wish.on) favourites.set(wish.address.toLowerCase(), wish.name)
      else favourites.delete(wish.address.toLowerCase())
      return ok(null)
    },
    prefer: async (wish) => {
      const done = await vault.run('preferred.set', wish)
      if (!done.ok) return done
      if (wish.address === null) preferred.delete(wish.nationalId)
      else preferred.set(wish.nationalId, wish.address.toLowerCase())
      return ok(null)
    },
    saveList: async (wish) => {
      const folded = fold(wish.name)
      const saved = await vault.run('lists.save', wish)
      if (!saved.ok) return saved
      if (saved.value === null) {
        const exists = lists.some((list) => list.id !== wish.id && fold(list.name) === folded)
        return fail(exists ? 'directory.list-exists' : 'vault.not-found', { retry: 'after-change' })
      }
      const loaded = await loadLists()
      return loaded.ok ? ok(saved.value) : loaded
    },
    deleteList: async (id) => {
      const done = await vault.run('lists.delete', { id })
      return done.ok ? loadLists() : done
    },
    makeFolder: async (folder) => {
      await mkdir(folder, { recursive: true, mode: 0o700 })
    },
  }
}
