import type { CardService } from './card/index.ts'
import {
  ok,
  type CoreMethod,
  type EventName,
  type EventPayload,
  type Input,
  type Outcome,
  type Output,
} from './contract/index.ts'

type Method = Extract<CoreMethod, `card.${string}`>
type Handlers = { [M in Method]: (input: Input<M>) => Promise<Outcome<Output<M>>> | Outcome<Output<M>> }

/** The calls of contract/card.ts. */
export const cardHandlers = (card: CardService): Handlers => ({
  'card.state': () => ok(card.state()),
  'card.readers': () => ok(card.readers()),
  'card.choose': ({ serial }) => card.choose(serial),
  'card.login': async (entry) => {
    const token = await card.login(entry)
    return token.ok ? ok(null) : token
  },
  'card.close': async () => {
    await card.logout()
    return ok(null)
  },
  'card.pinCare': () => ok({ by: card.pinCare() }),
  'card.changePin': (entry) => card.changePin(entry),
  'card.unblock': (entry) => card.unblock(entry),
})

/** Tells windows what becomes of the card and the readers, until the returned function is called. */
export const emitCard = (
  card: CardService,
  emit: <E extends EventName>(event: E, payload: EventPayload<E>) => void,
): (() => void) => {
  const offState = card.onChange((state) => emit('card.changed', state))
  const offReaders = card.onReaders((readers) => emit('card.readersChanged', readers))
  return () => {
    offState()
    offReaders()
  }
}
