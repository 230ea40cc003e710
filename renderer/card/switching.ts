import type { CardHolder, CardReader, CardState, SessionState } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { showError } from '../design/index.ts'

/** A colleague whose card is here while somebody else's mailbox is open. */
export interface Colleague {
  serial: string
  holder: CardHolder | null
}

/** The colleague who could take over: the card in use is his, or another reader has a card that opens another mailbox. */
export const colleagueAt = (
  session: SessionState | null,
  card: CardState,
  readers: readonly CardReader[],
): Colleague | null => {
  if (session?.phase !== 'open') return null
  if (session.cardUser?.mailbox === 'other' && 'token' in card)
    return { serial: card.token.serial, holder: card.token.holder }
  const mine = session.slots.map(({ cardSerial }) => cardSerial)
  const own = 'token' in card ? card.token.holder?.nationalId : undefined
  const other = readers.find(
    ({ token, inUse }) =>
      token !== null &&
      !inUse &&
      (token.binding === 'opens' || token.binding === 'renewed') &&
      !mine.includes(token.serial) &&
      (own === undefined || token.holder?.nationalId !== own),
  )
  return other?.token ? { serial: other.token.serial, holder: other.token.holder } : null
}

/** Closes the open mailbox and puts the colleague's at hand. */
export const switchTo = async (serial: string): Promise<void> => {
  const switched = await invoke('session.switchTo', { serial })
  if (!switched.ok) showError(switched.error)
}
