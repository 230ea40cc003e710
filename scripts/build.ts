import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'vite'
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

const isCurrent = async (stamp: string, current: string): Promise<boolean> =>
  existsSync(stamp) && (await readFile(stamp, 'utf8')) === current

/** Builds every bundle whose sources changed since the last build; all of them with `force`. Returns the names built. */
export const buildAll = async (force: boolean, only: readonly string[] = []): Promise<string[]> => {
  const built: string[] = []
  await mkdir(stampFolder, { recursive: true })
  for (const bundle of bundles) {
    if (only.length > 0 && !only.includes(bundle.name)) continue
    if (!existsSync(join(root, bundle.entry))) {
      console.error(`build: ${bundle.entry} is missing, ${bundle.name} not built`)
      continue
    }
    const stamp = join(stampFolder, bundle.name)
    const current = fingerprint(bundle)
    if (!force && (await isCurrent(stamp, current))) continue
    await build(bundle.config)
    await writeFile(stamp, current)
    built.push(bundle.name)
  }
  return built
}

if (import.meta.main) {
  const started = performance.now()
  const built = await buildAll(
    process.argv.includes('--force'),
    process.argv.slice(2).filter((one) => !one.startsWith('--')),
  )
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(built.length === 0 ? 'build: nothing changed' : `build: ${built.join(', ')} in ${seconds} s`)
}
