import type { IdentityRecord, Patient } from '../../app/contract/index.ts'
import { age, fullDate, t } from '../i18n/index.ts'

/** « née le 26/11/1978 (47 ans) ». */
export const bornLine = (patient: Pick<Patient, 'sex' | 'birthDate'>, now: Date): string =>
  patient.birthDate === null
    ? t('reading.birthUnknown')
    : t('reading.born', {
        sex: patient.sex,
        date: fullDate(patient.birthDate),
        age: age(patient.birthDate, now) ?? -1,
      })

/** One trait of an identity, in words; null when it has none. */
export interface Trait {
  key: string
  label: string
  of: (identity: IdentityRecord) => string | null
}

/** What two identities are compared by, strict traits first (clinical-documents.md §8.3). */
export const traits = (): Trait[] => [
  { key: 'birthName', label: t('patients.birthName'), of: (one) => one.birthName },
  { key: 'firstName', label: t('patients.firstName'), of: (one) => one.firstName },
  {
    key: 'birthDate',
    label: t('patients.birthDate'),
    of: (one) => (one.birthDate === null ? null : fullDate(one.birthDate)),
  },
  { key: 'sex', label: t('patients.sex'), of: (one) => t('reading.sex', { sex: one.sex }) },
  { key: 'matricule', label: t('patients.matricule'), of: (one) => one.ins?.matricule ?? null },
  {
    key: 'authority',
    label: t('patients.authority'),
    of: (one) => (one.ins ? t(`patients.authority-${one.ins.kind}`) : null),
  },
  { key: 'usedName', label: t('patients.usedName'), of: (one) => one.usedName },
  { key: 'givenNames', label: t('patients.givenNames'), of: (one) => one.birthGivenNames },
  { key: 'birthPlace', label: t('patients.birthPlace'), of: (one) => one.birthPlace },
  {
    key: 'ipp',
    label: t('patients.ipp'),
    of: (one) => one.ipps.map((ipp) => ipp.split('^')[0]).join(', ') || null,
  },
]

/** Where two texts differ: the stretch of `text` that the other does not have, or null when they are the same. */
export const differingPart = (text: string, other: string): { start: number; end: number } | null => {
  if (text === other) return null
  let start = 0
  while (start < text.length && start < other.length && text[start] === other[start]) start += 1
  let end = 0
  while (
    end < text.length - start &&
    end < other.length - start &&
    text[text.length - 1 - end] === other[other.length - 1 - end]
  )
    end += 1
  return { start, end: text.length - end }
}
