import {
  createHash,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from 'node:crypto'
import { BitString, Constructed, OctetString, Sequence } from 'asn1js'
import {
  AlgorithmIdentifier,
  KeyAgreeRecipientIdentifier,
  KeyAgreeRecipientInfo,
  OriginatorIdentifierOrKey,
  OriginatorPublicKey,
  RecipientEncryptedKey,
  RecipientEncryptedKeys,
  RecipientInfo,
  RecipientKeyIdentifier,
} from 'pkijs'
import { keyAgreements, keyWraps, oids } from './algorithms.ts'
import { contentOf, octetsOf, readBer } from './asn1.ts'
import type { CertificateFacts } from './certificate.ts'
import { issuerAndSerial, names } from './cms.ts'
import { unwrapAes, unwrapTripleDes, wrapAes } from './key-wrap.ts'

interface Agreement {
  kdf: 'x963' | 'hkdf'
  digest: string
  /** AlgorithmIdentifier of the key wrap, as it was sent: it is part of what the key is derived from. */
  wrap: AlgorithmIdentifier
  /** Of the wrapping key, bytes. */
  keyLength: number
  ukm: Uint8Array | null
}

const explicit = (tagNumber: number, valueHex: Uint8Array): Constructed =>
  new Constructed({
    idBlock: { tagClass: 3, tagNumber },
    value: [new OctetString({ valueHex: valueHex as Uint8Array<ArrayBuffer> })],
  })

/** The wrapping key out of the shared secret: ECC-CMS-SharedInfo (RFC 5753 §7.2) into ANSI X9.63's function or HKDF. */
const wrappingKey = (secret: Uint8Array, agreement: Agreement): Uint8Array => {
  const bits = Buffer.alloc(4)
  bits.writeUInt32BE(agreement.keyLength * 8)
  const info = new Sequence({
    value: [
      agreement.wrap.toSchema(),
      ...(agreement.ukm ? [explicit(0, agreement.ukm)] : []),
      explicit(2, bits),
    ],
  }).toBER()
  if (agreement.kdf === 'hkdf') {
    const context = new Uint8Array(info)
    return new Uint8Array(hkdfSync(agreement.digest, secret, new Uint8Array(), context, agreement.keyLength))
  }
  const counter = Buffer.alloc(4)
  const blocks: Buffer[] = []
  for (let index = 1, length = 0; length < agreement.keyLength; index += 1) {
    counter.writeUInt32BE(index)
    const block = createHash(agreement.digest)
      .update(secret)
      .update(counter)
      .update(new Uint8Array(info))
      .digest()
    blocks.push(block)
    length += block.length
  }
  return Buffer.concat(blocks).subarray(0, agreement.keyLength)
}

/** Which of the keys wrapped in a KeyAgreeRecipientInfo is for a certificate; null when none is; throws. */
export const encryptedKeyFor = (
  { recipientEncryptedKeys }: KeyAgreeRecipientInfo,
  certificate: CertificateFacts,
): Uint8Array | null => {
  for (const { rid, encryptedKey } of recipientEncryptedKeys.encryptedKeys) {
    const value: unknown = rid.value
    const identifier = value instanceof RecipientKeyIdentifier ? value.subjectKeyIdentifier : value
    if (names(identifier, certificate)) return octetsOf(encryptedKey)
  }
  return null
}

/** The sender's ephemeral key on the recipient's curve; null when it is named in another way (static key); throws. */
const originatorKey = (
  { originator }: KeyAgreeRecipientInfo,
  curve: AlgorithmIdentifier,
): KeyObject | null => {
  const value: unknown = originator.value
  if (!(value instanceof OriginatorPublicKey)) return null
  const point = new BitString({ valueHex: new Uint8Array(contentOf(value.publicKey)) })
  const spki = new Sequence({ value: [curve.toSchema(), point] }).toBER()
  return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
}

/**
 * The content key out of one KeyAgreeRecipientInfo (RFC 5652 §6.2.2, RFC 5753 §3.1.3, RFC 8418); null for algorithms we do
 * not have; throws.
 */
export const agreedKey = (
  recipient: KeyAgreeRecipientInfo,
  encryptedKey: Uint8Array,
  certificate: CertificateFacts,
  privateKey: KeyObject,
): Uint8Array | null => {
  const { keyEncryptionAlgorithm } = recipient
  const how = keyAgreements[keyEncryptionAlgorithm.algorithmId]
  const parameters = keyEncryptionAlgorithm.algorithmParams as unknown
  if (!how || !parameters) return null
  const wrap = new AlgorithmIdentifier({ schema: parameters })
  const wrapping = keyWraps[wrap.algorithmId]
  const publicKey = originatorKey(recipient, certificate.structure.subjectPublicKeyInfo.algorithm)
  if (!wrapping || !publicKey) return null
  const ukm = recipient.ukm ? octetsOf(recipient.ukm) : null
  const secret = diffieHellman({ privateKey, publicKey })
  const key = wrappingKey(secret, { ...how, wrap, keyLength: wrapping.keyLength, ukm })
  try {
    return wrapping.cipher === 'aes' ? unwrapAes(key, encryptedKey) : unwrapTripleDes(key, encryptedKey)
  } finally {
    key.fill(0)
    secret.fill(0)
  }
}

/**
 * The content key for one recipient with a key on P-256, P-384, P-521 or X25519: an ephemeral key, SHA-256, AES-256 key wrap
 * (RFC 8551 §2.3). The ephemeral key pair comes from node:crypto's own generator; throws on another key.
 */
export const agreeKey = (recipient: CertificateFacts, contentKey: Uint8Array): RecipientInfo => {
  const { publicKey } = recipient.x509
  const montgomery = publicKey.asymmetricKeyType === 'x25519'
  const ephemeral = montgomery
    ? generateKeyPairSync('x25519')
    : generateKeyPairSync('ec', { namedCurve: publicKey.asymmetricKeyDetails?.namedCurve ?? '' })
  const spki = readBer(new Uint8Array(ephemeral.publicKey.export({ format: 'der', type: 'spki' })))
  const [, point] = (spki as Sequence).valueBlock.value
  const wrap = new AlgorithmIdentifier({ algorithmId: oids.aes256Wrap })
  const kdf = montgomery ? 'hkdf' : 'x963'
  const secret = diffieHellman({ privateKey: ephemeral.privateKey, publicKey })
  const key = wrappingKey(secret, { kdf, digest: 'sha256', wrap, keyLength: 32, ukm: null })
  const encryptedKey = new OctetString({ valueHex: wrapAes(key, contentKey) as Uint8Array<ArrayBuffer> })
  key.fill(0)
  secret.fill(0)
  const originator = new OriginatorIdentifierOrKey({
    variant: 3,
    value: new OriginatorPublicKey({
      algorithm: new AlgorithmIdentifier({ algorithmId: montgomery ? oids.x25519 : oids.ec }),
      publicKey: point as BitString,
    }),
  })
  const rid = new KeyAgreeRecipientIdentifier({ variant: 1, value: issuerAndSerial(recipient) })
  return new RecipientInfo({
    variant: 2,
    value: new KeyAgreeRecipientInfo({
      version: 3,
      originator,
      keyEncryptionAlgorithm: new AlgorithmIdentifier({
        algorithmId: montgomery ? oids.ecdhHkdfSha256 : oids.ecdhSha256,
        algorithmParams: wrap.toSchema(),
      }),
      recipientEncryptedKeys: new RecipientEncryptedKeys({
        encryptedKeys: [new RecipientEncryptedKey({ rid, encryptedKey })],
      }),
    }),
  })
}
