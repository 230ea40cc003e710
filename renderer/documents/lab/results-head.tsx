import { TriangleAlert } from 'lucide-react'
import type { LabResult } from '../../../app/contract/index.ts'
import { Button } from '../../design/index.ts'
import { t } from '../../i18n/index.ts'
import { isSusceptibility } from './antibiogram.tsx'
import type { ResultHistory } from './history.ts'
import { LabTable } from './lab-table.tsx'
import { MarkChip } from './mark-chip.tsx'
import { markOf, outOfRange } from './marks.ts'
import { tidyRange } from './values.ts'

/** How many out-of-range values are told apart above the document; the rest is in its tables. */
const maximumShown = 12

/** The critical ones, one line each: what it is, how much, against what. */
const Critical = ({ results }: { results: readonly LabResult[] }) => (
  <ul className="lab-critical" aria-label={t('documents.criticalValues', { count: results.length })}>
    {results.map((result, index) => (
      <li key={index}>
        <b>{result.label}</b>
        <span className="tabular">{[result.value, result.unit].filter(Boolean).join(' ')}</span>
        <MarkChip mark={markOf(result)} />
        {result.referenceRange && (
          <span className="muted tabular">
            {t('results.usual', { range: tidyRange(result.referenceRange) ?? '' })}
          </span>
        )}
      </li>
    ))}
  </ul>
)

/**
 * What must not wait behind a PDF or a long table (BIO/va1.01, va1.06): critical values first; behind a PDF every value out of
 * range, as a table. Says when the values of other messages could not be read.
 */
export const ResultsHead = ({
  results,
  history,
  behindPdf,
  showAll,
}: {
  results: readonly LabResult[]
  history: ResultHistory
  behindPdf: boolean
  showAll: () => void
}) => {
  // An antibiotic that does not work is no value out of range.
  const marked = outOfRange(results.filter((result) => !isSusceptibility(result)))
  const critical = marked.filter((result) => markOf(result).level === 'critical')
  if (marked.length === 0 && history.state !== 'failed') return null
  return (
    <section className="doc-out-of-range" data-critical={critical.length > 0}>
      {marked.length > 0 && (
        <h3>
          <TriangleAlert aria-hidden="true" />
          {t('results.outOfRangeSummary', {
            critical: critical.length,
            abnormal: marked.length - critical.length,
            both: critical.length > 0 && marked.length > critical.length ? 'true' : 'false',
          })}
        </h3>
      )}
      {behindPdf
        ? marked.length > 0 && (
            <>
              <LabTable caption={t('documents.outOfRange')} results={marked.slice(0, maximumShown)} />
              {results.length > marked.length && (
                <div className="doc-out-of-range-more">
                  <Button size="small" onPress={showAll}>
                    {t('results.showAll', { count: results.length })}
                  </Button>
                </div>
              )}
            </>
          )
        : critical.length > 0 && <Critical results={critical.slice(0, maximumShown)} />}
      {history.state === 'failed' && <p className="doc-note">{t('results.historyFailed')}</p>}
    </section>
  )
}
