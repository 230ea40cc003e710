import { answerOcsp, issueCertificate, loadKeys, makeCrl, makeKey, purposes, toPkcs12 } from '../pki/index.ts'
import type { Certificate, CertificateRequest, Name } from '../pki/index.ts'
import { domains, people } from './people.ts'
import type { Person } from './people.ts'

/** The test PKI: IGC-Santé's shape with TEST in every name (cps-card.md §2), RSA 2048 instead of 4096 for speed. */
const ranges = { ELEMENTAIRE: 'EL', STANDARD: 'ST', FORT: 'FO' } as const
const areas = { PERSONNES: 'PP', ORGANISATIONS: 'ORG' } as const
type Range = keyof typeof ranges
type Area = keyof typeof areas

/** CN of the authority that issues operators' server certificates (ECO.1.1.10). */
export const serverIssuer = 'TEST AC IGC-SANTE ELEMENTAIRE ORGANISATIONS'
const passphrase = 'demonstration'

const base: Name = [
  [['C', 'FR']],
  [['O', 'ASIP-SANTE']],
  [['OU', '0002 187512751']],
  [['OU', 'IGC-SANTE TEST']],
]

interface Authority {
  /** File name of its CRL and certificate, e.g. `ACI-EL-ORG-TEST`. */
  file: string
  name: Name
  certificate: Certificate
  issued: Set<string>
  revoked: Map<string, Date>
}

export type ServerCertificateKind = 'good' | 'expired' | 'other-authority' | 'wrong-host' | 'revoked'

/** `chainPem`: the certificate and its issuer, as a server presents them. */
type ServerCertificate = Certificate & { chainPem: string }

/** What a virtual card holds besides its PIN. Keys in PKCS#8 PEM. */
export interface CardIdentity {
  serial: string
  label: string
  pin: string
  puk: string
  authentication: { certificateDer: Buffer; keyPem: string }
  signature: { certificateDer: Buffer; keyPem: string }
}

/** A person's software certificates: one p12 for confidentiality, one for signature, one passphrase. */
export interface SoftwareIdentity {
  confidentiality: Certificate & { p12: Buffer }
  signature: Certificate & { p12: Buffer }
  passphrase: string
}

type CardHolder = Person & {
  card: NonNullable<Person['card']>
  rpps: string
  profession: string
  professionCode: number
}
const hasCard = (person: Person): person is CardHolder =>
  person.card !== null && person.rpps !== null && person.profession !== null && person.professionCode !== null

const days = (now: Date, count: number): Date => new Date(now.getTime() + count * 86_400_000)
const keyOf = (keys: Map<string, string>, name: string): string => {
  const key = keys.get(name)
  if (key === undefined) throw new Error(`no key named ${name} in the test PKI`)
  return key
}

/** Subject of an organisation's certificate. */
export const structureName = (structure: string, commonName: string): Name => [
  [['C', 'FR']],
  [['ST', 'Paris (75)']],
  [['O', structure]],
  [['OU', '300000000099701']],
  [['CN', commonName]],
]

const personName = (person: CardHolder): Name => [
  [['C', 'FR']],
  [['title', person.profession]],
  [
    ['GN', person.givenName.toUpperCase()],
    ['CN', `8${person.rpps}`],
    ['SN', person.familyName],
  ],
]

const authorityNames: Array<{ key: string; file: string; range: Range; area: Area | null; name: Name }> = (
  Object.keys(ranges) as Range[]
).flatMap((range) => [
  {
    key: `root ${range}`,
    file: `ACR-${ranges[range]}-TEST`,
    range,
    area: null,
    name: [...base, [['CN', `TEST AC RACINE IGC-SANTE ${range}`] as const]],
  },
  ...(Object.keys(areas) as Area[]).map((area) => ({
    key: `${range} ${area}`,
    file: `ACI-${ranges[range]}-${areas[area]}-TEST`,
    range,
    area,
    name: [...base, [['CN', `TEST AC IGC-SANTE ${range} ${area}`] as const]],
  })),
])

const softwareHolders: Person[] = [people.anne, people.paul, people.laboratory, people.hospital]
const keyNames = [
  ...authorityNames.map(({ key }) => key),
  'other authority',
  'server',
  ...Object.values<Person>(people)
    .filter(hasCard)
    .flatMap(({ key }) => [`card authentication ${key}`, `card signature ${key}`]),
  ...softwareHolders.flatMap(({ key }) => [`confidentiality ${key}`, `signature ${key}`]),
]

/** Names of the operator's web servers. */
export const webHosts = {
  settings: ['autoconfig', 'autodiscover']
    .map((name) => `${name}.${domains.published}`)
    .concat(domains.published),
  list: [`espacedeconfiance.${domains.operator}`],
  directory: [`annuaire.${domains.operator}`],
}

export type Pki = Awaited<ReturnType<typeof makePki>>

/**
 * Makes the whole PKI. `url` is where CRLs, issuer certificates and OCSP are served (see `respond`), `hosts` the DNS
 * names of the operator's servers.
 */
