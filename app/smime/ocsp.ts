import { createHash } from 'node:crypto'
import { type Outcome } from '../contract/errors.ts'
import { oids } from './algorithms.ts'
import {
  integerHex,
  isContext,
  octets,
  oid,
  parsed,
  readBer,
  sequence,
  tags,
  time,
  type Node,
} from './asn1.ts'
import { readCertificate, type CertificateFacts } from './certificate.ts'
import { derNull, derOctets, derOid, derSequence } from './der.ts'
import { dateProblem } from './path.ts'
import { checkSignature } from './signature.ts'

const sha1Oid = '1.3.14.3.2.26'
const basicResponse = '1.3.6.1.5.5.7.48.1.1'
const clockSkew = 5 * 60_000
/** An answer without nextUpdate is good for a day. */
const defaultLife = 86_400_000

export interface OcspAnswer {
  status: 'good' | 'revoked' | 'unknown'
  /** Milliseconds since 1970: asked again after that. */
  until: number
}

const sha1 = (bytes: Uint8Array): Uint8Array => createHash('sha1').update(bytes).digest()

/** SHA-1 here only names the issuer (RFC 6960 §4.1.1), as every responder expects; nothing rests on its strength. */
const certId = (certificate: CertificateFacts, issuer: CertificateFacts) => {
  const [, key] = sequence(readBer(issuer.x509.publicKey.export({ type: 'spki', format: 'der' })))
  if (!key) throw new Error('no public key')
  return {
    nameHash: sha1(certificate.issuerDer),
    keyHash: sha1(key.content.subarray(1)),
    serial: certificate.serialDer,
  }
}

/** The address that asks about a certificate by GET (RFC 6960 appendix A.1): no nonce, so that answers can be cached. */
export const ocspUrl = (
  responder: string,
  certificate: CertificateFacts,
  issuer: CertificateFacts,
): string => {
  const { nameHash, keyHash, serial } = certId(certificate, issuer)
  const id = derSequence(
    derSequence(derOid(sha1Oid), derNull()),
    derOctets(nameHash),
    derOctets(keyHash),
    serial,
  )
  const request = derSequence(derSequence(derSequence(derSequence(id))))
  return `${responder.replace(/\/+$/, '')}/${encodeURIComponent(Buffer.from(request).toString('base64'))}`
}

/** The key that signed: the issuer's, or that of a responder the issuer appointed. */
const signers = (issuer: CertificateFacts, certificates: Node | undefined, now: Date): CertificateFacts[] => {
  const list = isContext(certificates, 0) ? sequence(certificates.children[0]).slice(0, 4) : []
  const delegates = list.flatMap((node) => {
    const facts = readCertificate(node.raw)
    if (!facts.ok) return []
    const { value } = facts
    const appointed =
      value.issuerName === issuer.subjectName &&
      (value.extendedKeyUsage ?? []).includes(oids.ocspSigning) &&
      !value.weak &&
      dateProblem(value, now) === null &&
      value.x509.verify(issuer.x509.publicKey)
    return appointed ? [value] : []
  })
  return [issuer, ...delegates]
}

/**
 * Reads an OCSP answer about a certificate: signature, identity and times checked. Fails with `smime.malformed` when it
 * is not a usable answer about it.
 */
export const readOcspAnswer = (
  der: Uint8Array,
  certificate: CertificateFacts,
  issuer: CertificateFacts,
  now: Date,
): Outcome<OcspAnswer> =>
  parsed(() => {
    const [status, body] = sequence(readBer(der))
    if (status?.tag !== tags.enumerated || status.content[0] !== 0) throw new Error('the responder refused')
    const [type, wrapped] = sequence(body?.children[0])
    if (oid(type) !== basicResponse) throw new Error('unknown answer')
    const [data, algorithm, signature, certificates] = sequence(readBer(octets(wrapped)))
    if (!data || !algorithm || signature?.tag !== tags.bitString) throw new Error('cut short')
    const signed = signers(issuer, certificates, now).some(
      (signer) =>
        checkSignature({
          algorithm,
          named: null,
          key: signer.x509.publicKey,
          data: data.raw,
          signature: signature.content.subarray(1),
        }) === 'good',
    )
    if (!signed) throw new Error('not signed by the issuer')
    const responses = sequence(data).find((field) => field.tagClass === 1 && field.tag === tags.sequence)
    const id = certId(certificate, issuer)
    for (const response of sequence(responses)) {
      const [about, state, thisUpdate, next] = sequence(response)
      const [hash, nameHash, keyHash, serial] = sequence(about)
      const same =
        oid(sequence(hash)[0]) === sha1Oid &&
        Buffer.from(octets(nameHash)).equals(id.nameHash) &&
        Buffer.from(octets(keyHash)).equals(id.keyHash) &&
        integerHex(serial) === certificate.serial
      if (!same || !state) continue
      const from = time(thisUpdate).getTime()
      const until = isContext(next, 0) ? time(next.children[0]).getTime() : from + defaultLife
      if (from > now.getTime() + clockSkew || until <= now.getTime()) throw new Error('a stale answer')
      const status = state.tagClass === 3 ? (['good', 'revoked', 'unknown'] as const)[state.tag] : undefined
      return { status: status ?? 'unknown', until }
    }
    throw new Error('an answer about something else')
  })
