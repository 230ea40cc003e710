export interface Telling<T> {
  /** Returns what ends the listening. */
  listen: (listener: (value: T) => void) => () => void
  tell: (value: T) => void
}

/** Tells every listener of every value in the order they came, also when a listener causes the next one. */
export const createTelling = <T>(): Telling<T> => {
  const listeners = new Set<(value: T) => void>()
  const waiting: T[] = []
  let telling = false
  return {
    listen: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    tell: (value) => {
      waiting.push(value)
      if (telling) return
      telling = true
      try {
        while (waiting.length > 0) {
          const batch = waiting.splice(0)
          for (const next of batch) for (const listener of [...listeners]) listener(next)
        }
      } finally {
        telling = false
        waiting.length = 0
      }
    },
  }
}
