import { createStore } from './stores.ts'

/** Whether « Transmissions au dossier » is open. */
export const recordStore = createStore(false)

/** Opens what was handed to patient records, the rules and their journal. */
export const openRecord = (): void => recordStore.set(true)
