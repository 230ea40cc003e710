import type { AnalyteAsked, LabResult, ResultPoint, ResultSeries } from '../../contract/index.ts'
import { analyteKey, analyteOfKey, knownAnalyte } from './analytes.ts'
import { conversionOf, convert } from './units.ts'

/** A result as the store keeps it. */
export interface StoredResult extends Pick<
  LabResult,
  'label' | 'loinc' | 'value' | 'unit' | 'number' | 'referenceRange' | 'referenceLow' | 'referenceHigh'
> {
  messageId: number
  analyte: string
  documentLabel: string
  organisation: string | null
  interpretation: string | null
  date: string | null
  matched: 'ins' | 'traits'
}

const otherUnitOf = (asked: AnalyteAsked): ResultSeries['otherUnit'] => {
  const analyte = knownAnalyte(asked)
  if (!analyte || asked.unit === null) return null
  for (const unit of analyte.otherUnit ?? []) {
    const conversion = conversionOf(asked.unit, unit, analyte)
    // The same unit written otherwise says nothing new.
    if (conversion && !(conversion.factor === 1 && conversion.offset === 0)) return { unit, ...conversion }
  }
  return null
}

const pointOf = (stored: StoredResult, unit: string | null): ResultPoint => {
  const { label: _label, loinc: _loinc, analyte, number, referenceLow, referenceHigh, ...shown } = stored
  const conversion = conversionOf(stored.unit, unit, analyteOfKey(analyte))
  const brought = (value: number | null): number | null =>
    value === null || conversion === null ? null : convert(value, conversion)
  return {
    ...shown,
    number: brought(number),
    referenceLow: brought(referenceLow),
    referenceHigh: brought(referenceHigh),
    converted: conversion !== null && number !== null && (conversion.factor !== 1 || conversion.offset !== 0),
  }
}

/** A laboratory sends the same measure twice (CDA and HPRIM, a copy): the day and the value tell. */
const measure = (point: ResultPoint): string =>
  `${point.date?.slice(0, 10) ?? ''}|${point.number ?? `${point.value} ${point.unit ?? ''}`}`

const seriesOf = (asked: AnalyteAsked, found: readonly StoredResult[]): ResultSeries => {
  const points = new Map<string, ResultPoint>()
  for (const stored of found) {
    const point = pointOf(stored, asked.unit)
    const key = measure(point)
    // What came with a date and an hour says more than the day alone.
    const known = points.get(key)
    if (!known || (point.date?.length ?? 0) > (known.date?.length ?? 0)) points.set(key, point)
  }
  return {
    ...asked,
    otherUnit: otherUnitOf(asked),
    points: [...points.values()].sort((a, b) => (a.date ?? '').localeCompare(b.date ?? '')),
  }
}

/** Keys of the analytes asked, to look for in the store. */
export const keysOf = (asked: readonly AnalyteAsked[]): string[] => [...new Set(asked.map(analyteKey))]

/**
 * Series of what the store found, in the order asked; of everything, those last measured first, in the unit they were last
 * measured in. Numbers are brought to that unit where a factor is known.
 */
export const buildHistory = (
  asked: readonly AnalyteAsked[] | null,
  found: readonly StoredResult[],
): ResultSeries[] => {
  const byAnalyte = Map.groupBy(found, ({ analyte }) => analyte)
  if (asked) return asked.map((one) => seriesOf(one, byAnalyte.get(analyteKey(one)) ?? []))
  const latest = (results: readonly StoredResult[]): StoredResult | undefined =>
    results.toSorted((a, b) => (b.date ?? '').localeCompare(a.date ?? ''))[0]
  return [...byAnalyte.values()]
    .flatMap((results) => latest(results) ?? [])
    .sort((a, b) => (b.date ?? '').localeCompare(a.date ?? ''))
    .map(({ label, loinc, unit, analyte }) => seriesOf({ label, loinc, unit }, byAnalyte.get(analyte) ?? []))
}
