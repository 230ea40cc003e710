import { useEffect, useRef, useState } from 'react'
import type { AppError, PinEntry } from '../../app/contract/index.ts'
import { asksPin, CardTrouble, PinForm, toldByCard } from '../card/index.ts'
import { invoke } from '../client/index.ts'
import { cardStore, useStore } from '../data/index.ts'
import { Dialog } from '../design/index.ts'
import { t } from '../i18n/index.ts'

/**
 * Opens the card to sign, or for what the title says, when the session was opened without it or its process restarted (`card.login`).
 * Closed while the card is at work, it is given up: nothing goes on by itself. Opened again meanwhile, it waits for that same work.
 */
export const PinDialog = ({
  title = t('composer.pinTitle'),
  submitLabel = t('composer.pinSubmit'),
  safe = t('composer.pinSafe'),
  isOpen,
  onClose,
  onOpened,
}: {
  title?: string
  submitLabel?: string
  /** What stays as it is while there is no card. */
  safe?: string
  isOpen: boolean
  onClose: () => void
  /** The card is open: what waited for it may go on. */
  onOpened: () => void
}) => {
  const card = useStore(cardStore)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<AppError | null>(null)
  const latest = useRef({ isOpen, onOpened })
  useEffect(() => {
    latest.current = { isOpen, onOpened }
    return () => {
      latest.current = { isOpen: false, onOpened }
    }
  }, [isOpen, onOpened])
  const close = (): void => {
    setError(null)
    onClose()
  }
  const login = async (entry: PinEntry): Promise<void> => {
    setBusy(true)
    setError(null)
    const outcome = await invoke('card.login', entry)
    setBusy(false)
    if (!latest.current.isOpen) return
    if (outcome.ok) latest.current.onOpened()
    else if (!toldByCard(outcome.error)) setError(outcome.error)
  }
  return (
    <Dialog title={title} isOpen={isOpen} onClose={close} width="narrow">
      {asksPin(card) ? (
        <PinForm card={card} busy={busy} error={error} submitLabel={submitLabel} onSubmit={login} />
      ) : (
        <CardTrouble card={card} safe={safe} />
      )}
    </Dialog>
  )
}
