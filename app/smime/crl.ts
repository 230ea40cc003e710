import { Sequence, type AsnType } from 'asn1js'
import {
  CertificateRevocationList,
  IssuingDistributionPoint,
  RevokedCertificate,
  type Extension,
} from 'pkijs'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import { contentOf, hexOf, parsed, readBer, timeOf } from './asn1.ts'
import { keyUsageBits, type CertificateFacts } from './certificate.ts'
import { checkSignature } from './signature.ts'

/**
 * A revocation list. pkijs reads all of it but the entries, which are scanned where they lie: with an object per element,
 * a list of 5.6 MB takes 7 s and 700 MB (20 MB are accepted), the scan of one of 21 MB 10 to 40 ms.
 */
export interface RevocationList {
  thisUpdate: Date
  nextUpdate: Date | null
  issuerName: string
  /** Limited to end users' or to authorities' certificates. */
  only: 'users' | 'authorities' | null
  /**
   * When a certificate was revoked, or its key may have been stolen if the list says earlier (RFC 5280 §5.3.2); null
   * when it is not listed. Throws when its entry cannot be read.
   */
  revokedAt(serial: string): Date | null
  signedBy(issuer: CertificateFacts): boolean
}

const oids = {
  number: '2.5.29.20',
  invalidityDate: '2.5.29.24',
  issuingPoint: '2.5.29.28',
  authorityKey: '2.5.29.35',
  delta: '2.5.29.27',
}
const clockSkew = 5 * 60_000

/** Where an element lies in a buffer. */
interface Extent {
  identifier: number
  start: number
  contentStart: number
  end: number
}

/** Reads the header of the element at `start`, of definite length only; throws when it does not fit before `limit`. */
const extentAt = (bytes: Uint8Array, start: number, limit: number): Extent => {
  const identifier = bytes[start]
  const first = bytes[start + 1]
  if (identifier === undefined || first === undefined || start + 2 > limit || (identifier & 0x1f) === 0x1f)
    throw new Error('broken element')
  let length = first
  let contentStart = start + 2
  if (first >= 0x80) {
    const count = first & 0x7f
    if (count === 0 || count > 4) throw new Error('broken element')
    length = 0
    for (let index = 0; index < count; index += 1) length = length * 256 + (bytes[contentStart + index] ?? 0)
    contentStart += count
  }
  const end = contentStart + length
  if (end > limit) throw new Error('broken element')
  return { identifier, start, contentStart, end }
}

/** The elements one after the other inside an element; throws when they do not fill it exactly. */
const members = (bytes: Uint8Array, outer: Extent): Extent[] => {
  const found: Extent[] = []
  for (let offset = outer.contentStart; offset < outer.end;) {
    const member = extentAt(bytes, offset, outer.end)
    found.push(member)
    offset = member.end
  }
  return found
}

/** What the list is limited to; throws for lists we must not use alone: delta, indirect, by reason, unknown. */
const scopeOf = (extensions: readonly Extension[]): 'users' | 'authorities' | null => {
  let only: 'users' | 'authorities' | null = null
  for (const { extnID, critical, extnValue } of extensions) {
    if (extnID === oids.delta) throw new Error('a delta list')
    if (extnID === oids.issuingPoint) {
      const point = new IssuingDistributionPoint({ schema: readBer(contentOf(extnValue)) })
      if (point.onlySomeReasons !== undefined || point.indirectCRL || point.onlyContainsAttributeCerts)
        throw new Error('a partial or indirect list')
      if (point.onlyContainsUserCerts) only = 'users'
      if (point.onlyContainsCACerts) only = 'authorities'
    } else if (critical && extnID !== oids.number && extnID !== oids.authorityKey) {
      throw new Error('unknown critical extension')
    }
  }
  return only
}

/** Whether the content of an INTEGER is these bytes after leading zero bytes. */
const endsWith = (der: Uint8Array, integer: Extent, wanted: Uint8Array): boolean => {
  let at = integer.end - 1
  for (let index = wanted.length - 1; index >= 0; index -= 1, at -= 1)
    if (at < integer.contentStart || der[at] !== wanted[index]) return false
  while (at >= integer.contentStart && der[at] === 0) at -= 1
  return at < integer.contentStart
}

