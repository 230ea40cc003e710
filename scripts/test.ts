/**
 * `npm test`: check, build, unit and integration tests, end-to-end tests. Prints one closing line that counts all of
 * them; exits non-zero when anything failed.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { z } from 'zod'

const step = (title: string, command: string, args: string[], env: Record<string, string> = {}): boolean => {
  console.log(`\n== ${title}`)
  const started = performance.now()
  const result = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, ...env } })
  console.log(
    `== ${title}: ${result.status === 0 ? 'ok' : 'FAILED'} in ${((performance.now() - started) / 1000).toFixed(0)} s`,
  )
  return result.status === 0
}

const only = new Set(process.argv.slice(2))
const wanted = (name: string): boolean => only.size === 0 || only.has(name)
const results = join(process.cwd(), 'out/results')
rmSync(results, { recursive: true, force: true })
mkdirSync(results, { recursive: true })
const counts = { passed: 0, failed: 0, skipped: 0 }
let allGood = true

const VitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  testResults: z.array(
    z.object({ name: z.string(), assertionResults: z.array(z.object({ status: z.string() })) }),
  ),
})
const PlaywrightReport = z.object({
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number(), skipped: z.number() }),
})

/** A step without a report counts as one failure, so that the closing line never reads better than the run. */
const noReport = (): void => {
  counts.failed += 1
}

if (wanted('check') && !step('check', 'node', ['scripts/check.ts'])) counts.failed += 1
if ((wanted('unit') || wanted('e2e')) && !step('build', 'node', ['scripts/build.ts'])) counts.failed += 1
if (wanted('unit')) {
  const report = `${results}/vitest.json`
  const good = step('unit and integration tests', 'vitest', [
    'run',
    '--reporter=dot',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ])
  allGood = good && allGood
  if (existsSync(report)) {
    const read = VitestReport.parse(JSON.parse(readFileSync(report, 'utf8')))
    counts.passed += read.numPassedTests
    counts.failed += read.numFailedTests
    counts.skipped += read.numPendingTests + read.numTodoTests
    for (const { name, assertionResults } of read.testResults) {
      const skipped = assertionResults.filter(
        ({ status }) => status !== 'passed' && status !== 'failed',
      ).length
      if (skipped > 0) console.log(`skipped: ${skipped} in ${relative(process.cwd(), name)}`)
    }
  } else noReport()
}
if (wanted('e2e')) {
  const report = `${results}/playwright.json`
  const good = step(
    'end-to-end tests',
    'playwright',
    ['test', '--config', 'test/e2e/playwright.config.ts', '--reporter=list,json'],
    { PLAYWRIGHT_JSON_OUTPUT_FILE: report },
  )
  allGood = good && allGood
  if (existsSync(report)) {
    const { stats } = PlaywrightReport.parse(JSON.parse(readFileSync(report, 'utf8')))
    counts.passed += stats.expected
    counts.failed += stats.unexpected + stats.flaky
    counts.skipped += stats.skipped
  } else noReport()
}
console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
process.exit(allGood && counts.failed === 0 ? 0 : 1)
