import { useSyncExternalStore } from 'react'

export type Language = 'fr' | 'en'

let current: Language = 'fr'
const listeners = new Set<() => void>()

/** The language sentences are written in now. */
export const language = (): Language => current

/** Changes the language sentences are written in. */
export const setLanguage = (next: Language): void => {
  if (next === current) return
  current = next
  for (const listener of listeners) listener()
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Re-renders the component when the language changes. */
export const useLanguage = (): Language => useSyncExternalStore(subscribe, language)
