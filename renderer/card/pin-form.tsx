import { useEffect, useRef, useState } from 'react'
import type { AppError, CardState, PinEntry } from '../../app/contract/index.ts'
import { Banner, Button, ErrorBanner, PinField, pinLength, Spinner } from '../design/index.ts'
import { errorSentence, t } from '../i18n/index.ts'

/** States in which the PIN can be asked. */
type Asking = Extract<CardState, { state: 'pin-needed' | 'pin-wrong' | 'pin-on-reader' | 'open' }>

/** The card asks for its PIN (or is open, and a new opening asks for it again). */
export const asksPin = (card: CardState): card is Asking =>
  card.state === 'pin-needed' ||
  card.state === 'pin-wrong' ||
  card.state === 'pin-on-reader' ||
  card.state === 'open'

const OnReader = () => (
  <div className="pin-on-reader" role="status">
    <Spinner label={t('ownCard.onReaderTitle')} size="large" />
    <div>
      <h2>{t('ownCard.onReaderTitle')}</h2>
      <p>{t('ownCard.onReaderText')}</p>
    </div>
  </div>
)

/** What the last PIN did, and what is left. */
const PinNote = ({ card, wrong }: { card: Asking; wrong: boolean }) => {
  const triesLeft = 'triesLeft' in card ? card.triesLeft : null
  const sentence = errorSentence({
    code: 'card.pin-incorrect',
    details: triesLeft === null ? {} : { triesLeft },
  })
  if (triesLeft === 1)
    return (
      <Banner tone="error" title={t('ownCard.lastTryTitle')}>
        <p>{t('ownCard.lastTryText')}</p>
      </Banner>
    )
  if (wrong)
    return (
      <Banner tone="warn" title={sentence.what}>
        <p>{sentence.safe}</p>
      </Banner>
    )
  if (card.state === 'pin-needed' && card.again) return <Banner tone="info" title={t('ownCard.again')} />
  return triesLeft === null ? null : (
    <Banner tone="warn" title={t('ownCard.triesLeft', { tries: triesLeft })} />
  )
}

/**
 * The PIN of the card in use, typed here or on its reader's key pad. Before the last try it stops: the field comes back only
 * when the user insists.
 */
export const PinForm = ({
  card,
  busy,
  error,
  submitLabel,
  onSubmit,
}: {
  card: Asking
  busy: boolean
  /** Anything but a wrong PIN. */
  error: AppError | null
  submitLabel: string
  onSubmit: (entry: PinEntry) => Promise<void>
}) => {
  const { token } = card
  const wrong = card.state === 'pin-wrong'
  const lastTry = 'triesLeft' in card && card.triesLeft === 1
  const [pin, setPin] = useState('')
  /** The card whose last try the user wants to spend. */
  const [insists, setInsists] = useState<string | null>(null)
  const input = useRef<HTMLInputElement>(null)
  const insisting = lastTry && insists === token.serial
  const asks = !lastTry || insisting
  useEffect(() => {
    if (!busy) input.current?.focus()
  }, [busy, asks, token.serial])
  const submit = async (): Promise<void> => {
    if (busy || !asks || (!token.pinPad && pin.length !== pinLength)) return
    const typed = pin
    // The typed digits leave the window's state before the card is asked.
    setPin('')
    setInsists(null)
    await onSubmit({ pin: typed, serial: token.serial, ...(insisting ? { insist: true } : {}) })
  }
  if (card.state === 'pin-on-reader') return <OnReader />
  return (
    <form
      className="unlock-form"
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      <div>
        <h2>{t('unlock.pinTitle')}</h2>
        <p className="muted small" id="pin-card">
          {t('unlock.readerLine', { reader: token.reader, serial: token.serial })}
        </p>
      </div>
      {asks && !token.pinPad ? (
        <PinField
          label={t('unlock.pinLabel')}
          value={pin}
          onChange={setPin}
          isInvalid={wrong && pin === ''}
          isDisabled={busy}
          describedBy="pin-card pin-note"
          inputRef={input}
        />
      ) : null}
      <div id="pin-note" aria-live="polite">
        {busy ? null : <PinNote card={card} wrong={wrong} />}
      </div>
      {error ? <ErrorBanner error={error} /> : null}
      {asks ? (
        <Button
          type="submit"
          variant="primary"
          size="large"
          wide
          isDisabled={busy || (!token.pinPad && pin.length !== pinLength)}
        >
          {busy ? <Spinner label={t('unlock.opening')} /> : null}
          {busy ? t('unlock.opening') : token.pinPad ? t('ownCard.onReaderAsk') : submitLabel}
        </Button>
      ) : (
        <Button size="large" wide isDisabled={busy} onPress={() => setInsists(token.serial)}>
          {t('ownCard.lastTryInsist')}
        </Button>
      )}
    </form>
  )
}

/** Errors of a login that the card's own state tells better, with the tries left. */
export const toldByCard = (error: AppError): boolean =>
  error.code === 'card.pin-incorrect' || error.code === 'card.pin-locked' || error.code === 'card.last-try'
