import { fail, ok, type FilingFault, type Outcome } from '../contract/index.ts'
import { parseHl7, segmentsOf, valueAt, type ParsedSegment } from '../mssante/index.ts'

/** What a record system answers to one message (mssante-client.md §6.2). */
export interface Ack {
  /** MSA-1; the enhanced commit codes CA, CE, CR as they are. */
  code: 'AA' | 'AE' | 'AR' | 'CA' | 'CE' | 'CR'
  /** MSA-2: MSH-10 of the message it answers. */
  controlId: string
  faults: FilingFault[]
}

/** Bytes of an acknowledgement, faults and characters kept. */
const largest = 256 * 1024
const mostFaults = 20
const longestText = 300

const codes = ['AA', 'AE', 'AR', 'CA', 'CE', 'CR'] as const

/** One line of words for a reader; null when there is none. */
const words = (value: string): string | null => {
  const single = value
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, longestText)
  return single === '' ? null : single
}

const numeric = (value: string): number | null => {
  const digits = /^\s*(\d{1,3})\b/.exec(value)?.[1]
  return digits === undefined ? null : Number(digits)
}

/** `PID^1^3` (ERL) as `PID-3`; as it is when somebody writes it so. */
const locationOf = (segment: ParsedSegment): string | null => {
  const name = valueAt(segment, 2, 1)
  const field = valueAt(segment, 2, 3)
  if (!/^[A-Z][A-Z0-9]{2}$/.test(name)) return words(name)
  return /^\d{1,3}$/.test(field) ? `${name}-${field}` : name
}

const faultOf = (segment: ParsedSegment): FilingFault | null => {
  const own = numeric(valueAt(segment, 5))
  const general = numeric(valueAt(segment, 3))
  // Some write 900–906 in ERR-3, and old ones the error in ERR-1.4.
  const code =
    own !== null && own >= 900 && own <= 906 ? own : (general ?? own ?? numeric(valueAt(segment, 1, 4)))
  const said = [valueAt(segment, 5, 2), valueAt(segment, 3, 2), valueAt(segment, 8), valueAt(segment, 7)]
  const text = said.map(words).find((one) => one !== null) ?? null
  const location = locationOf(segment)
  return code === null && text === null && location === null ? null : { code, location, text }
}

/**
 * Reads an acknowledgement: MSH, MSA and the ERR segments, in whatever order, with any delimiters and line ends. Errors:
 * `hl7.malformed` without MSH and MSA, `hl7.limit`.
 */
export const readAck = (bytes: Uint8Array): Outcome<Ack> => {
  if (bytes.byteLength > largest) return fail('hl7.limit')
  const parsed = parseHl7(bytes)
  if (!parsed.ok) return parsed
  const [message] = parsed.value
  const msa = message && segmentsOf(message, 'MSA')[0]
  if (!message || !msa) return fail('hl7.malformed')
  const code = codes.find((one) => one === valueAt(msa, 1).toUpperCase())
  const controlId = valueAt(msa, 2)
  if (code === undefined || controlId.length > 199) return fail('hl7.malformed')
  const faults = segmentsOf(message, 'ERR')
    .slice(0, mostFaults)
    .flatMap((segment) => faultOf(segment) ?? [])
  // Before ERR had fields of its own, MSA-3 and MSA-6 told (HL7 v2.3).
  if (faults.length === 0 && code !== 'AA' && code !== 'CA') {
    const text = words(valueAt(msa, 3)) ?? words(valueAt(msa, 6, 2))
    const old = numeric(valueAt(msa, 6))
    if (text !== null || old !== null) faults.push({ code: old, location: null, text })
  }
  return ok({ code, controlId, faults })
}
