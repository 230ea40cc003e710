import { constants, createCipheriv, publicEncrypt } from 'node:crypto'
import { Null, OctetString, Sequence } from 'asn1js'
import {
  AlgorithmIdentifier,
  EncryptedContentInfo,
  EnvelopedData,
  KeyTransRecipientInfo,
  RecipientInfo,
} from 'pkijs'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import { oids } from './algorithms.ts'
import { keyUsageBits, readCertificate, type CertificateFacts } from './certificate.ts'
import { contentInfo, issuerAndSerial } from './cms.ts'
import { dateProblem } from './path.ts'
import { pkcs7Entity } from './sign.ts'

/** Whether a message may be encrypted for a certificate: an RSA key that is not reserved to something else. */
const canReceive = (certificate: CertificateFacts): boolean => {
  const { keyUsage, extendedKeyUsage, x509, weak } = certificate
  const purpose =
    extendedKeyUsage === null ||
    extendedKeyUsage.includes(oids.emailProtection) ||
    extendedKeyUsage.includes(oids.anyExtendedUsage)
  const usage = keyUsage === null || (keyUsage & keyUsageBits.keyEncipherment) !== 0
  return x509.publicKey.asymmetricKeyType === 'rsa' && !weak && purpose && usage
}

/** Whether a message may be encrypted today for a DER certificate: usage and dates; its chain was checked when it was kept. */
export const mayReceive = (der: Uint8Array, now: Date): boolean => {
  const facts = readCertificate(der)
  return facts.ok && canReceive(facts.value) && dateProblem(facts.value, now) === null
}

/**
 * The content key for one recipient: PKCS#1 v1.5, which every client reads, unless the certificate's key is reserved
 * to OAEP.
 */
const keyFor = (recipient: CertificateFacts, contentKey: Uint8Array): RecipientInfo => {
  const oaep = recipient.keyAlgorithm === oids.rsaOaep
  const padding = oaep ? constants.RSA_PKCS1_OAEP_PADDING : constants.RSA_PKCS1_PADDING
  const encrypted = publicEncrypt({ key: recipient.x509.publicKey, padding }, contentKey)
  const value = new KeyTransRecipientInfo({
    version: 0,
    rid: issuerAndSerial(recipient),
    keyEncryptionAlgorithm: oaep
      ? new AlgorithmIdentifier({ algorithmId: oids.rsaOaep, algorithmParams: new Sequence() })
      : new AlgorithmIdentifier({ algorithmId: oids.rsa, algorithmParams: new Null() }),
    encryptedKey: new OctetString({ valueHex: encrypted }),
  })
  return new RecipientInfo({ variant: 1, value })
}

/** What the content of one message is encrypted with; the key is zeroed once used. */
export interface ContentSecrets {
  key: Uint8Array
  iv: Uint8Array
}

/** The heavy half of `encryptEntity`, for recipients already accepted. Fails with `smime.malformed`. */
export const sealEntity = (
  entity: Uint8Array,
  recipients: readonly Uint8Array[],
  { key, iv }: ContentSecrets,
): Outcome<Uint8Array> => {
  const infos: RecipientInfo[] = []
  for (const der of recipients) {
    const facts = readCertificate(der)
    if (!facts.ok) return facts
    infos.push(keyFor(facts.value, key))
  }
  const cipher = createCipheriv('aes-256-cbc', key, iv)
  const ciphertext = Buffer.concat([cipher.update(entity), cipher.final()])
  key.fill(0)
  const enveloped = new EnvelopedData({
    version: 0,
    recipientInfos: infos,
    encryptedContentInfo: new EncryptedContentInfo({
      contentType: oids.data,
      contentEncryptionAlgorithm: new AlgorithmIdentifier({
        algorithmId: oids.aes256Cbc,
        algorithmParams: new OctetString({ valueHex: iv }),
      }),
      encryptedContent: new OctetString({ valueHex: ciphertext }),
      // pkijs would cut the content into pieces of 1 KiB.
      disableSplit: true,
    }),
  })
  const cms = contentInfo(oids.envelopedData, enveloped.toSchema())
  return ok(pkcs7Entity('application/pkcs7-mime; smime-type=enveloped-data', 'smime.p7m', cms))
}

/**
 * Whether a message may be encrypted for every one of these certificates. Fails with `smime.malformed` and
 * `smime.no-recipient-certificate` (none, or one that may not be used; `fingerprint` says which).
 */
export const checkRecipients = (recipients: readonly Uint8Array[]): Outcome<null> => {
  for (const der of recipients) {
    const facts = readCertificate(der)
    if (!facts.ok) return facts
    if (!canReceive(facts.value)) {
      return fail('smime.no-recipient-certificate', { details: { fingerprint: facts.value.fingerprint } })
    }
  }
  return recipients.length === 0 ? fail('smime.no-recipient-certificate') : ok(null)
}

export const contentSecrets = (random: (n: number) => Uint8Array): ContentSecrets => ({
  key: new Uint8Array(random(32)),
  iv: new Uint8Array(random(16)),
})

/**
 * Encrypts a MIME entity for recipients (the sender among them, or nobody reads Sent again) as application/pkcs7-mime,
 * AES-256-CBC. Returns header and body of the new entity. Fails with the codes of `checkRecipients`.
 */
export const encryptEntity = (params: {
  entity: Uint8Array
  recipients: Uint8Array[]
  random(n: number): Uint8Array
}): Outcome<Uint8Array> => {
  const accepted = checkRecipients(params.recipients)
  return accepted.ok
    ? sealEntity(
        params.entity,
        params.recipients,
        contentSecrets((n) => params.random(n)),
      )
    : accepted
}
