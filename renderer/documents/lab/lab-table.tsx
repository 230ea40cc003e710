import { ChevronRight } from 'lucide-react'
import { useContext, useId, useState } from 'react'
import type { LabResult } from '../../../app/contract/index.ts'
import { WideTable } from '../../design/index.ts'
import { fullDate, number as shownNumber, t } from '../../i18n/index.ts'
import { Antibiogram, isSusceptibility } from './antibiogram.tsx'
import { AnalyteCurve, curveSentence, Sparkline } from './curve.tsx'
import { ResultHistoryContext, useHistoryOf } from './history.ts'
import { MarkChip } from './mark-chip.tsx'
import { markOf } from './marks.ts'
import { plotted, previousOf, sharedDay, tidyRange, valuesOverTime, type TimedValue } from './values.ts'
import { ValuesTable } from './values-table.tsx'
import './lab-table.css'

const columns = 7

const Previous = ({
  previous,
  unit,
  columnDate,
}: {
  previous: TimedValue | null
  unit: string | null
  columnDate: string | null
}) => {
  if (!previous) return <span className="visually-hidden">{t('documents.noPrevious')}</span>
  const other = previous.unit !== null && previous.unit !== unit ? ` ${previous.unit}` : ''
  return (
    <>
      {previous.converted && previous.number !== null ? (
        <span
          title={t('results.convertedFrom', { value: `${previous.value}${other}` })}
        >{`≈ ${shownNumber(previous.number, 3)}`}</span>
      ) : (
        `${previous.value}${other}`
      )}
      {columnDate === null && previous.date && (
        <span className="lab-date">{fullDate(previous.date.slice(0, 10))}</span>
      )}
    </>
  )
}

/** What else is said of a result, under its name. */
const Details = ({ result }: { result: LabResult }) => {
  const lines = [
    result.method,
    result.comment,
    result.status === 'P' || result.status === 'active' ? t('results.partial') : null,
    result.status === 'C' ? t('results.corrected') : null,
    result.absent === 'withdrawn' ? t('results.withdrawn') : null,
    result.performer === null ? null : t('results.performer', { name: result.performer }),
    ...result.ranges.slice(1).map((range) =>
      t('results.otherRange', {
        range: range.text,
        condition: range.condition ?? '',
        hasCondition: range.condition ? 'yes' : 'no',
      }),
    ),
  ].filter((line) => line !== null && line !== '')
  return lines.map((line, index) => (
    <span key={index} className="lab-detail">
      {line}
    </span>
  ))
}

/** « 480 000 »: long whole numbers are read in groups. */
const grouped = (value: string): string => (/^\d{5,15}$/.test(value) ? shownNumber(Number(value), 0) : value)

const Value = ({ result }: { result: LabResult }) => {
  const series = useHistoryOf(result)
  if (result.absent !== null && result.value === '')
    return <span className="lab-absent">{t('results.absent', { why: result.absent.replace('-', '') })}</span>
  const other = series?.otherUnit ?? null
  const also =
    result.translations.length > 0
      ? result.translations.map(({ value, unit }) => `${value} ${unit ?? ''}`.trim())
      : other && result.number !== null && result.comparator === null
        ? [
            `≈ ${shownNumber(Number((result.number * other.factor + other.offset).toPrecision(3)), 4)} ${other.unit}`,
          ]
        : []
  return (
    <>
      {grouped(result.value)}
      {also.map((text) => (
        <span key={text} className="lab-also">
          {text}
        </span>
      ))}
    </>
  )
}

