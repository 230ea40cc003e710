import { ArrowLeftRight, KeyRound, Link2, LockOpen, Stethoscope } from 'lucide-react'
import type { CardReader, SessionState } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { cardStore, readersStore, sessionStore, useStore } from '../data/index.ts'
import { Banner, Button, Dialog, showError } from '../design/index.ts'
import { personName, t } from '../i18n/index.ts'
import { CardIdentity } from './card-identity.tsx'
import { CardPicture } from './card-picture.tsx'
import { CardTrouble } from './card-trouble.tsx'
import { openPanel } from './panel.ts'
import { ReadersList } from './readers-list.tsx'
import { colleagueAt, switchTo } from './switching.ts'

const userOf = (session: SessionState | null) =>
  session?.phase === 'open' || session?.phase === 'locked' ? session.cardUser : null

/** Which mailbox of this workstation the card in use opens. */
const Opens = ({ session }: { session: SessionState | null }) => {
  const user = userOf(session)
  // Whose cards open it is nobody's business on a lock screen.
  const cards =
    session?.phase === 'open'
      ? session.slots
          .filter(({ kind }) => kind === 'card')
          .map(({ label, cardSerial }) => label || cardSerial)
      : []
  if (user === null && cards.length === 0) return null
  return (
    <section aria-labelledby="card-opens">
      <h3 id="card-opens">{t('ownCard.opens')}</h3>
      {user ? (
        <p>
          {t(
            user.mailbox === 'none' || user.enrolled
              ? `ownCard.opens-${user.mailbox}`
              : 'ownCard.opens-renewed',
          )}
        </p>
      ) : null}
      {cards.length > 0 ? (
        <p className="muted">{t('ownCard.opensWith', { cards: cards.join(', '), count: cards.length })}</p>
      ) : null}
    </section>
  )
}

/** « Ma carte et les lecteurs »: whose card, what it opens, what is in each reader, and everything one can do about it. */
export const CardDialog = ({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) => {
  const card = useStore(cardStore)
  const session = useStore(sessionStore)
  const readers = useStore(readersStore)
  const token = 'token' in card ? card.token : null
  const colleague = colleagueAt(session, card, readers)
  const user = userOf(session)
  const mayEnrol = session?.phase === 'open' && user !== null && user.mailbox !== 'other' && !user.enrolled
  const use = (reader: CardReader): void => {
    if (!reader.token) return
    const { serial } = reader.token
    // A mailbox opened by its card closes when that card is left for another's.
    if (session?.phase === 'open' && session.openedBy === 'card') void switchTo(serial)
    else
      void invoke('card.choose', { serial }).then((chosen) => {
        if (!chosen.ok) showError(chosen.error)
      })
  }
  return (
    <Dialog
      title={t('ownCard.title')}
      isOpen={isOpen}
      onClose={onClose}
      width="wide"
      actions={
        <>
          <Button onPress={() => openPanel('diagnosis')}>
            <Stethoscope aria-hidden="true" /> {t('ownCard.diagnosis')}
          </Button>
          {token && card.state !== 'dead' ? (
            card.state === 'blocked' ? (
              <Button variant="primary" onPress={() => openPanel('unblock')}>
                <LockOpen aria-hidden="true" /> {t('ownCard.unblock')}
              </Button>
            ) : (
              <Button onPress={() => openPanel('change')}>
                <KeyRound aria-hidden="true" /> {t('ownCard.changePin')}
              </Button>
            )
          ) : null}
          {mayEnrol ? (
            <Button onPress={() => openPanel('enrol')}>
              <Link2 aria-hidden="true" /> {t('ownCard.enrol')}
            </Button>
          ) : null}
          {colleague ? (
            <Button variant="primary" onPress={() => switchTo(colleague.serial)}>
              <ArrowLeftRight aria-hidden="true" />{' '}
              {t('ownCard.switchTo', {
                name: colleague.holder ? personName(colleague.holder) : colleague.serial,
              })}
            </Button>
          ) : null}
        </>
      }
    >
      <div className="card-window">
        {token ? (
          <>
            <CardPicture holder={token.holder} />
            {card.state === 'blocked' || card.state === 'dead' ? <CardTrouble card={card} /> : null}
            {'triesLeft' in card && card.triesLeft !== null && card.triesLeft > 0 ? (
              <Banner tone="warn" title={t('ownCard.triesLeft', { tries: card.triesLeft })} />
            ) : null}
            <CardIdentity token={token} />
          </>
        ) : (
          <CardTrouble card={card} />
        )}
        <Opens session={session} />
        <ReadersList onUse={use} />
      </div>
    </Dialog>
  )
}
