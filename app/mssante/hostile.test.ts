import { crc32, deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readCda } from './cda/index.ts'
import { readTime } from './cda/values.ts'
import { findDocuments } from './documents.ts'
import { insKeyIsValid, readIns } from './ins.ts'
import { displaySubject } from './subject.ts'
import { parseXml } from './xml/element.ts'
import { readXdm } from './xdm/index.ts'
import { readZip } from './zip.ts'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const codeOf = (outcome: { ok: true } | { ok: false; error: { code: string } }): string =>
  outcome.ok ? 'ok' : outcome.error.code

describe('XML', () => {
  it('refuses DOCTYPE in any encoding', () => {
    const text = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'
    expect(codeOf(parseXml(utf8(text)))).toBe('xml.forbidden')
    expect(codeOf(parseXml(new Uint8Array([0xff, 0xfe, ...Buffer.from(text, 'utf16le')])))).toBe(
      'xml.forbidden',
    )
    expect(codeOf(parseXml(utf8('\ufeff' + text)))).toBe('xml.forbidden')
  })
  it('stops at depth, element and size limits', () => {
    expect(codeOf(parseXml(utf8('<a>'.repeat(300) + '</a>'.repeat(300))))).toBe('xml.limit')
    const limits = { bytes: 1000, depth: 10, elements: 3 }
    expect(codeOf(parseXml(utf8('<a><b/><b/><b/></a>'), limits))).toBe('xml.limit')
    expect(codeOf(parseXml(utf8(`<a>${'x'.repeat(1000)}</a>`), limits))).toBe('xml.limit')
  })
  it('answers malformed input with a code', () => {
    for (const text of ['', '<a>', '<a></b>', 'no', '<a>&undefined;</a>', '<a b=c/>'])
      expect(codeOf(parseXml(utf8(text)))).toBe('xml.malformed')
  })
  it('never throws on random or mutated documents', () => {
    const seed = `<ClinicalDocument xmlns="urn:hl7-org:v3"><code code="1"/><component><structuredBody><component><section><title>T</title><text><table><tr><td colspan="2">é</td></tr></table></text></section></component></structuredBody></component></ClinicalDocument>`
    expect(codeOf(readCda(utf8(seed)))).toBe('ok')
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(seed.length), fc.string({ maxLength: 6 })), { maxLength: 6 }),
        (edits) => {
          let text = seed
          for (const [position, piece] of edits)
            text = text.slice(0, position) + piece + text.slice(position + piece.length)
          readCda(utf8(text))
        },
      ),
    )
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => void readCda(bytes)))
  })
})

/** A zip written by hand, so that hostile headers can be made. */
const zipOf = (entries: { name: string; bytes: Uint8Array; mode?: number; size?: number }[]): Uint8Array => {
  const locals: Buffer[] = []
  const centrals: Buffer[] = []
  let offset = 0
  for (const { name, bytes, mode = 0o100644, size = bytes.byteLength } of entries) {
    const packed = deflateRawSync(bytes)
    const file = Buffer.from(name, 'utf8')
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt16LE(20, 4)
    local.writeUInt16LE(8, 8)
    local.writeUInt32LE(crc32(bytes), 14)
    local.writeUInt32LE(packed.byteLength, 18)
    local.writeUInt32LE(size, 22)
    local.writeUInt16LE(file.byteLength, 26)
    const central = Buffer.alloc(46)
    central.writeUInt32LE(0x02014b50, 0)
    central.writeUInt16LE((3 << 8) | 20, 4)
    central.writeUInt16LE(20, 6)
    central.writeUInt16LE(8, 10)
    central.writeUInt32LE(crc32(bytes), 16)
    central.writeUInt32LE(packed.byteLength, 20)
    central.writeUInt32LE(size, 24)
    central.writeUInt16LE(file.byteLength, 28)
    central.writeUInt32LE((mode << 16) >>> 0, 38)
    central.writeUInt32LE(offset, 42)
    locals.push(local, file, packed)
    centrals.push(central, file)
    offset += 30 + file.byteLength + packed.byteLength
  }
  const directory = Buffer.concat(centrals)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(directory.byteLength, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...locals, directory, end])
}

describe('zip', () => {
  const text = utf8('bonjour')
  it('reads an honest archive', async () => {
    const outcome = await readZip(zipOf([{ name: 'A/B.TXT', bytes: text }]))
    expect(outcome.ok && outcome.value.map((entry) => entry.path)).toEqual(['A/B.TXT'])
  })
  it.each(['../x', '/etc/passwd', 'C:/x', 'a/../../x', 'a\0b'])('refuses the path %j', async (name) => {
    expect(codeOf(await readZip(zipOf([{ name, bytes: text }])))).toBe('zip.unsafe')
  })
  it('refuses links and duplicates', async () => {
    expect(codeOf(await readZip(zipOf([{ name: 'a', bytes: text, mode: 0o120777 }])))).toBe('zip.unsafe')
    expect(
      codeOf(
        await readZip(
          zipOf([
            { name: 'a', bytes: text },
            { name: 'A', bytes: text },
          ]),
        ),
      ),
    ).toBe('zip.unsafe')
  })
  it('stops bombs, floods and lying sizes', async () => {
    expect(codeOf(await readZip(zipOf([{ name: 'a', bytes: new Uint8Array(20 * 1024 * 1024) }])))).toBe(
      'zip.limit',
    )
    const many = Array.from({ length: 201 }, (_, index) => ({ name: `f${index}`, bytes: text }))
    expect(codeOf(await readZip(zipOf(many)))).toBe('zip.limit')
    expect(codeOf(await readZip(zipOf([{ name: 'a', bytes: new Uint8Array(5000), size: 10 }])))).toBe(
      'zip.malformed',
    )
  })
  it('never throws on random or mutated archives', async () => {
    const good = zipOf([{ name: 'IHE_XDM/SUBSET01/METADATA.XML', bytes: utf8('<a/>') }])
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(good.byteLength - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        async (edits) => {
          const bytes = Uint8Array.from(good)
          for (const [position, value] of edits) bytes[position] = value
          await readXdm(bytes)
        },
      ),
      { numRuns: 300 },
    )
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        await findDocuments([
          { id: '1', fileName: 'IHE_XDM.zip', mimeType: 'application/zip', bytes, inline: false },
        ])
      }),
    )
  })
})

describe('values', () => {
  it('checks INS keys, Corsica included', () => {
    for (const matricule of ['279035121518989', '277076322082910', '162018885045327', '190067511300117'])
      expect(insKeyIsValid(matricule)).toBe(true)
    expect(insKeyIsValid('223042545611404')).toBe(false)
    expect(insKeyIsValid('2A0067511300117')).toBe(false)
    expect(readIns('1.2.3', '279035121518989')).toBeNull()
  })
  it('reads HL7 times as precisely as written', () => {
    expect(readTime('20240104160527+0100')).toBe('2024-01-04T16:05:27+01:00')
    expect(readTime('19790328')).toBe('1979-03-28')
    expect(readTime('1979')).toBe('1979')
    expect(readTime('20241399')).toBeNull()
    expect(readTime('hier')).toBeNull()
  })
  it('hides the technical prefix wherever it stands', () => {
    expect(displaySubject('XDM/1.0/DDM+CR d’examens biologiques DUPONT Marie 26/11/1978')).toBe(
      'CR d’examens biologiques DUPONT Marie 26/11/1978',
    )
    expect(displaySubject('Re: XDM/1.0/DDM+2 documents X Y')).toBe('Re: 2 documents X Y')
    expect(displaySubject('Réunion')).toBe('Réunion')
  })
})
