import { createContext, useContext, useEffect, useState } from 'react'
import { flushSync } from 'react-dom'

/** Everything at once, for print and for who checks that nothing is lost; on the screen a long document grows. */
export const WholeDocumentContext = createContext(false)

/**
 * How many of a list's items are on the page: those within `first` weight at once, so that a long document is there to read in the
 * blink of an eye, the others with each frame. `finish` puts all of them there now.
 */
export const useGrowing = (
  weights: readonly number[],
  first: number,
  perFrame: number,
): { count: number; finish: () => void } => {
  const whole = useContext(WholeDocumentContext)
  const upTo = (from: number, weight: number): number => {
    let count = from
    let sum = 0
    // One item at least, whatever it weighs.
    while (count < weights.length && (count === from || sum + (weights[count] ?? 0) <= weight)) {
      sum += weights[count] ?? 0
      count += 1
    }
    return count
  }
  const [grown, setGrown] = useState(() => upTo(0, first))
  const count = whole ? weights.length : Math.min(grown, weights.length)
  useEffect(() => {
    if (count >= weights.length) return undefined
    // After the frame that shows what is there: never before the reader sees something.
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => setGrown(upTo(count, perFrame)))
    })
    return () => cancelAnimationFrame(frame)
  })
  return { count, finish: () => flushSync(() => setGrown(weights.length)) }
}
