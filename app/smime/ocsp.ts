import { createHash } from 'node:crypto'
import type { Outcome } from '../contract/errors.ts'
import { oids } from './algorithms.ts'
import { Malformed, parsed } from './asn1.ts'
import { der as element } from './der.ts'
import {
  contentOfDer,
  contextTag,
  contextTagged,
  derAt,
  derTags,
  fieldsOf,
  oidOf,
  readDer,
  sequenceOf,
  timeOfDer,
  wholeBits,
  wholeOf,
  type Der,
} from './path/der.ts'
import { readExtensions } from './path/extensions.ts'
import { readName } from './path/names.ts'
import { checkSigned, readAlgorithm, signatureWeakness } from './path/signed.ts'
import { signedBy } from './path/validate.ts'
import { dateProblem, keyUsageBits, readX509, weaknessesOf, type X509 } from './path/x509.ts'

const sha1Oid = '1.3.14.3.2.26'
const basicResponse = '1.3.6.1.5.5.7.48.1.1'
const nonceOid = '1.3.6.1.5.5.7.48.1.2'
const clockSkew = 5 * 60_000
/** An answer without nextUpdate is good for a day. */
const defaultLife = 86_400_000
const maxAnswerSize = 256 * 1024
const maxSingles = 200
/** Certificates of an answer that are looked at. */
const maxDelegates = 4

export interface OcspAnswer {
  status: 'good' | 'revoked' | 'unknown'
  revokedAt: Date | null
  thisUpdate: Date
  /** Milliseconds since 1970: asked again after that. */
  until: number
  /** Whoever the issuer appointed to answer and does not exempt from being looked up; null for nobody. */
  toCheck: X509 | null
}

const hash = (algorithm: string, bytes: Uint8Array): Buffer => createHash(algorithm).update(bytes).digest()

/** SHA-1, NULL: it only names the issuer here (RFC 6960 §4.1.1), as every responder expects; nothing rests on its strength. */
const sha1Algorithm = Buffer.from('300906052b0e03021a0500', 'hex')
const nonceOidDer = Buffer.from('06092b0601050507300102', 'hex')

const certId = (certificate: X509, issuer: X509): Uint8Array =>
  element(
    derTags.sequence,
    sha1Algorithm,
    element(derTags.octetString, hash('sha1', certificate.issuerDn.der)),
    element(derTags.octetString, hash('sha1', issuer.keyInfo.bits)),
    element(derTags.integer, certificate.serialNumber),
  )

/**
 * DER of the question about a certificate (RFC 6960 §4.1). Without a nonce, answers can be cached on the way; with one (RFC
 * 8954, 32 bytes), a responder that repeats it proves that its answer is fresh.
 */
export const ocspRequest = (certificate: X509, issuer: X509, nonce?: Uint8Array): Uint8Array => {
  const list = element(derTags.sequence, element(derTags.sequence, certId(certificate, issuer)))
  const value = nonce ? element(derTags.octetString, element(derTags.octetString, nonce)) : null
  const extensions = value
    ? [element(contextTagged(2), element(derTags.sequence, element(derTags.sequence, nonceOidDer, value)))]
    : []
  return new Uint8Array(element(derTags.sequence, element(derTags.sequence, list, ...extensions)))
}

/** The address that asks about a certificate by GET (RFC 6960 appendix A.1). */
export const ocspUrl = (responder: string, certificate: X509, issuer: X509): string => {
  const request = Buffer.from(ocspRequest(certificate, issuer)).toString('base64')
  return `${responder.replace(/\/+$/, '')}/${encodeURIComponent(request)}`
}

/** The one element under an explicit tag. Throws. */
const inside = (der: Der): Der => {
  const found = derAt(der.bytes, der.contentStart, der.end)
  if (found.end !== der.end) throw new Malformed('an explicit tag')
  return found
}

/** Whether the issuer appointed the holder of a certificate to answer for it (RFC 6960 §4.2.2.2). */
const isAppointed = (delegate: X509, issuer: X509, now: Date): boolean =>
  delegate.issuerDn.canonical === issuer.subjectDn.canonical &&
  (delegate.extendedKeyUsage ?? []).includes(oids.ocspSigning) &&
  (delegate.keyUsage === null ||
    (delegate.keyUsage & (keyUsageBits.digitalSignature | keyUsageBits.nonRepudiation)) !== 0) &&
  delegate.unknownCriticals.length === 0 &&
  weaknessesOf(delegate, false).length === 0 &&
  dateProblem(delegate, now) === null &&
  signedBy(delegate, issuer.keyInfo) === 'good'

/** Whether a ResponderID names the holder of a certificate. Throws. */
const names = (responder: Der, certificate: X509): boolean => {
  const inner = inside(responder)
  if (responder.tag === contextTagged(1)) return readName(inner).canonical === certificate.subjectDn.canonical
  if (responder.tag !== contextTagged(2)) throw new Malformed('a responder')
  return Buffer.compare(contentOfDer(inner), hash('sha1', certificate.keyInfo.bits)) === 0
}

const identifierHashes: Readonly<Record<string, string>> = {
  [sha1Oid]: 'sha1',
  [oids.sha256]: 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
}

