import type { CardHolder } from '../../app/contract/index.ts'

const doctors = /^(?:médecin|chirurgien-dentiste|pharmacien)/i

const isDoctor = (holder: CardHolder): boolean =>
  holder.profession !== null && doctors.test(holder.profession)

/** « Dr MARTIN » for the professions that bear the title, else first and last name. */
export const greetingName = (holder: CardHolder): string =>
  isDoctor(holder)
    ? `Dr ${holder.familyName.toLocaleUpperCase('fr-FR')}`
    : `${holder.givenName} ${holder.familyName.toLocaleUpperCase('fr-FR')}`

/** « Dr Anne MARTIN », « Sophie CARON »: the name as colleagues read it. */
export const fullName = (holder: CardHolder): string => {
  const name = `${holder.givenName} ${holder.familyName.toLocaleUpperCase('fr-FR')}`
  return isDoctor(holder) ? `Dr ${name}` : name
}
