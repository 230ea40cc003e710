/**
 * Pictures of the reading pane and the composer from a production build under the product's own CSP:
 * `node renderer/testing/gallery/pictures.ts [state part…] [--dark] [--axe]`. Saves to out/gallery/; exits 1 on a page
 * error, a CSP violation or a serious accessibility violation.
 */
import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AxeBuilder } from '@axe-core/playwright'
import { chromium, type Page } from '@playwright/test'
import react from '@vitejs/plugin-react'
import { build } from 'vite'
import { pdfAssets } from '../../pdf-assets.ts'
import { galleryPart } from './gallery-parts.ts'

const folder = fileURLToPath(new URL('.', import.meta.url))
const outFolder = fileURLToPath(new URL('../../../out/gallery/', import.meta.url))
const bundle = join(outFolder, 'bundle')
const args = process.argv.slice(2)
const wanted = args.filter((arg) => !arg.startsWith('--'))
const theme = args.includes('--dark') ? 'dark' : args.includes('--contrast') ? 'contrast' : 'light'

/** main/content-security-policy.ts under the stand-in. */
const policy = [
  `default-src 'none'`,
  `script-src 'self'`,
  `style-src 'self'`,
  // Parsing a mail's style attributes in an inert document is reported under style-src even though nothing is applied.
  `style-src-attr 'unsafe-inline'`,
  `img-src 'self' blob: data: https://part.souspli.invalid`,
  `font-src 'self'`,
  `connect-src 'self' https://part.souspli.invalid https://mail.souspli.invalid`,
  `frame-src https://mail.souspli.invalid`,
  `worker-src 'self' blob:`,
  `base-uri 'none'`,
  `form-action 'none'`,
  `object-src 'none'`,
  `require-trusted-types-for 'script'`,
  `trusted-types souspli dompurify ProseMirrorClipboard`,
].join('; ')
const framePolicy = `default-src 'none'; img-src https://part.souspli.invalid data:; style-src 'unsafe-inline'; sandbox`

interface State {
  name: string
  steps?: (page: Page) => Promise<void>
  height?: number
}
const states: readonly State[] = [
  { name: 'lab', steps: (page) => page.locator('.lab-table').first().waitFor() },
  { name: 'letter', steps: (page) => page.locator('.body-text').first().waitFor() },
  {
    name: 'details',
    steps: async (page) => {
      await page.getByRole('button', { name: 'Détails' }).click()
      await page.locator('.security-details').waitFor()
    },
  },
  ...['impostor', 'footer', 'exposed', 'expired'].map((name): State => ({
    name,
    steps: (page) => page.locator('.body-text').first().waitFor(),
  })),
  {
    name: 'impostor-details',
    steps: async (page) => {
      await page.getByRole('button', { name: 'Détails' }).click()
      await page.locator('.security-details').waitFor()
    },
  },
  {
    name: 'signed-files',
    steps: async (page) => {
      await page.locator('.pdf-page canvas').first().waitFor()
      await page.locator('.file-signature').first().getByRole('button', { name: 'Détails' }).click()
      await page.locator('.security-details').waitFor()
    },
  },
  {
    name: 'html',
    steps: async (page) => {
      await page.locator('.mail-links summary').click()
      await page.frameLocator('iframe').locator('p').first().waitFor()
    },
  },
  {
    name: 'html-link',
    steps: async (page) => {
      await page.locator('.mail-links summary').click()
      await page.locator('.mail-links .text-link').nth(1).click()
      await page.getByRole('dialog').waitFor()
    },
  },
  {
    name: 'conversation',
    steps: async (page) => {
      await page.locator('.earlier summary').first().click()
      await page.locator('.earlier-body .body-text').first().waitFor()
    },
  },
  { name: 'forged', steps: (page) => page.locator('.body-text').first().waitFor() },
  { name: 'outside', steps: (page) => page.locator('.body-text').first().waitFor() },
  { name: 'patient', steps: (page) => page.locator('.body-text').first().waitFor() },
  { name: 'offline' },
  { name: 'undecrypted' },
  { name: 'loading' },
  { name: 'error', steps: (page) => page.locator('.empty-state').waitFor() },
  {
    name: 'pdf',
    steps: async (page) => {
      await page.locator('.pdf-text span').first().waitFor()
    },
    height: 1300,
  },
  { name: 'broken-pdf', steps: (page) => page.locator('.banner').first().waitFor() },
  { name: 'narrative', steps: (page) => page.locator('.doc-narrative').first().waitFor(), height: 1300 },
  {
    name: 'narrative-facts',
    steps: async (page) => {
      await page.getByRole('tab', { name: 'Contexte' }).click()
    },
  },
  {
    name: 'narrative-technical',
    steps: async (page) => {
      await page.getByRole('tab', { name: 'Technique' }).click()
    },
  },
  { name: 'mismatch', steps: (page) => page.locator('.lab-table').first().waitFor() },
  { name: 'hprim', steps: (page) => page.locator('.doc-plain').waitFor() },
  { name: 'compose', steps: (page) => page.locator('.ProseMirror').waitFor() },
  { name: 'compose-new', steps: (page) => page.locator('.ProseMirror').waitFor() },
  {
    name: 'compose-refused',
    steps: async (page) => {
      await page.locator('.ProseMirror').waitFor()
      await page.getByRole('combobox', { name: 'À', exact: true }).pressSequentially('tess')
      await page.getByRole('option').first().waitFor()
      await page.getByText('refusé').first().waitFor()
    },
  },
  { name: 'compose-reply', steps: (page) => page.locator('textarea, .ProseMirror').first().waitFor() },
  {
    name: 'compose-error',
    steps: async (page) => {
      await page.locator('.ProseMirror').waitFor()
      await page.getByRole('button', { name: 'Envoyer' }).click()
      await page.locator('.banner').first().waitFor()
    },
  },
  { name: 'compose-missing' },
]

