import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  MessageChannelMain,
  powerMonitor,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
  utilityProcess,
} from 'electron'
import type { EventName, HostRequest, Method, OutcomeData } from '../app/contract/index.ts'
import { coreEnvironment, windowCalls } from '../app/contract/index.ts'
import { createAppHandler } from './app-protocol.ts'
import { createCardProcess } from './card-process.ts'
import { asksForDebugging, readCommandLine } from './command-line.ts'
import { windowPolicy } from './content-security-policy.ts'
import { startCoreProcess } from './core-process.ts'
import { createCpsGestion } from './cps-gestion.ts'
import { createDevHandler, devSocket } from './dev-server.ts'
import { channels, installIpc, parseEvent } from './ipc.ts'
import { createMailFrames } from './mail-protocol.ts'
import { menuTemplate } from './menu.ts'
import { guardNavigation } from './navigation.ts'
import { wipeOpenedFiles } from './opened-files.ts'
import { appPage, hostOf, pageOrigins, schemes } from './origins.ts'
import { createPartHandler } from './part-protocol.ts'
import { policyPath, readPolicy } from './policy.ts'
import { protectSecret, unprotectSecret } from './secrets.ts'
import { guardSession, wipeSession } from './session-guard.ts'
import { createWindowCalls, mayOpenForCore } from './window-calls.ts'
import { reviveWindow, showAfresh, windowOptions, windowPartition } from './window.ts'

const here = import.meta.dirname
const stopLimitMs = 3_000
const localNetworkChecks = 'LocalNetworkAccessChecks'
/** Technical log, one JSON object a line: names and codes, never a payload. */
const log = (event: string): void =>
  void process.stderr.write(`${JSON.stringify({ level: 'error', process: 'main', event })}\n`)

const commandLine = readCommandLine(process.argv, app.isPackaged)
const host = hostOf(process.versions)
const origins = pageOrigins(host)

