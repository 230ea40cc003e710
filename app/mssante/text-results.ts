import type { LabResult, ReferenceRange } from '../contract/index.ts'
import { displayUnit, frenchNumber, numberOf } from './cda/index.ts'

/** Interpretations we know; other flags of laboratories are not made into one. */
const interpretations = new Set(['N', 'L', 'LL', 'H', 'HH', 'A', 'AA', 'S', 'I', 'R'])

/** Flags written otherwise: « B » for bas in French files, `<` and `>` for values off the scale (HL7 table 0078). */
const flagAliases: Record<string, string> = {
  B: 'L',
  BB: 'LL',
  '++': 'HH',
  '--': 'LL',
  '+': 'H',
  '-': 'L',
  '*': 'A',
  '**': 'AA',
}

export const interpretationOfFlag = (flag: string): string | null => {
  const text = flag.trim().toUpperCase()
  const known = flagAliases[text] ?? text
  return interpretations.has(known) ? known : null
}

const comparators: Record<string, NonNullable<LabResult['comparator']>> = {
  '<': '<',
  '<=': '≤',
  '=<': '≤',
  '≤': '≤',
  '>': '>',
  '>=': '≥',
  '=>': '≥',
  '≥': '≥',
}

const groups = /^[+-]?\d{1,3}(?:[ \u00a0\u202f.]\d{3})+$/

/**
 * A number of a text file: decimal comma or point, thousands with blanks; `2.920` is a thousand when its range is of that size
 * (clinical-documents.md §11.1). Null for what is no number.
 */
export const readNumber = (text: string, ends: readonly (number | null)[] = []): number | null => {
  const trimmed = text.trim()
  const decimal = numberOf(trimmed)
  if (groups.test(trimmed)) {
    const whole = Number(trimmed.replace(/[ \u00a0\u202f.]/g, ''))
    const large = ends.some((end) => end !== null && end >= 1000)
    if (decimal === null || trimmed.split('.').length > 2 || large) return whole
  }
  return decimal ?? numberOf(trimmed.replace(/(?<=\d)[ \u00a0\u202f](?=\d{3})/g, ''))
}

/** A new one each time: its lists are filled afterwards. */
const bareResult = (): LabResult => ({
  label: '',
  loinc: null,
  code: null,
  value: '',
  number: null,
  unit: null,
  type: null,
  ucum: null,
  comparator: null,
  low: null,
  high: null,
  translations: [],
  referenceRange: null,
  referenceLow: null,
  referenceHigh: null,
  ranges: [],
  interpretation: null,
  date: null,
  status: null,
  absent: null,
  method: null,
  comment: null,
  batteries: [],
  isolate: null,
  specimen: null,
  performer: null,
  mediaIds: [],
  previous: [],
})

/** « 3,5 – 5,1 » of two ends as written; null without any. */
export const rangeOf = (low: string, high: string, unit: string | null): ReferenceRange | null => {
  const lowNumber = readNumber(low)
  const highNumber = readNumber(high)
  const shown = (text: string): string => frenchNumber(text.trim())
  const text =
    low.trim() && high.trim()
      ? `${shown(low)} – ${shown(high)}`
      : high.trim()
        ? `< ${shown(high)}`
        : low.trim()
          ? `> ${shown(low)}`
          : ''
  return text ? { text, low: lowNumber, high: highNumber, unit, interpretation: null, condition: null } : null
}

/** A range written as one text: `10 - 40`, `< 5`, `inf. à 400`; its text is kept, its ends read where they can be. */
export const rangeOfText = (text: string, unit: string | null): ReferenceRange | null => {
  const trimmed = text.trim().replace(/\s+/g, ' ')
  if (!trimmed) return null
  const both = /^\(?\s*([\d.,]+)\s*(?:-|–|à|a)\s*([\d.,]+)\s*\)?$/i.exec(trimmed)
  if (both?.[1] && both[2]) return rangeOf(both[1], both[2], unit)
  const under = /^(?:<=?|≤|inf(?:érieur|\.)?\s*(?:à|a)?)\s*([\d.,]+)$/i.exec(trimmed)
  if (under?.[1]) return rangeOf('', under[1], unit)
  const over = /^(?:>=?|≥|sup(?:érieur|\.)?\s*(?:à|a)?)\s*([\d.,]+)$/i.exec(trimmed)
  if (over?.[1]) return rangeOf(over[1], '', unit)
  return { text: trimmed, low: null, high: null, unit, interpretation: null, condition: null }
}

/** A result of a text format, whatever its syntax: HPRIM or HL7 v2. */
export interface WrittenResult {
  label: string
  code: LabResult['code']
  type: string
  value: string
  unit: string
  range: ReferenceRange | null
  flag: string
  status: string
  date: string | null
}

/** Reads the value as written: « < 0.12  mg/l » gives « < 0,12 », its unit and its bound. */
export const resultOf = (written: WrittenResult): LabResult => {
  const text = written.value.trim().replace(/\s+/g, ' ')
  const found = /^([<>]=?|=[<>]|≤|≥)\s*([\d.,]+)(?:\s+(\S.*))?$/.exec(text)
  const comparator = found?.[1] ? (comparators[found[1]] ?? null) : null
  const bound = found?.[2] ? readNumber(found[2]) : null
  const ucum = written.unit.trim() || (comparator && found?.[3] ? found[3].trim() : '')
  const ends = [written.range?.low ?? null, written.range?.high ?? null]
  const number = comparator ? null : readNumber(text, ends)
  const isUpper = comparator === '<' || comparator === '≤'
  return {
    ...bareResult(),
    label: written.label.trim(),
    code: written.code,
    loinc:
      written.code?.system === '2.16.840.1.113883.6.1' || written.code?.system === 'LN'
        ? written.code.code
        : null,
    type: written.type || null,
    value: comparator && found?.[2] ? `${comparator} ${frenchNumber(found[2])}` : frenchNumber(text),
    number,
    unit: displayUnit(ucum || null),
    ucum: ucum || null,
    comparator,
    low: comparator && !isUpper ? bound : null,
    high: isUpper ? bound : null,
    referenceRange: written.range?.text ?? null,
    referenceLow: written.range?.low ?? null,
    referenceHigh: written.range?.high ?? null,
    ranges: written.range ? [written.range] : [],
    interpretation: interpretationOfFlag(written.flag),
    status: written.status.trim() || null,
    absent: text === '' ? 'missing' : null,
    date: written.date,
  }
}
