import { fail, ok, type FilingFault, type Outcome } from '../contract/index.ts'

/** What a record system answers to one message (mssante-client.md §6.2). */
export interface Ack {
  /** MSA-1; the enhanced commit codes CA, CE, CR as they are. */
  code: 'AA' | 'AE' | 'AR' | 'CA' | 'CE' | 'CR'
  /** MSA-2: MSH-10 of the message it answers. */
  controlId: string
  faults: FilingFault[]
}

/** Bytes of an acknowledgement, segments looked at, faults and characters kept. */
const largest = 256 * 1024
const mostSegments = 500
const mostFaults = 20
const longestText = 300

const codes = ['AA', 'AE', 'AR', 'CA', 'CE', 'CR'] as const

interface Delimiters {
  field: string
  component: string
  repetition: string
  escape: string
  sub: string
}

/** Text of a component: escapes of HL7 v2.6 §2.7 undone, controls out, cut. */
const plain = (
  value: string | undefined,
  { escape, field, component, repetition, sub }: Delimiters,
): string | null => {
  let out = ''
  const text = (value ?? '').slice(0, 4 * longestText)
  for (let at = 0; at < text.length; at += 1) {
    const end = text[at] === escape && escape !== '' ? text.indexOf(escape, at + 1) : -1
    if (end < 0) {
      out += text[at] ?? ''
      continue
    }
    const sequence = text.slice(at + 1, end)
    const known: Record<string, string> = {
      F: field,
      S: component,
      T: sub,
      R: repetition,
      E: escape,
      '.br': ' ',
    }
    const hex = /^X((?:[0-9A-Fa-f]{2})+)$/.exec(sequence)?.[1]
    out += hex === undefined ? (known[sequence] ?? '') : Buffer.from(hex, 'hex').toString('utf8')
    at = end
  }
  const single = out
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, longestText)
  return single === '' ? null : single
}

const numeric = (value: string | undefined): number | null => {
  const digits = /^\s*(\d{1,3})\b/.exec(value ?? '')?.[1]
  return digits === undefined ? null : Number(digits)
}

/** `PID^1^3` (ERL) or `PID-3` as some write it: `PID-3`. */
const locationOf = (value: string | undefined, delimiters: Delimiters): string | null => {
  const [first = ''] = (value ?? '').split(delimiters.repetition)
  const parts = first.split(delimiters.component).map((part) => plain(part, delimiters) ?? '')
  const [segment = '', , field = ''] = parts
  if (!/^[A-Z][A-Z0-9]{2}$/.test(segment)) return plain(first, delimiters)
  return /^\d{1,3}$/.test(field) ? `${segment}-${field}` : segment
}

const faultOf = (fields: readonly string[], delimiters: Delimiters): FilingFault | null => {
  const part = (at: number): string[] => (fields[at] ?? '').split(delimiters.component)
  const [hl7 = '', hl7Words] = part(3)
  const [application = '', applicationWords] = part(5)
  const own = numeric(application)
  const general = numeric(hl7)
  // Some write 900–906 in ERR-3, and old ones the error in ERR-1.
  const code = own !== null && own >= 900 && own <= 906 ? own : (general ?? own ?? numeric(part(1)[3]))
  const words = [application === '' ? undefined : applicationWords, hl7Words, fields[8], fields[7]]
  const text = words.map((one) => plain(one, delimiters)).find((one) => one !== null) ?? null
  const location = locationOf(fields[2], delimiters)
  return code === null && text === null && location === null ? null : { code, location, text }
}

/** Text in UTF-8, or in Latin-9 where it is not UTF-8. */
const decode = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('iso-8859-15').decode(bytes)
  }
}

/**
 * Reads an acknowledgement: MSH, MSA and the ERR segments, in whatever order, with any delimiters, any line ends, or blanks
 * before the header. Errors: `hl7.malformed` without MSH and MSA, `hl7.limit`.
 */
export const readAck = (bytes: Uint8Array): Outcome<Ack> => {
  if (bytes.byteLength > largest) return fail('hl7.limit')
  const segments = decode(bytes)
    .replace(/^[\s\u000b\ufeff]+/u, '')
    .split(/\r\n?|\n/, mostSegments)
    .map((line) => line.trim())
  const header = segments[0] ?? ''
  if (!header.startsWith('MSH') || header.length < 8) return fail('hl7.malformed')
  const delimiters: Delimiters = {
    field: header[3] ?? '|',
    component: header[4] ?? '^',
    repetition: header[5] ?? '~',
    escape: header[6] === header[3] ? '' : (header[6] ?? '\\'),
    sub: header[7] === header[3] ? '' : (header[7] ?? '&'),
  }
  if (/[A-Za-z0-9\s]/.test(delimiters.field)) return fail('hl7.malformed')
  const fieldsOf = (line: string): string[] => line.split(delimiters.field)
  const msa = segments.find((line) => line.startsWith(`MSA${delimiters.field}`))
  if (msa === undefined) return fail('hl7.malformed')
  const fields = fieldsOf(msa)
  const code = codes.find((one) => one === fields[1]?.trim().toUpperCase())
  const controlId = fields[2]?.trim() ?? ''
  if (code === undefined || controlId.length > 199) return fail('hl7.malformed')
  const faults = segments
    .filter((line) => line.startsWith(`ERR${delimiters.field}`))
    .slice(0, mostFaults)
    .flatMap((line) => faultOf(fieldsOf(line), delimiters) ?? [])
  // Before ERR had fields of its own, MSA-3 and MSA-6 told (HL7 v2.3).
  if (faults.length === 0 && code !== 'AA' && code !== 'CA') {
    const [old = '', words] = (fields[6] ?? '').split(delimiters.component)
    const text = plain(fields[3], delimiters) ?? plain(words, delimiters)
    const oldCode = numeric(old)
    if (text !== null || oldCode !== null) faults.push({ code: oldCode, location: null, text })
  }
  return ok({ code, controlId, faults })
}
