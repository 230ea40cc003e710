import { fromBER, type AsnType } from 'asn1js'
import { fail, ok, type Outcome } from '../contract/errors.ts'

/** Largest message taken apart, in bytes (the trust space accepts 25 MB of attachments, base64 and CMS come on top). */
export const maxMessageSize = 60 * 1024 * 1024
const maxDepth = 48
const maxNodes = 200_000

/** One element of BER or DER, whatever its tag. Bytes are views on the input. */
export interface Node {
  /** 1 universal, 2 application, 3 context-specific, 4 private. */
  tagClass: number
  tag: number
  constructed: boolean
  children: Node[]
  /** Content bytes; of an indefinite-length element they include the end marks: use `children`. */
  content: Uint8Array
  /** The whole element, header included, as it was. */
  raw: Uint8Array
}

/** Universal tag numbers used here. */
export const tags = {
  boolean: 1,
  integer: 2,
  bitString: 3,
  octetString: 4,
  null: 5,
  oid: 6,
  enumerated: 10,
  sequence: 16,
  set: 17,
  utcTime: 23,
  generalizedTime: 24,
} as const

/** Thrown inside this folder where a structure is not what it must be; `parsed` turns it into `smime.malformed`. */
class Malformed extends Error {}
const malformed = (what: string): never => {
  throw new Malformed(what)
}

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

const viewOf = (element: AsnType): Node => {
  const { idBlock, lenBlock, valueBlock } = element
  const raw = element.valueBeforeDecodeView
  const inner: unknown = 'value' in valueBlock ? valueBlock.value : undefined
  const children = idBlock.isConstructed && Array.isArray(inner) ? (inner as AsnType[]) : []
  let views: Node[] | undefined
  return {
    tagClass: idBlock.tagClass,
    tag: idBlock.tagNumber,
    constructed: idBlock.isConstructed,
    get children() {
      // The end-of-contents marks of indefinite lengths are not content.
      views ??= children
        .filter((child) => !(child.idBlock.tagClass === 1 && child.idBlock.tagNumber === 0))
        .map(viewOf)
      return views
    },
    content: raw.subarray(idBlock.blockLength + lenBlock.blockLength),
    raw,
  }
}

/** Reads exactly one BER element, with limits on size, depth and count; throws (see `parsed`). */
export const readBer = (bytes: Uint8Array): Node => {
  if (bytes.length > maxMessageSize) return malformed('too big')
  const { offset, result } = fromBER(bytes, {
    maxContentLength: maxMessageSize,
    maxDepth,
    maxNodes,
    parseEmbedded: false,
    copyInput: false,
  })
  if (offset !== bytes.length) return malformed(result.error || 'trailing bytes')
  return viewOf(result)
}

/** The asn1js element itself, for pkijs' schemas; throws. */
export const readAsn1 = (bytes: Uint8Array): AsnType => {
  const { offset, result } = fromBER(bytes, { maxContentLength: maxMessageSize, maxDepth, maxNodes })
  if (offset !== bytes.length) return malformed(result.error || 'trailing bytes')
  return result
}

const is = (node: Node | undefined, tag: number): node is Node => node?.tagClass === 1 && node.tag === tag

/** Whether a node is the context-specific element [number]. */
export const isContext = (node: Node | undefined, number: number): node is Node =>
  node?.tagClass === 3 && node.tag === number

/** The members of a SEQUENCE or SET; throws on anything else. */
export const sequence = (node: Node | undefined): Node[] =>
  is(node, tags.sequence) && node.constructed ? node.children : malformed('a sequence')
export const set = (node: Node | undefined): Node[] =>
  is(node, tags.set) && node.constructed ? node.children : malformed('a set')

/** An octet string, also when cut in pieces (BER), also under an implicit tag; throws on anything else. */
export const octets = (node: Node | undefined, implicit?: number): Uint8Array => {
  const right = implicit === undefined ? is(node, tags.octetString) : isContext(node, implicit)
  if (!node || !right) return malformed('an octet string')
  if (!node.constructed) return node.content
  return Buffer.concat(node.children.map((child) => octets(child)))
}

/** An object identifier in dotted form; throws on anything else. */
export const oid = (node: Node | undefined): string => {
  if (!is(node, tags.oid) || node.content.length === 0 || node.content.length > 64) return malformed('an oid')
  const arcs: bigint[] = []
  let arc = 0n
  for (const byte of node.content) {
    arc = (arc << 7n) | BigInt(byte & 0x7f)
    if (byte < 0x80) {
      arcs.push(arc)
      arc = 0n
    }
  }
  const first = arcs[0] ?? 0n
  const root = first < 40n ? 0n : first < 80n ? 1n : 2n
  return [root, first - root * 40n, ...arcs.slice(1)].join('.')
}

/** A small non-negative INTEGER; throws on anything else. */
export const smallInteger = (node: Node | undefined): number => {
  if (!is(node, tags.integer) || node.content.length > 4 || (node.content[0] ?? 0x80) >= 0x80) {
    return malformed('a small integer')
  }
  return node.content.reduce((value, byte) => value * 256 + byte, 0)
}

/** INTEGER as lower-case hex without leading zero bytes (serial numbers); throws on anything else. */
export const integerHex = (node: Node | undefined): string =>
  is(node, tags.integer) ? serialHex(node.content) : malformed('an integer')

/** Bytes of an INTEGER as lower-case hex without leading zero bytes. */
export const serialHex = (bytes: Uint8Array): string => {
  const text = Buffer.from(bytes)
    .toString('hex')
    .replace(/^(?:00)+(?=..)/, '')
  return text
}

/** UTCTime or GeneralizedTime; throws on anything else. */
export const time = (node: Node | undefined): Date => {
  if (!node || node.tagClass !== 1 || node.content.length > 24) return malformed('a time')
  const text = Buffer.from(node.content).toString('latin1')
  const match = /^(\d{2}|\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(?:\.\d+)?Z$/.exec(text)
  const long = node.tag === tags.generalizedTime
  if (!match || (!long && node.tag !== tags.utcTime) || (match[1] ?? '').length !== (long ? 4 : 2)) {
    return malformed('a time')
  }
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number)
  const full = long ? year : year + (year < 50 ? 2000 : 1900)
  return new Date(Date.UTC(full, month - 1, day, hour, minute, second))
}
