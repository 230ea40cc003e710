import { join } from 'node:path'
import { build } from 'vite'
import { bundles } from '../../scripts/bundles.ts'

/** Files of the program under measure, bundled as the product is: type stripping costs time and memory no user pays. */
export interface Programs {
  core: string
  vaultWorker: string
  smimeWorker: string
  readingWorker: string
  indexingWorker: string
  directoryWorker: string
  card: string
}

/** Bundles one program into a folder, which must be inside the repository for the native packages to be found. */
const bundleInto =
  (folder: string) =>
  async (name: string, input?: string): Promise<string> => {
    const known = bundles.find((one) => one.name === name)
    if (!known?.config.build) throw new Error(`scripts/bundles.ts has no ${name}`)
    const { build: options } = known.config
    await build({
      ...known.config,
      build: {
        ...options,
        outDir: folder,
        rolldownOptions: { ...options.rolldownOptions, ...(input === undefined ? {} : { input }) },
      },
    })
    return join(folder, known.output.split('/')[1] ?? '')
  }

/** The programs of the mail benches, bundled into `folder`. */
export const bundlePrograms = async (folder: string): Promise<Programs> => {
  const bundle = bundleInto(folder)
  return {
    core: await bundle('core', join(import.meta.dirname, 'core-program.ts')),
    vaultWorker: await bundle('vault-worker'),
    smimeWorker: await bundle('smime-worker'),
    readingWorker: await bundle('reading-worker'),
    indexingWorker: await bundle('indexing-worker'),
    directoryWorker: await bundle('directory-worker'),
    card: await bundle('card'),
  }
}

/** The program of the S/MIME bench and its worker, bundled into `folder`. */
export const bundleSmime = async (folder: string): Promise<{ program: string; worker: string }> => {
  const bundle = bundleInto(folder)
  const program = await bundle('core', join(import.meta.dirname, 'smime-program.ts'))
  return { program, worker: await bundle('smime-worker') }
}

/** The program of the directory bench and the workers of its core, bundled into `folder`. */
export const bundleDirectory = async (
  folder: string,
): Promise<Omit<Programs, 'core' | 'card'> & { program: string }> => {
  const bundle = bundleInto(folder)
  return {
    program: await bundle('core', join(import.meta.dirname, 'directory-program.ts')),
    vaultWorker: await bundle('vault-worker'),
    smimeWorker: await bundle('smime-worker'),
    readingWorker: await bundle('reading-worker'),
    indexingWorker: await bundle('indexing-worker'),
    directoryWorker: await bundle('directory-worker'),
  }
}
