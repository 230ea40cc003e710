/** A fictitious patient. INS matricules are of the test domain (OID …4.10), with valid keys (clinical-documents.md §8). */
export interface Patient {
  /** Birth name, as in the civil register. */
  birthName: string
  /** First birth given name. */
  givenName: string
  /** List of birth given names, blank-separated. */
  givenNames: string
  usedName: string
  usedGivenName: string
  sex: 'F' | 'M'
  /** `AAAAMMJJ`. */
  birthDate: string
  /** Code commune INSEE. */
  birthPlace: { code: string; name: string }
  /** 15 characters; null when the identity is not qualified. */
  ins: string | null
  /** Identifier in the producer's own system. */
  ipp: string
  address: { number: string; street: string; postalCode: string; city: string }
  phone: string
  guardian: { familyName: string; givenName: string } | null
}

export const insTestOid = '1.2.250.1.213.1.4.10'

/** The 2-digit key of a 13-character matricule: 97 − (N mod 97), 2A counted as 19 and 2B as 18. */
export function insKey(matricule: string): string {
  const digits = matricule.replace('2A', '19').replace('2B', '18')
  if (!/^\d{13}$/.test(digits)) throw new Error('a matricule has 13 characters')
  return String(97n - (BigInt(digits) % 97n)).padStart(2, '0')
}

const towns = {
  '75113': 'PARIS 13E ARRONDISSEMENT',
  '69383': 'LYON 3E ARRONDISSEMENT',
  '2A004': 'AJACCIO',
  '35238': 'RENNES',
  '13055': 'MARSEILLE',
  '59350': 'LILLE',
  '31555': 'TOULOUSE',
  '99350': 'MAROC',
  '99139': 'PORTUGAL',
} as const

type Row = [
  birthName: string,
  givenNames: string,
  sex: 'F' | 'M',
  birthDate: string,
  town: keyof typeof towns,
  /** Last three digits of the matricule; null: identity not qualified. */
  order: string | null,
  used?: { name?: string; given?: string },
]

const rows: Row[] = [
  ['DUPONT', 'MARIE LOUISE', 'F', '19781126', '35238', '518'],
  ['LEROY', 'JEAN', 'M', '19510203', '59350', '042'],
  ['DURAND', 'LEO', 'M', '19900614', '75113', '001', { given: 'Léo' }],
  ['MOREAU', 'CLAIRE ANNE', 'F', '19690909', '69383', '127'],
  ['PETIT', 'HUGO', 'M', '20150121', '69383', null],
  ['LEFEVRE', 'FRANCOISE', 'F', '19440517', '59350', '203', { name: 'LEFÈVRE-BÉNARD', given: 'Françoise' }],
  ['SANTONI', 'ANGE DOMINIQUE', 'M', '19620830', '2A004', '064'],
  ["D'ANGELO", 'CHIARA', 'F', '19850311', '13055', '310'],
  ['GARNIER', 'MARIE-CLAUDE', 'F', '19570722', '31555', '088', { name: 'ROUSSEL' }],
  ['BENALI', 'KARIM', 'M', '19731204', '99350', '512'],
  ['NGUYEN', 'THI MAI', 'F', '19920218', '75113', '245', { given: 'Mai' }],
  ['CHEVALIER', 'AMELIE', 'F', '20010905', '35238', '091', { given: 'Amélie' }],
  ["L'HERMITTE", 'PIERRE-YVES', 'M', '19490119', '35238', '017'],
  ['FAURE', 'SOLENE', 'F', '20090423', '31555', '155', { given: 'Solène' }],
  ['MARCHAND', 'ROBERT', 'M', '19380610', '13055', '033'],
  ['PICARD', 'ELODIE', 'F', '19881030', '59350', '276', { name: 'PICARD-GUÉRIN', given: 'Élodie' }],
  ['RENAUD', 'THOMAS', 'M', '19950727', '69383', '418'],
  ['OLIVIER', 'JACQUELINE', 'F', '19361112', '75113', '009', { name: 'MULLER' }],
  ['BARBIER', 'LUCIEN', 'M', '19550301', '31555', '140'],
  ['CARPENTIER', 'INES', 'F', '19990815', '13055', '367', { given: 'Inès' }],
  ['DA SILVA', 'MARIA DE FATIMA', 'F', '19660524', '99139', '221'],
  ['GAUTHIER', 'NOEL', 'M', '19471225', '59350', '078', { given: 'Noël' }],
  ['ROCHE', 'SACHA', 'M', '19830206', '35238', null],
  ['VIDAL', 'CAMILLE', 'F', '19940419', '31555', '199'],
  ['JOLY', 'BERNADETTE', 'F', '19410828', '69383', null, { name: 'FONTAINE' }],
]

const streets = [
  ['12', 'rue des Lilas fictifs', '69003', 'LYON'],
  ['4 bis', "avenue de l'Exemple", '75013', 'PARIS'],
  ['27', 'chemin des Essais', '59000', 'LILLE'],
  ['8', 'place du Jeu-de-Données', '35000', 'RENNES'],
  ['103', 'boulevard Imaginaire', '31000', 'TOULOUSE'],
] as const

function capitalise(name: string): string {
  return name.toLowerCase().replace(/(^|[\s'-])(\p{L})/gu, (_, before: string, letter: string) => {
    return before + letter.toUpperCase()
  })
}

function build(row: Row, index: number): Patient {
  const [birthName, givenNames, sex, birthDate, town, order, used] = row
  const [number, street, postalCode, city] = streets[index % streets.length] ?? streets[0]
  // Births abroad carry department 99; the matricule's place is otherwise the first five characters of the COG code.
  const matricule =
    order === null
      ? null
      : `${sex === 'M' ? 1 : 2}${birthDate.slice(2, 4)}${birthDate.slice(4, 6)}${town}${order}`
  const first = givenNames.split(' ')[0] ?? givenNames
  return {
    birthName,
    givenName: first,
    givenNames,
    usedName: used?.name ?? birthName,
    usedGivenName: used?.given ?? capitalise(first),
    sex,
    birthDate,
    birthPlace: { code: town, name: towns[town] },
    ins: matricule === null ? null : matricule + insKey(matricule),
    ipp: `IPP-DEMO-${String(4000 + index * 37)}`,
    address: { number, street, postalCode, city },
    phone: `06390${String(10000 + index * 211).slice(-5)}`,
    guardian: birthDate > '20081122' ? { familyName: birthName, givenName: 'Nathalie' } : null,
  }
}

/** All seeded patients; the order is part of the seed. */
export const patients: readonly Patient[] = rows.map(build)

/** A patient by birth name; throws when the seed has none. */
export function patientNamed(birthName: string): Patient {
  const found = patients.find((patient) => patient.birthName === birthName)
  if (found === undefined) throw new Error(`no seeded patient is named ${birthName}`)
  return found
}

/** `JJ/MM/AAAA`. */
export function frenchBirthDate(patient: Patient): string {
  const d = patient.birthDate
  return `${d.slice(6)}/${d.slice(4, 6)}/${d.slice(0, 4)}`
}

/** `2 78 11 35 238 518 42`: how people read an INS. */
export function spacedIns(ins: string): string {
  return ins.replace(/^(.)(..)(..)(..)(...)(...)(..)$/, '$1 $2 $3 $4 $5 $6 $7')
}

/** `Mme Marie DUPONT`, with the used names. */
export function civilName(patient: Patient): string {
  return `${patient.sex === 'F' ? 'Mme' : 'M.'} ${patient.usedGivenName} ${patient.usedName}`
}
