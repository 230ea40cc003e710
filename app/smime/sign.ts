import { createHash, verify } from 'node:crypto'
import { Constructed, GeneralizedTime, Null, ObjectIdentifier, OctetString, Sequence, UTCTime } from 'asn1js'
import {
  AlgorithmIdentifier,
  Attribute,
  Certificate,
  EncapsulatedContentInfo,
  SignedAndUnsignedAttributes,
  SignedData,
  SignerInfo,
} from 'pkijs'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import { oids } from './algorithms.ts'
import { parsed, readBer } from './asn1.ts'
import { readCertificate, type CertificateFacts } from './certificate.ts'
import { contentInfo, derSet, issuerAndSerial, sorted } from './cms.ts'
import { withCrlf } from './entity.ts'

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

/** What we can read, best first (RFC 8551 §2.5.2). */
const capabilities = (): Sequence =>
  new Sequence({
    value: [oids.aes256Gcm, oids.aes128Gcm, oids.aes256Cbc, oids.aes128Cbc].map((algorithmId) =>
      new AlgorithmIdentifier({ algorithmId }).toSchema(),
    ),
  })

/** UTCTime until 2049, GeneralizedTime after (RFC 5652 §11.3), without fractions of a second. */
const timeElement = (date: Date): UTCTime | GeneralizedTime => {
  const valueDate = new Date(Math.floor(date.getTime() / 1000) * 1000)
  return date.getUTCFullYear() < 2050 ? new UTCTime({ valueDate }) : new GeneralizedTime({ valueDate })
}

const signedAttributes = (
  digest: Uint8Array,
  certificate: CertificateFacts,
  signingTime: Date,
): Attribute[] =>
  sorted([
    attribute(oids.contentType, new ObjectIdentifier({ value: oids.data })),
    attribute(oids.signingTime, timeElement(signingTime)),
    attribute(oids.messageDigest, new OctetString({ valueHex: digest as Uint8Array<ArrayBuffer> })),
    attribute(oids.signingCertificateV2, signingCertificate(certificate)),
    attribute(oids.smimeCapabilities, capabilities()),
  ])

const lineLength = 76

/** Base64 in lines, copied line by line: messages reach tens of megabytes. */
const base64Lines = (bytes: Uint8Array): Uint8Array => {
  const plain = Buffer.from(
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64'),
    'latin1',
  )
  const out = Buffer.alloc(plain.length + 2 * Math.ceil(plain.length / lineLength))
  let to = 0
  for (let from = 0; from < plain.length; from += lineLength) {
    to += plain.copy(out, to, from, Math.min(from + lineLength, plain.length))
    out[to] = 0x0d
    out[to + 1] = 0x0a
    to += 2
  }
  return out
}

/** Bytes as an attachment entity with base64 lines of 76 characters. */
export const pkcs7Entity = (type: string, fileName: string, bytes: Uint8Array): Uint8Array =>
  Buffer.concat([
    Buffer.from(
      `Content-Type: ${type}; name="${fileName}"\r\n` +
        'Content-Transfer-Encoding: base64\r\n' +
        `Content-Disposition: attachment; filename="${fileName}"\r\n\r\n`,
      'latin1',
    ),
    base64Lines(bytes),
  ])

const sha256 = (): AlgorithmIdentifier => new AlgorithmIdentifier({ algorithmId: oids.sha256 })

/** SHA-256 of an entity to sign. Fails with `smime.malformed` when its line ends are not CRLF. */
export const digestEntity = (entity: Uint8Array): Outcome<Uint8Array> =>
  withCrlf(entity) === entity
    ? ok(createHash('sha256').update(entity).digest())
    : fail('smime.malformed', { details: { what: 'line-ends' } })

/**
 * Signs a MIME entity (header and body, CRLF line ends) as multipart/signed with a detached CMS: RSA PKCS#1 v1.5 with
 * SHA-256 and the attributes of RFC 8551 §2.5. `sign` gets the bytes to hash and sign. Returns the multipart's header
 * and body; message headers are the caller's. `digest` replaces `digestEntity` for a big entity. Fails with
 * `smime.malformed` (entity not canonical, certificate unreadable), `smime.sign-failed` (the signature is not the
 * certificate's) and the errors of `sign`.
 */
export const signEntity = async (params: {
  entity: Uint8Array
  certificate: Uint8Array
  chain: Uint8Array[]
  sign(data: Uint8Array): Promise<Outcome<Uint8Array>>
  signingTime: Date
  random(n: number): Uint8Array
  digest?(entity: Uint8Array): Promise<Outcome<Uint8Array>>
}): Promise<Outcome<Uint8Array>> => {
  const { entity } = params
  const certificate = readCertificate(params.certificate)
  if (!certificate.ok) return certificate
  const chain = parsed(() => params.chain.map((der) => new Certificate({ schema: readBer(der) })))
  if (!chain.ok) return chain
  const digest = params.digest ? await params.digest(entity) : digestEntity(entity)
  if (!digest.ok) return digest
  const attributes = signedAttributes(digest.value, certificate.value, params.signingTime)
  const toSign = derSet(attributes)
  const signature = await params.sign(toSign)
  if (!signature.ok) return signature
  const key = certificate.value.x509.publicKey
  if (key.asymmetricKeyType !== 'rsa' || !verify('sha256', toSign, key, signature.value)) {
    return fail('smime.sign-failed')
  }
  const signedData = new SignedData({
    version: 1,
    digestAlgorithms: [sha256()],
    encapContentInfo: new EncapsulatedContentInfo({ eContentType: oids.data }),
    certificates: [certificate.value.structure, ...chain.value],
    signerInfos: [
      new SignerInfo({
        version: 1,
        sid: issuerAndSerial(certificate.value),
        digestAlgorithm: sha256(),
        signedAttrs: new SignedAndUnsignedAttributes({ type: 0, attributes }),
        signatureAlgorithm: new AlgorithmIdentifier({ algorithmId: oids.rsa, algorithmParams: new Null() }),
        signature: new OctetString({ valueHex: signature.value as Uint8Array<ArrayBuffer> }),
      }),
    ],
  })
  const cms = contentInfo(oids.signedData, signedData.toSchema() as Sequence)
  const boundary = `----${Buffer.from(params.random(18)).toString('hex')}`
  const header =
    `Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256;\r\n` +
    `\tboundary="${boundary}"\r\n\r\n--${boundary}\r\n`
  return ok(
    Buffer.concat([
      Buffer.from(header, 'latin1'),
      entity,
      Buffer.from(`\r\n--${boundary}\r\n`, 'latin1'),
      pkcs7Entity('application/pkcs7-signature', 'smime.p7s', cms),
      Buffer.from(`--${boundary}--\r\n`, 'latin1'),
    ]),
  )
}
