/**
 * Pictures of every screen, on the fake core: `node renderer/testing/screens.ts [name part…] [--all] [--axe]`.
 * Saves to out/screens/. Plain run: each scene light at 1440 × 900. `--all`: light, dark and contrast, at three sizes.
 * `--themes`: the three themes at 1440 × 900.
 * `--zoomed`: what 200 % zoom leaves of 1280 × 720.
 * `--forced`: with the colours of the system's contrast theme (`forced-colors`, `prefers-contrast: more`).
 * `--axe`: accessibility check of each scene; exits 1 on a serious or critical violation.
 */
import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { AxeBuilder } from '@axe-core/playwright'
import { chromium, type Page } from '@playwright/test'
import { build, preview } from 'vite'
import type { Scene } from './scene.ts'
import { scenes } from './scenes.ts'

const outFolder = fileURLToPath(new URL('../../out/screens/', import.meta.url))
const sizes = { standard: [1440, 900], small: [1024, 700], large: [1920, 1080], zoomed: [640, 360] } as const
const themes = ['light', 'dark', 'contrast'] as const
type Theme = (typeof themes)[number]

const args = process.argv.slice(2)
const names = args.filter((arg) => !arg.startsWith('--'))
const everything = args.includes('--all')
const withAxe = args.includes('--axe')
const everyTheme = args.includes('--themes')
const zoomed = args.includes('--zoomed')
const forced = args.includes('--forced')

// Built once rather than served file by file: a page then opens in a second. `DEV` keeps the fake core in the bundle.
process.env['NODE_ENV'] = 'development'
const configFile = fileURLToPath(new URL('../vite.config.ts', import.meta.url))
const outDir = `${outFolder}bundle`
await build({ configFile, mode: 'development', logLevel: 'warn', build: { outDir, minify: false } })
const server = await preview({
  configFile,
  logLevel: 'warn',
  build: { outDir },
  preview: { host: '127.0.0.1', port: 0 },
})
const address = server.httpServer.address()
if (!address || typeof address === 'string') throw new Error('vite gave no address')
const origin = `http://127.0.0.1:${address.port}`

const browser = await chromium.launch({
  executablePath: process.env['SOUSPLI_CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
})

/** A name that is a scene's asks for that one, else for every scene that contains it. */
const isAsked = (name: string): boolean =>
  names.length === 0 ||
  names.some((asked) =>
    scenes.some((scene) => scene.name === asked) ? asked === name : name.includes(asked),
  )

let violations = 0
const problems: string[] = []

const checkAccessibility = async (page: Page, label: string): Promise<void> => {
  const { violations: found } = await new AxeBuilder({ page }).analyze()
  for (const violation of found) {
    const loud = violation.impact === 'serious' || violation.impact === 'critical'
    if (loud) violations += 1
    console.log(
      `${loud ? 'SERIOUS' : violation.impact} ${label}: ${violation.id} — ${violation.nodes
        .map((node) => node.target.join(' '))
        .slice(0, 4)
        .join(' | ')}`,
    )
    if (loud) console.log(violation.nodes[0]?.failureSummary)
  }
}

const wear = async (page: Page, scene: Scene, theme: Theme): Promise<void> => {
  const look = [theme, scene.density ?? 'comfortable'] as const
  await page.evaluate(
    ([chosen, density]) => window.souspli?.invoke('settings.set', { theme: chosen, density }),
    look,
  )
  await page.waitForFunction(
    ([chosen, density]) =>
      document.documentElement.dataset['theme'] === chosen &&
      document.documentElement.dataset['density'] === density,
    look,
  )
}

/** The scene in each of these themes, one after the other. */
const picture = async (
  scene: Scene,
  wanted: readonly [Theme, ...Theme[]],
  size: keyof typeof sizes,
): Promise<void> => {
  const [width, height] = sizes[size]
  const context = await browser.newContext({
    viewport: { width, height },
    locale: 'fr-FR',
    timezoneId: 'Europe/Paris',
    reducedMotion: 'reduce',
    ...(forced ? { forcedColors: 'active', contrast: 'more' } : {}),
  })
  const page = await context.newPage()
  page.setDefaultTimeout(30_000)
  page.on('pageerror', (error) => problems.push(`${scene.name}: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`${scene.name}: ${message.text()}`)
  })
  await page.goto(`${origin}/?fake=${scene.scenario}`)
  await page.waitForSelector('#root > *')
  await wear(page, scene, wanted[0])
  await scene.steps?.(page)
  await page.evaluate(() => document.fonts.ready)
  const colours = forced ? '-forced' : ''
  for (const theme of wanted) {
    await wear(page, scene, theme)
    const suffix = everything || everyTheme ? `-${theme}-${size}` : zoomed ? '-zoomed' : ''
    await page.screenshot({ path: `${outFolder}${scene.name}${suffix}${colours}.png` })
    if (withAxe) await checkAccessibility(page, `${scene.name} ${theme}`)
  }
  await context.close()
}

await mkdir(outFolder, { recursive: true })
try {
  for (const scene of scenes) {
    if (!isAsked(scene.name)) continue
    const started = performance.now()
    try {
      if (everything) {
        await picture(scene, themes, 'standard')
        for (const size of ['small', 'large', 'zoomed'] as const) await picture(scene, ['light'], size)
      } else await picture(scene, everyTheme ? themes : ['light'], zoomed ? 'zoomed' : 'standard')
    } catch (cause) {
      problems.push(`${scene.name}: ${String(cause)}`)
    }
    console.log(`${scene.name} ${Math.round(performance.now() - started)} ms`)
  }
} finally {
  await browser.close()
  await server.close()
}
for (const problem of problems) console.error(problem)
if (violations > 0) console.error(`${violations} serious accessibility violations`)
process.exitCode = violations > 0 || problems.length > 0 ? 1 : 0
