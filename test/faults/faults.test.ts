import { describe, expect, it } from 'vitest'
import { startOperator } from '../operator/index.ts'
import { proxyScenario } from './broken-network.ts'
import { convergeScenario } from './converge.ts'
import { hardshipScenario } from './hardship.ts'
import type { Broken } from './harness.ts'
import { killScenario } from './kill.ts'
import { trustScenario } from './trust.ts'

/** A small part of `npm run faults`, always the same. */
describe('faults, fixed seed', () => {
  it.each([
    { name: 'kill', scenario: killScenario, seed: 2026, moments: 8 },
    { name: 'proxy', scenario: proxyScenario, seed: 1, moments: 5 },
    { name: 'trust', scenario: trustScenario, seed: 1, moments: 4 },
    { name: 'hardship', scenario: hardshipScenario, seed: 1, moments: 2 },
    { name: 'converge', scenario: convergeScenario, seed: 3, moments: 2 },
  ])('$name: the invariants hold', { timeout: 300_000 }, async ({ scenario, seed, moments }) => {
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
