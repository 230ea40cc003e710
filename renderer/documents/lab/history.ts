import { createContext, startTransition, useContext, useEffect, useMemo, useState } from 'react'
import type {
  AnalyteAsked,
  Input,
  LabResult,
  Outcome,
  Output,
  PatientSummary,
  ResultSeries,
} from '../../../app/contract/index.ts'
import { invoke } from '../../client/index.ts'

type Except = Input<'results.history'>['except']
type Answer = Outcome<Output<'results.history'>>

/** Earlier values by analyte, as far as they are known: `loading` and `failed` leave the document as it is. */
export interface ResultHistory {
  state: 'loading' | 'ready' | 'failed'
  of: (result: AnalyteAsked) => ResultSeries | null
  /** Opens the message a value came in; null where one cannot. */
  openMessage: ((id: number) => void) | null
  /** Of the document being read: the date of its results that have none of their own. */
  documentDate: string | null
}

const none: ResultHistory = { state: 'ready', of: () => null, openMessage: null, documentDate: null }

/** Filled in by who shows a document of a patient. */
export const ResultHistoryContext = createContext<ResultHistory>(none)

export const useHistoryOf = (result: AnalyteAsked): ResultSeries | null =>
  useContext(ResultHistoryContext).of(result)

const keyOf = ({ label, loinc, unit }: AnalyteAsked): string => `${loinc ?? ''}|${unit ?? ''}|${label}`

/** Analytes of one call (contract/results.ts). */
const maximumAnalytes = 1_000

/** Asks once for the earlier values of the results shown. */
export const useResultHistory = (
  patient: PatientSummary | null,
  results: readonly LabResult[],
  { date: documentDate, except }: { date: string | null; except: Except },
  openMessage: ((id: number) => void) | null,
): ResultHistory => {
  const asked = useMemo(
    () =>
      [...new Map(results.map((result) => [keyOf(result), result])).values()]
        .slice(0, maximumAnalytes)
        .map(({ label, loinc, unit }) => ({
          label: label.slice(0, 500),
          loinc: loinc === null ? null : loinc.slice(0, 40),
          unit: unit === null ? null : unit.slice(0, 80),
        })),
    [results],
  )
  // As text, so that the same question is not asked again.
  const question =
    patient === null || asked.length === 0
      ? null
      : JSON.stringify({ patient, analytes: asked, except } satisfies Input<'results.history'>)
  const [answer, setAnswer] = useState<{ question: string; outcome: Answer } | null>(null)
  useEffect(() => {
    if (question === null) return undefined
    let current = true
    void invoke('results.history', JSON.parse(question) as Input<'results.history'>).then((outcome) => {
      // The document is there to be read: its rows may wait for the values of others.
      if (current) startTransition(() => setAnswer({ question, outcome }))
    })
    return () => {
      current = false
    }
  }, [question])
  return useMemo(() => {
    const known = { openMessage, documentDate }
    if (question === null) return { ...none, ...known }
    if (answer?.question !== question) return { ...none, ...known, state: 'loading' }
    if (!answer.outcome.ok) return { ...none, ...known, state: 'failed' }
    const { series } = answer.outcome.value
    const byKey = new Map(asked.map((one, index) => [keyOf(one), series[index] ?? null]))
    return { ...known, state: 'ready', of: (result) => byKey.get(keyOf(result)) ?? null }
  }, [answer, question, asked, openMessage, documentDate])
}
