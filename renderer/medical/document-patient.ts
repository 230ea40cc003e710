import type { DocumentPatient, Patient, PatientSummary } from '../../app/contract/index.ts'

const ippOf = (written: string | undefined): DocumentPatient['ipp'] => {
  const match = /^(.{1,64}?)\^\^\^&([\d.]{1,64})/.exec(written ?? '')
  return match?.[1] && match[2] ? { extension: match[1], root: match[2] } : null
}

/** A patient of the index as documents name them; the INS goes along as qualified only where the index says so. */
export const fromIndex = (patient: Patient): DocumentPatient => ({
  patientId: patient.id,
  birthName: patient.birthName,
  usedName: patient.usedName,
  firstName: patient.firstName,
  givenNames: patient.birthGivenNames,
  sex: patient.sex,
  birthDate: patient.birthDate,
  birthPlace:
    patient.birthPlace !== null && /^\d[\dAB]\d{3}$/.test(patient.birthPlace) ? patient.birthPlace : null,
  ins: patient.ins ? { matricule: patient.ins.matricule, oid: patient.ins.oid } : null,
  qualified: patient.qualified,
  ipp: ippOf(patient.ipps[0]),
})

/** What the user types of a patient the index does not know: never qualified. */
export const typedPatient = (typed: {
  birthName: string
  firstName: string
  sex: DocumentPatient['sex']
  birthDate: string
}): DocumentPatient => ({
  patientId: null,
  birthName: typed.birthName.trim(),
  usedName: null,
  firstName: typed.firstName.trim(),
  givenNames: null,
  sex: typed.sex,
  birthDate: /^\d{4}-\d\d-\d\d$/.test(typed.birthDate) ? typed.birthDate : null,
  birthPlace: null,
  ins: null,
  qualified: false,
  ipp: null,
})

/** As the window shows identities: name, sex, birth date, INS. */
export const asSummary = (patient: DocumentPatient): PatientSummary => ({
  birthName: patient.birthName,
  usedName: patient.usedName,
  firstName: patient.firstName,
  sex: patient.sex,
  birthDate: patient.birthDate,
  ins: patient.ins
    ? {
        ...patient.ins,
        kind: patient.ins.oid.endsWith('.4.8')
          ? 'nir'
          : patient.ins.oid.endsWith('.4.9')
            ? 'nia'
            : patient.ins.oid.endsWith('.4.10')
              ? 'test'
              : 'demonstration',
        keyValid: true,
      }
    : null,
  qualified: patient.qualified,
})
