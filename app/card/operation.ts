import type { Outcome } from '../contract/index.ts'
import type { CardConnection } from './connection.ts'
import type { CardRequest, Reply, SeenCard } from './protocol.ts'

/** The card in use, of this serial number when one is given, and the way to it; what is missing otherwise. */
export type Target = (serial?: string) => Outcome<{ card: SeenCard; link: CardConnection }>

/** One operation on a card; what its failure says of the card has been noted when it returns. */
export type Perform = <R extends CardRequest & { insertion: number }>(
  link: CardConnection,
  request: R,
) => Promise<Outcome<Reply<R['op']>>>
