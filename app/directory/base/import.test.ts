import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  columns,
  extractionOf,
  inLyon,
  lineOf,
  newBase,
  physician,
  take,
  temporary,
  zipped,
} from './base.fixture.ts'
import { factsOf } from './facts.ts'
import { mailboxAt, mailboxesOfPerson } from './read.ts'
import { readExtraction } from './extraction.ts'
import { searchBase } from './search.ts'

const anybody = { profession: null, specialty: null, department: null, type: null, gone: false, limit: 50 }
const addresses = (db: Parameters<typeof searchBase>[0], text: string, gone = false): string[] =>
  searchBase(db, { ...anybody, text, gone }).mailboxes.map(({ address }) => address)
const some = [physician('MARTIN', 'Anne', inLyon), physician('BERNARD', 'Paul')]
const monday = Date.parse('2026-11-16T02:00:00Z')
const tuesday = monday + 86_400_000
const wednesday = tuesday + 86_400_000

const code = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
  )

describe('reading an extraction', () => {
  it('takes columns by name, whatever their order, with absent optional ones', async () => {
    const folder = temporary()
    const db = newBase(folder)
    const order = [
      'Libellé Profession',
      "Nom d'exercice",
      'Inconnue',
      'Adresse BAL',
      'Identifiant PP',
      "Prénom d'exercice",
    ]
    const line = lineOf({ ...physician('MARTIN', 'Anne'), 'Identifiant PP': '99700000101' }, order)
    const generation = await take(db, folder, `${order.join('|')}\n${line}\n`)
    expect(generation).toMatchObject({ lines: 1, deviations: 0, mailboxes: 1, persons: 1 })
    expect(mailboxAt(db, 'anne.martin@medecin.mssante.test')).toMatchObject({
      lastName: 'MARTIN',
      nationalId: '899700000101',
      profession: { code: null, label: 'Médecin' },
      structure: null,
    })
  })

  it('reads a BOM, CRLF, Windows-1252 lines, names without the suffix of the structure, and counts odd lines', async () => {
    const folder = temporary()
    const db = newBase(folder)
    const header = columns.map((name) => name.replace(' structure BAL', '')).join('|')
    const lines = [
      lineOf(physician('LEFÈVRE', 'Zoé', inLyon)),
      'PER|court@medecin.mssante.test|8',
      'PER|pas une adresse',
      '',
      `${lineOf(physician('DURAND', 'Luc'))}|de trop`,
      `${lineOf(physician('PETIT', 'Léa'))}|`,
    ]
    const text = Buffer.concat([
      Buffer.from(`\ufeff${header}\r\n`),
      Buffer.from(lines.slice(0, 1).join('\r\n'), 'latin1'),
      Buffer.from(`\r\n${lines.slice(1).join('\r\n')}\r\n`),
    ])
    const generation = await take(db, folder, text)
    expect(generation).toMatchObject({ lines: 5, deviations: 3, mailboxes: 4 })
    expect(mailboxAt(db, 'ZOÉ.LEFÈVRE@medecin.mssante.test'.toLowerCase())).toMatchObject({
      lastName: 'LEFÈVRE',
      structure: { town: 'LYON', postalCode: '69003' },
    })
    expect(addresses(db, 'lefevre')).toHaveLength(1)
  })

  it('reads the archive as it is downloaded', async () => {
    const folder = temporary()
    const db = newBase(folder)
    const zip = await zipped(
      'Extraction_Correspondance_MSSante_202611200312.txt',
      Buffer.from(extractionOf(some)),
    )
    expect(await take(db, folder, zip)).toMatchObject({ mailboxes: 2 })
  })
})

describe('the next extraction', () => {
  it('keeps first and last sight, marks what is gone, and replaces what changed', async () => {
    const folder = temporary()
    const db = newBase(folder)
    await take(db, folder, extractionOf(some), { date: monday })
    const moved = physician('MARTIN', 'Anne', { 'L6LIGNEACHEMINEMENT structure BAL': '44000 NANTES' })
    const second = await take(db, folder, extractionOf([moved, physician('PETIT', 'Léa')]), { date: tuesday })
    expect(second).toMatchObject({ added: 2, removed: 1, gone: 1, mailboxes: 2 })
    expect(mailboxAt(db, 'anne.martin@medecin.mssante.test')).toMatchObject({
      firstSeen: monday,
      goneSince: null,
      structure: { town: 'NANTES' },
    })
    expect(mailboxAt(db, 'paul.bernard@medecin.mssante.test')).toMatchObject({ goneSince: monday })
    expect(mailboxAt(db, 'léa.petit@medecin.mssante.test')).toMatchObject({ firstSeen: tuesday })
    expect(addresses(db, 'bernard')).toEqual([])
    expect(addresses(db, 'bernard', true)).toEqual(['paul.bernard@medecin.mssante.test'])
    expect(addresses(db, 'martin lyon')).toEqual([])
    // Back again: as if it had never gone, but for nothing lost of its first day.
    const third = await take(db, folder, extractionOf([moved, ...some.slice(1)]), { date: wednesday })
    expect(third).toMatchObject({ gone: 1, mailboxes: 2 })
    expect(mailboxAt(db, 'paul.bernard@medecin.mssante.test')).toMatchObject({
      firstSeen: monday,
      goneSince: null,
    })
    expect(addresses(db, 'bernard')).toHaveLength(1)
  })

  it('writes nothing for lines that did not change', async () => {
    const folder = temporary()
    const db = newBase(folder)
    await take(db, folder, extractionOf(some))
    expect(await take(db, folder, extractionOf([...some].reverse()))).toMatchObject({ added: 0, removed: 0 })
  })

  it('knows every address of one person', async () => {
    const folder = temporary()
    const db = newBase(folder)
    const id = { 'Identification nationale PP': '899700000101' }
    await take(
      db,
      folder,
      extractionOf([
        physician('MARTIN', 'Anne', id),
        { ...physician('MARTIN', 'Anne', id), 'Adresse BAL': 'am@ch.mssante.test' },
      ]),
    )
    expect(mailboxesOfPerson(db, '899700000101').map(({ address }) => address)).toEqual([
      'anne.martin@medecin.mssante.test',
      'am@ch.mssante.test',
    ])
  })
})

