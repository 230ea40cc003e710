import type { Actor, Deviation, LabResult, ReferenceRange, ResultAlert } from '../../contract/index.ts'
import { at, attribute, childOf, childrenOf, textOf, type XmlElement } from '../xml/element.ts'
import { actorOf, organisationName } from './actors.ts'
import { codedText, codeOf, measured, referredText, type Measured, type Resolve } from './measured.ts'
import { rangesOf } from './ranges.ts'
import { timeOf } from './values.ts'

/** FR-Resultat-examens-de-biologie observation, and the IHE XD-LAB template it specialises (clinical-documents.md §10). */
const resultTemplates = new Set(['1.2.250.1.213.1.1.3.80', '1.3.6.1.4.1.19376.1.3.1.6'])
/** Result observations of other countries (C-CDA, CCD); simple observations of IHE (vital signs, findings) build on the latter. */
const foreignTemplates = new Set(['2.16.840.1.113883.10.20.22.4.2', '2.16.840.1.113883.10.20.1.31'])
const simpleObservation = '1.3.6.1.4.1.19376.1.5.3.1.4.13'
/** LOINC codes of the specialties of a laboratory (IHE XD-LAB, chapters of the CR-BIO): what is observed there is a result, template or not. */
const laboratorySections = new Set(
  '18716-1 18717-9 18718-7 18719-5 18720-3 18721-1 18722-9 18723-7 18724-5 18725-2 18727-8 18728-6 18729-4 18767-4 18768-2 18769-0 14340-4 26435-8 26437-4 26438-2'.split(
    ' ',
  ),
)
const commentTemplates = new Set(['1.2.250.1.213.1.1.3.32', '1.3.6.1.4.1.19376.1.5.3.1.4.2'])
const loinc = '2.16.840.1.113883.6.1'

const hasTemplate = (element: XmlElement, wanted: ReadonlySet<string>): boolean =>
  childrenOf(element, 'templateId').some((template) => wanted.has(attribute(template, 'root') ?? ''))

/** Code of an annotation (LOINC « Annotation comment »). */
const commentCode = '48767-8'

/** What the entries above an observation say of it. */
interface Scope {
  /** In a section of laboratory results, and not below a result already. */
  untold: boolean
  batteries: string[]
  isolate: string | null
  specimen: string | null
  performer: string | null
}

const severity: Record<string, number> = {
  ...{ HH: 3, LL: 3, AA: 3 },
  // HU, LU: significantly high, low; < and >: off the scale.
  ...{ H: 1, L: 1, A: 1, HU: 2, LU: 2, HX: 1, LX: 1, '<': 1, '>': 1 },
}

/** The gravest of the interpretations of one result. */
const interpretationOf = (observation: XmlElement): string | null => {
  const codes = childrenOf(observation, 'interpretationCode').flatMap((code) => attribute(code, 'code') ?? [])
  return [...codes].sort((one, other) => (severity[other] ?? 0) - (severity[one] ?? 0))[0] ?? null
}

const commentOf = (observation: XmlElement, resolve: Resolve): string | null => {
  const comments = childrenOf(observation, 'entryRelationship')
    .flatMap((relation) => childrenOf(relation, 'act'))
    .filter(
      (act) => hasTemplate(act, commentTemplates) || attribute(childOf(act, 'code'), 'code') === commentCode,
    )
    .map((act) => referredText(act, resolve))
  // A text of the observation that points to its own row of the narrative is not a comment.
  return comments.filter(Boolean).join(' ') || null
}

const performerOf = (element: XmlElement): string | null => {
  const entity = at(element, 'performer', 'assignedEntity')
  return organisationName(childOf(entity, 'representedOrganization')) ?? actorOf(null, entity)?.name ?? null
}

