import { createPrivateKey } from 'node:crypto'
import {
  IssuerAndSerialNumber,
  KeyAgreeRecipientInfo,
  KeyTransRecipientInfo,
  type RecipientInfo,
} from 'pkijs'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import { algorithmNames, contentCiphers, keyAgreements, oids, type ContentCipher } from './algorithms.ts'
import { hexOf, octetsOf, parsed, serialHex } from './asn1.ts'
import { joined } from './ber.ts'
import { readCertificate, type CertificateFacts } from './certificate.ts'
import { attributesDer, names, readEnveloped, type CmsContent, type Enveloped } from './cms.ts'
import { openContent, opensContent, type SealedContent } from './content-cipher.ts'
import { agreedKey, encryptedKeyFor } from './key-agreement.ts'
import { transportedKey } from './key-transport.ts'

/** A software key that may open messages; it lives in the vault. */
export interface DecryptionKey {
  certificate: Uint8Array
  pkcs8: Uint8Array
}

/** How the content key was given to one recipient. */
export interface RecipientFinding {
  kind: 'key-transport' | 'key-agreement' | 'shared-key' | 'password' | 'other'
  /** As shown, or an object identifier. */
  algorithm: string
  /** Lower-case hex of issuer (DER) and serial, or of the key identifier; null for those without a certificate. */
  identifier: { issuer: string; serial: string } | { keyId: string } | null
}

/** What an enveloped message says of itself, readable without a key. */
export interface EncryptionFinding {
  /** Content encryption as shown, or an object identifier. */
  algorithm: string
  /** Whether a change to the ciphertext would be noticed (GCM). */
  authenticated: boolean
  /** A cipher of former times (DES, 3DES). */
  weak: boolean
  /** False when the content encryption is one we refuse or do not know. */
  supported: boolean
  recipients: RecipientFinding[]
}

export interface DecryptedData extends EncryptionFinding {
  content: Uint8Array
  /** How our own copy of the key was protected, as shown. */
  keyAlgorithm: string
}

const nameOf = (oid: string): string => algorithmNames[oid] ?? oid

const identifierOf = (identifier: unknown): RecipientFinding['identifier'] =>
  identifier instanceof IssuerAndSerialNumber
    ? {
        issuer: hexOf(identifier.issuer.valueBeforeDecode),
        serial: serialHex(identifier.serialNumber.valueBlock.valueHexView),
      }
    : { keyId: hexOf(octetsOf(identifier)) }

const agreementName = (oid: string): string => {
  const how = keyAgreements[oid]
  return how ? `ECDH ${how.digest.toUpperCase().replace('SHA', 'SHA-')}` : nameOf(oid)
}

const otherKinds = { 3: 'shared-key', 4: 'password', 5: 'other' } as const

const recipientFindings = ({ value, variant }: RecipientInfo): RecipientFinding[] => {
  if (value instanceof KeyTransRecipientInfo) {
    const algorithm = nameOf(value.keyEncryptionAlgorithm.algorithmId)
    return [{ kind: 'key-transport', algorithm, identifier: identifierOf(value.rid) }]
  }
  if (value instanceof KeyAgreeRecipientInfo) {
    const algorithm = agreementName(value.keyEncryptionAlgorithm.algorithmId)
    return value.recipientEncryptedKeys.encryptedKeys.map(({ rid }) => {
      const { value: named } = rid as { value: unknown }
      const identifier =
        named instanceof IssuerAndSerialNumber
          ? named
          : (named as { subjectKeyIdentifier: unknown }).subjectKeyIdentifier
      return { kind: 'key-agreement', algorithm, identifier: identifierOf(identifier) }
    })
  }
  const kind = otherKinds[variant as 3 | 4 | 5]
  const given = (value as { keyEncryptionAlgorithm?: { algorithmId: string } } | undefined)
    ?.keyEncryptionAlgorithm
  return [{ kind, algorithm: given ? nameOf(given.algorithmId) : '', identifier: null }]
}

const findingOf = (enveloped: Enveloped, authenticated: boolean): EncryptionFinding => {
  const { algorithmId } = enveloped.algorithm
  const cipher = contentCiphers[algorithmId]
  return {
    algorithm: cipher?.label ?? nameOf(algorithmId),
    authenticated,
    weak: cipher?.weak ?? false,
    supported: cipher?.authenticated === authenticated,
    recipients: enveloped.recipientInfos.flatMap((one) => {
      const read = parsed(() => recipientFindings(one))
      return read.ok ? read.value : []
    }),
  }
}

