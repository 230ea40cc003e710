import { Malformed } from '../asn1.ts'

/** An element of distinguished encoding where it lies; nothing is copied. */
export interface Der {
  bytes: Uint8Array
  /** Identifier octet: class, constructed bit and tag together. */
  tag: number
  start: number
  contentStart: number
  end: number
}

export const derTags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const

/** Implicit context tags: primitive and constructed. */
export const contextTag = (number: number): number => 0x80 | number
export const contextTagged = (number: number): number => 0xa0 | number

const maxMembers = 20_000

/** The element at an offset: definite, shortest length, low tag number (X.690 §10.1). Throws (see `parsed`). */
export const derAt = (bytes: Uint8Array, start: number, limit: number): Der => {
  const tag = bytes[start]
  const first = bytes[start + 1]
  if (tag === undefined || first === undefined || start + 2 > limit || (tag & 0x1f) === 0x1f)
    throw new Malformed('an element')
  let length = first
  let contentStart = start + 2
  if (first >= 0x80) {
    const count = first & 0x7f
    if (count === 0 || count > 4 || contentStart + count > limit) throw new Malformed('a length')
    length = 0
    for (let index = 0; index < count; index += 1) length = length * 256 + (bytes[contentStart + index] ?? 0)
    if (length < 0x80 || length < 256 ** (count - 1)) throw new Malformed('a longer length than needed')
    contentStart += count
  }
  const end = contentStart + length
  if (end > limit) throw new Malformed('cut short')
  return { bytes, tag, start, contentStart, end }
}

/** Exactly one element. Throws on trailing bytes. */
export const readDer = (bytes: Uint8Array): Der => {
  const found = derAt(bytes, 0, bytes.length)
  if (found.end !== bytes.length) throw new Malformed('trailing bytes')
  return found
}

/** The same element under the tag its implicit one stands for. */
export const retagged = (der: Der, tag: number): Der => ({ ...der, tag })

/** Elements inside a constructed one, which they fill. Throws. */
export const membersOf = (der: Der): Der[] => {
  if ((der.tag & 0x20) === 0) throw new Malformed('a constructed element')
  const found: Der[] = []
  for (let offset = der.contentStart; offset < der.end;) {
    if (found.length === maxMembers) throw new Malformed('too many members')
    const member = derAt(der.bytes, offset, der.end)
    found.push(member)
    offset = member.end
  }
  return found
}

/** Members of a SEQUENCE (or SET); `nonEmpty` where the type is SIZE (1..MAX). Throws. */
export const sequenceOf = (der: Der, nonEmpty = false, tag: number = derTags.sequence): Der[] => {
  if (der.tag !== tag) throw new Malformed('a sequence')
  const found = membersOf(der)
  if (nonEmpty && found.length === 0) throw new Malformed('an empty sequence')
  return found
}

/** Reads the members of a SEQUENCE one after the other. Throws. */
export const fieldsOf = (der: Der, tag: number = derTags.sequence) => {
  const members = sequenceOf(der, false, tag)
  let next = 0
  const optional = (wanted: number): Der | null => {
    const member = members[next]
    if (member?.tag !== wanted) return null
    next += 1
    return member
  }
  return {
    optional,
    required: (wanted: number): Der => {
      const found = optional(wanted)
      if (!found) throw new Malformed(`field ${String(next)}`)
      return found
    },
    /** Whatever is next. */
    any: (): Der => {
      const member = members[next]
      if (!member) throw new Malformed(`field ${String(next)}`)
      next += 1
      return member
    },
    ahead: (): Der | null => members[next] ?? null,
    end: (): void => {
      if (next !== members.length) throw new Malformed(`field ${String(next)}`)
    },
  }
}

/** The whole element's bytes, a view. */
export const wholeOf = (der: Der): Uint8Array => der.bytes.subarray(der.start, der.end)
export const contentOfDer = (der: Der): Uint8Array => der.bytes.subarray(der.contentStart, der.end)