/** Whether a CertID means a certificate, whatever digest it names it by. Throws. */
const means = (id: Der, certificate: X509, issuer: X509): boolean => {
  const fields = fieldsOf(id)
  const algorithm = identifierHashes[readAlgorithm(fields.required(derTags.sequence)).id]
  const name = contentOfDer(fields.required(derTags.octetString))
  const key = contentOfDer(fields.required(derTags.octetString))
  const serial = contentOfDer(fields.required(derTags.integer))
  fields.end()
  return (
    algorithm !== undefined &&
    Buffer.compare(name, hash(algorithm, certificate.issuerDn.der)) === 0 &&
    Buffer.compare(key, hash(algorithm, issuer.keyInfo.bits)) === 0 &&
    Buffer.compare(serial, certificate.serialNumber) === 0
  )
}

const readSingle = (der: Der) => {
  const fields = fieldsOf(der)
  const id = fields.required(derTags.sequence)
  const status = fields.any()
  const thisUpdate = timeOfDer(fields.any())
  const next = fields.optional(contextTagged(0))
  const extensions = fields.optional(contextTagged(1))
  fields.end()
  const strange = extensions ? readExtensions(inside(extensions)).some(({ critical }) => critical) : false
  return { id, status, thisUpdate, nextUpdate: next ? timeOfDer(inside(next)) : null, strange }
}

/** Status and, when revoked, since when (RevokedInfo under an implicit tag). Throws. */
const readStatus = (der: Der): Pick<OcspAnswer, 'status' | 'revokedAt'> => {
  if (der.tag === contextTag(0)) return { status: 'good', revokedAt: null }
  if (der.tag === contextTag(2)) return { status: 'unknown', revokedAt: null }
  const fields = fieldsOf(der, contextTagged(1))
  return { status: 'revoked', revokedAt: timeOfDer(fields.any()) }
}

/** A nonce that came back must be the one that was sent; many responders send none. Throws. */
const checkExtensions = (der: Der | null, nonce: Uint8Array | undefined): void => {
  for (const { id, critical, value } of der ? readExtensions(inside(der)) : []) {
    if (id === nonceOid && nonce) {
      if (Buffer.compare(contentOfDer(readDer(value)), nonce) !== 0) throw new Malformed('another nonce')
    } else if (critical && id !== nonceOid) throw new Malformed('a critical extension')
  }
}

/**
 * Reads an OCSP answer about a certificate (RFC 6960 §3.2): signature, responder, identity, times and nonce checked. Fails with
 * `smime.malformed` when it is not a usable answer about it.
 */
export const readOcspAnswer = (
  der: Uint8Array,
  certificate: X509,
  issuer: X509,
  now: Date,
  nonce?: Uint8Array,
): Outcome<OcspAnswer> =>
  parsed(() => {
    if (der.length > maxAnswerSize) throw new Malformed('an answer too big')
    const response = fieldsOf(readDer(der))
    const refusal = contentOfDer(response.required(derTags.enumerated))
    if (refusal.length !== 1 || refusal[0] !== 0) throw new Malformed('the responder refused')
    const bytes = fieldsOf(inside(response.required(contextTagged(0))))
    response.end()
    if (oidOf(bytes.required(derTags.oid)) !== basicResponse) throw new Malformed('an unknown answer')
    const basic = fieldsOf(readDer(contentOfDer(bytes.required(derTags.octetString))))
    const data = basic.required(derTags.sequence)
    const algorithm = readAlgorithm(basic.required(derTags.sequence))
    const signature = wholeBits(basic.required(derTags.bitString))
    const carried = basic.optional(contextTagged(0))
    basic.end()
    const fields = fieldsOf(data)
    fields.optional(contextTagged(0))
    const responder = fields.any()
    timeOfDer(fields.required(derTags.generalizedTime))
    const singles = sequenceOf(fields.required(derTags.sequence))
    checkExtensions(fields.optional(contextTagged(1)), nonce)
    fields.end()
    if (singles.length > maxSingles) throw new Malformed('too many answers')

    const delegates = (carried ? sequenceOf(inside(carried)) : []).slice(0, maxDelegates).flatMap((one) => {
      const read = readX509(wholeOf(one))
      return read.ok && isAppointed(read.value, issuer, now) ? [read.value] : []
    })
    const signer = [issuer, ...delegates].find((one) => {
      const key = names(responder, one) ? one.publicKey() : null
      return key !== null && checkSigned(algorithm, key, wholeOf(data), signature) === 'good'
    })
    if (!signer || signatureWeakness(algorithm) !== null) throw new Malformed('not signed by the issuer')
    const found = singles.map(readSingle).find(({ id }) => means(id, certificate, issuer))
    if (!found || found.strange) throw new Malformed('an answer about something else')
    const from = found.thisUpdate.getTime()
    const until = found.nextUpdate?.getTime() ?? from + defaultLife
    if (from > now.getTime() + clockSkew || until <= now.getTime()) throw new Malformed('a stale answer')
    const toCheck = signer === issuer || signer.ocspNoCheck ? null : signer
    return { ...readStatus(found.status), thisUpdate: found.thisUpdate, until, toCheck }
  })
