import { globSync, readFileSync } from 'node:fs'
import { defineConfig } from 'vitest/config'
import { BaseSequencer } from 'vitest/node'
import type { TestSpecification } from 'vitest/node'

/** Files that take minutes: begun last, they would run alone while the other core has nothing to do. */
const longest = ['test/faults/faults.test.ts', 'app/vault/crash-care.test.ts']

/** The longest first, then Vitest’s own order. A class because Vitest takes nothing else here. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isLong = ({ moduleId }: TestSpecification): boolean => longest.some((end) => moduleId.endsWith(end))
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}

const everywhere = [
  'app/**/*.test.ts',
  'main/**/*.test.ts',
  'renderer/**/*.test.{ts,tsx}',
  'native/**/*.test.ts',
  'test/**/*.test.ts',
  'scripts/**/*.test.ts',
  'build/**/*.test.ts',
]
const never = ['**/node_modules/**', 'test/e2e/**', 'dist/**']

/** Folders with tests of functions that take bytes and answer values. */
const pure =
  'app/{directory,identity,indexing,integration,mail,mssante,patients,protection,reading,smime}/**/*.test.ts'
/** What keeps something in a process, looks at the process itself, or has servers, stores and pages of its own. */
const ofItsOwn =
  /\bvi\.(?!fn\b)|@vitest-environment|process\.(?!cwd|exec|plat)|globalThis|performance\.|heap|memory|worker|spawn|execFile|vault|openPractice|startOperator|setTimeout|createServer|prototype\.|await start/i
const sharing = globSync([pure, 'renderer/**/*.test.ts'], { exclude: ['**/*.integration.test.ts'] }).filter(
  (file) => !ofItsOwn.test(readFileSync(file, 'utf8')),
)

export default defineConfig({
  test: {
    // No claim about speed: long enough for a machine that is busy with something else.
    testTimeout: 120_000,
    hookTimeout: 240_000,
    // How long `expect.poll` waits for what it asks about; Vitest’s own second is nothing on a busy machine.
    expect: { poll: { timeout: 60_000 } },
    sequence: { sequencer: LongestFirst },
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'alone', include: everywhere, exclude: [...never, ...sharing] } },
      // One process for many files: the modules they share are loaded once.
      { extends: true, test: { name: 'sharing', include: sharing, exclude: never, isolate: false } },
    ],
  },
})
