import { setImmediate } from 'node:timers/promises'
import { createHash, createVerify, constants, type KeyObject } from 'node:crypto'
import { Constructed, GeneralizedTime, Null, ObjectIdentifier, OctetString, Sequence, UTCTime } from 'asn1js'
import {
  AlgorithmIdentifier,
  Attribute,
  Certificate,
  EncapsulatedContentInfo,
  RSASSAPSSParams,
  SignedAndUnsignedAttributes,
  SignedData,
  SignerInfo,
} from 'pkijs'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import { digestOids, oids, type Digest } from './algorithms.ts'
import { parsed, readBer } from './asn1.ts'
import { encodeBase64, encodedLength } from './base64.ts'
import { readCertificate, type CertificateFacts } from './certificate.ts'
import { contentInfo, derSet, issuerAndSerial, sorted } from './cms.ts'
import { isCanonical } from './entity.ts'
import { ownCapabilities } from './capabilities.ts'

/** RSASSA-PKCS1-v1_5 with SHA-256 is what every card does; the others are for software keys. */
export type SignatureScheme = 'rsa-pkcs1' | 'rsa-pss' | 'ecdsa'

const saltLength = 32

const attribute = (type: string, value: unknown): Attribute => new Attribute({ type, values: [value] })

/** RFC 5035: the hash of the signer's certificate (SHA-256, the default, is left out) with its issuer and serial. */
const signingCertificate = ({ der, structure }: CertificateFacts): Sequence => {
  const hash = new OctetString({ valueHex: createHash('sha256').update(der).digest() })
  const directoryName = new Constructed({
    idBlock: { tagClass: 3, tagNumber: 4 },
    value: [structure.issuer.toSchema()],
  })
  const issuer = new Sequence({ value: [new Sequence({ value: [directoryName] }), structure.serialNumber] })
  const certId = new Sequence({ value: [hash, issuer] })
  return new Sequence({ value: [new Sequence({ value: [certId] })] })
}

/** The certificate to encrypt the answer for, when it is not the signer's (RFC 8551 §2.5.3). */
const encryptionPreference = (certificate: CertificateFacts): Constructed =>
  new Constructed({
    idBlock: { tagClass: 3, tagNumber: 0 },
    value: issuerAndSerial(certificate).toSchema().valueBlock.value,
  })

/** UTCTime until 2049, GeneralizedTime after (RFC 5652 §11.3), without fractions of a second. */
const timeElement = (date: Date): UTCTime | GeneralizedTime => {
  const valueDate = new Date(Math.floor(date.getTime() / 1000) * 1000)
  return date.getUTCFullYear() < 2050 ? new UTCTime({ valueDate }) : new GeneralizedTime({ valueDate })
}

const octets = (valueHex: Uint8Array): OctetString =>
  new OctetString({ valueHex: valueHex as Uint8Array<ArrayBuffer> })

/** Digest and identifiers of a scheme with a certificate's key; null when the key cannot do it. */
const schemeFor = (
  scheme: SignatureScheme,
  key: KeyObject,
): { digest: Digest; algorithm: AlgorithmIdentifier } | null => {
  const digestAlgorithm = new AlgorithmIdentifier({ algorithmId: oids.sha256 })
  if (scheme === 'ecdsa') {
    const curves: Readonly<Record<string, [Digest, string]>> = {
      prime256v1: ['sha256', '1.2.840.10045.4.3.2'],
      secp384r1: ['sha384', '1.2.840.10045.4.3.3'],
      secp521r1: ['sha512', '1.2.840.10045.4.3.4'],
    }
    const found = curves[key.asymmetricKeyDetails?.namedCurve ?? '']
    if (key.asymmetricKeyType !== 'ec' || !found) return null
    const [digest, algorithmId] = found
    return { digest, algorithm: new AlgorithmIdentifier({ algorithmId }) }
  }
  if (scheme === 'rsa-pkcs1') {
    if (key.asymmetricKeyType !== 'rsa') return null
    const algorithm = new AlgorithmIdentifier({ algorithmId: oids.rsa, algorithmParams: new Null() })
    return { digest: 'sha256', algorithm }
  }
  if (!key.asymmetricKeyType?.startsWith('rsa')) return null
  const parameters = new RSASSAPSSParams({
    hashAlgorithm: digestAlgorithm,
    maskGenAlgorithm: new AlgorithmIdentifier({
      algorithmId: oids.mgf1,
      algorithmParams: digestAlgorithm.toSchema(),
    }),
    saltLength,
  })
  const algorithm = new AlgorithmIdentifier({
    algorithmId: oids.rsaPss,
    algorithmParams: parameters.toSchema(),
  })
  return { digest: 'sha256', algorithm }
}

/** Whether what came back is a signature by the certificate's key: a card's wrong key must not reach anybody. */
const isRight = (
  scheme: SignatureScheme,
  digest: Digest,
  data: Uint8Array,
  key: KeyObject,
  signature: Uint8Array,
): boolean => {
  const padding = scheme === 'rsa-pss' ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength } : {}
  return createVerify(digest)
    .update(data)
    .verify({ key, ...padding }, signature)
}

export interface SigningRequest {
  entity: Uint8Array
  certificate: Uint8Array
  /** Issuers, and the sender's certificate to encrypt for when it is another one. */
  chain: readonly Uint8Array[]
  /** DER of the one in `chain` that answers should be encrypted for. */
  encryptionCertificate?: Uint8Array
  /** How `sign` signs; `rsa-pkcs1` when absent. */
  scheme?: SignatureScheme
  /** Gets the bytes to hash (SHA-256; of ECDSA the digest of its curve) and sign. */
  sign(data: Uint8Array): Promise<Outcome<Uint8Array>>
  signingTime: Date
  random(n: number): Uint8Array
}

