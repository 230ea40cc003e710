import type { LabResult, ResultPoint, ResultSeries } from '../../../app/contract/index.ts'
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

const day = (date: string | null): string => date?.slice(0, 10) ?? ''

/** A value of the store as the curve draws it. */
export const ofPoint = (point: ResultPoint): TimedValue => ({
  date: point.date,
  value: point.value,
  unit: point.unit,
  number: point.number,
  converted: point.converted,
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
 * the same day and value), and its own. Values without a date come first.
 */
export const valuesOverTime = (result: LabResult, series: ResultSeries | null): TimedValue[] => {
  const own: TimedValue = {
    date: result.date,
    value: result.value,
    unit: result.unit,
    number: result.number,
    converted: false,
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
  const others = (series?.points ?? []).map(ofPoint).filter((value) => !same(result)(value))
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
  return [...told, ...others, own].sort((a, b) => (a.date ?? '').localeCompare(b.date ?? ''))
}

/** The value before the document's own; null when there is none with a date before, nor one without a date. */
export const previousOf = (values: readonly TimedValue[]): TimedValue | null => {
  const index = values.findIndex(({ current }) => current)
  return values.slice(0, Math.max(0, index)).findLast(({ current }) => !current) ?? null
}

/** Values that a curve can join. */
export const plotted = (values: readonly TimedValue[]): (TimedValue & { number: number; date: string })[] =>
  values.flatMap((value) =>
    value.number === null || value.date === null || !/^\d{4}-\d{2}-\d{2}/.test(value.date)
      ? []
      : [{ ...value, number: value.number, date: value.date }],
  )

/** The day all previous values share, for the column's heading; null when there are several or none. */
export const sharedDay = (values: readonly (TimedValue | null)[]): string | null => {
  const days = new Set(values.flatMap((value) => (value === null ? [] : [day(value.date)])))
  const [only] = days
  return days.size === 1 && only ? only : null
}
