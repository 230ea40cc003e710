import { execFileSync } from 'node:child_process'
import { constants, createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import {
  anchor,
  authority,
  endEntity,
  judgeTrial,
  verdictOf,
  type Holder,
  type Row,
} from './authorities.fixture.ts'
import {
  altNames,
  basic,
  certificateDer,
  der,
  dnsName,
  ecKey,
  extension,
  int,
  keyOf,
  name,
  oid,
  seq,
  time,
  type TestKey,
} from './issuing.fixture.ts'
import { readX509 } from './x509.ts'

const good = authority('C=FR/O=Test fictif/CN=Bonne AC', anchor)
const below = (dn: string, plan: Parameters<typeof endEntity>[2] = {}): Holder => endEntity(dn, good, plan)

/** Parameters of DSA shared by the test's keys; they are public and hold for nothing. */
const dsaParameters = `-----BEGIN DSA PARAMETERS-----
MIIBJgKBgQDSclIBa4O5edTA+P3EdBuAzgt9hH55+tCWc0urVPPbCnOzLv1TQDix
A0xEy8WRt972FCumKFEtowiVPdBtkSKifEZa4GQ4dkZ00mdQHEB9YFKdd/29DuWY
kJB3wp9I/dN3qSJbz+SAckFrKoEcLTZeSa3fcmokQNFnoiLfTB6NyQIdAPHCquam
wkkWnyhLnfLMCwLsfhtBaNz6lpaNYX0CgYBTkholsAuR9tZzEVEJPM0bOMdauoqe
qPX15fzq5ZBv8ZjoInIzgx7wqEEFOPb7glYyPG96XJcKD4Sd6I1NwN3Z7Tk00iAJ
iNMecFxOsZZ2PzIjNIs8zEhwVuEAjJFWz0g5CEO8fipMl6Iv2mnYEVWs61LYhO0L
kZvyFspUBqT32A==
-----END DSA PARAMETERS-----
`
const dsaSha1 = seq(oid('1.2.840.10040.4.3'))
const folder = mkdtempSync(path.join(tmpdir(), 'souspli-dsa-'))
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})
const parameterFile = path.join(folder, 'dsa.pem')
writeFileSync(parameterFile, dsaParameters)
const dsaKey = (): TestKey => {
  const pem = execFileSync('openssl', ['gendsa', parameterFile], { stdio: ['ignore', 'pipe', 'ignore'] })
  const privateKey = createPrivateKey(pem)
  return keyOf(privateKey, createPublicKey(privateKey), dsaSha1, 'sha1')
}
/** A DSA key as its certificate has it when it inherits its parameters. */
const inheriting = (key: TestKey): TestKey => {
  const whole = readX509(endEntity('CN=x', good, { key }).cert.der)
  if (!whole.ok) throw new Error('a DSA certificate')
  const bits = Buffer.concat([Buffer.from([0]), whole.value.keyInfo.bits])
  return { ...key, info: seq(seq(oid('1.2.840.10040.4.1')), der(0x03, bits)) }
}
const reported = { settings: { weak: 'report' } } as const

