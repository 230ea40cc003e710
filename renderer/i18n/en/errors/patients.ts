import { nothing, sentence } from './phrases.ts'

/** English sentences of errors about patients and their mailbox. */
export const patientErrors = {
  'patient.not-found': sentence(
    'This patient is no longer known on this workstation.',
    nothing,
    'Go back to the list of patients and search again.',
  ),
  'patient.cannot-undo': sentence(
    'This decision can no longer be taken back.',
    nothing,
    'A later one rests on it: take that one back first.',
  ),
  'patient.traits-missing': sentence(
    'The identity is incomplete.',
    nothing,
    'Give the birth name, the first given name, the sex and the date of birth.',
  ),
  'compose.patient-unconfirmed': sentence(
    'The patient written to was not confirmed.',
    'Nothing was sent, your draft is kept.',
    'Press “Send” again and compare the identity with the address.',
  ),
  'compose.patient-refused': sentence(
    'This patient cannot be written to.',
    'Nothing was sent, your draft is kept.',
    'Open the patient’s page: it says why (opposition, INS not qualified, wrong key…).',
  ),
  'compose.patient-ends-with-document': sentence(
    'A [FIN] message carries no document: its subject would be the document’s.',
    'Nothing was sent, and your draft is kept.',
    'Send the document in another message, or untick “Close all exchanges”.',
  ),
  'compose.patient-unknown': sentence(
    'This patient address is not among the known patients.',
    'Nothing was sent, your draft is kept.',
    'Pick the patient: SousPli makes the address from the qualified INS.',
  ),
} as const
