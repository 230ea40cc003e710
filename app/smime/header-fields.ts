import { decodeWords } from 'postal-mime'

/** Bytes of a header looked at. */
const maxHeaderSize = 256 * 1024
/** Fields looked at, and characters of one. */
const maxFields = 2000
const longestValue = 16 * 1024

export interface Field {
  /** Lower case. */
  name: string
  /** Unfolded, not decoded. */
  value: string
}

const utf8 = new TextDecoder('utf-8', { fatal: true })
const latin = new TextDecoder('windows-1252')

const textOf = (bytes: Uint8Array): string => {
  try {
    return utf8.decode(bytes)
  } catch {
    return latin.decode(bytes)
  }
}

/** Header fields of an entity in order, those that come several times included; lines that are no field are skipped. */
export const fieldsOf = (raw: Uint8Array): Field[] => {
  const head = Buffer.from(raw.buffer, raw.byteOffset, Math.min(raw.length, maxHeaderSize))
  const fields: Field[] = []
  let at = 0
  while (at < head.length && fields.length < maxFields) {
    const feed = head.indexOf(0x0a, at)
    const end = feed === -1 ? head.length : feed
    const line = textOf(head.subarray(at, end)).replace(/\r$/, '')
    at = end + 1
    if (line === '') break
    const last = fields.at(-1)
    if (/^[ \t]/.test(line)) {
      if (last && last.value.length < longestValue) last.value = `${last.value} ${line.trim()}`.trim()
      continue
    }
    const colon = line.indexOf(':')
    const name = line.slice(0, Math.max(colon, 0)).trim().toLowerCase()
    if (/^[!-9;-~]+$/.test(name))
      fields.push({
        name,
        value: line
          .slice(colon + 1)
          .trim()
          .slice(0, longestValue),
      })
  }
  return fields
}

export const valuesOf = (fields: readonly Field[], name: string): string[] =>
  fields.filter((field) => field.name === name).map(({ value }) => value)

/** As a person reads it: encoded words decoded, one line. */
export const decoded = (value: string): string =>
  decodeWords(value)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
