import { createStore } from '../data/index.ts'

/** Windows about the card and the workstation that open from many places, locked or not. */
export type CardPanel = 'card' | 'change' | 'unblock' | 'enrol' | 'diagnosis'

export const panelStore = createStore<CardPanel | null>(null)

/** Opens one of them in the place of another. */
export const openPanel = (panel: CardPanel): void => panelStore.set(panel)
