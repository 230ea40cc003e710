import { CreditCard, ExternalLink, Smartphone } from 'lucide-react'
import { useState } from 'react'
import type { SignInWay } from '../../app/contract/index.ts'
import { cardStore, signInStore, useStore } from '../data/index.ts'
import { Button, Segments, TextField } from '../design/index.ts'
import { t } from '../i18n/index.ts'

const icons = { browser: ExternalLink, mobile: Smartphone, card: CreditCard }

const isRpps = (text: string): boolean => /^\d{11}$/.test(text.replace(/[\s.]/g, ''))

/** How to identify at Pro Santé Connect, in the order of the policy, and the button that begins. */
export const SignInWays = ({
  isDisabled = false,
  onStart,
}: {
  isDisabled?: boolean
  /** `nationalId` where nobody is known yet: the RPPS that was typed. */
  onStart: (way: SignInWay, nationalId: string | undefined) => void
}) => {
  const { ways, professional } = useStore(signInStore)
  const card = useStore(cardStore)
  const [chosen, setChosen] = useState<SignInWay | null>(null)
  const [typed, setTyped] = useState('')
  const way = chosen ?? ways[0] ?? 'browser'
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
          onChange={setChosen}
        />
      ) : null}
      <p className="muted">{t(`signIn.wayText-${way}`)}</p>
      {asks ? (
        <TextField
          label={t('signIn.who')}
          hint={t('signIn.whoHint')}
          value={typed}
          onChange={setTyped}
          inputMode="numeric"
          autoComplete="off"
        />
      ) : null}
      <Button
        variant="primary"
        size="large"
        isDisabled={isDisabled || (asks && !isRpps(typed))}
        onPress={() => onStart(way, asks ? typed : undefined)}
      >
        {t(`signIn.start-${way}`)} <Icon aria-hidden="true" />
      </Button>
    </div>
  )
}
