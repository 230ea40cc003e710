import type { Deviation, HprimDossier, LabResult } from '../../contract/index.ts'
import { displayUnit, readTime } from '../cda/index.ts'
import { identityOf, noTraits } from '../identity.ts'
import { rangeOfText, resultOf } from '../text-results.ts'

/** HPRIM Santé: pipes like ASTM, `H|~^\&|…` first; not HL7 (`MSH`). */
export const isHprimSante = (text: string): boolean => /^\s*H\|~\^\\&\|/.test(text.slice(0, 200))

type Fields = readonly string[]

/** Segments with their `A` continuations put back: cut in the middle of a field, they are joined without a separator. */
const segmentsOf = (text: string): Fields[] => {
  const lines: string[] = []
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue
    const last = lines.length - 1
    if (/^A\|/.test(line) && last >= 0) lines[last] = `${lines[last] ?? ''}${line.slice(2)}`
    else lines.push(line)
  }
  return lines.map((line) => line.split('|'))
}

const plain = (value: string): string =>
  value
    .replace(/\\F\\/g, '|')
    .replace(/\\S\\/g, '~')
    .replace(/\\R\\/g, '^')
    .replace(/\\T\\/g, '&')
    .replace(/\\E\\/g, '\\')
    .trim()

const field = (segment: Fields | undefined, index: number): string => segment?.[index] ?? ''
/** Components `~`, of the first repetition `^`. */
const component = (value: string, index: number): string =>
  plain((value.split('^')[0] ?? '').split('~')[index - 1] ?? '')
const words = (value: string): string =>
  (value.split('^')[0] ?? '').split('~').map(plain).filter(Boolean).join(' ')

const readPatient = (segment: Fields) => {
  const name = component(field(segment, 5), 1)
  const maiden = component(field(segment, 6), 1)
  const birthName = maiden || name
  const sex = field(segment, 8).trim().charAt(0)
  const address = words(field(segment, 10))
  const phones = field(segment, 12).split('^').map(words).filter(Boolean)
  return identityOf({
    ...noTraits,
    birthName,
    usedName: name && name !== birthName ? name : null,
    firstName: component(field(segment, 5), 2),
    sex: sex === 'M' || sex === 'F' ? sex : 'U',
    birthTime: readTime(field(segment, 7).trim()),
    addresses: address ? [address] : [],
    telecoms: phones,
  })
}

/** One component of a person or an organisation: `code~libellé~…`. */
const labelled = (value: string): string | null => component(value, 2) || component(value, 1) || null

const readObservation = (segment: Fields, date: string | null, batteries: string[]): LabResult => {
  const unit = plain(field(segment, 6))
  const code = component(field(segment, 3), 1)
  const label = component(field(segment, 3), 2) || code
  const system = component(field(segment, 3), 3)
  const result = resultOf({
    label,
    code: code ? { code, system: system || null, label } : null,
    type: plain(field(segment, 2)),
    value: ['CE', 'CK'].includes(field(segment, 2))
      ? component(field(segment, 5), 2) || component(field(segment, 5), 1)
      : field(segment, 5).split('^').map(plain).join('\n'),
    unit,
    range: rangeOfText(plain(field(segment, 7)), displayUnit(unit || null)),
    flag: plain(field(segment, 8)),
    status: plain(field(segment, 11)),
    date: readTime(plain(field(segment, 14))) ?? date,
    family: 'hprim',
  })
  return { ...result, batteries }
}

const textTypes = new Set(['TX', 'FT', 'GC'])

/** Every patient of an HPRIM Santé 2.x file as a dossier (clinical-documents.md §11.2). */
export const readHprimSante = (text: string): { dossiers: HprimDossier[]; deviations: Deviation[] } => {
  const deviations: Deviation[] = []
  const dossiers: HprimDossier[] = []
  const segments = segmentsOf(text)
  const header = segments.find((segment) => segment[0]?.trim() === 'H')
  const messageTime = readTime(plain(field(header, 13)))
  let dossier: HprimDossier | null = null
  let order: { date: string | null; tests: string[] } = { date: null, tests: [] }
  let last: LabResult | null = null
  const lines: string[] = []
  for (const segment of segments) {
    const name = (segment[0] ?? '').trim()
    if (name === 'P') {
      lines.length = 0
      last = null
      order = { date: null, tests: [] }
      dossier = {
        format: 'hprim-sante',
        version: component(field(header, 12), 1) || null,
        number: dossiers.length + 1,
        patient: readPatient(segment),
        patientCode: plain(field(segment, 2)) || null,
        dossier: plain(field(segment, 3)) || null,
        date: messageTime,
        sender: labelled(field(header, 4)),
        recipient: labelled(field(header, 9)),
        prescriber: null,
        text: '',
        results: [],
        comments: [],
        files: [],
      }
      dossiers.push(dossier)
    } else if (!dossier) continue
    else if (name === 'OBR') {
      last = null
      const asked = field(segment, 4)
        .split('^')
        .map((test) => component(test, 2) || component(test, 1))
      order = {
        date: readTime(component(field(segment, 7), 1)) ?? readTime(component(field(segment, 14), 1)),
        tests: asked.filter(Boolean),
      }
      dossier.date = order.date ?? dossier.date
      dossier.prescriber ??= labelled(field(segment, 16))
    } else if (name === 'OBX') {
      const type = field(segment, 2).trim()
      if (type === 'FIC') {
        last = null
        const file = field(segment, 5).split('~').map(plain).filter(Boolean).join(' ')
        if (file) dossier.files.push(file)
      } else if (textTypes.has(type)) {
        last = null
        lines.push(
          ...field(segment, 5)
            .split(/[~^]/)
            .map((line) => line.replace(/\\\.br\\/g, '\n')),
        )
        dossier.text = lines.join('\n')
      } else {
        last = readObservation(segment, order.date, order.tests.length === 1 ? order.tests : [])
        if (last.absent) {
          deviations.push({ code: 'hprim-result-without-value', where: last.label || null })
          if (!last.label) continue
        }
        dossier.results.push(last)
      }
    } else if (name === 'C') {
      const comment = field(segment, 3).split(/[~^]/).map(plain).filter(Boolean).join('\n')
      if (!comment) continue
      if (last) last.comment = last.comment ? `${last.comment}\n${comment}` : comment
      else dossier.comments.push(comment)
    }
  }
  if (dossiers.length > 0 && !segments.some((segment) => segment[0]?.trim() === 'L'))
    deviations.push({ code: 'hprim-end-missing', where: null })
  return { dossiers, deviations }
}
