import {
  constants,
  createHash,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  timingSafeEqual,
  type KeyObject,
} from 'node:crypto'
import { Null, OctetString, Sequence } from 'asn1js'
import { AlgorithmIdentifier, KeyTransRecipientInfo, RecipientInfo, RSAESOAEPParams } from 'pkijs'
import { oaepDigests, oids } from './algorithms.ts'
import { octetsOf } from './asn1.ts'
import { oaepSha256 } from './capabilities.ts'
import type { CertificateFacts } from './certificate.ts'
import { issuerAndSerial } from './cms.ts'

/**
 * RSAES-PKCS1-v1_5 undone by hand, so that OpenSSL and BoringSSL behave alike; bad padding gives a random key instead
 * of an error, by the same steps (implicit rejection, RFC 3218 §2.3.2), and the failure shows with the content.
 */
const unpadded = (block: Uint8Array, keyLength: number): Uint8Array => {
  const separator = block.length - keyLength - 1
  const substitute = randomBytes(keyLength)
  let wrong = separator < 10 ? 1 : 0
  wrong |= (block[0] ?? 1) | ((block[1] ?? 0) ^ 2)
  // A zero anywhere in the padding is as wrong as none at its end.
  for (let at = 2; at < separator; at += 1) wrong |= ((block[at] ?? 0) - 1) >>> 31
  wrong |= block[separator] ?? 1
  const mask = ((wrong | -wrong) >> 31) & 0xff
  for (let at = 0; at < keyLength; at += 1) {
    const real = block[separator + 1 + at] ?? 0
    substitute[at] = ((substitute[at] ?? 0) & mask) | (real & ~mask & 0xff)
  }
  return substitute
}

interface OaepParameters {
  hash: string
  maskHash: string
  label: Uint8Array
}

/** OAEP parameters (RFC 4055 §4.1); null for a digest we do not have; throws. */
const oaepParameters = (schema: unknown): OaepParameters | null => {
  const { hashAlgorithm, maskGenAlgorithm, pSourceAlgorithm } = new RSAESOAEPParams(schema ? { schema } : {})
  const hash = oaepDigests[hashAlgorithm.algorithmId]
  const mask = new AlgorithmIdentifier({ schema: maskGenAlgorithm.algorithmParams as unknown })
  const maskHash = oaepDigests[mask.algorithmId]
  if (!hash || !maskHash || maskGenAlgorithm.algorithmId !== oids.mgf1) return null
  const label = octetsOf(pSourceAlgorithm.algorithmParams)
  // pkijs takes the hash of nothing for the default label; the default is nothing.
  const none = RSAESOAEPParams.defaultValues('pSourceAlgorithm')
  const absent = Buffer.compare(label, octetsOf(none.algorithmParams)) === 0
  return { hash, maskHash, label: absent ? new Uint8Array() : label }
}

/** MGF1 (RFC 8017 §B.2.1), laid over the bytes. */
const unmask = (bytes: Uint8Array, seed: Uint8Array, hash: string): void => {
  const counter = Buffer.alloc(4)
  for (let done = 0, index = 0; done < bytes.length; index += 1) {
    counter.writeUInt32BE(index)
    for (const byte of createHash(hash).update(seed).update(counter).digest()) {
      if (done === bytes.length) break
      bytes[done] = (bytes[done] ?? 0) ^ byte
      done += 1
    }
  }
}

/** RSAES-OAEP undone (RFC 8017 §7.1.2), for node:crypto has one digest for both uses; one error for all that can be wrong. */
const oaepUndone = (block: Uint8Array, { hash, maskHash, label }: OaepParameters): Uint8Array => {
  const expected = createHash(hash).update(label).digest()
  const seed = block.subarray(1, 1 + expected.length)
  const data = block.subarray(1 + expected.length)
  unmask(seed, data, maskHash)
  unmask(data, seed, maskHash)
  const sameLabel = timingSafeEqual(data.subarray(0, expected.length), expected)
  let separator = -1
  let wrong = (block[0] ?? 1) !== 0 || !sameLabel
  for (let at = expected.length; at < data.length; at += 1) {
    const byte = data[at] ?? 0
    if (separator === -1 && byte === 1) separator = at
    else if (separator === -1 && byte !== 0) wrong = true
  }
  if (wrong || separator === -1) throw new Error('not for this key')
  return data.subarray(separator + 1)
}

/**
 * The content key out of one KeyTransRecipientInfo (RFC 5652 §6.2.1), RSAES-PKCS1-v1_5 or RSAES-OAEP; null for an
 * algorithm we do not have; throws.
 */
export const transportedKey = (
  recipient: KeyTransRecipientInfo,
  key: KeyObject,
  keyLength: number,
): Uint8Array | null => {
  const { keyEncryptionAlgorithm } = recipient
  const { algorithmId } = keyEncryptionAlgorithm
  const oaep = algorithmId === oids.rsaOaep ? oaepParameters(keyEncryptionAlgorithm.algorithmParams) : null
  if (algorithmId !== oids.rsa && !oaep) return null
  if (key.asymmetricKeyType !== 'rsa') return null
  const size = Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8)
  const given = octetsOf(recipient.encryptedKey)
  if (given.length > size) throw new Error('longer than the key')
  const padded = Buffer.concat([Buffer.alloc(size - given.length), given])
  const block = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, padded)
  return oaep ? oaepUndone(block, oaep) : unpadded(block, keyLength)
}

/**
 * The content key for one RSA recipient. PKCS#1 v1.5, which every client reads, unless the certificate's key is reserved
 * to OAEP or the recipient is known to take it.
 */
export const transportKey = (
  recipient: CertificateFacts,
  contentKey: Uint8Array,
  knowsOaep: boolean,
): RecipientInfo => {
  const reserved = recipient.keyAlgorithm === oids.rsaOaep
  const oaep = reserved || knowsOaep
  const padding = oaep ? constants.RSA_PKCS1_OAEP_PADDING : constants.RSA_PKCS1_PADDING
  const hash = knowsOaep ? 'sha256' : 'sha1'
  const encrypted = publicEncrypt(
    { key: recipient.x509.publicKey, padding, ...(oaep ? { oaepHash: hash } : {}) },
    contentKey,
  )
  const sha1Oaep = new AlgorithmIdentifier({ algorithmId: oids.rsaOaep, algorithmParams: new Sequence() })
  const value = new KeyTransRecipientInfo({
    version: 0,
    rid: issuerAndSerial(recipient),
    keyEncryptionAlgorithm: knowsOaep
      ? oaepSha256()
      : oaep
        ? sha1Oaep
        : new AlgorithmIdentifier({ algorithmId: oids.rsa, algorithmParams: new Null() }),
    encryptedKey: new OctetString({ valueHex: encrypted }),
  })
  return new RecipientInfo({ variant: 1, value })
}
