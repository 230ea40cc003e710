import { createCipheriv } from 'node:crypto'
import { Integer, ObjectIdentifier, OctetString, Sequence } from 'asn1js'
import { AlgorithmIdentifier, type RecipientInfo } from 'pkijs'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import { oids } from './algorithms.ts'
import { parsed } from './asn1.ts'
import { encodeBase64, encodedLength } from './base64.ts'
import { keyUsageBits, readCertificate, type CertificateFacts } from './certificate.ts'
import { runCipher } from './content-cipher.ts'
import { derHeader, derPrefix, derSetOf } from './der.ts'
import { agreeKey } from './key-agreement.ts'
import { transportKey } from './key-transport.ts'
import { dateProblem } from './path/x509.ts'

/**
 * Whether a message may be encrypted for a certificate: its key usage must allow it, by transport for RSA and by agreement for
 * elliptic curves; a card's, whose keys die with the card, must say so itself (cps-card.md §2.4).
 */
export const canReceive = (certificate: CertificateFacts): boolean => {
  const { keyUsage, extendedKeyUsage, x509, weak, isCard } = certificate
  const purpose =
    extendedKeyUsage === null ||
    extendedKeyUsage.includes(oids.emailProtection) ||
    extendedKeyUsage.includes(oids.anyExtendedUsage)
  const type = x509.publicKey.asymmetricKeyType
  const bit = type === 'rsa' ? keyUsageBits.keyEncipherment : keyUsageBits.keyAgreement
  const usage = keyUsage === null ? !isCard : (keyUsage & bit) !== 0
  return (type === 'rsa' || type === 'ec' || type === 'x25519') && !weak && purpose && usage
}

/** Whether a message may be encrypted today for a DER certificate: usage and dates; its chain was checked when it was kept. */
export const mayReceive = (der: Uint8Array, now: Date): boolean => {
  const facts = readCertificate(der)
  return facts.ok && canReceive(facts.value) && dateProblem(facts.value, now) === null
}

/** What is known of what recipients' programs read: object identifiers by fingerprint of their certificate. */
export type KnownCapabilities = ReadonlyMap<string, readonly string[]>

export interface EncryptionRequest {
  entity: Uint8Array
  /** DER, the sender's among them, or nobody reads Sent again. */
  recipients: readonly Uint8Array[]
  capabilities?: KnownCapabilities
  random(n: number): Uint8Array
}

/** A message laid out in the room it will take: the entity stands where its ciphertext will, its structure is there. */
export interface Sealing {
  room: Uint8Array
  /** Offset of the base64 body. */
  bodyStart: number
  /** The CMS structure stands at the end of the room. */
  cmsLength: number
  contentStart: number
  contentLength: number
  cipher: 'aes-256-cbc' | 'aes-256-gcm'
  /** Zeroed once used. */
  key: Uint8Array
  iv: Uint8Array
}

const tagLength = 16
const bytesOf = (element: { toBER(): ArrayBuffer }): Uint8Array => new Uint8Array(element.toBER())
const oid = (value: string): Uint8Array => bytesOf(new ObjectIdentifier({ value }))
const integer = (value: number): Uint8Array => bytesOf(new Integer({ value }))
const octets = (valueHex: Uint8Array): OctetString =>
  new OctetString({ valueHex: valueHex as Uint8Array<ArrayBuffer> })

const contentAlgorithm = (cipher: Sealing['cipher'], iv: Uint8Array): Uint8Array => {
  const gcm = cipher === 'aes-256-gcm'
  const algorithm = new AlgorithmIdentifier({
    algorithmId: gcm ? oids.aes256Gcm : oids.aes256Cbc,
    algorithmParams: gcm
      ? new Sequence({ value: [octets(iv), new Integer({ value: tagLength })] })
      : octets(iv),
  })
  return bytesOf(algorithm.toSchema())
}

const knownOf = (facts: CertificateFacts, known: KnownCapabilities | undefined): readonly string[] =>
  known?.get(facts.fingerprint) ?? []

/**
 * Lays out the message for recipients: AES-256-GCM (AuthEnvelopedData, RFC 5083) when every one of them is known to read it,
 * else AES-256-CBC (EnvelopedData), which all do. The caller puts the entity at `contentStart`, then `seal`s. Fails with
 * `smime.malformed` and `smime.no-recipient-certificate` (none, or one that may not be used; `fingerprint` says which).
 */
