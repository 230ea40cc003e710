import { createStore } from './stores.ts'

/** The page somebody in the window asks for: a patient's, or with null the list; the shell goes there and empties this. */
export const patientRequestStore = createStore<{ id: number | null } | null>(null)

/** Asks the shell for a patient's page; with null, for the list of patients. */
export const openPatient = (id: number | null): void => patientRequestStore.set({ id })
