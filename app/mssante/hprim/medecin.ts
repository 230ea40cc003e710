import type { Deviation, HprimDossier, LabResult } from '../../contract/index.ts'
import { displayUnit } from '../cda/index.ts'
import { identityOf, noTraits } from '../identity.ts'
import { rangeOf, readNumber, resultOf, shownNumber } from '../text-results.ts'

/** A date on a line of its own: `JJ/MM/AAAA`, with dashes or points or two digits of the year as some write it. */
const dateLine = /^\s*(\d{2})[/.-](\d{2})[/.-](\d{4}|\d{2})\s*$/
const markLine = /^\s*\*{4}\s*(LAB|FINFICHIER|FIN)\s*\*{4}/i
const mostAddressLines = 8
const mostResults = 5000
/** Reports beyond are compared line by line with their coded part, not word by word. */
const longestReport = 200_000

/** `latest` is the year that one of two digits cannot be after: births come before dossiers. */
const isoDate = (line: string, latest = 2069): string | null => {
  const [found, day = '', month = '', written = ''] = dateLine.exec(line) ?? []
  if (found === undefined) return null
  const near = Number(`20${written}`)
  const year = written.length === 4 ? written : String(near > latest ? near - 100 : near)
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.getUTCDate() === Number(day) ? `${year}-${month}-${day}` : null
}

const markOf = (line: string): string | null => markLine.exec(line)?.[1]?.toUpperCase() ?? null

interface HeaderPlace {
  birth: number
  dossier: number
}

const isDate = (line: string | undefined): boolean => dateLine.test(line ?? '')
const isBlank = (line: string | undefined): boolean => (line ?? '').trim() === ''

/**
 * Where the header lies, anchored on its two dates: birth on the seventh line and dossier on the tenth, or wherever a wrong number
 * of address lines has put them (clinical-documents.md §11.1). Null for what is no HPRIM Médecin.
 */
const headerPlace = (lines: readonly string[]): HeaderPlace | null => {
  if (isDate(lines[9]) && (isDate(lines[6]) || isBlank(lines[6]))) return { birth: 6, dossier: 9 }
  for (let birth = 3; birth <= 3 + mostAddressLines; birth += 1)
    if (isDate(lines[birth])) {
      for (const after of [3, 2, 4])
        if (isDate(lines[birth + after])) return { birth, dossier: birth + after }
      return null
    }
  return null
}

/** A header of twelve lines that is one without any mark: both dates in their places, names, a town by its postal code. */
const isWholeHeader = (lines: readonly string[]): boolean =>
  isDate(lines[6]) &&
  isDate(lines[9]) &&
  !isBlank(lines[1]) &&
  !isBlank(lines[2]) &&
  /^\s*\d{5}\s+\p{L}/u.test(lines[5] ?? '')

/** Fields of a `RES|` line after its name. */
const readResult = (line: string, date: string | null, deviations: Deviation[]): LabResult | null => {
  const fields = line.split('|')
  const field = (index: number): string => (fields[index] ?? '').trim()
  const label = field(1)
  const value = field(4)
  if (!label && !value) {
    deviations.push({ code: 'hprim-result-without-value', where: field(2) || null })
    return null
  }
  if (fields.length > 14 || fields.length < 5)
    deviations.push({ code: 'hprim-field-count', where: label || null })
  const unit = displayUnit(field(5) || null)
  const result = resultOf({
    label,
    code: field(2) ? { code: field(2), system: null, label } : null,
    type: field(3),
    value,
    unit: field(5),
    range: rangeOf(field(6), field(7), unit),
    flag: field(8),
    status: field(9),
    date,
    family: 'hprim',
  })
  const second = field(10)
  if (second) {
    const secondUnit = displayUnit(field(11) || null)
    const range = rangeOf(field(12), field(13), secondUnit)
    const ends = [range?.low ?? null, range?.high ?? null]
    const number = readNumber(second, { ends, unit: field(11) })
    result.translations.push({ value: shownNumber(second, number), number, unit: secondUnit })
    if (range) result.ranges.push(range)
  }
  return result
}

const squeezed = (line: string): string => line.replace(/\s+/g, ' ').trim()

/** The report as typed, then the lines of the coded part that it does not have: mostly they repeat it. */
const wholeText = (typed: readonly string[], repeated: readonly string[]): string => {
  const report = typed.join('\n').replace(/^\n+|\s+$/g, '')
  if (report === '') return repeated.join('\n').replace(/\s+$/, '')
  const lines = new Set(typed.map(squeezed))
  const said = report.length > longestReport ? '' : squeezed(report)
  const missing = repeated.filter((line) => {
    const words = squeezed(line)
    return words !== '' && !lines.has(words) && !said.includes(words)
  })
  return missing.length === 0 ? report : `${report}\n\n${missing.map((line) => line.trimEnd()).join('\n')}`
}

