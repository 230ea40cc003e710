import { fail, ok, type Deviation, type Outcome } from '../../contract/index.ts'
import { decodeText, isUtf8, singleByteEncoding } from '../text-encoding.ts'

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

/** Character sets of table 0211; text in none of them is taken for what its bytes are. */
const labels: Record<string, string> = {
  'UNICODE UTF-8': 'utf-8',
  UNICODE: 'utf-8',
  'UTF-8': 'utf-8',
  '8859/1': 'windows-1252',
  'ISO-8859-1': 'windows-1252',
  'ISO8859-1': 'windows-1252',
  'WINDOWS-1252': 'windows-1252',
  '8859/15': 'iso-8859-15',
  'ISO-8859-15': 'iso-8859-15',
  '8859/2': 'iso-8859-2',
}

/**
 * Text in the character set that MSH-18 names (UTF-8 without one), unless the bytes say otherwise: UTF-8 is hardly ever valid by chance, and
 * what is no UTF-8 is read by the accented letters found in it.
 */
const decode = (bytes: Uint8Array, deviations: Deviation[]): { text: string; charset: string } => {
  const wide =
    (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0x4d && bytes[1] === 0)
      ? 'utf-16le'
      : (bytes[0] === 0xfe && bytes[1] === 0xff) || (bytes[0] === 0 && bytes[1] === 0x4d)
        ? 'utf-16be'
        : null
  if (wide) {
    deviations.push({ code: 'hl7-charset', where: 'UTF-16' })
    return { text: new TextDecoder(wide).decode(bytes), charset: wide }
  }
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 2000))
  const header = /MSH[^\r\n]*/.exec(head)?.[0] ?? ''
  const declared = header
    .split(header.charAt(3) || '|')[17]
    ?.split(/[~^]/)[0]
    ?.trim()
    .toUpperCase()
  const named = declared ? labels[declared] : undefined
  const isAscii = !bytes.some((byte) => byte >= 0x80)
  if (isAscii) return { text: new TextDecoder().decode(bytes), charset: named ?? 'utf-8' }
  if (isUtf8(bytes)) {
    if (declared && named !== 'utf-8') deviations.push({ code: 'hl7-charset', where: declared })
    return { text: new TextDecoder().decode(bytes), charset: 'utf-8' }
  }
  if (named && named !== 'utf-8') return { text: new TextDecoder(named).decode(bytes), charset: named }
  deviations.push({ code: 'hl7-charset', where: declared || null })
  const found = singleByteEncoding(bytes)
  return { text: decodeText(bytes, found), charset: found }
}

