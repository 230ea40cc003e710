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
  report: { passed: (moment: number, kind: string) => void; failed: (broken: Broken) => void }
}) => Promise<void>
