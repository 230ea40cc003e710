import { generateKeyPairSync, sign, type KeyObject, type SignKeyObjectInput } from 'node:crypto'
import { parseX509, type X509 } from './x509.ts'

/**
 * A certification authority for tests that can write what no tool would: everything is made from DER by hand. Keys are made
 * once per run. Every name is fictitious.
 */
export const der = (tag: number, ...contents: (Uint8Array | number[])[]): Buffer => {
  const content = Buffer.concat(contents.map((one) => Buffer.from(one)))
  const { length } = content
  const header =
    length < 0x80
      ? [length]
      : length < 0x100
        ? [0x81, length]
        : length < 0x10000
          ? [0x82, length >> 8, length & 0xff]
          : [0x83, length >> 16, (length >> 8) & 0xff, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...header]), content])
}
export const seq = (...members: (Uint8Array | number[])[]): Buffer => der(0x30, ...members)
export const oid = (dotted: string): Buffer => {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const base: number[] = [arc & 0x7f]
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
      base.unshift((left & 0x7f) | 0x80)
    return base
  })
  return der(0x06, bytes)
}
export const int = (value: number | Uint8Array): Buffer => {
  if (typeof value !== 'number') return der(0x02, value)
  const hex = value.toString(16).padStart(2, '0')
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
  return der(0x02, (bytes[0] ?? 0) >= 0x80 ? [0, ...bytes] : bytes)
}
export const time = (date: string, generalized = false): Buffer => {
  const text = new Date(date).toISOString().replace(/[-:T]|\.\d+/g, '')
  return generalized ? der(0x18, Buffer.from(text)) : der(0x17, Buffer.from(text.slice(2)))
}
const bits = (bytes: Uint8Array): Buffer => der(0x03, [0], bytes)
const flags = (numbers: number[]): Buffer => {
  const value = numbers.reduce((sum, bit) => sum | (0x8000 >> bit), 0)
  const bytes = value & 0xff ? [value >> 8, value & 0xff] : [value >> 8]
  const last = bytes.at(-1) ?? 0
  let unused = 0
  while (last !== 0 && (last & (1 << unused)) === 0) unused += 1
  return Buffer.from([numbers.length === 0 ? 0 : unused, ...(numbers.length === 0 ? [] : bytes)])
}
export const bitFlags = (tag: number, ...numbers: number[]): Buffer => der(tag, flags(numbers))

const types: Readonly<Record<string, string>> = {
  C: '2.5.4.6',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  CN: '2.5.4.3',
  DC: '0.9.2342.19200300.100.1.25',
  E: '1.2.840.113549.1.9.1',
}
/** `C=FR/O=Test/CN=A+OU=B`; `*CN=` writes a UTF8String, `~CN=` a BMPString. */
export const rdn = (text: string): Buffer =>
  der(
    0x31,
    ...text.split('+').map((pair) => {
      const [type = '', value = ''] = pair.split('=')
      const utf8 = type.startsWith('*')
      const bmp = type.startsWith('~')
      const id = types[type.replace(/^[*~]/, '')] ?? '2.5.4.3'
      const tag = utf8 ? 0x0c : bmp ? 0x1e : type === 'E' || type === 'DC' ? 0x16 : 0x13
      const bytes = bmp ? Buffer.from(value, 'utf16le').swap16() : Buffer.from(value)
      return seq(oid(id), der(tag, bytes))
    }),
  )
export const name = (text: string): Buffer =>
  seq(...(text === '' ? [] : text.split('/').map((part) => rdn(part))))

export const dirName = (text: string): Buffer => der(0xa4, name(text))
export const mailName = (text: string): Buffer => der(0x81, Buffer.from(text))
export const dnsName = (text: string): Buffer => der(0x82, Buffer.from(text))
export const uriName = (text: string): Buffer => der(0x86, Buffer.from(text))
export const ipName = (...bytes: number[]): Buffer => der(0x87, bytes)

export const extension = (id: string, value: Uint8Array, critical = false): Buffer =>
  seq(oid(id), ...(critical ? [der(0x01, [0xff])] : []), der(0x04, value))
export const basic = (authority: boolean, pathLength?: number, critical = true): Buffer =>
  extension(
    '2.5.29.19',
    seq(...(authority ? [der(0x01, [0xff])] : []), ...(pathLength === undefined ? [] : [int(pathLength)])),
    critical,
  )
export const usageBits = {
  digitalSignature: 0,
  nonRepudiation: 1,
  keyEncipherment: 2,
  certSign: 5,
  crlSign: 6,
}
export const usage = (...numbers: number[]): Buffer =>
  extension('2.5.29.15', bitFlags(0x03, ...numbers), true)
export const policies = (...ids: string[]): Buffer =>
  extension('2.5.29.32', seq(...ids.map((id) => seq(oid(id)))), true)
export const mappings = (...pairs: [string, string][]): Buffer =>
  extension('2.5.29.33', seq(...pairs.map(([issuer, subject]) => seq(oid(issuer), oid(subject)))))
export const policyConstraints = (explicit: number | null, mapping: number | null = null): Buffer =>
  extension(
    '2.5.29.36',
    seq(
      ...(explicit === null ? [] : [der(0x80, [explicit])]),
      ...(mapping === null ? [] : [der(0x81, [mapping])]),
    ),
    true,
  )
export const inhibitAny = (count: number): Buffer => extension('2.5.29.54', int(count), true)
export const nameConstraints = (permitted: Uint8Array[], excluded: Uint8Array[] = []): Buffer =>
  extension(
    '2.5.29.30',
    seq(
      ...(permitted.length > 0 ? [der(0xa0, ...permitted.map((one) => seq(one)))] : []),
      ...(excluded.length > 0 ? [der(0xa1, ...excluded.map((one) => seq(one)))] : []),
    ),
    true,
  )
