export { setLanguage, useLanguage } from './language.ts'
export {
  age,
  clock,
  dateTime,
  dayGroup,
  fullDate,
  isoDay,
  listTime,
  number,
  size,
  since,
  typedDate,
  weekDay,
} from './formats.ts'
export { folderName } from './folder-names.ts'
export {
  correspondentName,
  fullName,
  givenName,
  greetingName,
  initials,
  patientLine,
  patientName,
  personName,
} from './names.ts'
export { documentFacts, extraLabel, shownSubject } from './subjects.ts'
export type { Key } from './catalogues.ts'
export { errorSentence, t } from './sentences.ts'
