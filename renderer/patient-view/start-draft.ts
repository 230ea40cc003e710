import type { DraftContent, Patient } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { accountStore } from '../data/index.ts'
import { showError } from '../design/index.ts'
import { patientName, t } from '../i18n/index.ts'

/** A new draft with something in it already; its id, or null when the error was shown. */
const startDraft = async (prefill: Partial<DraftContent>): Promise<number | null> => {
  const accounts = accountStore.get()
  const account = accounts.find(({ kind }) => kind === 'personal') ?? accounts[0]
  const draft = await invoke('drafts.create', { kind: 'new', accountId: account?.id ?? null, sourceId: null })
  if (!draft.ok) {
    showError(draft.error)
    return null
  }
  const saved = await invoke('drafts.save', {
    id: draft.value.id,
    content: { ...draft.value.content, ...prefill },
  })
  if (!saved.ok) showError(saved.error)
  return draft.value.id
}

const recipientOf = (patient: Patient) =>
  patient.mail.address === null ? [] : [{ name: patientName(patient), address: patient.mail.address }]

/** A message to the patient, on the address built from the qualified INS (ECO.3.1.5). */
export const writeToPatient = (patient: Patient): Promise<number | null> =>
  startDraft({ to: recipientOf(patient) })

/** The message whose subject, exactly `[FIN]`, ends all exchanges with a patient (ENS-7-fin). */
export const endExchanges = (patient: Patient): Promise<number | null> =>
  startDraft({
    ...{ to: recipientOf(patient), subject: '[FIN]', text: t('patients.endAllBody') },
    ...{ closesExchange: true, endsExchanges: true },
  })

/** A message to a colleague about a patient. */
export const writeAbout = (
  patient: Patient,
  to: { name: string; address: string } | null,
): Promise<number | null> => startDraft({ to: to ? [to] : [], aboutPatient: patient.id })
