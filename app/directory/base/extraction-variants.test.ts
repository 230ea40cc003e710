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
import { applyFindings } from './apply.ts'
import { readHeader, readLine } from './columns.ts'
import { dateInName } from './extraction-date.ts'
import { factsOf } from './facts.ts'
import { mailboxAt } from './read.ts'

const header = columns.join('|')
const read = (line: string, head = header) => {
  const layout = readHeader(head)
  if (!layout) throw new Error('no header')
  return readLine(line, layout)
}
const anne = physician('MARTIN', 'Anne', { ...inLyon, Dématérialisation: 'O' })
const code = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
  )
const monday = Date.parse('2026-11-16T02:00:00Z')
const day = 86_400_000

describe('lines written otherwise', () => {
  const line = lineOf(anne)
  const service = (value: string): string =>
    lineOf({ ...anne, 'Service de rattachement': value, 'Raison Sociale structure BAL': 'CABINET (FICTIF)' })
  const placed = { lastName: 'MARTIN', postalCode: '69003', town: 'LYON', legalName: 'CABINET (FICTIF)' }

  it('takes a separator within quotes, and quotes that are doubled, for what they are', () => {
    expect(read(service('"Cardio | rythmologie"'))).toMatchObject({
      odd: false,
      line: { ...placed, service: 'Cardio | rythmologie' },
    })
    expect(read(service('"Service ""A"" | B"'))?.line.service).toBe('Service "A" | B')
  })

  it('takes a quote that opens nothing for a letter', () => {
    expect(read(service('"LES LILAS" annexe'))).toMatchObject({
      odd: false,
      line: { ...placed, service: '"LES LILAS" annexe' },
    })
    expect(read(service('Clinique "LES LILAS"'))?.line).toMatchObject(placed)
    expect(read(service('"'))?.line).toMatchObject({ ...placed, service: '"' })
  })

  it('puts a value together again that holds a bare separator, and counts the line', () => {
    expect(read(service('Cardio | rythmologie'))).toMatchObject({
      odd: true,
      line: { ...placed, service: 'Cardio | rythmologie', paperless: true },
    })
    expect(read(lineOf({ ...anne, 'Enseigne commerciale structure BAL': 'A|B|C' }))?.line).toMatchObject({
      postalCode: '69003',
      town: 'LYON',
      lastName: 'MARTIN',
    })
  })

  it.each(['|', ';', '\t', ','])('reads a file separated by %j, its values quoted', (separator) => {
    const quote = (text: string): string =>
      text
        .split('|')
        .map((one) => `"${one}"`)
        .join(separator)
    expect(read(quote(line), quote(header))).toMatchObject({ odd: false, line: { postalCode: '69003' } })
  })

  it('takes columns in capitals, without accents, or with their place in brackets', () => {
    const heads = [
      header.toUpperCase(),
      header.normalize('NFD').replace(/\p{M}/gu, ''),
      header.replaceAll(' structure BAL', ' (structure BAL)'),
    ]
    for (const head of heads) expect(read(line, head)?.line, head).toMatchObject({ town: 'LYON' })
  })

  it.each([
    [{ 'Identification nationale PP': '899700000101' }, '899700000101'],
    [{ 'Identification nationale PP': '99700000101' }, '899700000101'],
    [{ 'Identifiant PP': '99700000101', 'Type Identifiant PP': '8' }, '899700000101'],
    [{ 'Identifiant PP': '691234567', 'Type Identifiant PP': '0' }, '0691234567'],
    [{ 'Identification nationale PP': '8,997E+11', 'Identifiant PP': '99700000101' }, '899700000101'],
    [{}, null],
  ])('knows a person by %j', (values, wanted) => {
    expect(read(lineOf({ ...anne, 'Type Identifiant PP': '', ...values }))?.line.nationalId).toBe(wanted)
  })
})

describe('when an extraction was made', () => {
  it.each([
    ['Extraction_Correspondance_MSSante_202608151530.txt', '2026-08-15T15:30:00Z'],
    ['annuaire-2026-08-15.zip', '2026-08-15T00:00:00Z'],
    ['Extraction_20260815023000.zip', '2026-08-15T02:30:00Z'],
  ])('%s', (name, wanted) => {
    expect(dateInName(name, monday)).toBe(Date.parse(wanted))
  })
  it.each(['Extraction_20991231.zip', 'Extraction_20261399.zip', 'n°1202608151.zip', 'annuaire.zip'])(
    'is not told by %s',
    (name) => {
      expect(dateInName(name, monday)).toBeNull()
    },
  )
  it('is told by the text in the archive where the archive was renamed', async () => {
    const folder = temporary()
    const db = newBase(folder)
    const zip = await zipped('Extraction_202611150230.txt', Buffer.from(extractionOf([anne])))
    await take(db, folder, zip, { date: null, now: monday })
    expect(factsOf(db).generation?.date).toBe(Date.parse('2026-11-15T02:30:00Z'))
  })
})