const ResultRow = ({
  result,
  shown,
  columnDate,
}: {
  result: LabResult
  shown: { previous: boolean; curves: boolean }
  columnDate: string | null
}) => {
  const [open, setOpen] = useState(false)
  const panel = useId()
  const series = useHistoryOf(result)
  const { documentDate } = useContext(ResultHistoryContext)
  const mark = markOf(result)
  const values = valuesOverTime(result, series, documentDate)
  const several = values.length > 1
  // Words with nothing beside them take the room of what is not there.
  const onlyWords =
    result.value !== '' &&
    result.number === null &&
    result.unit === null &&
    result.referenceRange === null &&
    mark.word === null
  return (
    <>
      <tr data-level={mark.level} className="lab-row">
        <th scope="row">
          {result.label}
          <Details result={result} />
        </th>
        {onlyWords ? (
          <td className="lab-words" colSpan={4}>
            {result.value}
          </td>
        ) : (
          <>
            <td className="lab-value tabular">
              <Value result={result} />
            </td>
            <td className="lab-mark">
              <MarkChip mark={mark} />
            </td>
            <td className="lab-unit">{result.unit}</td>
            <td className="lab-range tabular">{tidyRange(result.referenceRange)}</td>
          </>
        )}
        {shown.previous && (
          <td className="lab-previous tabular">
            <Previous previous={previousOf(values)} unit={result.unit} columnDate={columnDate} />
          </td>
        )}
        {shown.curves && (
          <td className="lab-curve">
            {several && (
              <button
                type="button"
                className="lab-open"
                aria-expanded={open}
                {...(open ? { 'aria-controls': panel } : {})}
                aria-label={t('results.openCurve', { label: result.label, count: values.length })}
                title={curveSentence(values, result.unit)}
                onClick={() => setOpen(!open)}
              >
                {plotted(values).length > 1 ? (
                  <Sparkline values={values} />
                ) : (
                  <span className="lab-count tabular">{values.length}</span>
                )}
                <ChevronRight aria-hidden="true" />
              </button>
            )}
          </td>
        )}
      </tr>
      {open && (
        <tr className="lab-panel" id={panel}>
          <td colSpan={columns}>
            <div className="lab-panel-view">
              <p className="lab-sentence">{curveSentence(values, result.unit)}</p>
              <AnalyteCurve label={result.label} unit={result.unit} values={values} />
              <ValuesTable label={result.label} unit={result.unit} values={values} />
            </div>
          </td>
        </tr>
      )}
    </>
  )
}

/** Results in the document's order, cut where the battery or the specimen changes. */
const groupsOf = (results: readonly LabResult[]): { title: string | null; results: LabResult[] }[] => {
  const groups: { title: string | null; results: LabResult[] }[] = []
  const specimens = new Set(results.map(({ specimen }) => specimen))
  for (const result of results) {
    const parts = [...result.batteries, specimens.size > 1 ? result.specimen : null]
    const title = parts.filter(Boolean).join(' · ') || null
    const last = groups.at(-1)
    if (last && last.title === title) last.results.push(result)
    else groups.push({ title, results: [result] })
  }
  return groups
}

const useShown = (results: readonly LabResult[]) => {
  const { of, documentDate } = useContext(ResultHistoryContext)
  const values = results.map((result) => valuesOverTime(result, of(result), documentDate))
  const previous = values.map(previousOf)
  return {
    columnDate: sharedDay(previous),
    shown: {
      previous: previous.some((value) => value !== null),
      curves: values.some((all) => all.length > 1),
    },
  }
}

/**
 * Results of a laboratory section: value, mark in words, unit, usual values, previous value, curve (clinical-documents.md §10).
 * Antibiograms are tables of their own, below.
 */
export const LabTable = ({ caption, results }: { caption: string; results: readonly LabResult[] }) => {
  const susceptibilities = results.filter(isSusceptibility)
  const measured = results.filter((result) => !isSusceptibility(result))
  const { columnDate, shown } = useShown(measured)
  const groups = groupsOf(measured)
  return (
    <>
      {measured.length > 0 && (
        <WideTable className="doc-table-scroll" label={caption}>
          <table className="lab-table" data-previous={shown.previous}>
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
                {shown.previous && (
                  <th scope="col" className="lab-previous">
                    {t('documents.previous')}
                    {columnDate !== null && (
                      <span className="lab-heading-date tabular"> {fullDate(columnDate)}</span>
                    )}
                  </th>
                )}
                {shown.curves && (
                  <th scope="col" className="lab-curve">
                    <span className="visually-hidden">{t('results.curve')}</span>
                  </th>
                )}
              </tr>
            </thead>
            {groups.map((group, index) => (
              <tbody key={index}>
                {group.title !== null && groups.length > 1 && (
                  <tr className="lab-group">
                    <th scope="rowgroup" colSpan={columns}>
                      {group.title}
                    </th>
                  </tr>
                )}
                {group.results.map((result, position) => (
                  <ResultRow key={position} result={result} shown={shown} columnDate={columnDate} />
                ))}
              </tbody>
            ))}
          </table>
        </WideTable>
      )}
      {susceptibilities.length > 0 && <Antibiogram caption={caption} results={susceptibilities} />}
    </>
  )
}
