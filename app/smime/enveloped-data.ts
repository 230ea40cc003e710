import {
  constants,
  createDecipheriv,
  createPrivateKey,
  privateDecrypt,
  randomBytes,
  type KeyObject,
} from 'node:crypto'
import { Integer, Sequence, type AsnType } from 'asn1js'
import {
  AlgorithmIdentifier,
  EnvelopedData,
  KeyTransRecipientInfo,
  RSAESOAEPParams,
  type RecipientInfo,
} from 'pkijs'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import { contentCiphers, oaepDigests, oids, type ContentCipher } from './algorithms.ts'
import { contentOf, octetsOf, parsed } from './asn1.ts'
import { readCertificate } from './certificate.ts'
import { attributesDer, names, readAuthEnvelopedData } from './cms.ts'

/** A software key that may open messages; it lives in the vault. */
export interface DecryptionKey {
  certificate: Uint8Array
  pkcs8: Uint8Array
}

export interface DecryptedData {
  content: Uint8Array
  /** As shown. */
  algorithm: string
  /** Whether a change to the ciphertext would have been noticed (GCM). */
  authenticated: boolean
}

interface Sealed {
  recipients: RecipientInfo[]
  cipher: ContentCipher
  parameters: unknown
  ciphertext: Uint8Array
  /** GCM only: additional data and tag. */
  additional: Uint8Array
  mac: Uint8Array | null
}

/** Takes EnvelopedData (RFC 5652 §6.1) or AuthEnvelopedData (RFC 5083) apart; null for a cipher we refuse; throws. */
const sealedOf = (content: AsnType, authenticated: boolean): Sealed | null => {
  const sealed = authenticated ? readAuthEnvelopedData(content) : new EnvelopedData({ schema: content })
  const { contentType, contentEncryptionAlgorithm, encryptedContent } = sealed.encryptedContentInfo
  if (contentType !== oids.data) throw new Error('not a message inside')
  const cipher = contentCiphers[contentEncryptionAlgorithm.algorithmId]
  if (cipher?.authenticated !== authenticated) return null
  const attributes = 'authAttrs' in sealed ? sealed.authAttrs : null
  return {
    recipients: sealed.recipientInfos,
    cipher,
    parameters: contentEncryptionAlgorithm.algorithmParams,
    ciphertext: octetsOf(encryptedContent),
    additional: attributes ? attributesDer(attributes) : new Uint8Array(),
    mac: 'mac' in sealed ? sealed.mac : null,
  }
}

/**
 * RSAES-PKCS1-v1_5 undone by hand, so that OpenSSL and BoringSSL behave alike; bad padding gives a random key instead
 * of an error, as RFC 3218 asks, and the failure shows with the content.
 */
const unpadded = (block: Uint8Array, keyLength: number): Uint8Array => {
  const separator = block.length - keyLength - 1
  const padding = block.subarray(2, separator)
  const right =
    separator >= 10 && block[0] === 0 && block[1] === 2 && block[separator] === 0 && !padding.includes(0)
  return right ? block.subarray(separator + 1) : randomBytes(keyLength)
}

/** OAEP parameters (RFC 4055 §4.1): digest and label; null for a digest we do not have or a mask with another one. */
const oaepParameters = (schema: unknown): { oaepHash: string; oaepLabel?: Uint8Array } | null => {
  const { hashAlgorithm, maskGenAlgorithm, pSourceAlgorithm } = new RSAESOAEPParams(schema ? { schema } : {})
  const oaepHash = oaepDigests[hashAlgorithm.algorithmId]
  const mask = new AlgorithmIdentifier({ schema: maskGenAlgorithm.algorithmParams as unknown })
  if (!oaepHash || oaepDigests[mask.algorithmId] !== oaepHash) return null
  const label = octetsOf(pSourceAlgorithm.algorithmParams)
  // pkijs takes the hash of nothing for the default label; the default is nothing.
  const none = RSAESOAEPParams.defaultValues('pSourceAlgorithm')
  const absent = Buffer.compare(label, octetsOf(none.algorithmParams)) === 0
  return absent ? { oaepHash } : { oaepHash, oaepLabel: label }
}