describe('an extraction that takes much away', () => {
  const many = Array.from({ length: 10 }, (_, index) => physician(`NOM${String(index)}`, 'Ida'))
  const imported = async () => {
    const folder = temporary()
    const db = newBase(folder)
    await take(db, folder, extractionOf(many), { date: monday })
    return { folder, db }
  }

  it('adds what it has where the user chose it, and takes nothing for gone', async () => {
    const { folder, db } = await imported()
    const changed = { ...physician('NOM0', 'Ida'), ...inLyon }
    const few = extractionOf([changed, ...many.slice(1, 4), physician('NEUF', 'Léa')])
    const generation = await take(db, folder, few, { date: monday + day, leastKept: 0.8, whenLess: 'add' })
    expect(generation).toMatchObject({ added: 2, removed: 0, gone: 0, mailboxes: 11, kept: 6, date: monday })
    expect(mailboxAt(db, 'ida.nom9@medecin.mssante.test')?.goneSince).toBeNull()
    expect(mailboxAt(db, 'ida.nom0@medecin.mssante.test')?.structure?.town).toBe('LYON')
    // The whole one that follows tells who is gone.
    const whole = await take(db, folder, extractionOf(many.slice(0, 9)), { date: monday + 2 * day })
    expect(whole).toMatchObject({ kept: 0, gone: 2, mailboxes: 9 })
  })

  it('is not taken where it is older than what is here', async () => {
    const { folder, db } = await imported()
    const older = extractionOf(many.slice(0, 9))
    expect(await code(take(db, folder, older, { date: monday - day, now: monday }))).toBe(
      'directory.extraction-older',
    )
    expect(factsOf(db).generation).toMatchObject({ date: monday, gone: 0 })
    // The very same day again is no harm.
    expect(await take(db, folder, extractionOf(many), { date: monday })).toMatchObject({ added: 0 })
  })

  it('is taken where the base was made under a clock of years to come', async () => {
    const folder = temporary()
    const db = newBase(folder)
    await take(db, folder, extractionOf(many), { date: null, now: Date.parse('2031-01-01T00:00:00Z') })
    expect(await take(db, folder, extractionOf(many), { date: null, now: monday })).toMatchObject({
      date: monday,
    })
  })
})

it('keeps rank and liste rouge of a mailbox whose line changed', async () => {
  const folder = temporary()
  const db = newBase(folder)
  const id = { 'Identification nationale PP': '899700000101' }
  const one = { ...physician('MARTIN', 'Anne', id) }
  await take(db, folder, extractionOf([one]), { date: monday })
  const mailbox = {
    ...{ address: 'anne.martin@medecin.mssante.test', type: 'PER', nationalId: '899700000101' },
    ...{ structure: null, service: null, paperless: null, rank: 1, unlisted: true },
  }
  applyFindings(db, { at: monday, persons: [], mailboxes: [mailbox], unit: false, deltaAt: null })
  await take(db, folder, extractionOf([{ ...one, ...inLyon }]), { date: monday + day })
  expect(mailboxAt(db, mailbox.address)).toMatchObject({ rank: 1, unlisted: true, firstSeen: monday })
})

it('says that the disk is full, and keeps the former base', async () => {
  const folder = temporary()
  const db = newBase(folder)
  await take(db, folder, extractionOf([anne]), { date: monday })
  db.pragma(`max_page_count = ${String(Number(db.pragma('page_count')) + 20)}`)
  const many = Array.from({ length: 5000 }, (_, index) => physician(`NOM${String(index)}`, 'Ida', inLyon))
  expect(await code(take(db, folder, extractionOf(many), { date: monday + day }))).toMatch(/^SQLITE_FULL/)
  expect(factsOf(db).generation).toMatchObject({ date: monday, mailboxes: 1 })
  expect(mailboxAt(db, 'anne.martin@medecin.mssante.test')).not.toBeNull()
})
