import { fold } from '../../vault/index.ts'

/** One line of the extraction, trimmed; empty values are null. */
export interface ExtractionLine {
  type: string | null
  address: string
  idType: string | null
  /** `Identification nationale PP`: type digit and number; made of the two others when it is missing. */
  nationalId: string | null
  structureIdType: string | null
  structureId: string | null
  service: string | null
  civility: string | null
  lastName: string | null
  firstName: string | null
  categoryCode: string | null
  category: string | null
  professionCode: string | null
  profession: string | null
  specialtyCode: string | null
  specialty: string | null
  paperless: boolean | null
  legalName: string | null
  tradeName: string | null
  lines: string[]
  postalCode: string | null
  town: string | null
  department: string | null
  country: string | null
}

/** The 31 columns (mssante-client.md §4.2), as their names read once folded and stripped. */
const names = {
  typedebal: 'type',
  adressebal: 'address',
  typeidentifiantpp: 'idType',
  identifiantpp: 'id',
  identificationnationalepp: 'nationalId',
  typeidentifiantstructure: 'structureIdType',
  identificationstructure: 'structureId',
  servicederattachement: 'service',
  civilitedexercice: 'civility',
  nomdexercice: 'lastName',
  prenomdexercice: 'firstName',
  categorieprofession: 'categoryCode',
  libelledecategorieprofession: 'category',
  codeprofession: 'professionCode',
  libelleprofession: 'profession',
  codesavoirfaire: 'specialtyCode',
  libellesavoirfaire: 'specialty',
  dematerialisation: 'paperless',
  raisonsociale: 'legalName',
  enseignecommerciale: 'tradeName',
  l2complementlocalisation: 'l2',
  l3complementdistribution: 'l3',
  l4numerovoie: 'l4number',
  l4complementnumerovoie: 'l4complement',
  nl4typevoie: 'l4kind',
  l4typevoie: 'l4kind',
  l4libellevoie: 'l4street',
  l5lieuditmention: 'l5',
  l6ligneacheminement: 'l6',
  codepostal: 'postalCode',
  departement: 'department',
  pays: 'country',
} as const
type Column = (typeof names)[keyof typeof names]

const plain = (name: string): string =>
  fold(name)
    .replace(/[^a-z0-9]/g, '')
    .replace(/structurebal$/, '')

const columnOf = (name: string): Column | null => {
  const key = plain(name)
  return Object.hasOwn(names, key) ? names[key as keyof typeof names] : null
}

/** How the columns of a file lie: by their names, in any order, unknown ones left out. */
export interface Layout {
  separator: string
  /** Fields of a line. */
  width: number
  at: Partial<Record<Column, number>>
}

const separators = ['|', ';', '\t', ','] as const

/** Reads the header line; null when it is not that of an extraction (no column of addresses). */
export const readHeader = (line: string): Layout | null => {
  let best: Layout | null = null
  for (const separator of separators) {
    const fields = line.split(separator)
    const at: Layout['at'] = {}
    for (const [index, name] of fields.entries()) {
      const column = columnOf(unquoted(name))
      if (column !== null) at[column] ??= index
    }
    const known = Object.keys(at).length
    if (at.address !== undefined && known > Object.keys(best?.at ?? {}).length)
      best = { separator, width: fields.length, at }
  }
  return best
}

const longestField = 1_000
const unquoted = (field: string): string => {
  const trimmed = field.trim()
  return trimmed.length > 1 && trimmed.startsWith('"') && trimmed.endsWith('"')
    ? trimmed.slice(1, -1).replaceAll('""', '"').trim()
    : trimmed
}

const addressForm = /^[^\s@<>"(),:;\\|]{1,64}@[^\s@<>"(),:;\\|]{1,255}$/
const yes = new Set(['o', 'oui', '1', 'true', 'vrai', 'y'])
const no = new Set(['n', 'non', '0', 'false', 'faux'])

/** A line that was read, with whether something was odd about it; null when nothing can be made of it. */
export const readLine = (text: string, layout: Layout): { line: ExtractionLine; odd: boolean } | null => {
  const fields = text.split(layout.separator)
  const get = (column: Column): string | null => {
    const index = layout.at[column]
    const value = index === undefined ? undefined : fields[index]
    if (value === undefined) return null
    const clean = unquoted(value)
    return clean === '' ? null : clean.length > longestField ? clean.slice(0, longestField) : clean
  }
  const address = get('address')?.replace(/^mailto:/i, '')
  if (address === undefined || !addressForm.test(address)) return null
  const extra = fields.slice(layout.width)
  const odd = fields.length < layout.width || extra.some((field) => field.trim() !== '')
  const idType = get('idType')
  const id = get('id')
  const street = [get('l4number'), get('l4complement'), get('l4kind'), get('l4street')]
  const routing = get('l6')
  const postalCode = get('postalCode') ?? /^\s*(\d{5})\b/.exec(routing ?? '')?.[1] ?? null
  const department = get('department')
  const paperless = get('paperless')?.toLowerCase()
  return {
    odd,
    line: {
      type: get('type')?.toUpperCase() ?? null,
      address,
      idType,
      nationalId: nationalIdOf(get('nationalId'), idType, id),
      structureIdType: get('structureIdType'),
      structureId: get('structureId'),
      service: get('service'),
      civility: get('civility'),
      lastName: get('lastName'),
      firstName: get('firstName'),
      categoryCode: get('categoryCode'),
      category: get('category'),
      professionCode: get('professionCode'),
      profession: get('profession'),
      specialtyCode: get('specialtyCode'),
      specialty: get('specialty'),
      paperless:
        paperless === undefined ? null : yes.has(paperless) ? true : no.has(paperless) ? false : null,
      legalName: get('legalName'),
      tradeName: get('tradeName'),
      lines: [get('l2'), get('l3'), street.filter((one) => one !== null).join(' ') || null, get('l5')].filter(
        (one) => one !== null,
      ),
      postalCode,
      town: townOf(routing),
      department,
      country: get('country'),
    },
  }
}

const identifier = /^[0-9A-Za-z]{1,20}$/

const nationalIdOf = (whole: string | null, type: string | null, id: string | null): string | null => {
  if (whole !== null && identifier.test(whole)) return whole
  if (id === null || !identifier.test(id)) return null
  // An RPPS has eleven digits; with its type digit, twelve (cps-card.md).
  if (/^\d{11}$/.test(id)) return `8${id}`
  return type !== null && /^\d$/.test(type) ? `${type}${id}` : id
}

/** « 69003 LYON CEDEX 03 » → « LYON ». */
const townOf = (routing: string | null): string | null => {
  const town = (routing ?? '')
    .replace(/^\s*\d{5}\s+/, '')
    .replace(/\s+CEDEX(?:\s+\d+)?\s*$/i, '')
    .trim()
  return town === '' ? null : town
}

/** Two letters or digits of the department a postal code lies in; what the extraction says of it is kept for showing. */
export const departmentCode = (postalCode: string | null, department: string | null): string | null => {
  const said = /^\s*(\d{2,3}|2[AB])\b/i.exec(department ?? '')?.[1]
  if (said !== undefined) return said.toUpperCase()
  if (postalCode === null || !/^\d{5}$/.test(postalCode)) return null
  if (postalCode.startsWith('97') || postalCode.startsWith('98')) return postalCode.slice(0, 3)
  if (postalCode.startsWith('20')) return Number(postalCode) < 20_200 ? '2A' : '2B'
  return postalCode.slice(0, 2)
}