/** The entry of a serial number (hex); null when there is none. Walks the whole list, throws where it is broken. */
const findEntry = (der: Uint8Array, list: Extent | undefined, serial: string | null): Uint8Array | null => {
  const wanted = serial === null ? null : Buffer.from(serial, 'hex')
  let found: Uint8Array | null = null
  for (let offset = list?.contentStart ?? 0; offset < (list?.end ?? 0);) {
    const entry = extentAt(der, offset, list?.end ?? 0)
    const number = extentAt(der, entry.contentStart, entry.end)
    if (number.identifier !== 0x02) throw new Error('broken entry')
    if (wanted && endsWith(der, number, wanted)) found = der.subarray(offset, entry.end)
    offset = entry.end
  }
  return found
}

/** The date that counts of an entry; throws. */
const revocationDate = (entry: Uint8Array): Date => {
  const { revocationDate: revoked, crlEntryExtensions } = new RevokedCertificate({ schema: readBer(entry) })
  const stolen = crlEntryExtensions?.extensions.find(({ extnID }) => extnID === oids.invalidityDate)
  const dates = [revoked.value, ...(stolen ? [timeOf(readBer(contentOf(stolen.extnValue)))] : [])]
  const first = new Date(Math.min(...dates.map((date) => date.getTime())))
  if (Number.isNaN(first.getTime())) throw new Error('a date')
  return first
}

/** Reads a DER revocation list (RFC 5280 §5); its signature is not checked yet. Fails with `smime.malformed`. */
export const readCrl = (der: Uint8Array): Outcome<RevocationList> =>
  parsed(() => {
    const outer = extentAt(der, 0, der.length)
    const [body, algorithm, signature] = members(der, outer)
    if (outer.end !== der.length || body?.identifier !== 0x30 || !algorithm || !signature)
      throw new Error('not a list')
    const fields = members(der, body)
    // The entries are the second sequence of sequences: after version, algorithm, issuer and one or two dates.
    const dates = fields.filter(({ identifier }) => identifier === 0x17 || identifier === 0x18)
    const lastDate = fields.findLastIndex((field) => dates.includes(field))
    const entries = fields[lastDate + 1]?.identifier === 0x30 ? fields[lastDate + 1] : undefined
    const read = (extent: Extent): AsnType => readBer(der.subarray(extent.start, extent.end))
    const list = new CertificateRevocationList({
      schema: new Sequence({
        value: [
          new Sequence({ value: fields.filter((field) => field !== entries).map(read) }),
          read(algorithm),
          read(signature),
        ],
      }),
    })
    if (list.revokedCertificates?.length) throw new Error('entries twice')
    const inner = fields[fields[0]?.identifier === 0x02 ? 1 : 0]
    const bytesOf = (extent: Extent): Uint8Array => der.subarray(extent.start, extent.end)
    if (!inner || Buffer.compare(bytesOf(inner), bytesOf(algorithm)) !== 0)
      throw new Error('two signature algorithms')
    const issuerName = hexOf(list.issuer.valueBeforeDecode)
    const thisUpdate = list.thisUpdate.value
    const nextUpdate = list.nextUpdate?.value ?? null
    if ([thisUpdate, nextUpdate].some((date) => date !== null && Number.isNaN(date.getTime())))
      throw new Error('a date')
    // Now, so that a broken list is refused.
    findEntry(der, entries, null)
    return {
      thisUpdate,
      nextUpdate,
      issuerName,
      only: scopeOf(list.crlExtensions?.extensions ?? []),
      revokedAt: (serial) => {
        const entry = findEntry(der, entries, serial)
        return entry ? revocationDate(entry) : null
      },
      signedBy: (issuer) => {
        const allowed = issuer.keyUsage === null || (issuer.keyUsage & keyUsageBits.crlSign) !== 0
        if (!allowed || issuer.subjectName !== issuerName) return false
        return (
          checkSignature({
            algorithm: list.signatureAlgorithm,
            named: null,
            key: issuer.x509.publicKey,
            data: bytesOf(body),
            signature: contentOf(list.signatureValue),
          }) === 'good'
        )
      },
    }
  })

/** Whether a list can answer for now: fails with `tls.revocation-unknown` when it is stale, not begun or not signed by the issuer. */
export const usableCrl = (der: Uint8Array, issuer: CertificateFacts, now: Date): Outcome<RevocationList> => {
  const list = readCrl(der)
  if (!list.ok) return list
  const { thisUpdate, nextUpdate } = list.value
  const current = thisUpdate.getTime() <= now.getTime() + clockSkew && nextUpdate !== null && nextUpdate > now
  const signed = parsed(() => list.value.signedBy(issuer))
  return current && signed.ok && signed.value ? ok(list.value) : fail('tls.revocation-unknown')
}
