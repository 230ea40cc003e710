import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import PDFDocument from 'pdfkit'
import { expect, test } from 'vitest'
import { ZipFile } from 'yazl'
import { extractTexts } from './extract.ts'
import { pdfText } from './pdf.ts'
import { rtfText } from '../mssante/index.ts'
import { processorTime } from '../processor-time.fixture.ts'

const collected = async (stream: AsyncIterable<Buffer | string>): Promise<Buffer> => {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}
const pdfOf = (pages: string[]): Promise<Buffer> => {
  const document = new PDFDocument({ autoFirstPage: false })
  for (const page of pages) document.addPage().text(page)
  document.end()
  return collected(document)
}
const message = (parts: { type: string; name: string; bytes: Buffer }[], cc = ''): Buffer =>
  Buffer.from(
    [
      'From: Paul <paul@medecin.mssante.test>',
      ...(cc === '' ? [] : [`Cc: ${cc}`]),
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: text/plain',
      '',
      'corps',
      ...parts.flatMap(({ type, name, bytes }) => [
        '--b',
        `Content-Type: ${type}`,
        `Content-Disposition: attachment; filename="${name}"`,
        'Content-Transfer-Encoding: base64',
        '',
        bytes.toString('base64'),
      ]),
      '--b--',
      '',
    ].join('\r\n'),
  )

test('text is found in PDF, Word, RTF, HTML, plain and enclosed messages; names of the others are kept', async () => {
  const zip = new ZipFile()
  zip.addBuffer(
    Buffer.from(
      '<w:document><w:body><w:p><w:r><w:t>Spirométrie</w:t></w:r></w:p><w:p><w:t>normale</w:t></w:p></w:body></w:document>',
    ),
    'word/document.xml',
  )
  zip.end()
  const raw = message(
    [
      {
        type: 'application/pdf',
        name: 'cr.pdf',
        bytes: await pdfOf(['Fracture du poignet', 'Contrôle à J15']),
      },
      {
        type: 'application/octet-stream',
        name: 'lettre.docx',
        bytes: await collected(zip.outputStream),
      },
      {
        type: 'application/rtf',
        name: 'note.rtf',
        bytes: Buffer.from("{\\rtf1\\ansi{\\fonttbl{\\f0 Arial;}}h\\'e9patique \\u339? fin\\par}"),
      },
      {
        type: 'text/html',
        name: 'page.html',
        bytes: Buffer.from('<p>Échographie <b>rénale</b></p><script>secret()</script>'),
      },
      { type: 'text/plain; charset=iso-8859-1', name: 'a.txt', bytes: Buffer.from('hémoglobine', 'latin1') },
      { type: 'image/jpeg', name: 'radio.jpg', bytes: Buffer.from([0xff, 0xd8, 0xff, 0, 1]) },
      { type: 'application/pkcs7-signature', name: 'smime.p7s', bytes: Buffer.from('x') },
    ],
    'Zoé <zoe@x.test>',
  )
  const { copies, texts } = await extractTexts(raw)
  expect(copies).toBe('Zoé zoe@x.test')
  const of = (name: string): string | undefined => texts.find(({ fileName }) => fileName === name)?.text
  expect(of('cr.pdf')).toContain('Fracture du poignet')
  expect(of('cr.pdf')).toContain('Contrôle à J15')
  expect(of('lettre.docx')).toMatch(/Spirométrie\s+normale/)
  expect(of('note.rtf')).toBe('hépatique œ fin')
  expect(of('page.html')).toBe('Échographie rénale')
  expect(of('a.txt')).toBe('hémoglobine')
  expect(of('radio.jpg')).toBe('')
  expect(of('smime.p7s')).toBeUndefined()
})

test('a damaged PDF gives nothing and stops nothing', async () => {
  const sound = await pdfOf(['Texte du rapport'])
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { maxLength: 40 }),
      fc.nat(sound.length),
      async (changes, length) => {
        const bytes = new Uint8Array(sound.subarray(0, Math.max(5, length)))
        for (const [at, value] of changes) if (at >= 5 && at < bytes.length) bytes[at] = value
        expect(typeof (await pdfText(bytes))).toBe('string')
      },
    ),
    { numRuns: 40 },
  )
})

test('no bytes make the RTF reader fail or give more than asked', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '\\par ',
    "\\'e9",
    '\\u339?',
    '\\*',
    '\\fonttbl',
    'texte',
    '\\',
    '\\bin9 ',
    '\r\n',
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string({ unit: 'binary' })), { maxLength: 300 }), (pieces) => {
      const text = rtfText(Buffer.from(`{\\rtf1 ${pieces.join('')}`), 200)
      expect(text.length).toBeLessThanOrEqual(200)
      expect(text.isWellFormed()).toBe(true)
    }),
  )
  expect(rtfText(Buffer.from(`{\\rtf1 ${'{'.repeat(500_000)}`), 1_000)).toBe('')
})

const corpus = '/work/shared/corpus/mail'
test.skipIf(!existsSync(corpus))('every sample message of the corpus is read within its time', async () => {
  let read = 0
  for (const entry of await readdir(corpus, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(eml|txt|mime)$/.test(entry.name)) continue
    const spent = processorTime()
    const { texts } = await extractTexts(await readFile(join(entry.parentPath, entry.name)))
    expect(spent(), entry.name).toBeLessThan(20_000)
    for (const { text } of texts) expect(text.isWellFormed()).toBe(true)
    read += 1
  }
  expect(read).toBeGreaterThan(0)
})
