import { fail, ok, type Deviation, type Outcome } from '../../contract/index.ts'

/** The five delimiters of MSH-1 and MSH-2. */
interface Delimiters {
  field: string
  component: string
  repetition: string
  escape: string
  subcomponent: string
}

/** A segment as it came: `fields[n]` is field n of the standard (MSH-1 being the separator itself), still escaped. */
export interface ParsedSegment {
  name: string
  fields: readonly string[]
  delimiters: Delimiters
}

/** A message of HL7 v2 as segments, whatever its kind. */
export interface ParsedHl7 {
  segments: readonly ParsedSegment[]
  /** Charset the bytes were read in. */
  charset: string
  deviations: Deviation[]
}

const maximumBytes = 60 * 1024 * 1024
const maximumSegments = 50_000

const startBlock = 0x0b
const endBlock = 0x1c

/** MLLP frame bytes (0x0B … 0x1C 0x0D) that some files keep. */
const unframed = (bytes: Uint8Array): Uint8Array => {
  const start = bytes[0] === startBlock ? 1 : 0
  let end = bytes.byteLength
  while (end > start && [0x0d, 0x0a, 0x00].includes(bytes[end - 1] ?? -1)) end -= 1
  return bytes[end - 1] === endBlock ? bytes.subarray(start, end - 1) : bytes.subarray(start)
}

const labels: Record<string, string> = {
  'UNICODE UTF-8': 'utf-8',
  UNICODE: 'utf-8',
  'UTF-8': 'utf-8',
  ASCII: 'utf-8',
  '8859/1': 'windows-1252',
  '8859/15': 'iso-8859-15',
  '8859/2': 'iso-8859-2',
}

const decode = (bytes: Uint8Array, deviations: Deviation[]): { text: string; charset: string } => {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0x4d && bytes[1] === 0)) {
    deviations.push({ code: 'hl7-charset', where: 'UTF-16' })
    return { text: new TextDecoder('utf-16le').decode(bytes), charset: 'utf-16le' }
  }
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 2000))
  const header = /MSH[^\r\n]*/.exec(head)?.[0] ?? ''
  const declared = header
    .split(header.charAt(3) || '|')[17]
    ?.split(/[~^]/)[0]
    ?.trim()
    .toUpperCase()
  const wanted = declared ? (labels[declared] ?? 'utf-8') : 'utf-8'
  try {
    return { text: new TextDecoder(wanted, { fatal: true }).decode(bytes), charset: wanted }
  } catch {
    deviations.push({ code: 'hl7-charset', where: declared || null })
    return { text: new TextDecoder('windows-1252').decode(bytes), charset: 'windows-1252' }
  }
}

/** Tells an HL7 v2 message from other text by its first segment: MSH, or a batch header before it; never HPRIM (`H|`). */
export const isHl7 = (bytes: Uint8Array): boolean => {
  const start = bytes[0] === startBlock ? 1 : 0
  const head = new TextDecoder('latin1')
    .decode(bytes.subarray(start, start + 400))
    .replace(/^(?:\u00ef\u00bb\u00bf|\u00ff\u00fe)|\0/g, '')
  return /^\s*(?:(?:FHS|BHS)[^A-Za-z0-9\s][^\r\n]*[\r\n]+\s*)*MSH[^A-Za-z0-9\s]{2,6}/.test(head)
}

/** Delimiters of an MSH segment; those of the standard where it leaves some out. */
const delimitersOf = (header: string): Delimiters => {
  const field = header.charAt(3)
  const encoding = header.slice(4).split(field, 1)[0] ?? ''
  return {
    field,
    component: encoding.charAt(0) || '^',
    repetition: encoding.charAt(1) || '~',
    escape: encoding.charAt(2) || '\\',
    subcomponent: encoding.charAt(3) || '&',
  }
}

const segmentOf = (line: string, delimiters: Delimiters): ParsedSegment => {
  const parts = line.split(delimiters.field)
  const name = (parts[0] ?? '').trim()
  // MSH-1 is the separator: what follows it is MSH-2.
  return { name, fields: name === 'MSH' ? [name, delimiters.field, ...parts.slice(1)] : parts, delimiters }
}

/**
 * Every message of a file, MLLP frames and batch segments taken off. Lines of any length; segments ended by CR, LF or both
 * (clinical-documents.md §9.3). Errors: `hl7.malformed` (no MSH), `hl7.limit`.
 */
