import { EventEmitter } from 'node:events'
import { readFileSync } from 'node:fs'
import { electronOrigin, toElectronAddress, toPageAddress } from './addresses.ts'
import { app } from './application.ts'
import { askHost, onHost } from './app-channel.ts'
import { createEmitter, strict } from './strict.ts'
import type { preventable } from './strict.ts'
import type { PageCall, WindowCreate } from './wire.ts'

type OpenHandler = (details: { url: string }) => { action: 'allow' | 'deny' }
type InvokeHandler = (event: object, ...args: unknown[]) => unknown

interface WindowState {
  id: number
  contents: EventEmitter & { mainFrame: Frame }
  openHandler: OpenHandler
  window: EventEmitter
  closed: boolean
}

interface Frame {
  url: string
  origin: string
}

const windows = new Map<number, WindowState>()
let nextWindow = 1

const contentsEvents = [
  'will-frame-navigate',
  'will-navigate',
  'will-redirect',
  'will-attach-webview',
  'did-finish-load',
  'render-process-gone',
  'destroyed',
]
const windowEvents = ['closed', 'ready-to-show', 'focus', 'blur']

/** Options that the stand-in honours or that plain Chromium has no counterpart for; anything else throws. */
const knownWindow = new Set(
  'width height minWidth minHeight title backgroundColor autoHideMenuBar show icon webPreferences'.split(' '),
)
const demanded: Readonly<Record<string, unknown>> = {
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
}
const knownPreferences = new Set([
  ...Object.keys(demanded),
  'preload',
  'partition',
  'devTools',
  'additionalArguments',
])

interface Options {
  width?: number
  height?: number
  webPreferences?: { preload?: string; partition?: string; additionalArguments?: string[] }
}

const checkOptions = (options: Options): void => {
  for (const name of Object.keys(options)) {
    if (!knownWindow.has(name))
      throw new Error(`electron-standin: BrowserWindow option ${name} is not implemented`)
  }
  for (const [name, value] of Object.entries(options.webPreferences ?? {})) {
    if (!knownPreferences.has(name) || (name in demanded && demanded[name] !== value)) {
      throw new Error(`electron-standin: webPreferences.${name} = ${String(value)} is not implemented`)
    }
  }
}

/** Puts a page's navigation to the window's listeners; true when nobody prevented it. */
export const judgeNavigation = (
  windowId: number,
  event: ReturnType<typeof preventable<{ url: string; isMainFrame: boolean; isSameDocument: boolean }>>,
): boolean => {
  const state = windows.get(windowId)
  if (state === undefined) return false
  state.contents.emit('will-frame-navigate', event)
  if (event.isMainFrame && !event.defaultPrevented) state.contents.emit('will-navigate', event, event.url)
  return !event.defaultPrevented
}

const createContents = (id: number, state: () => WindowState): WindowState['contents'] =>
  strict(
    'webContents',
    Object.assign(createEmitter('webContents', contentsEvents), {
      id,
      mainFrame: { url: '', origin: 'null' },
      setWindowOpenHandler: (handler: OpenHandler) => {
        state().openHandler = handler
      },
      send: (channel: string, ...args: unknown[]) => {
        // As in Electron: what is sent while a page loads is lost, not an error.
        askHost('window.send', { windowId: id, channel, args }).catch(() => undefined)
      },
      print: (_options: object, done: (success: boolean, reason: string) => void) => {
        askHost('window.print', { windowId: id }).then(
          (printed) => done(printed === true, printed === true ? '' : 'cancelled'),
          () => done(false, 'failed'),
        )
      },
      reload: () => {
        askHost('window.reload', { windowId: id }).catch(() => undefined) // a window just closed
      },
      isDestroyed: () => state().closed,
      getURL: () => state().contents.mainFrame.url,
    }),
  )

const closeState = (state: WindowState): void => {
  if (state.closed) return
  state.closed = true
  windows.delete(state.id)
  state.contents.emit('destroyed')
  state.window.emit('closed')
  if (windows.size === 0) app.allWindowsClosed()
}

