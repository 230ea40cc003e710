import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encryptedPdfs } from './encrypted-pdfs.fixture.ts'
import { lockOf } from './locked-file.ts'

const content = Buffer.from('Texte fictif')

interface Entry {
  flags?: number
  method?: number
  extra?: Buffer
}

/** A zip archive as its directory says it is; nothing in it is really encrypted. */
const zip = (...entries: Entry[]): Buffer => {
  const locals: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  entries.forEach(({ flags = 0, method = 0, extra = Buffer.alloc(0) }, index) => {
    const name = Buffer.from(`f${String(index)}.txt`)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(flags, 2)
    common.writeUInt16LE(method, 4)
    common.writeUInt32LE(crc32(content), 10)
    common.writeUInt32LE(content.length, 14)
    common.writeUInt32LE(content.length, 18)
    common.writeUInt16LE(name.length, 22)
    common.writeUInt16LE(extra.length, 24)
    const local = Buffer.concat([Buffer.from('504b0304', 'hex'), common, name, extra, content])
    const place = Buffer.alloc(14)
    place.writeUInt32LE(offset, 10)
    central.push(Buffer.concat([Buffer.from('504b01021400', 'hex'), common, place, name, extra]))
    locals.push(local)
    offset += local.length
  })
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(entries.length, 4)
  end.writeUInt16LE(entries.length, 6)
  end.writeUInt32LE(directory.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...locals, directory, Buffer.from('504b0506', 'hex'), end])
}
const aes = Buffer.from('019907000200414503080000'.slice(0, 22), 'hex')

describe('a PDF', () => {
  it.each(Object.entries(encryptedPdfs))(
    'of %s is locked by its password alone',
    (_cipher, { open, locked }) => {
      expect(lockOf(Buffer.from(locked, 'base64'), 'cr.pdf')).toBe('password')
      // Encrypted too, with an empty password: everybody opens it.
      expect(lockOf(Buffer.from(open, 'base64'), 'cr.pdf')).toBeNull()
    },
  )

  it('that speaks of encryption is not encrypted', () => {
    const text = Buffer.from(
      '%PDF-1.4\n1 0 obj\n(/Encrypt 5 0 R)\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n',
    )
    expect(lockOf(text, 'cr.pdf')).toBeNull()
  })

  it('of an unknown handler is locked, in a cross-reference stream too', () => {
    const stream =
      '7 0 obj\n<< /Type /XRef /Size 1 /Encrypt << /Filter /Adobe.PubSec >> >>\nstream\n\nendstream\nendobj\n'
    expect(lockOf(Buffer.from(`%PDF-1.5\n${stream}%%EOF\n`), 'x')).toBe('password')
  })
})

describe('a zip archive', () => {
  it('is locked by bit 0, or by AES, of any of its files', () => {
    expect(lockOf(zip({}, {}), 'a.zip')).toBeNull()
    for (const locked of [{ flags: 1 }, { flags: 0x41 }, { method: 99 }, { extra: aes }])
      expect(lockOf(zip({}, locked), 'sans-extension')).toBe('password')
  })

  it('whose directory is gone is known by its first file', () => {
    expect(lockOf(zip({ flags: 1 }).subarray(0, 60), 'a.zip')).toBe('password')
    expect(lockOf(zip({}).subarray(0, 60), 'a.zip')).toBeNull()
  })
})

it('an office file is locked by its encrypted package', () => {
  const ole = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)])
  expect(lockOf(ole, 'x.doc')).toBeNull()
  expect(lockOf(Buffer.concat([ole, Buffer.from('EncryptedPackage', 'utf16le')]), 'x.docx')).toBe('password')
})

it('a CMS envelope is locked where it is encrypted, whatever its name', () => {
  const info = (oid: string): Buffer => Buffer.from(`3080${oid}a0803080020100`, 'hex')
  const [enveloped, signed, authenticated] = [
    '06092a864886f70d010703',
    '06092a864886f70d010702',
    '060b2a864886f70d0109100117',
  ].map(info)
  expect([enveloped, signed, authenticated].map((bytes) => bytes && lockOf(bytes, 'x'))).toEqual([
    'certificate',
    null,
    'certificate',
  ])
  const text = `-----BEGIN CMS-----\n${enveloped?.toString('base64') ?? ''}\n-----END CMS-----\n`
  expect(lockOf(Buffer.from(text), 'x')).toBe('certificate')
})

it('whatever the bytes are, an answer is given', () => {
  const samples = [
    ...Object.values(encryptedPdfs).flatMap(({ open, locked }) => [
      Buffer.from(open, 'base64'),
      Buffer.from(locked, 'base64'),
    ]),
    zip({}, { extra: aes }),
  ]
  fc.assert(
    fc.property(
      fc.constantFrom(...samples),
      fc.array(fc.tuple(fc.nat(1200), fc.nat(255)), { maxLength: 8 }),
      fc.option(fc.nat(1200)),
      (sample, changes, cut) => {
        const bytes = Buffer.from(sample.subarray(0, cut ?? sample.length))
        for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte
        expect([null, 'password', 'certificate']).toContain(lockOf(bytes, null))
      },
    ),
    { numRuns: 300 },
  )
})
