import type { Operator } from '../operator/index.ts'

/** A broken invariant, and when it was seen. */
export interface Broken {
  moment: number
  kind: string
  what: string
}

/** Runs moments of one kind of fault, all drawn from the seed, and reports each. */
export type Scenario = (run: {
  operator: Operator
  seed: number
  moments: number
  /** Only this moment, to look at it again; a kill depends on those before it and plays them all. */
  only: number | null
  report: { passed: (moment: number, kind: string) => void; failed: (broken: Broken) => void }
}) => Promise<void>
