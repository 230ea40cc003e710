import type { Deviation, HprimDossier, LabResult } from '../../contract/index.ts'
import { displayUnit } from '../cda/index.ts'
import { identityOf, noTraits } from '../identity.ts'
import { rangeOf, readNumber, resultOf, shownNumber } from '../text-results.ts'

/** A date on a line of its own: `JJ/MM/AAAA`, with dashes or points as some write it. */
const dateLine = /^\s*(\d{2})[/.-](\d{2})[/.-](\d{4})\s*$/
const markLine = /^\s*\*{4}\s*(LAB|FINFICHIER|FIN)\s*\*{4}/i
const mostAddressLines = 8
const mostResults = 5000

const isoDate = (line: string): string | null => {
  const found = dateLine.exec(line)
  const [, day = '', month = '', year = ''] = found ?? []
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`)
  return found && !Number.isNaN(date.getTime()) && date.getUTCDate() === Number(day)
    ? `${year}-${month}-${day}`
    : null
}

const markOf = (line: string): string | null => markLine.exec(line)?.[1]?.toUpperCase() ?? null

interface HeaderPlace {
  birth: number
  dossier: number
}

/**
 * Where the header lies, anchored on its two dates: birth on the seventh line and dossier on the tenth, or wherever a wrong number
 * of address lines has put them (clinical-documents.md §11.1). Null for what is no HPRIM Médecin.
 */
const headerPlace = (lines: readonly string[]): HeaderPlace | null => {
  const isDate = (index: number): boolean => dateLine.test(lines[index] ?? '')
  if (isDate(6) && isDate(9)) return { birth: 6, dossier: 9 }
  for (let birth = 3; birth <= 3 + mostAddressLines; birth += 1)
    if (isDate(birth)) {
      for (const after of [3, 2, 4]) if (isDate(birth + after)) return { birth, dossier: birth + after }
      return null
    }
  return null
}

const coded = (line: string): string => line.replace(/\s+/g, ' ').trim()

/** Sender and recipient lines: a code, then a label; the code alone says little. */
const labelled = (line: string | undefined): string | null => coded(line ?? '') || null

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

const readDossier = (
  lines: readonly string[],
  place: HeaderPlace,
  number: number,
  deviations: Deviation[],
): HprimDossier => {
  const { birth, dossier } = place
  if (birth !== 6 || dossier !== 9) deviations.push({ code: 'hprim-address-lines', where: `${number}` })
  const line = (index: number): string => (lines[index] ?? '').trim()
  const date = isoDate(lines[dossier] ?? '')
  const insured = line(birth + 1).replace(/\s+/g, '')
  const identity = identityOf({
    ...noTraits,
    birthName: line(1),
    firstName: line(2),
    birthTime: isoDate(lines[birth] ?? ''),
    // A number of the insured is never an INS: its authority says so.
    identifiers: insured ? [{ root: '1.2.250.1.213.1.4.13', value: insured }] : [],
    addresses: [lines.slice(3, birth).map(coded).filter(Boolean).join(', ')].filter(Boolean),
  })
  const body = lines.slice(dossier + 3)
  const at = body.findIndex((text) => markOf(text) !== null)
  const typed = at < 0 ? body : body.slice(0, at)
  const coded_ = at < 0 ? [] : body.slice(at + 1)
  const results: LabResult[] = []
  const repeated: string[] = []
  for (const text of coded_) {
    if (/^\s*RES\|/.test(text) && results.length < mostResults) {
      const result = readResult(text.trimStart(), date, deviations)
      if (result) results.push(result)
    } else if (/^\s*TEX(?:\||\s*$)/.test(text)) repeated.push(text.replace(/^\s*TEX\|?/, ''))
    else if (markOf(text) === null && text.trim() !== '') repeated.push(text)
  }
  const report = typed.join('\n').replace(/^\n+|\s+$/g, '')
  return {
    format: 'hprim-medecin',
    version: '1.0',
    number,
    patient: identity,
    patientCode: line(0) || null,
    dossier: line(dossier - 1) || null,
    date,
    sender: labelled(lines[dossier + 1]),
    recipient: labelled(lines[dossier + 2]),
    prescriber: null,
    // The coded part repeats the report: it stands in for one that is not there.
    text: report || repeated.join('\n').replace(/\s+$/, ''),
    results,
    comments: [],
    files: [],
  }
}

/** An HPRIM Médecin text: a header with its two dates, and an end or results mark. */
export const isHprimMedecin = (text: string): boolean => {
  const lines = text.split('\n')
  const start = lines.findIndex((line) => line.trim() !== '')
  const candidates = [lines, lines.slice(Math.max(0, start))]
  return (
    candidates.some((candidate) => headerPlace(candidate.slice(0, 20)) !== null) &&
    lines.some((line) => markOf(line) !== null)
  )
}

/** Every dossier of an HPRIM Médecin file (clinical-documents.md §11.1), with what they do otherwise. */
export const readHprimMedecin = (text: string): { dossiers: HprimDossier[]; deviations: Deviation[] } => {
  const deviations: Deviation[] = []
  const dossiers: HprimDossier[] = []
  let current: string[] = []
  let ended = true
  const close = (): void => {
    const start = current.findIndex((line) => line.trim() !== '')
    if (start < 0) return
    // A patient without a code leaves the first line blank: both readings are tried.
    const whole = dossiers.length === 0 ? current : current.slice(Math.max(0, start))
    const readings = [whole, current.slice(start), ['', ...current.slice(start)]]
    for (const lines of readings) {
      const place = headerPlace(lines)
      if (place && (place.birth === 6 || lines === readings[1])) {
        dossiers.push(readDossier(lines, place, dossiers.length + 1, deviations))
        return
      }
    }
    const place = headerPlace(whole)
    if (place) dossiers.push(readDossier(whole, place, dossiers.length + 1, deviations))
  }
  for (const line of text.split('\n')) {
    const mark = markOf(line)
    if (mark === 'FIN' || mark === 'FINFICHIER') {
      close()
      current = []
      ended = true
      if (mark === 'FINFICHIER') break
    } else {
      if (line.trim() !== '') ended = false
      current.push(line)
    }
  }
  if (!ended) {
    close()
    if (dossiers.length > 0) deviations.push({ code: 'hprim-end-missing', where: null })
  }
  return { dossiers, deviations }
}