/** What a specimen or an isolate is called. */
const specimenOf = (element: XmlElement, resolve: Resolve): string | null => {
  const playing =
    at(element, 'specimen', 'specimenRole', 'specimenPlayingEntity') ??
    childrenOf(element, 'participant')
      .map((participant) => at(participant, 'participantRole', 'playingEntity'))
      .find((entity) => entity !== null) ??
    null
  return textOf(childOf(playing, 'name')) || codedText(childOf(playing, 'code'), resolve) || null
}

const mediaIdsOf = (observation: XmlElement): string[] =>
  childrenOf(observation, 'entryRelationship')
    .flatMap((relation) => childrenOf(relation, 'observationMedia'))
    .flatMap((media) => attribute(media, 'ID') ?? [])

const previousOf = (observation: XmlElement, resolve: Resolve): LabResult['previous'] =>
  childrenOf(observation, 'entryRelationship')
    .filter((relation) => attribute(relation, 'typeCode') === 'REFR')
    .flatMap((relation) => childrenOf(relation, 'observation'))
    .flatMap((earlier) => {
      const before = measured(childOf(earlier, 'value'), resolve)
      const time = childOf(earlier, 'effectiveTime')
      return before?.value
        ? [
            {
              value: before.value,
              number: before.number,
              unit: before.unit,
              date: timeOf(time) ?? timeOf(childOf(time, 'high')) ?? timeOf(childOf(time, 'low')),
            },
          ]
        : []
    })

const nothing: Measured = {
  value: '',
  number: null,
  unit: null,
  type: null,
  ucum: null,
  comparator: null,
  low: null,
  high: null,
  translations: [],
  absent: null,
}

/** Several values of one observation (two findings) are one text. */
const valuesOf = (observation: XmlElement, resolve: Resolve): Measured | null => {
  const all = childrenOf(observation, 'value').flatMap((value) => measured(value, resolve) ?? [])
  const [first, ...rest] = all
  if (!first || rest.length === 0) return first ?? null
  const shown = all.filter(({ value }) => value)
  if (shown.length < 2) return shown[0] ?? first
  return {
    ...nothing,
    type: first.type,
    value: shown.map(({ value, unit }) => [value, unit].filter(Boolean).join(' ')).join(', '),
  }
}

const readResult = (observation: XmlElement, scope: Scope, resolve: Resolve): LabResult => {
  const value = valuesOf(observation, resolve)
  const code = childOf(observation, 'code')
  const time = childOf(observation, 'effectiveTime')
  const status = attribute(childOf(observation, 'statusCode'), 'code')
  const negated = attribute(observation, 'negationInd') === 'true'
  const flavor = value?.absent ?? attribute(observation, 'nullFlavor')
  const done = value !== null && value.value !== ''
  const withdrawn = status === 'nullified' || status === 'aborted' || status === 'cancelled'
  const notDone = negated || ['aborted', 'cancelled', 'nullified', 'held', 'suspended'].includes(status ?? '')
  const coded = codeOf(code)
  const written = codedText(code, resolve)
  // Some point the name and the value to the same words: the label of the code tells them apart.
  const label = written === value?.value ? (coded?.label ?? written) : written
  return {
    label,
    loinc: coded?.system === loinc ? coded.code : null,
    code: coded,
    ...(value ?? nothing),
    ...rangesOf(observation, resolve),
    interpretation: interpretationOf(observation),
    date: timeOf(time) ?? timeOf(childOf(time, 'high')) ?? timeOf(childOf(time, 'low')),
    status,
    absent: done
      ? negated
        ? 'negated'
        : withdrawn
          ? 'withdrawn'
          : null
      : notDone
        ? 'not-done'
        : (flavor ?? 'missing'),
    method:
      childrenOf(observation, 'methodCode')
        .map((method) => codedText(method, resolve))
        .filter(Boolean)
        .join(', ') || null,
    comment: commentOf(observation, resolve),
    batteries: scope.batteries,
    isolate: scope.isolate,
    specimen: specimenOf(observation, resolve) ?? scope.specimen,
    performer: performerOf(observation) ?? scope.performer,
    mediaIds: mediaIdsOf(observation),
    previous: previousOf(observation, resolve),
  }
}

