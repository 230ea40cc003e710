import { ChevronDown, ChevronUp, X } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { IconButton } from '../../design/index.ts'
import { t } from '../../i18n/index.ts'
import { maximumMatches } from './pdf-text.ts'

/** The search field of a PDF: Enter goes on, Shift Enter back, Escape closes. */
export const PdfFind = ({
  query,
  count,
  current,
  searching,
  onQuery,
  onStep,
  onClose,
}: {
  query: string
  count: number
  /** From 0. */
  current: number
  searching: boolean
  onQuery: (query: string) => void
  onStep: (direction: 1 | -1) => void
  onClose: () => void
}) => {
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [])
  return (
    <div className="pdf-find" role="search">
      <input
        ref={field}
        type="search"
        value={query}
        aria-label={t('documents.findInPdf')}
        placeholder={t('documents.findInPdf')}
        onChange={(event) => onQuery(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') {
            event.preventDefault()
            onStep(event.shiftKey ? -1 : 1)
          } else if (event.key === 'Escape') {
            event.stopPropagation()
            onClose()
          }
        }}
      />
      <span className="tabular" role="status">
        {query.trim() === ''
          ? ''
          : count === 0
            ? searching
              ? t('documents.finding')
              : t('documents.notFound')
            : t('documents.foundAt', {
                current: current + 1,
                count,
                more: count >= maximumMatches ? 'yes' : 'no',
              })}
      </span>
      <IconButton
        size="small"
        label={t('documents.findPrevious')}
        isDisabled={count === 0}
        onPress={() => onStep(-1)}
      >
        <ChevronUp aria-hidden="true" />
      </IconButton>
      <IconButton
        size="small"
        label={t('documents.findNext')}
        isDisabled={count === 0}
        onPress={() => onStep(1)}
      >
        <ChevronDown aria-hidden="true" />
      </IconButton>
      <IconButton size="small" label={t('documents.closeFind')} onPress={onClose}>
        <X aria-hidden="true" />
      </IconButton>
    </div>
  )
}
