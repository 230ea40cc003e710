import { Check, CheckCheck, Clock, Eye, FolderCheck, FolderX, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import type { DeliveryState, DeliverySummary } from '../../app/contract/index.ts'
import { Chip, type ChipTone } from '../design/index.ts'
import { t } from '../i18n/index.ts'

const looks: Record<DeliveryState, { tone: ChipTone; icon: ReactNode }> = {
  sent: { tone: 'neutral', icon: <Check aria-hidden="true" /> },
  delayed: { tone: 'warn', icon: <Clock aria-hidden="true" /> },
  delivered: { tone: 'ok', icon: <CheckCheck aria-hidden="true" /> },
  read: { tone: 'ok', icon: <Eye aria-hidden="true" /> },
  integrated: { tone: 'ok', icon: <FolderCheck aria-hidden="true" /> },
  'not-integrated': { tone: 'alert', icon: <FolderX aria-hidden="true" /> },
  failed: { tone: 'alert', icon: <TriangleAlert aria-hidden="true" /> },
}

/** State of a sent message in a few words: of all recipients, or of how many of them. */
export const deliveryLabel = (summary: DeliverySummary): string => {
  const { state, total } = summary
  if (state === 'sent') {
    if (summary.read > 0) return t('sending.deliveryPart_read', { count: summary.read, total })
    if (summary.delivered > 0) return t('sending.deliveryPart_delivered', { count: summary.delivered, total })
    return t('sending.delivery_sent')
  }
  const count = summary[state === 'not-integrated' ? 'notIntegrated' : state]
  return count < total ? t(`sending.deliveryPart_${state}`, { count, total }) : t(`sending.delivery_${state}`)
}

/** Icon and label of one state. */
export const StateChip = ({ state, children }: { state: DeliveryState; children?: ReactNode }) => (
  <Chip tone={looks[state].tone} icon={looks[state].icon}>
    {children ?? t(`sending.delivery_${state}`)}
  </Chip>
)

/** How far a sent message has come, for its row. */
export const DeliveryMark = ({ summary }: { summary: DeliverySummary }) => {
  // Read by some of all who have it is good news: it looks like the state it names.
  const shown = summary.state === 'sent' && summary.delivered > 0 ? 'delivered' : summary.state
  return <StateChip state={shown}>{deliveryLabel(summary)}</StateChip>
}
