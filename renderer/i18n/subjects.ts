import type { MessageRow } from '../../app/contract/index.ts'
import { fullDate } from './formats.ts'

const fold = (text: string): string =>
  text.normalize('NFD').replace(/\p{M}/gu, '').replace(/[’']/g, "'").toLowerCase()

const words = (text: string): string[] => text.split(/[\s-]+/).filter((word) => word !== '')

/** The shortest beginning of a label that still says which document it is (subjects are cut at a length by some senders). */
const shortestLabel = 12

const saysTheLabel = (subject: string, label: string): boolean => {
  const [short, long] = [fold(subject), fold(label)]
  return short === long || (short.length >= shortestLabel && long.startsWith(short))
}

/** The subject without the patient's name and birth date at its end; null when it does not end so. */
const withoutPatient = (subject: string, patient: NonNullable<MessageRow['patient']>): string | null => {
  const date = patient.birthDate === null ? null : fullDate(patient.birthDate)
  const undated = date !== null && subject.endsWith(date) ? subject.slice(0, -date.length) : subject
  const [firstGiven = ''] = words(patient.firstName)
  const names = [patient.birthName, patient.usedName ?? ''].filter((name) => name.trim() !== '')
  const orders = names.flatMap((name) =>
    [patient.firstName, firstGiven].flatMap((given) => [
      [...words(name), ...words(given)],
      [...words(given), ...words(name)],
    ]),
  )
  for (const order of orders) {
    const [first] = order
    if (first === undefined || order.length < 2) continue
    // Word by word from the end, so that the text before keeps every character the sender wrote.
    let rest = undated.trimEnd()
    const matched = order.toReversed().every((word) => {
      const tail = /[^\s-]+$/.exec(rest)?.[0]
      if (tail === undefined || fold(tail) !== fold(word)) return false
      rest = rest.slice(0, -tail.length).replace(/[\s-]+$/, '')
      return true
    })
    if (matched) return rest.replace(/[\s:,·–—-]+$/, '')
  }
  return null
}

/**
 * The subject as the list and the reading pane show it. MSSanté subjects repeat label, patient and birth date (ECO.3.1.3);
 * the patient is already shown beside, so only the label remains: in full, when the document tells it.
 */
export const shownSubject = (row: Pick<MessageRow, 'subject' | 'patient' | 'documentLabel'>): string => {
  if (row.patient === null) return row.subject
  const rest = withoutPatient(row.subject.trim(), row.patient)
  if (rest === null || rest === '') return row.subject
  return row.documentLabel !== null && saysTheLabel(rest, row.documentLabel) ? row.documentLabel : rest
}

/** The document's label when it tells something the subject shown does not. */
export const extraLabel = (row: Pick<MessageRow, 'subject' | 'patient' | 'documentLabel'>): string | null =>
  row.documentLabel === null || fold(shownSubject(row)).includes(fold(row.documentLabel))
    ? null
    : row.documentLabel

/** Title, date and author of the first document, as far as the row does not say them already (MSS/va1.25). */
export const documentFacts = (
  row: Pick<MessageRow, 'subject' | 'patient' | 'documentLabel' | 'document' | 'from'>,
): { title: string | null; date: string | null; author: string | null } | null => {
  if (!row.document) return null
  const { title, date, author, organisation } = row.document
  const said = [shownSubject(row), row.documentLabel ?? ''].map(fold)
  const name = author ?? organisation
  const facts = {
    title: title === '' || said.some((text) => text.includes(fold(title))) ? null : title,
    date: date === null ? null : fullDate(date.slice(0, 10)),
    author: name === null || fold(row.from.name).includes(fold(name)) ? null : name,
  }
  return facts.title === null && facts.date === null && facts.author === null ? null : facts
}