const chainOf = (...chain: Holder[]) => ({ chain })
const rows: Row[] = [
  ['4.1.1', 'valid signatures', 'valid', () => chainOf(below('CN=EE'), good)],
  [
    '4.1.2',
    'bad signature of an authority',
    'signature 1',
    () => {
      const ca = authority('CN=CA', anchor, { badSignature: true })
      return chainOf(endEntity('CN=EE', ca), ca)
    },
  ],
  [
    '4.1.3',
    'bad signature of the leaf',
    'signature 0',
    () => chainOf(below('CN=EE', { badSignature: true }), good),
  ],
  [
    '4.1.4',
    'DSA signatures',
    'valid',
    () => {
      const ca = authority('CN=DSA', anchor, { key: dsaKey() })
      return { ...chainOf(endEntity('CN=EE', ca), ca), ...reported }
    },
  ],
  [
    '4.1.5',
    'DSA parameters inherited',
    'valid',
    () => {
      const ca = authority('CN=DSA', anchor, { key: dsaKey() })
      const sub = authority('CN=DSA hérite', ca, { key: inheriting(dsaKey()) })
      return { ...chainOf(endEntity('CN=EE', sub), sub, ca), ...reported }
    },
  ],
  [
    '4.1.6',
    'bad DSA signature',
    'signature 0',
    () => {
      const ca = authority('CN=DSA', anchor, { key: dsaKey() })
      return { ...chainOf(endEntity('CN=EE', ca, { badSignature: true }), ca), ...reported }
    },
  ],
  [
    '4.2.1',
    'authority not yet valid',
    'not-yet-valid 1',
    () => {
      const ca = authority('CN=CA', anchor, { from: time('2047-01-01') })
      return chainOf(endEntity('CN=EE', ca), ca)
    },
  ],
  [
    '4.2.2',
    'leaf not yet valid',
    'not-yet-valid 0',
    () => chainOf(below('CN=EE', { from: time('2047-01-01') }), good),
  ],
  [
    '4.2.3',
    'UTCTime before 2000',
    'valid',
    () => chainOf(below('CN=EE', { from: time('1950-01-01') }), good),
  ],
  [
    '4.2.4',
    'GeneralizedTime before 2050',
    'valid',
    () => chainOf(below('CN=EE', { from: time('2002-01-01', true) }), good),
  ],
  [
    '4.2.5',
    'authority expired',
    'expired 1',
    () => {
      const ca = authority('CN=CA', anchor, { to: time('2021-01-01') })
      return chainOf(endEntity('CN=EE', ca), ca)
    },
  ],
  ['4.2.6', 'leaf expired', 'expired 0', () => chainOf(below('CN=EE', { to: time('2021-01-01') }), good)],
  [
    '4.2.7',
    'UTCTime of 1999 expired',
    'expired 0',
    () => chainOf(below('CN=EE', { to: time('1999-12-31') }), good),
  ],
  [
    '4.2.8',
    'GeneralizedTime after 2050',
    'valid',
    () => chainOf(below('CN=EE', { to: time('2050-12-31', true) }), good),
  ],
  [
    '4.3.1',
    'issuer’s name is another',
    'name-chaining 0',
    () => chainOf(below('CN=EE', { issuer: name('C=FR/O=Test fictif/CN=Autre') }), good),
  ],
  [
    '4.3.2',
    'issuer’s name in another order',
    'name-chaining 0',
    () => chainOf(below('CN=EE', { issuer: name('C=FR/CN=Bonne AC/O=Test fictif') }), good),
  ],
  [
    '4.3.3',
    'blanks within do not count',
    'valid',
    () => chainOf(below('CN=EE', { issuer: name('C=FR/O=Test  fictif/CN=Bonne   AC') }), good),
  ],
  [
    '4.3.4',
    'blanks around do not count',
    'valid',
    () => chainOf(below('CN=EE', { issuer: name('C=FR/O= Test fictif /CN=  Bonne AC') }), good),
  ],
  [
    '4.3.5',
    'letter case does not count',
    'valid',
    () => chainOf(below('CN=EE', { issuer: name('C=fr/O=TEST FICTIF/CN=bonne ac') }), good),
  ],
  [
    '4.3.6',
    'unique identifiers',
    'valid',
    () => {
      const ca = authority('CN=UID', anchor, { identifiers: [der(0x82, [0, 0xab])] })
      return chainOf(endEntity('CN=EE', ca, { identifiers: [der(0x81, [0, 0xcd])] }), ca)
    },
  ],
  [
    '4.3.7',
    'attributes that must be known',
    'valid',
    () => {
      const ca = authority('C=FR/O=Org/OU=Unité/DC=test/CN=AC+OU=B', anchor)
      return chainOf(endEntity('CN=EE', ca, { issuer: name('C=FR/O=org/OU=unité/DC=TEST/OU=b+CN=ac') }), ca)
    },
  ],
  [
    '4.3.9',
    'UTF8String',
    'valid',
    () => {
      const ca = authority('*O=Société/*CN=Été', anchor)
      return chainOf(endEntity('CN=EE', ca), ca)
    },
  ],
  [
    '4.3.10',
    'PrintableString becomes UTF8String',
    'valid',
    () => chainOf(below('CN=EE', { issuer: name('*C=FR/*O=Test fictif/~CN=Bonne AC') }), good),
  ],
  [
    '4.3.11',
    'UTF8String in another case',
    'valid',
    () => {
      const ca = authority('*O=Société/*CN=Été', anchor)
      return chainOf(endEntity('CN=EE', ca, { issuer: name('*O=  SOCIÉTÉ/*CN=éTÉ') }), ca)
    },
  ],
  [
    '4.16.1',
    'unknown extension, not critical',
    'valid',
    () => chainOf(below('CN=EE', { add: [extension('1.2.3.4', Buffer.from([5, 0]))] }), good),
  ],
  [
    '4.16.2',
    'unknown critical extension',
    'critical-extension 0',
    () => chainOf(below('CN=EE', { add: [extension('1.2.3.4', Buffer.from([5, 0]), true)] }), good),
  ],
  [
    'own 1',
    'version 1 is no authority',
    'not-an-authority 1',
    () => {
      const ca = authority('CN=V1', anchor, { version: 1, instead: [] })
      return { ...chainOf(endEntity('CN=EE', ca), ca), lists: null }
    },
  ],
  ['own 2', 'a leaf of version 1', 'valid', () => chainOf(below('CN=V1', { version: 1, instead: [] }), good)],
  [
    'own 3',
    'an authority nobody trusts',
    'untrusted-authority 1',
    () => {
      const self = authority('CN=Inconnue', null)
      return chainOf(endEntity('CN=EE', self), self)
    },
  ],
  ['own 4', 'no issuer at all', 'issuer-not-found 0', () => chainOf(below('CN=EE'))],
  [
    'own 5',
    'an anchor that expired',
    'expired 2',
    () => {
      const old = authority('CN=Vieille', null, { to: time('2022-01-01') })
      const ca = authority('CN=CA', old)
      return { ...chainOf(endEntity('CN=EE', ca), ca), anchor: old }
    },
  ],
  [
    'own 6',
    'an anchor that expired, as a name and a key',
    'valid',
    () => {
      const old = authority('CN=Vieille', null, { to: time('2022-01-01') })
      const ca = authority('CN=CA', old)
      return { ...chainOf(endEntity('CN=EE', ca), ca), anchor: old, settings: { anchorConstraints: false } }
    },
  ],
  [
    'own 7',
    'critical EKU and names are understood',
    'valid',
    () => chainOf(below('', { add: [altNames(dnsName('a.test'))] }), good),
  ],
]

