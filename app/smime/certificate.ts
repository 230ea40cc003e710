import { createHash, X509Certificate } from 'node:crypto'
import {
  BasicConstraints,
  Certificate,
  CRLDistributionPoints,
  ExtKeyUsage,
  GeneralNames,
  InfoAccess,
  type GeneralName,
  type RelativeDistinguishedNames,
} from 'pkijs'
import type { CertificateSummary } from '../contract/verdict.ts'
import { ok, type Outcome } from '../contract/errors.ts'
import { acceptedCurves, ecdsaSignatures, minRsaBits, oids, rsaSignatures } from './algorithms.ts'
import { contentOf, hexOf, octetsOf, parsed, readBer, serialHex } from './asn1.ts'

/** No certificate is bigger. */
const maxCertificateSize = 64 * 1024

const extensionOids = {
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  crlDistribution: '2.5.29.31',
  policies: '2.5.29.32',
  extendedKeyUsage: '2.5.29.37',
  infoAccess: '1.3.6.1.5.5.7.1.1',
  /** IGC-Santé: card number, support (bit 0x80 = test), profession (cps-card.md §2.5). */
  cardNumber: '1.2.250.1.71.1.2.3',
  support: '1.2.250.1.71.1.2.5',
  profession: '1.2.250.1.71.1.2.7',
} as const
const understood: ReadonlySet<string> = new Set(Object.values(extensionOids))

const attributeNames: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'title',
  '2.5.4.42': 'GN',
  '1.2.840.113549.1.9.1': 'emailAddress',
}

/** What a certificate says, read once; the raw bytes stay the reference. */
export interface CertificateFacts {
  der: Uint8Array
  /** For the CMS and OCSP structures that name or carry it. */
  structure: Certificate
  x509: X509Certificate
  /** SHA-256 of the DER, lower-case hex. */
  fingerprint: string
  /** Names as encoded, hex: compared byte for byte. */
  subjectName: string
  issuerName: string
  subjectKeyId: string | null
  serial: string
  notBefore: Date
  notAfter: Date
  /** Subject attributes in order, by short name or OID. */
  subject: { name: string; value: string }[]
  issuer: { name: string; value: string }[]
  isAuthority: boolean
  pathLength: number | null
  /** First byte of KeyUsage; null when the extension is absent. */
  keyUsage: number | null
  extendedKeyUsage: string[] | null
  /** rfc822Name only, as written. The subject's emailAddress is legacy and binds nothing. */
  emails: string[]
  crlUrls: string[]
  ocspUrls: string[]
  /** A critical extension we do not understand: the certificate must not be used (RFC 5280 §4.2). */
  unknownCritical: boolean
  /** SHA-1, MD5, small keys, unknown curves. */
  weak: boolean
  isCard: boolean
  isTest: boolean
  keyAlgorithm: string
}

export const keyUsageBits = {
  digitalSignature: 0x80,
  nonRepudiation: 0x40,
  keyEncipherment: 0x20,
  keyAgreement: 0x08,
  keyCertSign: 0x04,
  crlSign: 0x02,
} as const

/** Attributes of a name in order; a value that is not text counts as empty. */
const nameAttributes = (name: RelativeDistinguishedNames): { name: string; value: string }[] =>
  name.typesAndValues.map(({ type, value }) => {
    const text: unknown = value.valueBlock.value
    return { name: attributeNames[type] ?? type, value: typeof text === 'string' ? text : '' }
  })

