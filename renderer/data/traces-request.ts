import { createStore } from './stores.ts'

/** Whether the window of traces is open. */
export const tracesStore = createStore(false)

export const openTraces = (): void => tracesStore.set(true)
