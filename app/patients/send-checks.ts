import {
  ok,
  type ConcernedPerson,
  type DraftContent,
  type DraftKind,
  type Outcome,
  type Patient,
  type SendCheck,
} from '../contract/index.ts'
import type { TrustClass } from '../contract/index.ts'
import { foldedName } from './folding.ts'

export interface SendCheckDependencies {
  classify: (address: string) => TrustClass
  /** The patient whose address it is; null when the base knows none, or several. */
  ofAddress: (address: string) => Promise<Outcome<Patient | null>>
  patient: (id: number) => Promise<Outcome<Patient>>
  /** The first of these addresses that somebody has who opposes being written to; null for none. */
  opposedAmong: (addresses: readonly string[]) => Promise<Outcome<string | null>>
  /** The patient of the base a document is about; null when the base has none, or several. */
  ofPerson: (person: ConcernedPerson) => Promise<Outcome<Patient | null>>
  /** The sender of the message a draft answers, and the patients it is about. */
  ofMessage: (id: number) => Promise<Outcome<{ from: string; patients: Patient[] }>>
}

const none = { size: null, limit: null, blocking: false }

/** What a draft is, as far as patients are concerned. */
export interface CheckedDraft {
  kind: DraftKind
  sourceId: number | null
  content: DraftContent
}

const localPart = (address: string): string => address.slice(0, address.lastIndexOf('@')).toUpperCase()

/**
 * Whether a document is about who is written to: `other` beyond doubt (another date of birth, or another matricule without the
 * same traits), `unsure` when only names differ. A temporary matricule (NIA) stands beside a definitive one (NIR).
 */
const documentRecipient = (
  person: ConcernedPerson,
  about: Patient | null,
  address: string,
  recipient: Patient | null,
): 'same' | 'other' | 'unsure' => {
  if (person.ins?.matricule === localPart(address)) return 'same'
  if (about !== null && about.id === recipient?.id) return 'same'
  if (recipient === null) return person.ins === null ? 'unsure' : 'other'
  const born = person.birthDate !== null && recipient.birthDate !== null
  if (born && person.birthDate !== recipient.birthDate) return 'other'
  const names =
    foldedName(person.firstName) === foldedName(recipient.firstName) &&
    [recipient.birthName, recipient.usedName ?? ''].some(
      (name) => foldedName(name) === foldedName(person.birthName),
    )
  if (born && names) return 'same'
  return person.ins === null ? 'unsure' : 'other'
}

/**
 * What is to be said of patients before a message leaves (mssante-client.md §1.8): a patient is written to only on an
 * address the base builds today, never against the opposition; the patient's own message may be answered without.
 */
export const patientSendChecks = async (
  deps: SendCheckDependencies,
  draft: CheckedDraft,
  people: readonly ConcernedPerson[] = [],
): Promise<Outcome<SendCheck[]>> => {
  const { to, cc, bcc, aboutPatient } = draft.content
  const addresses = [...new Set([...to, ...cc, ...bcc].map((one) => one.address.toLowerCase()))]
  const toPatients = addresses.filter((address) => deps.classify(address) === 'patient')
  const others = addresses.filter((address) => !toPatients.includes(address))
  const source = draft.sourceId === null ? ok(null) : await deps.ofMessage(draft.sourceId)
  // What it answers is gone: it is a message of its own.
  const answered = source.ok ? source.value : null
  const checks: SendCheck[] = []
  const known: (Patient | null)[] = []
  for (const person of people) {
    const of = await deps.ofPerson(person)
    if (!of.ok) return of
    known.push(of.value)
  }
  for (const address of toPatients) {
    const found = await deps.ofAddress(address)
    if (!found.ok) return found
    const states = people.map((person, index) =>
      documentRecipient(person, known[index] ?? null, address, found.value),
    )
    if (states.some((state) => state !== 'same'))
      checks.push({
        ...{ ...none, kind: 'document-other-recipient', address, trust: null },
        blocking: states.includes('other'),
      })
    const opposed = found.value === null ? await deps.opposedAmong([address]) : ok(null)
    if (!opposed.ok) return opposed
    checks.push(
      ...(opposed.value === null
        ? addressChecks(address, found.value, answered?.from.toLowerCase() === address)
        : [opposedCheck(address)]),
    )
  }
  if (toPatients.length > 0 && draft.content.endsExchanges === true)
    checks.push({ ...none, kind: 'patient-ends-all', address: null, trust: null })
  if (toPatients.length > 0 && others.length > 0)
    checks.push({ ...none, kind: 'patient-with-professionals', address: null, trust: null })
  const about = aboutPatient == null ? ok(null) : await deps.patient(aboutPatient)
  const concerned = [
    ...(about.ok && about.value ? [about.value] : []),
    ...(answered?.patients ?? []),
    ...known.filter((one) => one !== null),
  ]
  const opposed = concerned.find((one) => one.oppositions.some(({ kind }) => kind === 'professional-mail'))
  if (opposed && others.length > 0)
    checks.push({
      ...{ ...none, kind: 'professional-mail-opposed', address: null, trust: null },
      patientId: opposed.id,
    })
  return ok(checks)
}

/** Of an address that several people of the base have, the opposition of any holds. */
const opposedCheck = (address: string): SendCheck => ({
  ...{ ...none, kind: 'patient-refused', blocking: true, address, trust: null },
  refusal: 'opposed',
})

const addressChecks = (address: string, patient: Patient | null, answers: boolean): SendCheck[] => {
  const of = { ...none, address, trust: null }
  if (patient === null)
    return answers
      ? [{ ...of, kind: 'patient-unknown-answered' }]
      : [{ ...of, kind: 'patient-unknown', blocking: true }]
  const { mail, id } = patient
  if (mail.refusal === 'opposed' || (mail.address?.toLowerCase() !== address && !answers))
    return [
      {
        ...of,
        ...{ kind: 'patient-refused', blocking: true, patientId: id },
        refusal: mail.refusal ?? 'several-identities',
      },
    ]
  return [
    ...(mail.disagreements.length > 0 ? [{ ...of, kind: 'patient-differs' as const, patientId: id }] : []),
    ...(mail.minor ? [{ ...of, kind: 'patient-minor' as const, patientId: id }] : []),
  ]
}
