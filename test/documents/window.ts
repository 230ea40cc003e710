import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium, type Browser, type Page } from '@playwright/test'
import react from '@vitejs/plugin-react'
import { build } from 'vite'
import { pdfAssets } from '../../renderer/pdf-assets.ts'

const source = fileURLToPath(new URL('../../renderer/testing/documents/', import.meta.url))
const origin = 'https://app.souspli.invalid'
const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
}

/** The window's policy (main/content-security-policy.ts); parts are blobs here. */
const policy = [
  `default-src 'none'`,
  `script-src 'self'`,
  `style-src 'self'`,
  `style-src-attr 'unsafe-inline'`,
  `img-src 'self' blob: data:`,
  `font-src 'self'`,
  `connect-src 'self' blob:`,
  `worker-src 'self' blob:`,
  `base-uri 'none'`,
  `object-src 'none'`,
  `require-trusted-types-for 'script'`,
  `trusted-types souspli dompurify`,
].join('; ')

export interface DocumentsWindow {
  /** A fresh page with nothing shown; `problems` fills with what goes wrong in it. */
  open: (options?: {
    width?: number
    height?: number
    theme?: string
  }) => Promise<{ page: Page; problems: string[] }>
  close: () => Promise<void>
}

/** The real components for documents, built as the product is, in Chromium: nothing around them, no core. `folder` takes the bundle. */
export const startDocumentsWindow = async (folder: string): Promise<DocumentsWindow> => {
  await build({
    root: source,
    base: './',
    configFile: false,
    plugins: [react(), pdfAssets()],
    logLevel: 'warn',
    build: {
      outDir: folder,
      emptyOutDir: true,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      target: 'chrome140',
    },
  })
  const browser: Browser = await chromium.launch({
    executablePath: process.env['SOUSPLI_CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  })
  return {
    open: async ({ width = 830, height = 1000, theme = 'light' } = {}) => {
      const context = await browser.newContext({
        viewport: { width, height },
        locale: 'fr-FR',
        timezoneId: 'Europe/Paris',
        reducedMotion: 'reduce',
      })
      const page = await context.newPage()
      const problems: string[] = []
      page.on('pageerror', (error) => problems.push(error.stack ?? error.message))
      page.on('console', (message) => {
        if (message.type() === 'error' || message.text().includes('Content Security'))
          problems.push(message.text())
      })
      await page.route(`${origin}/**`, async (route) => {
        const path = join(folder, new URL(route.request().url()).pathname)
        if (!existsSync(path)) return route.fulfill({ status: 404 })
        return route.fulfill({
          body: await readFile(path),
          headers: {
            'content-type': types[extname(path)] ?? 'application/octet-stream',
            'content-security-policy': policy,
          },
        })
      })
      await page.goto(`${origin}/index.html`)
      await page.waitForFunction('typeof window.showDocuments === "function"')
      await page.evaluate(`document.documentElement.dataset.theme = ${JSON.stringify(theme)}`)
      return { page, problems }
    },
    close: () => browser.close(),
  }
}
