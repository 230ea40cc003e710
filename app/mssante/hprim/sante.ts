import type { Deviation, HprimDossier, LabResult } from '../../contract/index.ts'
import { displayUnit, readTime } from '../cda/index.ts'
import { identityOf, noTraits } from '../identity.ts'
import { rangeOfText, resultOf, shownTime } from '../text-results.ts'

/** The four separators of a header: component, repetition, escape, sub-component. */
const header = /^\s*H\|([~^])([~^])(\\)([&#])\|/

/** HPRIM Santé: pipes like ASTM, `H|~^\&|…` first, or with the first two the other way round; not HL7 (`MSH`). */
export const isHprimSante = (text: string): boolean => header.test(text.slice(0, 200))

type Fields = readonly string[]

/**
 * Segments with their `A` continuations put back: cut in the middle of a field, they are joined without a separator; a line that begins no
 * segment goes on with the text above. Separators become the usual ones.
 */
const segmentsOf = (text: string): Fields[] => {
  const lines: string[] = []
  let swapped = false
  for (const line of text.split('\n')) {
    if (line.replaceAll('\x1a', '').trim() === '') continue
    const found = header.exec(line)
    if (found) swapped = found[1] === '^' && found[2] === '~'
    const written = swapped ? line.replace(/[~^]/g, (one) => (one === '^' ? '~' : '^')) : line
    const last = lines.length - 1
    if (/^A\|/.test(written) && last >= 0) lines[last] = `${lines[last] ?? ''}${written.slice(2)}`
    else if (/^\s*[A-Z]{1,3}\|/.test(written) || last < 0) lines.push(written)
    else lines[last] = `${lines[last] ?? ''}\n${written}`
  }
  return lines.map((line) => line.split('|'))
}

const escapes: Record<string, string> = { F: '|', S: '~', R: '^', T: '&', E: '\\' }

const plain = (value: string): string =>
  value
    .replace(/\\([FSRTE])\\/g, (_, code: string) => escapes[code] ?? '')
    .replace(/\\\.br\\/gi, '\n')
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

const valueOf = (type: string, repetition: string): string => {
  if (type === 'CE' || type === 'CK') return component(repetition, 2) || component(repetition, 1)
  if (type === 'DT' || type === 'TS') return shownTime(component(repetition, 1))
  return words(repetition)
}

const readObservation = (segment: Fields, date: string | null, batteries: string[]): LabResult => {
  const unit = component(field(segment, 6), 1)
  const code = component(field(segment, 3), 1)
  const label = component(field(segment, 3), 2) || code
  const system = component(field(segment, 3), 3)
  const type = field(segment, 2).trim()
  const result = resultOf({
    label,
    code: code ? { code, system: system || null, label } : null,
    type,
    value: field(segment, 5)
      .split('^')
      .map((repetition) => valueOf(type, repetition))
      .join(type === 'CE' || type === 'CK' ? ', ' : '\n'),
    unit,
    range: rangeOfText(plain(field(segment, 7)).replaceAll('~', ' - '), displayUnit(unit || null)),
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
  let head: Fields = []
  let dossier: HprimDossier | null = null
  let order: { date: string | null; tests: string[] } = { date: null, tests: [] }
  let last: LabResult | null = null
  const lines: string[] = []
  // The name above the lines of text that are being read.
  let block = ''
  for (const segment of segments) {
    const name = (segment[0] ?? '').trim()
    if (name === 'H') head = segment
    else if (name === 'P') {
      lines.length = 0
      block = ''
      last = null
      order = { date: null, tests: [] }
      dossier = {
        format: 'hprim-sante',
        version: component(field(head, 12), 1) || null,
        number: dossiers.length + 1,
        patient: readPatient(segment),
        patientCode: plain(field(segment, 2)) || null,
        dossier: plain(field(segment, 3)) || null,
        date: readTime(plain(field(head, 13))),
        sender: labelled(field(head, 4)),
        recipient: labelled(field(head, 9)),
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
        const label = component(field(segment, 3), 2)
        if (label && label !== block) lines.push(label)
        block = label
        lines.push(...field(segment, 5).split(/[~^]/).map(plain))
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
