/**
 * `npm test`: check, build, unit and integration tests, end-to-end tests. Prints one closing line that counts all of
 * them; exits non-zero when anything failed.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { z } from 'zod'
import { playwrightFailures } from './playwright-failures.ts'

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
/** What failed, said once more at the end: of a long run, the last lines are those that are kept. */
const failures: string[] = []
const firstLines = (text: string): string => text.split('\n').slice(0, 12).join('\n    ')

const VitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      message: z.string().optional(),
      assertionResults: z.array(
        z.object({
          status: z.string(),
          fullName: z.string(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
})
const PlaywrightReport = z.object({
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number(), skipped: z.number() }),
})

/** A step without a report counts as one failure, so that the closing line never reads better than the run. */
const noReport = (title: string): void => {
  counts.failed += 1
  failures.push(`${title}: no report`)
}

/** A step that is no list of tests: counted as one when it fails. */
const counted = (title: string, script: string): void => {
  if (step(title, 'node', [script])) return
  counts.failed += 1
  failures.push(`${title} (see above)`)
}
if (wanted('check')) counted('check', 'scripts/check.ts')
if (wanted('unit') || wanted('e2e')) counted('build', 'scripts/build.ts')
if (wanted('unit')) {
  const report = `${results}/vitest.json`
  const good = step('unit and integration tests', 'vitest', [
    'run',
    '--reporter=dot',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ])
  allGood = good && allGood
  if (!good) failures.push('unit and integration tests (see above)')
  if (existsSync(report)) {
    const read = VitestReport.parse(JSON.parse(readFileSync(report, 'utf8')))
    counts.passed += read.numPassedTests
    counts.failed += read.numFailedTests
    counts.skipped += read.numPendingTests + read.numTodoTests
    for (const { name, message, assertionResults } of read.testResults) {
      const file = relative(process.cwd(), name)
      const failed = assertionResults.filter(({ status }) => status === 'failed')
      for (const { fullName, failureMessages } of failed)
        failures.push(`${file} › ${fullName}\n    ${firstLines((failureMessages ?? []).join('\n'))}`)
      // A file that fell before or beside its tests.
      if (failed.length === 0 && message !== undefined && message !== '')
        failures.push(`${file}\n    ${firstLines(message)}`)
      const skipped = assertionResults.filter(
        ({ status }) => status !== 'passed' && status !== 'failed',
      ).length
      if (skipped > 0) console.log(`skipped: ${skipped} in ${file}`)
    }
  } else noReport('unit and integration tests')
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
  if (!good) failures.push('end-to-end tests (see above)')
  if (existsSync(report)) {
    const read: unknown = JSON.parse(readFileSync(report, 'utf8'))
    const { stats } = PlaywrightReport.parse(read)
    failures.push(...playwrightFailures(read))
    counts.passed += stats.expected
    counts.failed += stats.unexpected + stats.flaky
    counts.skipped += stats.skipped
  } else noReport('end-to-end tests')
}
if (failures.length > 0) console.log(`\nFailed:\n- ${failures.join('\n- ')}`)
console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
process.exit(allGood && counts.failed === 0 ? 0 : 1)
