import { fail, ok, type Outcome } from '../../contract/index.ts'

/**
 * One field to be written: text to be escaped, components, or repetitions of them. `null` and missing trailing values are
 * written as nothing.
 */
export type Hl7Component = string | null | readonly (string | null)[]
export type Hl7Field = null | { components: readonly Hl7Component[] } | { repetitions: readonly Hl7Field[] }
export interface Hl7Segment {
  name: string
  /** Field n of the segment at its number; what is not there is empty. MSH-1 and MSH-2 are written by themselves. */
  fields: Readonly<Record<number, Hl7Field>>
}

/** MSH-18 values of the French guides. */
export type Hl7Charset = 'UNICODE UTF-8' | '8859/15'

const escapes: Record<string, string> = {
  '\\': '\\E\\',
  '|': '\\F\\',
  '^': '\\S\\',
  '&': '\\T\\',
  '~': '\\R\\',
}

/** Text as it stands in a field: delimiters escaped, line ends as `\.br\`, other control characters as `\Xhh\` (HL7 v2.6 §2.7). */
export const escapeHl7 = (text: string): string =>
  text
    .replace(/[\\|^&~]/g, (delimiter) => escapes[delimiter] ?? '')
    .replace(/\r\n|\r|\n/g, '\\.br\\')
    .replace(
      /\p{Cc}/gu,
      (control) => `\\X${(control.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(2, '0')}\\`,
    )

const trimmed = (parts: readonly string[], separator: string): string => {
  let end = parts.length
  while (end > 0 && parts[end - 1] === '') end -= 1
  return parts.slice(0, end).join(separator)
}

const component = (value: Hl7Component): string =>
  value === null
    ? ''
    : typeof value === 'string'
      ? escapeHl7(value)
      : trimmed(
          value.map((part) => (part === null ? '' : escapeHl7(part))),
          '&',
        )

const field = (value: Hl7Field | undefined): string =>
  value === null || value === undefined
    ? ''
    : 'repetitions' in value
      ? trimmed(value.repetitions.map(field), '~')
      : trimmed(value.components.map(component), '^')

const segment = ({ name, fields }: Hl7Segment): string => {
  const last = Math.max(0, ...Object.keys(fields).map(Number))
  const first = name === 'MSH' ? 3 : 1
  const values: string[] = []
  for (let at = first; at <= last; at += 1) values.push(field(fields[at]))
  return trimmed([name === 'MSH' ? 'MSH|^~\\&' : name, ...values], '|')
}

/** A field of components: `text('a', null, 'c')` is `a^^c`. */
export const text = (...components: Hl7Component[]): Hl7Field => ({ components })

/**
 * Characters that Latin-9 lacks and that French texts are full of, by what a typewriter has: nothing of the sense is lost.
 * No other character is ever replaced.
 */
const typewriter: Record<string, string> = {
  '\u2018': "'",
  '\u2019': "'",
  '\u201c': '"',
  '\u201d': '"',
  '\u2010': '-',
  '\u2011': '-',
  '\u2013': '-',
  '\u2014': '-',
  '\u2026': '...',
  '\u202f': ' ',
  '\u2009': ' ',
  '\u2007': ' ',
}

/** ISO 8859-15 where it differs from ISO 8859-1. */
const latin9: Record<string, number> = {
  '€': 0xa4,
  Š: 0xa6,
  š: 0xa8,
  Ž: 0xb4,
  ž: 0xb8,
  Œ: 0xbc,
  œ: 0xbd,
  Ÿ: 0xbe,
}
const notLatin9 = new Set([0xa4, 0xa6, 0xa8, 0xb4, 0xb8, 0xbc, 0xbd, 0xbe])

/** Text in a charset of MSH-18. `integration.character` for what Latin-9 cannot say. */
export const encodeText = (value: string, charset: Hl7Charset): Outcome<Uint8Array> => {
  if (charset === 'UNICODE UTF-8') return ok(Buffer.from(value, 'utf8'))
  const plain = value
    .normalize('NFC')
    .replace(
      /[\u2018\u2019\u201c\u201d\u2010\u2011\u2013\u2014\u2026\u202f\u2009\u2007]/g,
      (one) => typewriter[one] ?? '',
    )
  const bytes = Buffer.alloc(plain.length)
  for (let at = 0; at < plain.length; at += 1) {
    const code = plain.charCodeAt(at)
    const special = latin9[plain[at] ?? '']
    if (special === undefined && (code > 0xff || notLatin9.has(code))) return fail('integration.character')
    bytes[at] = special ?? code
  }
  return ok(bytes)
}

/** Segments as the bytes of a message, each ended by CR. Errors: `integration.character`. */
export const writeHl7 = (segments: readonly Hl7Segment[], charset: Hl7Charset): Outcome<Uint8Array> =>
  encodeText(segments.map((one) => `${segment(one)}\r`).join(''), charset)