await build({
  root: folder,
  base: './',
  configFile: false,
  plugins: [react(), pdfAssets()],
  logLevel: 'warn',
  build: {
    outDir: bundle,
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    minify: false,
    target: 'chrome140',
  },
})
await mkdir(outFolder, { recursive: true })

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
}
const cors = { 'access-control-allow-origin': 'https://app.souspli.invalid' }
const published = new Map<string, string>()
const problems: string[] = []

const browser = await chromium.launch({
  executablePath: process.env['SOUSPLI_CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
})
try {
  for (const { name, steps, height } of states) {
    if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) continue
    const context = await browser.newContext({
      viewport: { width: name.startsWith('compose') ? 1060 : 830, height: height ?? 900 },
      locale: 'fr-FR',
      timezoneId: 'Europe/Paris',
      reducedMotion: 'reduce',
    })
    const page = await context.newPage()
    page.on('pageerror', (error) => problems.push(`${name}: ${error.stack ?? error.message}`))
    page.on('console', (message) => {
      if (message.type() === 'error' || message.text().includes('Content Security'))
        problems.push(`${name}: ${message.text()}`)
    })
    await page.route('https://app.souspli.invalid/**', async (route) => {
      const path = join(bundle, new URL(route.request().url()).pathname)
      if (!existsSync(path)) return route.fulfill({ status: 404 })
      return route.fulfill({
        body: await readFile(path),
        headers: {
          'content-type': types[extname(path)] ?? 'application/octet-stream',
          'content-security-policy': policy,
        },
      })
    })
    await page.route('https://part.souspli.invalid/**', async (route) => {
      const url = new URL(route.request().url())
      if (route.request().method() === 'POST') return route.fulfill({ status: 204, headers: cors })
      const found = await galleryPart(url.pathname.split('/').at(-1) ?? '')
      return route.fulfill(
        found
          ? { body: found.body, headers: { ...cors, 'content-type': found.type } }
          : { status: 404, headers: cors, body: '{"error":{"code":"part.expired","retry":"no"}}' },
      )
    })
    await page.route('https://mail.souspli.invalid/**', (route) => {
      const url = new URL(route.request().url())
      if (route.request().method() === 'POST') {
        published.set('ticket0001', route.request().postData() ?? '')
        return route.fulfill({ body: 'ticket0001', headers: cors })
      }
      return route.fulfill({
        body: published.get(url.pathname.replaceAll('/', '')) ?? '',
        headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': framePolicy },
      })
    })
    const state = name.replace(/-(link|facts|technical)$/, '')
    await page.goto(`https://app.souspli.invalid/index.html?state=${state}&theme=${theme}`)
    try {
      page.setDefaultTimeout(6_000)
      await page.locator('.read, [role=dialog], .composer').first().waitFor()
      await steps?.(page)
    } catch (cause) {
      problems.push(`${name}: ${String(cause)}`)
    }
    await page.evaluate(() => document.fonts.ready)
    await page.screenshot({ path: join(outFolder, `${name}${theme === 'light' ? '' : `-${theme}`}.png`) })
    if (args.includes('--axe')) {
      const { violations } = await new AxeBuilder({ page }).exclude('iframe').analyze()
      for (const violation of violations)
        problems.push(
          `axe ${name}: ${violation.impact} ${violation.id} ${violation.nodes
            .slice(0, 3)
            .map((node) => node.target.join(' '))
            .join(' | ')} ${violation.nodes[0]?.failureSummary ?? ''}`,
        )
    }
    await context.close()
  }
} finally {
  await browser.close()
}
for (const problem of problems) console.error(problem)
process.exitCode = problems.length > 0 ? 1 : 0
