import type { LabResult, ResultAlert } from '../../contract/index.ts'
import { at, attribute, childOf, childrenOf, textOf, type XmlElement } from '../xml/element.ts'
import { displayUnit, frenchNumber, numberOf, timeOf, typeOf } from './values.ts'

/** FR-Resultat-examens-de-biologie observation, and the IHE XD-LAB template it specialises (clinical-documents.md §10). */
const resultTemplates = new Set(['1.2.250.1.213.1.1.3.80', '1.3.6.1.4.1.19376.1.3.1.6'])
const commentTemplate = '1.2.250.1.213.1.1.3.32'

const hasTemplate = (element: XmlElement, wanted: (root: string) => boolean): boolean =>
  childrenOf(element, 'templateId').some((template) => wanted(attribute(template, 'root') ?? ''))

interface Measured {
  value: string
  number: number | null
  unit: string | null
}

const bound = (
  element: XmlElement | null,
): { text: string; number: number; inclusive: boolean; unit: string | null } | null => {
  const text = attribute(element, 'value')
  const number = numberOf(text)
  return text !== null && number !== null
    ? {
        text: frenchNumber(text),
        number,
        inclusive: attribute(element, 'inclusive') !== 'false',
        unit: displayUnit(attribute(element, 'unit')),
      }
    : null
}

const measured = (value: XmlElement | null, resolve: (reference: string) => string): Measured | null => {
  if (!value) return null
  switch (typeOf(value)) {
    case 'PQ':
    case 'REAL':
    case 'INT': {
      const text = attribute(value, 'value')
      return text === null
        ? null
        : { value: frenchNumber(text), number: numberOf(text), unit: displayUnit(attribute(value, 'unit')) }
    }
    case 'IVL_PQ':
    case 'IVL_REAL':
    case 'IVL_INT': {
      const low = bound(childOf(value, 'low'))
      const high = bound(childOf(value, 'high'))
      const unit = low?.unit ?? high?.unit ?? null
      if (low && high) return { value: `${low.text} – ${high.text}`, number: null, unit }
      if (high) return { value: `${high.inclusive ? '≤' : '<'} ${high.text}`, number: null, unit }
      if (low) return { value: `${low.inclusive ? '≥' : '>'} ${low.text}`, number: null, unit }
      return null
    }
    case 'RTO': {
      const numerator = attribute(childOf(value, 'numerator'), 'value')
      const denominator = attribute(childOf(value, 'denominator'), 'value')
      return numerator && denominator
        ? { value: `${numerator}/${denominator}`, number: null, unit: null }
        : null
    }
    case 'CD':
    case 'CE':
    case 'CO': {
      const reference = attribute(at(value, 'originalText', 'reference'), 'value')
      const text =
        attribute(value, 'displayName') ?? (reference ? resolve(reference) : '') ?? attribute(value, 'code')
      return text ? { value: text, number: null, unit: null } : null
    }
    case 'ED':
      return null
    default: {
      const text = textOf(value) || attribute(value, 'value')
      return text ? { value: frenchNumber(text), number: numberOf(text), unit: null } : null
    }
  }
}

const referenceOf = (
  observation: XmlElement,
): Pick<LabResult, 'referenceRange' | 'referenceLow' | 'referenceHigh'> => {
  const range = at(observation, 'referenceRange', 'observationRange')
  const value = childOf(range, 'value')
  const low = bound(childOf(value, 'low'))
  const high = bound(childOf(value, 'high'))
  const text =
    low && high
      ? `${low.text} – ${high.text}`
      : high
        ? `< ${high.text}`
        : low
          ? `> ${low.text}`
          : textOf(childOf(range, 'text'))
  return {
    referenceRange: text || null,
    referenceLow: low?.number ?? null,
    referenceHigh: high?.number ?? null,
  }
}

const labelOf = (observation: XmlElement, resolve: (reference: string) => string): string => {
  const code = childOf(observation, 'code')
  const reference = attribute(at(code, 'originalText', 'reference'), 'value')
  return (
    (reference ? resolve(reference) : '') ||
    attribute(code, 'displayName') ||
    textOf(childOf(code, 'originalText')) ||
    (attribute(code, 'code') ?? '')
  )
}

const commentOf = (observation: XmlElement, resolve: (reference: string) => string): string | null => {
  const comments = childrenOf(observation, 'entryRelationship')
    .map((relation) => childOf(relation, 'act'))
    .filter((act): act is XmlElement => act !== null && hasTemplate(act, (root) => root === commentTemplate))
    .map((act) => {
      const reference = attribute(at(act, 'text', 'reference'), 'value')
      return (reference ? resolve(reference) : '') || textOf(childOf(act, 'text'))
    })
    .filter(Boolean)
  return comments.length > 0 ? comments.join(' ') : null
}

const readResult = (observation: XmlElement, resolve: (reference: string) => string): LabResult | null => {
  const value = measured(childOf(observation, 'value'), resolve)
  if (!value) return null
  const code = childOf(observation, 'code')
  const previous = childrenOf(observation, 'entryRelationship')
    .filter((relation) => attribute(relation, 'typeCode') === 'REFR')
    .flatMap((relation) => childrenOf(relation, 'observation'))
    .flatMap((earlier) => {
      const before = measured(childOf(earlier, 'value'), resolve)
      return before
        ? [{ value: before.value, unit: before.unit, date: timeOf(childOf(earlier, 'effectiveTime')) }]
        : []
    })
  const method = childOf(observation, 'methodCode')
  return {
    label: labelOf(observation, resolve),
    loinc: attribute(code, 'codeSystem') === '2.16.840.1.113883.6.1' ? attribute(code, 'code') : null,
    ...value,
    ...referenceOf(observation),
    interpretation: attribute(childOf(observation, 'interpretationCode'), 'code'),
    date: timeOf(childOf(observation, 'effectiveTime')),
    method: attribute(method, 'displayName') ?? (textOf(childOf(method, 'originalText')) || null),
    comment: commentOf(observation, resolve),
    previous,
  }
}

/** Results of a section's entries, in document order; earlier values hang below theirs. */
export const resultsOf = (section: XmlElement, resolve: (reference: string) => string): LabResult[] => {
  const found: LabResult[] = []
  const visit = (node: XmlElement): void => {
    if (node.name === 'observation' && hasTemplate(node, (root) => resultTemplates.has(root))) {
      const result = readResult(node, resolve)
      if (result) found.push(result)
    }
    for (const child of node.children) {
      if (typeof child === 'string') continue
      if (child.name === 'entryRelationship' && attribute(child, 'typeCode') === 'REFR') continue
      visit(child)
    }
  }
  for (const entry of childrenOf(section, 'entry')) visit(entry)
  return found
}

const severity: Record<string, number> = { HH: 3, LL: 3, AA: 3, H: 1, L: 1, A: 1 }

/** The most severe result, critical first (BIO/va1.01: AA, HH, LL). */
export const worstResult = (results: LabResult[]): ResultAlert | null => {
  const flagged = results.filter(
    (result) => result.interpretation !== null && severity[result.interpretation],
  )
  const critical = flagged.filter((result) => severity[result.interpretation ?? ''] === 3)
  const shown = critical[0] ?? flagged[0]
  return shown?.interpretation
    ? {
        level: critical.length > 0 ? 'critical' : 'abnormal',
        code: shown.interpretation,
        analyte: shown.label,
        value: shown.unit ? `${shown.value} ${shown.unit}` : shown.value,
        count: critical.length > 0 ? critical.length : flagged.length,
      }
    : null
}
