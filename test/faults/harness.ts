import type { Operator } from '../operator/index.ts'

/** A broken invariant, and when it was seen. */
export interface Broken {
  moment: number
  kind: string
  what: string
}

/** Where a kill fell: in which phase, in its work or not, after which mark. */
export interface Struck {
  phase: string
  inWork: boolean
  last: string
}

/** Runs moments of one kind of fault, all drawn from the seed, and reports each. */
export type Scenario = (run: {
  operator: Operator
  seed: number
  moments: number
  /** Only this moment, to look at it again. */
  only: number | null
  report: {
    passed: (moment: number, kind: string, struck?: readonly Struck[]) => void
    failed: (broken: Broken) => void
  }
}) => Promise<void>

/** One line per phase: how many kills fell in its work, how many after it, and after what the most of them. */
export const tableOf = (struck: readonly Struck[]): string =>
  [...Map.groupBy(struck, ({ phase }) => phase)]
    .map(([phase, list]) => {
      const inWork = list.filter((one) => one.inWork)
      const after = [...Map.groupBy(inWork, ({ last }) => last)]
        .map(([last, ones]) => ({ last, times: ones.length }))
        .toSorted((a, b) => b.times - a.times)
      const places = after.slice(0, 12).map(({ last, times }) => `${last} ${times}`)
      return `| ${phase} | ${list.length} | ${inWork.length} | ${after.length} places: ${places.join(', ')} |`
    })
    .toSorted()
    .join('\n')
