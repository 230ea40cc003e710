import type { LabResult } from '../../app/contract/index.ts'

/** How loud a result is: `critical` for HH, LL, AA; `abnormal` for H, L, A, R or a number outside its range. */
export interface ResultMark {
  level: 'critical' | 'abnormal' | 'normal'
  direction: 'up' | 'down' | null
  /** Interpretation code shown beside the value; null when only the range says it. */
  code: string | null
  /** Which word of the catalogue explains it. */
  word:
    | 'veryHigh'
    | 'veryLow'
    | 'veryAbnormal'
    | 'high'
    | 'low'
    | 'abnormal'
    | 'susceptible'
    | 'intermediate'
    | 'resistant'
    | null
}

const marks: Record<string, Omit<ResultMark, 'code'>> = {
  HH: { level: 'critical', direction: 'up', word: 'veryHigh' },
  LL: { level: 'critical', direction: 'down', word: 'veryLow' },
  AA: { level: 'critical', direction: null, word: 'veryAbnormal' },
  H: { level: 'abnormal', direction: 'up', word: 'high' },
  L: { level: 'abnormal', direction: 'down', word: 'low' },
  A: { level: 'abnormal', direction: null, word: 'abnormal' },
  S: { level: 'normal', direction: null, word: 'susceptible' },
  I: { level: 'abnormal', direction: null, word: 'intermediate' },
  R: { level: 'abnormal', direction: null, word: 'resistant' },
}

const quiet: ResultMark = { level: 'normal', direction: null, code: null, word: null }

/** Reads HL7 ObservationInterpretation (clinical-documents.md §10); without one, compares the number with its range. */
export const markOf = (
  result: Pick<LabResult, 'interpretation' | 'number' | 'referenceLow' | 'referenceHigh'>,
): ResultMark => {
  const code = result.interpretation
  if (code !== null) {
    const mark = Object.hasOwn(marks, code) ? marks[code] : undefined
    return mark ? { ...mark, code } : quiet
  }
  if (result.number === null) return quiet
  if (result.referenceHigh !== null && result.number > result.referenceHigh)
    return { level: 'abnormal', direction: 'up', code: null, word: 'high' }
  if (result.referenceLow !== null && result.number < result.referenceLow)
    return { level: 'abnormal', direction: 'down', code: null, word: 'low' }
  return quiet
}

/** The date all previous values share, for the column's heading; null when there are several or none. */
export const sharedPreviousDate = (results: readonly LabResult[]): string | null => {
  const dates = new Set(results.flatMap((result) => result.previous.slice(0, 1).map((value) => value.date)))
  const [only] = dates
  return dates.size === 1 && only ? only : null
}
