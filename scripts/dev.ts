/**
 * `npm run dev`: the product on the stand-in with hot reload of the window, and a restart when main/ or app/ changes. The
 * development server listens on 127.0.0.1 at a random port under a random path; main fetches from it and serves the
 * window under the product's own policy, plus the hot-reload socket. Options after `--` go to the program.
 */
import { randomBytes } from 'node:crypto'
import { watch } from 'node:fs'
import { createServer as createListener } from 'node:net'
import { join } from 'node:path'
import { createServer } from 'vite'
import type { Plugin } from 'vite'
import { noncePlaceholder } from '../main/app-protocol.ts'
import { launchStandin, startStandinHost } from '../test/electron-standin/index.ts'
import type { StandinApp } from '../test/electron-standin/index.ts'
import { buildAll } from './build.ts'
import { root } from './bundles.ts'

const quietMs = 300
/** Another core given on the command line spares building ours. */
const nodeBundles = process.argv.some((one) => one.startsWith('--core='))
  ? ['main', 'preload']
  : ['main', 'preload', 'core', 'vault-worker', 'smime-worker', 'card']

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const listener = createListener()
    listener.on('error', reject)
    listener.listen(0, '127.0.0.1', () => {
      const address = listener.address()
      listener.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })

/** The policy admits no inline script, in development either: those that plug-ins write into the page become files. */
const inlineScriptsAsFiles = (base: string): Plugin => {
  const scripts: string[] = []
  return {
    name: 'inline-scripts-as-files',
    apply: 'serve',
    transformIndexHtml: {
      order: 'post',
      handler: (html) =>
        html.replace(
          /<script type="module"(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g,
          (_tag, code: string) => {
            const known = scripts.indexOf(code)
            const at = known === -1 ? scripts.push(code) - 1 : known
            return `<script type="module" src="${base}@inline/${at}.js"></script>`
          },
        ),
    },
    configureServer: (server) => {
      server.middlewares.use((request, response, next) => {
        const code = scripts[Number(/\/@inline\/(\d+)\.js$/.exec(request.url ?? '')?.[1] ?? '-1')]
        if (code === undefined) return next()
        response.setHeader('content-type', 'text/javascript')
        response.end(code)
      })
    },
  }
}

const token = randomBytes(16).toString('hex')
const port = await freePort()
const base = `/${token}/`
const server = await createServer({
  configFile: join(root, 'renderer/vite.config.ts'),
  base,
  logLevel: 'warn',
  html: { cspNonce: noncePlaceholder },
  plugins: [inlineScriptsAsFiles(base)],
  server: {
    host: '127.0.0.1',
    port,
    strictPort: true,
    hmr: { protocol: 'ws', host: '127.0.0.1', clientPort: port },
  },
})
await server.listen()

const args = process.argv.slice(2)
const host = await startStandinHost({
  headless: process.env['DISPLAY'] === undefined && process.env['WAYLAND_DISPLAY'] === undefined,
  // The page's hot-reload socket goes to this machine.
  disabledFeatures: ['LocalNetworkAccessChecks'],
})
const launch = async (): Promise<StandinApp> => {
  await buildAll(false, nodeBundles)
  return launchStandin({
    args: [`--dev-server=http://127.0.0.1:${port}/${token}`, ...args],
    host,
    verbose: true,
  })
}

let app: StandinApp | null = null
let restarting = false
const follow = (started: StandinApp): void => {
  app = started
  console.log(
    `dev: window open on ${started.host.headless ? 'the stand-in without a display' : 'the stand-in'}`,
  )
  void started.exited.then(async () => {
    if (restarting) return
    await Promise.all([server.close(), host.close()])
    process.exit(0)
  })
}

const restart = async (): Promise<void> => {
  if (restarting) return
  restarting = true
  try {
    await app?.close()
    follow(await launch())
  } catch (error) {
    console.error(
      `dev: ${error instanceof Error ? error.message : String(error)}; waiting for the next change`,
    )
  }
  restarting = false
}

follow(await launch())
let timer: NodeJS.Timeout | undefined
for (const folder of ['main', 'app']) {
  watch(join(root, folder), { recursive: true }, (_event, file) => {
    if (file === null || file.includes('.test.')) return
    clearTimeout(timer)
    timer = setTimeout(() => void restart(), quietMs) // reports its own failures
  })
}
process.on('SIGINT', () => void app?.close())
process.on('SIGTERM', () => void app?.close())