test.each(rows)('%s %s: %s', (_number, _what, expected, trial) => {
  expect(verdictOf(trial())).toBe(expected)
})

test('weak keys and digests refuse a path, or are told', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
  const sha1 = seq(oid('1.2.840.113549.1.1.5'), der(0x05))
  const small = authority('CN=Petite', anchor, { key: keyOf(privateKey, publicKey, sha1, 'sha1') })
  const trial = { chain: [endEntity('CN=EE', small), small] }
  expect(verdictOf(trial)).toBe('weak-algorithm 1')
  const told = judgeTrial({ ...trial, ...reported })
  expect(told.valid).toBe(true)
  expect(told.weak.map(({ index, weakness }) => `${weakness} ${String(index)}`)).toEqual([
    'sha1 0',
    'rsa-1024 1',
  ])
})

test('PSS and Edwards signatures are checked', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const sha256 = seq(oid('2.16.840.1.101.3.4.2.1'), der(0x05))
  const pss = (saltLength: number, named: number, mask = sha256) => {
    const parameters = seq(
      der(0xa0, sha256),
      der(0xa1, seq(oid('1.2.840.113549.1.1.8'), mask)),
      der(0xa2, int(named)),
    )
    const key = { key: rsa.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }
    const algorithm = seq(oid('1.2.840.113549.1.1.10'), parameters)
    const signing = authority('CN=PSS', anchor, { key: keyOf(key, rsa.publicKey, algorithm, 'sha256') })
    return verdictOf({ chain: [endEntity('CN=EE', signing), signing] })
  }
  expect(pss(32, 32)).toBe('valid')
  expect(pss(32, 20)).toBe('signature 0')
  expect(pss(32, 32, seq(oid('1.3.14.3.2.26'), der(0x05)))).toBe('unsupported-algorithm 0')
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const edwards = authority('CN=Ed', anchor, {
    key: keyOf(privateKey, publicKey, seq(oid('1.3.101.112')), null),
  })
  expect(verdictOf({ chain: [endEntity('CN=EE', edwards), edwards] })).toBe('valid')
  expect(verdictOf({ chain: [endEntity('CN=EE', edwards, { badSignature: true }), edwards] })).toBe(
    'signature 0',
  )
})

test('a signature that is no whole number of bytes is nobody’s, as PKITS breaks them', () => {
  const { cert } = endEntity('CN=EE', good)
  const odd = Buffer.from(cert.der)
  // The count of unused bits, before the signature itself.
  odd[odd.length - cert.signature.length - 1] = 2
  const read = readX509(odd)
  if (!read.ok) throw new Error('not read')
  expect(verdictOf({ chain: [{ ...good, cert: read.value }, good] })).toBe('signature 0')
})

test('what is no certificate is refused: doubles, versions, times, lengths', () => {
  const plan = {
    subject: name('CN=x'),
    issuer: name('CN=y'),
    key: ecKey(0),
    signer: ecKey(0),
    extensions: [basic(true)],
  }
  const sound = certificateDer(plan)
  expect(readX509(sound).ok).toBe(true)
  const broken: Record<string, Uint8Array> = {
    'extension twice': certificateDer({ ...plan, extensions: [basic(true), basic(true)] }),
    'extensions in version 1': certificateDer({ ...plan, version: 1 }),
    'version 4': certificateDer({ ...plan, version: 4 }),
    'no seconds': certificateDer({ ...plan, to: der(0x17, Buffer.from('3001010000Z')) }),
    'with an offset': certificateDer({ ...plan, to: der(0x17, Buffer.from('300101000000+0100')) }),
    'with fractions': certificateDer({ ...plan, to: der(0x18, Buffer.from('20300101000000.5Z')) }),
    '30 February': certificateDer({ ...plan, to: der(0x17, Buffer.from('300230000000Z')) }),
    'integer too long': certificateDer({ ...plan, serial: Buffer.from([0, 0, 1]) }),
    'boolean 1': certificateDer({ ...plan, extensions: [extension('2.5.29.19', seq(der(1, [1])))] }),
    'negative path length': certificateDer({
      ...plan,
      extensions: [extension('2.5.29.19', seq(der(1, [0xff]), int(Buffer.from([0xff]))))],
    }),
    trailing: Buffer.concat([sound, Buffer.from([0])]),
    'long length': Buffer.concat([Buffer.from([0x30, 0x83, 0]), sound.subarray(2)]),
    'cut short': sound.subarray(0, -1),
  }
  for (const [what, bytes] of Object.entries(broken)) expect(readX509(bytes).ok, what).toBe(false)
})
