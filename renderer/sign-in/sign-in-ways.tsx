import { CreditCard, ExternalLink, Smartphone } from 'lucide-react'
import type { SignInWay } from '../../app/contract/index.ts'
import { cardStore, signInStore, useStore } from '../data/index.ts'
import { Button, Segments, TextField } from '../design/index.ts'
import { t } from '../i18n/index.ts'

const icons = { browser: ExternalLink, mobile: Smartphone, card: CreditCard }

const isRpps = (text: string): boolean => /^\d{11}$/.test(text.replace(/[\s.]/g, ''))

/** What was chosen and typed: kept by who shows this, so that a refusal leaves it there. */
export interface SignInWish {
  /** Null: the first way of the policy. */
  way: SignInWay | null
  rpps: string
}
export const noWish: SignInWish = { way: null, rpps: '' }

/** How to identify at Pro Santé Connect, in the order of the policy, and the button that begins. */
export const SignInWays = ({
  wish,
  onWish,
  isDisabled = false,
  onStart,
}: {
  wish: SignInWish
  onWish: (wish: SignInWish) => void
  isDisabled?: boolean
  /** `nationalId` where nobody is known yet: the RPPS that was typed. */
  onStart: (way: SignInWay, nationalId: string | undefined) => void
}) => {
  const { ways, professional } = useStore(signInStore)
  const card = useStore(cardStore)
  const way = wish.way ?? ways[0] ?? 'browser'
  const known = professional !== null || ('token' in card && card.token.holder !== null)
  const asks = way !== 'browser' && !known
  const Icon = icons[way]
  return (
    <div className="sign-in-ways">
      {ways.length > 1 ? (
        <Segments
          label={t('signIn.way')}
          value={way}
          options={ways.map((value) => ({ value, label: t(`signIn.way-${value}`) }))}
          onChange={(next) => onWish({ ...wish, way: next })}
        />
      ) : null}
      <p className="muted">{t(`signIn.wayText-${way}`)}</p>
      {asks ? (
        <TextField
          label={t('signIn.who')}
          hint={t('signIn.whoHint')}
          value={wish.rpps}
          onChange={(rpps) => onWish({ ...wish, rpps })}
          inputMode="numeric"
          autoComplete="off"
        />
      ) : null}
      <Button
        variant="primary"
        size="large"
        isDisabled={isDisabled || (asks && !isRpps(wish.rpps))}
        onPress={() => onStart(way, asks ? wish.rpps : undefined)}
      >
        {t(`signIn.start-${way}`)} <Icon aria-hidden="true" />
      </Button>
    </div>
  )
}
