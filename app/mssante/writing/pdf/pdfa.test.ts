import { deflateSync } from 'node:zlib'
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { at, author, details, fonts, patient } from '../writing.fixture.ts'
import { checkPdfa } from './check.ts'
import { letterPdf, pagePicturesPdf, picturePdf } from './letter.ts'
import { opaquePng } from './png.ts'
import { archivePicture } from './picture.ts'
import { pngOf } from './png.fixture.ts'
import { srgbProfile } from './srgb.ts'

const head = { patient, details, author, version: 1, madeAt: at }
const letter = await letterPdf(head, 'Cher confrère,\n\nœdème, 10⁹/L, ½, « ok » 😀\n'.repeat(60), fonts)

/** A small PDF of our own making, with what it is to have. */
const pdfWith = (objects: string[], trailer = '/ID [<00> <00>]'): Buffer =>
  Buffer.from(
    `%PDF-1.4\n%\u00e2\u00e3\u00cf\u00d3\n1 0 obj\n<</Type /Catalog /Metadata 2 0 R /OutputIntents [<</S /GTS_PDFA1>>]>>\nendobj\n2 0 obj\n<</Type /Metadata /Length 51>>\nstream\n<pdfaid:part>1</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>\nendstream\nendobj\n${objects
      .map((object, index) => `${index + 10} 0 obj\n${object}\nendobj\n`)
      .join('')}trailer\n<</Root 1 0 R ${trailer}>>\n%%EOF\n`,
    'latin1',
  )
const findings = (...objects: string[]): string[] => checkPdfa(pdfWith(objects)).findings

describe('the PDF/A-1 we write (ECO.2.1.5)', () => {
  it('breaks no rule we know, and says what it is', () => {
    expect(checkPdfa(letter.bytes)).toMatchObject({ findings: [], declared: '1B' })
    expect(checkPdfa(letter.bytes).pages).toBe(letter.pages)
    expect(letter.pages).toBeGreaterThan(2)
    expect(Buffer.from(letter.bytes).toString('latin1', 0, 8)).toBe('%PDF-1.4')
  })
  it('has a title with what XML and PDF keep for themselves, the same in both kinds of metadata', async () => {
    const title = 'Avis <urgent> & (suite) ’é'
    const made = await letterPdf({ ...head, details: { ...details, title } }, 'x', fonts)
    expect(checkPdfa(made.bytes).findings).toEqual([])
    expect(Buffer.from(made.bytes).toString('utf8')).toContain(
      '>Avis &lt;urgent&gt; &amp; (suite) ’é</rdf:li>',
    )
  })
  it('takes pictures, transparent ones laid on white', async () => {
    for (const png of [pngOf(6, 8), pngOf(4, 16), pngOf(3, 2)]) {
      const made = await picturePdf(head, png, fonts)
      if (!made.ok) throw new Error(made.error.code)
      expect(checkPdfa(made.value.bytes).findings).toEqual([])
    }
    const pages = await pagePicturesPdf({ title: 'x', madeAt: at }, [pngOf(2, 8), pngOf(0, 1)], fonts)
    expect(pages.ok && checkPdfa(pages.value.bytes)).toMatchObject({ findings: [], pages: 2 })
  })
  it('has a colour profile of ours', () => {
    const profile = srgbProfile()
    expect(profile.readUInt32BE(0)).toBe(profile.length)
    expect(profile.toString('latin1', 36, 40)).toBe('acsp')
    expect(createHash('sha256').update(profile).digest('hex')).toBe(
      createHash('sha256').update(srgbProfile()).digest('hex'),
    )
  })
})

