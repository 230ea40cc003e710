import { Button as AriaButton } from 'react-aria-components'
import { cardStore, readersStore, sessionStore, useStore } from '../data/index.ts'
import { fullName, t } from '../i18n/index.ts'
import { openPanel } from './panel.ts'
import { colleagueAt } from './switching.ts'

type ChipState = 'open' | 'asks' | 'away' | 'trouble' | 'none'

const tones: Readonly<Record<ChipState, string>> = {
  open: 'ok',
  asks: 'warn',
  away: 'warn',
  trouble: 'alert',
  none: 'neutral',
}

/** Who is at the keyboard and how the card stands; opens « Ma carte et les lecteurs ». */
export const CardChip = () => {
  const session = useStore(sessionStore)
  const card = useStore(cardStore)
  const readers = useStore(readersStore)
  if (session?.phase !== 'open') return null
  const { holder } = session
  const byCard = session.openedBy === 'card'
  const state: ChipState =
    card.state === 'open'
      ? 'open'
      : card.state === 'blocked' || card.state === 'dead' || card.state === 'module-failed'
        ? 'trouble'
        : session.cardAway !== null
          ? 'away'
          : 'token' in card
            ? 'asks'
            : 'none'
  const word = t(`ownCard.chip-${state}`)
  return (
    <AriaButton className="card-chip-button" onPress={() => openPanel('card')}>
      <span className="card-chip-dot" data-tone={tones[state]} aria-hidden="true" />
      <span className="card-chip-name">
        {byCard ? 'CPS · ' : ''}
        {holder ? fullName(holder) : t('shell.openedWithout')}
        {byCard && holder?.rpps ? <span className="card-chip-rpps"> · RPPS {holder.rpps}</span> : null}
        {state === 'open' || state === 'none' ? null : <span className="card-chip-state"> · {word}</span>}
      </span>
      <span className="visually-hidden"> · {t('ownCard.chip', { state: word })}</span>
      {colleagueAt(session, card, readers) ? <span className="card-chip-badge" aria-hidden="true" /> : null}
    </AriaButton>
  )
}
