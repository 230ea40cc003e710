import { createStore } from './stores.ts'

/** What is known of certificates changed in this window, counted: what shows or checks them looks again. */
export const certificatesStore = createStore(0)

export const certificatesChanged = (): void => certificatesStore.set(certificatesStore.get() + 1)
