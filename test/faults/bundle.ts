import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'vite'
import { bundles, root } from '../../scripts/bundles.ts'
import type { Programs } from './sources.ts'

/**
 * The program that is going to be killed and the workers of the core, each in one file as the product has them: hundreds of
 * starts are cheaper so. The folder is inside the repository, for the native packages to be found.
 */
export const bundlePrograms = async (): Promise<{ programs: Programs; remove: () => Promise<void> }> => {
  const folder = await mkdtemp(join(root, 'node_modules/.faults-'))
  const programs: Record<string, string> = {}
  for (const { name, entry, config } of bundles) {
    if (!entry.startsWith('app/') || !config.build || name === 'card') continue
    const victim = name === 'core'
    const file = `${victim ? 'victim' : name}.mjs`
    await build({
      ...config,
      build: {
        ...config.build,
        outDir: folder,
        sourcemap: false,
        rolldownOptions: {
          ...config.build.rolldownOptions,
          input: victim ? join(import.meta.dirname, 'victim.fixture.ts') : join(root, entry),
          output: { format: 'es', entryFileNames: file, codeSplitting: false },
        },
      },
    })
    programs[victim ? 'victim' : entry.slice('app/'.length)] = join(folder, file)
  }
  return { programs, remove: () => rm(folder, { recursive: true, force: true }) }
}
