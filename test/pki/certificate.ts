import { randomBytes, sign } from 'node:crypto'
import forge from 'node-forge'
import {
  asn1,
  binary,
  bits,
  encode,
  extension,
  generalizedStamp,
  integer,
  octets,
  oid,
  publicKeyOf,
  seq,
  setOf,
  sha256WithRsa,
  tagged,
  universal,
  utcTime,
  utf8,
  yes,
} from './der.ts'
import type { Node } from './der.ts'

/**
 * One X.509 certificate, written field by field after the IGC-Santé layouts (cps-card.md §2). node-forge's own
 * certificate builder writes one RDN per attribute and has no private extensions, so only its ASN.1 layer is used.
 */
const { PRINTABLESTRING, UTF8 } = asn1.Type
/** IA5String; node-forge's table lacks it. */
const IA5STRING = 22

const attributeOids = {
  C: '2.5.4.6',
  ST: '2.5.4.8',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  CN: '2.5.4.3',
  SN: '2.5.4.4',
  GN: '2.5.4.42',
  title: '2.5.4.12',
} as const

/** A distinguished name: one array per RDN, several attributes in one RDN for the card's `GN + CN + SN`. */
export type Name = Array<Array<readonly [keyof typeof attributeOids, string]>>

/** DER structure of a name. */
export const nameNode = (name: Name): Node =>
  seq(
    ...name.map((rdn) =>
      setOf(
        rdn.map(([type, value]) =>
          seq(
            oid(attributeOids[type]),
            type === 'C' ? universal(PRINTABLESTRING, false, value) : universal(UTF8, false, utf8(value)),
          ),
        ),
      ),
    ),
  )

const usageBits = {
  digitalSignature: 0,
  nonRepudiation: 1,
  keyEncipherment: 2,
  keyCertSign: 5,
  cRLSign: 6,
} as const
export type KeyUsage = keyof typeof usageBits

export const purposes = {
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  emailProtection: '1.3.6.1.5.5.7.3.4',
  smartCardLogon: '1.3.6.1.4.1.311.20.2.2',
} as const

const bitString = (positions: readonly number[]): Node => {
  const byte = positions.reduce((sum, bit) => sum | (0x80 >> bit), 0)
  return bits(7 - Math.max(...positions), String.fromCharCode(byte))
}

const uri = (value: string): Node => tagged(6, false, value)

/** One distribution point (RFC 5280 §4.2.1.13) that several addresses give. */
const distributionPoint = (addresses: readonly string[]): Node =>
  seq(tagged(0, true, [tagged(0, true, addresses.map(uri))]))

export type AlternativeName = { dns: string } | { email: string } | { upn: string }

const alternativeNames = (names: AlternativeName[]): Node =>
  extension(
    '2.5.29.17',
    false,
    seq(
      ...names.map((name) => {
        if ('dns' in name) return tagged(2, false, name.dns)
        if ('email' in name) return tagged(1, false, name.email)
        const upn = tagged(0, true, [universal(UTF8, false, utf8(name.upn))])
        return tagged(0, true, [oid('1.3.6.1.4.1.311.20.2.3'), upn])
      }),
    ),
  )

/** Private extensions of GIP-CPS (cps-card.md §2.5). */
export interface ProfessionalExtensions {
  /** 1.2.250.1.71.1.2.2: 0 CPS, 1 CPF, 2 CDE/CPE, 3 CPA. Cards only. */
  productType?: number
  /** 1.2.250.1.71.1.2.3: `<issuer>/<card number>`. Cards only. */
  cardNumber?: string
  /** 1.2.250.1.71.1.2.5: one byte, 0x80 marks a test certificate. */
  support: number
  /** 1.2.250.1.71.1.2.7: profession code G15. */
  profession?: number | undefined
}

export interface CertificateRequest {
  subject: Name
  subjectKeyPem: string
  issuer: Name
  issuerKeyPem: string
  notBefore: Date
  notAfter: Date
  authority?: { pathLength?: number }
  keyUsage: KeyUsage[]
  extendedKeyUsage?: string[]
  alternativeNames?: AlternativeName[]
  crlUrl?: string
  /** Also names the CRL in a directory, and its deltas (freshest CRL), as IGC-Santé's certificates do. */
  crlDirectory?: string
  ocspUrl?: string
  issuerUrl?: string
  privateKeyUsagePeriod?: boolean
  professional?: ProfessionalExtensions
}

export interface Certificate {
  der: Buffer
  pem: string
  /** Lower-case hexadecimal, as `openssl x509 -serial` prints it in upper case. */
  serial: string
  keyPem: string
}

