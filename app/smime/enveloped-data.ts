import {
  constants,
  createDecipheriv,
  createPrivateKey,
  privateDecrypt,
  randomBytes,
  type KeyObject,
} from 'node:crypto'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import { contentCiphers, oaepDigests, oids, type ContentCipher } from './algorithms.ts'
import {
  integerHex,
  isContext,
  octets,
  oid,
  parsed,
  sequence,
  set,
  smallInteger,
  tags,
  type Node,
} from './asn1.ts'
import { readCertificate, type CertificateFacts } from './certificate.ts'
import { derSet } from './der.ts'

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
  recipients: Node[]
  cipher: ContentCipher
  parameters: Node | undefined
  ciphertext: Uint8Array
  /** GCM only: additional data and tag. */
  additional: Uint8Array
  mac: Uint8Array | null
}

/** Takes EnvelopedData (RFC 5652 §6.1) or AuthEnvelopedData (RFC 5083) apart; null for a cipher we refuse; throws. */
const sealedOf = (node: Node, authenticated: boolean): Sealed | null => {
  const fields = sequence(node).slice(1)
  if (isContext(fields[0], 0)) fields.shift()
  const [recipients, encrypted, ...rest] = fields
  const [type, algorithm, content] = sequence(encrypted)
  if (oid(type) !== oids.data) throw new Error('not a message inside')
  const [cipherId, parameters] = sequence(algorithm)
  const cipher = contentCiphers[oid(cipherId)]
  if (cipher?.authenticated !== authenticated) return null
  const attributes = isContext(rest[0], 1) && authenticated ? rest.shift() : undefined
  return {
    recipients: set(recipients),
    cipher,
    parameters,
    ciphertext: octets(content, 0),
    additional: attributes ? derSet(...attributes.children.map((child) => child.raw)) : new Uint8Array(),
    mac: authenticated ? octets(rest[0]) : null,
  }
}

const isFor = (recipient: Node, certificate: CertificateFacts): boolean => {
  if (recipient.tagClass !== 1 || recipient.tag !== tags.sequence) return false
  const [, id] = sequence(recipient)
  if (isContext(id, 0)) return Buffer.from(octets(id, 0)).toString('hex') === certificate.subjectKeyId
  const [issuer, serial] = sequence(id)
  return (
    Buffer.from(issuer?.raw ?? []).toString('hex') === certificate.issuerName &&
    integerHex(serial) === certificate.serial
  )
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
const oaepParameters = (node: Node | undefined): { oaepHash: string; oaepLabel?: Buffer } | null => {
  const fields = node ? sequence(node) : []
  const explicit = (number: number): Node | undefined =>
    fields.find((field) => isContext(field, number))?.children[0]
  const named = (algorithm: Node | undefined): string | undefined =>
    algorithm ? oaepDigests[oid(sequence(algorithm)[0])] : 'sha1'
  const oaepHash = named(explicit(0))
  const mask = explicit(1)
  const maskHash = mask ? named(sequence(mask)[1]) : 'sha1'
  if (!oaepHash || maskHash !== oaepHash) return null
  const label = explicit(2)
  return label ? { oaepHash, oaepLabel: Buffer.from(octets(sequence(label)[1])) } : { oaepHash }
}

/** The content key out of one KeyTransRecipientInfo; null for an algorithm we do not have; throws. */
const contentKey = (recipient: Node, key: KeyObject, cipher: ContentCipher): Uint8Array | null => {
  const [, , algorithm, encrypted] = sequence(recipient)
  const [type, parameters] = sequence(algorithm)
  const size = Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8)
  const given = octets(encrypted)
  if (given.length > size) throw new Error('longer than the key')
  const block = Buffer.concat([Buffer.alloc(size - given.length), given])
  if (oid(type) === oids.rsa) {
    return unpadded(privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, block), cipher.keyLength)
  }
  const oaep = oid(type) === oids.rsaOaep ? oaepParameters(parameters) : null
  return oaep ? privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, ...oaep }, block) : null
}

/** Undoes the content encryption; throws when it does not come out right. */
const openContent = (sealed: Sealed, key: Uint8Array): Uint8Array => {
  const { cipher, parameters, ciphertext, mac } = sealed
  if (cipher.cipher === 'aes-128-gcm' || cipher.cipher === 'aes-256-gcm') {
    // GCMParameters (RFC 5084 §3.2): nonce, then the tag's length, 12 when absent.
    const [nonce, icv] = sequence(parameters)
    const authTagLength = icv ? smallInteger(icv) : 12
    if (!mac || mac.length !== authTagLength || authTagLength < 12) throw new Error('wrong tag length')
    const decipher = createDecipheriv(cipher.cipher, key, octets(nonce), { authTagLength })
    decipher.setAuthTag(mac).setAAD(sealed.additional)
    return Buffer.concat([decipher.update(ciphertext), decipher.final()])
  }
  const iv = octets(parameters)
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
  node: Node,
  authenticated: boolean,
  keys: readonly DecryptionKey[],
): Outcome<DecryptedData> => {
  const read = parsed(() => sealedOf(node, authenticated))
  if (!read.ok) return fail('smime.decrypt-failed')
  const sealed = read.value
  if (!sealed) return fail('smime.unsupported')
  let ours = false
  let unsupported = false
  for (const key of keys) {
    const certificate = readCertificate(key.certificate)
    if (!certificate.ok) continue
    for (const recipient of sealed.recipients.slice(0, 1000)) {
      const matches = parsed(() => isFor(recipient, certificate.value))
      if (!matches.ok || !matches.value) continue
      ours = true
      const opened = parsed(() => {
        const privateKey = createPrivateKey({ key: Buffer.from(key.pkcs8), format: 'der', type: 'pkcs8' })
        const content = contentKey(recipient, privateKey, sealed.cipher)
        return content ? openContent(sealed, content) : null
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
