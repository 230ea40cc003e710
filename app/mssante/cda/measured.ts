import type { CodedValue, LabResult, MeasuredValue } from '../../contract/index.ts'
import { at, attribute, childOf, childrenOf, textOf, type XmlElement } from '../xml/element.ts'
import { displayUnit, frenchNumber, numberOf, plainText, readTime, typeOf } from './values.ts'

/** Narrative text by `@ID`, which entries point to with `#id`; empty when nothing has it. */
export type Resolve = (reference: string) => string

/** A value in full (HL7 v3 data types met in results: clinical-documents.md §10). */
export type Measured = MeasuredValue &
  Pick<LabResult, 'type' | 'ucum' | 'comparator' | 'low' | 'high' | 'translations'> & {
    /** Null flavor of a value that says it has none. */
    absent: string | null
  }

const plain = (value: string, type: string | null): Measured => ({
  value,
  number: null,
  unit: null,
  type,
  ucum: null,
  comparator: null,
  low: null,
  high: null,
  translations: [],
  absent: null,
})

export interface Bound {
  text: string
  number: number
  /** Null when the document does not say. */
  inclusive: boolean | null
  unit: string | null
  ucum: string | null
}

/** One end of an interval; null without a number. */
export const boundOf = (element: XmlElement | null): Bound | null => {
  const text = attribute(element, 'value')
  const number = numberOf(text)
  if (text === null || number === null) return null
  const inclusive = attribute(element, 'inclusive')
  const ucum = attribute(element, 'unit')
  return {
    text: frenchNumber(text),
    number,
    inclusive: inclusive === null ? null : inclusive !== 'false' && inclusive !== '0',
    unit: displayUnit(ucum),
    ucum,
  }
}

/** `originalText` (text or reference), label or code of a coded element, what the narrative shows first. */
export const codedText = (element: XmlElement | null, resolve: Resolve): string => {
  const original = childOf(element, 'originalText')
  const reference = attribute(childOf(original, 'reference'), 'value')
  const translation = childrenOf(element, 'translation').find((one) => attribute(one, 'displayName'))
  return (
    (reference ? resolve(reference) : '') ||
    textOf(original) ||
    attribute(element, 'displayName') ||
    attribute(translation, 'displayName') ||
    (attribute(element, 'code') ?? '')
  )
}

const translationOf = (element: XmlElement): MeasuredValue[] => {
  const text = attribute(element, 'value')
  if (text === null) return []
  const unit =
    displayUnit(attribute(element, 'unit')) ??
    attribute(element, 'displayName') ??
    (textOf(childOf(element, 'originalText')) || attribute(element, 'code'))
  return [{ value: frenchNumber(text), number: numberOf(text), unit }]
}

/** « <0,5 » written where a number is meant. */
const compared = /^([<>≤≥])\s*(=?)\s*(.+)$/

const quantity = (value: XmlElement, type: string): Measured | null => {
  const text = attribute(value, 'value')
  if (text === null) return null
  const ucum = attribute(value, 'unit')
  const [, sign = '', equal, rest = ''] = compared.exec(text) ?? []
  const comparator = equal ? (sign === '<' ? '≤' : '≥') : sign
  const bound = numberOf(rest)
  const end =
    bound === null || (comparator !== '<' && comparator !== '≤' && comparator !== '>' && comparator !== '≥')
      ? null
      : ({ comparator, value: `${comparator} ${frenchNumber(rest)}` } as const)
  return {
    ...plain(end?.value ?? frenchNumber(text), type),
    comparator: end?.comparator ?? null,
    low: end && /[>≥]/.test(end.comparator) ? bound : null,
    high: end && /[<≤]/.test(end.comparator) ? bound : null,
    number: numberOf(text),
    unit: displayUnit(ucum),
    ucum,
    translations: childrenOf(value, 'translation').flatMap(translationOf),
  }
}

/** An interval as a value: « 3 – 5 », « < 0,5 », or its centre. */
const interval = (value: XmlElement, type: string): Measured | null => {
  const low = boundOf(childOf(value, 'low'))
  const high = boundOf(childOf(value, 'high'))
  const centre = childOf(value, 'center')
  const end = low ?? high
  if (!end) return centre ? quantity(centre, type) : quantity(value, type)
  const common = {
    ...plain('', type),
    unit: low?.unit ?? high?.unit ?? null,
    ucum: low?.ucum ?? high?.ucum ?? null,
    low: low?.number ?? null,
    high: high?.number ?? null,
  }
  if (low && high) return { ...common, value: `${low.text} – ${high.text}` }
  // Both ends are inclusive unless told otherwise (HL7 v3 data types, IVL).
  const inclusive = end.inclusive !== false
  const comparator = high ? (inclusive ? '≤' : '<') : inclusive ? '≥' : '>'
  return { ...common, value: `${comparator} ${end.text}`, comparator }
}

