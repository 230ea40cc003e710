import type { PatientSummary } from '../../contract/index.ts'

/** By what the results of one person are found: INS with its OID, and strict traits where all are there. */
export interface PatientKeys {
  ins: string | null
  /** Without the sex, which HPRIM results do not tell: two that are known must agree. */
  traits: string | null
  sex: 'M' | 'F' | null
}

// The INS traits are capitals without accents (RNIV); a name written with them is the same one. Nothing else is levelled.
const capitals = (name: string): string =>
  name
    .trim()
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toUpperCase()

/** The keys of a patient; a birth date that is not a whole date or a missing name leaves no traits. */
export const patientKeys = (patient: PatientSummary): PatientKeys => {
  const { birthName, firstName, birthDate, sex, ins } = patient
  const complete =
    birthName.trim() !== '' && firstName.trim() !== '' && /^\d{4}-\d{2}-\d{2}$/.test(birthDate ?? '')
  return {
    ins: ins === null ? null : `${ins.matricule}|${ins.oid}`,
    traits: complete ? [capitals(birthName), capitals(firstName), birthDate].join('|') : null,
    sex: sex === 'U' ? null : sex,
  }
}
