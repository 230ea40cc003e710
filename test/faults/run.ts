/** `npm run faults -- [--seed N] [--moments 30] [--scenario kill|proxy|trust|hardship|converge] [--moment N]` */
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { startOperator } from '../operator/index.ts'
import { proxyScenario } from './broken-network.ts'
import { convergeScenario } from './converge.ts'
import { tableOf, type Broken, type Scenario, type Struck } from './harness.ts'
import { hardshipScenario } from './hardship.ts'
import { killScenario } from './kill.ts'
import { trustScenario } from './trust.ts'

const scenarios: Record<string, Scenario> = {
  kill: killScenario,
  proxy: proxyScenario,
  trust: trustScenario,
  hardship: hardshipScenario,
  converge: convergeScenario,
}

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    moments: { type: 'string' },
    scenario: { type: 'string' },
    moment: { type: 'string' },
  },
})
const seed = values.seed === undefined ? randomInt(2 ** 31) : Number(values.seed)
const moments = Number(values.moments ?? 30)
const names = values.scenario === undefined ? Object.keys(scenarios) : [values.scenario]
if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(moments) || names.some((name) => !scenarios[name])) {
  console.error(`faults: --seed N --moments N --scenario ${Object.keys(scenarios).join('|')}`)
  process.exit(2)
}
console.log(`seed ${seed}`)

const broken: Broken[] = []
for (const name of names) {
  const scenario = scenarios[name]
  if (!scenario) continue
  const operator = await startOperator()
  const started = Date.now()
  let passed = 0
  const struck: Struck[] = []
  try {
    await scenario({
      operator,
      seed,
      moments,
      only: values.moment === undefined ? null : Number(values.moment),
      report: {
        passed: (moment, kind, places = []) => {
          passed++
          struck.push(...places)
          console.log(`${name} ${moment} ${kind}: holds (${Math.round((Date.now() - started) / 100) / 10} s)`)
        },
        failed: (one) => {
          broken.push(one)
          console.log(`${name} ${one.moment} ${one.kind}: BROKEN, seed ${seed}: ${one.what}`)
        },
      },
    })
  } finally {
    await operator.stop()
  }
  if (struck.length > 0) console.log(tableOf(struck))
  console.log(`${name}: ${passed} of ${moments} moments hold, ${Math.round((Date.now() - started) / 1000)} s`)
}
// Not left to the event loop: a card that is polled, or a timer of minutes, would keep it alive.
process.exit(broken.length > 0 ? 1 : 0)
