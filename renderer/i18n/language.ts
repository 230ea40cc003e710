import { useSyncExternalStore } from 'react'

export type Language = 'fr' | 'en'

let current: Language = 'fr'
const listeners = new Set<() => void>()

/** The language sentences are written in now. */
export const language = (): Language => current

/** Changes the language of the window and of the document (`lang`, so that screen readers follow). */
export const setLanguage = (next: Language): void => {
  if (typeof document !== 'undefined') document.documentElement.lang = next
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
