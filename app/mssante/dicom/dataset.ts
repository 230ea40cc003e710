import { constants, inflateRawSync } from 'node:zlib'
import { fail, ok, type Deviation, type Outcome } from '../../contract/index.ts'

/** An element: its bytes, its items when it is a sequence, its fragments when its pixels are encapsulated. */
export interface DicomElement {
  vr: string
  bytes: Uint8Array
  items: Dataset[]
  fragments: Uint8Array[]
}

/** Elements by tag, eight lower-case hex digits: `00100010`. */
export type Dataset = Map<string, DicomElement>

export interface DicomFile {
  meta: Dataset
  data: Dataset
  transferSyntax: string
  littleEndian: boolean
  deviations: Deviation[]
}

const limits = { depth: 16, elements: 100_000, inflated: 128 * 1024 * 1024 }
const undefinedLength = 0xffffffff
const longForms = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV'])
const item = 'fffee000'
const itemEnd = 'fffee00d'
const sequenceEnd = 'fffee0dd'
const pixelData = '7fe00010'

const syntaxes = {
  implicit: '1.2.840.10008.1.2',
  explicit: '1.2.840.10008.1.2.1',
  deflated: '1.2.840.10008.1.2.1.99',
  bigEndian: '1.2.840.10008.1.2.2',
} as const

class Stop extends Error {}

interface Cursor {
  view: DataView
  bytes: Uint8Array
  little: boolean
  explicit: boolean
  at: number
  /** Elements left to read. */
  budget: { left: number }
}

const hex = (value: number): string => value.toString(16).padStart(4, '0')

const need = (cursor: Cursor, count: number, end: number): void => {
  if (cursor.at + count > end) throw new Stop('truncated')
}

const readTag = (cursor: Cursor, end: number): string => {
  need(cursor, 4, end)
  const group = cursor.view.getUint16(cursor.at, cursor.little)
  const element = cursor.view.getUint16(cursor.at + 2, cursor.little)
  cursor.at += 4
  return hex(group) + hex(element)
}

/** Nothing in implicit form tells a sequence but its first item. */
const startsItem = ({ bytes, at, little }: Cursor, tag: string, length: number): boolean =>
  tag !== pixelData &&
  length >= 8 &&
  (little ? [0xfe, 0xff, 0x00, 0xe0] : [0xff, 0xfe, 0xe0, 0x00]).every(
    (byte, index) => bytes[at + index] === byte,
  )

const readLength = (cursor: Cursor, tag: string, end: number): { vr: string; length: number } => {
  if (!cursor.explicit || tag.startsWith('fffe')) {
    need(cursor, 4, end)
    const length = cursor.view.getUint32(cursor.at, cursor.little)
    cursor.at += 4
    return { vr: length === undefinedLength || startsItem(cursor, tag, length) ? 'SQ' : 'UN', length }
  }
  need(cursor, 4, end)
  const vr = String.fromCharCode(cursor.bytes[cursor.at] ?? 0, cursor.bytes[cursor.at + 1] ?? 0)
  if (!/^[A-Z]{2}$/.test(vr)) throw new Stop('not a value representation')
  if (!longForms.has(vr)) {
    const length = cursor.view.getUint16(cursor.at + 2, cursor.little)
    cursor.at += 4
    return { vr, length }
  }
  need(cursor, 8, end)
  const length = cursor.view.getUint32(cursor.at + 4, cursor.little)
  cursor.at += 8
  return { vr, length }
}

const readItems = (cursor: Cursor, end: number, depth: number, closed: boolean): Dataset[] => {
  const items: Dataset[] = []
  while (cursor.at + 8 <= end) {
    const tag = readTag(cursor, end)
    const { length } = readLength(cursor, tag, end)
    if (tag === sequenceEnd) return items
    if (tag !== item) throw new Stop('item expected')
    const stop = length === undefinedLength ? end : cursor.at + length
    if (stop > end) throw new Stop('truncated')
    items.push(readElements(cursor, stop, depth + 1))
    if (length !== undefinedLength) cursor.at = stop
  }
  if (!closed) throw new Stop('sequence without an end')
  return items
}

const readFragments = (cursor: Cursor, end: number): Uint8Array[] => {
  const fragments: Uint8Array[] = []
  for (;;) {
    const tag = readTag(cursor, end)
    const { length } = readLength(cursor, tag, end)
    if (tag === sequenceEnd) return fragments
    if (tag !== item || fragments.length > limits.elements) throw new Stop('fragment expected')
    need(cursor, length, end)
    fragments.push(cursor.bytes.subarray(cursor.at, cursor.at + length))
    cursor.at += length
  }
}

const none = new Uint8Array()

const readElement = (cursor: Cursor, tag: string, end: number, depth: number): DicomElement => {
  const { vr, length } = readLength(cursor, tag, end)
  if (tag === pixelData && length === undefinedLength)
    return { vr, bytes: none, items: [], fragments: readFragments(cursor, end) }
  if (length === undefinedLength) {
    // An unknown value of undefined length is a sequence in implicit form (PS3.5 §6.2.2).
    const { explicit } = cursor
    if (vr === 'UN') cursor.explicit = false
    const items = readItems(cursor, end, depth, false)
    cursor.explicit = explicit
    return { vr: 'SQ', bytes: none, items, fragments: [] }
  }
  need(cursor, length, end)
  const start = cursor.at
  const stop = start + length
  if (vr !== 'SQ') {
    cursor.at = stop
    return { vr, bytes: cursor.bytes.subarray(start, stop), items: [], fragments: [] }
  }
  const items = readItems(cursor, stop, depth, true)
  cursor.at = stop
  return { vr, bytes: none, items, fragments: [] }
}