/** What an act or organizer adds for what is below it. */
const scopeIn = (node: XmlElement, scope: Scope, resolve: Resolve): Scope => {
  if (node.name === 'organizer') {
    const label = codedText(childOf(node, 'code'), resolve)
    const specimen = specimenOf(node, resolve)
    const isIsolate =
      attribute(at(node, 'specimen', 'specimenRole', 'specimenPlayingEntity'), 'classCode') === 'MIC' ||
      attribute(node, 'classCode') === 'CLUSTER'
    return {
      untold: scope.untold,
      batteries: label ? [...scope.batteries, label] : scope.batteries,
      isolate: isIsolate && specimen ? specimen : scope.isolate,
      specimen: !isIsolate && specimen ? specimen : scope.specimen,
      performer: performerOf(node) ?? scope.performer,
    }
  }
  if (node.name !== 'act') return scope
  const taken = childrenOf(node, 'entryRelationship')
    .flatMap((relation) => childrenOf(relation, 'procedure'))
    .flatMap((procedure) => specimenOf(procedure, resolve) ?? [])
  const specimens = [...new Set(taken)]
  return {
    ...scope,
    specimen: specimens.length === 1 ? (specimens[0] ?? null) : scope.specimen,
    performer: performerOf(node) ?? scope.performer,
  }
}

const deviationsOf = (result: LabResult): Deviation[] => {
  const met: Deviation['code'][] = []
  if (result.loinc === null) met.push('result-not-loinc')
  if (result.type === 'PQ' && result.ucum === null && result.value) met.push('result-unit-missing')
  if (result.absent === 'missing') met.push('result-value-missing')
  return met.map((code) => ({ code, where: result.label || null }))
}

export interface SectionResults {
  results: LabResult[]
  /** Biologists who validated the results (`participant[@typeCode='AUTHEN']`). */
  validators: Actor[]
  deviations: Deviation[]
}

/** A section of laboratory results by its code. */
export const isLaboratory = (section: XmlElement): boolean =>
  laboratorySections.has(attribute(childOf(section, 'code'), 'code') ?? '')

const isSimple = (observation: XmlElement): boolean =>
  childrenOf(observation, 'templateId').some((template) =>
    attribute(template, 'root')?.startsWith(simpleObservation),
  )

/** An observation that is a result: by its template, or in a section of results by having a code and a value or a status of its own. */
const isResult = (observation: XmlElement, scope: Scope): boolean =>
  hasTemplate(observation, resultTemplates) ||
  (hasTemplate(observation, foreignTemplates) && !isSimple(observation)) ||
  (scope.untold &&
    childOf(observation, 'code') !== null &&
    childrenOf(observation, 'value').some((value) => attribute(value, 'type') !== 'ED'))

/** Results of a section's entries, in document order; earlier values hang below theirs. */
export const resultsOf = (section: XmlElement, inLaboratory: boolean, resolve: Resolve): SectionResults => {
  const found: SectionResults = { results: [], validators: [], deviations: [] }
  const visit = (node: XmlElement, scope: Scope): void => {
    const isOne = node.name === 'observation' && isResult(node, scope)
    if (isOne) {
      const result = readResult(node, scope, resolve)
      found.results.push(result)
      found.deviations.push(...deviationsOf(result))
    }
    if (node.name === 'participant' && attribute(node, 'typeCode') === 'AUTHEN') {
      const validator = actorOf(node, childOf(node, 'participantRole'), 'AUTHEN')
      if (
        validator &&
        !found.validators.some(({ name, date }) => name === validator.name && date === validator.date)
      )
        found.validators.push(validator)
    }
    const below = { ...scopeIn(node, scope, resolve), untold: scope.untold && !isOne }
    for (const child of node.children) {
      if (typeof child === 'string') continue
      if (child.name === 'entryRelationship' && attribute(child, 'typeCode') === 'REFR') continue
      visit(child, below)
    }
  }
  const outermost: Scope = {
    untold: inLaboratory,
    batteries: [],
    isolate: null,
    specimen: null,
    performer: null,
  }
  for (const entry of childrenOf(section, 'entry')) visit(entry, outermost)
  return found
}

