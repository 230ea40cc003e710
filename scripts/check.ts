/**
 * `npm run check`: formatting, typed lint, types, import boundaries, dead code and unused dependencies, message
 * catalogue. Every step runs even when an earlier one fails, so that one run says everything.
 */
import { spawn } from 'node:child_process'

const steps: { name: string; command: [string, ...string[]] }[] = [
  // The longest first.
  { name: 'formatting', command: ['prettier', '--check', '--log-level', 'warn', '.'] },
  // What it holds to: .oxlintrc.json.
  { name: 'lint', command: ['oxlint', 'app', 'main', 'renderer', 'native', 'build', 'test', 'scripts'] },
  { name: 'types', command: ['tsc', '-p', 'tsconfig.json'] },
  { name: 'types of the window', command: ['tsc', '-p', 'renderer/tsconfig.json'] },
  {
    name: 'import boundaries',
    command: [
      'depcruise',
      '--config',
      '.dependency-cruiser.cjs',
      'app',
      'main',
      'renderer',
      'test',
      'scripts',
    ],
  },
  { name: 'dead code and dependencies', command: ['knip', '--no-progress'] },
  { name: 'message catalogue', command: ['node', 'renderer/i18n/check.ts'] },
]

const run = (step: (typeof steps)[number]): Promise<boolean> =>
  new Promise((resolve) => {
    const started = performance.now()
    const child = spawn(step.command[0], step.command.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.on('data', (data: Buffer) => (output += data.toString()))
    child.stderr.on('data', (data: Buffer) => (output += data.toString()))
    child.on('error', (error) => (output += error.message))
    child.on('close', (code) => {
      const seconds = ((performance.now() - started) / 1000).toFixed(1)
      console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${step.name} (${seconds} s)`)
      if (code !== 0) console.log(output.trimEnd())
      resolve(code === 0)
    })
  })

const queue = [...steps]
let failures = 0
const worker = async (): Promise<void> => {
  for (let step = queue.shift(); step; step = queue.shift()) if (!(await run(step))) failures += 1
}
await Promise.all([worker(), worker()])
process.exit(failures === 0 ? 0 : 1)
