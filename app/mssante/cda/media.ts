import { gunzipSync, inflateRawSync, inflateSync, type ZlibOptions } from 'node:zlib'
import type { Deviation, DocumentRefusal } from '../../contract/index.ts'
import { decodeBase64 } from '../base64.ts'
import { sniffMime } from '../magic.ts'
import {
  attribute,
  childOf,
  childrenOf,
  descendants,
  rawTextOf,
  textOf,
  type XmlElement,
} from '../xml/element.ts'

const maximumMediaBytes = 40 * 1024 * 1024

export interface CdaMedia {
  mimeType: string
  bytes: Uint8Array
}

/** Everything found while media are read. */
export interface MediaNotes {
  deviations: Deviation[]
  refusals: DocumentRefusal[]
  /** Bytes of the media read so far. */
  mediaBytes?: number
}

/** Types that may be shown in place; anything else is saved (clinical-documents.md §7.3.5). */
const shownTypes = new Set(['application/pdf', 'image/png', 'image/jpeg', 'text/plain'])
export const isShownMedia = (mimeType: string): boolean => shownTypes.has(mimeType)

const sameType = (declared: string, sniffed: string): boolean =>
  declared === sniffed ||
  (declared === 'image/jpg' && sniffed === 'image/jpeg') ||
  (declared === 'text/rtf' && sniffed === 'application/rtf')

const inflaters: Readonly<
  Record<string, readonly ((bytes: Uint8Array, options: ZlibOptions) => Uint8Array)[]>
> = {
  DF: [inflateRawSync, inflateSync],
  ZL: [inflateSync, inflateRawSync],
  GZ: [gunzipSync],
}

/** `compression` is tried, within the limit, and ignored when the bytes are not compressed (seen in the field). */
const inflated = (bytes: Uint8Array, compression: string, limit: number): Uint8Array | null => {
  for (const inflate of inflaters[compression.toUpperCase()] ?? []) {
    try {
      return inflate(bytes, { maxOutputLength: limit })
    } catch {
      // Not this form of deflate: the next one, then the bytes as they are.
    }
  }
  return null
}

/** All that the media of one document may weigh, and how much more than what was sent (clinical-documents.md §2.8). */
const maximumTotalBytes = 150 * 1024 * 1024
const maximumRatio = 100

/** `data:application/pdf;base64,` before the data, as web pages write it. */
const withoutDataUrl = (text: string): string => text.replace(/^\s*data:[\w.+/-]{0,100};base64,/i, '')

/** Bytes of an ED value in Base64, its type by what they are; what is wrong goes into the notes. Null when there are none. */
export const mediaOf = (value: XmlElement, where: string, notes: MediaNotes): CdaMedia | null => {
  const written = rawTextOf(value)
  const reference = attribute(childOf(value, 'reference'), 'value')
  if (written.trim() === '') {
    notes.deviations.push({ code: 'media-missing', where: reference ?? where })
    return null
  }
  const room = Math.min(maximumMediaBytes, maximumTotalBytes - (notes.mediaBytes ?? 0))
  const decoded = decodeBase64(withoutDataUrl(written), room)
  if (!decoded) {
    const refused = written.length > room
    if (refused) notes.refusals.push({ code: 'media-too-large', where })
    else notes.deviations.push({ code: 'media-unreadable', where })
    return null
  }
  if (decoded.flawed) notes.deviations.push({ code: 'media-base64', where })
  const declared = attribute(value, 'mediaType')?.toLowerCase().replace(/;.*$/, '').trim() ?? null
  let { bytes } = decoded
  const compression = attribute(value, 'compression')
  if (compression !== null) {
    const limit = Math.min(room, maximumRatio * bytes.byteLength)
    const plain = sniffMime(bytes) === null ? inflated(bytes, compression, limit) : null
    if (plain) bytes = plain
    else notes.deviations.push({ code: 'media-compression', where })
  }
  notes.mediaBytes = (notes.mediaBytes ?? 0) + bytes.byteLength
  const sniffed = sniffMime(bytes)
  if (declared && sniffed && !sameType(declared, sniffed))
    notes.deviations.push({ code: 'media-type-mismatch', where: `${where}: ${declared} → ${sniffed}` })
  // A claim of a type that can be told by its first bytes, which are not there, is not believed.
  const believed =
    declared !== null && shownTypes.has(declared) && declared !== 'text/plain'
      ? 'application/octet-stream'
      : declared
  if (!sniffed && believed !== declared && declared)
    notes.deviations.push({ code: 'media-type-mismatch', where: `${where}: ${declared}` })
  const mimeType = sniffed ?? believed ?? 'application/octet-stream'
  if (!shownTypes.has(mimeType))
    notes.refusals.push({ code: 'media-not-shown', where: `${where}: ${mimeType}` })
  return { bytes, mimeType }
}

export interface StructuredMedia {
  media: Map<string, CdaMedia>
  descriptions: Map<string, string>
}

/** Media of a structured body by the id the narrative refers to them by. */
export const structuredMedia = (body: XmlElement, notes: MediaNotes): StructuredMedia => {
  const media = new Map<string, CdaMedia>()
  const descriptions = new Map<string, string>()
  const ids = new Map<XmlElement, string>()
  for (const observation of descendants(body, 'observationMedia')) {
    const wanted = attribute(observation, 'ID') ?? `media-${media.size + 1}`
    const id = media.has(wanted) ? `${wanted}-${media.size + 1}` : wanted
    const value = childOf(observation, 'value')
    const content = value ? mediaOf(value, id, notes) : null
    if (!content) continue
    media.set(id, content)
    ids.set(observation, id)
    const description = textOf(childOf(observation, 'text'))
    if (description) descriptions.set(id, description)
  }
  // A region of interest stands for the picture it is drawn on.
  for (const region of descendants(body, 'regionOfInterest')) {
    const id = attribute(region, 'ID')
    const [picture] = childrenOf(region, 'entryRelationship').flatMap((relation) =>
      childrenOf(relation, 'observationMedia'),
    )
    const content = picture ? media.get(ids.get(picture) ?? '') : undefined
    if (id && content && !media.has(id)) media.set(id, content)
  }
  const referred = descendants(body, 'renderMultiMedia').flatMap((element) =>
    (attribute(element, 'referencedObject') ?? '').split(/\s+/).filter(Boolean),
  )
  for (const id of new Set(referred))
    if (!media.has(id)) notes.deviations.push({ code: 'media-missing', where: id })
  return { media, descriptions }
}
