import type { CardBinding } from '../contract/index.ts'
import type { SeenCard, Sight } from './protocol.ts'

const rank: Record<CardBinding, number> = { opens: 3, renewed: 2, unbound: 1, other: 0 }

/** The cards of every reader. */
export const cardsOf = (sight: Sight | null): SeenCard[] =>
  sight?.readers.flatMap(({ card }) => (card ? [card] : [])) ?? []

/**
 * Which of several cards is meant, never by the order of readers: the one the user chose, by its serial, else an open one, else
 * the one that opens a mailbox here, else the one put in last.
 */
export const cardInUse = (
  sight: Sight | null,
  chosenSerial: string | null,
  bindingOf: (card: SeenCard) => CardBinding,
): SeenCard | null => {
  const cards = cardsOf(sight)
  const chosen = cards.find(({ serial }) => serial === chosenSerial)
  if (chosen) return chosen
  const open = cards.find((card) => card.open)
  if (open) return open
  const [best] = cards
    .map((card) => ({ card, rank: rank[bindingOf(card)] }))
    .sort((a, b) => b.rank - a.rank || b.card.insertion - a.card.insertion)
  return best?.card ?? null
}
