import type { DraftContent, Patient } from '../../app/contract/index.ts'
import { startDraft } from '../composer/index.ts'
import { accountStore } from '../data/index.ts'
import { patientName, t } from '../i18n/index.ts'

const startNew = (prefill: Partial<DraftContent>): Promise<number | null> => {
  const accounts = accountStore.get()
  const account = accounts.find(({ kind }) => kind === 'personal') ?? accounts[0]
  return startDraft({ kind: 'new', accountId: account?.id ?? null, sourceId: null }, prefill)
}

const recipientOf = (patient: Patient) =>
  patient.mail.address === null ? [] : [{ name: patientName(patient), address: patient.mail.address }]

/** A message to the patient, on the address built from the qualified INS (ECO.3.1.5). */
export const writeToPatient = (patient: Patient): Promise<number | null> =>
  startNew({ to: recipientOf(patient) })

/** The message whose subject, exactly `[FIN]`, ends all exchanges with a patient (ENS-7-fin). */
export const endExchanges = (patient: Patient): Promise<number | null> =>
  startNew({
    ...{ to: recipientOf(patient), subject: '[FIN]', text: t('patients.endAllBody') },
    ...{ closesExchange: true, endsExchanges: true },
  })

/** A message to a colleague about a patient. */
export const writeAbout = (
  patient: Patient,
  to: { name: string; address: string } | null,
): Promise<number | null> => startNew({ to: to ? [to] : [], aboutPatient: patient.id })
