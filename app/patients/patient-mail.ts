import type { Ins, InsStatus, MatriculeDisagreement, PatientMail, Sex } from '../contract/index.ts'
import { isMatricule, matriculeTraits } from '../mssante/index.ts'

/** What an address is built from: the identity shown, and those the user joined to it. */
export interface MailSubject {
  sex: Sex
  /** `AAAA-MM-JJ`. */
  birthDate: string | null
  identities: readonly { ins: Ins | null; qualified: boolean }[]
  /** Another patient here has the same matricule. */
  sharesMatricule: boolean
  opposed: boolean
}

export interface MailRules {
  /** Domain of Mon espace santé. */
  domain: string
  /** Test and demonstration identities may be written to. */
  testIdentities: boolean
  /** Milliseconds since 1970. */
  now: number
}

const isTest = (ins: Ins): boolean => ins.kind === 'test' || ins.kind === 'demonstration'

/** What is known of an INS (clinical-documents.md §8). */
export const insStatus = (ins: Ins | null, qualified: boolean): InsStatus => {
  if (ins === null) return 'none'
  if (!ins.keyValid) return 'wrong-key'
  if (isTest(ins)) return 'test'
  return qualified ? 'qualified' : 'unqualified'
}

/** In what the matricule and the traits disagree; what either does not say disagrees with nothing. */
export const matriculeDisagreements = (
  ins: Ins | null,
  traits: { sex: Sex; birthDate: string | null },
): MatriculeDisagreement[] => {
  const reading = ins === null ? null : matriculeTraits(ins.matricule)
  if (!reading) return []
  const [year, month] = traits.birthDate?.split('-') ?? []
  return [
    ...(traits.sex !== 'U' && traits.sex !== reading.sex ? (['sex'] as const) : []),
    ...(year !== undefined && Number(year.slice(-2)) !== reading.birthYear ? (['birth-year'] as const) : []),
    ...(month !== undefined && reading.birthMonth !== null && Number(month) !== reading.birthMonth
      ? (['birth-month'] as const)
      : []),
  ]
}

/** Under 18 on that day, by the date of birth. */
export const isMinor = (birthDate: string | null, now: number): boolean => {
  const [year, month, day] = (birthDate ?? '').split('-').map(Number)
  if (!year || !month || !day) return false
  const today = new Date(now)
  const age = today.getFullYear() - year
  const before = today.getMonth() + 1 < month || (today.getMonth() + 1 === month && today.getDate() < day)
  return age - (before ? 1 : 0) < 18
}

/** The INS one writes to: the definitive number (NIR) before the temporary one (NIA), where a patient has both. */
const chosenIns = (subject: MailSubject): { ins: Ins; qualified: boolean } | 'several' | null => {
  const known = subject.identities.flatMap(({ ins, qualified }) => (ins ? [{ ins, qualified }] : []))
  const rank = (one: { ins: Ins; qualified: boolean }): number =>
    (one.qualified ? 2 : 0) + (one.ins.keyValid ? 4 : 0) + (one.ins.kind === 'nia' ? 0 : 1)
  const [best] = known.toSorted((a, b) => rank(b) - rank(a))
  if (!best) return null
  const rivals = known.filter((one) => rank(one) === rank(best) && one.ins.matricule !== best.ins.matricule)
  return rivals.length > 0 ? 'several' : best
}

/**
 * The address `<matricule>@<domain of Mon espace santé>`, built only from a qualified INS whose key is right (ECO.2.2.6,
 * INS/va1.53, mssante-client.md §1.8), never against the patient's opposition (MSS/va1.20); or why there is none. Always
 * the patient's own, a minor's too (ENS-2).
 */
export const patientMail = (subject: MailSubject, rules: MailRules): PatientMail => {
  const chosen = chosenIns(subject)
  const ins = chosen === null || chosen === 'several' ? null : chosen.ins
  const base = {
    reading: ins === null ? null : matriculeTraits(ins.matricule),
    disagreements: matriculeDisagreements(ins, subject),
    minor: isMinor(subject.birthDate, rules.now),
  }
  const refused = (refusal: NonNullable<PatientMail['refusal']>): PatientMail => ({
    ...base,
    address: null,
    refusal,
  })
  if (chosen === 'several') return refused('several-identities')
  if (chosen === null) return refused('no-ins')
  if (!isMatricule(chosen.ins.matricule) || !chosen.ins.keyValid) return refused('wrong-key')
  if (isTest(chosen.ins) && !rules.testIdentities) return refused('test-identity')
  if (!chosen.qualified) return refused('not-qualified')
  if (subject.sharesMatricule) return refused('several-identities')
  if (subject.opposed) return refused('opposed')
  return { ...base, address: `${chosen.ins.matricule}@${rules.domain}`, refusal: null }
}