const professionalNodes = (extensions: ProfessionalExtensions): Node[] => {
  const arc = '1.2.250.1.71.1.2'
  const { productType, cardNumber, support, profession } = extensions
  return [
    ...(productType === undefined
      ? []
      : [extension(`${arc}.2`, false, integer(String.fromCharCode(productType)))]),
    ...(cardNumber === undefined
      ? []
      : [extension(`${arc}.3`, false, universal(PRINTABLESTRING, false, cardNumber))]),
    extension(`${arc}.5`, false, octets(String.fromCharCode(support))),
    ...(profession === undefined
      ? []
      : [extension(`${arc}.7`, false, integer(String.fromCharCode(profession)))]),
  ]
}

const extensionNodes = (request: CertificateRequest, subjectKeyId: string, issuerKeyId: string): Node[] => {
  const nodes: Node[] = []
  const constraints: Node[] = []
  if (request.authority) {
    constraints.push(yes())
    const { pathLength } = request.authority
    if (pathLength !== undefined) constraints.push(integer(String.fromCharCode(pathLength)))
  }
  nodes.push(extension('2.5.29.19', request.authority !== undefined, seq(...constraints)))
  const usages = request.keyUsage.map((usage) => usageBits[usage])
  nodes.push(extension('2.5.29.15', true, bitString(usages)))
  if (request.extendedKeyUsage) {
    nodes.push(extension('2.5.29.37', false, seq(...request.extendedKeyUsage.map(oid))))
  }
  nodes.push(extension('2.5.29.14', false, octets(subjectKeyId)))
  nodes.push(extension('2.5.29.35', false, seq(tagged(0, false, issuerKeyId))))
  if (request.alternativeNames) nodes.push(alternativeNames(request.alternativeNames))
  const policy = request.authority ? '2.5.29.32.0' : '1.2.250.1.213.1.7.2.1.1.1.1'
  const statement = universal(IA5STRING, false, 'http://igc-sante.esante.gouv.fr/PC%20TEST')
  nodes.push(
    extension('2.5.29.32', false, seq(seq(oid(policy), seq(seq(oid('1.3.6.1.5.5.7.2.1'), statement))))),
  )
  if (request.crlUrl) {
    const { crlUrl, crlDirectory: directory } = request
    const places = directory ? [crlUrl, `${directory}?certificaterevocationlist;binary`] : [crlUrl]
    nodes.push(extension('2.5.29.31', false, seq(distributionPoint(places))))
    if (directory)
      nodes.push(
        extension('2.5.29.46', false, seq(distributionPoint([`${directory}?deltarevocationlist;binary`]))),
      )
  }
  const access = [
    ...(request.ocspUrl ? [seq(oid('1.3.6.1.5.5.7.48.1'), uri(request.ocspUrl))] : []),
    ...(request.issuerUrl ? [seq(oid('1.3.6.1.5.5.7.48.2'), uri(request.issuerUrl))] : []),
  ]
  if (access.length > 0) nodes.push(extension('1.3.6.1.5.5.7.1.1', false, seq(...access)))
  if (request.privateKeyUsagePeriod) {
    const period = seq(
      tagged(0, false, generalizedStamp(request.notBefore)),
      tagged(1, false, generalizedStamp(request.notAfter)),
    )
    nodes.push(extension('2.5.29.16', false, period))
  }
  if (request.professional) nodes.push(...professionalNodes(request.professional))
  return nodes
}

/** Issues a certificate: RSA, sha256WithRSAEncryption, 16-byte random serial. */
export const issueCertificate = (request: CertificateRequest): Certificate => {
  const serial = randomBytes(16)
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40 // positive, without a leading zero byte
  const subjectKey = publicKeyOf(request.subjectKeyPem)
  const issuerKey = publicKeyOf(request.issuerKeyPem)
  const extensions = extensionNodes(request, subjectKey.keyId, issuerKey.keyId)
  const toBeSigned = seq(
    tagged(0, true, [integer('\x02')]),
    integer(binary(serial)),
    sha256WithRsa(),
    nameNode(request.issuer),
    seq(utcTime(request.notBefore), utcTime(request.notAfter)),
    nameNode(request.subject),
    subjectKey.info,
    tagged(3, true, [seq(...extensions)]),
  )
  const signature = sign('sha256', encode(toBeSigned), request.issuerKeyPem)
  const bytes = encode(seq(toBeSigned, sha256WithRsa(), bits(0, binary(signature))))
  return { der: bytes, pem: toPem(bytes), serial: serial.toString('hex'), keyPem: request.subjectKeyPem }
}

/** PEM of one DER certificate. */
const toPem = (bytes: Buffer): string => {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

/** PKCS#12 file (AES-256, HMAC-SHA-1 as forge writes it) of a key, its certificate and the chain above. */
export const toPkcs12 = (
  leaf: Certificate,
  chain: Certificate[],
  passphrase: string,
  name: string,
): Buffer => {
  const certificates = [leaf, ...chain].map((item) => forge.pki.certificateFromPem(item.pem))
  const key = forge.pki.privateKeyFromPem(leaf.keyPem)
  const file = forge.pkcs12.toPkcs12Asn1(key, certificates, passphrase, {
    algorithm: 'aes256',
    friendlyName: name,
  })
  return encode(file)
}