const ratio = (value: XmlElement): Measured | null => {
  const part = (name: string): string | null => {
    const element = childOf(value, name)
    const text = attribute(element, 'value')
    const unit = displayUnit(attribute(element, 'unit'))
    return text === null ? null : [frenchNumber(text), unit].filter(Boolean).join(' ')
  }
  const numerator = part('numerator')
  const denominator = part('denominator')
  const shown = numerator && denominator ? `${numerator}/${denominator}` : numerator
  return shown ? plain(shown, 'RTO') : null
}

const textValue = (value: XmlElement, type: string | null, resolve: Resolve): Measured | null => {
  const reference = attribute(childOf(value, 'reference'), 'value')
  const text = textOf(value) || (reference ? resolve(reference) : '') || (attribute(value, 'value') ?? '')
  return text ? { ...plain(frenchNumber(text), type), number: numberOf(text) } : null
}

/** An ED value that is text; a picture or a PDF is media, not a value. */
const encapsulated = (value: XmlElement, resolve: Resolve): Measured | null => {
  const mediaType = attribute(value, 'mediaType')
  if (attribute(value, 'representation') !== 'B64') return textValue(value, 'ED', resolve)
  if (mediaType !== null && mediaType !== 'text/plain') return null
  const text = plainText(Buffer.from(textOf(value), 'base64')).trim()
  return text ? plain(text, 'ED') : null
}

const dispatch = (value: XmlElement, type: string | null, resolve: Resolve): Measured | null => {
  switch (type) {
    case 'PQ':
    case 'REAL':
    case 'INT':
    case 'MO':
    case 'PPD_PQ':
      return quantity(value, type) ?? textValue(value, type, resolve)
    case 'IVL_PQ':
    case 'IVL_REAL':
    case 'IVL_INT':
      return interval(value, type)
    case 'RTO':
    case 'RTO_PQ_PQ':
    case 'RTO_QTY_QTY':
      return ratio(value)
    case 'CD':
    case 'CE':
    case 'CO':
    case 'CV':
    case 'CS': {
      const text = codedText(value, resolve)
      return text ? plain(text, type) : null
    }
    case 'BL': {
      const text = attribute(value, 'value')
      return text ? plain(text, type) : null
    }
    case 'TS': {
      const text = readTime(attribute(value, 'value'))
      return text ? plain(text, type) : null
    }
    case 'IVL_TS': {
      const ends = ['low', 'high'].map((end) => readTime(attribute(childOf(value, end), 'value')))
      const shown = ends.filter((end) => end !== null)
      return shown.length > 0 ? plain(shown.join(' – '), type) : null
    }
    case 'ED':
      return encapsulated(value, resolve)
    case 'II': {
      const text = attribute(value, 'extension') ?? attribute(value, 'root')
      return text ? plain(text, type) : null
    }
    default:
      return interval(value, type ?? '') ?? textValue(value, type, resolve)
  }
}

/** A value of an observation; null when there is none at all, `absent` when it says why there is none. */
export const measured = (value: XmlElement | null, resolve: Resolve): Measured | null => {
  if (!value) return null
  const type = typeOf(value)
  const found = dispatch(value, type, resolve)
  const flavor = attribute(value, 'nullFlavor')
  if (found) return found
  return flavor ? { ...plain('', type), absent: flavor } : null
}

/** A code with what the sender calls it. */
export const codeOf = (element: XmlElement | null): CodedValue | null => {
  const code = attribute(element, 'code')
  return code
    ? { code, system: attribute(element, 'codeSystem'), label: attribute(element, 'displayName') }
    : null
}

/** Text of a `text` or `value` element, by reference or in place. */
export const referredText = (holder: XmlElement | null, resolve: Resolve): string => {
  const reference = attribute(at(holder, 'text', 'reference'), 'value')
  return (reference ? resolve(reference) : '') || textOf(childOf(holder, 'text'))
}
