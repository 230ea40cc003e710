/**
 * `npm start`: opens the product itself, on Electron where its binary is present, else on the stand-in, and says which.
 * Options after `--` go to the program (`--profile=…`, `--policy=…`).
 */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { launchStandin } from '../test/electron-standin/index.ts'
import { buildAll } from './build.ts'

const root = join(import.meta.dirname, '..')
const args = process.argv.slice(2)

/** The package's own record of where its binary is; absent where it could not be downloaded. */
const electronBinary = (): string | null => {
  const record = join(root, 'node_modules/electron/path.txt')
  if (!existsSync(record)) return null
  const binary = join(root, 'node_modules/electron/dist', readFileSync(record, 'utf8').trim())
  return existsSync(binary) ? binary : null
}

await buildAll(false)
const binary = electronBinary()
if (binary) {
  console.log(`SousPli on Electron (${binary})`)
  spawn(binary, [root, ...args], { stdio: 'inherit' }).on('exit', (code) => process.exit(code ?? 1))
} else if (process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']) {
  console.log(
    'SousPli on the Electron stand-in: Electron’s binary is not installed, Debian’s Chromium shows the window',
  )
  const profile = args.some((one) => one.startsWith('--profile='))
    ? []
    : [`--profile=${join(homedir(), '.local/share/souspli-standin')}`]
  const app = await launchStandin({ headless: false, args: [...profile, ...args] })
  process.on('SIGINT', () => void app.close())
  process.exit((await app.exited) ?? 1)
} else {
  console.error('SousPli needs a display: neither DISPLAY nor WAYLAND_DISPLAY is set')
  process.exit(2)
}
