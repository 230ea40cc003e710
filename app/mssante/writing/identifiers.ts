import { createHash } from 'node:crypto'
import type { DocumentPatient } from '../../contract/index.ts'
import { insKeyIsValid, matriculeTraits } from '../ins.ts'

/** A new OID that nobody else has: a random UUID under 2.25 (ITU-T X.667). */
export const newOid = (random: (length: number) => Uint8Array): string => {
  const bytes = Buffer.from(random(16))
  bytes.writeUInt8(((bytes[6] ?? 0) & 0x0f) | 0x40, 6)
  bytes.writeUInt8(((bytes[8] ?? 0) & 0x3f) | 0x80, 8)
  return `2.25.${BigInt(`0x${bytes.toString('hex')}`).toString()}`
}

/** A new random UUID with its `urn:uuid:`. */
export const newUuidUrn = (random: (length: number) => Uint8Array): string => {
  const bytes = Buffer.from(random(16))
  bytes.writeUInt8(((bytes[6] ?? 0) & 0x0f) | 0x40, 6)
  bytes.writeUInt8(((bytes[8] ?? 0) & 0x3f) | 0x80, 8)
  return `urn:uuid:${bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')}`
}

const insOids = new Set([
  '1.2.250.1.213.1.4.8',
  '1.2.250.1.213.1.4.9',
  '1.2.250.1.213.1.4.10',
  '1.2.250.1.213.1.4.11',
])

/**
 * Whether the INS of a patient is transmitted: only of a qualified identity (INS/va1.53), with a right key and every trait
 * the CI-SIS asks beside it (clinical-documents.md §4.1).
 */
export const insState = (patient: DocumentPatient): 'sent' | 'not-qualified' | 'incomplete' | 'none' => {
  const { ins } = patient
  if (!ins || !insOids.has(ins.oid)) return 'none'
  if (!patient.qualified || !insKeyIsValid(ins.matricule)) return 'not-qualified'
  const whole =
    patient.birthName.trim() !== '' &&
    patient.firstName.trim() !== '' &&
    (patient.givenNames ?? '').trim() !== '' &&
    patient.birthDate !== null &&
    patient.birthPlace !== null &&
    patient.sex !== 'U'
  return whole ? 'sent' : 'incomplete'
}

/** Whether the matricule says the sex and the month of birth of the traits (clinical-documents.md §8.2): what it does not say agrees. */
export const matriculeAgrees = ({
  ins,
  sex,
  birthDate,
}: Pick<DocumentPatient, 'ins' | 'sex' | 'birthDate'>): boolean => {
  const read = ins && matriculeTraits(ins.matricule)
  if (!read) return true
  const [year, month] = (birthDate ?? '').split('-').map(Number)
  return (
    (sex === 'U' || read.sex === sex) &&
    (!year || year % 100 === read.birthYear) &&
    (!month || read.birthMonth === null || read.birthMonth === month)
  )
}

const sameText = (one: string, other: string): boolean =>
  one.trim().toUpperCase() === other.trim().toUpperCase()

type ComparedTrait = 'ins' | 'birthName' | 'firstName' | 'birthDate' | 'sex'

/** Whether two patients of documents are one: by their INS where both have one, else by the strict traits. */
export const samePerson = (
  one: Pick<DocumentPatient, ComparedTrait>,
  other: Pick<DocumentPatient, ComparedTrait>,
): boolean =>
  one.ins && other.ins
    ? one.ins.matricule === other.ins.matricule && one.ins.oid === other.ins.oid
    : sameText(one.birthName, other.birthName) &&
      sameText(one.firstName, other.firstName) &&
      one.birthDate === other.birthDate &&
      (one.sex === other.sex || one.sex === 'U' || other.sex === 'U')

/**
 * A number of the patient's file at this sender for who has none: the same for the same person, telling nothing of them. A
 * document without INS needs one (SCH: `patientRole/id/@extension`).
 */
export const localIdentifier = (
  patient: DocumentPatient,
  source: string,
): { root: string; extension: string } => {
  if (patient.ipp) return patient.ipp
  const traits =
    patient.patientId === null
      ? [patient.birthName, patient.firstName, patient.birthDate ?? '', patient.sex]
          .map((trait) => trait.trim().toUpperCase())
          .join('\0')
      : `patient ${patient.patientId}`
  const digest = createHash('sha256').update(`${source}\0${traits}`).digest('hex')
  return { root: source, extension: `SP${digest.slice(0, 18).toUpperCase()}` }
}
