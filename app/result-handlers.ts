import { ok, type Input, type Outcome, type Output } from './contract/index.ts'
import { buildHistory, keysOf, patientKeys } from './mssante/index.ts'
import type { Vault } from './vault/index.ts'

/** Values read at once: years of monthly reports of one patient. */
const maximumPoints = 20_000

interface Handlers {
  'results.history': (input: Input<'results.history'>) => Promise<Outcome<Output<'results.history'>>>
}

/** The calls of contract/results.ts. */
export const resultHandlers = ({ vault }: { vault: Vault }): Handlers => ({
  'results.history': async ({ patient, analytes, except }) => {
    const found = await vault.run('results.history', {
      ...patientKeys(patient),
      analytes: analytes === null ? null : keysOf(analytes),
      except,
      limit: maximumPoints,
    })
    return found.ok ? ok({ series: buildHistory(analytes, found.value) }) : found
  },
})
