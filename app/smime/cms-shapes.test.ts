import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { decodeBase64, encodeBase64, encodedLength } from './base64.ts'
import { createBerSource, joined } from './ber.ts'
import { readContentInfo } from './cms.ts'
import { der } from './der.ts'
import { decodedBody, isCanonical, readEntity } from './entity.ts'
import { unwrapAes, unwrapTripleDes, wrapAes } from './key-wrap.ts'
import { takeApart } from './open.ts'
import { createPeople, createPki, entity } from './smime.fixture.ts'
import { processorTime } from '../processor-time.fixture.ts'

const pki = createPki()
afterAll(pki.remove)
const people = createPeople(pki)
const own = people.confidentiality
const keys = [{ certificate: own.der, pkcs8: own.pkcs8 }]
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')
const oid = {
  data: hex('06092A864886F70D010701'),
  compressed: hex('060B2A864886F70D0109100109'),
  zlib: hex('060B2A864886F70D0109100308'),
}
const mail = (cms: Uint8Array, header = 'Content-Transfer-Encoding: base64'): Buffer =>
  Buffer.concat([
    Buffer.from(`Content-Type: application/pkcs7-mime; name=smime.p7m\r\n${header}\r\n\r\n`),
    header.includes('base64') ? Buffer.from(Buffer.from(cms).toString('base64')) : cms,
  ])
const body = pki.put('e.txt', entity)
const recipient = pki.put('r.pem', own.pem)
const sealed = pki.openssl([
  ...['cms', '-encrypt', '-aes-256-cbc', '-in', body, '-outform', 'DER', recipient],
])

describe('AES key wrap', () => {
  // RFC 3394 §4.1 to §4.6.
  const kek = '000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F'
  const data = '00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F'
  test.each([
    [16, 16, '1FA68B0A8112B447 AEF34BD8FB5A7B82 9D3E862371D2CFE5'],
    [24, 16, '96778B25AE6CA435 F92B5B97C050AED2 468AB8A17AD84E5D'],
    [32, 16, '64E8C3F9CE0F5BA2 63E9777905818A2A 93C8191E7D6E8AE7'],
    [24, 24, '031D33264E15D332 68F24EC260743EDC E1C6C7DDEE725A93 6BA814915C6762D2'],
    [32, 24, 'A8F9BC1612C68B3F F6E6F4FBE30E71E4 769C8B80A32CB895 8CD5D17D6B254DA1'],
    [32, 32, '28C9F404C4B810F4 CBCCB35CFB87F826 3F5786E2D80ED326 CBC7F0E71A99F43B FB988B9B7A02DD21'],
  ])('gives the answers of RFC 3394: a key of %i bytes over %i', (keyLength, dataLength, answer) => {
    const [key, plain] = [hex(kek).subarray(0, keyLength), hex(data).subarray(0, dataLength)]
    expect(Buffer.from(wrapAes(key, plain)).equals(hex(answer))).toBe(true)
    expect(Buffer.from(unwrapAes(key, hex(answer))).equals(plain)).toBe(true)
  })

  test('is the library’s for any key, and refuses anything else', () => {
    const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
    fc.assert(
      fc.property(
        bytes(32),
        bytes(32),
        fc.nat(39),
        fc.integer({ min: 1, max: 255 }),
        (key, plain, at, change) => {
          const library = createCipheriv('id-aes256-wrap', key, Buffer.alloc(8, 0xa6))
          const wrapped = wrapAes(key, plain)
          expect(Buffer.concat([library.update(plain), library.final()]).equals(wrapped)).toBe(true)
          const changed = Buffer.from(wrapped)
          changed[at] = (changed[at] ?? 0) ^ change
          expect(() => unwrapAes(key, changed)).toThrow()
        },
      ),
      { numRuns: 50 },
    )
    for (const length of [0, 8, 16, 23, 80])
      expect(() => unwrapAes(Buffer.alloc(16), Buffer.alloc(length))).toThrow()
  })

  test('Triple-DES undoes the library’s', () => {
    const [kek3, plain] = [randomBytes(24), randomBytes(24)]
    const library = createCipheriv('id-smime-alg-CMS3DESwrap', kek3, null)
    const wrapped = Buffer.concat([library.update(plain), library.final()])
    expect(Buffer.from(unwrapTripleDes(kek3, wrapped)).equals(plain)).toBe(true)
    wrapped[3] = (wrapped[3] ?? 0) ^ 1
    expect(() => unwrapTripleDes(kek3, wrapped)).toThrow()
    // The library itself must have it for this test to say anything.
    expect(createDecipheriv('id-smime-alg-CMS3DESwrap', kek3, null)).toBeDefined()
  })
})

