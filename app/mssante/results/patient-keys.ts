import type { PatientSummary } from '../../contract/index.ts'

/** By what the results of one person are found: INS with its OID, and strict traits where all are there. */
export interface PatientKeys {
  ins: string | null
  traits: string | null
}

// The INS traits are capitals without accents (RNIV); a name written with them is the same one. Nothing else is levelled.
const capitals = (name: string): string =>
  name
    .trim()
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toUpperCase()

/** The keys of a patient; a birth date that is not a whole date, an unknown sex or a missing name leaves no traits. */
export const patientKeys = (patient: PatientSummary): PatientKeys => {
  const { birthName, firstName, birthDate, sex, ins } = patient
  const complete =
    birthName.trim() !== '' &&
    firstName.trim() !== '' &&
    /^\d{4}-\d{2}-\d{2}$/.test(birthDate ?? '') &&
    sex !== 'U'
  return {
    ins: ins === null ? null : `${ins.matricule}|${ins.oid}`,
    traits: complete ? [capitals(birthName), capitals(firstName), birthDate, sex].join('|') : null,
  }
}
