import type { Ins, MatriculeTraits, PatientIdentifier } from '../contract/index.ts'

/** Assigning authorities of the Identité nationale de santé (clinical-documents.md §8.1). */
const kindByOid: Record<string, Ins['kind']> = {
  '1.2.250.1.213.1.4.8': 'nir',
  '1.2.250.1.213.1.4.9': 'nia',
  '1.2.250.1.213.1.4.10': 'test',
  '1.2.250.1.213.1.4.11': 'demonstration',
}

/** Authorities of the same family that never make an INS: obsolete INS-C, SI-SAMU, number of the insured. */
const otherKinds: Record<string, PatientIdentifier['kind']> = {
  '1.2.250.1.213.1.4.2': 'ins-c',
  '1.2.250.1.213.1.4.6': 'ins-c',
  '1.2.250.1.213.1.4.7': 'ins-c',
  '1.2.250.1.213.1.4.12': 'si-samu',
  '1.2.250.1.213.1.4.13': 'social-security',
  '1.2.250.1.213.1.4.14': 'social-security',
}

/** Sex 1 or 2, 3 to 8 for numbers given while waiting for one; year, month, département, commune, order, key. */
const wellFormed = /^[1-8]\d{4}(?:\d\d|2A|2B)\d{8}$/

/** Fifteen characters of the right classes; says nothing of the key. */
export const isMatricule = (matricule: string): boolean => wellFormed.test(matricule)

/** Key of a matricule: 97 − (N mod 97) over 13 digits, with 2A → 19 and 2B → 18. */
export const insKeyIsValid = (matricule: string): boolean => {
  if (!wellFormed.test(matricule)) return false
  const department = matricule.slice(5, 7)
  const corsica = department === '2A' ? '19' : department === '2B' ? '18' : department
  const number = matricule.slice(0, 5) + corsica + matricule.slice(7, 13)
  return 97 - Number(BigInt(number) % 97n) === Number(matricule.slice(13))
}

/** An authority as its OID: some write it as a URN. */
const bareOid = (root: string): string => root.trim().replace(/^urn:oid:/i, '')

const compact = (identifier: string): string => identifier.replace(/[\s.]+/g, '').toUpperCase()

/** The INS of an identifier, or null when its authority is not one of the INS authorities. */
export const readIns = (oid: string, identifier: string): Ins | null => {
  const authority = bareOid(oid)
  const kind = kindByOid[authority]
  const matricule = compact(identifier)
  return kind && matricule ? { matricule, oid: authority, kind, keyValid: insKeyIsValid(matricule) } : null
}

/** What an identifier of a patient is, by its authority. */
export const readIdentifier = (root: string, value: string): PatientIdentifier => {
  const ins = readIns(root, value)
  if (ins) return { kind: `ins-${ins.kind}`, root: ins.oid, value: ins.matricule, keyValid: ins.keyValid }
  const kind = otherKinds[bareOid(root)] ?? 'local'
  const matricule = compact(value)
  return {
    kind,
    root,
    value,
    keyValid: kind === 'social-security' && isMatricule(matricule) ? insKeyIsValid(matricule) : null,
  }
}

/**
 * Sex, year and month of birth and département that a matricule says (clinical-documents.md §8.2); null when it is not one. Month 20 to 42
 * and 50 to 99 stand for an unknown month.
 */
export const matriculeTraits = (matricule: string): MatriculeTraits | null => {
  const text = compact(matricule)
  if (!wellFormed.test(text)) return null
  const first = text.charAt(0)
  const sex = '137'.includes(first) ? 'M' : '248'.includes(first) ? 'F' : null
  if (sex === null) return null
  const month = Number(text.slice(3, 5))
  const department = text.slice(5, 7)
  return {
    sex,
    birthYear: Number(text.slice(1, 3)),
    birthMonth: month >= 1 && month <= 12 ? month : null,
    department: department === '97' || department === '98' ? text.slice(5, 8) : department,
  }
}