/** `new BrowserWindow(options)`: a page of the host's Chromium in the context that stands for the partition. */
export const BrowserWindow = function BrowserWindow(options: Options = {}): object {
  checkOptions(options)
  const preferences = options.webPreferences ?? {}
  const partition = preferences.partition ?? ''
  const id = nextWindow++
  const create: WindowCreate = {
    windowId: id,
    partition,
    width: options.width ?? 800,
    height: options.height ?? 600,
    preload: readFileSync(preferences.preload ?? '', 'utf8'),
    argv: preferences.additionalArguments ?? [],
  }
  const created = askHost('window.create', create)
  created.catch(() => undefined) // loadURL reports it
  const call = async (op: string, payload: object = {}): Promise<unknown> => {
    await created
    return askHost(op, { windowId: id, ...payload })
  }
  const contents = createContents(id, () => state)
  const window = strict(
    'BrowserWindow',
    Object.assign(createEmitter('BrowserWindow', windowEvents), {
      id,
      webContents: contents,
      loadURL: async (url: string): Promise<void> => {
        const address = toPageAddress(url)
        contents.mainFrame.url = url
        contents.mainFrame.origin = electronOrigin(url)
        await call('window.load', { url: address })
        contents.emit('did-finish-load')
      },
      isDestroyed: () => state.closed,
      isMinimized: () => false,
      restore: () => undefined,
      focus: () => {
        call('window.focus').catch(() => undefined) // a window just closed
      },
      close: () => {
        call('window.close').catch(() => undefined) // already closed
        closeState(state)
      },
      destroy: () => {
        call('window.close').catch(() => undefined) // already closed
        closeState(state)
      },
    }),
  )
  const state: WindowState = { id, contents, openHandler: () => ({ action: 'allow' }), window, closed: false }
  windows.set(id, state)
  app.emitter.emit('web-contents-created', {}, contents)
  return window
} as unknown as new (options?: object) => object

/** Closes every window, as `app.quit()` does. */
export const closeAllWindows = (): void => {
  for (const state of [...windows.values()]) closeState(state)
}

const invokeHandlers = new Map<string, InvokeHandler>()
const ipcEmitter = new EventEmitter()

export const ipcMain = strict('ipcMain', {
  handle: (channel: string, handler: InvokeHandler) => {
    if (invokeHandlers.has(channel)) throw new Error(`electron-standin: ${channel} is already handled`)
    invokeHandlers.set(channel, handler)
  },
  on: (channel: string, listener: (...args: unknown[]) => void) => ipcEmitter.on(channel, listener),
})

const eventOf = (call: PageCall): object | null => {
  const state = windows.get(call.windowId)
  if (state === undefined) return null
  const url = toElectronAddress(call.frame.url)
  const frame: Frame = call.frame.main ? state.contents.mainFrame : { url: '', origin: 'null' }
  frame.url = url
  frame.origin = electronOrigin(url)
  return { sender: state.contents, senderFrame: frame, frameId: call.frame.main ? 1 : 2, processId: 1 }
}

onHost('ipc.invoke', async (payload) => {
  const call = payload as PageCall
  const handler = invokeHandlers.get(call.channel)
  const event = eventOf(call)
  if (handler === undefined || event === null) throw new Error(`No handler registered for '${call.channel}'`)
  return await handler(event, ...call.args)
})
onHost('ipc.send', (payload) => {
  const call = payload as PageCall
  const event = eventOf(call)
  if (event !== null) ipcEmitter.emit(call.channel, event, ...call.args)
  return Promise.resolve(null)
})
onHost('window.closed', (payload) => {
  const state = windows.get((payload as { windowId: number }).windowId)
  if (state !== undefined) closeState(state)
  return Promise.resolve(null)
})
onHost('window.gone', (payload) => {
  const state = windows.get((payload as { windowId: number }).windowId)
  state?.contents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 5 })
  return Promise.resolve(null)
})
onHost('window.open', (payload) => {
  const { windowId, url } = payload as { windowId: number; url: string }
  const action = windows.get(windowId)?.openHandler({ url: toElectronAddress(url) }).action ?? 'deny'
  if (action === 'allow') throw new Error('electron-standin: windows opened by a page are not implemented')
  return Promise.resolve(action)
})
