import { cardStore, readersStore, sessionStore, useStore } from '../data/index.ts'
import { Banner, Button } from '../design/index.ts'
import { personName, t } from '../i18n/index.ts'
import { openPanel } from './panel.ts'
import { colleagueAt, switchTo, type Colleague } from './switching.ts'

/** What a card that was just put in may be for: a colleague's turn, or a renewed card to enrol; null for nothing new. */
const usePurpose = (): Colleague | 'renewed' | null => {
  const session = useStore(sessionStore)
  const card = useStore(cardStore)
  const readers = useStore(readersStore)
  const colleague = colleagueAt(session, card, readers)
  if (colleague) return colleague
  const renewed =
    session?.phase === 'open' && session.cardUser?.mailbox === 'this' && !session.cardUser.enrolled
  return renewed ? 'renewed' : null
}

/** Whether `CardBanners` shows something. */
export const useCardBanner = (): boolean => usePurpose() !== null

/** Says, above an open mailbox, what a card that was just put in may be for. */
export const CardBanners = () => {
  const purpose = usePurpose()
  if (purpose === null) return null
  if (purpose === 'renewed')
    return (
      <Banner
        tone="info"
        title={t('ownCard.renewedTitle')}
        actions={
          <Button variant="primary" size="small" onPress={() => openPanel('enrol')}>
            {t('ownCard.enrol')}
          </Button>
        }
      >
        <p>{t('ownCard.renewedText')}</p>
      </Banner>
    )
  return (
    <Banner
      tone="info"
      title={t('ownCard.switchTitle', {
        name: purpose.holder ? personName(purpose.holder) : purpose.serial,
      })}
      actions={
        <Button variant="primary" size="small" onPress={() => void switchTo(purpose.serial)}>
          {t('ownCard.switchDo')}
        </Button>
      }
    >
      <p>{t('ownCard.switchText')}</p>
    </Banner>
  )
}
