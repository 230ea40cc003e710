import { useEffect, useState } from 'react'
import type { DiskSpace } from '../../app/contract/index.ts'
import { invoke, on } from '../client/index.ts'
import { Banner } from '../design/index.ts'
import { size, t } from '../i18n/index.ts'

/** Bytes left on a disk that has too few; null while there are enough. Asked again as the store's care goes on. */
export const useLowSpace = (): number | null => {
  const [space, setSpace] = useState<DiskSpace | null>(null)
  useEffect(() => {
    const ask = async (): Promise<void> => {
      const answer = await invoke('storage.space', null)
      if (answer.ok) setSpace(answer.value)
    }
    void ask()
    return on('storage.changed', () => void ask())
  }, [])
  return space?.low === true ? space.free : null
}

/** Over the mailbox and in the settings when the disk has little left. */
export const LowSpaceBanner = ({ free }: { free: number }) => (
  <Banner tone="warn" title={t('storage.lowTitle')}>
    <p>{t('storage.lowText', { size: size(free) })}</p>
  </Banner>
)
