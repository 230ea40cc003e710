import type { DocumentPatient } from '../../contract/index.ts'

/** The technical prefix of a subject (ITI-32). */
const prefix = 'XDM/1.0/DDM+'
const longestLabel = 40

const ligatures: Record<string, string> = {
  œ: 'oe',
  Œ: 'OE',
  æ: 'ae',
  Æ: 'AE',
  ß: 'ss',
  ø: 'o',
  Ø: 'O',
  ł: 'l',
  Ł: 'L',
}

/** Latin letters without their accents, straight apostrophes and hyphens, single blanks. */
export const plainLetters = (text: string): string =>
  text
    .replace(/[œŒæÆßøØłŁ]/g, (one) => ligatures[one] ?? one)
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replace(/[’‘ʼ]/g, "'")
    .replace(/[‐‑‒–—]/g, '-')
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()

const cut = (label: string): string =>
  [...label.replace(/[\p{Cc}\s]+/gu, ' ').trim()].slice(0, longestLabel).join('').trim()

/** Birth name in upper case without accents, first name without accents. */
const nameOf = (patient: DocumentPatient): string =>
  `${plainLetters(patient.birthName).toUpperCase()} ${plainLetters(patient.firstName)}`.trim()

const frenchDay = (day: string): string => day.split('-').reverse().join('/')

/**
 * The subject of a message with documents of one patient, without its technical prefix (ECO.2.1.3): the name of the type in
 * 40 characters at most, or « N documents », birth name, first name, birth date where it is known.
 */
export const documentSubject = (patient: DocumentPatient, labels: readonly string[]): string => {
  const [label = ''] = labels
  const what = labels.length > 1 ? `${labels.length} documents` : cut(label)
  const born = patient.birthDate === null ? '' : ` ${frenchDay(patient.birthDate)}`
  return `${what} ${nameOf(patient)}${born}`
}

/** A subject with the technical prefix: once, after « Annule et remplace » when that stands in front. */
export const technicalSubject = (shown: string, before = ''): string =>
  shown.includes(prefix) ? shown : `${before}${prefix}${shown}`

const forFile = (text: string): string =>
  text
    .replace(/[/\\:*?"<>|\p{Cc}]/gu, '-')
    .replaceAll('_', '-')
    .replace(/\s+/g, ' ')
    .trim()

/** `20220531_CR d'imagerie médicale_CORSE_FIGATELLIX_123.pdf` (ECO.2.1.6): the day of the act, the type, the patient, a number. */
export const pdfName = (of: {
  actDay: string
  label: string
  patient: DocumentPatient
  fileNumber: string | null
}): string =>
  `${[
    of.actDay.replaceAll('-', ''),
    forFile(cut(of.label)),
    forFile(plainLetters(of.patient.birthName).toUpperCase()),
    forFile(plainLetters(of.patient.firstName)),
    ...(of.fileNumber ? [forFile(of.fileNumber)] : []),
  ].join('_')}.pdf`
