import { dateProblem } from './path.ts'
import { constants, createCipheriv, publicEncrypt } from 'node:crypto'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import { oids } from './algorithms.ts'
import { keyUsageBits, readCertificate, type CertificateFacts } from './certificate.ts'
import { derInteger, derNull, derOctets, derOid, derSequence, derSet, element } from './der.ts'
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
const keyFor = (recipient: CertificateFacts, contentKey: Uint8Array): Uint8Array => {
  const oaep = recipient.keyAlgorithm === oids.rsaOaep
  const algorithm = oaep
    ? derSequence(derOid(oids.rsaOaep), derSequence())
    : derSequence(derOid(oids.rsa), derNull())
  const padding = oaep ? constants.RSA_PKCS1_OAEP_PADDING : constants.RSA_PKCS1_PADDING
  return derSequence(
    derInteger(0),
    derSequence(recipient.issuerDer, recipient.serialDer),
    algorithm,
    derOctets(publicEncrypt({ key: recipient.x509.publicKey, padding }, contentKey)),
  )
}

/**
 * Encrypts a MIME entity for recipients (the sender among them, or nobody reads Sent again) as application/pkcs7-mime,
 * AES-256-CBC. Returns header and body of the new entity. Fails with `smime.malformed` and
 * `smime.no-recipient-certificate` (none, or one that may not be used; `fingerprint` says which).
 */
export const encryptEntity = (params: {
  entity: Uint8Array
  recipients: Uint8Array[]
  random(n: number): Uint8Array
}): Outcome<Uint8Array> => {
  const recipients: CertificateFacts[] = []
  for (const der of params.recipients) {
    const facts = readCertificate(der)
    if (!facts.ok) return facts
    if (!canReceive(facts.value)) {
      return fail('smime.no-recipient-certificate', { details: { fingerprint: facts.value.fingerprint } })
    }
    recipients.push(facts.value)
  }
  if (recipients.length === 0) return fail('smime.no-recipient-certificate')
  const key = new Uint8Array(params.random(32))
  const iv = params.random(16)
  const cipher = createCipheriv('aes-256-cbc', key, iv)
  const ciphertext = Buffer.concat([cipher.update(params.entity), cipher.final()])
  const recipientInfos = derSet(...recipients.map((recipient) => keyFor(recipient, key)))
  key.fill(0)
  const content = derSequence(
    derOid(oids.data),
    derSequence(derOid(oids.aes256Cbc), derOctets(iv)),
    element(0x80, ciphertext),
  )
  const enveloped = derSequence(derInteger(0), recipientInfos, content)
  const cms = derSequence(derOid(oids.envelopedData), element(0xa0, enveloped))
  return ok(pkcs7Entity('application/pkcs7-mime; smime-type=enveloped-data', 'smime.p7m', cms))
}
