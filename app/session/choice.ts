import type { CardBinding, CardState, CardUser } from '../contract/index.ts'
import type { Owners, Vaults } from '../vault/index.ts'

/** Which mailbox of a shared workstation a card is for (docs/decisions/0017). */
export interface Choice {
  /** Whose the inserted card is; null without a card. */
  user(card: CardState): CardUser | null
  /** Puts the mailbox of the inserted card at hand; true when it was another one's. Only with every store closed. */
  follow(card: CardState): boolean
}

/** What a card says of itself. */
interface CardName {
  serial: string
  nationalId: string | null
}

/** The store that is a card's, and whether the card itself opens it: a renewed one is told by its owner. */
const storeOf = (
  vaults: Pick<Vaults, 'list'>,
  owners: Pick<Owners, 'storeOf'>,
  { serial, nationalId }: CardName,
): { store: string | null; enrolled: boolean } => {
  const stores = vaults.list()
  const mine = stores.find(({ slots }) => slots.some(({ cardSerial }) => cardSerial === serial))
  if (mine) return { store: mine.id, enrolled: true }
  const owned = nationalId === null ? null : owners.storeOf(nationalId)
  return { store: stores.some(({ id }) => id === owned) ? owned : null, enrolled: false }
}

/** What a card is to the mailboxes of this workstation (contract/card.ts). */
export const createBinding =
  (vaults: Pick<Vaults, 'list'>, owners: Pick<Owners, 'storeOf'>) =>
  (card: CardName): CardBinding => {
    const { store, enrolled } = storeOf(vaults, owners, card)
    if (enrolled) return 'opens'
    if (store !== null) return 'renewed'
    return vaults.list().some(({ slots }) => slots.some(({ kind }) => kind === 'card')) ? 'other' : 'unbound'
  }

/** A store's slots name the cards that open it; a renewed card is told by its owner's national identifier. */
export const createChoice = (vaults: Vaults, owners: Owners): Choice => {
  const seek = (card: CardState): { store: string | null; enrolled: boolean } | null => {
    if (!('token' in card)) return null
    const { serial, holder } = card.token
    return storeOf(vaults, owners, { serial, nationalId: holder?.nationalId ?? null })
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