describe('what is refused leaves the base as it was', () => {
  const wholeZip = () => zipped('e.txt', Buffer.from(extractionOf(some)))
  const bomb = async (): Promise<Buffer> => {
    const zip = await zipped(
      'e.txt',
      Buffer.concat([Buffer.from(extractionOf(some)), Buffer.alloc(40_000_000, 'a|b\n')]),
    )
    return zip
  }
  const announced = async (): Promise<Buffer> => {
    // The directory announces fewer bytes than the stream holds.
    const zip = await wholeZip()
    const central = zip.lastIndexOf(Buffer.from('PK\u0001\u0002'))
    zip.writeUInt32LE(10, central + 24)
    return zip
  }
  const corrupted = async (): Promise<Buffer> => {
    const zip = await wholeZip()
    const stored = deflateRawSync(Buffer.from('abc'))
    stored.copy(zip, 60)
    return zip
  }
  it.each<[string, () => Promise<Uint8Array | string> | Uint8Array | string, string]>([
    [
      'an archive that was cut',
      async () => (await wholeZip()).subarray(0, -30),
      'directory.extraction-truncated',
    ],
    ['an archive whose bytes changed', corrupted, 'directory.extraction-truncated'],
    ['an archive that says less than it holds', announced, 'directory.extraction-truncated'],
    ['an archive that swells', bomb, 'directory.extraction-too-large'],
    [
      'an archive of something else',
      () => zipped('photo.jpg', Buffer.from('x')),
      'directory.extraction-malformed',
    ],
    ['an empty file', () => '', 'directory.extraction-truncated'],
    ['a web page', () => '<!doctype html><title>Portail captif</title>\n', 'directory.extraction-malformed'],
    ['binary bytes', () => new Uint8Array(5000), 'directory.extraction-malformed'],
    ['a header alone', () => `${columns.join('|')}\n`, 'directory.extraction-malformed'],
    [
      'one endless line',
      () => `${columns.join('|')}\n${'x'.repeat(100_000)}`,
      'directory.extraction-malformed',
    ],
  ])('%s', async (_what, bytes, wanted) => {
    const folder = temporary()
    const db = newBase(folder)
    await take(db, folder, extractionOf(some), { date: monday })
    expect(await code(take(db, folder, await bytes(), { date: tuesday }))).toBe(wanted)
    expect(factsOf(db).generation).toMatchObject({ date: monday, mailboxes: 2 })
    expect(addresses(db, 'martin')).toEqual(['anne.martin@medecin.mssante.test'])
  })

  it('a download with less than half of the mailboxes', async () => {
    const folder = temporary()
    const db = newBase(folder)
    const many = Array.from({ length: 10 }, (_, index) => physician(`NOM${String(index)}`, 'Ida'))
    await take(db, folder, extractionOf(many))
    expect(await code(take(db, folder, extractionOf(many.slice(0, 3)), { leastKept: 0.5 }))).toBe(
      'directory.extraction-truncated',
    )
    expect(addresses(db, 'nom7')).toHaveLength(1)
    // A file the user chose may hold as little as it likes.
    expect(await take(db, folder, extractionOf(many.slice(0, 3)))).toMatchObject({ mailboxes: 3, gone: 7 })
  })

  it('an import that is stopped half way', async () => {
    const folder = temporary()
    const db = newBase(folder)
    await take(db, folder, extractionOf(some), { date: monday })
    let asked = 0
    const many = Array.from({ length: 6000 }, (_, index) => physician(`NOM${String(index)}`, 'Ida', inLyon))
    const stopped = take(db, folder, extractionOf(many), { date: tuesday, stopping: () => (asked += 1) > 2 })
    expect(await code(stopped)).toBe('vault.cancelled')
    expect(asked).toBeGreaterThan(2)
    expect(factsOf(db).generation).toMatchObject({ date: monday, mailboxes: 2 })
    expect(addresses(db, 'nom1')).toEqual([])
  })
})

it('never fails otherwise than by a code, whatever the bytes', async () => {
  const folder = temporary()
  const db = newBase(folder)
  const header = `${columns.join('|')}\n`
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc.constantFrom('|', '\n', '\r\n', '"', header, 'PER|a@b.fr|', ';', '\ufeff'),
  )
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.array(piece, { maxLength: 30 }), async (headed, pieces) => {
      const outcome = await code(take(db, folder, (headed ? header : '') + pieces.join('')))
      expect(outcome).toMatch(/^(?:none|directory\.extraction-(?:malformed|truncated))$/)
    }),
    { numRuns: 150 },
  )
})

it('never holds more than blocks of a file', async () => {
  const folder = temporary()
  const file = path.join(folder, 'big')
  const line = lineOf(physician('MARTIN', 'Anne', inLyon))
  writeFileSync(file, `${columns.join('|')}\n${`${line}\n`.repeat(20_000)}`)
  let most = 0
  let lines = 0
  for await (const block of readExtraction(file)) {
    most = Math.max(most, block.lines.join('\n').length)
    lines += block.lines.length
  }
  expect(lines).toBe(20_001)
  expect(most).toBeLessThan(readFileSync(file).length / 5)
})
