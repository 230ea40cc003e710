import { ArrowDown, ArrowUp, TriangleAlert } from 'lucide-react'
import type { LabResult } from '../../app/contract/index.ts'
import { Chip } from '../design/index.ts'
import { fullDate, t } from '../i18n/index.ts'
import { markOf, sharedPreviousDate } from './results.ts'
import type { ResultMark } from './results.ts'
import './lab-table.css'

const MarkChip = ({ mark }: { mark: ResultMark }) => {
  if (mark.word === null) return null
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
    >
      {mark.code === null ? (
        word
      ) : (
        <>
          {mark.code}
          <span className="lab-word"> · {word}</span>
        </>
      )}
    </Chip>
  )
}

const Previous = ({ result, columnDate }: { result: LabResult; columnDate: string | null }) => {
  const [latest] = result.previous
  if (!latest) return <span className="visually-hidden">{t('documents.noPrevious')}</span>
  const otherUnit = latest.unit !== null && latest.unit !== result.unit ? ` ${latest.unit}` : ''
  return (
    <>
      {latest.value}
      {otherUnit}
      {columnDate === null && latest.date && <span className="lab-date">{fullDate(latest.date)}</span>}
    </>
  )
}

const ResultRow = ({
  result,
  withPrevious,
  columnDate,
}: {
  result: LabResult
  withPrevious: boolean
  columnDate: string | null
}) => {
  const mark = markOf(result)
  return (
    <tr data-level={mark.level}>
      <th scope="row">
        {result.label}
        {result.method && <span className="lab-detail">{result.method}</span>}
        {result.comment && <span className="lab-detail">{result.comment}</span>}
      </th>
      <td className="lab-value tabular">{result.value}</td>
      <td className="lab-mark">
        <MarkChip mark={mark} />
      </td>
      <td className="lab-unit">{result.unit}</td>
      <td className="lab-range tabular">{result.referenceRange}</td>
      {withPrevious && (
        <td className="lab-previous tabular">
          <Previous result={result} columnDate={columnDate} />
        </td>
      )}
    </tr>
  )
}

/** Results of a laboratory section: value, mark in words, unit, usual values, previous value (clinical-documents.md §10). */
export const LabTable = ({ caption, results }: { caption: string; results: readonly LabResult[] }) => {
  const withPrevious = results.some((result) => result.previous.length > 0)
  const columnDate = sharedPreviousDate(results)
  return (
    <div className="doc-table-scroll" role="region" aria-label={caption} tabIndex={0}>
      <table className="lab-table" data-previous={withPrevious}>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{t('documents.examination')}</th>
            <th scope="col" className="lab-value">
              {t('documents.result')}
            </th>
            <td className="lab-mark" />
            <th scope="col" className="lab-unit">
              {t('documents.unit')}
            </th>
            <th scope="col" className="lab-range">
              {t('documents.usualValues')}
            </th>
            {withPrevious && (
              <th scope="col" className="lab-previous">
                {t('documents.previous')}
                {columnDate !== null && (
                  <span className="lab-heading-date tabular"> {fullDate(columnDate)}</span>
                )}
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {results.map((result, index) => (
            <ResultRow key={index} result={result} withPrevious={withPrevious} columnDate={columnDate} />
          ))}
        </tbody>
      </table>
    </div>
  )
}