/** What is said in the clear of EnvelopedData or AuthEnvelopedData. Fails with `smime.malformed`. */
export const describeEnveloped = (
  structure: CmsContent,
  authenticated: boolean,
): Outcome<EncryptionFinding> =>
  parsed(() => findingOf(readEnveloped(structure, authenticated), authenticated))

type Attempt = { kind: 'not-ours' } | { kind: 'unsupported' | 'failed' } | { kind: 'key'; key: Uint8Array }

/** The content key for one of our keys out of one RecipientInfo. */
const keyFrom = (
  { value }: RecipientInfo,
  certificate: CertificateFacts,
  pkcs8: Uint8Array,
  cipher: ContentCipher,
): Attempt => {
  const privateKey = () => createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' })
  const answer = (got: Outcome<Uint8Array | null>): Attempt => {
    if (!got.ok) return { kind: 'failed' }
    return got.value ? { kind: 'key', key: got.value } : { kind: 'unsupported' }
  }
  if (value instanceof KeyTransRecipientInfo) {
    const matches = parsed(() => names(value.rid, certificate))
    if (!matches.ok || !matches.value) return { kind: 'not-ours' }
    return answer(parsed(() => transportedKey(value, privateKey(), cipher.keyLength)))
  }
  if (value instanceof KeyAgreeRecipientInfo) {
    const wrapped = parsed(() => encryptedKeyFor(value, certificate))
    if (!wrapped.ok || !wrapped.value) return { kind: 'not-ours' }
    const bytes = wrapped.value
    return answer(parsed(() => agreedKey(value, bytes, certificate, privateKey())))
  }
  return { kind: 'not-ours' }
}

/**
 * Decrypts EnvelopedData or AuthEnvelopedData with whichever key it was made for; with `reuse` the content takes the place of
 * the ciphertext, which is lost even when it fails. Fails with `smime.unsupported` (algorithms named in the clear),
 * `smime.no-key` (none of our keys is among the recipients) and, for everything else, one `smime.decrypt-failed` that says
 * nothing more: an oracle has nothing to learn.
 */
export const decryptEnveloped = (
  structure: CmsContent,
  authenticated: boolean,
  keys: readonly DecryptionKey[],
  reuse = false,
): Outcome<DecryptedData> => {
  const read = parsed(() => readEnveloped(structure, authenticated))
  if (!read.ok) return fail('smime.decrypt-failed')
  const enveloped = read.value
  const cipher = contentCiphers[enveloped.algorithm.algorithmId]
  if (cipher?.authenticated !== authenticated) return fail('smime.unsupported')

  let ours = false
  let unsupported = false
  const found: { key: Uint8Array; keyAlgorithm: string }[] = []
  for (const { certificate: der, pkcs8 } of keys) {
    const certificate = readCertificate(der)
    if (!certificate.ok) continue
    for (const recipient of enveloped.recipientInfos) {
      const attempt = keyFrom(recipient, certificate.value, pkcs8, cipher)
      if (attempt.kind === 'not-ours') continue
      ours = true
      if (attempt.kind === 'unsupported') unsupported = true
      if (attempt.kind !== 'key') continue
      const [first] = recipientFindings(recipient)
      found.push({ key: attempt.key, keyAlgorithm: first?.algorithm ?? '' })
    }
  }
  if (!ours) return fail('smime.no-key')
  const opened = parsed(() => {
    if (enveloped.contentType !== oids.data) throw new Error('not a message inside')
    const sealed: SealedContent = {
      cipher,
      parameters: enveloped.algorithm.algorithmParams as unknown,
      ciphertext: joined(structure.source, enveloped.encryptedContent, reuse),
      additional: enveloped.authAttrs ? attributesDer(enveloped.authAttrs) : new Uint8Array(),
      mac: enveloped.mac,
    }
    // A wrong key would spoil the only copy: with several, the right one is looked for first.
    const right = found.length > 1 ? found.find(({ key }) => opensContent(sealed, key)) : found[0]
    if (!right) throw new Error('no key opens it')
    return { content: openContent(sealed, right.key, reuse), keyAlgorithm: right.keyAlgorithm }
  })
  for (const { key } of found) key.fill(0)
  if (opened.ok) return ok({ ...findingOf(enveloped, authenticated), ...opened.value })
  return fail(found.length === 0 && unsupported ? 'smime.unsupported' : 'smime.decrypt-failed')
}
