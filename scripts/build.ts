import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { build } from 'vite'
import { buildCardTls, whatIsMissing } from '../native/card-tls/build.ts'
import { bundles, root } from './bundles.ts'
import type { Bundle } from './bundles.ts'

const stampFolder = join(root, 'dist/.stamps')

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.name.includes('.test.'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()

const fingerprint = (bundle: Bundle): string => {
  const hash = createHash('sha256')
  const shared = ['package-lock.json', 'scripts/build.ts', 'scripts/bundles.ts', 'main/app-protocol.ts']
  const files = [
    ...shared.map((file) => join(root, file)),
    ...bundle.sources.flatMap((folder) => filesBelow(join(root, folder))),
  ]
  for (const file of files) hash.update(file).update('\0').update(readFileSync(file)).update('\0')
  return hash.digest('hex')
}

const isCurrent = async (stamp: string, current: string, output: string): Promise<boolean> =>
  existsSync(stamp) && existsSync(output) && (await readFile(stamp, 'utf8')) === current

/** Builds the native TLS module and puts it beside the core; where that is not possible the rest works, and this says so. */
const placeCardTls = async (): Promise<void> => {
  const result = buildCardTls(true)
  const missing = whatIsMissing(result)
  if (missing !== null) console.error(`build: ${missing}`)
  const place = join(root, 'dist/core/card-tls.node')
  if (!('path' in result)) await rm(place, { force: true })
  else if (!existsSync(place) || !(await readFile(place)).equals(await readFile(result.path))) {
    await mkdir(dirname(place), { recursive: true })
    // In one move: a program that runs keeps the one it has loaded.
    await copyFile(result.path, `${place}.fresh`)
    await rename(`${place}.fresh`, place)
  }
}

/**
 * Builds every bundle whose sources changed since the last build; all of them with `force`. Goes on past a bundle that
 * fails, so that one error does not hide another, then throws naming those that failed. Returns the names built.
 */
export const buildAll = async (force: boolean, only: readonly string[] = []): Promise<string[]> => {
  const built: string[] = []
  const failed: string[] = []
  await mkdir(stampFolder, { recursive: true })
  for (const bundle of bundles) {
    if (only.length > 0 && !only.includes(bundle.name)) continue
    if (!existsSync(join(root, bundle.entry))) {
      console.error(`build: ${bundle.entry} is missing`)
      failed.push(bundle.name)
      continue
    }
    const stamp = join(stampFolder, bundle.name)
    const current = fingerprint(bundle)
    if (!force && (await isCurrent(stamp, current, join(root, 'dist', bundle.output)))) continue
    // A build that fails half-way must not pass for the one before it.
    await rm(stamp, { force: true })
    try {
      await build(bundle.config)
    } catch (error) {
      console.error(`build: ${bundle.name}: ${error instanceof Error ? error.message : String(error)}`)
      failed.push(bundle.name)
      continue
    }
    await writeFile(stamp, current)
    built.push(bundle.name)
  }
  if (only.length === 0) await placeCardTls()
  if (failed.length > 0) throw new Error(`build failed: ${failed.join(', ')}`)
  return built
}

if (import.meta.main) {
  const started = performance.now()
  const names = process.argv.slice(2).filter((one) => !one.startsWith('--'))
  try {
    const built = await buildAll(process.argv.includes('--force'), names)
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    console.log(built.length === 0 ? 'build: nothing changed' : `build: ${built.join(', ')} in ${seconds} s`)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
