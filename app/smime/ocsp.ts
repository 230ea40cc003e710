import { createHash } from 'node:crypto'
import type { Sequence } from 'asn1js'
import { Null, OctetString } from 'asn1js'
import {
  AlgorithmIdentifier,
  BasicOCSPResponse,
  CertID,
  OCSPRequest,
  OCSPResponse,
  Request,
  TBSRequest,
  type Certificate,
} from 'pkijs'
import { type Outcome } from '../contract/errors.ts'
import { oids } from './algorithms.ts'
import { contentOf, octetsOf, parsed, readBer, timeOf } from './asn1.ts'
import { readCertificate, type CertificateFacts } from './certificate.ts'
import { dateProblem } from './path.ts'
import { checkSignature } from './signature.ts'

const sha1Oid = '1.3.14.3.2.26'
const basicResponse = '1.3.6.1.5.5.7.48.1.1'
const clockSkew = 5 * 60_000
/** An answer without nextUpdate is good for a day. */
const defaultLife = 86_400_000

export interface OcspAnswer {
  status: 'good' | 'revoked' | 'unknown'
  revokedAt: Date | null
  /** Milliseconds since 1970: asked again after that. */
  until: number
}

const sha1 = (bytes: Uint8Array | ArrayBuffer): Buffer =>
  createHash('sha1').update(new Uint8Array(bytes)).digest()

/** SHA-1 here only names the issuer (RFC 6960 §4.1.1), as every responder expects; nothing rests on its strength. */
const certId = ({ structure }: CertificateFacts, issuer: CertificateFacts): CertID =>
  new CertID({
    hashAlgorithm: new AlgorithmIdentifier({ algorithmId: sha1Oid, algorithmParams: new Null() }),
    issuerNameHash: new OctetString({ valueHex: sha1(structure.issuer.valueBeforeDecode) }),
    issuerKeyHash: new OctetString({
      valueHex: sha1(contentOf(issuer.structure.subjectPublicKeyInfo.subjectPublicKey)),
    }),
    serialNumber: structure.serialNumber,
  })

/** DER of the question about a certificate (RFC 6960 §4.1): no nonce, so that answers can be cached. */
export const ocspRequest = (certificate: CertificateFacts, issuer: CertificateFacts): Uint8Array => {
  const tbsRequest = new TBSRequest({ requestList: [new Request({ reqCert: certId(certificate, issuer) })] })
  return new Uint8Array(new OCSPRequest({ tbsRequest }).toSchema(true).toBER())
}

/** The address that asks about a certificate by GET (RFC 6960 appendix A.1). */
export const ocspUrl = (
  responder: string,
  certificate: CertificateFacts,
  issuer: CertificateFacts,
): string => {
  const request = Buffer.from(ocspRequest(certificate, issuer)).toString('base64')
  return `${responder.replace(/\/+$/, '')}/${encodeURIComponent(request)}`
}

/** The key that signed: the issuer's, or that of a responder the issuer appointed. */
const signers = (
  issuer: CertificateFacts,
  certificates: readonly Certificate[],
  now: Date,
): CertificateFacts[] => {
  const delegates = certificates.slice(0, 4).flatMap((certificate) => {
    const facts = readCertificate(new Uint8Array(certificate.toSchema().toBER()))
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

const statuses = ['good', 'revoked', 'unknown'] as const

/** When a certificate was revoked, from RevokedInfo (implicit [1]: its first member is the time). */
const revocationTime = (status: unknown): Date => timeOf((status as Sequence).valueBlock.value[0])

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
    const { responseStatus, responseBytes } = new OCSPResponse({ schema: readBer(der) })
    if (contentOf(responseStatus)[0] !== 0 || !responseBytes) throw new Error('the responder refused')
    if (responseBytes.responseType !== basicResponse) throw new Error('unknown answer')
    const basic = new BasicOCSPResponse({ schema: readBer(octetsOf(responseBytes.response)) })
    const { tbsResponseData: data, certs = [] } = basic
    const signed = signers(issuer, certs, now).some(
      (signer) =>
        checkSignature({
          algorithm: basic.signatureAlgorithm,
          named: null,
          key: signer.x509.publicKey,
          data: data.tbsView,
          signature: contentOf(basic.signature),
        }) === 'good',
    )
    if (!signed) throw new Error('not signed by the issuer')
    const id = certId(certificate, issuer)
    const found = data.responses.find((response) => response.certID.isEqual(id))
    if (!found) throw new Error('an answer about something else')
    const from = found.thisUpdate.getTime()
    const until = found.nextUpdate?.getTime() ?? from + defaultLife
    if (!(from <= now.getTime() + clockSkew) || !(until > now.getTime())) throw new Error('a stale answer')
    const { idBlock } = found.certStatus as Sequence
    const status = (idBlock.tagClass === 3 ? statuses[idBlock.tagNumber] : undefined) ?? 'unknown'
    return { status, revokedAt: status === 'revoked' ? revocationTime(found.certStatus) : null, until }
  })