/** The content key out of one KeyTransRecipientInfo; null for an algorithm we do not have; throws. */
const contentKey = (
  recipient: KeyTransRecipientInfo,
  key: KeyObject,
  cipher: ContentCipher,
): Uint8Array | null => {
  const { algorithmId } = recipient.keyEncryptionAlgorithm
  const size = Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8)
  const given = octetsOf(recipient.encryptedKey)
  if (given.length > size) throw new Error('longer than the key')
  const block = Buffer.concat([Buffer.alloc(size - given.length), given])
  if (algorithmId === oids.rsa) {
    return unpadded(privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, block), cipher.keyLength)
  }
  const oaep =
    algorithmId === oids.rsaOaep ? oaepParameters(recipient.keyEncryptionAlgorithm.algorithmParams) : null
  return oaep ? privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, ...oaep }, block) : null
}

/** GCMParameters (RFC 5084 §3.2), which pkijs lacks: nonce, then the tag's length, 12 when absent; throws. */
const gcmParameters = (parameters: unknown): { nonce: Uint8Array; authTagLength: number } => {
  if (!(parameters instanceof Sequence)) throw new Error('no GCM parameters')
  const [nonce, icv] = parameters.valueBlock.value
  if (icv !== undefined && !(icv instanceof Integer)) throw new Error('no tag length')
  return { nonce: octetsOf(nonce), authTagLength: icv ? (contentOf(icv)[0] ?? 0) : 12 }
}

/** Undoes the content encryption; throws when it does not come out right. */
const openContent = (sealed: Sealed, key: Uint8Array): Uint8Array => {
  const { cipher, parameters, ciphertext, mac } = sealed
  if (cipher.cipher === 'aes-128-gcm' || cipher.cipher === 'aes-256-gcm') {
    const { nonce, authTagLength } = gcmParameters(parameters)
    if (!mac || mac.length !== authTagLength || authTagLength < 12) throw new Error('wrong tag length')
    const decipher = createDecipheriv(cipher.cipher, key, nonce, { authTagLength })
    decipher.setAuthTag(mac).setAAD(sealed.additional)
    return Buffer.concat([decipher.update(ciphertext), decipher.final()])
  }
  const iv = octetsOf(parameters)
  if (iv.length !== cipher.ivLength) throw new Error('wrong iv')
  const decipher = createDecipheriv(cipher.cipher, key, iv)
  return Buffer.concat([decipher.update(ciphertext), decipher.final()])
}

/**
 * Decrypts EnvelopedData or AuthEnvelopedData with whichever key it was made for. Fails with `smime.unsupported`
 * (algorithms named in the clear), `smime.no-key` (none of our keys is among the recipients) and, for everything else,
 * one `smime.decrypt-failed` that says nothing more.
 */
export const decryptEnveloped = (
  structure: AsnType,
  authenticated: boolean,
  keys: readonly DecryptionKey[],
): Outcome<DecryptedData> => {
  const read = parsed(() => sealedOf(structure, authenticated))
  if (!read.ok) return fail('smime.decrypt-failed')
  const sealed = read.value
  if (!sealed) return fail('smime.unsupported')
  let ours = false
  let unsupported = false
  for (const key of keys) {
    const certificate = readCertificate(key.certificate)
    if (!certificate.ok) continue
    for (const recipient of sealed.recipients.slice(0, 1000)) {
      const { value } = recipient
      if (!(value instanceof KeyTransRecipientInfo)) continue
      const matches = parsed(() => names(value.rid, certificate.value))
      if (!matches.ok || !matches.value) continue
      ours = true
      const opened = parsed(() => {
        const privateKey = createPrivateKey({ key: Buffer.from(key.pkcs8), format: 'der', type: 'pkcs8' })
        const content = contentKey(value, privateKey, sealed.cipher)
        if (!content) return null
        try {
          return openContent(sealed, content)
        } finally {
          content.fill(0)
        }
      })
      if (opened.ok && opened.value) {
        return ok({
          content: opened.value,
          algorithm: sealed.cipher.label,
          authenticated: sealed.cipher.authenticated,
        })
      }
      if (opened.ok) unsupported = true
    }
  }
  if (!ours) return fail('smime.no-key')
  return fail(unsupported ? 'smime.unsupported' : 'smime.decrypt-failed')
}
