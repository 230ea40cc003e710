import { useState } from 'react'
import type { AppError, Opening, Outcome, SessionState } from '../../app/contract/index.ts'
import {
  asksPin,
  CardChoice,
  CardPicture,
  CardTrouble,
  openPanel,
  PinForm,
  toldByCard,
} from '../card/index.ts'
import { invoke } from '../client/index.ts'
import { cardStore, settingsStore, useStore } from '../data/index.ts'
import { Banner, Button, Logo } from '../design/index.ts'
import { greetingName, personName, t } from '../i18n/index.ts'
import { RestoreForm } from './restore-form.tsx'
import { SecretForm } from './secret-form.tsx'
import './unlock.css'

type Way = 'card' | 'passphrase' | 'recovery'
type Closed = Extract<SessionState, { phase: 'locked' | 'opening' }>
type Locked = Extract<SessionState, { phase: 'locked' }>

/** A card that opens none of the mailboxes here: its PIN would open nothing, and not asking saves a try. */
const Stranger = ({
  renewed,
  name,
  onNewMailbox,
}: {
  /** The new card of somebody whose mailbox is here. */
  renewed: boolean
  name: string | null
  onNewMailbox: () => void
}) => (
  <div className="unlock-stranger" role="status">
    <h2>{t(renewed ? 'unlock.renewedTitle' : 'unlock.strangerTitle')}</h2>
    <p>{t(renewed ? 'unlock.renewedText' : 'unlock.strangerText')}</p>
    {renewed ? null : (
      <Button variant="primary" size="large" wide onPress={onNewMailbox}>
        {name === null ? t('unlock.newMailbox') : t('unlock.newMailboxOf', { name })}
      </Button>
    )}
    {renewed ? null : <p className="muted small">{t('unlock.strangerOwn')}</p>}
  </div>
)

/**
 * The door: card picture on the left, what to do on the right. Shown whenever a mailbox exists and none is open; the inserted
 * card says whose door it is.
 */
