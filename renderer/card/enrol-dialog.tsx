import { useState } from 'react'
import type { AppError, PinEntry } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { cardStore, useStore } from '../data/index.ts'
import { Dialog, showToast } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { CardTrouble } from './card-trouble.tsx'
import { asksPin, PinForm, toldByCard } from './pin-form.tsx'

/** Makes the card in use open the open mailbox too: a renewed card, or the first one of who began with a passphrase. */
export const EnrolDialog = ({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) => {
  const card = useStore(cardStore)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<AppError | null>(null)
  const enrol = async (entry: PinEntry): Promise<void> => {
    setBusy(true)
    setError(null)
    const answer = await invoke('session.enrolCard', entry)
    setBusy(false)
    if (answer.ok) {
      showToast({ text: t('ownCard.enrolled') })
      onClose()
    } else setError(toldByCard(answer.error) ? null : answer.error)
  }
  return (
    <Dialog title={t('ownCard.enrolTitle')} isOpen={isOpen} onClose={onClose} width="narrow">
      <div className="pin-care-form">
        <p>{t('ownCard.enrolText')}</p>
        {asksPin(card) ? (
          <PinForm
            card={card}
            busy={busy}
            error={error}
            submitLabel={t('ownCard.enrolDo')}
            onSubmit={enrol}
          />
        ) : (
          <CardTrouble card={card} />
        )}
      </div>
    </Dialog>
  )
}
