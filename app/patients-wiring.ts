import {
  ok,
  type ConcernedPerson,
  type DraftContent,
  type EventName,
  type EventPayload,
  type MessageView,
  type Outcome,
  type Policy,
  type TrustClass,
} from './contract/index.ts'
import { after } from './later.ts'
import type { Mail } from './mail/index.ts'
import {
  createBounceReader,
  createPatients,
  createRereading,
  explainBounces,
  patientSendChecks,
  type CheckedDraft,
} from './patients/index.ts'
import type { Vault } from './vault/index.ts'

/** Windows that show patients follow what arrives, not oftener than this. */
const changesDelay = 1_000

/** Patients with what mail and the session give them, and the reading again of what an earlier program read. */
export const wirePatients = (deps: {
  vault: Vault
  policy: Policy
  mail: Mail
  patientDomain: () => string
  classify: (address: string) => TrustClass
  /** Synchronisation or the user is at work. */
  busy: () => boolean
  emit: <E extends EventName>(event: E, payload: EventPayload<E>) => void
  now: () => number
  onFault: (error: unknown) => void
}) => {
  const changed = (): void => deps.emit('patients.changed', {})
  let telling: (() => void) | null = null
  const rereading = createRereading({
    step: deps.mail.documentReading.reread,
    busy: deps.busy,
    after,
    tell: changed,
    onFault: deps.onFault,
  })
  const patients = createPatients({
    ...{ vault: deps.vault, policy: deps.policy, patientDomain: deps.patientDomain, now: deps.now, changed },
    reading: rereading.left,
    announce: deps.mail.announceRows,
  })
  const opened = new Set<number>()
  const readBounce = createBounceReader(deps.policy)
  return {
    patients,
    start: (): void => {
      rereading.start()
      // The policy no longer wants what was noted under another one.
      if (deps.policy.indexDecrypted === false) deps.mail.documentReading.forgetOpened().catch(deps.onFault)
    },
    /** Messages changed, and with them what is known of patients: told once in a while. */
    mailChanged: (): void => {
      telling ??= after(changesDelay, () => {
        telling = null
        changed()
      })
    },
    /** Documents of an encrypted message, once in a session; not at all where the policy keeps them from the index. */
    noteOpened: (id: number, content: Uint8Array): void => {
      if (deps.policy.indexDecrypted === false || opened.has(id)) return
      opened.add(id)
      deps.mail.documentReading.noteOpened(id, new Uint8Array(content)).catch(deps.onFault)
    },
    stop: (): void => {
      opened.clear()
      rereading.stop()
      telling?.()
      telling = null
    },
    opposedAmong: patients.opposedAmong,
    /** What is to be said of patients before a draft leaves. */
    sendChecks: (draft: CheckedDraft, people: readonly ConcernedPerson[]) =>
      patientSendChecks(
        {
          classify: deps.classify,
          ofAddress: patients.ofAddress,
          patient: patients.one,
          opposedAmong: patients.opposedAmong,
          ofPerson: async (person) => {
            if (person.patientId !== null) {
              const one = await patients.one(person.patientId)
              return one.ok || one.error.code !== 'patient.not-found' ? one : ok(null)
            }
            return person.ins === null
              ? ok(null)
              : await patients.ofAddress(`${person.ins.matricule}@${deps.patientDomain()}`)
          },
          ofMessage: async (id) => {
            const row = await deps.mail.row(id)
            if (!row.ok) return row
            const of = await patients.ofMessage(id)
            return of.ok
              ? ok({
                  from: row.value.from.address,
                  patients: of.value.patients.map(({ patient }) => patient),
                })
              : of
          },
        },
        draft,
        people,
      ),
    /** What is sent about a patient is among the patient's exchanges. */
    noteSent: async (sent: { content: DraftContent; messageId: string }): Promise<Outcome<unknown>> =>
      sent.content.aboutPatient == null
        ? ok(null)
        : deps.vault.run('patients.attachSent', {
            patientId: sent.content.aboutPatient,
            accountId: sent.content.accountId,
            messageIdHeader: sent.messageId,
          }),
    explained: (view: Outcome<MessageView>): Outcome<MessageView> =>
      view.ok ? ok(explainBounces(view.value, deps.classify, readBounce)) : view,
  }
}

export type PatientWiring = ReturnType<typeof wirePatients>

/** Bytes the patients' mailbox takes, base64 counted (ENS-6-size): decimal megabytes until the rule is known to the byte. */
const largestToPatients = 25_000_000

/** The subject, case and all, that takes from a patient every possibility to answer (ENS-7-fin). */
const endOfAll = '[FIN]'

/** What mail asks about patients, before there are any: they are made after it. */
export const patientMailRules = (
  policy: Policy,
  classify: (address: string) => TrustClass,
  wiring: () => PatientWiring,
) => {
  const toPatient = (addresses: readonly string[]): boolean =>
    addresses.some((address) => classify(address) === 'patient')
  return {
    largestTo: (addresses: readonly string[]): number | null =>
      toPatient(addresses) ? (policy.patientMail?.limit ?? largestToPatients) : null,
    /** Of a message to a patient: a subject that is `[FIN]` and the header say the same (ENS-7-fin, ECO.2.2.8). */
    finalContent: (content: DraftContent): DraftContent => {
      const { to, cc, bcc, subject } = content
      const ends = content.endsExchanges === true || subject.trim() === endOfAll
      return ends && toPatient([...to, ...cc, ...bcc].map((one) => one.address))
        ? { ...content, subject: endOfAll, closesExchange: true, endsExchanges: true }
        : content
    },
    /** `X-MSS-MES: FIN` on what a patient is not to answer (ECO.2.2.8). */
    closingHeader: ({ to, cc, bcc, closesExchange }: DraftContent): Record<string, string> =>
      closesExchange === true && toPatient([...to, ...cc, ...bcc].map((one) => one.address))
        ? { 'X-MSS-MES': 'FIN' }
        : {},
    domainChecks: (draft: CheckedDraft, people: readonly ConcernedPerson[]) =>
      wiring().sendChecks(draft, people),
    opposedAmong: (addresses: readonly string[]) => wiring().opposedAmong(addresses),
    onSent: (sent: { content: DraftContent; messageId: string }) => wiring().noteSent(sent),
  }
}
