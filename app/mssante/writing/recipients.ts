import type { DocumentPatient, TrustClass } from '../../contract/index.ts'

/** A recipient as the header of a document names them (`informationRecipient`). */
export interface DocumentRecipient {
  /** A person’s name in the parts the schematrons ask for: exactly one `family`, at most one of the others. */
  person: {
    /** Civility, of JDV_J245. */
    prefix: 'M' | 'MME' | null
    givenName: string | null
    familyName: string
    /** Title of exercise, of JDV_J246. */
    suffix: 'DR' | 'PR' | null
  } | null
  organisation: string | null
  /** Null of a patient: the address is the matricule, which only `patientRole/id` may carry (INS/va1.53). */
  address: string | null
}

/** Civilities and titles as people write them, in front of a name. */
const civilities: [RegExp, 'M' | 'MME'][] = [
  [/^(?:mme|madame|mlle|mademoiselle)\.?$/i, 'MME'],
  [/^(?:m|mr|monsieur)\.?$/i, 'M'],
]
const titles: [RegExp, 'DR' | 'PR'][] = [
  [/^(?:dr|docteur)\.?$/i, 'DR'],
  [/^(?:pr|professeur)\.?$/i, 'PR'],
]
const among = <Code>(list: readonly [RegExp, Code][], word: string | undefined): Code | null =>
  list.find(([written]) => written.test(word ?? ''))?.[1] ?? null

/** What stands in front of a name, each at most once, in either order; and the words of the name. */
const apart = (parts: readonly string[]) => {
  const [first, second] = parts
  const [civility, title] = [among(civilities, first), among(titles, first)]
  const prefix = civility ?? (title === null ? null : among(civilities, second))
  const suffix = title ?? (civility === null ? null : among(titles, second))
  const before = (prefix === null ? 0 : 1) + (suffix === null ? 0 : 1)
  return { prefix, suffix, words: parts.slice(before) }
}

const isUpper = (word: string): boolean =>
  word === word.toUpperCase() && /\p{Lu}.*\p{Lu}/u.test(word.normalize('NFD'))

/**
 * A display name in parts: `Titre_Prénom_NOM_Entité` (ECO.2.2.7), or words of which the family name is in capitals. A name that
 * does not tell its parts is a family name as it stands.
 */
export const personName = (display: string): DocumentRecipient['person'] => {
  const labelled = display.includes('_')
  const parts = display.split(labelled ? /_+/ : /\s+/).flatMap((part) => part.trim() || [])
  const { prefix, suffix, words } = apart(parts)
  const [first, second] = words
  if (first === undefined) return null
  if (labelled && second !== undefined) return { prefix, suffix, givenName: first, familyName: second }
  const family = words.filter(isUpper)
  const given = words.filter((word) => !isUpper(word))
  const whole = words.join(' ')
  // Capitals stand together, before or after the rest: anything else tells nothing.
  const told = [
    [...family, ...given],
    [...given, ...family],
  ].some((order) => order.join(' ') === whole)
  return family.length > 0 && given.length > 0 && told
    ? { prefix, suffix, givenName: given.join(' '), familyName: family.join(' ') }
    : { prefix, suffix, givenName: null, familyName: whole }
}

/** The people a message goes to, as its documents name them; who can only be named by an address that tells an INS is left out. */
export const documentRecipients = (
  people: readonly { name: string; address: string }[],
  patient: DocumentPatient,
  classify: (address: string) => TrustClass,
): DocumentRecipient[] =>
  people.flatMap(({ name, address }): DocumentRecipient[] => {
    const trust = classify(address)
    const display = name.replace(/\s+/g, ' ').trim()
    if (trust === 'organisation')
      return [{ person: null, organisation: display.replaceAll('_', ' ') || null, address }]
    if (trust !== 'patient') return [{ person: personName(display), organisation: null, address }]
    const own = address.split('@')[0]?.toUpperCase() === patient.ins?.matricule
    const person = own
      ? {
          prefix: null,
          suffix: null,
          givenName: patient.firstName || null,
          familyName: patient.usedName ?? patient.birthName,
        }
      : personName(display)
    return person === null ? [] : [{ person, organisation: null, address: null }]
  })
