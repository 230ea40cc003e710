import { generateKeyPairSync } from 'node:crypto'
import {
  issueCertificate,
  loadKeys,
  makeCrl,
  purposes,
  type Certificate,
  type CertificateRequest,
  type Name,
} from '../../test/pki/index.ts'
import type { CardKey } from './index.ts'

/** Who the fictitious holder of a test card is. */
export interface TestHolder {
  /** `8` and the RPPS, or `<employer>/<staff number>` on a CPE. */
  nationalId: string
  familyName: string
  givenName: string
  profession: string
  serial: string
  /** G15 code of the profession, 10 (physician) by default; a CPE has none. */
  professionCode?: number
  /** Where the holder of a CPE works; makes the certificate that of a CPE. */
  employer?: { name: string; id: string; department: string }
}

type CardRole = 'authentication' | 'signature' | 'technical'
type Layout = Pick<
  CertificateRequest,
  'subject' | 'keyUsage' | 'extendedKeyUsage' | 'alternativeNames' | 'privateKeyUsagePeriod' | 'professional'
>

const subjectOf = (holder: TestHolder): Name => [
  [['C', 'FR']],
  ...(holder.employer
    ? ([
        [['ST', holder.employer.department]],
        [['O', holder.employer.name]],
        [['OU', holder.employer.id]],
      ] as const satisfies Name)
    : []),
  [['title', holder.profession]],
  [
    ['GN', holder.givenName],
    ['CN', holder.nationalId],
    ['SN', holder.familyName],
  ],
]

/** The layout of a card's certificate (cps-card.md §2.4, §2.5): names in one RDN, no address of electronic mail. */
const layoutOf = (role: CardRole, holder: TestHolder): Layout => {
  const professional = {
    productType: holder.employer ? 2 : 0,
    cardNumber: `8025000001/${holder.serial}`,
    support: 0x80,
    ...(holder.employer ? {} : { profession: holder.professionCode ?? 10 }),
  }
  if (role === 'signature')
    return {
      subject: subjectOf(holder),
      keyUsage: ['nonRepudiation'],
      extendedKeyUsage: [purposes.emailProtection],
      privateKeyUsagePeriod: true,
      professional,
    }
  if (role === 'technical')
    return {
      subject: [[['C', 'FR']], [['CN', `8025000001/${holder.serial}`]]],
      keyUsage: ['digitalSignature'],
      extendedKeyUsage: [purposes.clientAuth],
      professional,
    }
  return {
    subject: subjectOf(holder),
    keyUsage: ['digitalSignature'],
    extendedKeyUsage: [purposes.clientAuth, purposes.smartCardLogon],
    alternativeNames: [{ upn: `${holder.nationalId}@carte-cps.fr` }],
    professional,
  }
}

const newKey = (): string =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }).privateKey

const toCardKey = ({ der, keyPem }: Certificate): CardKey => ({
  certificateDer: new Uint8Array(der),
  keyPem,
})

/** A self-signed certificate in the layout of a CPS, with a new key. For unit tests that need no authority. */
export const makeTestKey = (role: CardRole, holder: TestHolder): CardKey => {
  const layout = layoutOf(role, holder)
  const keyPem = newKey()
  return toCardKey(
    issueCertificate({
      ...layout,
      subjectKeyPem: keyPem,
      issuer: layout.subject,
      issuerKeyPem: keyPem,
      notBefore: new Date('2025-01-01T00:00:00Z'),
      notAfter: new Date('2035-01-01T00:00:00Z'),
    }),
  )
}

/** CPS come from FORT PERSONNES, CPE from STANDARD PERSONNES (§2.1). */
const gammes = ['FORT', 'STANDARD'] as const
type Gamme = (typeof gammes)[number]
const short: Record<Gamme, string> = { FORT: 'FO', STANDARD: 'ST' }
const base: Name = [
  [['C', 'FR']],
  [['O', 'ASIP-SANTE']],
  [['OU', '0002 187512751']],
  [['OU', 'IGC-SANTE TEST-LOCAL']],
]
const nameOf = (gamme: Gamme, kind: 'root' | 'issuer'): Name => [
  ...base,
  [['CN', kind === 'root' ? `TEST AC RACINE IGC-SANTE ${gamme}` : `TEST AC IGC-SANTE ${gamme} PERSONNES`]],
]
const urls = 'http://igc-sante.esante.gouv.fr'
const directory = 'ldap://annuaire-igc.esante.gouv.fr'

/** Where a certificate's issuer is told of: published under `file`. */
const published = (file: string): Partial<CertificateRequest> => ({
  crlUrl: `${urls}/CRL/${file}.crl`,
  crlDirectory: `${directory}/CN=${file},OU=IGC-SANTE%20TEST-LOCAL,O=ASIP-SANTE,C=FR`,
  ocspUrl: 'http://ocsp.esante.gouv.fr',
  issuerUrl: `${urls}/AC%20TEST/${file}.cer`,
})

