import { useEffect, useState, type ReactNode } from 'react'
import type { StorageHealth } from '../../app/contract/index.ts'
import { invoke, on } from '../client/index.ts'
import { Banner } from '../design/index.ts'
import { size, t } from '../i18n/index.ts'

/** What is wrong with the store or its disk; null while nothing is. Asked again as the store's care goes on. */
export const useStorageTrouble = (): StorageHealth | null => {
  const [health, setHealth] = useState<StorageHealth | null>(null)
  useEffect(() => {
    const ask = async (): Promise<void> => {
      const answer = await invoke('storage.health', null)
      if (answer.ok) setHealth(answer.value)
    }
    void ask()
    return on('storage.changed', () => void ask())
  }, [])
  return health && (health.low || health.damaged) ? health : null
}

/** In the settings and over the mailbox when the disk has little left. */
export const LowSpaceBanner = ({ free, actions }: { free: number; actions?: ReactNode }) => (
  <Banner tone="warn" title={t('storage.lowTitle')} actions={actions}>
    <p>{t('storage.lowText', { size: size(free) })}</p>
  </Banner>
)

/** Over the mailbox: a damaged store first, then a disk with little left. */
export const StorageBanners = ({ trouble, actions }: { trouble: StorageHealth; actions: ReactNode }) => (
  <>
    {trouble.damaged ? (
      <Banner tone="error" title={t('storage.checkDamagedTitle')} actions={actions}>
        <p>{t('storage.damagedWhere')}</p>
      </Banner>
    ) : null}
    {trouble.low && trouble.free !== null ? (
      <LowSpaceBanner free={trouble.free} actions={trouble.damaged ? null : actions} />
    ) : null}
  </>
)