export const layOutSealing = (
  entityLength: number,
  request: Omit<EncryptionRequest, 'entity'>,
): Outcome<Sealing> => {
  const recipients: CertificateFacts[] = []
  for (const one of request.recipients) {
    const facts = readCertificate(one)
    if (!facts.ok) return facts
    if (!canReceive(facts.value))
      return fail('smime.no-recipient-certificate', { details: { fingerprint: facts.value.fingerprint } })
    if (!recipients.some(({ fingerprint }) => fingerprint === facts.value.fingerprint))
      recipients.push(facts.value)
  }
  if (recipients.length === 0) return fail('smime.no-recipient-certificate')
  const takes = (facts: CertificateFacts, algorithm: string) =>
    knownOf(facts, request.capabilities).includes(algorithm)
  const gcm = recipients.every((facts) => takes(facts, oids.aes256Gcm))
  const cipher = gcm ? 'aes-256-gcm' : 'aes-256-cbc'
  const key = new Uint8Array(request.random(32))
  const iv = new Uint8Array(request.random(gcm ? 12 : 16))

  const infos = parsed(() =>
    recipients.map((facts): RecipientInfo =>
      facts.x509.publicKey.asymmetricKeyType === 'rsa'
        ? transportKey(facts, key, takes(facts, oids.rsaOaep))
        : agreeKey(facts, key),
    ),
  )
  if (!infos.ok) return infos
  const ciphertextLength = gcm ? entityLength : entityLength + 16 - (entityLength % 16)
  const macLength = gcm ? 2 + tagLength : 0
  // RFC 5652 §6.1: 0 when every recipient's structure is of version 0, which key agreement's is not.
  const version = gcm || infos.value.every(({ variant }) => variant === 1) ? 0 : 2
  const recipientSet = derSetOf(infos.value.map((info) => bytesOf(info.toSchema())))
  const none = new Uint8Array()
  const head = Buffer.concat([oid(oids.data), contentAlgorithm(cipher, iv)])
  const prefix = derPrefix(
    [
      { identifier: 0x30, before: oid(gcm ? oids.authEnvelopedData : oids.envelopedData), after: 0 },
      { identifier: 0xa0, before: none, after: 0 },
      { identifier: 0x30, before: Buffer.concat([integer(version), recipientSet]), after: macLength },
      { identifier: 0x30, before: head, after: 0 },
      { identifier: 0x80, before: none, after: 0 },
    ],
    ciphertextLength,
  )
  const kind = gcm ? 'authEnveloped-data' : 'enveloped-data'
  const header = Buffer.from(
    `Content-Type: application/pkcs7-mime; smime-type=${kind}; name="smime.p7m"\r\n` +
      'Content-Transfer-Encoding: base64\r\n' +
      'Content-Disposition: attachment; filename="smime.p7m"\r\n\r\n',
    'latin1',
  )
  const cmsLength = prefix.length + ciphertextLength + macLength
  const room = new Uint8Array(header.length + encodedLength(cmsLength))
  room.set(header)
  room.set(prefix, room.length - cmsLength)
  return ok({
    room,
    bodyStart: header.length,
    cmsLength,
    contentStart: room.length - cmsLength + prefix.length,
    contentLength: entityLength,
    cipher,
    key,
    iv,
  })
}

/** Encrypts and encodes a message laid out, where it lies. */
export const seal = (sealing: Sealing): Uint8Array => {
  const { room, key, iv, cipher, contentStart, contentLength } = sealing
  const content = room.subarray(contentStart, contentStart + contentLength)
  const target = room.subarray(contentStart)
  if (cipher === 'aes-256-gcm') {
    const gcm = createCipheriv(cipher, key, iv, { authTagLength: tagLength })
    const length = runCipher(gcm, content, target)
    target.set(derHeader(0x04, tagLength), length)
    target.set(gcm.getAuthTag(), length + 2)
  } else {
    runCipher(createCipheriv(cipher, key, iv), content, target)
  }
  key.fill(0)
  encodeBase64(room.subarray(sealing.bodyStart), sealing.cmsLength)
  return room
}

/**
 * Encrypts a MIME entity as application/pkcs7-mime: see `layOutSealing`, whose codes it fails with. Returns header and body of
 * the new entity.
 */
export const encryptEntity = (request: EncryptionRequest): Outcome<Uint8Array> => {
  const sealing = layOutSealing(request.entity.length, request)
  if (!sealing.ok) return sealing
  sealing.value.room.set(request.entity, sealing.value.contentStart)
  return ok(seal(sealing.value))
}
