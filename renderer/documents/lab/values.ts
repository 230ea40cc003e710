import type { LabResult, ResultPoint, ResultSeries } from '../../../app/contract/index.ts'
import { number as shownNumber } from '../../i18n/index.ts'
import { markOf, type ResultMark } from './marks.ts'

/** One value of an analyte over time, the document's own among them. */
export interface TimedValue {
  /** ISO 8601, or null. */
  date: string | null
  /** As printed. */
  value: string
  unit: string | null
  /** In the unit of the series. */
  number: number | null
  /** `number` was computed from another unit. */
  converted: boolean
  /** « < 5 », « > 16 » in the unit of the series: the value lies beyond that number, which a curve can show. */
  bound: { sign: '<' | '>'; number: number } | null
  low: number | null
  high: number | null
  mark: ResultMark
  organisation: string | null
  /** The message it came in; null for the document being read and the earlier values it tells itself. */
  messageId: number | null
  /** It is the result of the document being read. */
  current: boolean
  /** The patient was recognised without INS. */
  byTraits: boolean
}

const boundSigns: Readonly<Record<string, '<' | '>'>> = {
  '<': '<',
  '≤': '<',
  '<=': '<',
  '>': '>',
  '≥': '>',
  '>=': '>',
}

/** Reads « < 0,5 » or « ≥16 ». */
const boundOf = (value: string): TimedValue['bound'] => {
  const [, sign = '', digits = ''] = /^\s*(<=|>=|[<>≤≥])\s*(\d{1,12}(?:[.,]\d{1,12})?)\s*$/u.exec(value) ?? []
  const known = boundSigns[sign]
  return known ? { sign: known, number: Number(digits.replace(',', '.')) } : null
}

/** « 63,000000 – 83,000000 » is 63 – 83: zeros that machines add say nothing; « < 10000 » is read in groups. */
export const tidyRange = (range: string | null): string | null =>
  range
    ?.replace(/(\d)[.,]0{3,}(?!\d)/g, '$1')
    .replace(/([.,]\d*?[1-9])0{3,}(?!\d)/g, '$1')
    .replace(/(?<![\d.,])\d{5,15}(?!\d)/g, (whole) => shownNumber(Number(whole), 0)) ?? null

const day = (date: string | null): string => date?.slice(0, 10) ?? ''

/** A value of the store as the curve draws it; `unit` is that of the series. */
export const ofPoint = (point: ResultPoint, unit: string | null): TimedValue => ({
  date: point.date,
  value: point.value,
  unit: point.unit,
  number: point.number,
  converted: point.converted,
  bound: point.number === null && point.unit === unit ? boundOf(point.value) : null,
  low: point.referenceLow,
  high: point.referenceHigh,
  mark: markOf(point),
  organisation: point.organisation,
  messageId: point.messageId,
  current: false,
  byTraits: point.matched === 'traits',
})

/**
 * All values of an analyte, oldest first: those of other messages, those the document tells itself (unless another message has
 * the same day and value), and its own. Values without a date come first, but the document's own: it has the date of the
 * document, and comes last where that says none either.
 */
export const valuesOverTime = (
  result: LabResult,
  series: ResultSeries | null,
  documentDate: string | null = null,
): TimedValue[] => {
  const ownDate = result.date ?? documentDate
  const own: TimedValue = {
    date: ownDate,
    value: result.value,
    unit: result.unit,
    number: result.number,
    converted: false,
    bound: result.number === null ? boundOf(result.value) : null,
    low: result.referenceLow,
    high: result.referenceHigh,
    mark: markOf(result),
    organisation: null,
    messageId: null,
    current: true,
    byTraits: false,
  }
  const same = (one: { date: string | null; number: number | null; value: string }) => (value: TimedValue) =>
    day(value.date) === day(one.date) &&
    (value.number !== null ? value.number === one.number : value.value === one.value)
  // A document that came twice is not its own history.
  const others = (series?.points ?? [])
    .map((point) => ofPoint(point, series?.unit ?? null))
    .filter((value) => !same({ ...result, date: ownDate })(value))
  const told = result.previous
    .filter((previous) => previous.value !== '' && !others.some(same(previous)))
    .map((previous): TimedValue => {
      const comparable = previous.unit === result.unit || previous.unit === null
      return {
        date: previous.date,
        value: previous.value,
        unit: previous.unit,
        number: comparable ? previous.number : null,
        converted: false,
        bound: comparable && previous.number === null ? boundOf(previous.value) : null,
        low: comparable ? result.referenceLow : null,
        high: comparable ? result.referenceHigh : null,
        mark: comparable
          ? markOf({
              interpretation: null,
              number: previous.number,
              referenceLow: result.referenceLow,
              referenceHigh: result.referenceHigh,
            })
          : markOf({ interpretation: null, number: null, referenceLow: null, referenceHigh: null }),
        organisation: null,
        messageId: null,
        current: false,
        byTraits: false,
      }
    })
  const earlier = [...told, ...others].sort((a, b) => (a.date ?? '').localeCompare(b.date ?? ''))
  return ownDate === null
    ? [...earlier, own]
    : [...earlier, own].sort((a, b) => (a.date ?? '').localeCompare(b.date ?? ''))
}

/** The value before the document's own; null when there is none with a date before, nor one without a date. */
export const previousOf = (values: readonly TimedValue[]): TimedValue | null => {
  const index = values.findIndex(({ current }) => current)
  return values.slice(0, Math.max(0, index)).findLast(({ current }) => !current) ?? null
}

/** Values that a curve can join: numbers, and « < 5 » at its bound. */
export const plotted = (values: readonly TimedValue[]): (TimedValue & { number: number; date: string })[] =>
  values.flatMap((value) => {
    const number = value.number ?? value.bound?.number ?? null
    return number === null || value.date === null || !/^\d{4}-\d{2}-\d{2}/.test(value.date)
      ? []
      : [{ ...value, number, date: value.date }]
  })

/** The day all previous values share, for the column's heading; null when there are several or none. */
export const sharedDay = (values: readonly (TimedValue | null)[]): string | null => {
  const days = new Set(values.flatMap((value) => (value === null ? [] : [day(value.date)])))
  const [only] = days
  return days.size === 1 && only ? only : null
}
