import type { LabResult, ReferenceRange } from '../contract/index.ts'
import { displayUnit, frenchNumber, numberOf, readTime } from './cda/index.ts'

/** Interpretations we know; other flags of laboratories are not made into one. */
const interpretations = new Set(['N', 'L', 'LL', 'H', 'HH', 'A', 'AA', 'S', 'I', 'R'])

/** Flags written otherwise; `<` and `>` are values off the scale of the instrument (HL7 table 0078). */
const flagAliases: Record<string, string> = {
  '<': 'L',
  '>': 'H',
  '++': 'HH',
  '--': 'LL',
  '+': 'H',
  '-': 'L',
  '*': 'A',
  '**': 'AA',
}
/** « bas » in French files, where HL7 says « better ». */
const frenchAliases: Record<string, string> = { B: 'L', BB: 'LL' }

const gravity = ['AA', 'HH', 'LL', 'A', 'H', 'L']

/** What a flag says, the gravest where it is several (`H~A`); null for what is no interpretation. */
export const interpretationOfFlag = (flag: string, family: 'hl7' | 'hprim' = 'hl7'): string | null => {
  const codes = flag
    .toUpperCase()
    .split(/[~^,;\s]+/)
    .map((text) => flagAliases[text] ?? (family === 'hprim' ? frenchAliases[text] : undefined) ?? text)
    .filter((code) => interpretations.has(code))
  return gravity.find((code) => codes.includes(code)) ?? codes[0] ?? null
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
/** `4.000`: three decimals or thousands, only what is around it tells. */
const ambiguous = /^[+-]?[1-9]\d{0,2}\.\d{3}$/
const countUnit = /^\/(?:mm[3³]|[µu]l|mcl)$/i

const ungrouped = (text: string): number => Number(text.replace(/[ \u00a0\u202f.]/g, ''))

/**
 * A number of a text file: decimal comma or point, thousands with blanks; `2.920` is a thousand when its range is of that size or
 * its unit counts cells (clinical-documents.md §11.1). Null for what is no number.
 */
export const readNumber = (
  text: string,
  { ends = [], unit = null }: { ends?: readonly (number | null)[]; unit?: string | null } = {},
): number | null => {
  const trimmed = text.trim()
  const decimal = numberOf(trimmed)
  if (groups.test(trimmed)) {
    const large =
      ambiguous.test(trimmed) &&
      (countUnit.test(unit ?? '') || ends.some((end) => end !== null && end >= 1000))
    if (decimal === null || trimmed.split('.').length > 2 || large) return ungrouped(trimmed)
  }
  return decimal ?? numberOf(trimmed.replace(/(?<=\d)[ \u00a0\u202f](?=\d{3})/g, ''))
}

/** As French readers write it, unless its point parts thousands: then as it was sent. */
export const shownNumber = (text: string, number: number | null): string =>
  ambiguous.test(text) && number === ungrouped(text) ? text : frenchNumber(text)

/** A time of a text format as French readers write it: `20260112` is « 12/01/2026 »; what is none stays as it is. */
export const shownTime = (text: string): string => {
  const [, year, month, day, hour, minute] =
    /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d))?/.exec(readTime(text) ?? '') ?? []
  if (!year || !month || !day) return text
  return hour && minute ? `${day}/${month}/${year} ${hour}:${minute}` : `${day}/${month}/${year}`
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

const bare = { interpretation: null, condition: null }

/** « 3,5 – 5,1 » of two ends as written; null without any. */
export const rangeOf = (
  low: string,
  high: string,
  unit: string | null,
  signs: { low: string; high: string } = { low: '>', high: '<' },
): ReferenceRange | null => {
  const from = low.trim()
  const to = high.trim()
  const ends = { low: readNumber(from, { unit }), high: readNumber(to, { unit }) }
  const lowest = shownNumber(from, ends.low)
  const highest = shownNumber(to, ends.high)
  const text =
    from && to
      ? `${lowest} – ${highest}`
      : to
        ? `${signs.high} ${highest}`
        : from
          ? `${signs.low} ${lowest}`
          : ''
  return text ? { text, ...ends, unit, ...bare } : null
}

const numeral = String.raw`[+-]?\d+(?:[ \u00a0\u202f]\d{3})*(?:[.,]\d+)*`
const betweenNumerals = new RegExp(`^(${numeral})\\s?(?:-|–|—|à|a|to|\\.\\.|;|\\^)\\s?(${numeral})$`, 'i')
const interval = new RegExp(`^[[\\]]\\s?(${numeral})\\s?[;-]\\s?(${numeral})\\s?[[\\]]$`)
const under = new RegExp(
  `^(<=|=<|≤|inf[^\\d]*égal[^\\d]*|jusqu[^\\d]*|max[^\\d]*|<|inf(?:érieur)?e?\\.?\\s?(?:à|a)?|moins de)\\s?(${numeral})$`,
  'i',
)
const over = new RegExp(
  `^(>=|=>|≥|sup[^\\d]*égal[^\\d]*|à partir de|min[^\\d]*|>|sup(?:érieur)?e?\\.?\\s?(?:à|a)?|plus de)\\s?(${numeral})$`,
  'i',
)
const strict = /^(?:<|>|inf(?:érieur)?e?\.?\s?(?:à|a)?|sup(?:érieur)?e?\.?\s?(?:à|a)?|moins de|plus de)$/i

