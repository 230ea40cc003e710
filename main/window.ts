import type { BrowserWindow, BrowserWindowConstructorOptions } from 'electron'
import { appPage, pageOrigins } from './origins.ts'
import type { Host } from './origins.ts'

/** In-memory partition: no `persist:`, so nothing of a window reaches the disk. */
export const windowPartition = 'souspli'

/** Argument by which the preload learns the origins. */
export const originsArgument = '--souspli-origins='

/** Pixels of the list, the message and its patient side by side. */
const comfortable = { width: 1440, height: 900 }

/**
 * Options of every window: sandboxed, isolated, no Node, no webview, web security on (models.md §5 rows 1, 2, 9); as big as
 * comfortable where the screen has room.
 */
export const windowOptions = (
  preload: string,
  host: Host,
  packaged: boolean,
  screenArea: { width: number; height: number },
): BrowserWindowConstructorOptions => {
  const { part, mail } = pageOrigins(host).prefixes
  return {
    width: Math.min(comfortable.width, screenArea.width),
    height: Math.min(comfortable.height, screenArea.height),
    minWidth: 640,
    minHeight: 480,
    title: 'SousPli',
    backgroundColor: '#f6f7f9',
    autoHideMenuBar: true,
    webPreferences: {
      preload,
      partition: windowPartition,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      nodeIntegrationInWorker: false,
      webviewTag: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      safeDialogs: true,
      devTools: !packaged,
      additionalArguments: [`${originsArgument}${JSON.stringify({ part, mail })}`],
    },
  }
}

/** After a lock: leaves the page first, so that nothing of it writes while its storage is wiped, then shows it anew. */
export const showAfresh = async (
  windows: readonly BrowserWindow[],
  wipe: () => Promise<void>,
): Promise<void> => {
  const alive = windows.filter((window) => !window.isDestroyed())
  await Promise.all(alive.map((window) => window.loadURL('about:blank')))
  await wipe()
  await Promise.all(alive.filter((window) => !window.isDestroyed()).map((window) => window.loadURL(appPage)))
}

const revivals = 3
const revivalWindowMs = 60_000

/**
 * A page whose process died is loaded again (its working set was in memory, the truth is in the vault), three times a
 * minute at most; then the window closes, and with the last one the product.
 */
export const reviveWindow = (
  window: BrowserWindow,
  { now, log }: { now: () => number; log: (event: string) => void },
): void => {
  const times: number[] = []
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return
    const again = times.filter((at) => now() - at < revivalWindowMs).length < revivals
    log(`window process gone: ${reason}${again ? ', loaded again' : ', closed'}`)
    times.push(now())
    if (again) window.loadURL(appPage).catch(() => log('the window did not load again'))
    else window.destroy()
  })
}
