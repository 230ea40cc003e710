import type { CardBinding } from '../contract/index.ts'
import type { SeenCard, Sight } from './protocol.ts'

const rank: Record<CardBinding, number> = { opens: 3, renewed: 2, unbound: 1, other: 0 }

/** The cards of every reader. */
export const cardsOf = (sight: Sight | null): SeenCard[] =>
  sight?.readers.flatMap(({ card }) => (card ? [card] : [])) ?? []

/**
 * Which of several cards is meant, never by the order of readers: the one the user named (chose, else opened, even if its login
 * was lost since), by its serial, else the one that opens a mailbox here, else the one put in last.
 */
export const cardInUse = (
  sight: Sight | null,
  named: readonly (string | null)[],
  bindingOf: (card: SeenCard) => CardBinding,
): SeenCard | null => {
  const cards = cardsOf(sight)
  for (const wanted of named) {
    const card = cards.find(({ serial }) => serial === wanted)
    if (card) return card
  }
  const [best] = cards
    .map((card) => ({ card, rank: rank[bindingOf(card)] }))
    .sort((a, b) => b.rank - a.rank || b.card.insertion - a.card.insertion)
  return best?.card ?? null
}
