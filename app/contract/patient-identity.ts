import { z } from 'zod'

/** Administrative sex as CDA codes it (JDV_J143). */
export const Sex = z.enum(['M', 'F', 'U'])
export type Sex = z.infer<typeof Sex>

export const Ins = z.object({
  /** 13 characters and the two-digit key. */
  matricule: z.string(),
  oid: z.string(),
  kind: z.enum(['nir', 'nia', 'test', 'demonstration']),
  /** Key = 97 − (N mod 97); a wrong key is a warning on reception (clinical-documents.md §8.2). */
  keyValid: z.boolean(),
})
export type Ins = z.infer<typeof Ins>

/** What a list row and the patient banner show. */
export const PatientSummary = z.object({
  birthName: z.string(),
  usedName: z.string().nullable(),
  firstName: z.string(),
  sex: Sex,
  /** `AAAA-MM-JJ`, or null when the document holds none. */
  birthDate: z.string().nullable(),
  ins: Ins.nullable(),
  /** The document carries matricule, OID and the strict traits: the sender says the identity is qualified (§8.3). */
  qualified: z.boolean(),
})
export type PatientSummary = z.infer<typeof PatientSummary>

/** What is wrong or worth knowing with an identity; codes of the closed list of deviations. */
export const IdentityCheck = z.enum([
  'ins-key',
  'ins-format',
  'ins-traits-missing',
  'ins-sex-differs',
  'ins-birth-differs',
  'ins-several',
  'ins-obsolete',
  'ins-test',
  'identity-unqualified',
])
export type IdentityCheck = z.infer<typeof IdentityCheck>

/** What a matricule says by itself (§8.2): sex, year in the century, month, département and commune of birth. */
export const MatriculeTraits = z.object({
  sex: z.enum(['M', 'F']),
  /** Two digits: the century is not in the matricule. */
  birthYear: z.number().int(),
  /** 1–12, null for the codes used when the month is unknown. */
  birthMonth: z.number().int().nullable(),
  /** `01`–`95`, `2A`, `2B`, `971`–`976`, `99` abroad. */
  department: z.string(),
})
export type MatriculeTraits = z.infer<typeof MatriculeTraits>

/** An identifier of the patient by what its authority makes of it (§8.1). */
export const PatientIdentifier = z.object({
  kind: z.enum([
    'ins-nir',
    'ins-nia',
    'ins-test',
    'ins-demonstration',
    'ins-c',
    'si-samu',
    'social-security',
    'local',
  ]),
  root: z.string(),
  value: z.string(),
  /** Of a matricule; null for what has no key. */
  keyValid: z.boolean().nullable(),
})
export type PatientIdentifier = z.infer<typeof PatientIdentifier>

/** An identity in full, as a document gives it. */
export const PatientIdentity = PatientSummary.extend({
  usedFirstName: z.string().nullable(),
  /** « Liste des prénoms de naissance », one string with blanks; null when the document does not tell it apart. */
  birthFirstNames: z.string().nullable(),
  /** ISO 8601, with its time for new-borns when the document has it. */
  birthTime: z.string().nullable(),
  /** Code officiel géographique, five characters; `99…` abroad. */
  birthPlaceCode: z.string().nullable(),
  birthPlaceName: z.string().nullable(),
  identifiers: z.array(PatientIdentifier),
  addresses: z.array(z.string()),
  telecoms: z.array(z.string()),
  /** ISO 8601 when the document says that the patient has died. */
  deceasedAt: z.string().nullable(),
  matricule: MatriculeTraits.nullable(),
  checks: z.array(IdentityCheck),
})
export type PatientIdentity = z.infer<typeof PatientIdentity>
