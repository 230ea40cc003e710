import type { CardHolder, PatientSummary } from '../../app/contract/index.ts'
import { fullDate } from './formats.ts'
import { language } from './language.ts'

/**
 * A given name as one writes it: cards and identity services hold « MARIE-ÈVE », people read « Marie-Ève ». A word that
 * already has small letters after the first stays as its owner wrote it.
 */
export const givenName = (name: string): string =>
  name
    .trim()
    .split(/([\s'’-]+)/)
    .map((word) =>
      word === word.toLocaleUpperCase('fr-FR') || word === word.toLocaleLowerCase('fr-FR')
        ? word.charAt(0).toLocaleUpperCase('fr-FR') + word.slice(1).toLocaleLowerCase('fr-FR')
        : word,
    )
    .join('')

const familyName = (name: string): string => name.trim().toLocaleUpperCase('fr-FR')

/** « Anne MARTIN »: a professional, as the card's certificates name them. */
export const personName = (person: { givenName: string; familyName: string }): string =>
  `${givenName(person.givenName)} ${familyName(person.familyName)}`.trim()

const doctors = /^(?:médecin|chirurgien-dentiste|pharmacien)/i

const isDoctor = (holder: CardHolder): boolean =>
  holder.profession !== null && doctors.test(holder.profession)

/** « Dr MARTIN » for the professions that bear the title, else first and last name. */
export const greetingName = (holder: CardHolder): string =>
  isDoctor(holder) ? `Dr ${familyName(holder.familyName)}` : personName(holder)

/** « Dr Anne MARTIN », « Sophie CARON »: the name as colleagues read it. */
export const fullName = (holder: CardHolder): string =>
  isDoctor(holder) ? `Dr ${personName(holder)}` : personName(holder)

/** « DUPONT Marie »: birth name in capitals, the used name between brackets when it differs: « DUPONT (LEROY) Marie ». */
export const patientName = (
  patient: Pick<PatientSummary, 'birthName' | 'usedName' | 'firstName'>,
): string => {
  const birth = familyName(patient.birthName)
  const used = patient.usedName ? familyName(patient.usedName) : null
  return `${birth}${used && used !== birth ? ` (${used})` : ''} ${givenName(patient.firstName)}`.trim()
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

/**
 * A correspondent's name as one reads it, else the address: labels of MSSanté hold their fields together by underscores
 * (« Dr_Anne_MARTIN_Cabinet des Lilas », ECO.2.2.7).
 */
export const correspondentName = ({ name, address }: { name: string; address: string }): string =>
  name.replace(/(?<=[^\s_])_+(?=[^\s_])/g, ' ').trim() || address

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