/** What stands in a header; nobody where none could be made out. */
const readHeader = (lines: readonly string[], place: HeaderPlace | null) => {
  if (!place)
    return {
      patient: identityOf(noTraits),
      patientCode: null,
      dossier: null,
      date: null,
      sender: null,
      recipient: null,
    }
  const { birth, dossier } = place
  const line = (index: number): string => (lines[index] ?? '').trim()
  const date = isoDate(line(dossier))
  const insured = line(birth + 1).replace(/\s+/g, '')
  return {
    patient: identityOf({
      ...noTraits,
      birthName: line(1),
      firstName: line(2),
      birthTime: isoDate(line(birth), date ? Number(date.slice(0, 4)) : undefined),
      // A number of the insured is never an INS: its authority says so.
      identifiers: insured ? [{ root: '1.2.250.1.213.1.4.13', value: insured }] : [],
      addresses: [lines.slice(3, birth).map(squeezed).filter(Boolean).join(', ')].filter(Boolean),
    }),
    patientCode: line(0) || null,
    dossier: line(dossier - 1) || null,
    date,
    // A code, then a label: the code alone says little.
    sender: squeezed(line(dossier + 1)) || null,
    recipient: squeezed(line(dossier + 2)) || null,
  }
}

const readDossier = (
  lines: readonly string[],
  place: HeaderPlace | null,
  number: number,
  deviations: Deviation[],
): HprimDossier => {
  if (place?.birth !== 6 || place.dossier !== 9)
    deviations.push({ code: 'hprim-address-lines', where: `${number}` })
  const header = readHeader(lines, place)
  const body = place ? lines.slice(place.dossier + 3) : lines
  const at = body.findIndex((text) => markOf(text) !== null)
  const typed = at < 0 ? body : body.slice(0, at)
  const results: LabResult[] = []
  const repeated: string[] = []
  for (const text of at < 0 ? [] : body.slice(at + 1)) {
    if (/^\s*RES\|/.test(text) && results.length < mostResults) {
      const result = readResult(text.trimStart(), header.date, deviations)
      if (result) results.push(result)
    } else if (/^\s*TEX(?:\||\s*$)/.test(text)) repeated.push(text.replace(/^\s*TEX\|?/, ''))
    else if (markOf(text) === null && text.trim() !== '') repeated.push(text)
  }
  return {
    format: 'hprim-medecin',
    version: '1.0',
    number,
    ...header,
    prescriber: null,
    text: wholeText(typed, repeated),
    results,
    comments: [],
    files: [],
  }
}

/** An HPRIM Médecin text: a header with its two dates or a line of results, and a mark; or a header that leaves no doubt. */
export const isHprimMedecin = (text: string): boolean => {
  const lines = text.split('\n')
  const start = lines.findIndex((line) => line.trim() !== '')
  const candidates = [lines, lines.slice(Math.max(0, start))]
  if (candidates.some(isWholeHeader)) return true
  return (
    lines.some((line) => markOf(line) !== null) &&
    (candidates.some((candidate) => headerPlace(candidate.slice(0, 20)) !== null) ||
      lines.some((line) => /^\s*RES\|[^|]*\|/.test(line)))
  )
}

/** The lines of a dossier and where its header lies: a patient without a code leaves the first line blank. */
const placed = (lines: string[], isFirst: boolean): { lines: string[]; place: HeaderPlace | null } => {
  const start = lines.findIndex((line) => line.trim() !== '')
  const whole = isFirst ? lines : lines.slice(start)
  const bare = lines.slice(start)
  const readings = [whole, bare, ['', ...bare]].map((one) => ({ lines: one, place: headerPlace(one) }))
  return (
    readings.find(({ lines: one, place }) => place && (place.birth === 6 || one === bare)) ??
    readings.find(({ place }) => place) ?? { lines: bare, place: null }
  )
}

/** Every dossier of an HPRIM Médecin file (clinical-documents.md §11.1), with what they do otherwise. */
export const readHprimMedecin = (text: string): { dossiers: HprimDossier[]; deviations: Deviation[] } => {
  const deviations: Deviation[] = []
  const dossiers: HprimDossier[] = []
  let current: string[] = []
  const close = (): boolean => {
    const written = current
    current = []
    if (written.every((line) => line.trim() === '')) return false
    const { lines, place } = placed(written, dossiers.length === 0)
    dossiers.push(readDossier(lines, place, dossiers.length + 1, deviations))
    return true
  }
  for (const line of text.split('\n')) {
    const mark = markOf(line)
    // Files put one behind the other go on after FINFICHIER.
    if (mark === 'FIN' || mark === 'FINFICHIER') close()
    else current.push(line.replaceAll('\x1a', ''))
  }
  if (close()) deviations.push({ code: 'hprim-end-missing', where: null })
  return { dossiers, deviations }
}
