/**
 * `npm run build:card-tls`: build/card-tls.node, by cargo, when its sources changed. Without cargo everything else of
 * SousPli is built all the same, and this says what is missing.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'

const folder = import.meta.dirname
const output = join(folder, 'build/card-tls.node')
const stamp = join(folder, 'build/.stamp')

/** What cargo calls the library on this system. */
const library =
  process.platform === 'win32'
    ? 'souspli_card_tls.dll'
    : `libsouspli_card_tls.${process.platform === 'darwin' ? 'dylib' : 'so'}`

/** cargo, on the path or where rustup puts it; null when there is none. */
const findCargo = (): string | null => {
  const name = process.platform === 'win32' ? 'cargo.exe' : 'cargo'
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), join(homedir(), '.cargo/bin')]
  return folders.map((one) => join(one, name)).find((one) => existsSync(one)) ?? null
}

const fingerprint = (): string => {
  const sources = readdirSync(join(folder, 'src')).sort()
  const files = [
    'Cargo.toml',
    'Cargo.lock',
    '.cargo/config.toml',
    'build.rs',
    ...sources.map((name) => join('src', name)),
  ]
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\0`)
  for (const file of files)
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(folder, file)))
      .update('\0')
  return hash.digest('hex')
}

export type CardTlsBuild =
  { state: 'built' | 'current'; path: string } | { state: 'no-cargo' } | { state: 'failed'; output: string }

/** Builds the module unless it is up to date (about a minute the first time, seconds later). `show`: cargo's output is seen. */
export const buildCardTls = (show: boolean): CardTlsBuild => {
  const current = fingerprint()
  if (existsSync(output) && existsSync(stamp) && readFileSync(stamp, 'utf8') === current)
    return { state: 'current', path: output }
  const cargo = findCargo()
  if (cargo === null) return { state: 'no-cargo' }
  const target = join(folder, 'target')
  if (show && !existsSync(target)) console.log('card-tls: cargo builds it, about a minute the first time')
  const built = spawnSync(cargo, ['build', '--release', '--locked', '--quiet', '--target-dir', target], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'inherit', show ? 'inherit' : 'pipe'],
  })
  if (built.status !== 0)
    return {
      state: 'failed',
      output: built.error?.message ?? built.stderr ?? `code ${built.status ?? built.signal}`,
    }
  mkdirSync(join(folder, 'build'), { recursive: true })
  // In one move: a running program keeps the one it has loaded.
  const fresh = `${output}.${process.pid}`
  copyFileSync(join(target, 'release', library), fresh)
  renameSync(fresh, output)
  writeFileSync(stamp, current)
  return { state: 'built', path: output }
}

/** What to tell a person of a build; null when all is well. */
export const whatIsMissing = (build: CardTlsBuild): string | null => {
  if (build.state === 'no-cargo')
    return 'native/card-tls is not built: cargo (Rust ≥ 1.88, https://rustup.rs) is not installed. Everything works but TLS with the key of the card; its tests are skipped.'
  if (build.state === 'failed') return `native/card-tls could not be built: ${build.output}`
  return null
}

if (import.meta.main) {
  const started = performance.now()
  const result = buildCardTls(true)
  const missing = whatIsMissing(result)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  if (missing !== null) console.error(missing)
  else if (result.state === 'built') console.log(`card-tls: built in ${seconds} s`)
  if (result.state === 'failed') process.exitCode = 1
}
