import { createHash } from 'node:crypto'
import { ObjectIdentifier, OctetString, Sequence } from 'asn1js'
import { AlgorithmIdentifier, IssuerAndSerialNumber, type SignedAndUnsignedAttributes } from 'pkijs'
import { digests, oids, type Digest } from './algorithms.ts'
import { octetsOf, timeOf } from './asn1.ts'
import type { CertificateFacts } from './certificate.ts'
import { names } from './cms.ts'

const maxCapabilities = 50

/** Attributes by type; those read here each at most once and with one value (RFC 5652 §11); throws. */
export const attributeValues = (all: SignedAndUnsignedAttributes): Map<string, unknown> => {
  const values = new Map<string, unknown>()
  for (const { type, values: given } of all.attributes) {
    const [value, ...more] = given as unknown[]
    if (!value || more.length > 0 || values.has(type)) throw new Error('a repeated attribute')
    values.set(type, value)
  }
  return values
}

const members = (element: unknown): unknown[] => {
  if (!(element instanceof Sequence)) throw new Error('a sequence')
  return element.valueBlock.value
}

/** Whether a hash of signing-certificate is the signer's certificate's. */
const hashMatches = (digest: string, expected: Uint8Array, { der }: CertificateFacts): boolean =>
  createHash(digest).update(der).digest().equals(expected)

/**
 * Whether signing-certificate (RFC 2634, SHA-1) and signing-certificate-v2 (RFC 5035; no pkijs class), which tie the signature
 * to one certificate, name the signer's; true when absent. Throws.
 */
export const namesCertificate = (attributes: Map<string, unknown>, signer: CertificateFacts): boolean => {
  const first = (attribute: unknown): unknown[] => members(members(members(attribute)[0])[0])
  const old = attributes.get(oids.signingCertificate)
  if (old !== undefined && !hashMatches('sha1', octetsOf(first(old)[0]), signer)) return false
  const present = attributes.get(oids.signingCertificateV2)
  if (present === undefined) return true
  const [head, second] = first(present)
  const explicit = head instanceof Sequence
  const digest: Digest | undefined = explicit
    ? digests[new AlgorithmIdentifier({ schema: head }).algorithmId]
    : 'sha256'
  return digest !== undefined && hashMatches(digest, octetsOf(explicit ? second : head), signer)
}

/** The digest of the content that was signed (RFC 5652 §11.2); throws. */
export const messageDigest = (attributes: Map<string, unknown>): Uint8Array => {
  const value = attributes.get(oids.messageDigest)
  if (!(value instanceof OctetString)) throw new Error('no digest')
  return octetsOf(value)
}

/** The content type that was signed (RFC 5652 §11.1); throws. */
export const signedContentType = (attributes: Map<string, unknown>): string => {
  const value = attributes.get(oids.contentType)
  if (!(value instanceof ObjectIdentifier)) throw new Error('no content type')
  return value.getValue()
}

/** When the signer says to have signed (RFC 5652 §11.3); throws. */
export const signingTime = (attributes: Map<string, unknown>): Date | null => {
  const value = attributes.get(oids.signingTime)
  return value === undefined ? null : timeOf(value)
}

/** What the signer's program can read (RFC 8551 §2.5.2), object identifiers in its order of preference; throws. */
export const statedCapabilities = (attributes: Map<string, unknown>): string[] => {
  const value = attributes.get(oids.smimeCapabilities)
  if (value === undefined) return []
  return members(value)
    .slice(0, maxCapabilities)
    .map((one) => new AlgorithmIdentifier({ schema: one }).algorithmId)
}

/**
 * The certificate the signer asks to encrypt for (RFC 8551 §2.5.3), among those sent along; null when it does not say or did
 * not send it; throws.
 */
export const preferredCertificate = (
  attributes: Map<string, unknown>,
  candidates: readonly CertificateFacts[],
): CertificateFacts | null => {
  const value = attributes.get(oids.encryptionKeyPreference) as
    { idBlock?: { tagNumber: number } } | undefined
  if (value?.idBlock?.tagNumber !== 0) return null
  const { value: inner } = (value as unknown as Sequence).valueBlock
  const identifier = new IssuerAndSerialNumber({ schema: new Sequence({ value: inner }) })
  return candidates.find((candidate) => names(identifier, candidate)) ?? null
}
