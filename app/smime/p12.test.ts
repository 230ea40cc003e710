import { createPrivateKey, generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import forge from 'node-forge'
import { afterAll, expect, test } from 'vitest'
import { importP12 } from './p12.ts'
import { code, createPeople, createPki, value } from './smime.fixture.ts'

const pki = createPki()
afterAll(pki.remove)
const people = createPeople(pki)
const own = people.confidentiality
const recipient = pki.put('r.pem', own.pem)
const key = pki.put('k.pem', own.keyPem)
const authority = pki.put('ca.pem', people.authority.pem)
const password = 'fictif é€'

const file = (more: string[], pass = password): Uint8Array =>
  new Uint8Array(
    pki.openssl(
      [
        'pkcs12',
        '-export',
        '-iter',
        '100',
        '-in',
        recipient,
        '-inkey',
        key,
        '-passout',
        `pass:${pass}`,
      ].concat(more),
    ),
  )
const same = (one: Uint8Array | undefined, other: Uint8Array): boolean =>
  one !== undefined && Buffer.from(one).equals(other)

test('keys protected in every way in use are read, with the very certificates of the file', () => {
  const ways = [
    [],
    ['-keypbe', 'AES-128-CBC', '-certpbe', 'AES-192-CBC', '-macalg', 'sha512'],
    ['-keypbe', 'AES-256-CBC', '-certpbe', 'NONE', '-macalg', 'sha384'],
    ['-legacy'],
    ['-legacy', '-descert', '-macalg', 'sha1'],
    ['-legacy', '-certpbe', 'PBE-SHA1-RC2-128', '-keypbe', 'PBE-SHA1-2DES'],
    ['-legacy', '-keypbe', 'PBE-SHA1-RC2-40', '-macalg', 'md5'],
    ['-nomac'],
    ['-nomaciter'],
    ['-name', 'Clé fictive', '-CSP', 'Microsoft Enhanced Cryptographic Provider v1.0', '-keyex'],
  ]
  for (const way of ways) {
    const imported = value(importP12(file(['-certfile', authority, ...way]), password))
    expect(imported.keys).toHaveLength(1)
    expect(same(imported.keys[0]?.certificate, own.der)).toBe(true)
    expect(same(imported.keys[0]?.pkcs8, own.pkcs8)).toBe(true)
    expect(imported.chain.map((der) => same(der, people.authority.der))).toEqual([true])
  }
  expect(value(importP12(file([], ''), '')).keys).toHaveLength(1)
  expect(code(importP12(file(['-legacy'], ''), 'x'))).toBe('p12.wrong-passphrase')
})

test('keys of elliptic curves are read; a DSA key is told apart from none', () => {
  const config = pki.put('c.cnf', '[req]\ndistinguished_name=dn\n[dn]\n')
  const make = (pem: string): Uint8Array => {
    const keyFile = pki.put('k.pem', pem)
    const subject = ['-subj', '/CN=Courbe fictive', '-days', '90', '-config', config]
    const cert = pki.put('c.pem', pki.openssl(['req', '-x509', '-new', '-key', keyFile, ...subject]))
    const files = ['-in', cert, '-inkey', keyFile]
    return new Uint8Array(pki.openssl(['pkcs12', '-export', ...files, '-passout', 'pass:x']))
  }
  for (const namedCurve of ['P-256', 'P-384', 'P-521']) {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve })
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const [imported] = value(importP12(make(pem), 'x')).keys
    expect(same(imported?.pkcs8, privateKey.export({ type: 'pkcs8', format: 'der' }))).toBe(true)
  }
  const { privateKey } = generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 })
  const dsa = make(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
  expect(code(importP12(dsa, 'x'))).toBe('p12.unsupported')
})

