import type { CardActivity } from '../contract/index.ts'

/**
 * Data objects of a CPS (cps-card.md §1.7). Their official format is not public: what is read here follows field reports, and
 * whatever does not look like that is left out.
 */

/** An element of BER-TLV: tag as a number (`0xee`, `0x5f20`), value in place. */
interface Element {
  tag: number
  value: Uint8Array
}

const maxElements = 64

/** Tag and length of the element that starts at `at`, within `bytes`; null when it does not fit. */
const readElement = (bytes: Uint8Array, at: number): { element: Element; end: number } | null => {
  let position = at
  let tag = bytes[position++] ?? 0
  if ((tag & 0x1f) === 0x1f) {
    const second = bytes[position++]
    // Tags of more than two bytes are no card's.
    if (second === undefined || (second & 0x80) !== 0) return null
    tag = tag * 256 + second
  }
  let length = bytes[position++]
  if (length === undefined) return null
  if (length > 0x80) {
    const count = length & 0x7f
    if (count > 2 || position + count > bytes.length) return null
    length = 0
    for (let i = 0; i < count; i++) length = length * 256 + (bytes[position++] ?? 0)
  } else if (length === 0x80) return null
  const end = position + length
  return end > bytes.length ? null : { element: { tag, value: bytes.subarray(position, end) }, end }
}

/**
 * The elements that follow each other in `bytes`, at most 64; what comes after one that does not fit is left out, as are bytes
 * of padding (00, FF). Never throws.
 */
export const readElements = (bytes: Uint8Array): Element[] => {
  const elements: Element[] = []
  let at = 0
  while (at < bytes.length && elements.length < maxElements) {
    if (bytes[at] === 0x00 || bytes[at] === 0xff) {
      at += 1
      continue
    }
    const read = readElement(bytes, at)
    if (!read) break
    elements.push(read.element)
    at = read.end
  }
  return elements
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true })
const latin = new TextDecoder('latin1')

/** Text of a card: UTF-8 or else Latin-1, without control or direction characters, 200 characters at most; null when empty. */
const textOf = (bytes: Uint8Array): string | null => {
  const short = bytes.subarray(0, 800)
  let text: string
  try {
    text = strictUtf8.decode(short)
  } catch {
    // The character set is not documented.
    text = latin.decode(short)
  }
  const clean = text.replace(/\p{C}/gu, '').trim().slice(0, 200)
  return clean === '' ? null : clean
}

const tag = { activity: 0xee, organisation: 0x84, structure: 0x85, sector: 0x86 } as const

/** Number of the object `CPS_ACTIVITY_nn_PS`, 1 to 16; null for other labels. */
export const activityNumber = (label: string): number | null => {
  const number = Number(/^CPS_ACTIVITY_(\d{2})_PS$/.exec(label)?.[1])
  return number >= 1 && number <= 16 ? number : null
}

/** A *situation d’exercice*; null when the object tells nothing. Never throws. */
export const readActivity = (number: number, bytes: Uint8Array): CardActivity | null => {
  const outer = readElements(bytes)
  const wrapped = outer.find((element) => element.tag === tag.activity)
  const fields = wrapped ? readElements(wrapped.value) : outer
  const text = (wanted: number): string | null => {
    const field = fields.find((element) => element.tag === wanted)
    return field ? textOf(field.value) : null
  }
  const structureId = text(tag.structure)
  const sector = text(tag.sector)
  const activity = {
    number,
    organisation: text(tag.organisation),
    // Shown and compared: only what looks like the identifier it should be.
    structureId: structureId !== null && /^\d[0-9A-Z/]{1,40}$/.test(structureId) ? structureId : null,
    sector: sector !== null && /^SA\d{2}$/.test(sector) ? sector : null,
  }
  const told = activity.organisation ?? activity.structureId ?? activity.sector
  return told === null ? null : activity
}

/** Code of the specialty: the last four characters of `CPS_INFO_PS`; null when they are none. Never throws. */
export const readSpecialty = (bytes: Uint8Array): string | null => {
  let end = bytes.length
  // Padding of the file.
  while (end > 0 && (bytes[end - 1] === 0x00 || bytes[end - 1] === 0xff || bytes[end - 1] === 0x20)) end -= 1
  const code = latin.decode(bytes.subarray(Math.max(0, end - 4), end))
  return /^[A-Z]{1,3}[0-9]{1,3}$/.test(code) && code.length === 4 ? code : null
}

/** The data object that holds the specialty. */
export const specialtyLabel = 'CPS_INFO_PS'
