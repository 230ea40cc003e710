import { randomBytes } from 'node:crypto'
import type { BrowserContext, Frame, Page, Request, Route } from '@playwright/test'
import { electronOrigin, toElectronAddress, toPageAddress } from './addresses.ts'
import type { StandinHost } from './host.ts'
import { preloadSource } from './page-side.ts'
import type { PageNames } from './page-side.ts'
import type { PageAnswer, PageCall, PageRequest, WindowCreate } from './wire.ts'

/** What the host saw of pages' attempts to reach something. Addresses are in Electron's form. */
export interface Traffic {
  served: string[]
  /** Cancelled: navigation refused, outside the schemes, or no handler. */
  refused: string[]
  popups: string[]
}

export interface AppWindow {
  id: number
  page: Page
}

export interface WindowsOfApp {
  handle: (op: string, payload: unknown) => Promise<unknown>
  windows: () => Page[]
  waitForWindow: () => Promise<Page>
  traffic: Traffic
  close: () => Promise<void>
}

interface HostWindow {
  id: number
  partition: string
  page: Page
  names: PageNames
  /** Address that the app itself is loading. */
  loading: string | null
}

type AskApp = (op: string, payload: unknown) => Promise<unknown>

const headersToDrop = new Set(['host', 'connection', 'content-length', 'accept-encoding'])

