import { useEffect, useState } from 'react'
import type { Expiry } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { cardStore, certificatesStore, useStore } from '../data/index.ts'
import { Banner, Button, showError } from '../design/index.ts'
import { fullDate, t } from '../i18n/index.ts'

const hour = 3_600_000

/** Own certificates to warn of, asked again when the card or the keys change, and each hour. */
export const useExpiries = (): { expiries: readonly Expiry[]; dismiss: () => void } => {
  const card = useStore(cardStore).state
  const changes = useStore(certificatesStore)
  const [expiries, setExpiries] = useState<readonly Expiry[]>([])
  useEffect(() => {
    let current = true
    const ask = (): void => {
      void invoke('keys.expiring', null).then((outcome) => {
        if (current && outcome.ok) setExpiries(outcome.value)
      })
    }
    ask()
    const timer = setInterval(ask, hour)
    return () => {
      current = false
      clearInterval(timer)
    }
  }, [card, changes])
  const dismiss = (): void => {
    setExpiries([])
    void invoke('keys.dismissExpiry', null).then((outcome) => {
      if (!outcome.ok) showError(outcome.error)
    })
  }
  return { expiries, dismiss }
}

/** « Votre certificat expire dans 12 jours », until it is dismissed for the day. */
export const ExpiryBanner = ({
  expiries,
  dismiss,
  onKeys,
}: {
  expiries: readonly Expiry[]
  dismiss: () => void
  onKeys: () => void
}) => {
  const [first] = expiries
  if (!first) return null
  const ended = expiries.some(({ days }) => days < 0)
  const key = expiries.find(({ kind }) => kind === 'key')
  return (
    <Banner
      tone={ended ? 'warn' : 'info'}
      title={expiries
        .map(({ kind, name, days, notAfter }) =>
          t(days < 0 ? `certificates.ended-${kind}` : `certificates.ending-${kind}`, {
            name,
            days,
            date: fullDate(notAfter),
          }),
        )
        .join(' ')}
      actions={
        <>
          {key ? (
            <Button size="small" onPress={onKeys}>
              {t('certificates.seeKeys')}
            </Button>
          ) : null}
          <Button size="small" onPress={dismiss}>
            {t('certificates.dismissToday')}
          </Button>
        </>
      }
    >
      <p>
        {t(
          key
            ? 'certificates.renewKey'
            : expiries.some(({ kind }) => kind === 'account')
              ? 'certificates.renewAccount'
              : 'certificates.renewCard',
        )}
      </p>
    </Banner>
  )
}
