import type { CodedValue, Deviation, Hl7Content, LabResult } from '../../contract/index.ts'
import { decodeBase64 } from '../base64.ts'
import { displayUnit, plainText, readTime } from '../cda/index.ts'
import { sniffMime } from '../magic.ts'
import { interpretationOfFlag, rangeOfText, resultOf, shownTime } from '../text-results.ts'
import {
  componentOf,
  repetitionsOf,
  segmentsOf,
  unescapeHl7,
  valueAt,
  type ParsedHl7,
  type ParsedSegment,
} from './parse.ts'
import { personAt } from './people.ts'

/** A document carried by a message in an OBX of type ED. */
export interface Hl7Payload {
  /** `OBX-1`. */
  where: string
  bytes: Uint8Array
  type: CodedValue | null
  deviations: Deviation[]
}

const largestPayload = 50 * 1024 * 1024
const flagSystems = new Set(['MetaDMPMSS', 'AckMetierZAM'])
/** Names of earlier versions of the guides. */
const formerNames = new Set(['ACK_LECTURE', 'INVISIBLE_REPRESENTANTS_LEGAUX'])

export const codedAt = (segment: ParsedSegment | undefined, field: number): CodedValue | null => {
  const code = valueAt(segment, field)
  const label = valueAt(segment, field, 2) || null
  return code || label
    ? { code: code || (label ?? ''), label, system: valueAt(segment, field, 3) || null }
    : null
}

/** Text that stands for Base64 of a kind we know, where nothing says that it is Base64. */
const looksEncoded = (data: string): boolean =>
  /^\s*(?:JVBERi0|PD94bWw|PENsaW5|e1xydGY|UEsDB|\/9j\/|iVBORw0)/.test(data)

/** The bytes of an ED value: encoding, then data in its last component; the whole field where it has no components. */
const payloadOf = (obx: ParsedSegment) => {
  const field = obx.fields[5] ?? ''
  const parts = field.split(obx.delimiters.component)
  const encoding = componentOf(obx, field, 4).toLowerCase()
  const data = parts.length > 1 ? parts.slice(4).join(obx.delimiters.component) : field
  const bare = (): string => unescapeHl7(data, obx.delimiters)
  if (/^(?:base-?64|b64)$/.test(encoding) || looksEncoded(data)) {
    const text = bare()
    const decoded = decodeBase64(text, largestPayload)
    return { bytes: decoded?.bytes ?? null, flawed: decoded?.flawed ?? text.trim() !== '' }
  }
  if (encoding === 'hex' && /^[0-9a-f\s]+$/i.test(data))
    return { bytes: Buffer.from(data.replace(/\s+/g, ''), 'hex'), flawed: false }
  return { bytes: Buffer.from(bare(), 'utf8'), flawed: false }
}

const isCda = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 64 * 1024)).includes(
    'ClinicalDocument',
  )

/** A value without components: a separator in it was not escaped, and is shown as it came. */
const primitive = (segment: ParsedSegment, value: string): string => {
  const text = unescapeHl7(value, segment.delimiters).trim()
  return text === '""' ? '' : text
}

const notesOf = (nte: ParsedSegment): string =>
  repetitionsOf(nte, 3)
    .map((text) => primitive(nte, text))
    .filter(Boolean)
    .join('\n')

const primitives = new Set(['', 'ST', 'TX', 'FT', 'NM', 'ID', 'IS', 'SI', 'GTS', 'NUL'])
const times = new Set(['DT', 'TS', 'DTM'])
const codedTypes = new Set(['CE', 'CWE', 'CNE', 'CF'])

/** One repetition of OBX-5 as text, by its type (table 0125). */
const valueText = (obx: ParsedSegment, type: string, value: string): string => {
  const at = (component: number): string => componentOf(obx, value, component)
  if (codedTypes.has(type)) return at(2) || at(9) || at(5) || at(1)
  if (type === 'SN') return [1, 2, 3, 4].map(at).join('')
  if (times.has(type)) return shownTime(at(1))
  if (primitives.has(type)) return primitive(obx, value)
  return value
    .split(obx.delimiters.component)
    .map((_, index) => at(index + 1))
    .filter(Boolean)
    .join(' ')
}

/** OBX-7, whole: several ranges on lines of their own, `3.5^5.1` for two ends. */
const rangeText = (obx: ParsedSegment): string =>
  repetitionsOf(obx, 7)
    .map((text) => primitive(obx, text).replaceAll(obx.delimiters.component, ' - '))
    .filter(Boolean)
    .join('\n')

const unitSystems = new Set(['', 'UCUM', 'ISO+', 'ISO', 'ANS+', 'LN'])

/** OBX-6: the code where it is one that people read, else the text of a local code. */
const unitOf = (obx: ParsedSegment): string => {
  const code = valueAt(obx, 6)
  return unitSystems.has(valueAt(obx, 6, 3).toUpperCase()) && code ? code : valueAt(obx, 6, 2) || code
}

interface Observations {
  payloads: Hl7Payload[]
  results: LabResult[]
  texts: string[]
  flags: Hl7Content['flags']
  mails: Hl7Content['mails']
  deviations: Deviation[]
}

/** What the segments before an OBX say of it. */
interface Around {
  battery: string | null
  order: string | null
  specimen: string | null
  /** The result that a note is about. */
  last: LabResult | null
  /** Where the results of the order begin. */
  group: number
  /** The text that further lines of the same observation belong to. */
  block: string | null
}

