import { describe, expect, it } from 'vitest'
import { startOperator } from '../operator/index.ts'
import { proxyScenario } from './broken-network.ts'
import { convergeScenario } from './converge.ts'
import type { Broken } from './harness.ts'
import { killScenario } from './kill.ts'

/** A small part of `npm run faults`, always the same. */
describe.concurrent('faults, fixed seed', () => {
  it.each([
    { name: 'kill', scenario: killScenario, seed: 2, moments: 3 },
    { name: 'proxy', scenario: proxyScenario, seed: 1, moments: 5 },
    { name: 'converge', scenario: convergeScenario, seed: 1, moments: 4 },
  ])('$name: the invariants hold', { timeout: 120_000 }, async ({ scenario, seed, moments }) => {
    const operator = await startOperator()
    const passed: number[] = []
    const broken: Broken[] = []
    try {
      await scenario({
        operator,
        seed,
        moments,
        only: null,
        report: {
          passed: (moment) => passed.push(moment),
          failed: (one) => broken.push(one),
        },
      })
    } finally {
      await operator.stop()
    }
    expect(broken).toEqual([])
    expect(passed).toHaveLength(moments)
  })
})
