import { decodeBase64 } from './base64.ts'

/**
 * MIME as S/MIME needs it: byte-exact parts of a multipart and a few header fields. What a person reads is parsed
 * elsewhere; here nothing is decoded that a signature covers.
 */

const maxHeaderSize = 256 * 1024
const maxParts = 1000

export interface Entity {
  raw: Uint8Array
  body: Uint8Array
  /** Lower-case type/subtype; text/plain when missing, repeated or unreadable. */
  type: string
  parameters: ReadonlyMap<string, string>
  transferEncoding: string
  fileName: string
}

const lf = 0x0a
const cr = 0x0d

/** Offset of the body: after the first empty line; the whole length when there is none. */
const bodyOffset = (raw: Uint8Array): number => {
  for (let line = 0; line < Math.min(raw.length, maxHeaderSize);) {
    const end = raw.indexOf(lf, line)
    if (end === -1) return raw.length
    if (end === line || (end === line + 1 && raw[line] === cr)) return end + 1
    line = end + 1
  }
  return raw.length
}

/** `name=value; name="quoted \" value"` after the first `;`, names in lower case; the first of a name counts. */
const parametersOf = (value: string): Map<string, string> => {
  const found = new Map<string, string>()
  const pattern = /;\s*([^\s=;"]{1,64})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))/g
  for (const [, name = '', quoted, plain] of value.slice(0, 4096).matchAll(pattern)) {
    const key = name.toLowerCase()
    if (!found.has(key)) found.set(key, quoted === undefined ? (plain ?? '') : quoted.replace(/\\(.)/g, '$1'))
  }
  return found
}

/** Reads the header of an entity; never fails, an unreadable one is plain text. */
export const readEntity = (raw: Uint8Array): Entity => {
  const start = bodyOffset(raw)
  const header = Buffer.from(raw.buffer, raw.byteOffset, Math.min(start, maxHeaderSize))
    .toString('latin1')
    .replace(/\r?\n[ \t]+/g, ' ')
  const fields = new Map<string, string[]>()
  for (const line of header.split(/\r?\n/)) {
    const colon = line.indexOf(':')
    if (colon <= 0) continue
    const name = line.slice(0, colon).trim().toLowerCase()
    const value = line.slice(colon + 1).trim()
    const values = fields.get(name)
    if (values) values.push(value)
    else fields.set(name, [value])
  }
  const only = (name: string): string => {
    const values = fields.get(name) ?? []
    return values.length === 1 ? (values[0] ?? '') : ''
  }
  const contentType = only('content-type')
  const parameters = parametersOf(contentType)
  const type =
    /^([!-.0-:<-~]+\/[!-.0-:<-~]+)\s*(?:;|\(|$)/.exec(contentType)?.[1]?.toLowerCase() ?? 'text/plain'
  const disposition = parametersOf(only('content-disposition'))
  return {
    raw,
    body: raw.subarray(start),
    type,
    parameters,
    // Without a comment, which nothing else may have (RFC 2045 §6.1).
    transferEncoding: only('content-transfer-encoding')
      .replace(/\([^)]*\)|[;"]/g, '')
      .trim()
      .toLowerCase(),
    fileName: disposition.get('filename') ?? parameters.get('name') ?? '',
  }
}

/**
 * The parts of a multipart, byte for byte: the line break before a boundary belongs to the boundary (RFC 2046 §5.1.1).
 * Null without boundary, without any part, or with too many.
 */
export const splitParts = (entity: Entity): Uint8Array[] | null => {
  const boundary = entity.parameters.get('boundary') ?? ''
  if (boundary === '' || boundary.length > 200) return null
  const body = Buffer.from(entity.body.buffer, entity.body.byteOffset, entity.body.length)
  const mark = Buffer.from(`--${boundary}`, 'latin1')
  const parts: Uint8Array[] = []
  let start: number | null = null
  for (let at = body.indexOf(mark); at !== -1; at = body.indexOf(mark, at + 1)) {
    if (at > 0 && body[at - 1] !== lf) continue
    const newline = body.indexOf(lf, at)
    const lineEnd = newline === -1 ? body.length : newline
    const rest = body.toString('latin1', at + mark.length, Math.min(lineEnd, at + mark.length + 200))
    const kind = /^(--)?[ \t]*\r?$/.exec(rest)
    if (!kind) continue
    if (start !== null) {
      const end = at >= 2 && body[at - 2] === cr ? at - 2 : at - 1
      parts.push(body.subarray(start, Math.max(end, start)))
      if (parts.length > maxParts) return null
    }
    start = newline === -1 ? body.length : newline + 1
    if (kind[1]) {
      start = null
      break
    }
  }
  if (start !== null) parts.push(body.subarray(start))
  return parts.length === 0 ? null : parts
}

const armour = Buffer.from('-----BEGIN ', 'latin1')
const armourEnd = Buffer.from('-----END ', 'latin1')

/** Base64 between armour lines (« -----BEGIN PKCS7----- »), which some gateways leave inside a part; the text itself else. */
const withoutArmour = (text: Uint8Array): Uint8Array => {
  const bytes = Buffer.from(text.buffer, text.byteOffset, text.length)
  const from = bytes.subarray(0, 1024).indexOf(armour)
  const line = from === -1 ? -1 : bytes.indexOf(lf, from)
  if (line === -1) return text
  const to = bytes.indexOf(armourEnd, line)
  return text.subarray(line + 1, to === -1 ? text.length : to)
}

/** What a CMS structure begins with: a SEQUENCE of a long or an indefinite length. */
const looksBer = (bytes: Uint8Array): boolean => bytes[0] === 0x30 && (bytes[1] ?? 0) >= 0x80
const looksBase64 = (bytes: Uint8Array): boolean =>
  /^\s*(?:-----BEGIN [A-Z0-9 ]+-----\s|MI[A-Za-z0-9+/])/.test(
    Buffer.from(bytes.subarray(0, 200)).toString('latin1'),
  )

const isCms = ({ type, fileName }: Entity): boolean =>
  /^application\/(?:x-)?pkcs7-/.test(type) || /\.p7[mscz]$/i.test(fileName)

/**
 * The body without its transfer encoding, for CMS structures. The bytes are believed rather than the header where they are
 * plainly one thing or the other: senders and gateways mislabel them. With `reuse` base64 is decoded in its own place.
 */
export const decodedBody = (entity: Entity, reuse = false): Uint8Array => {
  const quoted = entity.transferEncoding === 'quoted-printable'
  const bytes = quoted ? unquoted(entity.body) : entity.body
  const said = entity.transferEncoding === 'base64'
  const base64 = isCms(entity) ? (said ? !looksBer(bytes) : looksBase64(bytes)) : said
  if (!base64) return bytes
  const text = withoutArmour(bytes)
  const target = reuse ? text : Buffer.allocUnsafeSlow(Math.ceil(text.length / 4) * 3)
  return target.subarray(0, decodeBase64(text, target))
}

const unquoted = (body: Uint8Array): Uint8Array => {
  const plain = Buffer.from(body.buffer, body.byteOffset, body.length)
    .toString('latin1')
    .replace(/=[ \t]*\r?\n/g, '')
    .replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(plain, 'latin1')
}

const canonicalPiece = 64 * 1024

/** `withCrlf` a piece at a time: nothing of the size of a message is made beside it. */
export function* canonicalPieces(bytes: Uint8Array): Iterable<Uint8Array> {
  for (let from = 0, to = 0; from < bytes.length; from = to) {
    to = Math.min(from + canonicalPiece, bytes.length)
    // A line end is not cut in two.
    if (bytes[to] === lf) to += 1
    yield withCrlf(bytes.subarray(from, to))
  }
}

/**
 * Whether every LF follows a CR; `before` is the byte in front, where there is one. Four bytes at a time: a LF in a word shows
 * as a borrow when the word, with LF made zero, has one taken from each of its bytes.
 */
export const isCanonical = (bytes: Uint8Array, before: number | undefined): boolean => {
  const sound = (from: number, to: number): boolean => {
    for (let at = from; at < to; at += 1)
      if (bytes[at] === lf && (at === 0 ? before : bytes[at - 1]) !== cr) return false
    return true
  }
  const aligned = (4 - (bytes.byteOffset & 3)) & 3
  if (bytes.length < aligned) return sound(0, bytes.length)
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset + aligned, (bytes.length - aligned) >> 2)
  if (!sound(0, aligned)) return false
  for (let index = 0; index < words.length; index += 1) {
    const word = (words[index] as number) ^ 0x0a0a0a0a
    const hasLf = (((word - 0x01010101) | 0) & ~word & 0x80808080) !== 0
    if (hasLf && !sound(aligned + 4 * index, aligned + 4 * index + 4)) return false
  }
  return sound(aligned + 4 * words.length, bytes.length)
}

/** Lone LF made CRLF (RFC 8551 §3.1.1): a store or a gateway may have changed line ends after signing. */
export const withCrlf = (bytes: Uint8Array): Uint8Array => {
  let lone = 0
  for (let at = bytes.indexOf(lf); at !== -1; at = bytes.indexOf(lf, at + 1))
    if (bytes[at - 1] !== cr) lone += 1
  if (lone === 0) return bytes
  const out = Buffer.alloc(bytes.length + lone)
  let from = 0
  let to = 0
  for (let at = bytes.indexOf(lf); at !== -1; at = bytes.indexOf(lf, at + 1)) {
    if (bytes[at - 1] === cr) continue
    out.set(bytes.subarray(from, at), to)
    to += at - from
    out[to] = cr
    to += 1
    from = at
  }
  out.set(bytes.subarray(from), to)
  return out
}