const readElements = (cursor: Cursor, end: number, depth: number, group?: string): Dataset => {
  if (depth > limits.depth) throw new RangeError('too deep')
  const data: Dataset = new Map()
  while (cursor.at + 8 <= end) {
    const before = cursor.at
    const tag = readTag(cursor, end)
    if (group !== undefined && !tag.startsWith(group)) {
      cursor.at = before
      return data
    }
    if (tag === itemEnd) {
      cursor.at += 4
      return data
    }
    if (tag === sequenceEnd) {
      cursor.at = before
      return data
    }
    cursor.budget.left -= 1
    if (cursor.budget.left < 0) throw new RangeError('too many elements')
    try {
      data.set(tag, readElement(cursor, tag, end, depth))
    } catch (error) {
      // At the outermost level, what was read before the cut is kept.
      if (!(error instanceof Stop) || depth > 0) throw error
      truncated.add(data)
      return data
    }
  }
  return data
}

/** Datasets that end before their last element does. */
const truncated = new WeakSet<Dataset>()

const cursorOf = (bytes: Uint8Array, little: boolean, explicit: boolean): Cursor => ({
  view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  bytes,
  little,
  explicit,
  at: 0,
  budget: { left: limits.elements },
})

/** Text of an element in ASCII, padding taken off. */
export const asciiOf = (data: Dataset, tag: string): string =>
  new TextDecoder('latin1')
    .decode(data.get(tag)?.bytes ?? none)
    .replace(/[\0\s]+$/g, '')
    .trim()

const startsAt = (bytes: Uint8Array): { start: number; preamble: boolean } => {
  const magic = (offset: number): boolean =>
    [0x44, 0x49, 0x43, 0x4d].every((byte, index) => bytes[offset + index] === byte)
  return magic(128) ? { start: 132, preamble: true } : { start: magic(0) ? 4 : 0, preamble: false }
}

/** First elements of group 0008 in implicit form: a short value, then another element of the group behind it. */
const startsImplicit = (bytes: Uint8Array): boolean => {
  if (bytes.byteLength < 20) return false
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = view.getUint32(4, true)
  if (length > 64 || length % 2 === 1 || bytes.byteLength < length + 12) return false
  const next = view.getUint16(length + 10, true)
  return view.getUint16(length + 8, true) === 8 && next > view.getUint16(2, true) && next <= 0x60
}

/** A file that is DICOM by its content: `DICM` after the preamble, or a first element of group 0002 or 0008. */
export const isDicom = (bytes: Uint8Array): boolean => {
  if (startsAt(bytes).start > 0) return true
  const group = (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8)
  const vr = String.fromCharCode(bytes[4] ?? 0, bytes[5] ?? 0)
  const element = (bytes[2] ?? 0) | ((bytes[3] ?? 0) << 8)
  if ((group !== 2 && group !== 8) || element > 0x20) return false
  return /^(?:UL|OB|UI|CS|SH|DA|TM|IS)$/.test(vr) || (group === 8 && startsImplicit(bytes))
}

/**
 * Reads a DICOM file (PS3.10): any of the uncompressed and encapsulated syntaxes, the deflated one, with or without preamble. A file that
 * is cut gives what comes before the cut. Errors: `dicom.malformed`, `dicom.limit`.
 */
export const readDicomFile = (bytes: Uint8Array): Outcome<DicomFile> => {
  if (!isDicom(bytes)) return fail('dicom.malformed')
  const { start, preamble } = startsAt(bytes)
  const deviations: Deviation[] = []
  if (!preamble) deviations.push({ code: 'dicom-no-preamble', where: null })
  try {
    const content = bytes.subarray(start)
    const header = cursorOf(content, true, true)
    const meta = readElements(header, content.byteLength, 0, '0002')
    if (meta.size === 0) deviations.push({ code: 'dicom-no-file-meta', where: null })
    const rest = content.subarray(header.at)
    const named = asciiOf(meta, '00020010')
    const guessed = /^[A-Z]{2}$/.test(String.fromCharCode(rest[4] ?? 0, rest[5] ?? 0))
      ? syntaxes.explicit
      : syntaxes.implicit
    const transferSyntax = named || guessed
    const body =
      transferSyntax === syntaxes.deflated
        ? // What was deflated and cut gives what comes before the cut.
          new Uint8Array(
            inflateRawSync(rest, { maxOutputLength: limits.inflated, finishFlush: constants.Z_SYNC_FLUSH }),
          )
        : rest
    const little = transferSyntax !== syntaxes.bigEndian
    const cursor = cursorOf(body, little, transferSyntax !== syntaxes.implicit)
    const data = readElements(cursor, body.byteLength, 0)
    if (data.size === 0) return fail('dicom.malformed')
    if (truncated.has(data) || cursor.at < body.byteLength - 8)
      deviations.push({ code: 'dicom-truncated', where: null })
    return ok({ meta, data, transferSyntax, littleEndian: little, deviations })
  } catch (cause) {
    return fail(cause instanceof RangeError ? 'dicom.limit' : 'dicom.malformed', { cause })
  }
}
