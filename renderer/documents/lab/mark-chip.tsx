import { ArrowDown, ArrowUp, TriangleAlert } from 'lucide-react'
import { Chip } from '../../design/index.ts'
import { t } from '../../i18n/index.ts'
import type { ResultMark } from './marks.ts'

/** « HH · critique, haut »: code, word and icon, never colour alone. Computed from the range, it says so. */
export const MarkChip = ({ mark }: { mark: ResultMark }) => {
  if (mark.word === null) return mark.code === null ? null : <Chip>{mark.code}</Chip>
  const word = t(`documents.result_${mark.word}`)
  const icon =
    mark.level === 'critical' ? (
      <TriangleAlert aria-hidden="true" />
    ) : mark.direction === 'up' ? (
      <ArrowUp aria-hidden="true" />
    ) : mark.direction === 'down' ? (
      <ArrowDown aria-hidden="true" />
    ) : undefined
  return (
    <Chip
      tone={mark.level === 'critical' ? 'alert' : mark.level === 'abnormal' ? 'warn' : 'neutral'}
      icon={icon}
      title={mark.code === null ? t('results.computed') : word}
    >
      {mark.code === null ? (
        <>
          {word}
          <span className="visually-hidden"> ({t('results.computed')})</span>
        </>
      ) : (
        <>
          {mark.code}
          <span className="lab-word"> · {word}</span>
        </>
      )}
    </Chip>
  )
}