export const makePki = async (url: string, hosts: readonly string[], now: Date) => {
  const keys = await loadKeys(keyNames, now)
  const authorities = new Map<string, Authority>()

  const authority = (key: string): Authority => {
    const found = authorities.get(key)
    if (!found) throw new Error(`no authority named ${key} in the test PKI`)
    return found
  }

  for (const { key, file, range, area, name } of authorityNames) {
    const parent = area === null ? null : authority(`root ${range}`)
    const keyPem = keyOf(keys, key)
    const certificate = issueCertificate({
      subject: name,
      subjectKeyPem: keyPem,
      issuer: parent?.name ?? name,
      issuerKeyPem: parent?.certificate.keyPem ?? keyPem,
      notBefore: days(now, -1000),
      notAfter: days(now, 3650),
      authority: area === null ? {} : { pathLength: 0 },
      keyUsage: ['keyCertSign', 'cRLSign'],
      ...(parent
        ? {
            crlUrl: `${url}/CRL/${parent.file}.crl`,
            ocspUrl: `${url}/ocsp`,
            issuerUrl: `${url}/AC%20TEST/${parent.file}.cer`,
          }
        : {}),
    })
    parent?.issued.add(certificate.serial)
    authorities.set(key, { file, name, certificate, issued: new Set(), revoked: new Map() })
  }

  type Layout = Omit<
    CertificateRequest,
    'issuer' | 'issuerKeyPem' | 'notBefore' | 'notAfter' | 'crlUrl' | 'ocspUrl' | 'issuerUrl'
  >
  const issue = (
    issuer: Authority,
    layout: Layout,
    from = days(now, -1),
    to = days(from, 1095),
  ): Certificate => {
    const certificate = issueCertificate({
      ...layout,
      issuer: issuer.name,
      issuerKeyPem: issuer.certificate.keyPem,
      notBefore: from,
      notAfter: to,
      crlUrl: `${url}/CRL/${issuer.file}.crl`,
      ocspUrl: `${url}/ocsp`,
      issuerUrl: `${url}/AC%20TEST/${issuer.file}.cer`,
    })
    issuer.issued.add(certificate.serial)
    return certificate
  }

  const otherName: Name = [[['C', 'FR']], [['O', 'Autre autorite']], [['CN', 'TEST AUTRE AUTORITE']]]
  const otherKey = keyOf(keys, 'other authority')
  const other: Authority = {
    file: 'AUTRE-TEST',
    name: otherName,
    certificate: issueCertificate({
      subject: otherName,
      subjectKeyPem: otherKey,
      issuer: otherName,
      issuerKeyPem: otherKey,
      notBefore: days(now, -1000),
      notAfter: days(now, 3650),
      authority: {},
      keyUsage: ['keyCertSign', 'cRLSign'],
    }),
    issued: new Set(),
    revoked: new Map(),
  }
  authorities.set('other authority', other)

  const serverLayout = (names: readonly string[]): Layout => ({
    subject: structureName('Operateur de demonstration', names[0] ?? domains.operator),
    subjectKeyPem: keyOf(keys, 'server'),
    keyUsage: ['digitalSignature', 'keyEncipherment'],
    extendedKeyUsage: [purposes.serverAuth, purposes.clientAuth],
    alternativeNames: names.map((dns) => ({ dns })),
    professional: { support: 0x82 },
  })
  const serverAuthority = authority('ELEMENTAIRE ORGANISATIONS')
  const server = (issuer: Authority, names: readonly string[], from?: Date, to?: Date): ServerCertificate => {
    const certificate = issue(issuer, serverLayout(names), from, to)
    return { ...certificate, chainPem: certificate.pem + issuer.certificate.pem }
  }
  const servers: Record<ServerCertificateKind, ServerCertificate> = {
    good: server(serverAuthority, hosts),
    expired: server(serverAuthority, hosts, days(now, -300), days(now, -2)),
    'other-authority': server(other, hosts),
    'wrong-host': server(serverAuthority, [`ailleurs.${domains.operator}`]),
    revoked: server(serverAuthority, hosts),
  }
  /** Web servers: settings under the operator's authority, the list of domains under a chain of its own. */
  const web = {
    settings: server(serverAuthority, webHosts.settings),
    list: server(other, webHosts.list),
    directory: server(serverAuthority, webHosts.directory),
  }
  serverAuthority.revoked.set(servers.revoked.serial, days(now, -0.5))

  const cards = new Map<Person['key'], CardIdentity>()
  for (const person of Object.values<Person>(people)) {
    if (!hasCard(person)) continue
    const issuer = authority('FORT PERSONNES')
    const professional = {
      productType: 0,
      cardNumber: `8025000001/${person.card.serial}`,
      support: 0x80,
      profession: person.professionCode,
    }
    const authentication = issue(issuer, {
      subject: personName(person),
      subjectKeyPem: keyOf(keys, `card authentication ${person.key}`),
      keyUsage: ['digitalSignature'],
      extendedKeyUsage: [purposes.clientAuth, purposes.smartCardLogon],
      alternativeNames: [{ upn: `8${person.rpps}@carte-cps.fr` }],
      professional,
    })
    const signature = issue(issuer, {
      subject: personName(person),
      subjectKeyPem: keyOf(keys, `card signature ${person.key}`),
      keyUsage: ['nonRepudiation'],
      extendedKeyUsage: [purposes.emailProtection],
      privateKeyUsagePeriod: true,
      professional,
    })
    cards.set(person.key, {
      ...person.card,
      authentication: { certificateDer: authentication.der, keyPem: authentication.keyPem },
      signature: { certificateDer: signature.der, keyPem: signature.keyPem },
    })
  }

  const softwareOf = (person: Person): SoftwareIdentity => {
    const issuer = authority(`ELEMENTAIRE ${hasCard(person) ? 'PERSONNES' : 'ORGANISATIONS'}`)
    const one = (use: 'confidentiality' | 'signature'): Certificate & { p12: Buffer } => {
      const certificate = issue(issuer, {
        subject: hasCard(person) ? personName(person) : structureName(person.structure, person.address),
        subjectKeyPem: keyOf(keys, `${use} ${person.key}`),
        keyUsage: use === 'confidentiality' ? ['keyEncipherment'] : ['digitalSignature', 'nonRepudiation'],
        extendedKeyUsage: [purposes.emailProtection],
        alternativeNames: [{ email: person.address }],
        privateKeyUsagePeriod: use === 'signature',
        professional: { support: 0x83, profession: person.professionCode ?? undefined },
      })
      const chain = [issuer.certificate, authority('root ELEMENTAIRE').certificate]
      const label = `${person.displayName} (${use === 'confidentiality' ? 'confidentialité' : 'signature'})`
      return { ...certificate, p12: toPkcs12(certificate, chain, passphrase, label) }
    }
    return { confidentiality: one('confidentiality'), signature: one('signature'), passphrase }
  }
  const software = new Map(softwareHolders.map((person) => [person.key, softwareOf(person)]))

  const trusted = authorityNames.map(({ key, file }) => ({ file, pem: authority(key).certificate.pem }))
  let crlNumber = Math.floor(now.getTime() / 1000)
  const sources = () =>
    [...authorities.values()].map(({ name, certificate, issued, revoked }) => ({
      name,
      keyPem: certificate.keyPem,
      issued,
      revoked,
    }))

  return {
    /** Roots and intermediates, the operator's trust list; the unrelated authority is not in it. */
    trusted,
    /** The authority that nobody trusts for mail; the list of domains rests on it. */
    otherPem: other.certificate.pem,
    servers,
    web,
    /** The card a person holds. Throws for people without a card. */
    card: (key: Person['key']): CardIdentity => {
      const card = cards.get(key)
      if (!card) throw new Error(`${key} has no card`)
      return card
    },
    /** Software S/MIME certificates of anne, paul, laboratory and hospital. Throws for the others. */
    software: (key: Person['key']): SoftwareIdentity => {
      const identity = software.get(key)
      if (!identity) throw new Error(`${key} has no software certificate`)
      return identity
    },
    /** A further certificate under one of the intermediate authorities, with a fresh key. */
    issue: async (
      issuer: `${Range} ${Area}`,
      layout: Omit<Layout, 'subjectKeyPem'>,
      validity: { from?: Date; to?: Date } = {},
    ): Promise<Certificate> =>
      issue(authority(issuer), { ...layout, subjectKeyPem: await makeKey() }, validity.from, validity.to),
    /** An intermediate authority and its root. */
    above: (issuer: `${Range} ${Area}`): Certificate[] => [
      authority(issuer).certificate,
      authority(`root ${issuer.split(' ')[0] ?? ''}`).certificate,
    ],
    /** Revokes by serial (hexadecimal); CRL and OCSP say so at once. Throws when no authority issued it. */
    revoke: (serial: string): void => {
      const issuer = [...authorities.values()].find(({ issued }) => issued.has(serial.toLowerCase()))
      if (!issuer) throw new Error(`no certificate with serial ${serial}`)
      issuer.revoked.set(serial.toLowerCase(), new Date())
      crlNumber += 1
    },
    /** Bytes behind the URLs written in the certificates: `/CRL/x.crl`, `/AC TEST/x.cer`, `/ocsp`. */
    respond: (path: string, body: Buffer): { type: string; body: Buffer } | null => {
      const at = new Date()
      if (path === '/ocsp')
        return { type: 'application/ocsp-response', body: answerOcsp(body, sources(), at) }
      const [, folder, file] =
        /^\/(CRL|AC TEST)\/([A-Z-]+)\.(?:crl|cer)$/.exec(decodeURIComponent(path)) ?? []
      const found = [...authorities.values()].find((item) => item.file === file)
      if (!found) return null
      if (folder === 'AC TEST') return { type: 'application/pkix-cert', body: found.certificate.der }
      const { name, certificate, issued, revoked } = found
      const crl = makeCrl({ name, keyPem: certificate.keyPem, issued, revoked }, at, crlNumber)
      return { type: 'application/pkix-crl', body: crl }
    },
  }
}
