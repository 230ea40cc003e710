import { crc32, deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { processorTime } from '../processor-time.fixture.ts'
import { readCda } from './cda/index.ts'
import { readTime } from './cda/values.ts'
import { findDocuments } from './documents.ts'
import { insKeyIsValid, readIns } from './ins.ts'
import { displaySubject } from './subject.ts'
import { parseXml } from './xml/element.ts'
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
  it('gives up 100 000 elements in one another at once', () => {
    const bytes = utf8('<a>'.repeat(100_000))
    const spent = processorTime()
    expect(codeOf(parseXml(bytes))).toBe('xml.limit')
    // Some milliseconds; five seconds when the piece is read to its end.
    expect(spent()).toBeLessThan(1_500)
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

interface WrittenEntry {
  name: string
  bytes: Uint8Array
  mode?: number
  /** Announced, when it lies. */
  size?: number
  crc?: number
  flags?: number
  /** Name of the local header, when the two differ. */
  localName?: string
  stored?: boolean
}

/** A zip written by hand, so that hostile headers can be made. */
const zipOf = (entries: WrittenEntry[]): Buffer => {
  const locals: Buffer[] = []
  const centrals: Buffer[] = []
  let offset = 0
  for (const entry of entries) {
    const { name, bytes, mode = 0o100644, size = bytes.byteLength, flags = 0, stored = false } = entry
    const crc = entry.crc ?? crc32(bytes)
    const packed = stored ? Buffer.from(bytes) : deflateRawSync(bytes)
    const method = stored ? 0 : 8
    const localName = Buffer.from(entry.localName ?? name)
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt16LE(20, 4)
    local.writeUInt16LE(flags, 6)
    local.writeUInt16LE(method, 8)
    local.writeUInt32LE(crc, 14)
    local.writeUInt32LE(packed.byteLength, 18)
    local.writeUInt32LE(size, 22)
    local.writeUInt16LE(localName.byteLength, 26)
    const file = Buffer.from(name)
    const central = Buffer.alloc(46)
    central.writeUInt32LE(0x02014b50, 0)
    central.writeUInt16LE((3 << 8) | 20, 4)
    central.writeUInt16LE(20, 6)
    central.writeUInt16LE(flags, 8)
    central.writeUInt16LE(method, 10)
    central.writeUInt32LE(crc, 16)
    central.writeUInt32LE(packed.byteLength, 20)
    central.writeUInt32LE(size, 24)
    central.writeUInt16LE(file.byteLength, 28)
    central.writeUInt32LE((mode << 16) >>> 0, 38)
    central.writeUInt32LE(offset, 42)
    locals.push(local, localName, packed)
    centrals.push(central, file)
    offset += 30 + localName.byteLength + packed.byteLength
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

const refusalOf = async (archive: Uint8Array): Promise<unknown> => {
  const outcome = await readZip(archive)
  return outcome.ok ? 'ok' : outcome.error.details?.['refusal']
}

describe('zip', () => {
  const bytes = utf8('bonjour')
  it('reads an honest archive, folders and names of other code pages included', async () => {
    const outcome = await readZip(
      zipOf([
        { name: 'A/', bytes: new Uint8Array() },
        { name: 'A/B.TXT', bytes },
        { name: 'C', bytes, stored: true },
      ]),
    )
    expect(outcome.ok && outcome.value.map((entry) => entry.path)).toEqual(['A/B.TXT', 'C'])
  })
  it.each<[string, WrittenEntry[]]>([
    ['zip-parent-path', [{ name: '../x', bytes }]],
    ['zip-parent-path', [{ name: 'a/../../x', bytes }]],
    ['zip-parent-path', [{ name: '../', bytes: new Uint8Array() }]],
    ['zip-absolute-path', [{ name: '/etc/passwd', bytes }]],
    ['zip-drive-letter', [{ name: 'C:/x', bytes }]],
    ['zip-drive-letter', [{ name: 'c:x', bytes }]],
    ['zip-backslash', [{ name: 'IHE_XDM\\SUBSET01\\METADATA.XML', bytes }]],
    ['zip-backslash', [{ name: '..\\x', bytes }]],
    ['zip-nul', [{ name: 'a\0b', bytes }]],
    ['zip-link', [{ name: 'a', bytes, mode: 0o120777 }]],
    [
      'zip-duplicate',
      [
        { name: 'a', bytes },
        { name: 'A', bytes },
      ],
    ],
    ['zip-encrypted', [{ name: 'a', bytes, flags: 1 }]],
    ['zip-encrypted', [{ name: 'a', bytes, flags: 0x41 }]],
    ['zip-headers-differ', [{ name: 'a', bytes, localName: 'b' }]],
    ['zip-checksum', [{ name: 'a', bytes, crc: 1 }]],
    ['zip-malformed', [{ name: 'a', bytes, size: 8 }]],
    ['zip-ratio', [{ name: 'a', bytes: new Uint8Array(64 * 1024) }]],
    ['zip-entry-too-large', [{ name: 'a', bytes, size: 51 * 1024 * 1024 }]],
    ['zip-too-many-entries', Array.from({ length: 201 }, (_, index) => ({ name: `f${index}`, bytes }))],
  ])('refuses with %s', async (refusal, entries) => {
    expect(await refusalOf(zipOf(entries))).toBe(refusal)
  })
  it('counts the whole, at the limits and just above', async () => {
    const limits = { entries: 3, entryBytes: 100, totalBytes: 150, ratio: 100 }
    const of = (...sizes: number[]) =>
      readZip(
        zipOf(
          sizes.map((size, index) => ({ name: `f${index}`, bytes: Buffer.alloc(size, 'ab'), stored: true })),
        ),
        limits,
      )
    expect(codeOf(await of(100, 50))).toBe('ok')
    expect(codeOf(await of(101))).toBe('zip.limit')
    expect(codeOf(await of(100, 51))).toBe('zip.limit')
    expect(codeOf(await of(1, 1, 1, 1))).toBe('zip.limit')
  })
  it('does not open an archive inside', async () => {
    const inner = zipOf([{ name: '../evil', bytes }])
    expect(await refusalOf(zipOf([{ name: 'INNER.ZIP', bytes: inner, stored: true }]))).toBe('ok')
  })
  it('a refused archive that calls itself XDM is shown as refused, another stays an attachment', async () => {
    const archive = zipOf([{ name: '../IHE_XDM/METADATA.XML', bytes }])
    const open = (fileName: string, content: Uint8Array) =>
      findDocuments([{ id: '1', fileName, mimeType: 'application/zip', bytes: content, inline: false }])
    const [document] = (await open('envoi.zip', archive)).documents
    expect(document?.summary).toMatchObject({
      kind: 'refused',
      filingBlocked: true,
      refusals: [{ code: 'zip-parent-path' }],
    })
    expect((await open('photos.zip', zipOf([{ name: '../x', bytes }]))).documents).toEqual([])
  })
})

describe('values', () => {
  it('checks INS keys, Corsica included', () => {
    for (const matricule of ['279035121518989', '277076322082910', '162018885045327', '190067511300117'])
      expect(insKeyIsValid(matricule)).toBe(true)
    for (const corsican of ['278112A99900210', '278112B99900237'])
      expect(insKeyIsValid(corsican), corsican).toBe(true)
    expect(insKeyIsValid('278112A99900237')).toBe(false)
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
