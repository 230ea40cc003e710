import type { PatientIdentity, PatientSummary } from '../contract/index.ts'
import { foldedName } from './folding.ts'
import type { FoundIdentity } from '../vault/index.ts'

/** As written, but for blanks at the ends, doubled blanks and the way accents are encoded. */
const exact = (trait: string): string => trait.normalize('NFC').replace(/\s+/g, ' ').trim()

const nearKey = (name: string, firstName: string, birthDate: string): string =>
  JSON.stringify([foldedName(name), foldedName(firstName), birthDate])

/**
 * An identity for the index of patients, with the keys that compare it (clinical-documents.md §8.3): `key` is the same only
 * for the same authority, matricule and strict traits exactly (birth name, first given name, birth date, sex); the `near`
 * keys fold case, accents, hyphens, apostrophes and blanks, and only ever make a proposal. Null when it names nobody well
 * enough to tell two people apart: no INS, and a strict trait missing.
 */
export const identityForIndex = (
  patient: PatientSummary,
  more: Pick<PatientIdentity, 'birthFirstNames' | 'birthPlaceCode' | 'identifiers'> | null,
): FoundIdentity | null => {
  const birthName = exact(patient.birthName)
  const firstName = exact(patient.firstName)
  const usedName = patient.usedName === null ? null : exact(patient.usedName) || null
  const { birthDate, sex, ins } = patient
  const traits = birthName !== '' && firstName !== '' && birthDate !== null && birthDate.length === 10
  if (ins === null && (!traits || sex === 'U')) return null
  if (birthName === '' && firstName === '') return null
  return {
    key: JSON.stringify([ins?.oid ?? null, ins?.matricule ?? null, birthName, firstName, birthDate, sex]),
    near: nearKey(birthName, firstName, birthDate ?? ''),
    nearUsed:
      usedName === null || usedName === birthName ? null : nearKey(usedName, firstName, birthDate ?? ''),
    birthName,
    usedName,
    firstName,
    birthGivenNames: more?.birthFirstNames ?? null,
    sex,
    birthDate,
    birthPlace: more?.birthPlaceCode ?? null,
    ins,
    qualified: patient.qualified,
    ipps: (more?.identifiers ?? []).flatMap(({ kind, root, value }) =>
      kind === 'local' ? `${value}^^^&${root}` : [],
    ),
  }
}
