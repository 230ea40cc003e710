import type { CardState, CardUser } from '../contract/index.ts'
import type { Owners, Vaults } from '../vault/index.ts'

/** Which mailbox of a shared workstation a card is for (docs/decisions/0017). */
export interface Choice {
  /** Whose the inserted card is; null without a card. */
  user(card: CardState): CardUser | null
  /** Puts the mailbox of the inserted card at hand; true when it was another one's. Only with every store closed. */
  follow(card: CardState): boolean
}

/** A store's slots name the cards that open it; a renewed card is told by its owner's national identifier. */
export const createChoice = (vaults: Vaults, owners: Owners): Choice => {
  const seek = (card: CardState): { store: string | null; enrolled: boolean } | null => {
    if (!('token' in card)) return null
    const { serial, holder } = card.token
    const stores = vaults.list()
    const mine = stores.find(({ slots }) => slots.some(({ cardSerial }) => cardSerial === serial))
    if (mine) return { store: mine.id, enrolled: true }
    const owned = holder ? owners.storeOf(holder.nationalId) : null
    return { store: stores.some(({ id }) => id === owned) ? owned : null, enrolled: false }
  }
  return {
    user: (card) => {
      const found = seek(card)
      if (!found) return null
      const { store, enrolled } = found
      return { mailbox: store === null ? 'none' : store === vaults.chosen() ? 'this' : 'other', enrolled }
    },
    follow: (card) => {
      const store = seek(card)?.store
      if (store === undefined || store === null || store === vaults.chosen()) return false
      return vaults.choose(store).ok
    },
  }
}
