import { createStore } from './stores.ts'

/** The message to analyse, or a file still to be chosen; null when the window is closed. */
export const inspectionStore = createStore<{ messageId: number | null } | null>(null)

/** Opens « Analyser un message », of the mailbox or, with null, of a file. */
export const openInspection = (messageId: number | null): void => inspectionStore.set({ messageId })
