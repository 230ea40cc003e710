import { existsSync } from 'node:fs'
import { chromium } from '@playwright/test'
import type { Browser } from '@playwright/test'

/** Chromium for one or several stand-in apps. */
export interface StandinHost {
  browser: Browser
  headless: boolean
  close: () => Promise<void>
}

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--window-size=1440,960',
  // No name is ever resolved; loopback stays for the pages that stand for the system's browser.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
]

/** The system's Chromium (or Chrome); `SOUSPLI_CHROMIUM` names another one. Throws when there is none. */
const installedChromium = (): string => {
  const named = process.env['SOUSPLI_CHROMIUM']
  const candidates = ['chromium', 'chromium-browser', 'google-chrome'].map((name) => `/usr/bin/${name}`)
  const found = named ?? candidates.find((path) => existsSync(path))
  if (found === undefined) throw new Error(`electron-standin: no Chromium among ${candidates.join(', ')}`)
  return found
}

/** Starts Debian's Chromium; Playwright drives it through a pipe, no TCP port is opened. */
export const startStandinHost = async (
  options: { headless?: boolean; disabledFeatures?: readonly string[] } = {},
): Promise<StandinHost> => {
  const headless = options.headless ?? true
  const features = [
    'DnsOverHttps',
    'OptimizationHints',
    'MediaRouter',
    'Translate',
    ...(options.disabledFeatures ?? []),
  ]
  const browser = await chromium.launch({
    executablePath: installedChromium(),
    headless,
    // Playwright would end the process at once; whoever started the world takes it down.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    args: [...flags, `--disable-features=${features.join(',')}`],
  })
  return { browser, headless, close: () => browser.close() }
}