/** How the certificates of a card differ from those of a good one. */
export interface CardValidity {
  from?: Date
  to?: Date
}

/** Authorities of test cards, apart from the operator's: three years of validity, revocation by CRL. */
export interface TestCardPki {
  /** Roots then issuers, PEM: what a trust store needs. */
  anchors: readonly string[]
  intermediates: readonly string[]
  key(role: CardRole, holder: TestHolder, validity?: CardValidity): CardKey
  /** A key for encryption, of a software certificate: no CPS has one (contrast token of §6.4). */
  encryptionKey(holder: TestHolder, address: string): CardKey
  revoke(key: CardKey): void
  /** The CRL of the issuer of CPS or of CPE, DER. */
  crl(gamme?: Gamme): Buffer
}

/** Makes the authorities; their keys are kept for a week in the cache of test/pki. */
export const makeTestCardPki = async (now: Date): Promise<TestCardPki> => {
  const day = 86_400_000
  const later = (days: number): Date => new Date(now.getTime() + days * day)
  const ready = Array.from({ length: 12 }, (_, number) => `card leaf ${String(number)}`)
  const keys = await loadKeys(
    [...gammes.flatMap((gamme) => [`card root ${gamme}`, `card issuer ${gamme}`]), ...ready],
    now,
  )
  const keyOf = (name: string): string => {
    const key = keys.get(name)
    if (key === undefined) throw new Error(`no key named ${name}`)
    return key
  }
  const authority = (gamme: Gamme, kind: 'root' | 'issuer'): Certificate =>
    issueCertificate({
      subject: nameOf(gamme, kind),
      subjectKeyPem: keyOf(`card ${kind} ${gamme}`),
      issuer: nameOf(gamme, 'root'),
      issuerKeyPem: keyOf(`card root ${gamme}`),
      notBefore: later(-4000),
      notAfter: later(3650),
      authority: kind === 'root' ? {} : { pathLength: 0 },
      keyUsage: ['keyCertSign', 'cRLSign'],
      ...(kind === 'root' ? {} : published(`ACR-${short[gamme]}-TEST`)),
    })
  // The first cards take keys made before: making one takes a tenth of a second.
  const nextKey = (): string => {
    const name = ready.shift()
    return name === undefined ? newKey() : keyOf(name)
  }
  const roots = gammes.map((gamme) => authority(gamme, 'root'))
  const issuers = gammes.map((gamme) => authority(gamme, 'issuer'))
  const issued = new Map<CardKey, { gamme: Gamme; serial: string }>()
  const revoked: Record<Gamme, Map<string, Date>> = { FORT: new Map(), STANDARD: new Map() }

  const issue = (gamme: Gamme, layout: Layout, { from = later(-30), to }: CardValidity): CardKey => {
    const until = to ?? new Date(from)
    if (!to) until.setUTCFullYear(until.getUTCFullYear() + 3)
    const certificate = issueCertificate({
      ...layout,
      ...published(`ACI-${short[gamme]}-PP-TEST`),
      subjectKeyPem: nextKey(),
      issuer: nameOf(gamme, 'issuer'),
      issuerKeyPem: keyOf(`card issuer ${gamme}`),
      notBefore: from,
      notAfter: until,
    })
    const key = toCardKey(certificate)
    issued.set(key, { gamme, serial: certificate.serial })
    return key
  }
  const gammeOf = (holder: TestHolder): Gamme => (holder.employer ? 'STANDARD' : 'FORT')

  return {
    anchors: roots.map(({ pem }) => pem),
    intermediates: issuers.map(({ pem }) => pem),
    key: (role, holder, validity = {}) => issue(gammeOf(holder), layoutOf(role, holder), validity),
    encryptionKey: (holder, address) =>
      issue(
        'FORT',
        {
          subject: subjectOf(holder),
          keyUsage: ['keyEncipherment'],
          extendedKeyUsage: [purposes.emailProtection],
          alternativeNames: [{ email: address }],
          professional: { support: 0x83 },
        },
        {},
      ),
    revoke: (key) => {
      const found = issued.get(key)
      if (!found) throw new Error('this authority did not issue that certificate')
      revoked[found.gamme].set(found.serial, now)
    },
    crl: (gamme = 'FORT') =>
      makeCrl(
        {
          name: nameOf(gamme, 'issuer'),
          keyPem: keyOf(`card issuer ${gamme}`),
          issued: new Set([...issued.values()].map(({ serial }) => serial)),
          revoked: revoked[gamme],
        },
        now,
        1 + revoked[gamme].size,
      ),
  }
}
