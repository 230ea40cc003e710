import { Malformed } from '../asn1.ts'
import { contentOfDer, derTags, fieldsOf, oidOf, sequenceOf, wholeOf, type Der } from './der.ts'

export const emailAttribute = '1.2.840.113549.1.9.1'

export interface NameAttribute {
  type: string
  /** Null when the value is no text. */
  text: string | null
}

/** A distinguished name. */
export interface DistinguishedName {
  der: Uint8Array
  attributes: NameAttribute[]
  /** Each relative name in the form in which names are compared (RFC 5280 §7.1). */
  parts: string[]
  /** The whole name in that form: equal names have equal strings. */
  canonical: string
}

const utf8 = new TextDecoder('utf-8', { fatal: true })
const utf16 = new TextDecoder('utf-16be', { fatal: true })

const fromUcs4 = (bytes: Uint8Array): string => {
  const view = Buffer.from(bytes)
  if (view.length % 4 !== 0) throw new Malformed('a text')
  const points: number[] = []
  for (let index = 0; index < view.length; index += 4) points.push(view.readUInt32BE(index))
  return String.fromCodePoint(...points)
}

/** How the bytes of each string type are read; TeletexString as everybody writes it, in Latin-1. */
const readers: Readonly<Record<number, (bytes: Uint8Array) => string>> = {
  0x0c: (bytes) => utf8.decode(bytes),
  0x12: (bytes) => Buffer.from(bytes).toString('latin1'),
  0x13: (bytes) => Buffer.from(bytes).toString('latin1'),
  0x14: (bytes) => Buffer.from(bytes).toString('latin1'),
  0x16: (bytes) => Buffer.from(bytes).toString('latin1'),
  0x1a: (bytes) => Buffer.from(bytes).toString('latin1'),
  0x1c: fromUcs4,
  0x1e: (bytes) => utf16.decode(bytes),
}
const longestText = 4096

/** Text of a string type; null for any other type, bytes that are no such text, or far too many. */
const textOf = (der: Der): string | null => {
  const read = readers[der.tag]
  const bytes = contentOfDer(der)
  if (!read || bytes.length > longestText) return null
  try {
    return read(bytes)
  } catch {
    return null
  }
}

/** Characters that RFC 4518 §2.2 maps to nothing, and those it maps to a space. */
const toNothing = /[\u00ad\u034f\u1806\u180b-\u180d\u200b-\u200f\u2060-\u2063\ufe00-\ufe0f\ufeff\ufffc]/gu
const toSpace = /[\s\u0085]+/gu

/**
 * A text prepared for comparison (RFC 5280 §7.1, RFC 4518): letter case, width and blanks do not count, whatever string
 * type it was written in.
 */
const prepared = (text: string): string =>
  text
    .replace(toNothing, '')
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll('ς', 'σ')
    .normalize('NFKC')
    .replace(toSpace, ' ')
    .trim()

/** Reads a Name. Throws (see `parsed`). */
export const readName = (der: Der): DistinguishedName => {
  const attributes: NameAttribute[] = []
  const parts = sequenceOf(der).map((relative) => {
    const canonical = readRelativeName(relative)
    attributes.push(...canonical.attributes)
    return canonical.part
  })
  return { der: wholeOf(der), attributes, parts, canonical: parts.join('\n') }
}

/** One relative name: a SET of attributes, possibly several (cards have three). Throws. */
export const readRelativeName = (der: Der): { attributes: NameAttribute[]; part: string } => {
  const attributes: NameAttribute[] = []
  const forms = sequenceOf(der, true, derTags.set).map((pair) => {
    const fields = fieldsOf(pair)
    const type = oidOf(fields.required(derTags.oid))
    const value = fields.any()
    fields.end()
    const text = textOf(value)
    attributes.push({ type, text })
    const form = text === null ? Buffer.from(wholeOf(value)).toString('hex') : JSON.stringify(prepared(text))
    return `${type}=${form}`
  })
  return { attributes, part: forms.toSorted().join('+') }
}

/** Whether a name lies in the tree below another one: the other's relative names come first in it. */
export const nameWithin = (name: DistinguishedName, base: DistinguishedName): boolean =>
  base.parts.length <= name.parts.length && base.parts.every((part, index) => part === name.parts[index])

/** As people read it, most general attribute first. */
const shortNames: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'title',
  '2.5.4.42': 'GN',
  '0.9.2342.19200300.100.1.25': 'DC',
  [emailAttribute]: 'emailAddress',
}

/** Attributes in order, by short name or OID; a value that is not text counts as empty. */
export const attributesOf = (name: DistinguishedName): { name: string; value: string }[] =>
  name.attributes.map(({ type, text }) => ({ name: shortNames[type] ?? type, value: text ?? '' }))

export const writtenName = (name: DistinguishedName): string =>
  attributesOf(name)
    .map(({ name: type, value }) => `${type}=${value}`)
    .join(', ')