/** Copied and hashed in one turn of the event loop, bytes: some milliseconds. */
const slice = 4 * 1024 * 1024

/**
 * Copies an entity into the room of the message and hashes it on the way, while it is in the processor's cache. Fails with
 * `smime.malformed` when its line ends are not CRLF.
 */
const copyHashed = async (
  entity: Uint8Array,
  room: Uint8Array,
  offset: number,
  digest: Digest,
): Promise<Outcome<Uint8Array>> => {
  const hash = createHash(digest)
  for (let at = 0; at < entity.length; at += slice) {
    // A turn for others between two slices.
    if (at > 0) await setImmediate()
    const piece = entity.subarray(at, at + slice)
    if (!isCanonical(piece, entity[at - 1]))
      return fail('smime.malformed', { details: { what: 'line-ends' } })
    room.set(piece, offset + at)
    hash.update(piece)
  }
  return ok(hash.digest())
}

/** Room for the structure beside the certificates: attributes and the longest signature. */
const structureRoom = 8 * 1024

/**
 * Signs a MIME entity (header and body, CRLF line ends) as multipart/signed with a detached CMS and the attributes of RFC 8551
 * §2.5. Returns the multipart's header and body; message headers are the caller's. A big entity is worked on a slice at a time: the
 * event loop is not held, and no thread is needed. Fails with `smime.malformed` (entity not
 * canonical, certificate unreadable), `smime.unsupported` (the key cannot do the scheme), `smime.sign-failed` (the signature is
 * not the certificate's) and the errors of `sign`.
 */
export const signEntity = async (params: SigningRequest): Promise<Outcome<Uint8Array>> => {
  const { entity, scheme = 'rsa-pkcs1' } = params
  const certificate = readCertificate(params.certificate)
  if (!certificate.ok) return certificate
  const key = certificate.value.x509.publicKey
  const how = schemeFor(scheme, key)
  if (!how) return fail('smime.unsupported')
  const chain = parsed(() => params.chain.map((one) => new Certificate({ schema: readBer(one) })))
  if (!chain.ok) return chain
  const preferred = params.encryptionCertificate ? readCertificate(params.encryptionCertificate) : null
  if (preferred && !preferred.ok) return preferred

  const boundary = `----${Buffer.from(params.random(18)).toString('hex')}`
  const header = Buffer.from(
    `Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=${how.digest.replace(/^sha/, '$&-')};\r\n` +
      `\tboundary="${boundary}"\r\n\r\n--${boundary}\r\n`,
    'latin1',
  )
  const between = Buffer.from(
    `\r\n--${boundary}\r\nContent-Type: application/pkcs7-signature; name="smime.p7s"\r\n` +
      'Content-Transfer-Encoding: base64\r\n' +
      'Content-Disposition: attachment; filename="smime.p7s"\r\n\r\n',
    'latin1',
  )
  const closing = Buffer.from(`--${boundary}--\r\n`, 'latin1')
  const certificates = [params.certificate, ...params.chain].reduce((sum, one) => sum + one.length, 0)
  const after = between.length + encodedLength(certificates + structureRoom) + closing.length
  const room = new Uint8Array(header.length + entity.length + after)
  const digest = await copyHashed(entity, room, header.length, how.digest)
  if (!digest.ok) return digest

  const attributes = sorted([
    attribute(oids.contentType, new ObjectIdentifier({ value: oids.data })),
    attribute(oids.signingTime, timeElement(params.signingTime)),
    attribute(oids.messageDigest, octets(digest.value)),
    attribute(oids.signingCertificateV2, signingCertificate(certificate.value)),
    attribute(oids.smimeCapabilities, ownCapabilities()),
    ...(preferred ? [attribute(oids.encryptionKeyPreference, encryptionPreference(preferred.value))] : []),
  ])
  const toSign = derSet(attributes)
  const signature = await params.sign(toSign)
  if (!signature.ok) return signature
  if (!isRight(scheme, how.digest, toSign, key, signature.value)) return fail('smime.sign-failed')

  const digestAlgorithm = (): AlgorithmIdentifier =>
    new AlgorithmIdentifier({ algorithmId: digestOids[how.digest] })
  const signedData = new SignedData({
    version: 1,
    digestAlgorithms: [digestAlgorithm()],
    encapContentInfo: new EncapsulatedContentInfo({ eContentType: oids.data }),
    certificates: [certificate.value.structure, ...chain.value],
    signerInfos: [
      new SignerInfo({
        version: 1,
        sid: issuerAndSerial(certificate.value),
        digestAlgorithm: digestAlgorithm(),
        signedAttrs: new SignedAndUnsignedAttributes({ type: 0, attributes }),
        signatureAlgorithm: how.algorithm,
        signature: octets(signature.value),
      }),
    ],
  })
  const cms = contentInfo(oids.signedData, signedData.toSchema() as Sequence)
  const encoded = Buffer.alloc(encodedLength(cms.length))
  encoded.set(cms, encoded.length - cms.length)
  encodeBase64(encoded, cms.length)
  const tail = Buffer.concat([between, encoded, closing])
  const end = header.length + entity.length
  if (end + tail.length > room.length) return fail('smime.sign-failed', { details: { what: 'room' } })
  room.set(header)
  room.set(tail, end)
  return ok(room.subarray(0, end + tail.length))
}
