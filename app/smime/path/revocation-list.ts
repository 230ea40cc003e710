import type { Outcome } from '../../contract/errors.ts'
import { Malformed, parsed } from '../asn1.ts'
import {
  booleanOf,
  contextTag,
  contextTagged,
  derAt,
  derTags,
  fieldsOf,
  integerBytes,
  readDer,
  signatureBits,
  timeOfDer,
  wholeOf,
  type Der,
} from './der.ts'
import {
  readAuthorityKey,
  readDistributionPoints,
  readExtensions,
  readPointName,
  readReasons,
  type Extension,
} from './extensions.ts'
import { readName, type DistinguishedName } from './names.ts'
import {
  checkSigned,
  publicKeyOf,
  readAlgorithm,
  signatureWeakness,
  type PublicKeyInfo,
  type SignatureCheck,
} from './signed.ts'

/** The largest list that is read, bytes. */
export const maxListSize = 100 * 1024 * 1024

/** What a list covers (issuingDistributionPoint, RFC 5280 §5.2.5); all of its issuer's certificates without one. */
export interface ListScope {
  /** Comparable forms of the names of its distribution point; null when it has none. */
  names: string[] | null
  onlyUsers: boolean
  onlyAuthorities: boolean
  onlyAttributes: boolean
  /** Reason flags; null stands for all. */
  reasons: number | null
  indirect: boolean
}

export interface RevokedEntry {
  revokedAt: Date
  /** When the key may have been stolen, if the list says (§5.3.2). */
  invalidFrom: Date | null
  /** CRLReason; 8 is removeFromCRL. */
  reason: number | null
}

/**
 * A revocation list, complete or delta. Its entries are not read but scanned where they lie, so that one of 20 MB costs tens
 * of milliseconds and no memory but its own.
 */
export interface RevocationList {
  thisUpdate: Date
  nextUpdate: Date | null
  issuer: DistinguishedName
  number: bigint | null
  /** BaseCRLNumber of a delta list; null for a complete one. */
  deltaBase: bigint | null
  authorityKeyId: string | null
  scope: ListScope
  /** The scope as written: a delta's must be its base's. */
  scopeBytes: string
  /** Says where deltas are; http addresses of these. */
  freshest: { named: boolean; urls: string[] }
  /** A critical extension of the list or of an entry is not understood: it must not be used (§5.2, §5.3). */
  unknownCritical: boolean
  /** Why its signature is too weak; null when it is not. */
  weakness: string | null
  /** The entry of a serial number, as the INTEGER's content; null when it is not listed. Throws on a broken entry. */
  entryOf(serialNumber: Uint8Array): RevokedEntry | null
  /** Whether a key made the signature; remembered. */
  signedBy(key: PublicKeyInfo): SignatureCheck
}

const oids = {
  number: '2.5.29.20',
  reason: '2.5.29.21',
  invalidityDate: '2.5.29.24',
  delta: '2.5.29.27',
  issuingPoint: '2.5.29.28',
  authorityKey: '2.5.29.35',
  freshest: '2.5.29.46',
  issuerAltName: '2.5.29.18',
} as const
const understood: ReadonlySet<string> = new Set(Object.values(oids))
const understoodInEntries: ReadonlySet<string> = new Set([oids.reason, oids.invalidityDate])

const bigOf = (der: Der): bigint => {
  const content = integerBytes(der)
  if (der.tag !== derTags.integer || content.length > 40) throw new Malformed('a list number')
  return BigInt.asIntN(content.length * 8, BigInt(`0x${Buffer.from(content).toString('hex')}`))
}

const wholeScope: ListScope = {
  names: null,
  onlyUsers: false,
  onlyAuthorities: false,
  onlyAttributes: false,
  reasons: null,
  indirect: false,
}

