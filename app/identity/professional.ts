import { z } from 'zod'
import type { Professional, Situation } from '../contract/index.ts'

/** What is shown of a claim: nothing that turns text round or hides it. */
const Text = z
  .string()
  .max(2000)
  .transform((text) => text.replace(/\p{C}/gu, '').trim().slice(0, 200))
  .catch('')
/** Some providers give one value where others give a list. */
const Texts = z.union([z.array(Text).max(64), Text.transform((text) => [text])]).catch([])
const list = <T extends z.ZodType>(one: T) =>
  z
    .array(z.unknown())
    .transform((all) => all.slice(0, 32).flatMap((value) => one.safeParse(value).data ?? []))
    .catch([])

const Activity = z.object({
  codeModeExercice: Text,
  codeSecteurDactivite: Text,
  codeRole: Text,
  raisonSocialeSite: Text,
  enseigneCommercialeSite: Text,
})
const Practice = z.object({
  codeProfession: Text,
  nomDexercice: Text,
  prenomDexercice: Text,
  activities: list(Activity),
})
const Claims = z.object({
  SubjectNameID: Text,
  preferred_username: Text,
  given_name: Text,
  family_name: Text,
  SubjectRole: Texts,
  SubjectOrganization: Text,
  Secteur_Activite: Text,
  SubjectRefPro: z.object({ exercices: list(Practice) }).catch({ exercices: [] }),
})

/** `10^1.2.250.1.213.1.1.5.5`: the code, without its nomenclature. */
const codeOf = (value: string | undefined): string | null => value?.split('^')[0]?.trim() || null

const situationsOf = (claims: z.infer<typeof Claims>): Situation[] => {
  const told = claims.SubjectRefPro.exercices.flatMap((practice) =>
    practice.activities.map((activity): Situation => ({
      organisation: activity.raisonSocialeSite || activity.enseigneCommercialeSite || null,
      professionCode: codeOf(practice.codeProfession),
      role: codeOf(activity.codeRole),
      sector: codeOf(activity.codeSecteurDactivite),
      mode: codeOf(activity.codeModeExercice),
    })),
  )
  if (told.length > 0) return told.slice(0, 32)
  const organisation = claims.SubjectOrganization || null
  const professionCode = codeOf(claims.SubjectRole[0])
  const sector = codeOf(claims.Secteur_Activite)
  return organisation || sector ? [{ organisation, professionCode, role: null, sector, mode: null }] : []
}

/** A national identifier: type digit, then RPPS, ADELI, or an employer's and its staff number. */
const nationalIdForm = /^[0-9A-Za-z][0-9A-Za-z/.-]{1,59}$/

/**
 * The professional of UserInfo or of an id_token (mssante-client.md §3.5). Whatever is missing or of another shape is left out;
 * null when nobody is named.
 */
export const readProfessional = (claims: unknown): Professional | null => {
  const read = Claims.safeParse(claims)
  if (!read.success) return null
  const { data } = read
  const [practice] = data.SubjectRefPro.exercices
  const nationalId = [data.SubjectNameID, data.preferred_username].find((id) => nationalIdForm.test(id))
  if (nationalId === undefined) return null
  return {
    nationalId,
    rpps: /^8\d{11}$/.test(nationalId) ? nationalId.slice(1) : null,
    familyName: data.family_name || (practice?.nomDexercice ?? ''),
    givenName: data.given_name || (practice?.prenomDexercice ?? ''),
    professionCode: codeOf(data.SubjectRole[0]) ?? codeOf(practice?.codeProfession),
    organisation: data.SubjectOrganization || situationsOf(data)[0]?.organisation || null,
    situations: situationsOf(data),
  }
}

const Known = z.object({
  SubjectNameID: Text,
  preferred_username: Text,
  otherIds: list(z.object({ identifiant: Text })),
})

/** Every number that UserInfo or an id_token says somebody is known by. */
export const identifiersOf = (claims: unknown): string[] => {
  const read = Known.safeParse(claims)
  if (!read.success) return []
  const { SubjectNameID, preferred_username, otherIds } = read.data
  return [SubjectNameID, preferred_username, ...otherIds.map(({ identifiant }) => identifiant)].filter((id) =>
    nationalIdForm.test(id),
  )
}

/** Whether a number as CIBA was asked for it is one of these, written with or without its type digit. */
export const isKnownBy = (identifiers: readonly string[], nationalId: string): boolean =>
  identifiers.some((id) => id === nationalId || (id.length >= 8 && id === nationalId.slice(1)))

/** What is typed for a professional (an RPPS, or the whole identifier) as CIBA's `login_hint` wants it; null for anything else. */
export const nationalIdOf = (typed: string): string | null => {
  const compact = typed.replace(/[\s.]/g, '')
  if (/^\d{11}$/.test(compact)) return `8${compact}`
  return nationalIdForm.test(compact) && /\d/.test(compact) ? compact : null
}
