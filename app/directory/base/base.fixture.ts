import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import { ZipFile } from 'yazl'
import type { SqlDatabase } from '../../vault/index.ts'
import { importExtraction, type Generation } from './import.ts'
import { openBase } from './schema.ts'

export const columns = [
  ...['Type de BAL', 'Adresse BAL', 'Type Identifiant PP', 'Identifiant PP', 'Identification nationale PP'],
  ...[
    'Type identifiant structure',
    'Identification Structure',
    'Service de rattachement',
    "Civilité d'exercice",
  ],
  ...["Nom d'exercice", "Prénom d'exercice", 'Catégorie profession', 'Libellé de catégorie profession'],
  ...[
    'Code Profession',
    'Libellé Profession',
    'Code savoir-faire',
    'Libellé savoir-faire',
    'Dématérialisation',
  ],
  ...[
    'Raison Sociale structure BAL',
    'Enseigne commerciale structure BAL',
    'L2COMPLEMENTLOCALISATION structure BAL',
  ],
  ...[
    'L3COMPLEMENTDISTRIBUTION structure BAL',
    'L4NUMEROVOIE structure BAL',
    'L4COMPLEMENTNUMEROVOIE structure BAL',
  ],
  ...['NL4TYPEVOIE structure BAL', 'L4LIBELLEVOIE structure BAL', 'L5LIEUDITMENTION structure BAL'],
  ...[
    'L6LIGNEACHEMINEMENT structure BAL',
    'Code postal structure BAL',
    'Département structure BAL',
    'Pays structure BAL',
  ],
]

/** One line by the names of its columns, in the order given; everybody in tests is fictitious. */
export const lineOf = (
  values: Readonly<Record<string, string>>,
  order: readonly string[] = columns,
): string => order.map((name) => values[name] ?? '').join('|')

/** A physician: last name, first name, specialty, town. */
export const physician = (
  last: string,
  first: string,
  extra: Readonly<Record<string, string>> = {},
): Record<string, string> => ({
  'Type de BAL': 'PER',
  'Adresse BAL': `${first}.${last}@medecin.mssante.test`.toLowerCase(),
  'Type Identifiant PP': '8',
  "Civilité d'exercice": 'DR',
  "Nom d'exercice": last,
  "Prénom d'exercice": first,
  'Code Profession': '10',
  'Libellé Profession': 'Médecin',
  ...extra,
})

export const inLyon = {
  'L6LIGNEACHEMINEMENT structure BAL': '69003 LYON CEDEX 03',
  'Code postal structure BAL': '69003',
  'Département structure BAL': 'Rhône',
}
export const cardiologist = {
  'Code savoir-faire': 'SM04',
  'Libellé savoir-faire': 'Cardiologie et maladies vasculaires',
}

export const extractionOf = (people: readonly Readonly<Record<string, string>>[]): string =>
  [columns.join('|'), ...people.map((one) => lineOf(one))].join('\n') + '\n'

export const temporary = (): string => {
  const folder = mkdtempSync(path.join(tmpdir(), 'souspli-directory-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export const zipped = async (name: string, content: Uint8Array): Promise<Buffer> => {
  const zip = new ZipFile()
  zip.addBuffer(Buffer.from(content), name)
  zip.end()
  const pieces: Buffer[] = []
  for await (const piece of zip.outputStream as AsyncIterable<Buffer>) pieces.push(piece)
  return Buffer.concat(pieces)
}

export const newBase = (folder: string): SqlDatabase => {
  const db = openBase({
    path: path.join(folder, 'base.db'),
    key: new Uint8Array(32).fill(3),
    create: true,
    cacheKibibytes: 2048,
    stopping: () => false,
  })
  onTestFinished(() => db.close())
  return db
}

/** Imports a text, a zip or whatever bytes; `date` is the extraction's. */
export const take = (
  db: SqlDatabase,
  folder: string,
  bytes: string | Uint8Array,
  options: {
    date?: number | null
    leastKept?: number
    whenLess?: 'refuse' | 'add'
    stopping?: () => boolean
    now?: number
  } = {},
): Promise<Generation> => {
  const file = path.join(folder, 'extraction')
  writeFileSync(file, bytes)
  const date = options.date === undefined ? Date.parse('2026-11-20T02:00:00Z') : options.date
  const now = options.now ?? date ?? Date.parse('2026-11-20T02:00:00Z')
  const { leastKept = 0, whenLess = 'refuse' } = options
  return importExtraction(
    db,
    { path: file, date, now, source: 'test', leastKept, whenLess },
    () => undefined,
    options.stopping ?? (() => false),
  )
}