export const UnlockScreen = ({ session, onNewMailbox }: { session: Closed; onNewMailbox: () => void }) => {
  const card = useStore(cardStore)
  const settings = useStore(settingsStore)
  const [last, setLast] = useState<Locked | null>(session.phase === 'locked' ? session : null)
  if (session.phase === 'locked' && session !== last) setLast(session)
  const ways = new Set(last?.ways)
  const cardUser = last?.cardUser ?? null
  const [chosen, setChosen] = useState<Way | null>(null)
  const way: Way = chosen ?? (ways.has('card') || !ways.has('passphrase') ? 'card' : 'passphrase')
  const [asking, setAsking] = useState(false)
  const [error, setError] = useState<AppError | null>(null)
  /** What the user does about a damaged store. */
  const [repair, setRepair] = useState<'rebuild' | 'restore' | null>(null)
  const busy = asking || session.phase === 'opening'
  const token = 'token' in card ? card.token : null
  const holder = token?.holder ?? null
  const stranger = token !== null && cardUser !== null && !cardUser.enrolled
  const renewed = stranger && cardUser.mailbox !== 'none'
  // Another card, another person: what was said to the former one is not for this one.
  const [errorFor, setErrorFor] = useState(token?.serial)
  if (token?.serial !== errorFor) {
    setErrorFor(token?.serial)
    if (!busy) setError(null)
  }

  const ask = async (question: () => Promise<Outcome<null>>): Promise<void> => {
    setAsking(true)
    setError(null)
    const answer = await question()
    setAsking(false)
    setError(answer.ok || toldByCard(answer.error) ? null : answer.error)
  }
  /** The same secret opens the store, or opens what can still be read of it. */
  const openBy = (opening: Opening): Promise<void> =>
    ask(() => {
      if (repair === 'rebuild') return invoke('session.rebuild', { opening })
      if (opening.kind === 'card') {
        const { kind: _, ...entry } = opening
        return invoke('session.openWithCard', entry)
      }
      return opening.kind === 'passphrase'
        ? invoke('session.openWithPassphrase', { passphrase: opening.passphrase })
        : invoke('session.openWithRecovery', { code: opening.code })
    })
  const choose = (next: Way): void => {
    setChosen(next)
    setError(null)
  }

  return (
    <div className="unlock">
      <main className="unlock-box">
        <section className="unlock-welcome">
          <div className="unlock-logo">
            <Logo /> SousPli
          </div>
          <h1>{holder ? t('unlock.hello', { name: greetingName(holder) }) : t('unlock.helloNobody')}</h1>
          <p>
            {stranger ? t('unlock.strangerHello') : holder ? t('unlock.recognised') : t('unlock.waiting')}
          </p>
          <CardPicture holder={holder} dimmed={!asksPin(card)} />
        </section>
        <section className="unlock-door">
          {session.phase === 'locked' && session.reason !== 'start' && !stranger ? (
            <Banner
              tone={session.reason === 'error' ? 'warn' : 'info'}
              title={t(`unlock.reason-${session.reason}`)}
            />
          ) : null}
          {repair === 'rebuild' ? <Banner tone="info" title={t('storage.rebuildAgain')} /> : null}
          {repair === 'restore' ? (
            <>
              <h2>{t('storage.restoreTitle')}</h2>
              <p>{t('storage.restoreText')}</p>
              <RestoreForm />
            </>
          ) : way === 'card' ? (
            <>
              <CardChoice />
              {stranger ? (
                <Stranger
                  renewed={renewed}
                  name={holder ? personName(holder) : null}
                  onNewMailbox={onNewMailbox}
                />
              ) : asksPin(card) ? (
                <PinForm
                  card={card}
                  busy={busy}
                  error={error}
                  submitLabel={repair === 'rebuild' ? t('storage.rebuildDo') : t('unlock.open')}
                  onSubmit={(entry) => openBy({ kind: 'card', ...entry })}
                />
              ) : (
                <CardTrouble card={card} />
              )}
              {card.state === 'blocked' ? (
                <Button onPress={() => openPanel('unblock')}>{t('ownCard.unblock')}</Button>
              ) : null}
            </>
          ) : (
            <SecretForm
              key={way}
              kind={way}
              busy={busy}
              error={error}
              onSubmit={(secret) =>
                openBy(
                  way === 'passphrase'
                    ? { kind: 'passphrase', passphrase: secret }
                    : { kind: 'recovery', code: secret },
                )
              }
            />
          )}
          {error?.code === 'vault.corrupt' && repair === null ? (
            <div className="unlock-repair">
              <Button onPress={() => setRepair('restore')}>{t('storage.restore')}</Button>
              <Button
                onPress={() => {
                  setRepair('rebuild')
                  setError(null)
                }}
              >
                {t('storage.rebuild')}
              </Button>
            </div>
          ) : null}
          <nav className="unlock-other" aria-label={t('unlock.otherWays')}>
            {way !== 'card' ? (
              <Button variant="link" onPress={() => choose('card')}>
                {t('unlock.useCard')}
              </Button>
            ) : null}
            {way !== 'passphrase' && ways.has('passphrase') ? (
              <Button variant="link" onPress={() => choose('passphrase')}>
                {t('unlock.usePassphrase')}
              </Button>
            ) : null}
            {way !== 'recovery' && ways.has('recovery') ? (
              <Button variant="link" onPress={() => choose('recovery')}>
                {t('unlock.useRecovery')}
              </Button>
            ) : null}
            {stranger ? null : (
              <Button variant="link" isDisabled={busy} onPress={onNewMailbox}>
                {t('unlock.newUser')}
              </Button>
            )}
            <Button variant="link" onPress={() => openPanel('card')}>
              {t('unlock.card')}
            </Button>
            <Button variant="link" onPress={() => openPanel('diagnosis')}>
              {t('diagnosis.title')}
            </Button>
          </nav>
        </section>
      </main>
      <Button
        variant="link"
        className="unlock-language"
        onPress={() => void invoke('settings.set', { language: settings.language === 'fr' ? 'en' : 'fr' })}
      >
        {settings.language === 'fr' ? 'English' : 'Français'}
      </Button>
    </div>
  )
}