const readScope = (value: Uint8Array, issuer: DistinguishedName): ListScope => {
  const fields = fieldsOf(readDer(value))
  const name = fields.optional(contextTagged(0))
  const flag = (number: number): boolean => {
    const found = fields.optional(contextTag(number))
    return found !== null && booleanOf(found)
  }
  const onlyUsers = flag(1)
  const onlyAuthorities = flag(2)
  const reasons = fields.optional(contextTag(3))
  const indirect = flag(4)
  const onlyAttributes = flag(5)
  fields.end()
  return {
    names: name ? readPointName(name, issuer).names : null,
    onlyUsers,
    onlyAuthorities,
    onlyAttributes,
    reasons: reasons ? readReasons(reasons) : null,
    indirect,
  }
}

interface Extent {
  start: number
  contentStart: number
  end: number
}

/** Like `derAt` for millions of entries, and as tolerant about them as everybody. Throws. */
const extentAt = (bytes: Uint8Array, start: number, limit: number): Extent => {
  const first = bytes[start + 1]
  if (first === undefined || start + 2 > limit) throw new Malformed('an entry')
  let length = first
  let contentStart = start + 2
  if (first >= 0x80) {
    const count = first & 0x7f
    if (count === 0 || count > 4) throw new Malformed('an entry')
    length = 0
    for (let index = 0; index < count; index += 1) length = length * 256 + (bytes[contentStart + index] ?? 0)
    contentStart += count
  }
  const end = contentStart + length
  if (end > limit) throw new Malformed('an entry')
  return { start, contentStart, end }
}

/** Whether the content of an INTEGER is this one, itself in shortest form. */
const sameInteger = (bytes: Uint8Array, { contentStart, end }: Extent, wanted: Uint8Array): boolean => {
  let at = contentStart
  while (end - at > wanted.length) {
    const [byte = 0, next = 0] = [bytes[at], bytes[at + 1]]
    if (!((byte === 0 && next < 0x80) || (byte === 0xff && next >= 0x80))) return false
    at += 1
  }
  if (end - at !== wanted.length) return false
  for (let index = wanted.length - 1; index >= 0; index -= 1)
    if (bytes[at + index] !== wanted[index]) return false
  return true
}

/** Bytes of a critical flag that is set. */
const holdsCritical = (bytes: Uint8Array, start: number, end: number): boolean => {
  for (let at = start; at + 2 < end; at += 1)
    if (bytes[at] === 0x01 && bytes[at + 1] === 0x01 && bytes[at + 2] === 0xff) return true
  return false
}

const entryExtensions = (bytes: Uint8Array, start: number, end: number): Extension[] => {
  if (start === end) return []
  const der = derAt(bytes, start, end)
  if (der.end !== end) throw new Malformed('an entry')
  return readExtensions(der)
}

/** Walks the entries to the end of the list; throws where it is broken. */
const walk = (bytes: Uint8Array, list: Der, visit: (entry: Extent, serial: Extent) => void): void => {
  for (let offset = list.contentStart; offset < list.end;) {
    const entry = extentAt(bytes, offset, list.end)
    const serial = extentAt(bytes, entry.contentStart, entry.end)
    if (bytes[offset] !== derTags.sequence || bytes[serial.start] !== derTags.integer)
      throw new Malformed('an entry')
    visit(entry, serial)
    offset = entry.end
  }
}

const readEntry = (bytes: Uint8Array, entry: Extent, serial: Extent): RevokedEntry => {
  const time = derAt(bytes, serial.end, entry.end)
  const revokedAt = timeOfDer(time)
  const found: RevokedEntry = { revokedAt, invalidFrom: null, reason: null }
  for (const { id, value } of entryExtensions(bytes, time.end, entry.end)) {
    const inner = readDer(value)
    if (id === oids.reason) found.reason = inner.bytes[inner.contentStart] ?? 0
    if (id === oids.invalidityDate) found.invalidFrom = timeOfDer(inner)
  }
  return found
}

