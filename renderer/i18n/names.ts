import type { PatientSummary } from '../../app/contract/index.ts'
import { fullDate } from './formats.ts'
import { language } from './language.ts'

/** « DUPONT Marie »: birth name in capitals, used name after it when it differs (« DUPONT ép. LEROY »: shown between brackets). */
export const patientName = (
  patient: Pick<PatientSummary, 'birthName' | 'usedName' | 'firstName'>,
): string => {
  const birth = patient.birthName.toLocaleUpperCase('fr-FR')
  const used = patient.usedName?.toLocaleUpperCase('fr-FR')
  return `${birth}${used && used !== birth ? ` (${used})` : ''} ${patient.firstName}`.trim()
}

/** One letter, as clinicians write it; « I » (indéterminé) when unknown. */
const sexLetter = (sex: PatientSummary['sex']): string => {
  if (sex === 'U') return language() === 'fr' ? 'I' : 'U'
  return language() === 'fr' ? (sex === 'F' ? 'F' : 'M') : sex
}

/** « DUPONT Marie · F · 26/11/1978 ». */
export const patientLine = (patient: PatientSummary): string =>
  [patientName(patient), sexLetter(patient.sex), patient.birthDate ? fullDate(patient.birthDate) : null]
    .filter((part) => part !== null)
    .join(' · ')

const titles = /^(?:dr|pr|docteur|professeur|m|mme|mlle)\.?\s+/i

/** One or two capitals for an avatar: first and last word of the name, titles left out; the address when there is no name. */
export const initials = (name: string): string => {
  const words = name
    .replace(titles, '')
    .split(/[\s,\-–—@._]+/)
    .filter((word) => /^[\p{L}\d]/u.test(word))
  const [first, second] = [words[0], words[1]]
  if (!first) return '?'
  return (first.charAt(0) + (second ? second.charAt(0) : '')).toLocaleUpperCase('fr-FR')
}
