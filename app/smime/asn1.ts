import { fromBER, GeneralizedTime, OctetString, UTCTime, type AsnType, type Constructed } from 'asn1js'
import { fail, ok, type Outcome } from '../contract/errors.ts'

/** Largest message taken apart, in bytes (the trust space accepts 25 MB of attachments, base64 and CMS come on top). */
export const maxMessageSize = 60 * 1024 * 1024
const maxDepth = 48
const maxNodes = 200_000

/** Thrown inside this folder where a structure is not what it must be; `parsed` turns it into `smime.malformed`. */
export class Malformed extends Error {}

/**
 * Runs a parser and makes an outcome of whatever it throws: third-party parsers throw many kinds of error on hostile
 * bytes, and none of them may cross.
 */
export const parsed = <T>(work: () => T): Outcome<T> => {
  try {
    return ok(work())
  } catch (error) {
    return fail('smime.malformed', { cause: error })
  }
}

/**
 * Reads exactly one BER element for pkijs' schemas, under our limits on size, depth and count: pkijs' own `fromBER`
 * stops at 16 MiB and 10 000 elements. Nothing is copied, octet strings are not looked into. Throws (see `parsed`).
 */
export const readBer = (bytes: Uint8Array): AsnType => {
  if (bytes.length > maxMessageSize) throw new Malformed('too big')
  const limits = { maxContentLength: maxMessageSize, maxDepth, maxNodes }
  const { offset, result } = fromBER(bytes, {
    ...limits,
    parseEmbedded: false,
    copyInput: false,
  })
  if (offset !== bytes.length) throw new Malformed(result.error || 'trailing bytes')
  return result
}

/** Content of an octet string, also when cut in pieces (BER) or under an implicit tag; throws on anything else. */
export const octetsOf = (element: unknown): Uint8Array => {
  const { idBlock } = element as AsnType
  if (idBlock.tagClass !== 3 && (idBlock.tagClass !== 1 || idBlock.tagNumber !== octetStringTag))
    throw new Malformed('an octet string')
  if (!idBlock.isConstructed) return contentOf(element)
  const pieces: unknown[] = (element as Constructed | OctetString).valueBlock.value
  return Buffer.concat(
    pieces.map((piece) => {
      if (!(piece instanceof OctetString)) throw new Malformed('an octet string')
      return octetsOf(piece)
    }),
  )
}
const octetStringTag = 4

/** Content bytes of a primitive element: integer, bit string (without its count of unused bits), octet string. */
export const contentOf = (element: unknown): Uint8Array => {
  const { valueBlock } = element as { valueBlock?: { valueHexView?: unknown } }
  if (!(valueBlock?.valueHexView instanceof Uint8Array)) throw new Malformed('a primitive element')
  return valueBlock.valueHexView
}

/** Bytes of an INTEGER as lower-case hex without leading zero bytes. */
export const serialHex = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString('hex')
    .replace(/^(?:00)+(?=..)/, '')

export const hexOf = (bytes: Uint8Array | ArrayBuffer): string =>
  Buffer.from(bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : bytes).toString('hex')

/** UTCTime or GeneralizedTime in Z; throws on anything else, a date that does not exist included. */
export const timeOf = (element: unknown): Date => {
  // To asn1js a GeneralizedTime is also a UTCTime.
  if (!(element instanceof UTCTime)) throw new Malformed('a time')
  const pattern = element instanceof GeneralizedTime ? /^\d{14}(?:\.\d{1,6})?Z$/ : /^\d{12}Z$/
  const date = element.toDate()
  if (!pattern.test(Buffer.from(contentOf(element)).toString('latin1')) || Number.isNaN(date.getTime()))
    throw new Malformed('a time')
  return date
}