/** Everything after `ready`. */
const start = async (profileFolder: string): Promise<void> => {
  const policy = await readPolicy(
    commandLine.policy ?? policyPath(process.platform, process.env),
    commandLine.policy === null,
  )
  if (!policy.ok) {
    // No window yet and no catalogue: the code is all an administrator needs to find the sentence in the guide.
    dialog.showErrorBox('SousPli', `policy.json: ${policy.error.code}`)
    return app.exit(1)
  }
  const openedFolder = join(profileFolder, 'opened')
  await mkdir(profileFolder, { recursive: true, mode: 0o700 })
  const wipe = async (): Promise<void> => {
    if (!(await wipeOpenedFiles(openedFolder))) log('an opened copy is held by another program')
  }
  await wipe()

  const windows = new Set<BrowserWindow>()
  const partition = session.fromPartition(windowPartition, { cache: false })
  const mailFrames = createMailFrames({
    origins,
    newTicket: () => randomBytes(16).toString('hex'),
    now: Date.now,
  })
  let lastPhase = 'start'

  const sendToWindows = (name: EventName, payload: unknown): void => {
    for (const window of windows) {
      if (!window.isDestroyed()) window.webContents.send(channels.event, name, payload)
    }
  }

  /** Nothing of the mailbox stays on screen, on disk or in the windows' memory: a window that cannot be emptied goes. */
  const forgetEverything = async (): Promise<void> => {
    mailFrames.clear()
    try {
      await Promise.all([wipe(), showAfresh([...windows], () => wipeSession(partition))])
    } catch {
      log('wiping failed, windows closed')
      for (const window of windows) window.destroy()
    }
  }

  const onCoreEvent = (name: string, payload: unknown): void => {
    const event = parseEvent(name, payload, log)
    if (event === null) return
    sendToWindows(event.name, event.payload)
    if (event.name !== 'session.changed') return
    const { phase } = event.payload as { phase: string }
    const wasOpen = lastPhase === 'open'
    lastPhase = phase
    if (phase === 'locked' && wasOpen) {
      void forgetEverything()
    }
  }

  const onHostRequest = async (request: HostRequest): Promise<OutcomeData> => {
    switch (request.op) {
      case 'restart-card':
        card.restart()
        return { ok: true, value: null }
      case 'open-external':
        if (!mayOpenForCore(request.url)) {
          return { ok: false, error: { code: 'contract.invalid-request', retry: 'no' } }
        }
        await shell.openExternal(request.url)
        return { ok: true, value: null }
      case 'protect-secret':
        return protectSecret(safeStorage, process.platform, request.bytes)
      case 'unprotect-secret':
        return unprotectSecret(safeStorage, process.platform, request.bytes)
    }
  }

  const core = startCoreProcess({
    fork: () =>
      utilityProcess.fork(commandLine.core ?? join(here, '../core/core.mjs'), [], {
        serviceName: 'SousPli core',
        env: { ...process.env, ...coreEnvironment },
      }),
    start: {
      profileFolder,
      openedFolder,
      policy: policy.value,
      vaultWorker: join(here, '../core/vault-worker.mjs'),
      smimeWorker: join(here, '../core/smime-worker.mjs'),
      readingWorker: join(here, '../core/reading-worker.mjs'),
      indexingWorker: join(here, '../core/indexing-worker.mjs'),
      directoryWorker: join(here, '../core/directory-worker.mjs'),
      printWorker: join(here, '../core/print-worker.mjs'),
      writingWorker: join(here, '../core/writing-worker.mjs'),
      printFonts: join(here, '../core/fonts'),
      version: app.getVersion(),
      cardTlsAddon: join(here, '../core/card-tls.node'),
    },
    onEvent: onCoreEvent,
    onHostRequest,
    onLost: () => {
      card.stop()
      if (lastPhase !== 'open') return
      lastPhase = 'start'
      void forgetEverything()
    },
    now: () => performance.now(),
    log,
  })

  const card = createCardProcess({
    fork: () =>
      utilityProcess.fork(commandLine.card ?? join(here, '../card/card.mjs'), [], {
        serviceName: 'SousPli card',
        // The card vendor's PKCS#11 module is not signed by us.
        allowLoadingUnsignedLibraries: true,
      }),
    newChannel: () => new MessageChannelMain(),
    onPort: (port) => core.send({ kind: 'card-port' }, [port]),
    // The core sees its port close; the code is for the log.
    onExit: (code) => log(`card process ended with code ${code}`),
  })

  await guardSession(partition, devSocket(commandLine.devServer))
  partition.protocol.handle(
    schemes.app,
    commandLine.devServer === null
      ? createAppHandler({
          root: commandLine.renderer ?? join(here, '../renderer'),
          policy: (nonce) => windowPolicy(origins, nonce, null),
        })
      : createDevHandler(commandLine.devServer, (nonce, socket) => windowPolicy(origins, nonce, socket)),
  )
  partition.protocol.handle(schemes.part, createPartHandler(core, origins.appOrigin))
  partition.protocol.handle(schemes.mail, mailFrames.handle)

  const answers = createWindowCalls({
    core,
    dialog,
    shell,
    app,
    openedFolder,
    host,
    platform: process.platform,
    cpsGestion: createCpsGestion({ platform: process.platform, environment: process.env }),
  })
  const isWindowCall = (method: Method): method is keyof typeof windowCalls =>
    Object.hasOwn(windowCalls, method)
  installIpc({
    ipcMain,
    isOurs: (contents) => [...windows].some((window) => window.webContents === contents),
    answer: (method, input, sender) => {
      const window = [...windows].find((one) => one.webContents === sender)
      if (!isWindowCall(method) || window === undefined) return core.invoke(method, input)
      // ipc.ts parsed the input with this very method's schema.
      return (answers[method] as (input: unknown, window: BrowserWindow) => Promise<OutcomeData>)(
        input,
        window,
      )
    },
    onActivity: () => core.send({ kind: 'activity' }),
    log,
  })

  const openWindow = async (): Promise<void> => {
    const { workAreaSize } = screen.getPrimaryDisplay()
    const window = new BrowserWindow(
      windowOptions(join(here, 'preload.cjs'), host, app.isPackaged, workAreaSize),
    )
    windows.add(window)
    window.on('closed', () => windows.delete(window))
    guardNavigation(window.webContents)
    reviveWindow(window, { now: () => performance.now(), log })
    await window.loadURL(appPage)
  }

  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(process.platform, app.isPackaged)))
  powerMonitor.on('suspend', () => core.send({ kind: 'power', event: 'suspend' }))
  powerMonitor.on('resume', () => core.send({ kind: 'power', event: 'resume' }))
  powerMonitor.on('lock-screen', () => core.send({ kind: 'power', event: 'lock-screen' }))
  // The arguments of a second start are anybody's: they are not read.
  app.on('second-instance', () => {
    const [window] = windows
    if (window === undefined) return
    if (window.isMinimized()) window.restore()
    window.focus()
  })
  app.on('activate', () => {
    if (windows.size === 0) openWindow().catch(() => log('the window did not open'))
  })
  app.on('window-all-closed', () => app.quit())
  let stopped = false
  app.on('will-quit', (event) => {
    if (stopped) return
    event.preventDefault()
    card.stop()
    core
      .stop(stopLimitMs)
      .then(wipe)
      .catch(() => log('stopping failed'))
      .finally(() => {
        stopped = true
        app.quit()
      })
  })
  await openWindow()
}

if (app.isPackaged && asksForDebugging(process.argv)) app.exit(1)
app.enableSandbox()
// The hot-reload socket is on this machine; never set in a packaged product.
if (commandLine.devServer !== null) app.commandLine.appendSwitch('disable-features', localNetworkChecks)
if (commandLine.profile !== null) app.setPath('userData', join(commandLine.profile, 'desktop'))
if (!app.requestSingleInstanceLock()) app.exit(0)
else {
  const privileges = { standard: true, secure: true, supportFetchAPI: true, corsEnabled: true, stream: true }
  protocol.registerSchemesAsPrivileged(Object.values(schemes).map((scheme) => ({ scheme, privileges })))
  // Whatever else might come to be (a webview, a popup) gets no navigation and no window either.
  app.on('web-contents-created', (_event, contents) =>
    contents.setWindowOpenHandler(() => ({ action: 'deny' })),
  )
  app
    .whenReady()
    .then(() => start(commandLine.profile ?? join(app.getPath('userData'), 'profile')))
    .catch((error: unknown) => {
      // Messages of the system hold paths, and those hold names.
      const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
      log(
        `start failed: ${error instanceof Error ? error.name : typeof error} ${typeof code === 'string' ? code : ''}`.trim(),
      )
      app.exit(1)
    })
}
