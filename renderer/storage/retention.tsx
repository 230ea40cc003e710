import { useState } from 'react'
import type { AccountSize } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { Confirmation, Segments, showError, showToast } from '../design/index.ts'
import { size, t } from '../i18n/index.ts'

const periods = ['all', '24', '12', '6', '3'] as const
type Period = (typeof periods)[number]

const periodOf = (months: number | null): Period =>
  months === null ? 'all' : (periods.find((period) => Number(period) <= months) ?? '3')

/** How long a mailbox's messages stay on this computer; what a rule frees is shown before it applies. */
export const RetentionChoice = ({ account, address }: { account: AccountSize; address: string }) => {
  const [wish, setWish] = useState<{
    months: number
    period: Period
    messages: number
    bytes: number
  } | null>(null)
  const set = async (months: number | null): Promise<void> => {
    setWish(null)
    const answer = await invoke('storage.setRetention', { accountId: account.accountId, months })
    if (!answer.ok) showError(answer.error)
    else if (months === null) showToast({ text: t('storage.keepAll', { address }) })
  }
  const choose = async (period: Period): Promise<void> => {
    if (period === 'all') return await set(null)
    const months = Number(period)
    const preview = await invoke('storage.previewRetention', { accountId: account.accountId, months })
    if (preview.ok) setWish({ months, period, ...preview.value })
    else showError(preview.error)
  }
  return (
    <>
      <Segments
        label={t('storage.keep', { address })}
        value={periodOf(account.months)}
        options={periods.map((value) => ({ value, label: t(`storage.keep-${value}`) }))}
        onChange={(period) => void choose(period)}
      />
      <Confirmation
        tone="primary"
        title={t('storage.keepTitle', { period: wish ? t(`storage.keep-${wish.period}`) : '' })}
        confirm={t('storage.keepConfirm')}
        isOpen={wish !== null}
        onClose={() => setWish(null)}
        onConfirm={() => {
          if (wish) void set(wish.months)
        }}
      >
        <p>
          <strong>
            {t('storage.keepFrees', { count: wish?.messages ?? 0, size: size(wish?.bytes ?? 0) })}
          </strong>
        </p>
        <p>{t('storage.keepText')}</p>
      </Confirmation>
    </>
  )
}