test('several keys of one file, a renewal for the same key among them, all come with their certificates', () => {
  const renewed = people.person('/CN=Confidentialite fictive', ['keyUsage=keyEncipherment'])
  const other = people.person('/CN=Signature fictive', ['keyUsage=digitalSignature'], { key: 1 })
  const made = forge.asn1
  // openssl makes files of one key; forge is asked for each, and the parts are put into one file.
  const safes = [own, other].flatMap((one) => {
    const cert = forge.pki.certificateFromPem(one.pem)
    const p12 = forge.pkcs12.toPkcs12Asn1(forge.pki.privateKeyFromPem(one.keyPem), [cert], 'x', {
      useMac: false,
      count: 10,
    })
    const inner = p12 as unknown as { value: { value: { value: { value: string }[] }[] }[] }
    const content = inner.value[1]?.value[1]?.value[0]?.value ?? ''
    return made.fromDer(content).value as forge.asn1.Asn1[]
  })
  const more = forge.pkcs12.toPkcs12Asn1(null, [forge.pki.certificateFromPem(renewed.pem)], 'x', {
    useMac: false,
    count: 10,
  })
  const moreContent =
    (more as unknown as { value: { value: { value: { value: string }[] }[] }[] }).value[1]?.value[1]?.value[0]
      ?.value ?? ''
  const all = [...safes, ...(made.fromDer(moreContent).value as forge.asn1.Asn1[])]
  const { Class, Type } = made
  const sequence = (value: forge.asn1.Asn1[]) => made.create(Class.UNIVERSAL, Type.SEQUENCE, true, value)
  const octets = made.create(Class.UNIVERSAL, Type.OCTETSTRING, false, made.toDer(sequence(all)).getBytes())
  const data = made.create(Class.UNIVERSAL, Type.OID, false, made.oidToDer('1.2.840.113549.1.7.1').getBytes())
  const safe = sequence([data, made.create(Class.CONTEXT_SPECIFIC, 0, true, [octets])])
  const version = made.create(Class.UNIVERSAL, Type.INTEGER, false, '\x03')
  const bytes = Buffer.from(made.toDer(sequence([version, safe])).getBytes(), 'latin1')
  const { keys, chain } = value(importP12(new Uint8Array(bytes), 'x'))
  expect(chain).toEqual([])
  expect(
    keys.map(({ certificate }) => [own, renewed, other].findIndex((one) => same(certificate, one.der))),
  ).toEqual([0, 1, 2])
  expect(same(keys[1]?.pkcs8, own.pkcs8) && same(keys[2]?.pkcs8, other.pkcs8)).toBe(true)
})

test('a wrong password, a damaged file, one without a key, one too big and a hostile count say so', () => {
  for (const way of [[], ['-legacy'], ['-nomac'], ['-legacy', '-nomac']])
    expect(code(importP12(file(way), 'autre'))).toBe('p12.wrong-passphrase')
  const sound = file([])
  expect(code(importP12(sound.subarray(0, 900), password))).toBe('p12.malformed')
  expect(code(importP12(new Uint8Array(randomBytes(200)), 'x'))).toBe('p12.malformed')
  expect(code(importP12(new Uint8Array(0), 'x'))).toBe('p12.malformed')
  expect(code(importP12(new Uint8Array(1_048_577), 'x'))).toBe('p12.too-large')
  const noKey = pki.openssl(['pkcs12', '-export', '-nokeys', '-in', recipient, '-passout', 'pass:fictif'])
  expect(code(importP12(new Uint8Array(noKey), 'fictif'))).toBe('p12.no-key')
  // Refused before any work: 40 000 made 8 388 607 in place, for the MAC, and for what is inside.
  for (const way of [
    ['-iter', '40000'],
    ['-iter', '40000', '-nomac'],
    ['-iter', '40000', '-legacy', '-nomac'],
  ]) {
    const counted = Buffer.from(file(way))
    for (;;) {
      const at = counted.indexOf(Buffer.from([2, 3, 0x00, 0x9c, 0x40]))
      if (at < 0) break
      counted.set([2, 3, 0x7f, 0xff, 0xff], at)
    }
    expect(code(importP12(counted, password))).toBe('p12.malformed')
  }
})

test('any change to a file is an outcome, and every key that comes is the certificate’s', () => {
  for (const sound of [file(['-certpbe', 'NONE', '-keypbe', 'NONE', '-nomac'], 'x'), file(['-legacy'], 'x')])
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.nat(sound.length),
        fc.boolean(),
        (changes, cut, cuts) => {
          const bytes = new Uint8Array(sound)
          for (const [at, byte] of changes) bytes[at] = byte
          const read = importP12(cuts ? bytes.subarray(0, cut) : bytes, 'x')
          if (!read.ok) expect(read.error.code).toMatch(/^p12\./)
          else
            for (const { certificate, pkcs8 } of read.value.keys) {
              const key = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' })
              expect(new X509Certificate(certificate).checkPrivateKey(key)).toBe(true)
            }
        },
      ),
      { numRuns: 150 },
    )
})

const corpus = '/work/shared/corpus/mail/smime'
test.skipIf(!existsSync(corpus))('the key files of the corpus, where they lie', () => {
  const read = (name: string, pass: string): string => {
    const imported = importP12(new Uint8Array(readFileSync(path.join(corpus, name))), pass)
    return imported.ok ? String(imported.value.keys.length) : imported.error.code
  }
  const mimekit = ['rsa', 'dnsnames', 'nochain', 'revoked', 'revokednochain', 'revokedsubca', 'dsa', 'ec']
  // DSA encrypts nothing; that curve is given by its numbers, which RFC 5480 §2.1.1 forbids.
  expect(mimekit.map((name) => read(`mimekit/${name}/smime.pfx`, 'no.secret'))).toEqual([
    '1',
    '1',
    '1',
    '1',
    '1',
    '1',
    'p12.unsupported',
    'p12.unsupported',
  ])
  for (const name of ['alice', 'bob', 'bob-ec', 'mgr']) {
    expect(read(`selfmade/pki/${name}.p12`, 'geheim')).toBe('1')
    expect(read(`selfmade/pki/${name}.p12`, 'autre')).toBe('p12.wrong-passphrase')
  }
})
