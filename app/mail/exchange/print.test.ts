import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs'
import type { PrintLabels } from '../../contract/index.ts'
import { createPrinter } from './print.ts'
import type { PrintedMessage } from './printed.ts'
import { processorTime } from '../../processor-time.fixture.ts'

// Pages of fictitious messages, read again by pdf.js.
const folder = mkdtempSync(path.join(tmpdir(), 'souspli-print-'))
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})
const typefaces = path.join(
  path.dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json')),
  'standard_fonts',
)
const fonts = {
  regular: readFileSync(path.join(typefaces, 'LiberationSans-Regular.ttf')),
  bold: readFileSync(path.join(typefaces, 'LiberationSans-Bold.ttf')),
}
const labels: PrintLabels = {
  title: 'Messages',
  from: 'De',
  to: 'À',
  cc: 'Copie',
  date: 'Date',
  noSubject: '(sans objet)',
  signatureValid: 'Signature valide de {name}{date}',
  signaturePart: 'Signature d’une partie de {name}{date}',
  signatureUnbound: 'Signature valide de {name}{date}, non liée',
  signatureUntrusted: 'Signature non fiable',
  signatureUndecidable: 'Signature impossible à juger',
  signatureInvalid: 'Signature non valide',
  unsigned: 'Non signé',
  decrypted: 'Déchiffré',
  stillEncrypted: 'Chiffré, illisible ici',
  patient: 'Patient',
  born: 'né(e) le {date}',
  ins: 'INS {ins}',
  notQualified: 'identité non qualifiée',
  attachments: 'Fichiers joints',
  truncated: 'Coupé ici',
  kilobytes: 'ko',
  megabytes: 'Mo',
  foot: 'le {date} page {page}',
}
const message = (change: Partial<PrintedMessage> = {}): PrintedMessage => ({
  subject: 'Bilan fictif',
  from: { name: 'Dr Paul', address: 'paul@x.test' },
  to: [{ name: '', address: 'anne@y.test' }],
  cc: [],
  date: Date.UTC(2026, 10, 22, 8),
  patient: null,
  signature: { status: 'none' },
  encryption: 'none',
  blocks: [{ kind: 'paragraph', text: 'Bonjour' }],
  truncated: false,
  attachments: [],
  raw: new Uint8Array(Buffer.from('Subject: Bilan fictif\r\n\r\nBonjour\r\n')),
  ...change,
})
let files = 0
const print = async (messages: readonly PrintedMessage[]) => {
  files += 1
  const file = path.join(folder, `${String(files)}.pdf`)
  const printer = createPrinter({
    path: file,
    labels,
    language: 'fr',
    fonts,
    exportedAt: Date.UTC(2026, 10, 22),
  })
  for (const one of messages) printer.add(one)
  await printer.end()
  const reading = getDocument({ data: new Uint8Array(readFileSync(file)) })
  const pdf = await reading.promise
  const pages: string[] = []
  for (let number = 1; number <= pdf.numPages; number += 1) {
    const content = await (await pdf.getPage(number)).getTextContent()
    pages.push(content.items.map((item) => ('str' in item ? item.str : '')).join(' '))
  }
  const contents = new Map<string, Uint8Array>()
  for (const [id, { filename }] of (await pdf.getAttachments()) ?? []) {
    const found = await pdf.getAttachmentContent(id)
    if (found) contents.set(filename, found)
  }
  await reading.destroy()
  return { file, pages, attached: contents }
}

describe('a printed message', () => {
  it('says who, to whom, when, about whom, and what is proven', async () => {
    const { pages } = await print([
      message({
        patient: {
          birthName: 'FICTIVE',
          usedName: null,
          firstName: 'Jeanne',
          sex: 'F',
          birthDate: '1961-04-12',
          ins: null,
          qualified: false,
        },
        signature: {
          status: 'invalid',
          reasons: ['content-altered'],
          notices: [],
          signer: null,
          signerName: null,
          signedAt: null,
          binding: 'none',
          scope: 'message',
          revocation: 'not-asked',
          revocationAsOf: null,
          chain: [],
          pathProblem: null,
          algorithm: null,
        },
        encryption: 'decrypted',
      }),
    ])
    expect(pages).toHaveLength(1)
    for (const words of [
      'Bilan fictif',
      'Dr Paul <paul@x.test>',
      'anne@y.test',
      '22 novembre 2026',
      'FICTIVE Jeanne',
    ])
      expect(pages[0]).toContain(words)
    for (const words of ['12 avril 1961', 'non qualifiée', 'Signature non valide', 'Déchiffré', 'page 1'])
      expect(pages[0]).toContain(words)
  })

  it('has its attachments and its original within, byte for byte, each name once', async () => {
    const bytes = new Uint8Array(Buffer.from('pièce fictive'))
    const one = message({
      attachments: [
        { fileName: '../../a.txt', mimeType: 'text/plain', bytes },
        { fileName: 'a.txt', mimeType: 'not a type', bytes },
        { fileName: 'a.txt', mimeType: 'text/plain', bytes },
      ],
    })
    const { attached } = await print([one, one])
    expect([...attached.keys()].toSorted()).toEqual(
      ['001', '002'].flatMap((number) => [
        `${number} - .. .. a.txt`,
        `${number} - a (2).txt`,
        `${number} - a.txt`,
        `${number} - message.eml`,
      ]),
    )
    expect(Buffer.compare(attached.get('001 - a.txt') ?? Buffer.alloc(0), bytes)).toBe(0)
    expect(Buffer.compare(attached.get('002 - message.eml') ?? Buffer.alloc(0), one.raw)).toBe(0)
  })

  it('never lets an exponent be read as a figure', async () => {
    const { pages } = await print([
      message({ blocks: [{ kind: 'paragraph', text: 'Plaquettes 250 10⁹/L, Na⁺ 140' }] }),
    ])
    expect(pages[0]).toContain('10^9/L')
    expect(pages[0]).toContain('Na^+')
  })

  it('flows over pages and stays in time with text of every kind', async () => {
    const spent = processorTime()
    const { pages, file } = await print([
      message({
        blocks: Array.from({ length: 120 }, () => ({ kind: 'paragraph', text: 'mot '.repeat(120) })),
      }),
      message({ subject: '', blocks: [{ kind: 'paragraph', text: 'x'.repeat(60_000) }] }),
      message({
        subject: '\u202e\0\ud800 \u{1f600} 漢字 عربى',
        blocks: [{ kind: 'row', text: '\t'.repeat(5000) }],
      }),
      message({ blocks: [{ kind: 'paragraph', text: '\n'.repeat(20_000) }], truncated: true }),
      message({ blocks: [{ kind: 'paragraph', text: 'a\n'.repeat(60_000) }] }),
    ])
    expect(pages.length).toBeGreaterThan(10)
    expect(pages.filter((page) => /page \d+/.test(page))).toHaveLength(pages.length)
    expect(pages.some((page) => page.includes('(sans objet)'))).toBe(true)
    expect(spent()).toBeLessThan(60_000)
    expect(pages.filter((page) => page.includes('Coupé ici'))).toHaveLength(2)
    expect(statSync(file).mode & 0o077).toBe(0)
  })
})
