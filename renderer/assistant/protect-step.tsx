import { useState } from 'react'
import type { AppError, Outcome } from '../../app/contract/index.ts'
import { asksPin, CardChoice, CardPicture, CardTrouble, PinForm, toldByCard } from '../card/index.ts'
import { invoke } from '../client/index.ts'
import { cardStore, useStore } from '../data/index.ts'
import { Button, ErrorBanner, Segments, Spinner } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { NewPassphrase } from '../unlock/index.ts'

/** Characters of a passphrase below which the core refuses it anyway; said before asking. */
const PassphraseForm = ({
  busy,
  error,
  onSubmit,
}: {
  busy: boolean
  error: AppError | null
  onSubmit: (passphrase: string) => void
}) => {
  const [passphrase, setPassphrase] = useState<string | null>(null)
  return (
    <form
      className="assistant-form"
      onSubmit={(event) => {
        event.preventDefault()
        if (passphrase !== null && !busy) onSubmit(passphrase)
      }}
    >
      <NewPassphrase label={t('assistant.passphrase')} isDisabled={busy} onChange={setPassphrase} />
      {error ? <ErrorBanner error={error} /> : null}
      <Button type="submit" variant="primary" size="large" isDisabled={passphrase === null || busy}>
        {busy ? <Spinner label={t('assistant.creating')} /> : null}
        {t('assistant.createVault')}
      </Button>
    </form>
  )
}

/** Card or passphrase: what will open the messages on this workstation. */
export const ProtectStep = ({
  beside,
  onCreated,
  onCancel,
}: {
  /** For somebody else than those who have a mailbox on this workstation already. */
  beside: boolean
  onCreated: (recoveryCode: string) => void
  onCancel?: () => void
}) => {
  const card = useStore(cardStore)
  const [way, setWay] = useState<'card' | 'passphrase'>('card')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<AppError | null>(null)
  const create = async (question: () => Promise<Outcome<{ recoveryCode: string }>>): Promise<void> => {
    setBusy(true)
    setError(null)
    const answer = await question()
    setBusy(false)
    if (answer.ok) onCreated(answer.value.recoveryCode)
    else setError(toldByCard(answer.error) ? null : answer.error)
  }
  return (
    <div className="assistant-step">
      <h1>{t(beside ? 'assistant.besideTitle' : 'assistant.protectTitle')}</h1>
      <p className="assistant-lead">{t(beside ? 'assistant.besideText' : 'assistant.protectText')}</p>
      <Segments
        label={t('assistant.protectWith')}
        value={way}
        options={[
          { value: 'card', label: t('assistant.withCard') },
          { value: 'passphrase', label: t('assistant.withPassphrase') },
        ]}
        onChange={(next) => {
          setWay(next)
          setError(null)
        }}
      />
      {way === 'passphrase' ? (
        <PassphraseForm
          busy={busy}
          error={error}
          onSubmit={(passphrase) =>
            void create(() => invoke('session.createWithPassphrase', { passphrase, beside }))
          }
        />
      ) : asksPin(card) ? (
        <div className="assistant-card">
          <CardPicture holder={card.token.holder} />
          <div className="assistant-card-form">
            <CardChoice />
            <PinForm
              card={card}
              busy={busy}
              error={error}
              submitLabel={t('assistant.createVault')}
              onSubmit={(entry) => create(() => invoke('session.createWithCard', entry))}
            />
          </div>
        </div>
      ) : (
        <CardTrouble card={card} />
      )}
      {onCancel ? (
        <div className="assistant-row">
          <Button variant="link" isDisabled={busy} onPress={onCancel}>
            {t('common.back')}
          </Button>
        </div>
      ) : null}
    </div>
  )
}
