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

/** The 31 columns (mssante-client.md §4.2), as their names read once folded and stripped, with spellings of neighbouring files. */
const names = {
  typedebal: 'type',
  typebal: 'type',
  adressebal: 'address',
  adressebalmss: 'address',
  adressemssante: 'address',
  adressedemessagerie: 'address',
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
  codecategorieprofessionnelle: 'categoryCode',
  libelledecategorieprofession: 'category',
  libellecategorieprofession: 'category',
  libellecategorieprofessionnelle: 'category',
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
    const fields = fieldsOf(line, separator)
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

/**
 * The fields of a line. A field that begins with a quote goes to the quote that stands before the next separator (RFC 4180):
 * a separator may stand within. A quote that opens nothing, as in a trade name, is a letter.
 */
const fieldsOf = (line: string, separator: string): string[] => {
  if (!line.includes('"')) return line.split(separator)
  const fields: string[] = []
  let start = 0
  while (start <= line.length) {
    let end = line.indexOf(separator, start)
    if (end === -1) end = line.length
    const open = start + (/^[ \u00a0]*/.exec(line.slice(start, start + 8))?.[0].length ?? 0)
    if (line[open] === '"') {
      const close = closingQuote(line, open, separator)
      if (close !== null) end = close
    }
    fields.push(line.slice(start, end))
    start = end + 1
  }
  return fields
}

/** Where the field ends that a quote opened; null when it never closes before a separator or the end. */
const closingQuote = (line: string, open: number, separator: string): number | null => {
  for (let at = line.indexOf('"', open + 1); at !== -1; at = line.indexOf('"', at + 1)) {
    if (line[at + 1] === '"') {
      at += 1
      continue
    }
    let end = at + 1
    while (line[end] === ' ') end += 1
    if (end === line.length || line[end] === separator) return end
  }
  return null
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
  const read = fieldsOf(text, layout.separator)
  const extra = read.slice(layout.width)
  const fields = extra.length > 0 ? realigned(read, layout) : read
  // A separator at the end of each line is nothing odd.
  const odd = read.length < layout.width || fields !== read || extra.some((field) => field.trim() !== '')
  const get = (column: Column): string | null => {
    const index = layout.at[column]
    const value = index === undefined ? undefined : fields[index]
    if (value === undefined) return null
    const clean = unquoted(value)
    return clean === '' ? null : clean.length > longestField ? clean.slice(0, longestField) : clean
  }
  const address = get('address')?.replace(/^mailto:/i, '')
  if (address === undefined || !addressForm.test(address)) return null
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

/** Columns of free text, where a bare separator may have been typed. */
const freeText: readonly Column[] = [
  ...(['service', 'lastName', 'firstName', 'legalName', 'tradeName'] as const),
  ...(['l2', 'l3', 'l4street', 'l5', 'l6'] as const),
]
const mostExtra = 4

/**
 * A bare separator inside a value pushes everything behind it: the value is put together again where the postal code, the kind
 * and the paperless mark then stand in their columns. As it is when that does not tell.
 */
const realigned = (fields: string[], layout: Layout): string[] => {
  const extra = fields.length - layout.width
  const { postalCode } = layout.at
  if (extra > mostExtra || postalCode === undefined) return fields
  const fits = (candidate: readonly string[]): boolean => {
    const value = (column: Column): string => (candidate[layout.at[column] ?? -1] ?? '').trim().toLowerCase()
    return (
      /^\d{5}$/.test(value('postalCode')) &&
      /^[a-z]{0,3}$/.test(value('type')) &&
      addressForm.test(value('address')) &&
      (value('paperless') === '' || yes.has(value('paperless')) || no.has(value('paperless')))
    )
  }
  if (fits(fields)) return fields
  for (const column of freeText) {
    const at = layout.at[column]
    if (at === undefined) continue
    const whole = fields.slice(at, at + extra + 1).join(layout.separator)
    const candidate = fields.toSpliced(at, extra + 1, whole)
    if (fits(candidate)) return candidate
  }
  return fields
}

const identifier = /^[0-9A-Za-z]{1,20}$/

const nationalIdOf = (whole: string | null, type: string | null, id: string | null): string | null => {
  if (whole !== null && identifier.test(whole)) return /^\d{11}$/.test(whole) ? `8${whole}` : whole
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
