import type { CardHolder } from '../../app/contract/index.ts'

const doctors = /^(?:médecin|chirurgien-dentiste|pharmacien)/i

/** « Dr MARTIN » for the professions that bear the title, else first and last name. */
export const greetingName = (holder: CardHolder): string =>
  holder.profession && doctors.test(holder.profession)
    ? `Dr ${holder.familyName.toLocaleUpperCase('fr-FR')}`
    : `${holder.givenName} ${holder.familyName.toLocaleUpperCase('fr-FR')}`
