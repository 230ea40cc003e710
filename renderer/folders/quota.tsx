import type { Account } from '../../app/contract/index.ts'
import { Banner } from '../design/index.ts'
import { number, size, t } from '../i18n/index.ts'

/** Shares of the room from which the user is told. */
const nearlyFull = 0.8
const full = 0.95

type Quota = NonNullable<Account['quota']>

const share = ({ used, limit }: Quota): number => (limit > 0 ? used / limit : 0)
const percent = (quota: Quota): string => number(Math.floor(share(quota) * 100))

/** « 812 Mo sur 1 Go » with a bar, under the name of a mailbox. */
export const QuotaLine = ({ quota }: { quota: Quota }) => {
  const level = share(quota) >= full ? 'alert' : share(quota) >= nearlyFull ? 'warn' : 'ok'
  const room = { used: size(quota.used), limit: size(quota.limit) }
  return (
    <div className="quota" data-level={level}>
      <span
        className="quota-bar"
        role="meter"
        aria-label={t('folders.room')}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.min(100, Math.round(share(quota) * 100))}
        aria-valuetext={t('folders.used', room)}
      >
        <i style={{ inlineSize: `${Math.min(100, share(quota) * 100)}%` }} />
      </span>
      <span className="quota-text" aria-hidden="true">
        {t('folders.used', room)}
      </span>
    </div>
  )
}

/** Little room is left in a mailbox. */
export const isNearlyFull = ({ quota }: Pick<Account, 'quota'>): boolean =>
  quota !== null && share(quota) >= nearlyFull

/** A mailbox with little room left (80 %), or next to none (95 %): said before mail is refused. */
export const QuotaBanner = ({ account }: { account: Pick<Account, 'address' | 'quota'> }) => {
  const { address, quota } = account
  if (!quota || share(quota) < nearlyFull) return null
  const room = { address, percent: percent(quota), used: size(quota.used), limit: size(quota.limit) }
  return share(quota) >= full ? (
    <Banner tone="error" title={t('folders.fullTitle', room)}>
      <p>{t('folders.fullText', room)}</p>
    </Banner>
  ) : (
    <Banner tone="warn" title={t('folders.nearlyFullTitle', room)}>
      <p>{t('folders.nearlyFullText', room)}</p>
    </Banner>
  )
}
