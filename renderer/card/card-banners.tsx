import { cardStore, readersStore, sessionStore, useStore } from '../data/index.ts'
import { Banner, Button } from '../design/index.ts'
import { clock, personName, t } from '../i18n/index.ts'
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

/** The card that opened the mailbox is out, and the policy lets one read on. */
const useAway = (): { locksAt: string | null } | null => {
  const session = useStore(sessionStore)
  return session?.phase === 'open' ? session.cardAway : null
}

/** Whether `CardBanners` shows something. */
export const useCardBanner = (): boolean => {
  const away = useAway() !== null
  return usePurpose() !== null || away
}

const AwayBanner = ({ locksAt }: { locksAt: string | null }) => (
  <Banner tone="warn" title={t('ownCard.awayTitle')}>
    <p>{locksAt === null ? t('ownCard.awayReading') : t('ownCard.awayLocks', { time: clock(locksAt) })}</p>
  </Banner>
)

/** Says, above an open mailbox, what a card that was just put in may be for. */
export const CardBanners = () => {
  const purpose = usePurpose()
  const away = useAway()
  if (purpose === null) return away ? <AwayBanner locksAt={away.locksAt} /> : null
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
        <Button variant="primary" size="small" onPress={() => switchTo(purpose.serial)}>
          {t('ownCard.switchDo')}
        </Button>
      }
    >
      <p>{t('ownCard.switchText')}</p>
    </Banner>
  )
}
