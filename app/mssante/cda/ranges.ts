import type { LabResult, ReferenceRange } from '../../contract/index.ts'
import { at, attribute, childOf, childrenOf, textOf, type XmlElement } from '../xml/element.ts'
import { labelOf } from './actors.ts'
import { boundOf, measured, referredText, type Resolve } from './measured.ts'

/** Zeros that only fill up the digits of a bound: `63,000000` is printed 63. */
const shortened = (text: string): string =>
  /[.,]\d{4,}$/.test(text) ? text.replace(/([.,]\d*?)0+$/, '$1').replace(/[.,]$/, '') : text

/** « 3,5 – 5,1 »; one-sided as printed by laboratories, « ≤ » only where the document says it. */
const rangeText = (value: XmlElement | null): string => {
  const low = boundOf(childOf(value, 'low'))
  const high = boundOf(childOf(value, 'high'))
  if (low && high) return `${shortened(low.text)} – ${shortened(high.text)}`
  if (high) return `${high.inclusive === true ? '≤' : '<'} ${shortened(high.text)}`
  if (low) return `${low.inclusive === true ? '≥' : '>'} ${shortened(low.text)}`
  return ''
}

/** For whom a range holds: labels and values of its preconditions. */
const conditionOf = (range: XmlElement, resolve: Resolve): string | null => {
  const texts = childrenOf(range, 'precondition').flatMap((precondition) => {
    const criterion = childOf(precondition, 'criterion') ?? childOf(precondition, 'observationCriterion')
    const value = measured(childOf(criterion, 'value'), resolve)
    const shown = value ? [value.value, value.unit].filter(Boolean).join(' ') : ''
    return [labelOf(childOf(criterion, 'code')), referredText(criterion, resolve), shown]
      .filter(Boolean)
      .join(' ')
  })
  return texts.filter(Boolean).join(', ') || null
}

const readRange = (range: XmlElement, resolve: Resolve): ReferenceRange | null => {
  const value = childOf(range, 'value')
  const low = boundOf(childOf(value, 'low'))
  const high = boundOf(childOf(value, 'high'))
  const other = low || high ? null : measured(value, resolve)
  const text =
    rangeText(value) ||
    [other?.value, other?.unit].filter(Boolean).join(' ') ||
    referredText(range, resolve) ||
    textOf(at(range, 'code', 'originalText'))
  if (!text) return null
  return {
    text,
    low: low?.number ?? null,
    high: high?.number ?? null,
    unit: low?.unit ?? high?.unit ?? null,
    interpretation: attribute(childOf(range, 'interpretationCode'), 'code'),
    condition: conditionOf(range, resolve),
  }
}

/** All reference ranges; the first is the normal one that holds for everybody, where there is one. */
export const rangesOf = (
  observation: XmlElement,
  resolve: Resolve,
): Pick<LabResult, 'ranges' | 'referenceRange' | 'referenceLow' | 'referenceHigh'> => {
  const all = childrenOf(observation, 'referenceRange').flatMap((holder) =>
    childrenOf(holder, 'observationRange').flatMap((range) => readRange(range, resolve) ?? []),
  )
  const isNormal = ({ interpretation }: ReferenceRange): boolean =>
    interpretation === null || interpretation === 'N'
  const shown =
    all.find((range) => isNormal(range) && range.condition === null) ?? all.find(isNormal) ?? all[0]
  const ranges = shown ? [shown, ...all.filter((range) => range !== shown)] : []
  return {
    ranges,
    referenceRange: shown?.text ?? null,
    referenceLow: shown?.low ?? null,
    referenceHigh: shown?.high ?? null,
  }
}