/** A document, or the mail that goes with one. */
const readPart = (obx: ParsedSegment, where: string, found: Observations): void => {
  const { bytes, flawed } = payloadOf(obx)
  const met: Deviation[] = flawed ? [{ code: 'hl7-base64', where }] : []
  const type = codedAt(obx, 3)
  const subject = valueAt(obx, 3, 2)
  const isMail =
    type?.system === 'MetaDMPMSS' || /XDM\/1\.0\/DDM/i.test(subject) || type?.code.startsWith('CORPSMAIL')
  if (!bytes || bytes.byteLength === 0) {
    found.deviations.push(...met)
    return
  }
  if (isMail && sniffMime(bytes) === null && !isCda(bytes)) {
    found.deviations.push(...met)
    const isBody = type?.code.startsWith('CORPSMAIL') ?? false
    found.mails.push({
      kind: type?.code ?? '',
      subject: isBody ? null : subject || null,
      text: plainText(bytes),
    })
    return
  }
  const announced = componentOf(obx, repetitionsOf(obx, 5)[0], 3).toUpperCase()
  if (announced === 'XML' && !isCda(bytes)) met.push({ code: 'hl7-payload-not-cda', where })
  found.payloads.push({ where, bytes, type, deviations: met })
}

/** A text under its name; lines that come one by one are one text. */
const readText = (label: string, shown: string, around: Around, { texts }: Observations): void => {
  if (around.block !== null && around.block === label) {
    const before = texts.pop()
    texts.push(before === undefined ? shown : `${before}\n${shown}`)
    return
  }
  if (label) texts.push(label)
  texts.push(shown)
  around.block = label
}

const readValue = (obx: ParsedSegment, around: Around, found: Observations): void => {
  const type = valueAt(obx, 2).toUpperCase()
  const where = `OBX-${valueAt(obx, 1) || '?'}`
  const block = around.block
  around.last = null
  around.block = null
  const code = codedAt(obx, 3)
  if (code?.system && flagSystems.has(code.system) && type !== 'ED') {
    if (formerNames.has(code.code)) found.deviations.push({ code: 'hl7-metadata-name', where: code.code })
    const value = type === 'XTN' ? [4, 3, 1].map((at) => valueAt(obx, 5, at)).find(Boolean) : valueAt(obx, 5)
    found.flags.push({ name: code.code, label: code.label, value: value ?? '' })
    return
  }
  if (type === 'ED') {
    readPart(obx, where, found)
    return
  }
  const shown = repetitionsOf(obx, 5).map((value) => valueText(obx, type, value))
  const unit = unitOf(obx)
  const range = rangeText(obx)
  const flag = repetitionsOf(obx, 8).join('~')
  const label = code?.label ?? code?.code ?? ''
  const judged = unit !== '' || range !== '' || interpretationOfFlag(flag) !== null
  if (['TX', 'FT', 'RP'].includes(type) && (type === 'RP' || !judged)) {
    const text = shown.join('\n')
    around.block = block
    if (text) readText(label, text, around, found)
    return
  }
  const result: LabResult = {
    ...resultOf({
      label,
      code,
      type,
      value: shown.join(type === 'TX' || type === 'FT' ? '\n' : ', '),
      unit,
      range: rangeOfText(range, displayUnit(unit || null)),
      flag,
      status: valueAt(obx, 11),
      date: readTime(valueAt(obx, 14)) ?? around.order,
    }),
    method: valueAt(obx, 17, 2) || valueAt(obx, 17) || null,
    batteries: around.battery ? [around.battery] : [],
    specimen: around.specimen,
    performer: valueAt(obx, 23) || null,
  }
  around.last = result
  found.results.push(result)
}

/** Everything that the OBX and NTE segments of a message say, in order. */
export const readObservations = (message: ParsedHl7): Observations => {
  const found: Observations = { payloads: [], results: [], texts: [], flags: [], mails: [], deviations: [] }
  const around: Around = { battery: null, order: null, specimen: null, last: null, block: null, group: 0 }
  // In an OUL the orders of a specimen follow it; in an ORU it closes the results of its order.
  const specimenFirst = valueAt(segmentsOf(message, 'MSH')[0], 9) === 'OUL'
  for (const segment of message.segments)
    if (segment.name === 'OBR') {
      around.battery = valueAt(segment, 4, 2) || valueAt(segment, 4) || null
      around.order = readTime(valueAt(segment, 7))
      const taken = valueAt(segment, 15, 1, 2) || valueAt(segment, 15, 1, 1)
      around.specimen = taken || (specimenFirst ? around.specimen : null)
      around.group = found.results.length
      around.last = null
      around.block = null
    } else if (segment.name === 'SPM') {
      around.specimen = valueAt(segment, 4, 2) || valueAt(segment, 4) || null
      if (!specimenFirst)
        for (const result of found.results.slice(around.group)) result.specimen ??= around.specimen
    } else if (segment.name === 'OBX') readValue(segment, around, found)
    else if (segment.name === 'NTE') {
      const note = notesOf(segment)
      const { last } = around
      around.block = null
      if (last && note) last.comment = last.comment ? `${last.comment}\n${note}` : note
      else if (note) found.texts.push(note)
    }
  return found
}

/** Who answers for the observations: OBR-32 (interpreter), then OBX-16. */
export const observersOf = (message: ParsedHl7) =>
  message.segments.flatMap((segment) =>
    segment.name === 'OBR' ? personAt(segment, 32) : segment.name === 'OBX' ? personAt(segment, 16) : [],
  )
