import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { InlineConfig, Plugin } from 'vite'
import { noncePlaceholder } from '../main/app-protocol.ts'

/** Repository root. */
export const root = join(import.meta.dirname, '..')

/** Packages that hold native code or find their files by their own path: kept outside the bundles, shipped as they are. */
const nativePackages = ['@signalapp/sqlcipher', '@node-rs/argon2', 'pkcs11js']

export interface Bundle {
  name: string
  /** Source entry, from the root. */
  entry: string
  /** What it leaves in `dist/`. */
  output: string
  /** Folders whose content decides whether the bundle is up to date. */
  sources: string[]
  config: InlineConfig
}

const nodeBundle = (name: string, entry: string, output: string, format: 'es' | 'cjs'): Bundle => ({
  name,
  entry,
  output,
  sources: name === 'main' || name === 'preload' ? ['main', 'app/contract'] : ['app'],
  config: {
    configFile: false,
    root,
    logLevel: 'warn',
    publicDir: false,
    ssr: { noExternal: true, external: nativePackages, target: 'node' },
    build: {
      ssr: true,
      target: 'node24',
      outDir: join(root, 'dist', output.split('/')[0] ?? ''),
      emptyOutDir: false,
      minify: false,
      sourcemap: true,
      rolldownOptions: {
        input: join(root, entry),
        external: ['electron', ...nativePackages],
        output: { format, entryFileNames: output.split('/')[1] ?? '', codeSplitting: false },
      },
    },
  },
})

/** Typefaces of PDF exports: metric-compatible with Arial, under the SIL Open Font License; their licence goes along. */
const typefaces = ['LiberationSans-Regular.ttf', 'LiberationSans-Bold.ttf', 'LICENSE_LIBERATION']

const withFonts = (bundle: Bundle): Bundle => {
  const folder = join(root, 'node_modules/pdfjs-dist/standard_fonts')
  const plugin: Plugin = {
    name: 'print-fonts',
    generateBundle() {
      for (const name of typefaces)
        this.emitFile({ type: 'asset', fileName: `fonts/${name}`, source: readFileSync(join(folder, name)) })
    },
  }
  return { ...bundle, config: { ...bundle.config, plugins: [plugin] } }
}

/** The window's build is renderer/vite.config.ts; styles carry the nonce that main fills in. */
const rendererConfig: InlineConfig = {
  configFile: join(root, 'renderer/vite.config.ts'),
  logLevel: 'warn',
  html: { cspNonce: noncePlaceholder },
  build: { chunkSizeWarningLimit: 4_000 },
}

/** Everything `dist/` holds. */
export const bundles: Bundle[] = [
  nodeBundle('main', 'main/main.ts', 'main/main.mjs', 'es'),
  nodeBundle('preload', 'main/preload/preload.ts', 'main/preload.cjs', 'cjs'),
  nodeBundle('core', 'app/core-process.ts', 'core/core.mjs', 'es'),
  nodeBundle('vault-worker', 'app/vault/worker.ts', 'core/vault-worker.mjs', 'es'),
  nodeBundle('indexing-worker', 'app/indexing/worker.ts', 'core/indexing-worker.mjs', 'es'),
  nodeBundle('directory-worker', 'app/directory/worker.ts', 'core/directory-worker.mjs', 'es'),
  nodeBundle('reading-worker', 'app/reading-worker.ts', 'core/reading-worker.mjs', 'es'),
  withFonts(nodeBundle('print-worker', 'app/mail/exchange/print-worker.ts', 'core/print-worker.mjs', 'es')),
  nodeBundle('writing-worker', 'app/mssante/writing/worker.ts', 'core/writing-worker.mjs', 'es'),
  nodeBundle('smime-worker', 'app/smime/worker.ts', 'core/smime-worker.mjs', 'es'),
  nodeBundle('card', 'app/card/process.ts', 'card/card.mjs', 'es'),
  {
    name: 'renderer',
    entry: 'renderer/index.html',
    output: 'renderer/index.html',
    sources: ['renderer', 'app/contract'],
    config: rendererConfig,
  },
]
