import { CircleHelp, FolderCheck, FolderMinus, FolderSync, FolderX } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Filing, FilingState, FilingSummary } from '../../app/contract/index.ts'
import { Chip, type ChipTone } from '../design/index.ts'
import { t } from '../i18n/index.ts'

interface Look {
  tone: ChipTone
  icon: ReactNode
}

const filed: Look = { tone: 'ok', icon: <FolderCheck aria-hidden="true" /> }
const refused: Look = { tone: 'alert', icon: <FolderX aria-hidden="true" /> }
const unknown: Look = { tone: 'warn', icon: <CircleHelp aria-hidden="true" /> }
const waiting: Look = { tone: 'neutral', icon: <FolderSync aria-hidden="true" /> }
const gone: Look = { tone: 'neutral', icon: <FolderMinus aria-hidden="true" /> }

const rowLooks: Record<FilingSummary['state'], Look> = { filed, refused, unknown, waiting, withdrawn: gone }

/** How far the documents of a message have come, in a few words. */
export const filingLabel = ({ state, filed: done, total }: FilingSummary): string =>
  state === 'filed' && done < total
    ? t('integration.rowPart', { filed: done, total })
    : t(`integration.row_${state}`)

/** The same as a chip, for its row. */
export const FilingMark = ({ summary }: { summary: FilingSummary }) => (
  <Chip tone={rowLooks[summary.state].tone} icon={rowLooks[summary.state].icon}>
    {filingLabel(summary)}
  </Chip>
)

const looks: Record<FilingState, Look> = {
  waiting,
  sending: waiting,
  transferred: waiting,
  withdrawing: waiting,
  unknown,
  filed,
  refused,
  withdrawn: gone,
  replaced: gone,
  cancelled: gone,
}

/** A document that was taken out is « retiré », not « intégré ». */
export const shownState = ({ action, state }: Pick<Filing, 'action' | 'state'>): FilingState =>
  action === 'delete' && state === 'filed' ? 'withdrawn' : state

/** Icon and words of one state. */
export const FilingChip = ({ state }: { state: FilingState }) => (
  <Chip tone={looks[state].tone} icon={looks[state].icon}>
    {t(`integration.state_${state}`)}
  </Chip>
)
