import { createHash, verify } from 'node:crypto'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import { oids } from './algorithms.ts'
import { readCertificate, type CertificateFacts } from './certificate.ts'
import { derInteger, derNull, derOctets, derOid, derSequence, derSet, derTime, element } from './der.ts'
import { withCrlf } from './entity.ts'

const attribute = (type: string, value: Uint8Array): Uint8Array => derSequence(derOid(type), derSet(value))
const algorithm = (type: string, ...parameters: Uint8Array[]): Uint8Array =>
  derSequence(derOid(type), ...parameters)
const issuerAndSerial = (certificate: CertificateFacts): Uint8Array =>
  derSequence(certificate.issuerDer, certificate.serialDer)

/** RFC 5035: the hash of the signer's certificate (SHA-256, the default, is left out) with its issuer and serial. */
const signingCertificate = (certificate: CertificateFacts): Uint8Array => {
  const hash = derOctets(createHash('sha256').update(certificate.der).digest())
  const issuer = derSequence(element(0xa4, certificate.issuerDer))
  return derSequence(derSequence(derSequence(hash, derSequence(issuer, certificate.serialDer))))
}

/** What we can read, best first (RFC 8551 §2.5.2). */
const capabilities = (): Uint8Array =>
  derSequence(
    algorithm(oids.aes256Gcm),
    algorithm(oids.aes128Gcm),
    algorithm(oids.aes256Cbc),
    algorithm(oids.aes128Cbc),
  )

const signedAttributes = (entity: Uint8Array, certificate: CertificateFacts, signingTime: Date): Uint8Array =>
  derSet(
    attribute(oids.contentType, derOid(oids.data)),
    attribute(oids.signingTime, derTime(signingTime)),
    attribute(oids.messageDigest, derOctets(createHash('sha256').update(entity).digest())),
    attribute(oids.signingCertificateV2, signingCertificate(certificate)),
    attribute(oids.smimeCapabilities, capabilities()),
  )

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

/**
 * Signs a MIME entity (header and body, CRLF line ends) as multipart/signed with a detached CMS: RSA PKCS#1 v1.5 with
 * SHA-256 and the attributes of RFC 8551 §2.5. `sign` gets the bytes to hash and sign. Returns the multipart's header
 * and body; message headers are the caller's. Fails with `smime.malformed` (entity not canonical, certificate
 * unreadable), `smime.sign-failed` (the signature is not the certificate's) and the errors of `sign`.
 */
export const signEntity = async (params: {
  entity: Uint8Array
  certificate: Uint8Array
  chain: Uint8Array[]
  sign(data: Uint8Array): Promise<Outcome<Uint8Array>>
  signingTime: Date
  random(n: number): Uint8Array
}): Promise<Outcome<Uint8Array>> => {
  const { entity, chain } = params
  const certificate = readCertificate(params.certificate)
  if (!certificate.ok) return certificate
  if (withCrlf(entity) !== entity) return fail('smime.malformed', { details: { what: 'line-ends' } })
  const attributes = signedAttributes(entity, certificate.value, params.signingTime)
  const signature = await params.sign(attributes)
  if (!signature.ok) return signature
  const key = certificate.value.x509.publicKey
  if (key.asymmetricKeyType !== 'rsa' || !verify('sha256', attributes, key, signature.value)) {
    return fail('smime.sign-failed')
  }
  // Inside a SignerInfo the attributes carry the tag [0].
  const tagged = Buffer.from(attributes)
  tagged[0] = 0xa0
  const signerInfo = derSequence(
    derInteger(1),
    issuerAndSerial(certificate.value),
    algorithm(oids.sha256),
    tagged,
    algorithm(oids.rsa, derNull()),
    derOctets(signature.value),
  )
  const signedData = derSequence(
    derInteger(1),
    derSet(algorithm(oids.sha256)),
    derSequence(derOid(oids.data)),
    element(0xa0, certificate.value.der, ...chain),
    derSet(signerInfo),
  )
  const cms = derSequence(derOid(oids.signedData), element(0xa0, signedData))
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
