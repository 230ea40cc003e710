import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { readAnchors } from './anchors.ts'
import { readBer } from './asn1.ts'
import { readCertificate } from './certificate.ts'
import { readCrl } from './path/revocation-list.ts'
import { decodedBody, readEntity, splitParts, withCrlf } from './entity.ts'
import { openMessage } from './open.ts'
import { ocspUrl, readOcspAnswer } from './ocsp.ts'
import { importP12 } from './p12.ts'
import { contextFor, createPeople, createPki, entity, now, trustIn, value } from './smime.fixture.ts'

const pki = createPki()
afterAll(pki.remove)
const people = createPeople(pki)
const own = people.confidentiality
const context = contextFor(trustIn([people.root.der, people.authority.der]), 'alix@mss.test', {
  keys: [{ certificate: own.der, pkcs8: own.pkcs8 }],
})
const body = pki.put('e.txt', entity)
const signer = [
  '-signer',
  pki.put('s.pem', people.signer.pem),
  '-inkey',
  pki.put('k.pem', people.signer.keyPem),
]
const opaque = pki.openssl(['cms', '-sign', '-nodetach', '-in', body, ...signer, '-outform', 'DER'])
const recipient = ['-recip', pki.put('r.pem', own.pem)]
const cbc = pki.openssl(['cms', '-encrypt', '-aes-256-cbc', '-in', body, ...recipient, '-outform', 'DER'])
const gcm = pki.openssl(['cms', '-encrypt', '-aes-256-gcm', '-in', body, ...recipient, '-outform', 'DER'])
const crl = pki.crl(people.authority, ['01', '02'])
const p12 = pki.openssl([
  'pkcs12',
  '-export',
  '-iter',
  '10',
  '-in',
  pki.put('r.pem', own.pem),
  '-inkey',
  pki.put('k.pem', own.keyPem),
  '-passout',
  'pass:x',
])

/** Bytes changed, cut, doubled: what a hostile sender does to a sound structure. */
const mutated = (sound: Uint8Array) =>
  fc
    .array(
      fc.tuple(fc.nat(sound.length - 1), fc.nat(255), fc.constantFrom('set', 'cut', 'insert', 'double')),
      { minLength: 1, maxLength: 6 },
    )
    .map((changes) =>
      changes.reduce<Uint8Array>((bytes, [at, byte, kind]) => {
        if (kind === 'cut') return bytes.subarray(0, Math.max(at, 1))
        if (kind === 'insert')
          return Buffer.concat([bytes.subarray(0, at), Buffer.from([byte]), bytes.subarray(at)])
        if (kind === 'double')
          return Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.max(0, at - 40))])
        const changed = Buffer.from(bytes)
        if (at < changed.length) changed[at] = byte
        return changed
      }, sound),
    )
const asMail = (cms: Uint8Array): Uint8Array =>
  Buffer.from(
    `Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(cms).toString('base64')}`,
  )

test('mutated CMS is judged, never believed when what it says changed, never a crash', async () => {
  for (const sound of [opaque, cbc, gcm]) {
    await fc.assert(
      fc.asyncProperty(mutated(sound), async (cms) => {
        const { signature, encryption, content } = await openMessage(asMail(cms), context)
        if (signature.status === 'valid')
          expect(Buffer.from(content).toString()).toContain('Compte rendu fictif')
        if (encryption.status === 'decrypted' && encryption.authenticated) {
          expect(Buffer.from(content).equals(entity)).toBe(true)
        }
      }),
      { numRuns: 250 },
    )
  }
})

test('mutated certificates, lists, answers and key files fail with a code', () => {
  const facts = value(readCertificate(people.signer.der))
  const issuer = value(readCertificate(people.authority.der))
  expect(ocspUrl('http://o.test', facts, issuer)).toContain('http://o.test/')
  const readers: [Uint8Array, (bytes: Uint8Array) => unknown][] = [
    [people.card.der, readCertificate],
    [crl, readCrl],
    [crl, (bytes) => readOcspAnswer(bytes, facts, issuer, now)],
    [people.root.der, readAnchors],
    [p12, (bytes) => importP12(bytes, 'x')],
  ]
  for (const [sound, read] of readers) {
    fc.assert(
      fc.property(mutated(sound), (bytes) => void read(bytes)),
      { numRuns: 120 },
    )
  }
})

test('any bytes at all are a message', async () => {
  const pieces = fc.constantFrom(
    'Content-Type: multipart/signed; boundary="b"\r\n',
    '\r\n',
    '--b\r\n',
    '--b--',
    'Content-Type: application/pkcs7-mime\r\n',
    '=\r\n',
    'MIAGCSqGSIb3DQEHAqCAMIACAQExADAA',
    'Content-Transfer-Encoding: base64\r\n',
    '\n',
    ';',
    '"',
  )
  const text = fc
    .array(fc.oneof(pieces, fc.string({ maxLength: 20 })), { maxLength: 30 })
    .map((all) => Buffer.from(all.join(''), 'latin1'))
  await fc.assert(
    fc.asyncProperty(text, async (raw) => {
      expect((await openMessage(raw, context)).signature.status).not.toBe('valid')
    }),
    { numRuns: 400 },
  )
})

test('parts and line ends keep every byte', () => {
  const safe = fc.uint8Array({ maxLength: 300 }).filter((bytes) => !Buffer.from(bytes).includes('--limite'))
  fc.assert(
    fc.property(fc.array(safe, { minLength: 1, maxLength: 4 }), (parts) => {
      const pieces = parts.flatMap((part) => [Buffer.from('\r\n--limite\r\n'), part])
      const raw = Buffer.concat([
        Buffer.from('Content-Type: multipart/mixed; boundary=limite\r\n\r\n'),
        ...pieces,
        Buffer.from('\r\n--limite--'),
      ])
      const split = splitParts(readEntity(raw))
      expect(split?.map((part) => Buffer.from(part).toString('hex'))).toEqual(
        parts.map((part) => Buffer.from(part).toString('hex')),
      )
    }),
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const expected = Buffer.from(
        Buffer.from(bytes)
          .toString('latin1')
          .replace(/(?<!\r)\n/g, '\r\n'),
        'latin1',
      )
      expect(Buffer.from(withCrlf(bytes)).equals(expected)).toBe(true)
    }),
  )
  const quoted = readEntity(Buffer.from('Content-Transfer-Encoding: quoted-printable\r\n\r\na=3D=\r\nb'))
  expect(Buffer.from(decodedBody(quoted)).toString()).toBe('a=b')
})

test('depth, count and size are bounded', () => {
  const deep = Buffer.concat([Buffer.from(Array(200).fill([0x30, 0x80]).flat()), Buffer.alloc(400)])
  expect(() => readBer(deep)).toThrow()
  const wide = Buffer.concat([
    Buffer.from([0x30, 0x83, 0x0f, 0x00, 0x00]),
    Buffer.from(
      Array(0x0f0000 / 2)
        .fill([5, 0])
        .flat(),
    ),
  ])
  expect(() => readBer(wide)).toThrow()
  expect(() => readBer(Buffer.from([0x30, 0x84, 0xff, 0xff, 0xff, 0xff]))).toThrow()
})
