import { useState } from 'react'
import type { AppError, Opening, Outcome, SessionState } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { cardStore, settingsStore, useStore } from '../data/index.ts'
import { Banner, Button, ErrorBanner, Logo } from '../design/index.ts'
import { greetingName, t } from '../i18n/index.ts'
import { CardPicture } from './card-picture.tsx'
import { CardTrouble } from './card-trouble.tsx'
import { PinForm } from './pin-form.tsx'
import { RestoreForm } from './restore-form.tsx'
import { SecretForm } from './secret-form.tsx'
import './unlock.css'

type Way = 'card' | 'passphrase' | 'recovery'
type Locked = Extract<SessionState, { phase: 'locked' | 'opening' }>

/** The door: card picture on the left, what to do on the right. Shown whenever a vault exists and is not open. */
export const UnlockScreen = ({ session }: { session: Locked }) => {
  const card = useStore(cardStore)
  const settings = useStore(settingsStore)
  const [lastSlots, setLastSlots] = useState(session.phase === 'locked' ? session.slots : [])
  if (session.phase === 'locked' && session.slots !== lastSlots) setLastSlots(session.slots)
  const kinds = new Set(lastSlots.map((slot) => slot.kind))
  const [chosen, setChosen] = useState<Way | null>(null)
  const way: Way = chosen ?? (kinds.has('card') || !kinds.has('passphrase') ? 'card' : 'passphrase')
  const [asking, setAsking] = useState(false)
  const [error, setError] = useState<AppError | null>(null)
  /** What the user does about a damaged store. */
  const [repair, setRepair] = useState<'rebuild' | 'restore' | null>(null)
  const busy = asking || session.phase === 'opening'
  const token = 'token' in card ? card.token : null
  const holder = token?.holder ?? null
  const cardSlots = lastSlots.filter((slot) => slot.kind === 'card')
  const otherCard =
    token !== null && cardSlots.length > 0 && !cardSlots.some((slot) => slot.cardSerial === token.serial)
  const pinAsked = card.state === 'pin-needed' || card.state === 'pin-wrong' || card.state === 'open'

  const ask = async (question: () => Promise<Outcome<null>>): Promise<void> => {
    setAsking(true)
    setError(null)
    const answer = await question()
    setAsking(false)
    // A wrong PIN is told by the card's own state, with the tries left.
    const toldByCard =
      !answer.ok && (answer.error.code === 'card.pin-incorrect' || answer.error.code === 'card.pin-locked')
    setError(answer.ok || toldByCard ? null : answer.error)
  }
  /** The same secret opens the store, or opens what can still be read of it. */
  const openBy = (opening: Opening): Promise<void> =>
    ask(() => {
      if (repair === 'rebuild') return invoke('session.rebuild', { opening })
      if (opening.kind === 'card') return invoke('session.openWithCard', { pin: opening.pin })
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
          <p>{holder && !otherCard ? t('unlock.recognised') : t('unlock.waiting')}</p>
          <CardPicture holder={holder} dimmed={!pinAsked} />
        </section>
        <section className="unlock-door">
          {session.phase === 'locked' && session.reason !== 'start' ? (
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
            pinAsked && token ? (
              otherCard ? (
                // Its PIN would open nothing here: not asking saves a try.
                <ErrorBanner error={{ code: 'card.other-card' }} />
              ) : (
                <PinForm
                  token={token}
                  wrong={card.state === 'pin-wrong'}
                  triesLeft={card.state === 'open' ? null : card.triesLeft}
                  busy={busy}
                  error={error}
                  submitLabel={repair === 'rebuild' ? t('storage.rebuildDo') : t('unlock.open')}
                  onSubmit={(pin) => openBy({ kind: 'card', pin })}
                />
              )
            ) : (
              <CardTrouble card={card} />
            )
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
            {way !== 'passphrase' && kinds.has('passphrase') ? (
              <Button variant="link" onPress={() => choose('passphrase')}>
                {t('unlock.usePassphrase')}
              </Button>
            ) : null}
            {way !== 'recovery' && kinds.has('recovery') ? (
              <Button variant="link" onPress={() => choose('recovery')}>
                {t('unlock.useRecovery')}
              </Button>
            ) : null}
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
