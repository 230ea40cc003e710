import { unaccented } from './clinical-mail.ts'
import { landmarks } from './landmarks.ts'
import { patients } from './patients.ts'

/**
 * Phrases of the seeded mail that no program, font or dictionary holds: whoever finds one of them on a disk outside the vault
 * has found a leak. Patients' names as subjects and letters write them, INS, subjects and sentences; UTF-8, unencoded.
 */
export const seededWords: readonly string[] = [
  ...new Set([
    ...patients.flatMap((patient) => [
      `${unaccented(patient.birthName)} ${unaccented(patient.usedGivenName)}`,
      `${patient.usedGivenName} ${patient.usedName}`,
      ...(patient.ins === null ? [] : [patient.ins]),
    ]),
    ...Object.values(landmarks).flatMap((landmark) => [
      landmark.shownSubject,
      // Single words may stand in a spelling dictionary.
      ...landmark.words.filter((word) => word.includes(' ')),
    ]),
    'Discopathie dégénérative',
    'prochaine RCP',
    'Astreintes de décembre',
    'Décompensation cardiaque globale',
  ]),
]
