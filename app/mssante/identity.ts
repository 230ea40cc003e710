import type { Ins, PatientIdentity, PatientSummary, Sex } from '../contract/index.ts'
import { isMatricule, matriculeTraits, readIdentifier, readIns } from './ins.ts'

/** Traits as a document of any syntax gives them; empty strings and nulls for what it leaves out. */
export interface Traits {
  birthName: string
  usedName: string | null
  firstName: string
  usedFirstName: string | null
  birthFirstNames: string | null
  sex: Sex
  /** ISO 8601, as precise as the source. */
  birthTime: string | null
  birthPlaceCode: string | null
  birthPlaceName: string | null
  identifiers: { root: string; value: string }[]
  addresses: string[]
  telecoms: string[]
  deceasedAt: string | null
}

export const noTraits: Traits = {
  birthName: '',
  usedName: null,
  firstName: '',
  usedFirstName: null,
  birthFirstNames: null,
  sex: 'U',
  birthTime: null,
  birthPlaceCode: null,
  birthPlaceName: null,
  identifiers: [],
  addresses: [],
  telecoms: [],
  deceasedAt: null,
}

/** Nobody has more numbers than that. */
const mostIdentifiers = 100

const fullDate = /^\d{4}-\d{2}-\d{2}/

const preferred: readonly Ins['kind'][] = ['nir', 'nia', 'test', 'demonstration']

/** Well formed before the rest, then NIR before NIA (temporary) before the identities of tests, else as they come. */
const chosenIns = (all: Ins[]): Ins | null => {
  const sound = all.filter((ins) => isMatricule(ins.matricule))
  const candidates = sound.length > 0 ? sound : all
  for (const kind of preferred) {
    const found = candidates.find((ins) => ins.kind === kind)
    if (found) return found
  }
  return null
}

/** Names of the traits that an INS demands beside the matricule and that are not there (CI-SIS, §4.1). */
export const missingTraits = (identity: PatientIdentity): string[] =>
  identity.ins === null
    ? []
    : [
        ['birthName', identity.birthName],
        ['firstName', identity.firstName],
        ['birthFirstNames', identity.birthFirstNames],
        ['birthDate', identity.birthDate],
        ['birthPlaceCode', identity.birthPlaceCode],
        ['sex', identity.sex === 'U' ? '' : identity.sex],
      ].flatMap(([name, value]) => (value || !name ? [] : [name]))

const checksOf = (identity: PatientIdentity, all: Ins[]): PatientIdentity['checks'] => {
  const checks: PatientIdentity['checks'] = []
  const { ins, matricule } = identity
  if (identity.identifiers.some(({ kind }) => kind === 'ins-c')) checks.push('ins-obsolete')
  if (new Set(all.map((one) => one.matricule)).size > 1) checks.push('ins-several')
  if (ins) {
    if (!isMatricule(ins.matricule)) checks.push('ins-format')
    else if (!ins.keyValid) checks.push('ins-key')
    if (all.some(({ kind }) => kind === 'test' || kind === 'demonstration')) checks.push('ins-test')
    if (missingTraits(identity).length > 0) checks.push('ins-traits-missing')
  }
  if (matricule) {
    if (identity.sex !== 'U' && identity.sex !== matricule.sex) checks.push('ins-sex-differs')
    const [year, month] = (identity.birthDate ?? '').split('-')
    const yearDiffers = year && Number(year.slice(2)) !== matricule.birthYear
    const monthDiffers = month && matricule.birthMonth !== null && Number(month) !== matricule.birthMonth
    if (yearDiffers || monthDiffers) checks.push('ins-birth-differs')
  }
  if (!identity.qualified) checks.push('identity-unqualified')
  return checks
}

/** An identity with its INS, what the matricule says and every check of clinical-documents.md §8. */
export const identityOf = (traits: Traits): PatientIdentity => {
  const identifiers = traits.identifiers.slice(0, mostIdentifiers)
  const all = identifiers.flatMap(({ root, value }) => readIns(root, value) ?? [])
  const ins = chosenIns(all)
  const birthDate = traits.birthTime?.slice(0, 10) ?? null
  const identity: PatientIdentity = {
    birthName: traits.birthName,
    usedName: traits.usedName,
    firstName: traits.firstName,
    usedFirstName: traits.usedFirstName,
    birthFirstNames: traits.birthFirstNames,
    sex: traits.sex,
    birthDate,
    birthTime: traits.birthTime,
    birthPlaceCode: traits.birthPlaceCode,
    birthPlaceName: traits.birthPlaceName,
    ins,
    // Matricule, OID and the four strict traits (ECO.2.4.2, clinical-documents.md §8.3).
    qualified:
      ins !== null &&
      isMatricule(ins.matricule) &&
      traits.birthName !== '' &&
      traits.firstName !== '' &&
      fullDate.test(birthDate ?? '') &&
      traits.sex !== 'U',
    identifiers: [
      ...new Map(
        identifiers
          .map(({ root, value }) => readIdentifier(root, value))
          .map((one) => [`${one.root}^${one.value}`, one]),
      ).values(),
    ],
    addresses: traits.addresses,
    telecoms: traits.telecoms,
    deceasedAt: traits.deceasedAt,
    matricule: ins ? matriculeTraits(ins.matricule) : null,
    checks: [],
  }
  return { ...identity, checks: checksOf(identity, all) }
}

/** Whether an identity says anything of who it is: a file may have the place of a patient and leave it empty. */
export const namesSomebody = ({
  birthName,
  usedName,
  firstName,
  birthDate,
  identifiers,
}: PatientIdentity): boolean =>
  [birthName, usedName, firstName, birthDate].some((trait) => trait !== null && trait !== '') ||
  identifiers.length > 0

/** The part of an identity that a list row keeps. */
export const summaryOf = (identity: PatientIdentity): PatientSummary => ({
  birthName: identity.birthName,
  usedName: identity.usedName,
  firstName: identity.firstName,
  sex: identity.sex,
  birthDate: identity.birthDate,
  ins: identity.ins,
  qualified: identity.qualified,
})
