import { X509Certificate } from 'node:crypto'
import { Certificate } from 'pkijs'
import { ok, type Outcome } from '../contract/errors.ts'
import type { CertificateSummary } from '../contract/verdict.ts'
import { Malformed, hexOf, parsed, readBer } from './asn1.ts'
import { contentOfDer, derTags, readDer } from './path/der.ts'
import { attributesOf } from './path/names.ts'
import { extensionOids, parseX509, shownSerial, weaknessesOf, type X509 } from './path/x509.ts'

export { keyUsageBits } from './path/x509.ts'

/** What a certificate says, read once; the raw bytes stay the reference. */
export interface CertificateFacts extends X509 {
  /** For the CMS structures that carry it; made when first asked for. */
  readonly structure: Certificate
  x509: X509Certificate
  /** Names as encoded, hex: for structures that name it byte for byte; paths compare them as names. */
  subjectName: string
  issuerName: string
  serial: string
  /** Subject attributes in order, by short name or OID. */
  subject: { name: string; value: string }[]
  issuer: { name: string; value: string }[]
  /** rfc822Name only, as written. The subject's emailAddress is legacy and binds nothing. */
  emails: string[]
  crlUrls: string[]
  /** SHA-1, MD5, small keys, unknown curves. */
  weak: boolean
  isCard: boolean
  isTest: boolean
  keyAlgorithm: string
}

/** An rfc822Name that cannot deceive: visible ASCII around one @ (no NUL, no spaces). */
const plainAddress = /^[\x21-\x3f\x41-\x7e]+@[\x21-\x3f\x41-\x7e]+$/

const factsOf = (der: Uint8Array): CertificateFacts => {
  const read = parseX509(der)
  // What follows takes it for granted that there is a key to check with.
  if (!read.publicKey()) throw new Malformed('a key of no kind we know')
  const valueOf = (id: string): Uint8Array | null =>
    read.extensions.find((one) => one.id === id)?.value ?? null
  const support = valueOf(extensionOids.support)
  const supportDer = support ? readDer(support) : null
  const supportByte = supportDer?.tag === derTags.octetString ? contentOfDer(supportDer)[0] : undefined
  let structure: Certificate | null = null
  return {
    ...read,
    get structure() {
      return (structure ??= new Certificate({ schema: readBer(read.der) }))
    },
    x509: new X509Certificate(read.der),
    subjectName: hexOf(read.subjectDn.der),
    issuerName: hexOf(read.issuerDn.der),
    serial: shownSerial(read),
    subject: attributesOf(read.subjectDn),
    issuer: attributesOf(read.issuerDn),
    emails: read.altNames.flatMap((name) =>
      name.form === 'rfc822Name' && plainAddress.test(name.text) ? [name.text] : [],
    ),
    crlUrls: read.crlPoints.flatMap(({ urls }) => urls),
    weak: weaknessesOf(read, false).length > 0,
    isCard: valueOf(extensionOids.cardNumber) !== null,
    isTest: ((supportByte ?? 0) & 0x80) !== 0,
    keyAlgorithm: read.keyInfo.algorithm.id,
  }
}

/** Certificates read last: those of authorities and correspondents come with every message. */
const readLast = new Map<string, CertificateFacts>()
const mostKept = 100

/** Reads a DER certificate. Fails with `smime.malformed`. */
export const readCertificate = (der: Uint8Array): Outcome<CertificateFacts> =>
  parsed(() => {
    const key = Buffer.from(der.buffer, der.byteOffset, der.byteLength).toString('latin1')
    const known = readLast.get(key)
    const facts = known ?? factsOf(der)
    readLast.delete(key)
    readLast.set(key, facts)
    const [oldest] = readLast.keys()
    if (readLast.size > mostKept && oldest !== undefined) readLast.delete(oldest)
    return facts
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