/** How loud an interpretation is: AA, HH and LL are critical (BIO/va1.01), H, L and A abnormal. */
const levelOf = (interpretation: string): ResultAlert['level'] | null => {
  const rank = severity[interpretation] ?? 0
  return rank === 0 ? null : rank === 3 ? 'critical' : 'abnormal'
}

type Span = Pick<LabResult, 'number' | 'unit'> & Partial<Pick<LabResult, 'comparator' | 'low' | 'high'>>

/** Where all that a value can be lies outside a range of its own unit: « > 30 » is above 10 – 20, « < 15 » may be inside. */
const outsideOf = (value: Span, range: Pick<ReferenceRange, 'low' | 'high'>): 'H' | 'L' | null => {
  const { comparator = null, number, low = null, high = null } = value
  const bound = number ?? low ?? high
  const isUnder = comparator === '<' || comparator === '≤'
  const isOver = comparator === '>' || comparator === '≥'
  const least = isUnder ? null : comparator ? bound : (number ?? low)
  const most = isOver ? null : comparator ? bound : (number ?? high)
  if (range.high !== null && least !== null && least > range.high) return 'H'
  return range.low !== null && most !== null && most < range.low ? 'L' : null
}

/** What comparing says: the value with its range, else the same value in other units with theirs. */
const outside = (result: LabResult): 'H' | 'L' | null => {
  const { unit, ranges, referenceLow, referenceHigh } = result
  const [shown] = ranges
  const rangeUnit = shown?.unit ?? unit
  // A range that is not the normal one, or one of several for different people, says nothing of this value.
  const isNormal = shown?.interpretation === null || shown?.interpretation === 'N'
  const isTheirs =
    shown?.condition === null || ranges.filter(({ condition }) => condition !== null).length < 2
  if (shown && !(isNormal && isTheirs)) return null
  const own = rangeUnit === unit ? outsideOf(result, { low: referenceLow, high: referenceHigh }) : null
  if (own !== null) return own
  const others = result.translations.flatMap((value) =>
    ranges
      .filter((range) => range.unit !== null && range.unit !== unit && range.unit === value.unit)
      .filter(({ condition }) => condition === null)
      .map((range) => outsideOf(value, range)),
  )
  return others.find((found) => found !== null) ?? null
}

/** The value of a result with its unit, as an alert names it. */
const shownValue = ({ value, unit }: LabResult): string => (unit ? `${value} ${unit}` : value)

interface FoundAlert extends Omit<ResultAlert, 'count'> {
  /** Said by the laboratory, or seen by comparing the number with its range where the laboratory says nothing. */
  source: 'interpretation' | 'range'
}

/** Every result to draw attention to, in document order; a value taken back or not done is none. */
export const alertsOf = (results: LabResult[]): FoundAlert[] =>
  results.flatMap((result) => {
    if (result.absent !== null) return []
    const code = result.interpretation ?? outside(result)
    const level = code === null ? null : levelOf(code)
    return code !== null && level !== null
      ? [
          {
            level,
            code,
            analyte: result.label,
            value: shownValue(result),
            source: result.interpretation === null ? ('range' as const) : ('interpretation' as const),
          },
        ]
      : []
  })

/** The most severe result, critical first (BIO/va1.01: AA, HH, LL). */
export const worstResult = (results: LabResult[]): ResultAlert | null => {
  const flagged = alertsOf(results)
  const critical = flagged.filter(({ level }) => level === 'critical')
  const chosen = critical.length > 0 ? critical : flagged
  const [shown] = chosen
  return shown
    ? {
        level: shown.level,
        code: shown.code,
        analyte: shown.analyte,
        value: shown.value,
        count: chosen.length,
      }
    : null
}