describe('the checks of PDF/A-1', () => {
  it('find nothing in a file that keeps the rules', () => expect(findings('<</Type /Page>>')).toEqual([]))
  it('find what breaks them', () => {
    expect(findings('<</Type /Font /Subtype /TrueType /FontDescriptor <</Type /FontDescriptor>>>>')).toEqual([
      'font-not-embedded',
    ])
    expect(findings('<</Type /Font /Subtype /Type1>>')).toEqual(['font-not-embedded'])
    expect(findings('<</Type /ExtGState /ca .5>>')).toEqual(['transparency'])
    expect(findings('<</Type /ExtGState /BM /Multiply>>')).toEqual(['transparency'])
    expect(findings('<</Type /Page /Group <</S /Transparency>>>>')).toEqual(['transparency'])
    expect(findings('<</S /JavaScript /JS (app.alert)>>')).toEqual(['action'])
    expect(findings('<</S /Launch /F (a.exe)>>')).toEqual(['action'])
    expect(findings('<</Type /Filespec /EF <</F 4 0 R>>>>')).toEqual(['embedded-file'])
    expect(findings('<</Type /Annot /Subtype /FileAttachment>>')).toEqual(['forbidden-annotation'])
    expect(findings('<</Subtype /Image /Interpolate true>>')).toEqual(['image-interpolation'])
    expect(findings('<</Filter /LZWDecode /Length 1>>\nstream\nx\nendstream')).toEqual(['forbidden-filter'])
    expect(findings('<</F (outside.bin) /Length 1>>\nstream\nx\nendstream')).toEqual(['external-content'])
    expect(findings('<</Type /ObjStm /N 0 /First 0 /Length 1>>\nstream\nx\nendstream')).toEqual([
      'compressed-objects',
    ])
  })
  it('find what is hidden in compressed objects', () => {
    const inner = '20 0 <</Type /Font /Subtype /Type1>>'
    const packed = deflateSync(Buffer.from(inner, 'latin1')).toString('latin1')
    const stream = `<</Type /ObjStm /N 1 /First 5 /Filter /FlateDecode /Length ${packed.length}>>\nstream\n${packed}\nendstream`
    expect(findings(stream)).toEqual(['compressed-objects', 'font-not-embedded'])
  })
  it('find encryption, no identifier, another declaration and no colour profile', () => {
    expect(checkPdfa(pdfWith([], '/ID [<00>] /Encrypt 9 0 R')).findings).toContain('encrypted')
    expect(checkPdfa(pdfWith([], '')).findings).toContain('no-file-id')
    const other = Buffer.from(pdfWith([]).toString('latin1').replace('part>1<', 'part>2<'), 'latin1')
    expect(checkPdfa(other)).toMatchObject({ findings: ['declared-other'], declared: '2B' })
    const plain =
      '%PDF-1.7\n1 0 obj\n<</Type /Catalog>>\nendobj\n4 0 obj\n<</Length 12>>\nstream\n1 0 0 rg 0 0\nendstream\nendobj\ntrailer\n<</Root 1 0 R>>'
    expect(checkPdfa(Buffer.from(plain)).findings.sort()).toEqual([
      'no-file-id',
      'no-output-intent',
      'not-declared',
    ])
    expect(checkPdfa(Buffer.from('bonjour')).findings).toEqual(['not-a-pdf'])
  })
  it('never throw or hang, whatever the bytes', () => {
    const bytes = Buffer.from(letter.bytes).subarray(0, 6000)
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.uint8Array({ maxLength: 30 }), (place, noise) => {
        checkPdfa(Buffer.concat([bytes.subarray(0, place), noise, bytes.subarray(place + noise.length)]))
      }),
      { numRuns: 60 },
    )
  })
})

describe('pictures for PDF/A-1', () => {
  it('are opaque, of eight bits, in red, green and blue, whatever kind of PNG came', () => {
    for (const kind of [0, 2, 3, 4, 6])
      for (const depth of kind === 0 ? [1, 2, 4, 8, 16] : kind === 3 ? [1, 2, 4, 8] : [8, 16])
        for (const interlaced of [false, true]) {
          const made = opaquePng(pngOf(kind, depth, interlaced))
          if (!made.ok) throw new Error(`${kind} ${depth}: ${made.error.code}`)
          const png = Buffer.from(made.value)
          expect([png.readUInt32BE(16), png.readUInt32BE(20), png[24], png[25], png[28]]).toEqual([
            9, 7, 8, 2, 0,
          ])
        }
  })
  it('are the same pixels interlaced or not', () => {
    const one = opaquePng(pngOf(2, 8, false))
    const other = opaquePng(pngOf(2, 8, true))
    expect(one.ok && other.ok && Buffer.compare(one.value, other.value)).toBe(0)
  })
  it('of other kinds, and broken ones, are refused', () => {
    expect(archivePicture(Buffer.from('GIF89a'))).toMatchObject({ ok: false })
    expect(archivePicture(Buffer.from('ffd8ffe000104a46', 'hex'))).toMatchObject({ ok: false })
    fc.assert(
      fc.property(fc.nat(120), fc.nat(255), (place, byte) => {
        const png = Buffer.from(pngOf(6, 8))
        png[place % png.length] = byte
        opaquePng(png)
      }),
      { numRuns: 80 },
    )
  })
})
