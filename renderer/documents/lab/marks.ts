import type { LabResult } from '../../../app/contract/index.ts'

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
    | 'positive'
    | 'negative'
    | 'detected'
    | 'notDetected'
    | 'indeterminate'
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
  HU: { level: 'abnormal', direction: 'up', word: 'high' },
  LU: { level: 'abnormal', direction: 'down', word: 'low' },
  POS: { level: 'normal', direction: null, word: 'positive' },
  NEG: { level: 'normal', direction: null, word: 'negative' },
  DET: { level: 'normal', direction: null, word: 'detected' },
  ND: { level: 'normal', direction: null, word: 'notDetected' },
  IND: { level: 'normal', direction: null, word: 'indeterminate' },
}

const quiet: ResultMark = { level: 'normal', direction: null, code: null, word: null }
const above: ResultMark = { level: 'abnormal', direction: 'up', code: null, word: 'high' }
const below: ResultMark = { level: 'abnormal', direction: 'down', code: null, word: 'low' }

/** What of a result says how loud it is. */
export type Judged = Pick<LabResult, 'interpretation' | 'number' | 'referenceLow' | 'referenceHigh'> &
  Partial<Pick<LabResult, 'comparator' | 'low' | 'high' | 'unit' | 'ranges' | 'absent'>>

/** The numbers a value lies between: « 6,4 » is one number, « > 16 » has no upper end. */
const span = (result: Judged): { low: number; high: number } | null => {
  const { comparator = null, number, low = null, high = null } = result
  const bound = number ?? low ?? high
  if (comparator === '>' || comparator === '≥') return bound === null ? null : { low: bound, high: Infinity }
  if (comparator === '<' || comparator === '≤') return bound === null ? null : { low: -Infinity, high: bound }
  if (number !== null) return { low: number, high: number }
  return low !== null && high !== null ? { low, high } : null
}

/**
 * Reads HL7 ObservationInterpretation (clinical-documents.md §10); without one, compares the value with its range (BIO/va1.06):
 * only where all it can be is outside, and only in the range's own unit.
 */
export const markOf = (result: Judged): ResultMark => {
  // A value taken back by the laboratory alarms nobody.
  if (result.absent === 'withdrawn') return quiet
  const code = result.interpretation
  if (code === 'N') return quiet
  if (code !== null && Object.hasOwn(marks, code)) return { ...(marks[code] ?? quiet), code }
  // A code nobody explains here is shown as it came; the range still speaks.
  const computed = fromRange(result)
  return code === null ? computed : { ...computed, code }
}

const fromRange = (result: Judged): ResultMark => {
  const rangeUnit = result.ranges?.[0]?.unit ?? null
  if (rangeUnit !== null && result.unit != null && rangeUnit !== result.unit) return quiet
  const value = span(result)
  if (!value) return quiet
  if (result.referenceHigh !== null && value.low > result.referenceHigh) return above
  if (result.referenceLow !== null && value.high < result.referenceLow) return below
  return quiet
}

/** Critical first, then out of range, in the document's order. */
export const outOfRange = (results: readonly LabResult[]): LabResult[] => {
  const judged = results.map((result) => ({ result, level: markOf(result).level }))
  return [
    ...judged.filter(({ level }) => level === 'critical'),
    ...judged.filter(({ level }) => level === 'abnormal'),
  ].map(({ result }) => result)
}