/** The range without the unit that is written after its ends, and without parentheses around it. */
const withoutUnit = (text: string, unit: string | null): string => {
  const inside = /^\(([^()]*)\)$/.exec(text)?.[1]?.trim() ?? text
  if (!unit) return inside
  const named = unit.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
  return inside.replace(new RegExp(`(?<=\\d)\\s*${named}(?=\\s|$)`, 'gi'), '').trim()
}

/** A range written as one text: `10 - 40`, `< 5`, `[2;4[`, `inf. à 400`; any other text is kept as it is, without ends. */
export const rangeOfText = (text: string, unit: string | null): ReferenceRange | null => {
  const whole = text.trim().replace(/\s+/g, ' ')
  if (!whole) return null
  const kept: ReferenceRange = {
    text: text.trim().replace(/[^\S\n]+/g, ' '),
    low: null,
    high: null,
    unit,
    ...bare,
  }
  if (whole.length > 100) return kept
  const trimmed = withoutUnit(whole, unit)
  const enclosed = interval.exec(trimmed)
  const both = enclosed ?? betweenNumerals.exec(trimmed)
  if (both?.[1] && both[2]) {
    const range = rangeOf(both[1], both[2], unit)
    if (!range || range.low === null || range.high === null || range.low > range.high) return kept
    return enclosed ? { ...range, text: whole } : range
  }
  const below = under.exec(trimmed)
  if (below?.[1] && below[2])
    return rangeOf('', below[2], unit, { low: '>', high: strict.test(below[1].trim()) ? '<' : '≤' })
  const above = over.exec(trimmed)
  if (above?.[1] && above[2])
    return rangeOf(above[2], '', unit, { low: strict.test(above[1].trim()) ? '>' : '≥', high: '<' })
  return kept
}

/** `4.000 – 10.000` beside a value of 2920 are thousands: they are read again as such. */
const inThousands = (range: ReferenceRange, value: string): ReferenceRange => {
  const ends = range.text.split(' – ')
  const whole = /^\d{2,}$/.test(value) ? Number(value) : null
  const high = range.high ?? range.low
  const doubtful = ends.length === 2 && ends.every((end) => ambiguous.test(end.replace(',', '.')))
  if (!doubtful || whole === null || high === null || high >= 1000 || whole < high * 10) return range
  const asSent = ends.map((end) => end.replace(',', '.'))
  const [low, top] = asSent.map(ungrouped)
  return { ...range, text: asSent.join(' – '), low: low ?? null, high: top ?? null }
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
  family?: 'hl7' | 'hprim'
}

/** Why there is no value, or why the one that is there does not count (HL7 table 0085). */
const absenceOf = (value: string, status: string): string | null => {
  const code = status.trim().toUpperCase()
  if (code === 'W' || code === 'D') return 'withdrawn'
  if (value !== '') return null
  return code === 'X' || code === 'N' ? 'not-done' : code === 'I' ? 'pending' : 'missing'
}

const compared = new RegExp(`^([<>]=?|=[<>]|≤|≥)\\s?(${numeral})(?:\\s(\\S.*))?$`)
const measured = new RegExp(
  `^(${numeral})\\s?(%|[a-zµ°*\\d^.²³]*/[a-zµ][a-zµ°*\\d^.,²³ ]*|[mµun]?mol|[mµun]?g|UI|fl|pg)$`,
  'i',
)
const starred = /^(.*\d)\s*(\*{1,2})$/

/** Reads the value as written: « < 0.12  mg/l » gives « < 0,12 », its unit and its bound. */
export const resultOf = (written: WrittenResult): LabResult => {
  const whole = written.value.trim().replace(/[^\S\n]+/g, ' ')
  const marked = starred.exec(whole)
  const text = marked?.[1] ?? whole
  const interpretation =
    interpretationOfFlag(written.flag, written.family) ?? interpretationOfFlag(marked?.[2] ?? '')
  const found = compared.exec(text)
  const comparator = found?.[1] ? (comparators[found[1]] ?? null) : null
  const joined = !comparator && !written.unit.trim() ? measured.exec(text) : null
  const bound = found?.[2] ? readNumber(found[2]) : null
  const ucum = written.unit.trim() || (comparator && found?.[3] ? found[3].trim() : '') || (joined?.[2] ?? '')
  const exact = joined?.[1] ?? text
  const range = written.range && inThousands(written.range, exact)
  const ends = [range?.low ?? null, range?.high ?? null]
  const number = comparator ? null : readNumber(exact, { ends, unit: ucum })
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
    value: comparator && found?.[2] ? `${comparator} ${frenchNumber(found[2])}` : shownNumber(exact, number),
    number,
    unit: displayUnit(ucum || null),
    ucum: ucum || null,
    comparator,
    low: comparator && !isUpper ? bound : null,
    high: isUpper ? bound : null,
    referenceRange: range?.text ?? null,
    referenceLow: range?.low ?? null,
    referenceHigh: range?.high ?? null,
    ranges: range ? [range] : [],
    interpretation,
    status: written.status.trim() || null,
    absent: absenceOf(text, written.status),
    date: written.date,
  }
}