const httpUrls = (names: readonly GeneralName[]): string[] =>
  names
    .filter((name) => name.type === 6)
    .map((name) => String(name.value))
    .filter((url) => /^http:\/\//i.test(url))

/** An rfc822Name that cannot deceive: visible ASCII around one @ (no NUL, no spaces). */
const plainAddress = /^[\x21-\x3f\x41-\x7e]+@[\x21-\x3f\x41-\x7e]+$/

const weakKey = (x509: X509Certificate): boolean => {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = x509.publicKey
  if (type === 'rsa' || type === 'rsa-pss') return (details?.modulusLength ?? 0) < minRsaBits
  if (type === 'ec') return !acceptedCurves.has(details?.namedCurve ?? '')
  return true
}

const weakSignature = (dotted: string): boolean =>
  dotted === oids.rsa || !(dotted in rsaSignatures || dotted in ecdsaSignatures || dotted === oids.rsaPss)

/** Reads a DER certificate. Fails with `smime.malformed`. */
export const readCertificate = (der: Uint8Array): Outcome<CertificateFacts> =>
  parsed(() => {
    if (der.length > maxCertificateSize) throw new Error('certificate too big')
    const bytes = new Uint8Array(der)
    const certificate = new Certificate({ schema: readBer(bytes) })
    const x509 = new X509Certificate(bytes)
    const extensions = certificate.extensions ?? []
    if (new Set(extensions.map((extension) => extension.extnID)).size !== extensions.length) {
      throw new Error('an extension appears twice')
    }
    const bytesOf = (id: string): Uint8Array | null => {
      const found = extensions.find((extension) => extension.extnID === id)
      return found ? new Uint8Array(found.extnValue.getValue()) : null
    }
    const from = <T>(id: string, read: (value: Uint8Array) => T): T | null => {
      const value = bytesOf(id)
      return value ? read(value) : null
    }
    const constraints = from(
      extensionOids.basicConstraints,
      (value) => new BasicConstraints({ schema: readBer(value) }),
    )
    const names =
      from(extensionOids.subjectAltName, (value) => new GeneralNames({ schema: readBer(value) }))?.names ?? []
    const points =
      from(extensionOids.crlDistribution, (value) => new CRLDistributionPoints({ schema: readBer(value) }))
        ?.distributionPoints ?? []
    const access =
      from(extensionOids.infoAccess, (value) => new InfoAccess({ schema: readBer(value) }))
        ?.accessDescriptions ?? []
    const support = from(extensionOids.support, (value) => octetsOf(readBer(value)))
    const pathLength = constraints?.pathLenConstraint
    return {
      der: bytes,
      structure: certificate,
      x509,
      fingerprint: createHash('sha256').update(bytes).digest('hex'),
      subjectName: hexOf(certificate.subject.valueBeforeDecode),
      issuerName: hexOf(certificate.issuer.valueBeforeDecode),
      subjectKeyId: from(extensionOids.subjectKeyId, (value) => hexOf(octetsOf(readBer(value)))),
      serial: serialHex(certificate.serialNumber.valueBlock.valueHexView),
      notBefore: certificate.notBefore.value,
      notAfter: certificate.notAfter.value,
      subject: nameAttributes(certificate.subject),
      issuer: nameAttributes(certificate.issuer),
      isAuthority: constraints?.cA === true,
      pathLength: typeof pathLength === 'number' ? pathLength : null,
      keyUsage: from(extensionOids.keyUsage, (value) => contentOf(readBer(value))[0] ?? 0),
      extendedKeyUsage: from(
        extensionOids.extendedKeyUsage,
        (value) => new ExtKeyUsage({ schema: readBer(value) }).keyPurposes,
      ),
      emails: names
        .filter((name) => name.type === 1)
        .map((name) => String(name.value))
        .filter((address) => plainAddress.test(address)),
      crlUrls: points.flatMap((point) =>
        Array.isArray(point.distributionPoint) ? httpUrls(point.distributionPoint) : [],
      ),
      ocspUrls: httpUrls(
        access
          .filter((description) => description.accessMethod === '1.3.6.1.5.5.7.48.1')
          .map((description) => description.accessLocation),
      ),
      unknownCritical: extensions.some(
        (extension) => extension.critical && !understood.has(extension.extnID),
      ),
      weak: weakKey(x509) || weakSignature(certificate.signatureAlgorithm.algorithmId),
      isCard: bytesOf(extensionOids.cardNumber) !== null,
      isTest: ((support?.[0] ?? 0) & 0x80) !== 0,
      keyAlgorithm: certificate.subjectPublicKeyInfo.algorithm.algorithmId,
    }
  })

/** Certificates taken from a server or a message, at most. */
export const maxCandidates = 20

/** Readable certificates among those a stranger sent, without doubles. */
export const readCandidates = (ders: readonly Uint8Array[]): CertificateFacts[] => {
  const found = new Map<string, CertificateFacts>()
  for (const der of ders.slice(0, maxCandidates)) {
    const facts = readCertificate(der)
    if (facts.ok) found.set(facts.value.fingerprint, facts.value)
  }
  return [...found.values()]
}

/** National identifier as CN: its type digit then the number, or employer/employee (cps-card.md §2.4). */
const nationalIdPattern = /^\d[0-9A-Z]{8,15}(?:\/[0-9A-Z]{1,16})?$/

const attribute = (facts: CertificateFacts, name: string): string | null =>
  facts.subject.find((one) => one.name === name)?.value ?? null

/** A given name as people write it: cards have it in capitals. One with small letters is left alone. */
const asWritten = (given: string): string =>
  given === given.toLocaleUpperCase('fr')
    ? given
        .toLocaleLowerCase('fr')
        .replace(
          /(^|[^\p{L}\p{M}])(\p{L})/gu,
          (_, before: string, letter: string) => `${before}${letter.toLocaleUpperCase('fr')}`,
        )
    : given

/** A mail address or a host name: what organisations' and servers' certificates have as common name. */
const technicalName = /@|^[a-z0-9*-]+(?:\.[a-z0-9-]+)+$/i

/**
 * The name to show for whoever holds a certificate: « Prénom NOM » of a person, else the common name, or the
 * organisation's where the common name is an address or a host.
 */
export const holderName = (facts: CertificateFacts): string => {
  const given = attribute(facts, 'GN')
  const family = attribute(facts, 'SN')
  const person = [given && asWritten(given), family?.toLocaleUpperCase('fr')].filter(Boolean).join(' ')
  if (person) return person
  const commonName = attribute(facts, 'CN')
  const organisation = attribute(facts, 'O')
  if (commonName && !(organisation && technicalName.test(commonName))) return commonName
  return organisation ?? facts.serial
}

const written = (attributes: { name: string; value: string }[]): string =>
  attributes.map(({ name, value }) => `${name}=${value}`).join(', ')

/** What a window may know of a certificate. */
export const summaryOf = (facts: CertificateFacts): CertificateSummary => {
  const commonName = attribute(facts, 'CN') ?? ''
  return {
    fingerprint: facts.fingerprint,
    subject: written(facts.subject),
    issuer: written(facts.issuer),
    serial: facts.serial,
    notBefore: facts.notBefore.toISOString(),
    notAfter: facts.notAfter.toISOString(),
    emails: facts.emails,
    nationalId: nationalIdPattern.test(commonName) ? commonName : null,
    profession: attribute(facts, 'title'),
  }
}

/** Summary of a DER certificate. Fails with `smime.malformed`. */
export const summarise = (der: Uint8Array): Outcome<CertificateSummary> => {
  const facts = readCertificate(der)
  return facts.ok ? ok(summaryOf(facts.value)) : facts
}
