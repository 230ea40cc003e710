import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'vite'
import { bundles, root } from '../../scripts/bundles.ts'

/**
 * The program that is going to be killed, in one file: hundreds of starts are cheaper so. Its folder is inside the
 * repository, for the native packages to be found.
 */
export const bundleVictim = async (): Promise<{ victim: string; remove: () => Promise<void> }> => {
  const folder = await mkdtemp(join(root, 'dist', 'faults-')).catch(
    async () => await mkdtemp(join(root, 'node_modules/.faults-')),
  )
  const core = bundles.find(({ name }) => name === 'core')
  if (!core?.config.build) throw new Error('scripts/bundles.ts has no core')
  await build({
    ...core.config,
    build: {
      ...core.config.build,
      outDir: folder,
      sourcemap: false,
      rolldownOptions: {
        ...core.config.build.rolldownOptions,
        input: join(import.meta.dirname, 'victim.fixture.ts'),
        output: { format: 'es', entryFileNames: 'victim.mjs', codeSplitting: false },
      },
    },
  })
  return { victim: join(folder, 'victim.mjs'), remove: () => rm(folder, { recursive: true, force: true }) }
}