describe('base64', () => {
  test('in its own place is the library’s, both ways', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const room = Buffer.alloc(encodedLength(bytes.length))
        room.set(bytes, room.length - bytes.length)
        encodeBase64(room, bytes.length)
        const expected = Buffer.from(bytes)
          .toString('base64')
          .replace(/.{1,76}/g, '$&\r\n')
        expect(room.toString('latin1')).toBe(expected)
        expect(room.subarray(0, decodeBase64(room, room)).equals(bytes)).toBe(true)
      }),
    )
  })

  test('any text decodes to what it holds of the alphabet, never past its place', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (text) => {
        const target = new Uint8Array(Math.ceil(text.length / 4) * 3)
        const length = decodeBase64(text, target)
        const chars = Buffer.from(text)
          .toString('latin1')
          .replace(/[^A-Za-z0-9+/=]/g, '')
        const groups = chars.split('=').map((group) => Buffer.from(group, 'base64'))
        expect(Buffer.concat(groups).equals(target.subarray(0, length))).toBe(true)
      }),
    )
  })

  const cms = Buffer.from(sealed).toString('base64')
  const lines = cms.replace(/.{64}/g, '$&\n')
  test.each<[string, string, string | Buffer]>([
    ['lines of any length', 'base64', cms.replace(/.{5}/g, '$& \r\n\t')],
    ['one line', 'base64', cms],
    ['a comment beside the encoding', 'Base64 (as always)', lines],
    ['no encoding said', '7bit', lines],
    ['PEM armour', '7bit', `-----BEGIN PKCS7-----\n${lines}\n-----END PKCS7-----\n`],
    [
      'PEM armour, base64 said',
      'base64',
      `-----BEGIN CMS-----\n${lines}\n-----END CMS-----\nListe fictive\n`,
    ],
    [
      'the footer of a list after it',
      'base64',
      `${lines}\n____________________\nListe fictive <l@liste.test>\n`,
    ],
    ['binary said to be base64', 'base64', sealed],
    ['binary', 'binary', sealed],
    ['quoted-printable of it', 'quoted-printable', cms.replaceAll('=', '=3D').replace(/.{60}/g, '$&=\r\n')],
    [
      'quoted-printable',
      'quoted-printable',
      [...sealed]
        .map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`)
        .join('')
        .replace(/.{75}/g, '$&=\r\n'),
    ],
  ])('and its oddities are read: %s', (_, encoding, given) => {
    const head = `Content-Type: application/x-pkcs7-mime\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n`
    const raw = Buffer.concat([Buffer.from(head), Buffer.from(given)])
    expect(Buffer.from(takeApart(raw, keys).content).equals(entity)).toBe(true)
    expect(Buffer.from(takeApart(Buffer.from(raw), keys, { overwrite: true }).content).equals(entity)).toBe(
      true,
    )
  })

  test('a text that looks like CMS and is none stays text', () => {
    const text = Buffer.from('Content-Type: text/plain\r\n\r\nMIREILLE a le résultat\r\n')
    expect(Buffer.from(decodedBody(readEntity(text))).toString()).toBe('MIREILLE a le résultat\r\n')
  })
})

/** An octet string cut in pieces, to some depth, of definite or indefinite lengths. */
const pieces = (bytes: Uint8Array, depth: number, indefinite: boolean, identifier = 0x24): Uint8Array => {
  if (depth === 0) return der(0x04, bytes)
  const middle = Math.floor(bytes.length / 2)
  const halves = [bytes.subarray(0, middle), bytes.subarray(middle)].map((half) =>
    pieces(half, depth - 1, indefinite),
  )
  return indefinite
    ? Buffer.concat([Uint8Array.of(identifier, 0x80), ...halves, new Uint8Array(2)])
    : der(identifier, ...halves)
}

describe('octet strings in pieces', () => {
  test('are put together at any depth, where they lie or not', () => {
    const any = fc.tuple(
      fc.uint8Array({ maxLength: 200 }),
      fc.integer({ min: 0, max: 6 }),
      fc.boolean(),
      fc.boolean(),
    )
    fc.assert(
      fc.property(any, ([bytes, depth, indefinite, reuse]) => {
        const ber = Buffer.from(pieces(bytes, depth, indefinite))
        const source = createBerSource(ber)
        const place = source.at(0, ber.length)
        expect(place.end).toBe(ber.length)
        expect(Buffer.from(joined(source, place, reuse)).equals(bytes)).toBe(true)
      }),
    )
  })

  test('too deep, endless, of another type or cut short are refused', () => {
    const deep = Buffer.concat([Buffer.from(Array(60).fill([0x24, 0x80]).flat()), Buffer.alloc(120)])
    const bad = [
      deep,
      Buffer.from(Array(1000).fill([0x24, 0x80]).flat()),
      hex('24 03 02 01 00'),
      hex('24 80 04 02 00'),
      hex('04 80 00 00'),
      hex('24 85 01 00 00 00 00'),
      hex('1F FF FF FF FF FF 01 00'),
    ]
    for (const ber of bad)
      expect(() => {
        const source = createBerSource(ber)
        joined(source, source.at(0, ber.length), false)
      }, ber.subarray(0, 12).toString('hex')).toThrow()
  })
})

describe('compressed data', () => {
  const compressed = (bytes: Uint8Array, algorithm = oid.zlib): Uint8Array => {
    const content = der(0x30, oid.data, der(0xa0, der(0x04, bytes)))
    const structure = der(0x30, hex('020100'), der(0x30, algorithm), content)
    return der(0x30, oid.compressed, der(0xa0, structure))
  }

  test('is read, alone and around a signature', () => {
    expect(Buffer.from(takeApart(mail(compressed(deflateSync(entity))), []).content).equals(entity)).toBe(
      true,
    )
    const signer = [
      '-signer',
      pki.put('s.pem', people.signer.pem),
      '-inkey',
      pki.put('k.pem', people.signer.keyPem),
    ]
    const signed = pki.openssl(['cms', '-sign', '-nodetach', '-in', body, ...signer])
    const apart = takeApart(mail(compressed(deflateSync(signed))), [])
    expect(apart.layers).toMatchObject([{ kind: 'signature', finding: { reasons: [] } }])
  })

  test('that would grow beyond measure, is damaged or of another kind stays as it is', () => {
    const bomb = deflateSync(Buffer.alloc(80 * 1024 * 1024))
    const damaged = deflateSync(entity).fill(0xff, 4)
    for (const cms of [compressed(bomb), compressed(damaged), compressed(deflateSync(entity), oid.data)]) {
      const raw = mail(cms)
      expect(takeApart(raw, []).content).toBe(raw)
    }
  })
})

test('line ends are judged alike wherever bytes begin, and whatever stands in front', () => {
  const piece = fc.constantFrom(0x0a, 0x0d, 0x0b, 0x09, 0x8a, 0x00, 0xff, 0x61)
  const given = fc.tuple(fc.array(piece, { maxLength: 40 }), fc.nat(7), fc.boolean())
  fc.assert(
    fc.property(given, ([pieces, offset, afterCr]) => {
      const bytes = new Uint8Array(offset + pieces.length).subarray(offset)
      bytes.set(pieces)
      const text = (afterCr ? '\r' : '') + Buffer.from(bytes).toString('latin1')
      const expected = !/(?<!\r)\n/.test(text)
      expect(isCanonical(bytes, afterCr ? 0x0d : undefined)).toBe(expected)
    }),
    { numRuns: 2000 },
  )
})

test('a ContentInfo of any bytes is read or refused, and what follows it is nobody’s', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => void readContentInfo(bytes)))
  expect(readContentInfo(Buffer.concat([sealed, Buffer.from('suite')])).ok).toBe(true)
  expect(readContentInfo(sealed.subarray(0, -1)).ok).toBe(false)
})

/** Random trees of BER under the beginnings of real structures. */
const tree = fc.letrec<{ element: Uint8Array }>((tie) => ({
  element: fc.oneof(
    { depthSize: 'small' },
    fc
      .tuple(fc.constantFrom(2, 4, 5, 6, 12, 23, 0x80, 0x81), fc.uint8Array({ maxLength: 12 }))
      .map(([tag, bytes]) => der(tag, bytes)),
    fc.constantFrom(...Object.values(oid)),
    fc
      .tuple(
        fc.constantFrom(0x30, 0x31, 0x24, 0xa0, 0xa1, 0xa3),
        fc.array(tie('element'), { maxLength: 5 }),
        fc.boolean(),
      )
      .map(([tag, members, indefinite]) =>
        indefinite
          ? Buffer.concat([Uint8Array.of(tag, 0x80), ...members, new Uint8Array(2)])
          : der(tag, ...members),
      ),
  ),
})).element
const contentTypes = [
  '06092A864886F70D010702',
  '06092A864886F70D010703',
  '060B2A864886F70D0109100117',
  '060B2A864886F70D0109100109',
]

test('random trees inside every kind of content never crash, hang or grow', () => {
  const structure = fc.tuple(fc.constantFrom(...contentTypes), fc.array(tree, { maxLength: 6 }), fc.boolean())
  const before = process.memoryUsage.rss()
  fc.assert(
    fc.property(structure, ([type, members, overwrite]) => {
      const cms = der(0x30, hex(type), der(0xa0, der(0x30, hex('020101'), ...members)))
      const spent = processorTime()
      const { layers } = takeApart(mail(cms), keys, { overwrite })
      expect(spent()).toBeLessThan(2000)
      for (const layer of layers)
        if (layer.kind === 'signature') expect(layer.finding.kind).not.toBe('checked')
        else expect(layer.encryption.status).toBe('failed')
    }),
    { numRuns: 1500 },
  )
  expect((process.memoryUsage.rss() - before) / 2 ** 20).toBeLessThan(150)
})

test('a structure of millions of elements is refused in bounded time', () => {
  const many = Buffer.alloc(8 * 1024 * 1024)
  for (let at = 0; at < many.length; at += 2) many.set([5, 0], at)
  const huge = [
    der(
      0x30,
      hex('06092A864886F70D010702'),
      der(0xa0, der(0x30, hex('020101'), der(0x31), der(0x30, oid.data), der(0x31, many))),
    ),
  ]
  // An indefinite length in each of many, looked for again at every level.
  const nested = Buffer.concat([...Array(40).fill(hex('3080')), many, Buffer.alloc(80)] as Uint8Array[])
  huge.push(der(0x30, hex('06092A864886F70D010703'), der(0xa0, nested)))
  for (const cms of huge) {
    const spent = processorTime()
    const { layers } = takeApart(mail(cms, 'Content-Transfer-Encoding: binary'), keys)
    expect(layers).toHaveLength(1)
    expect(spent()).toBeLessThan(20_000)
  }
})