/** Content of an INTEGER in two's complement, shortest form. Throws. */
export const integerBytes = (der: Der): Uint8Array => {
  const content = contentOfDer(der)
  const [first = 0, second = 0] = content
  if (content.length === 0) throw new Malformed('an empty integer')
  if (content.length > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80)))
    throw new Malformed('a longer integer than needed')
  return content
}

/** A number from 0 to 2³¹; a bigger one counts as that. Throws on a negative one. */
export const smallInteger = (der: Der): number => {
  const content = integerBytes(der)
  if ((content[0] ?? 0) >= 0x80) throw new Malformed('a negative number')
  return Math.min(
    content.reduce((sum, byte) => sum * 256 + byte, 0),
    2 ** 31,
  )
}

export const booleanOf = (der: Der): boolean => {
  const content = contentOfDer(der)
  const [only] = content
  if (content.length !== 1 || (only !== 0 && only !== 0xff)) throw new Malformed('a boolean')
  return only === 0xff
}

/** Bytes of a BIT STRING and how many bits at its end do not count. Throws. */
export const bitsOf = (der: Der): { bytes: Uint8Array; unused: number } => {
  const [unused, ...rest] = contentOfDer(der).subarray(0, 2)
  const bytes = contentOfDer(der).subarray(1)
  if (unused === undefined || unused > 7 || (rest.length === 0 && unused > 0)) throw new Malformed('bits')
  if (bytes.length > 0 && ((bytes.at(-1) ?? 0) & ((1 << unused) - 1)) !== 0) throw new Malformed('bits')
  return { bytes, unused }
}

/** A BIT STRING of whole bytes: keys and signatures. Throws. */
export const wholeBits = (der: Der): Uint8Array => {
  const { bytes, unused } = bitsOf(der)
  if (der.tag !== derTags.bitString || unused !== 0) throw new Malformed('bits')
  return bytes
}

/** Bytes of a signature; one that is no whole number of bytes is empty, and nobody's. Throws. */
export const signatureBits = (der: Der): Uint8Array => {
  const [unused] = contentOfDer(der)
  if (der.tag !== derTags.bitString || unused === undefined || unused > 7) throw new Malformed('bits')
  return contentOfDer(der).subarray(unused === 0 ? 1 : der.end - der.contentStart)
}

/** Dotted form. Throws. */
export const oidOf = (der: Der): string => {
  const content = contentOfDer(der)
  if (content.length === 0 || content.length > 64 || (content.at(-1) ?? 0) >= 0x80)
    throw new Malformed('an object identifier')
  const arcs: bigint[] = []
  let arc = 0n
  let begun = false
  for (const byte of content) {
    if (!begun && byte === 0x80) throw new Malformed('an object identifier')
    arc = (arc << 7n) | BigInt(byte & 0x7f)
    begun = byte >= 0x80
    if (begun) continue
    if (arcs.length === 0) {
      const root = arc < 40n ? 0n : arc < 80n ? 1n : 2n
      arcs.push(root, arc - root * 40n)
    } else arcs.push(arc)
    arc = 0n
  }
  return arcs.join('.')
}

/** UTCTime or GeneralizedTime in Z without fractions (RFC 5280 §4.1.2.5). Throws, also on a date that does not exist. */
export const timeOfDer = (der: Der): Date => {
  const text = Buffer.from(contentOfDer(der)).toString('latin1')
  const utc = der.tag === derTags.utcTime
  if (!utc && der.tag !== derTags.generalizedTime) throw new Malformed('a time')
  const fields = (
    utc ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/ : /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/
  )
    .exec(text)
    ?.slice(1)
    .map(Number)
  if (!fields) throw new Malformed('a time')
  const [written = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = fields
  const year = utc ? written + (written < 50 ? 2000 : 1900) : written
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  date.setUTCHours(hour, minute, second)
  const same =
    date.getUTCFullYear() === year &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute &&
    date.getUTCSeconds() === second
  if (!same) throw new Malformed('a time')
  return date
}
