import { useEffect, useRef, useState } from 'react'
import type { AppError, CardToken } from '../../app/contract/index.ts'
import { Banner, Button, ErrorBanner, PinField, pinLength, Spinner } from '../design/index.ts'
import { errorSentence, t } from '../i18n/index.ts'

/** The PIN and what the card said of the last one. */
export const PinForm = ({
  token,
  wrong,
  triesLeft,
  busy,
  error,
  submitLabel,
  onSubmit,
}: {
  token: CardToken
  /** The last PIN was refused. */
  wrong: boolean
  triesLeft: number | null
  busy: boolean
  /** Anything but a wrong PIN. */
  error: AppError | null
  submitLabel: string
  onSubmit: (pin: string) => Promise<void>
}) => {
  const [pin, setPin] = useState('')
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (!busy) input.current?.focus()
  }, [busy, token.serial])
  const lastTry = triesLeft === 1
  const submit = async (): Promise<void> => {
    if (pin.length !== pinLength || busy) return
    const typed = pin
    // The typed digits leave the window's state before the card is asked.
    setPin('')
    await onSubmit(typed)
  }
  const wrongSentence = errorSentence({
    code: 'card.pin-incorrect',
    details: triesLeft === null ? {} : { triesLeft },
  })
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
      <PinField
        label={t('unlock.pinLabel')}
        value={pin}
        onChange={setPin}
        isInvalid={wrong && pin === ''}
        isDisabled={busy}
        describedBy="pin-card pin-note"
        inputRef={input}
      />
      <div id="pin-note" aria-live="polite">
        {lastTry && !busy ? (
          <Banner tone="error" title={t('unlock.lastTryTitle')}>
            <p>{t('unlock.lastTryText')}</p>
          </Banner>
        ) : wrong && !busy ? (
          <Banner tone="warn" title={wrongSentence.what}>
            <p>{wrongSentence.safe}</p>
          </Banner>
        ) : null}
      </div>
      {error ? <ErrorBanner error={error} /> : null}
      <Button type="submit" variant="primary" size="large" wide isDisabled={busy || pin.length !== pinLength}>
        {busy ? <Spinner label={t('unlock.opening')} /> : null}
        {busy ? t('unlock.opening') : submitLabel}
      </Button>
    </form>
  )
}
