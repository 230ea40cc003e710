import { fail, ok, type Outcome } from '../contract/errors.ts'
import { isContext, oid, parsed, readBer, sequence, serialHex, time } from './asn1.ts'
import { keyUsageBits, type CertificateFacts } from './certificate.ts'
import { extentAt, type Extent } from './der.ts'
import { checkSignature } from './signature.ts'

/** A revocation list, read without building a tree: IGC-Santé's are long. */
export interface RevocationList {
  thisUpdate: Date
  nextUpdate: Date | null
  issuerName: string
  /** Limited to end users' or to authorities' certificates. */
  only: 'users' | 'authorities' | null
  includes(serial: string): boolean
  signedBy(issuer: CertificateFacts): boolean
}

const crlExtensions = {
  number: '2.5.29.20',
  issuingPoint: '2.5.29.28',
  authorityKey: '2.5.29.35',
  delta: '2.5.29.27',
}

/** The elements one after the other inside an element; throws when they do not fill it exactly. */
const members = (bytes: Uint8Array, outer: Extent): Extent[] => {
  const found: Extent[] = []
  for (let offset = outer.contentStart; offset < outer.end;) {
    const member = extentAt(bytes, offset, outer.end)
    if (!member) throw new Error('broken element')
    found.push(member)
    offset = member.end
  }
  return found
}

/** What the list is limited to; throws for lists we must not use alone: delta, indirect, by reason, unknown. */
const scopeOf = (extensions: Uint8Array | null): 'users' | 'authorities' | null => {
  if (!extensions) return null
  let only: 'users' | 'authorities' | null = null
  for (const extension of sequence(readBer(extensions))) {
    const fields = sequence(extension)
    const id = oid(fields[0])
    const critical = fields.length === 3
    if (id === crlExtensions.delta) throw new Error('a delta list')
    if (id === crlExtensions.issuingPoint) {
      for (const field of sequence(readBer(fields.at(-1)?.content ?? new Uint8Array()))) {
        if (isContext(field, 0)) continue
        if (isContext(field, 1)) only = 'users'
        else if (isContext(field, 2)) only = 'authorities'
        else throw new Error('a partial or indirect list')
      }
    } else if (critical && id !== crlExtensions.number && id !== crlExtensions.authorityKey) {
      throw new Error('unknown critical extension')
    }
  }
  return only
}

/** Reads a DER revocation list (RFC 5280 §5); its signature is not checked yet. Fails with `smime.malformed`. */
export const readCrl = (der: Uint8Array): Outcome<RevocationList> =>
  parsed(() => {
    const outer = extentAt(der, 0, der.length)
    if (!outer || outer.identifier !== 0x30 || outer.end !== der.length) throw new Error('not a list')
    const [body, algorithm, signature] = members(der, outer)
    if (body?.identifier !== 0x30 || !algorithm || signature?.identifier !== 0x03)
      throw new Error('not a list')
    const fields = members(der, body)
    const slice = (extent: Extent | undefined, from: number): Uint8Array => {
      if (!extent) throw new Error('cut short')
      return der.subarray(from, extent.end)
    }
    // Each member starts where the one before ends.
    const starts = [body.contentStart, ...fields.map((field) => field.end)]
    const whole = (index: number): Uint8Array => slice(fields[index], starts[index] ?? 0)
    let at = fields[0]?.identifier === 0x02 ? 1 : 0
    const inner = whole(at)
    const issuerName = Buffer.from(whole(at + 1)).toString('hex')
    const thisUpdate = time(readBer(whole(at + 2)))
    at += 3
    const hasNext = fields[at]?.identifier === 0x17 || fields[at]?.identifier === 0x18
    const nextUpdate = hasNext ? time(readBer(whole(at))) : null
    if (hasNext) at += 1
    const revoked = fields[at]?.identifier === 0x30 ? fields[at] : undefined
    if (revoked) at += 1
    const tagged = fields[at]?.identifier === 0xa0 ? fields[at] : undefined
    if (at + (tagged ? 1 : 0) !== fields.length) throw new Error('unexpected member')
    const only = scopeOf(tagged ? der.subarray(tagged.contentStart, tagged.end) : null)
    const outerAlgorithm = der.subarray(body.end, algorithm.end)
    if (!Buffer.from(inner).equals(outerAlgorithm)) throw new Error('two signature algorithms')
    const signed = der.subarray(outer.contentStart, body.end)
    const serials = new Set<string>()
    for (const entry of revoked ? members(der, revoked) : []) {
      const serial = extentAt(der, entry.contentStart, entry.end)
      if (serial?.identifier !== 0x02) throw new Error('broken entry')
      serials.add(serialHex(der.subarray(serial.contentStart, serial.end)))
    }
    return {
      thisUpdate,
      nextUpdate,
      issuerName,
      only,
      includes: (serial) => serials.has(serial),
      signedBy: (issuer) => {
        const allowed = issuer.keyUsage === null || (issuer.keyUsage & keyUsageBits.crlSign) !== 0
        if (!allowed || issuer.subjectName !== issuerName) return false
        return (
          checkSignature({
            algorithm: readBer(outerAlgorithm),
            named: null,
            key: issuer.x509.publicKey,
            data: signed,
            signature: der.subarray(signature.contentStart + 1, signature.end),
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

const clockSkew = 5 * 60_000
