import type { DocumentPatient, TrustClass } from '../../contract/index.ts'

/** A recipient as the header of a document names them (`informationRecipient`). */
export interface DocumentRecipient {
  /** A person’s name in the parts the schematron asks for: exactly one `family`, at most one of the others. */
  person: { prefix: string | null; givenName: string | null; familyName: string } | null
  organisation: string | null
  /** Null of a patient: the address is the matricule, which only `patientRole/id` may carry (INS/va1.53). */
  address: string | null
}

/** Titles as people write them, by TRE_R11 and TRE_R81. */
const prefixes: [RegExp, string][] = [
  [/^(?:dr|docteur)\.?$/i, 'DR'],
  [/^(?:pr|professeur)\.?$/i, 'PR'],
  [/^(?:mme|madame)\.?$/i, 'MME'],
  [/^(?:mlle|mademoiselle)\.?$/i, 'MLLE'],
  [/^(?:m|mr|monsieur)\.?$/i, 'M'],
]

const isUpper = (word: string): boolean =>
  word === word.toUpperCase() && /\p{Lu}.*\p{Lu}/u.test(word.normalize('NFD'))

/**
 * A display name in parts: `Titre_Prénom_NOM_Entité` (ECO.2.2.7), or words of which the family name is in capitals. A name that
 * does not tell its parts is a family name as it stands.
 */
export const personName = (display: string): DocumentRecipient['person'] => {
  const labelled = display.includes('_')
  const parts = display.split(labelled ? /_+/ : /\s+/).flatMap((part) => part.trim() || [])
  const prefix = prefixes.find(([written]) => written.test(parts[0] ?? ''))?.[1] ?? null
  const words = prefix === null ? parts : parts.slice(1)
  const [first, second] = words
  if (first === undefined) return null
  if (labelled && second !== undefined) return { prefix, givenName: first, familyName: second }
  const family = words.filter(isUpper)
  const given = words.filter((word) => !isUpper(word))
  const whole = words.join(' ')
  // Capitals stand together, before or after the rest: anything else tells nothing.
  const told = [
    [...family, ...given],
    [...given, ...family],
  ].some((order) => order.join(' ') === whole)
  return family.length > 0 && given.length > 0 && told
    ? { prefix, givenName: given.join(' '), familyName: family.join(' ') }
    : { prefix, givenName: null, familyName: whole }
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
          givenName: patient.firstName || null,
          familyName: patient.usedName ?? patient.birthName,
        }
      : personName(display)
    return person === null ? [] : [{ person, organisation: null, address: null }]
  })
