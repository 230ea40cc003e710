import type { Ins } from '../contract/index.ts'

/** Assigning authorities of the Identité nationale de santé (clinical-documents.md §8.1). */
const kindByOid: Record<string, Ins['kind']> = {
  '1.2.250.1.213.1.4.8': 'nir',
  '1.2.250.1.213.1.4.9': 'nia',
  '1.2.250.1.213.1.4.10': 'test',
  '1.2.250.1.213.1.4.11': 'demonstration',
}

/** Key of a matricule: 97 − (N mod 97) over 13 digits, with 2A → 19 and 2B → 18. */
export const insKeyIsValid = (matricule: string): boolean => {
  if (!/^\d{5}(?:\d\d|2A|2B)\d{8}$/.test(matricule)) return false
  const number = matricule.slice(0, 13).replace('2A', '19').replace('2B', '18')
  return 97 - Number(BigInt(number) % 97n) === Number(matricule.slice(13))
}

/** The INS of an identifier, or null when its authority is not one of the INS authorities. */
export const readIns = (oid: string, identifier: string): Ins | null => {
  const kind = kindByOid[oid]
  const matricule = identifier.replace(/\s+/g, '').toUpperCase()
  return kind && matricule ? { matricule, oid, kind, keyValid: insKeyIsValid(matricule) } : null
}
