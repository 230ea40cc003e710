import { people, type Person } from '../people.ts'
import { firstNames, lastNames, syllableName, syllableNames } from './directory-names.ts'
import { towns } from './directory-places.ts'
import { createRandom, type Random } from './random.ts'

/** The header line of the real extraction (mssante-client.md §4.2). */
export const extractionColumns = [
  'Type de BAL',
  'Adresse BAL',
  'Type Identifiant PP',
  'Identifiant PP',
  'Identification nationale PP',
  'Type identifiant structure',
  'Identification Structure',
  'Service de rattachement',
  "Civilité d'exercice",
  "Nom d'exercice",
  "Prénom d'exercice",
  'Catégorie profession',
  'Libellé de catégorie profession',
  'Code Profession',
  'Libellé Profession',
  'Code savoir-faire',
  'Libellé savoir-faire',
  'Dématérialisation',
  'Raison Sociale structure BAL',
  'Enseigne commerciale structure BAL',
  'L2COMPLEMENTLOCALISATION structure BAL',
  'L3COMPLEMENTDISTRIBUTION structure BAL',
  'L4NUMEROVOIE structure BAL',
  'L4COMPLEMENTNUMEROVOIE structure BAL',
  'NL4TYPEVOIE structure BAL',
  'L4LIBELLEVOIE structure BAL',
  'L5LIEUDITMENTION structure BAL',
  'L6LIGNEACHEMINEMENT structure BAL',
  'Code postal structure BAL',
  'Département structure BAL',
  'Pays structure BAL',
] as const

/** [code, label, share, specialties as [code, label, share]] — shares are only for their proportions. */
type Specialty = readonly [string, string, number]
const professions: readonly (readonly [string, string, number, readonly Specialty[]])[] = [
  [
    '10',
    'Médecin',
    230,
    [
      ['SM54', 'Spécialiste en Médecine Générale', 95],
      ['SM04', 'Cardiologie et maladies vasculaires', 8],
      ['SM02', 'Anesthésie-réanimation', 12],
      ['SM15', 'Dermatologie et vénéréologie', 4],
      ['SM24', 'Gastro-entérologie et hépatologie', 4],
      ['SM38', 'Ophtalmologie', 6],
      ['SM40', 'Pédiatrie', 8],
      ['SM41', 'Pneumologie', 4],
      ['SM42', 'Psychiatrie', 14],
      ['SM44', 'Radio-diagnostic', 9],
      ['SM20', 'Gynécologie-obstétrique', 6],
      ['SM29', 'Neurologie', 4],
      ['SM45', 'Rhumatologie', 3],
      ['SM05', 'Chirurgie générale', 4],
      ['SM25', 'Oncologie médicale', 2],
    ],
  ],
  ['60', 'Infirmier', 90, []],
  ['21', 'Pharmacien', 60, []],
  ['40', 'Chirurgien-Dentiste', 45, [['SCD01', 'Orthopédie dento-faciale', 5]]],
  ['70', 'Masseur-Kinésithérapeute', 70, []],
  ['50', 'Sage-Femme', 18, []],
  ['80', 'Pédicure-Podologue', 12, []],
  ['91', 'Orthophoniste', 20, []],
  ['93', 'Psychologue', 15, []],
  ['28', 'Opticien-Lunetier', 8, []],
]

const services = [
  'Cardiologie',
  'Urgences',
  'Pneumologie',
  'Gériatrie',
  'Pédiatrie',
  'Radiologie',
  'Secrétariat médical',
  'Oncologie',
  'Service social',
  'Hospitalisation à domicile',
  'Laboratoire',
  'Néphrologie',
  'Maternité',
  'Pharmacie à usage intérieur',
]
const kinds = [
  ['Centre hospitalier', 'ch'],
  ['Clinique', 'clinique'],
  ['EHPAD', 'ehpad'],
  ['Laboratoire', 'labo'],
  ['Pharmacie', 'pharmacie'],
  ['Maison de santé', 'msp'],
  ['Centre de santé', 'cds'],
] as const
const flowers = [
  'des Lilas',
  'du Parc',
  'des Tilleuls',
  'Saint-Joseph',
  'de la Gare',
  'du Marché',
  'des Acacias',
  'du Port',
]