/** Tells an HL7 v2 message from other text by its first segment: MSH, or a batch header before it; never HPRIM (`H|`). */
export const isHl7 = (bytes: Uint8Array): boolean => {
  const start = bytes[0] === startBlock ? 1 : 0
  const head = new TextDecoder('latin1')
    .decode(bytes.subarray(start, start + 400))
    .replace(/^(?:\u00ef\u00bb\u00bf|\u00ff\u00fe|\u00fe\u00ff)|\0/g, '')
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

/** A segment by its name and its first separator; or empty, by the name of one. */
const startsSegment = (line: string, field: string): boolean =>
  /^[A-Z][A-Z0-9]{2}/.test(line) &&
  (line.charAt(3) === field || /^(?:EVN|PID|PD1|PV[12]|ORC|OB[RX]|TXA|NTE|SPM|SFT|MSA|ERR)$/.test(line))

/** Whom a PID is about, as far as it says: two that are written the same are one patient. */
const whose = ({ fields }: ParsedSegment): string => [3, 2, 4, 5, 7].map((at) => fields[at] ?? '').join('|')

/**
 * The segments of each patient apart, behind those that stand before the first PID: an ORU may hold several, and what is said of
 * one must never be shown as another's.
 */
const byPatient = (segments: ParsedSegment[]): ParsedSegment[][] => {
  const firstPid = segments.findIndex(({ name }) => name === 'PID')
  if (firstPid < 0) return [segments]
  const head = segments.slice(0, firstPid)
  const groups: { key: string; segments: ParsedSegment[] }[] = []
  for (const segment of segments.slice(firstPid)) {
    if (segment.name === 'PID') {
      const key = whose(segment)
      const known = groups.findIndex((group) => group.key === key)
      if (known >= 0) {
        groups.push(...groups.splice(known, 1))
        continue
      }
      groups.push({ key, segments: [] })
    }
    groups.at(-1)?.segments.push(segment)
  }
  const shared = head.filter(({ name }) => !['OBX', 'OBR', 'NTE'].includes(name))
  const ordered = [...new Set(segments.filter(({ name }) => name === 'PID').map(whose))]
  return ordered
    .flatMap((key) => groups.filter((group) => group.key === key))
    .map((group, index) => [...(index === 0 ? head : shared), ...group.segments])
}

/**
 * Every message of a file, one for each of its patients, MLLP frames and batch segments taken off. Lines of any length; segments ended by CR, LF or both
 * (clinical-documents.md §9.3). Errors: `hl7.malformed` (no MSH), `hl7.limit`.
 */
export const parseHl7 = (bytes: Uint8Array): Outcome<ParsedHl7[]> => {
  if (bytes.byteLength > maximumBytes) return fail('hl7.limit')
  const deviations: Deviation[] = []
  const content = unframed(bytes)
  if (
    bytes[0] === startBlock ||
    bytes[content.byteOffset - bytes.byteOffset + content.byteLength] === endBlock
  )
    deviations.push({ code: 'hl7-mllp-frame', where: null })
  const { text, charset } = decode(content, deviations)
  const plain = text.replace(/^\ufeff/, '')
  if (plain.includes('\n')) deviations.push({ code: 'hl7-line-ends', where: null })
  const lines = plain.split(/\r\n?|\n/)
  if (lines.length > maximumSegments) return fail('hl7.limit')
  const messages: { lines: string[]; delimiters: Delimiters }[] = []
  for (const line of lines) {
    const written = line.replace(/^[\v\f\x1c\s]+/, '').replace(/[\v\x1c]+$/, '')
    if (/^(?:FHS|BHS|BTS|FTS)[^A-Za-z0-9\s]/.test(written)) continue
    if (/^MSH[^A-Za-z0-9\s]/.test(written)) messages.push({ lines: [], delimiters: delimitersOf(written) })
    const current = messages.at(-1)
    if (!current) {
      if (written === '') continue
      return fail('hl7.malformed')
    }
    if (startsSegment(written, current.delimiters.field)) current.lines.push(written)
    // A text that was broken where segments end: the line belongs to the value above.
    else current.lines.push(`${current.lines.pop() ?? ''}\n${line.replace(/[\v\x1c]+/g, '')}`)
  }
  return messages.length === 0
    ? fail('hl7.malformed')
    : ok(
        messages
          .flatMap(({ lines: own, delimiters }) =>
            byPatient(own.map((line) => segmentOf(line.trimEnd(), delimiters))),
          )
          .map((segments, index) => ({ segments, charset, deviations: index === 0 ? deviations : [] })),
      )
}

const hexText = (hex: string): string => {
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : hex.slice(0, -1), 'hex')
  const text = isUtf8(bytes) ? bytes.toString('utf8') : decodeText(bytes, singleByteEncoding(bytes))
  return text.replace(/\r\n?/g, '\n')
}

/** What a formatting command leaves of itself: `.br` and `.ce` a line, `.sp2` two, an indent a blank. */
const formatted = (command: string): string => {
  const lines = /^\.sp\+?(\d{1,2})?$/i.exec(command)
  if (lines) return '\n'.repeat(Math.min(20, Number(lines[1] ?? 1)))
  if (/^\.(?:br|ce)/i.test(command)) return '\n'
  return /^\.(?:in|ti|sk)/i.test(command) ? ' ' : ''
}

/**
 * Text of a component: `\\F\\ \\S\\ \\T\\ \\R\\ \\E\\`, `\\X..\\` and formatting sequences taken out, as are those of other
 * character sets and of one's own (`\\C..\\ \\M..\\ \\Z..\\`), which say nothing here (HL7 v2.6 §2.7).
 */
export const unescapeHl7 = (
  value: string,
  { field, component, repetition, escape, subcomponent }: Delimiters,
): string => {
  if (!value.includes(escape)) return value
  const quoted = escape.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
  const sequence = new RegExp(
    `${quoted}([FSTREHN]|X[0-9A-F]{2,400}|[CM][0-9A-F]{4,6}|Z[^${quoted}\\s]{0,40}|\\.[a-z]{2}[^${quoted}\\r\\n]{0,10})${quoted}`,
    'gi',
  )
  const characters: Record<string, string> = {
    F: field,
    S: component,
    T: subcomponent,
    R: repetition,
    E: escape,
  }
  return value.replace(sequence, (_, code: string) => {
    const [first = ''] = code.toUpperCase()
    if (first === 'X') return hexText(code.slice(1))
    return first === '.' ? formatted(code) : (characters[first] ?? '')
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
