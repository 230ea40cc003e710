import { useEffect, useState } from 'react'
import type { Outcome, Output, PatientSummary, ResultSeries } from '../../../app/contract/index.ts'
import { invoke } from '../../client/index.ts'
import { ErrorBanner, Spinner } from '../../design/index.ts'
import { fullDate, number as shownNumber, t } from '../../i18n/index.ts'
import { AnalyteCurve, curveSentence } from './curve.tsx'
import { ResultHistoryContext } from './history.ts'
import { MarkChip } from './mark-chip.tsx'
import { ofPoint, plotted, type TimedValue } from './values.ts'
import { ValuesTable } from './values-table.tsx'

type Answer = Outcome<Output<'results.history'>>

const loudness = { critical: 0, abnormal: 1, normal: 2 } as const

interface Followed {
  series: ResultSeries
  values: TimedValue[]
}

/** Those that were last out of range first, then those measured most often. */
const followed = (all: readonly ResultSeries[]): Followed[] =>
  all
    .map((series) => ({ series, values: series.points.map((point) => ofPoint(point, series.unit)) }))
    .filter(({ values }) => values.length > 0)
    .sort(
      (a, b) =>
        loudness[a.values.at(-1)?.mark.level ?? 'normal'] -
          loudness[b.values.at(-1)?.mark.level ?? 'normal'] ||
        plotted(b.values).length - plotted(a.values).length,
    )

const Analyte = ({ series, values, first }: Followed & { first: boolean }) => {
  const last = values.at(-1)
  // What is most out of range is seen without a click.
  const shown = first && last !== undefined && last.mark.level !== 'normal' && plotted(values).length > 1
  return (
    <details className="patient-result" open={shown}>
      <summary>
        <span className="patient-result-label">{series.label}</span>
        {last && (
          <>
            <span className="tabular patient-result-value">
              {last.converted && last.number !== null
                ? `≈ ${shownNumber(last.number, 3)} ${series.unit ?? ''}`
                : [last.value, last.unit].filter(Boolean).join(' ')}
            </span>
            <MarkChip mark={last.mark} />
            <span className="muted tabular">{last.date && fullDate(last.date.slice(0, 10))}</span>
          </>
        )}
      </summary>
      <p className="lab-sentence">{curveSentence(values, series.unit)}</p>
      <AnalyteCurve label={series.label} unit={series.unit} values={values} frame="narrow" />
      <ValuesTable label={series.label} unit={series.unit} values={values} />
    </details>
  )
}

/** Every analyte of a patient over all messages, with its curve: for the patient's view. */
export const PatientResults = ({
  patient,
  openMessage,
}: {
  patient: PatientSummary
  openMessage: ((id: number) => void) | null
}) => {
  const question = JSON.stringify(patient)
  const [answer, setAnswer] = useState<{ question: string; outcome: Answer } | null>(null)
  useEffect(() => {
    let current = true
    void invoke('results.history', {
      patient: JSON.parse(question) as PatientSummary,
      analytes: null,
      except: null,
    }).then((outcome) => {
      if (current) setAnswer({ question, outcome })
    })
    return () => {
      current = false
    }
  }, [question])
  if (answer?.question !== question) return <Spinner label={t('documents.loading')} />
  if (!answer.outcome.ok) return <ErrorBanner error={answer.outcome.error} />
  const analytes = followed(answer.outcome.value.series)
  if (analytes.length === 0) return <p className="muted">{t('results.noneOfPatient')}</p>
  return (
    <ResultHistoryContext value={{ state: 'ready', of: () => null, openMessage, documentDate: null }}>
      <div className="patient-results">
        {analytes.map(({ series, values }, index) => (
          <Analyte
            key={`${series.loinc ?? ''}${series.label}${series.unit ?? ''}`}
            series={series}
            values={values}
            first={index === 0}
          />
        ))}
      </div>
    </ResultHistoryContext>
  )
}