const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')

const weighted = <T>(items: readonly T[], weight: (item: T) => number) => {
  const bounds: number[] = []
  let sum = 0
  for (const item of items) bounds.push((sum += weight(item)))
  return (random: Random): T => {
    const at = random.next() * sum
    let low = 0
    let high = bounds.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if ((bounds[middle] ?? 0) > at) high = middle
      else low = middle + 1
    }
    const item = items[low]
    if (item === undefined) throw new Error('nothing to choose from')
    return item
  }
}
const pickTown = weighted(towns, ([, , , weight]) => weight)
const pickProfession = weighted(professions, ([, , share]) => share)
const specialtyPickers = new Map(
  professions.map(([code, , , list]) => [code, weighted(list, ([, , share]) => share)]),
)

const line = (values: Partial<Record<(typeof extractionColumns)[number], string>>): string =>
  extractionColumns.map((column) => values[column] ?? '').join('|')

const place = (random: Random, [postalCode, town, department]: (typeof towns)[number], name: string) => ({
  'Raison Sociale structure BAL': name,
  'L4NUMEROVOIE structure BAL': String(random.integer(1, 220)),
  'NL4TYPEVOIE structure BAL': random.pick(['RUE', 'AVENUE', 'PLACE', 'BOULEVARD']),
  'L4LIBELLEVOIE structure BAL': random.pick([
    'DE LA REPUBLIQUE',
    'DES FICTIFS',
    'VICTOR HUGO',
    'DE LA MAIRIE',
  ]),
  'L6LIGNEACHEMINEMENT structure BAL': `${postalCode} ${town}`,
  'Code postal structure BAL': postalCode,
  'Département structure BAL': department,
  'Pays structure BAL': 'France',
})

const finess = (town: readonly [string, ...unknown[]], index: number): string =>
  `${town[0].slice(0, 2)}9${String(index % 1_000_000).padStart(6, '0')}`

/** The people and services of the test operator themselves, so that its directory knows its mailboxes. */
const ownLine = (person: Person): string | null => {
  if (person.kind === 'patient' || person.kind === 'applicative') return null
  const lilas = ['69003', 'LYON', 'Rhône', 1] as const
  const structure = {
    ...place(createRandom(person.key), lilas, person.structure),
    'Type identifiant structure': '1',
    'Identification Structure': person.structure.startsWith('Hôpital') ? '690000002' : '690000001',
  }
  if (person.rpps === null)
    return line({
      'Type de BAL': 'ORG',
      'Adresse BAL': person.address,
      'Service de rattachement': person.key === 'hospital' ? 'Cardiologie' : 'Secrétariat',
      Dématérialisation: 'O',
      ...structure,
    })
  return line({
    'Type de BAL': 'PER',
    'Adresse BAL': person.address,
    'Type Identifiant PP': '8',
    'Identifiant PP': person.rpps,
    'Identification nationale PP': `8${person.rpps}`,
    "Civilité d'exercice": 'DR',
    "Nom d'exercice": person.familyName,
    "Prénom d'exercice": person.givenName,
    'Catégorie profession': 'C',
    'Libellé de catégorie profession': 'Civil',
    'Code Profession': String(person.professionCode ?? 10),
    'Libellé Profession': person.profession ?? 'Médecin',
    'Code savoir-faire': person.key === 'paul' ? 'SM04' : 'SM54',
    'Libellé savoir-faire':
      person.key === 'paul' ? 'Cardiologie et maladies vasculaires' : 'Spécialiste en Médecine Générale',
    Dématérialisation: 'O',
    ...structure,
  })
}

/** The share of frequent last names, of organisational mailboxes, and of people with a second address. */
const [frequent, organisational, second] = [0.45, 0.149, 0.13]

