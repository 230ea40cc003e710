import { useState } from 'react'
import type { AppError } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { cardStore, useStore } from '../data/index.ts'
import { Dialog } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { CardTrouble, PinForm } from '../unlock/index.ts'

/** Opens the card to sign, when the session was opened without it or its process restarted (`card.login`). */
export const PinDialog = ({
  isOpen,
  onClose,
  onOpened,
}: {
  isOpen: boolean
  onClose: () => void
  /** The card is open: what waited for it may go on. */
  onOpened: () => void
}) => {
  const card = useStore(cardStore)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<AppError | null>(null)
  const login = async (pin: string): Promise<void> => {
    setBusy(true)
    setError(null)
    const outcome = await invoke('card.login', { pin })
    setBusy(false)
    if (outcome.ok) onOpened()
    // A wrong PIN is told by the card's own state, with the tries left.
    else if (outcome.error.code !== 'card.pin-incorrect') setError(outcome.error)
  }
  return (
    <Dialog title={t('composer.pinTitle')} isOpen={isOpen} onClose={onClose} width="narrow">
      {card.state === 'pin-needed' || card.state === 'pin-wrong' || card.state === 'open' ? (
        <PinForm
          token={card.token}
          wrong={card.state === 'pin-wrong'}
          triesLeft={card.state === 'open' ? null : card.triesLeft}
          busy={busy}
          error={error}
          submitLabel={t('composer.pinSubmit')}
          onSubmit={login}
        />
      ) : (
        <CardTrouble card={card} safe={t('composer.pinSafe')} />
      )}
    </Dialog>
  )
}
