import { createHash, type KeyObject } from 'node:crypto'
import { Malformed, parsed } from '../asn1.ts'
import type { Outcome } from '../../contract/errors.ts'
import {
  contextTag,
  contextTagged,
  derAt,
  derTags,
  fieldsOf,
  integerBytes,
  readDer,
  signatureBits,
  smallInteger,
  timeOfDer,
  wholeOf,
  type Der,
} from './der.ts'
import {
  readAccessUrls,
  readAltNames,
  readAuthorityKey,
  readBasicConstraints,
  readDistributionPoints,
  readExtensions,
  readKeyUsage,
  readNameConstraints,
  readOids,
  readPolicies,
  readPolicyConstraints,
  readPolicyMappings,
  readSkipCount,
  readSubjectKey,
  type CertificatePolicy,
  type DistributionPoint,
  type Extension,
  type NameConstraints,
} from './extensions.ts'
import type { GeneralName } from './general-names.ts'
import { readName, type DistinguishedName } from './names.ts'
import {
  keyWeakness,
  publicKeyOf,
  readAlgorithm,
  readPublicKeyInfo,
  signatureWeakness,
  type Algorithm,
  type PublicKeyInfo,
} from './signed.ts'

/** No certificate is bigger. */
const maxCertificateSize = 64 * 1024

export const extensionOids = {
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  issuerAltName: '2.5.29.18',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  crlDistribution: '2.5.29.31',
  policies: '2.5.29.32',
  policyMappings: '2.5.29.33',
  authorityKeyId: '2.5.29.35',
  policyConstraints: '2.5.29.36',
  extendedKeyUsage: '2.5.29.37',
  freshestCrl: '2.5.29.46',
  inhibitAnyPolicy: '2.5.29.54',
  infoAccess: '1.3.6.1.5.5.7.1.1',
  ocspNoCheck: '1.3.6.1.5.5.7.48.1.5',
  /** IGC-Santé: card number, support (bit 0x80 = test), profession (cps-card.md §2.5). */
  cardNumber: '1.2.250.1.71.1.2.3',
  support: '1.2.250.1.71.1.2.5',
  profession: '1.2.250.1.71.1.2.7',
} as const
const understood: ReadonlySet<string> = new Set(Object.values(extensionOids))
/** Policy qualifiers there are (RFC 5280 §4.2.1.4). */
const knownQualifiers: ReadonlySet<string> = new Set(['1.3.6.1.5.5.7.2.1', '1.3.6.1.5.5.7.2.2'])

/** First byte of KeyUsage. */
export const keyUsageBits = {
  digitalSignature: 0x80,
  nonRepudiation: 0x40,
  keyEncipherment: 0x20,
  keyAgreement: 0x08,
  keyCertSign: 0x04,
  crlSign: 0x02,
} as const

/** What a certificate says, as much of it as certification paths need; the raw bytes stay the reference. */
export interface X509 {
  der: Uint8Array
  /** SHA-256 of the DER, lower-case hex. */
  fingerprint: string
  version: number
  /** Content of the INTEGER: two's complement, shortest form. */
  serialNumber: Uint8Array
  issuerDn: DistinguishedName
  subjectDn: DistinguishedName
  notBefore: Date
  notAfter: Date
  /** What is signed, and how. */
  tbs: Uint8Array
  algorithm: Algorithm
  signature: Uint8Array
  keyInfo: PublicKeyInfo
  /** Made once; null when it is of no kind we know, broken, or a DSA key without parameters. */
  publicKey(): KeyObject | null
  extensions: Extension[]
  isAuthority: boolean
  pathLength: number | null
  /** First byte of KeyUsage; null when the extension is absent. */
  keyUsage: number | null
  extendedKeyUsage: string[] | null
  policies: CertificatePolicy[] | null
  policyMappings: { issuer: string; subject: string }[]
  requireExplicitPolicy: number | null
  inhibitPolicyMapping: number | null
  inhibitAnyPolicy: number | null
  nameConstraints: NameConstraints | null
  altNames: GeneralName[]
  subjectKeyId: string | null
  authorityKeyId: string | null
  crlPoints: DistributionPoint[]
  freshestPoints: DistributionPoint[]
  ocspUrls: string[]
  ocspNoCheck: boolean
  /** Critical extensions that are not understood: the certificate must not be used (RFC 5280 §4.2). */
  unknownCriticals: string[]
}

/** Marks a double extension, which `inspect path` calls by its name. */
export class DuplicateExtension extends Malformed {}

/** The one element under an explicit tag. Throws. */
const insideOf = (der: Der): Der => {
  const inner = derAt(der.bytes, der.contentStart, der.end)
  if (inner.end !== der.end) throw new Malformed('an explicit tag')
  return inner
}

const readVersion = (der: Der | null): number => {
  if (!der) return 1
  const inner = insideOf(der)
  const version = smallInteger(inner) + 1
  if (inner.tag !== derTags.integer || version > 3) throw new Malformed('a version')
  return version
}

const readValidity = (der: Der): { notBefore: Date; notAfter: Date } => {
  const fields = fieldsOf(der)
  const notBefore = timeOfDer(fields.any())
  const notAfter = timeOfDer(fields.any())
  fields.end()
  return { notBefore, notAfter }
}

