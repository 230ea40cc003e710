import { Malformed, maxMessageSize } from './asn1.ts'

/**
 * Where the elements of a BER structure lie, without an object for each: a message streamed by its sender is cut in
 * tens of thousands of octet strings. Structures around and beside the content are read this way, what is small by asn1js.
 */
export interface Place {
  /** 0 universal, 1 application, 2 context, 3 private. */
  tagClass: number
  tag: number
  constructed: boolean
  /** Offsets of the element, its content and their ends; an indefinite length's end-of-contents lies between the ends. */
  start: number
  contentStart: number
  contentEnd: number
  end: number
}

export interface BerSource {
  bytes: Uint8Array
  /** The element at an offset; throws when it does not end before `limit`. */
  at(offset: number, limit: number): Place
  /** Elements inside a constructed one; throws on a primitive one and on more than some thousands. */
  children(place: Place): Place[]
  /** Places of the pieces of an octet string, also cut in pieces at any depth; throws on anything else. */
  octets(place: Place): { start: number; end: number }[]
}

const maxDepth = 48
/** Elements looked at in one message, and members of one set or sequence. */
const maxLooks = 4_000_000
const maxChildren = 20_000
const maxPieces = 200_000
export const tags = { integer: 2, octetString: 4, oid: 6, sequence: 16, set: 17 } as const

const header = (bytes: Uint8Array, offset: number, limit: number): Place & { indefinite: boolean } => {
  let at = offset
  const next = (): number => {
    const byte = at < limit ? bytes[at] : undefined
    if (byte === undefined) throw new Malformed('cut short')
    at += 1
    return byte
  }
  const first = next()
  let tag = first & 0x1f
  if (tag === 0x1f) {
    tag = 0
    for (let more = true, length = 0; more; length += 1) {
      const byte = next()
      if (length === 4) throw new Malformed('a tag')
      tag = tag * 128 + (byte & 0x7f)
      more = byte >= 0x80
    }
  }
  let length = next()
  const indefinite = length === 0x80
  if (length > 0x80) {
    const count = length & 0x7f
    if (count > 8) throw new Malformed('a length')
    length = 0
    for (let index = 0; index < count; index += 1) length = length * 256 + next()
  }
  const constructed = (first & 0x20) !== 0
  if (indefinite && !constructed) throw new Malformed('a length')
  const end = indefinite ? limit : at + length
  if (end > limit) throw new Malformed('cut short')
  return {
    tagClass: first >> 6,
    tag,
    constructed,
    indefinite,
    start: offset,
    contentStart: at,
    contentEnd: end,
    end,
  }
}

/** Reads places in some bytes, under limits on size, depth and count. Throws (see `parsed`). */
export const createBerSource = (bytes: Uint8Array): BerSource => {
  if (bytes.length > maxMessageSize) throw new Malformed('too big')
  let looks = 0
  /** Ends of elements of indefinite length, found once: they are nested. */
  const known = new Map<number, number>()

  const isEnd = (offset: number): boolean => bytes[offset] === 0 && bytes[offset + 1] === 0
  const look = (offset: number, limit: number, depth: number): Place => {
    looks += 1
    if (looks > maxLooks) throw new Malformed('too many elements')
    if (depth > maxDepth) throw new Malformed('too deep')
    const { indefinite, ...place } = header(bytes, offset, limit)
    if (!indefinite) return place
    let at = known.get(offset) ?? place.contentStart
    if (!known.has(offset)) {
      while (at + 2 <= limit && !isEnd(at)) at = look(at, limit, depth + 1).end
      if (at + 2 > limit) throw new Malformed('cut short')
      known.set(offset, at)
    }
    return { ...place, contentEnd: at, end: at + 2 }
  }

  const children = (place: Place, most = maxChildren): Place[] => {
    if (!place.constructed) throw new Malformed('a constructed element')
    const found: Place[] = []
    for (let at = place.contentStart; at < place.contentEnd;) {
      if (found.length === most) throw new Malformed('too many members')
      const child = look(at, place.contentEnd, 0)
      found.push(child)
      at = child.end
    }
    return found
  }

  const octets = (whole: Place): { start: number; end: number }[] => {
    const pieces: { start: number; end: number }[] = []
    const collect = (place: Place, depth: number): void => {
      if (depth > maxDepth || pieces.length > maxPieces) throw new Malformed('an octet string')
      if (!place.constructed) {
        pieces.push({ start: place.contentStart, end: place.contentEnd })
        return
      }
      for (let at = place.contentStart; at < place.contentEnd;) {
        const child = look(at, place.contentEnd, 0)
        if (child.tagClass !== 0 || child.tag !== tags.octetString) throw new Malformed('an octet string')
        collect(child, depth + 1)
        at = child.end
      }
    }
    const universal = whole.tagClass === 0 && whole.tag === tags.octetString
    if (!universal && whole.tagClass !== 2) throw new Malformed('an octet string')
    collect(whole, 0)
    return pieces
  }

  return { bytes, at: (offset, limit) => look(offset, limit, 0), children, octets }
}

/** An element's own bytes. */
export const bytesAt = ({ bytes }: BerSource, place: Place): Uint8Array =>
  bytes.subarray(place.start, place.end)

export const isUniversal = (place: Place | undefined, tag: number): boolean =>
  place?.tagClass === 0 && place.tag === tag

export const isContext = (place: Place | undefined, tag: number): boolean =>
  place?.tagClass === 2 && place.tag === tag

/**
 * The content of an octet string in one piece: a view of the source; one that was cut is moved together where it lies when
 * `reuse` allows it, else copied.
 */
export const joined = (source: BerSource, place: Place, reuse: boolean): Uint8Array => {
  const { bytes } = source
  const pieces = source.octets(place)
  const [only, ...others] = pieces
  if (!only) return bytes.subarray(place.contentStart, place.contentStart)
  if (others.length === 0) return bytes.subarray(only.start, only.end)
  if (!reuse) return Buffer.concat(pieces.map(({ start, end }) => bytes.subarray(start, end)))
  let to = only.end
  for (const { start, end } of others) {
    bytes.copyWithin(to, start, end)
    to += end - start
  }
  return bytes.subarray(only.start, to)
}