/** Whether an entry has a critical extension nobody here understands. */
const strangeEntry = (bytes: Uint8Array, entry: Extent, serial: Extent): boolean => {
  if (!holdsCritical(bytes, serial.end, entry.end)) return false
  const time = extentAt(bytes, serial.end, entry.end)
  return entryExtensions(bytes, time.end, entry.end).some(
    ({ id, critical }) => critical && !understoodInEntries.has(id),
  )
}

const readListExtensions = (der: Der | null): Map<string, Extension> => {
  const extensions = der ? readExtensions(derAt(der.bytes, der.contentStart, der.end)) : []
  const byId = new Map(extensions.map((extension) => [extension.id, extension]))
  if (byId.size !== extensions.length) throw new Malformed('an extension twice')
  return byId
}

/** Reads a DER revocation list (RFC 5280 §5); its signature is not checked yet. Fails with `smime.malformed`. */
export const readCrl = (der: Uint8Array): Outcome<RevocationList> =>
  parsed(() => {
    if (der.length > maxListSize) throw new Malformed('a list too big')
    const whole = fieldsOf(readDer(der))
    const tbs = whole.required(derTags.sequence)
    const algorithm = readAlgorithm(whole.required(derTags.sequence))
    const signature = signatureBits(whole.required(derTags.bitString))
    whole.end()
    const fields = fieldsOf(tbs)
    const version = fields.optional(derTags.integer)
    const inner = wholeOf(fields.required(derTags.sequence))
    if (Buffer.compare(inner, algorithm.der) !== 0) throw new Malformed('two signature algorithms')
    const issuer = readName(fields.required(derTags.sequence))
    const thisUpdate = timeOfDer(fields.any())
    const time = fields.optional(derTags.utcTime) ?? fields.optional(derTags.generalizedTime)
    const entries = fields.optional(derTags.sequence)
    const extra = fields.optional(contextTagged(0))
    fields.end()
    if ((version && integerBytes(version)[0] !== 1) || (!version && extra)) throw new Malformed('a version')
    const extensions = readListExtensions(extra)
    const value = (id: string): Uint8Array | null => extensions.get(id)?.value ?? null
    const [number, delta, point, key, freshest] = [
      value(oids.number),
      value(oids.delta),
      value(oids.issuingPoint),
      value(oids.authorityKey),
      value(oids.freshest),
    ]
    let strange = [...extensions.values()].some(({ id, critical }) => critical && !understood.has(id))
    // Now, so that a broken list is refused.
    if (entries) walk(der, entries, (entry, serial) => (strange ||= strangeEntry(der, entry, serial)))
    const signatures = new Map<string, SignatureCheck>()
    return {
      thisUpdate,
      nextUpdate: time ? timeOfDer(time) : null,
      issuer,
      number: number ? bigOf(readDer(number)) : null,
      deltaBase: delta ? bigOf(readDer(delta)) : null,
      authorityKeyId: key ? readAuthorityKey(key) : null,
      scope: point ? readScope(point, issuer) : wholeScope,
      scopeBytes: point ? Buffer.from(point).toString('hex') : '',
      freshest: {
        named: freshest !== null,
        urls: freshest ? readDistributionPoints(freshest, issuer).flatMap(({ urls }) => urls) : [],
      },
      unknownCritical: strange,
      weakness: signatureWeakness(algorithm),
      entryOf: (serialNumber) => {
        let found: RevokedEntry | null = null
        if (entries)
          walk(der, entries, (entry, serial) => {
            if (sameInteger(der, serial, serialNumber)) found = readEntry(der, entry, serial)
          })
        return found
      },
      signedBy: (info) => {
        const id = Buffer.from(info.der).toString('base64')
        const known = signatures.get(id)
        if (known) return known
        const object = publicKeyOf(info)
        const result = object ? checkSigned(algorithm, object, wholeOf(tbs), signature) : 'unsupported'
        signatures.set(id, result)
        return result
      },
    }
  })
