import { useEffect, useState } from 'react'
import type { AppError, Outcome } from '../../app/contract/index.ts'

/**
 * A state of the core that it tells each time it changes: asked once and followed. What is told while the answer is on its way
 * is newer than the answer. Null before the first of them. Both functions must stay the same.
 */
export const useFollowed = <T>(
  ask: () => Promise<Outcome<T>>,
  follow: (told: (state: T) => void) => () => void,
): { state: T | null; error: AppError | null; tell: (state: T) => void } => {
  const [state, setState] = useState<T | null>(null)
  const [error, setError] = useState<AppError | null>(null)
  useEffect(() => {
    let current = true
    void ask().then((outcome) => {
      if (!current) return
      if (outcome.ok) setState((told) => told ?? outcome.value)
      else setError(outcome.error)
    })
    const stop = follow(setState)
    return () => {
      current = false
      stop()
    }
  }, [ask, follow])
  return { state, error: state === null ? error : null, tell: setState }
}