export const altNames = (...names: Uint8Array[]): Buffer => extension('2.5.29.17', seq(...names))
/** A distribution point: full name, or relative name, reasons, list's issuer. */
export const point = (
  full: Uint8Array | null,
  reasons: number[] | null = null,
  issuer?: Uint8Array,
): Buffer =>
  seq(
    ...(full ? [der(0xa0, full)] : []),
    ...(reasons ? [bitFlags(0x81, ...reasons)] : []),
    ...(issuer ? [der(0xa2, issuer)] : []),
  )
export const fullName = (...names: Uint8Array[]): Buffer => der(0xa0, ...names)
export const relativeName = (text: string): Buffer => der(0xa1, rdn(text).subarray(2))
export const crlPoints = (...points: Uint8Array[]): Buffer => extension('2.5.29.31', seq(...points))
export const freshest = (...points: Uint8Array[]): Buffer => extension('2.5.29.46', seq(...points))
/** issuingDistributionPoint of a list. */
export const issuingPoint = (how: {
  name?: Uint8Array
  users?: true
  authorities?: true
  reasons?: number[]
  indirect?: true
  attributes?: true
}): Buffer =>
  extension(
    '2.5.29.28',
    seq(
      ...(how.name ? [der(0xa0, how.name)] : []),
      ...(how.users ? [der(0x81, [0xff])] : []),
      ...(how.authorities ? [der(0x82, [0xff])] : []),
      ...(how.reasons ? [bitFlags(0x83, ...how.reasons)] : []),
      ...(how.indirect ? [der(0x84, [0xff])] : []),
      ...(how.attributes ? [der(0x85, [0xff])] : []),
    ),
    true,
  )

export interface TestKey {
  /** With its padding where it has one. */
  privateKey: KeyObject | SignKeyObjectInput
  /** SubjectPublicKeyInfo. */
  info: Buffer
  algorithm: Buffer
  digest: string | null
}
const ecdsaSha256 = seq(oid('1.2.840.10045.4.3.2'))
export const keyOf = (
  privateKey: TestKey['privateKey'],
  publicKey: KeyObject,
  algorithm: Buffer,
  digest: string | null,
): TestKey => ({
  privateKey,
  info: publicKey.export({ type: 'spki', format: 'der' }),
  algorithm,
  digest,
})
const madeKeys: TestKey[] = []
/** Elliptic keys by number, made once. */
export const ecKey = (number: number): TestKey => {
  const known = madeKeys[number]
  if (known) return known
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  return (madeKeys[number] = keyOf(privateKey, publicKey, ecdsaSha256, 'sha256'))
}

export interface CertificatePlan {
  subject: Buffer
  issuer: Buffer
  key: TestKey
  signer: TestKey
  serial?: number | Uint8Array
  from?: Buffer
  to?: Buffer
  version?: number
  extensions?: Buffer[]
  /** After the key: unique identifiers. */
  identifiers?: Buffer[]
  /** Breaks the signature. */
  badSignature?: boolean
}

const signed = (tbs: Buffer, signer: TestKey, bad = false): Uint8Array => {
  const signature = Buffer.from(sign(signer.digest, tbs, signer.privateKey))
  const changed = bad
    ? Buffer.from(sign(signer.digest, Buffer.concat([tbs, tbs]), signer.privateKey))
    : signature
  return new Uint8Array(seq(tbs, signer.algorithm, bits(changed)))
}

export const certificateDer = (plan: CertificatePlan): Uint8Array => {
  const version = plan.version ?? 3
  const tbs = seq(
    ...(version > 1 ? [der(0xa0, int(version - 1))] : []),
    int(plan.serial ?? 1),
    plan.signer.algorithm,
    plan.issuer,
    seq(plan.from ?? time('2020-01-01'), plan.to ?? time('2035-01-01')),
    plan.subject,
    plan.key.info,
    ...(plan.identifiers ?? []),
    ...(plan.extensions && plan.extensions.length > 0 ? [der(0xa3, seq(...plan.extensions))] : []),
  )
  return signed(tbs, plan.signer, plan.badSignature)
}
export const certificate = (plan: CertificatePlan): X509 => parseX509(certificateDer(plan))

export interface ListPlan {
  issuer: Buffer
  signer: TestKey
  revoked?: { serial: number | Uint8Array; reason?: number; extensions?: Buffer[] }[]
  from?: Buffer
  to?: Buffer | null
  number?: number
  extensions?: Buffer[]
  badSignature?: boolean
}

/** A revocation list, version 2. */
export const listDer = (plan: ListPlan): Uint8Array => {
  const entries = (plan.revoked ?? []).map(({ serial, reason, extensions = [] }) => {
    const all = [
      ...(reason === undefined ? [] : [extension('2.5.29.21', der(0x0a, [reason]))]),
      ...extensions,
    ]
    return seq(int(serial), time('2024-01-01'), ...(all.length > 0 ? [seq(...all)] : []))
  })
  const tbs = seq(
    int(1),
    plan.signer.algorithm,
    plan.issuer,
    plan.from ?? time('2025-01-01'),
    ...(plan.to === null ? [] : [plan.to ?? time('2035-01-01')]),
    ...(entries.length > 0 ? [seq(...entries)] : []),
    der(0xa0, seq(extension('2.5.29.20', int(plan.number ?? 1)), ...(plan.extensions ?? []))),
  )
  return signed(tbs, plan.signer, plan.badSignature)
}