const interpret = (extensions: readonly Extension[], issuer: DistinguishedName) => {
  const byId = new Map(extensions.map((extension) => [extension.id, extension]))
  if (byId.size !== extensions.length) throw new DuplicateExtension('an extension twice')
  const from = <T>(id: string, read: (value: Uint8Array) => T): T | null => {
    const found = byId.get(id)
    return found ? read(found.value) : null
  }
  const ids = extensionOids
  const basic = from(ids.basicConstraints, readBasicConstraints)
  const policies = from(ids.policies, readPolicies)
  const constraints = from(ids.policyConstraints, readPolicyConstraints)
  const unknown = extensions.filter(({ id, critical }) => critical && !understood.has(id)).map(({ id }) => id)
  // Whoever marks it critical wants its qualifiers understood as well (RFC 5280 §4.2.1.4).
  const strange = (policies ?? [])
    .flatMap(({ qualifiers }) => qualifiers)
    .some((id) => !knownQualifiers.has(id))
  if (byId.get(ids.policies)?.critical && strange) unknown.push(ids.policies)
  const points = (value: Uint8Array) => readDistributionPoints(value, issuer)
  return {
    isAuthority: basic?.authority ?? false,
    pathLength: basic?.pathLength ?? null,
    keyUsage: from(ids.keyUsage, readKeyUsage),
    extendedKeyUsage: from(ids.extendedKeyUsage, readOids),
    policies,
    policyMappings: from(ids.policyMappings, readPolicyMappings) ?? [],
    requireExplicitPolicy: constraints?.requireExplicit ?? null,
    inhibitPolicyMapping: constraints?.inhibitMapping ?? null,
    inhibitAnyPolicy: from(ids.inhibitAnyPolicy, readSkipCount),
    nameConstraints: from(ids.nameConstraints, readNameConstraints),
    altNames: from(ids.subjectAltName, readAltNames) ?? [],
    subjectKeyId: from(ids.subjectKeyId, readSubjectKey),
    authorityKeyId: from(ids.authorityKeyId, readAuthorityKey),
    crlPoints: from(ids.crlDistribution, points) ?? [],
    freshestPoints: from(ids.freshestCrl, points) ?? [],
    ocspUrls: from(ids.infoAccess, (value) => readAccessUrls(value, '1.3.6.1.5.5.7.48.1')) ?? [],
    ocspNoCheck: byId.has(ids.ocspNoCheck),
    unknownCriticals: unknown,
  }
}

/** Reads a DER certificate (RFC 5280 §4.1). Throws (see `parsed`). */
export const parseX509 = (given: Uint8Array): X509 => {
  if (given.length > maxCertificateSize) throw new Malformed('a certificate too big')
  const der = new Uint8Array(given)
  const whole = fieldsOf(readDer(der))
  const tbs = whole.required(derTags.sequence)
  const algorithm = readAlgorithm(whole.required(derTags.sequence))
  const signature = signatureBits(whole.required(derTags.bitString))
  whole.end()

  const fields = fieldsOf(tbs)
  const version = readVersion(fields.optional(contextTagged(0)))
  const serialNumber = integerBytes(fields.required(derTags.integer))
  const inner = wholeOf(fields.required(derTags.sequence))
  if (Buffer.compare(inner, algorithm.der) !== 0) throw new Malformed('two signature algorithms')
  const issuerDn = readName(fields.required(derTags.sequence))
  const validity = readValidity(fields.required(derTags.sequence))
  const subjectDn = readName(fields.required(derTags.sequence))
  const keyInfo = readPublicKeyInfo(fields.required(derTags.sequence))
  const identifiers = [fields.optional(contextTag(1)), fields.optional(contextTag(2))]
  const extra = fields.optional(contextTagged(3))
  fields.end()
  if (version < 2 && identifiers.some((one) => one !== null)) throw new Malformed('identifiers in version 1')
  if (version < 3 && extra) throw new Malformed('extensions before version 3')
  const extensions = extra ? readExtensions(insideOf(extra)) : []

  let key: KeyObject | null | undefined
  return {
    der,
    fingerprint: createHash('sha256').update(der).digest('hex'),
    version,
    serialNumber,
    issuerDn,
    subjectDn,
    ...validity,
    tbs: wholeOf(tbs),
    algorithm,
    signature,
    keyInfo,
    publicKey: () => (key === undefined ? (key = publicKeyOf(keyInfo)) : key),
    extensions,
    ...interpret(extensions, issuerDn),
  }
}

/** `parseX509` as an outcome: `smime.malformed`. */
export const readX509 = (der: Uint8Array): Outcome<X509> => parsed(() => parseX509(der))

/** Names of subject and issuer are the same (RFC 5280 §6.1): the certificate does not count for path lengths. */
export const isSelfIssued = (certificate: X509): boolean =>
  certificate.subjectDn.canonical === certificate.issuerDn.canonical

/** Whether a date lies inside a certificate's validity, bounds included. */
export const dateProblem = (
  { notBefore, notAfter }: Pick<X509, 'notBefore' | 'notAfter'>,
  at: Date,
): 'expired' | 'not-yet-valid' | null => {
  if (at < notBefore) return 'not-yet-valid'
  return at > notAfter ? 'expired' : null
}

/** What is too weak in a certificate: its key, and its signature unless it is an anchor's. */
export const weaknessesOf = (certificate: X509, asAnchor: boolean): string[] =>
  [
    certificate.keyInfo.inherits ? 'dsa' : keyWeakness(certificate.publicKey()),
    asAnchor ? null : signatureWeakness(certificate.algorithm),
  ].filter((weakness) => weakness !== null)

/** Serial number in lower-case hex without leading zero bytes, as shown. */
export const shownSerial = ({ serialNumber }: X509): string =>
  Buffer.from(serialNumber)
    .toString('hex')
    .replace(/^(?:00)+(?=..)/, '')