/**
 * A fictitious extraction in the shape of the real one, deterministic: header, the test operator's own mailboxes, then made-up
 * people (RPPS that begin with 997, addresses under `.mssante.test`). `lines` of 535,000 is the real size.
 */
export function* fictitiousExtraction(options: { lines: number; seed?: number | string }): Generator<string> {
  const random = createRandom(options.seed ?? 'annuaire')
  yield extractionColumns.join('|')
  let written = 0
  for (const person of Object.values(people)) {
    const own = ownLine(person)
    if (own === null || written >= options.lines) continue
    written += 1
    yield own
  }
  for (let index = 0; written < options.lines; index += 1) {
    for (const made of random.chance(organisational) ? service(random, index) : person(random, index)) {
      if (written >= options.lines) break
      written += 1
      yield made
    }
  }
}

const service = (random: Random, index: number): string[] => {
  const town = pickTown(random)
  const [kind, short] = random.pick(kinds)
  const name = `${kind.toUpperCase()} ${random.pick(flowers).toUpperCase()} (FICTIF)`
  const unit = random.pick(services)
  return [
    line({
      'Type de BAL': 'ORG',
      'Adresse BAL': `${plain(unit)}.${String(index)}@${short}-${plain(town[1])}.mssante.test`,
      'Type identifiant structure': '1',
      'Identification Structure': finess(town, Math.floor(index / 6)),
      'Service de rattachement': unit,
      Dématérialisation: random.chance(0.6) ? 'O' : 'N',
      'Enseigne commerciale structure BAL': random.chance(0.2) ? `${kind} ${town[1]}` : '',
      ...place(random, town, name),
    }),
  ]
}

const person = (random: Random, index: number): string[] => {
  const last = random.chance(frequent)
    ? (lastNames[Math.floor(lastNames.length * random.next() ** 1.8)] ?? 'MARTIN')
    : syllableName(random.integer(0, syllableNames - 1))
  const first = firstNames[Math.floor(firstNames.length * random.next() ** 1.5)] ?? 'Marie'
  const [code, label, , specialties] = pickProfession(random)
  const specialty =
    specialties.length > 0 && (code === '10' || random.chance(0.1))
      ? specialtyPickers.get(code)?.(random)
      : undefined
  const rpps = `997${String(10_000_000 + index).slice(-8)}`
  const identity = {
    'Type de BAL': 'PER',
    'Type Identifiant PP': '8',
    'Identifiant PP': rpps,
    'Identification nationale PP': `8${rpps}`,
    "Civilité d'exercice": code === '10' ? 'DR' : '',
    "Nom d'exercice": last.replace(/-/g, random.chance(0.5) ? '-' : ' '),
    "Prénom d'exercice": first,
    'Catégorie profession': 'C',
    'Libellé de catégorie profession': 'Civil',
    'Code Profession': code,
    'Libellé Profession': label,
    'Code savoir-faire': specialty?.[0] ?? '',
    'Libellé savoir-faire': specialty?.[1] ?? '',
    Dématérialisation: random.chance(0.5) ? 'O' : 'N',
  }
  const local = `${plain(first)}.${plain(last)}${random.chance(0.4) ? `.${String(index % 997)}` : ''}`
  const domain =
    code === '10' ? 'medecin' : code === '21' ? 'pharmacien' : code === '60' ? 'infirmier' : 'pro'
  const personal = line({ ...identity, 'Adresse BAL': `${local}.${rpps.slice(-6)}@${domain}.mssante.test` })
  const town = pickTown(random)
  const practice = (): string =>
    line({
      ...identity,
      'Adresse BAL': `${local}.${rpps.slice(-6)}@${plain(town[1])}-sante.mssante.test`,
      'Type identifiant structure': '1',
      'Identification Structure': finess(town, Math.floor(index / 6)),
      ...place(random, town, `CABINET ${last} (FICTIF)`),
    })
  if (random.chance(second)) return [personal, practice()]
  return [random.chance(0.55) ? practice() : personal]
}