export const parseHl7 = (bytes: Uint8Array): Outcome<ParsedHl7[]> => {
  if (bytes.byteLength > maximumBytes) return fail('hl7.limit')
  const deviations: Deviation[] = []
  const content = unframed(bytes)
  if (content.byteLength !== bytes.byteLength && bytes[0] === startBlock)
    deviations.push({ code: 'hl7-mllp-frame', where: null })
  const { text, charset } = decode(content, deviations)
  const plain = text.replace(/^\ufeff/, '')
  if (plain.includes('\n')) deviations.push({ code: 'hl7-line-ends', where: null })
  const lines = plain.split(/\r\n?|\n/)
  if (lines.length > maximumSegments) return fail('hl7.limit')
  const messages: { segments: ParsedSegment[]; delimiters: Delimiters }[] = []
  for (const line of lines) {
    const written = line.replace(/^[\v\f\x1c\s]+/, '')
    if (written === '' || /^(?:FHS|BHS|BTS|FTS)/.test(written)) continue
    if (/^MSH[^A-Za-z0-9\s]/.test(written)) messages.push({ segments: [], delimiters: delimitersOf(written) })
    const current = messages.at(-1)
    if (!current) return fail('hl7.malformed')
    current.segments.push(segmentOf(written, current.delimiters))
  }
  return messages.length === 0
    ? fail('hl7.malformed')
    : ok(
        messages.map(({ segments }, index) => ({
          segments,
          charset,
          deviations: index === 0 ? deviations : [],
        })),
      )
}

const hexText = (hex: string): string => {
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : hex.slice(0, -1), 'hex')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

/** Text of a component: `\F\ \S\ \T\ \R\ \E\`, `\X..\` and formatting sequences taken out (HL7 v2.6 §2.7). */
export const unescapeHl7 = (
  value: string,
  { field, component, repetition, escape, subcomponent }: Delimiters,
): string => {
  if (!value.includes(escape)) return value
  const quoted = escape.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
  const sequence = new RegExp(`${quoted}([A-Za-z.][^${quoted}\\r\\n]{0,400})${quoted}`, 'g')
  return value.replace(sequence, (whole, code: string) => {
    switch (code.charAt(0).toUpperCase()) {
      case 'F':
        return field
      case 'S':
        return component
      case 'T':
        return subcomponent
      case 'R':
        return repetition
      case 'E':
        return escape
      case 'H':
      case 'N':
        return ''
      case 'X':
        return /^[0-9A-F]*$/i.test(code.slice(1)) ? hexText(code.slice(1)) : whole
      case '.':
        return /^\.(?:br|sp|ce)/i.test(code) ? '\n' : /^\.(?:in|ti|sk)/i.test(code) ? ' ' : ''
      default:
        return whole
    }
  })
}

/** Segments of this name, in order. */
export const segmentsOf = (message: ParsedHl7, name: string): ParsedSegment[] =>
  message.segments.filter((segment) => segment.name === name)

/** Repetitions of a field, still escaped; none when it is empty. */
export const repetitionsOf = (segment: ParsedSegment | undefined, field: number): string[] => {
  const value = segment?.fields[field] ?? ''
  if (!segment || value === '') return []
  return segment.name === 'MSH' && field <= 2 ? [value] : value.split(segment.delimiters.repetition)
}

/** Component of a repetition, unescaped; `""` (asked to be deleted) is empty, as is what is not there. */
export const componentOf = (
  segment: ParsedSegment,
  repetition: string | undefined,
  component: number,
  subcomponent?: number,
): string => {
  const whole = (repetition ?? '').split(segment.delimiters.component)[component - 1] ?? ''
  const part =
    subcomponent === undefined
      ? whole
      : (whole.split(segment.delimiters.subcomponent)[subcomponent - 1] ?? '')
  const text = unescapeHl7(part, segment.delimiters).trim()
  return text === '""' ? '' : text
}

/** Component of the first repetition of a field: `valueAt(msh, 9, 2)` is MSH-9.2. */
export const valueAt = (
  segment: ParsedSegment | undefined,
  field: number,
  component = 1,
  subcomponent?: number,
): string => (segment ? componentOf(segment, repetitionsOf(segment, field)[0], component, subcomponent) : '')