/** The pages of one app process: contexts for partitions, pages for windows, routes for protocols. */
export const createWindowsOfApp = (host: StandinHost, askApp: AskApp): WindowsOfApp => {
  const contexts = new Map<string, BrowserContext>()
  const proxies = new Map<string, string | null>()
  const windows = new Map<number, HostWindow>()
  const traffic: Traffic = { served: [], refused: [], popups: [] }
  const first = Promise.withResolvers<Page>()

  /** Settles when no window of ours is being made. */
  let creating: Promise<unknown> = Promise.resolve()

  const windowOf = (page: Page): HostWindow | undefined =>
    [...windows.values()].find((one) => one.page === page)

  const frameOf = (request: Request): Frame | null => {
    try {
      return request.frame()
    } catch {
      return null // a page that does not exist yet: a popup
    }
  }

  const headersOf = async (request: Request, frame: Frame): Promise<Record<string, string>> => {
    const kept = Object.entries(request.headers()).filter(
      ([name]) => !headersToDrop.has(name) && !name.startsWith(':'),
    )
    const headers = Object.fromEntries(kept)
    // Chromium adds Origin after the point where requests are intercepted.
    if (request.method() !== 'GET' && headers['origin'] === undefined) {
      headers['origin'] = frame.parentFrame() === null ? new URL(frame.url()).origin : 'null'
    }
    return headers
  }

  const route = async (partition: string, asked: Route): Promise<void> => {
    const request = asked.request()
    const address = toElectronAddress(request.url())
    const frame = frameOf(request)
    const window = frame === null ? undefined : windowOf(frame.page())
    const refuse = async (): Promise<void> => {
      traffic.refused.push(address)
      await asked.abort(request.isNavigationRequest() ? 'aborted' : 'blockedbyclient')
    }
    const navigates = request.isNavigationRequest()
    if (frame === null || window === undefined) {
      // A popup's first request. Playwright only reports a page that has loaded something: an empty page, then closed.
      if (!navigates) return refuse()
      traffic.refused.push(address)
      return asked.fulfill({ status: 200, contentType: 'text/plain', body: '' })
    }
    const mainFrame = frame.parentFrame() === null
    const byProgram = mainFrame && window.loading === request.url()
    if (navigates && mainFrame) window.loading = null
    const body = request.postDataBuffer()
    const question: PageRequest = {
      windowId: window.id,
      partition,
      url: address,
      method: request.method(),
      headers: await headersOf(request, frame),
      body: body === null ? null : new Uint8Array(body),
      resourceType: request.resourceType(),
      navigation: navigates ? { mainFrame, byProgram } : null,
    }
    const answer = (await askApp('request', question)) as PageAnswer
    if (answer.action === 'abort') return refuse()
    traffic.served.push(address)
    await asked.fulfill({ status: answer.status, headers: answer.headers, body: Buffer.from(answer.body) })
  }

  /** Any page that the app did not create: put to the window's open handler, closed in any case. */
  const closePopup = async (page: Page): Promise<void> => {
    await creating
    if (windowOf(page) !== undefined) return
    const [opener] = windows.values()
    const url = toElectronAddress(page.url())
    traffic.popups.push(url)
    await page.close()
    if (opener !== undefined) await askApp('window.open', { windowId: opener.id, url })
  }

  const contextFor = async (partition: string): Promise<BrowserContext> => {
    const existing = contexts.get(partition)
    if (existing !== undefined) return existing
    const server = proxies.get(partition) ?? null
    const context = await host.browser.newContext({
      viewport: null,
      serviceWorkers: 'block',
      acceptDownloads: false,
      locale: 'fr-FR',
      ...(server === null ? {} : { proxy: { server, bypass: '<-loopback>' } }),
    })
    contexts.set(partition, context)
    await context.route(
      '**/*',
      (asked) => route(partition, asked).catch(() => asked.abort().catch(() => undefined)), // the app or the page is gone
    )
    context.on('page', (page) => void closePopup(page))
    return context
  }

  const create = async (asked: WindowCreate): Promise<void> => {
    const context = await contextFor(asked.partition)
    const page = await context.newPage()
    const token = randomBytes(8).toString('hex')
    const names: PageNames = { call: `standinCall${token}`, deliver: `standinDeliver${token}` }
    windows.set(asked.windowId, {
      id: asked.windowId,
      partition: asked.partition,
      page,
      names,
      loading: null,
    })
    if (host.headless) await page.setViewportSize({ width: asked.width, height: asked.height })
    await page.exposeBinding(names.call, (source, kind: string, channel: string, args: unknown[]) => {
      const call: PageCall = {
        windowId: asked.windowId,
        channel,
        args,
        frame: { url: source.frame.url(), main: source.frame.parentFrame() === null },
      }
      return askApp(kind === 'send' ? 'ipc.send' : 'ipc.invoke', call)
    })
    await page.addInitScript({ content: preloadSource(names, asked.preload, asked.argv) })
    page.on('crash', () => {
      // Playwright's page answers nothing any more: a fresh one takes its place in the same window.
      windows.delete(asked.windowId)
      const again = create(asked).then(() => askApp('window.gone', { windowId: asked.windowId }))
      creating = again.catch(() => undefined) // the app is gone
      page.close().catch(() => undefined) // the browser is gone
    })
    page.on('close', () => {
      if (windows.get(asked.windowId)?.page !== page) return
      windows.delete(asked.windowId)
      askApp('window.closed', { windowId: asked.windowId }).catch(() => undefined) // the app is gone
    })
  }

  const wipe = async (partition: string): Promise<void> => {
    const context = contexts.get(partition)
    if (context === undefined) return
    await context.clearCookies()
    const origin = new URL(toPageAddress('souspli://app/')).origin
    for (const { page } of [...windows.values()].filter((one) => one.partition === partition)) {
      const cdp = await context.newCDPSession(page)
      await cdp.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' })
      await cdp.detach()
    }
  }

  const ask = <T>(payload: unknown): T & { windowId: number } => payload as T & { windowId: number }
  const pageOf = (payload: unknown): HostWindow => {
    const window = windows.get(ask<object>(payload).windowId)
    if (window === undefined) throw new Error('electron-standin: no such window')
    return window
  }

  const operations: Record<string, (payload: unknown) => Promise<unknown>> = {
    'window.create': (payload) => {
      const made = create(payload as WindowCreate)
      creating = made.catch(() => undefined) // reported to the app by `made`
      return made
    },
    'window.load': async (payload) => {
      const window = pageOf(payload)
      window.loading = ask<{ url: string }>(payload).url
      await window.page.goto(window.loading)
      if (electronOrigin(window.page.url()) !== 'null') first.resolve(window.page)
    },
    'window.reload': async (payload) => {
      const window = pageOf(payload)
      window.loading = window.page.url()
      await window.page.reload()
    },
    'window.send': async (payload) => {
      const { page, names } = pageOf(payload)
      const { channel, args } = ask<{ channel: string; args: unknown[] }>(payload)
      await page.evaluate(
        ([name, on, values]) => {
          const deliver = (globalThis as unknown as Record<string, unknown>)[name]
          if (typeof deliver === 'function') (deliver as (on: string, values: unknown[]) => void)(on, values)
        },
        [names.deliver, channel, args] as const,
      )
    },
    'window.print': (payload) =>
      pageOf(payload)
        .page.pdf()
        .then(() => true),
    'window.focus': (payload) => pageOf(payload).page.bringToFront(),
    'window.close': (payload) => pageOf(payload).page.close(),
    'session.proxy': (payload) => {
      const { partition, server } = payload as { partition: string; server: string | null }
      proxies.set(partition, server)
      return Promise.resolve(null)
    },
    'session.wipe': (payload) => wipe((payload as { partition: string }).partition),
  }

  return {
    handle: async (op, payload) => {
      const operation = operations[op]
      if (operation === undefined) throw new Error(`electron-standin: the host answers no ${op}`)
      return (await operation(payload)) ?? null
    },
    windows: () => [...windows.values()].map((one) => one.page),
    waitForWindow: () => first.promise,
    traffic,
    close: async () => {
      await Promise.all([...contexts.values()].map((context) => context.close()))
    },
  }
}
