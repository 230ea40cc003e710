import type { App, BrowserWindow, Dialog, Shell } from 'electron'
import { basename } from 'node:path'
import type { Input, OutcomeData, windowCalls } from '../app/contract/index.ts'
import type { CoreProcess } from './core-process.ts'
import type { CpsGestion } from './cps-gestion.ts'
import { openableLink } from './navigation.ts'
import { isOpenedFile, runsWhenOpened } from './opened-files.ts'
import type { Host } from './origins.ts'

export interface WindowCallsOptions {
  core: Pick<CoreProcess, 'savePart' | 'copyPartToOpen' | 'grantPaths' | 'send'>
  dialog: Pick<Dialog, 'showSaveDialog' | 'showOpenDialog'>
  shell: Pick<Shell, 'openExternal' | 'openPath'>
  app: Pick<App, 'getVersion'>
  openedFolder: string
  host: Host
  platform: NodeJS.Platform
  cpsGestion: CpsGestion
}

const done: OutcomeData = { ok: true, value: null }
const invalid: OutcomeData = { ok: false, error: { code: 'contract.invalid-request', retry: 'no' } }
const unavailable: OutcomeData = { ok: false, error: { code: 'part.unavailable', retry: 'no' } }

type WindowMethod = keyof typeof windowCalls
type WindowAnswers = { [M in WindowMethod]: (input: Input<M>, window: BrowserWindow) => Promise<OutcomeData> }

/** A bare name: no folder, no control character, never empty. */
const bareName = (fileName: string): string =>
  basename(fileName.replaceAll('\\', '/'))
    .replace(/[\p{Cc}\p{Cf}<>:"|?*]/gu, '_')
    .replace(/^\.+/, '_') || 'document'

const print = (
  core: Pick<CoreProcess, 'send'>,
  { what, messageId }: Input<'window.print'>,
  window: BrowserWindow,
): Promise<OutcomeData> =>
  new Promise((resolve) => {
    window.webContents.print({}, (printed) => {
      // A user who cancels has printed nothing and that is no error.
      if (printed && what !== 'recovery-code') core.send({ kind: 'printed', what, messageId })
      resolve(done)
    })
  })

const backupExtension = 'souspli'
/** Files of one import, at most. */
const mostFiles = 1000

const chooseFolder = async (
  dialog: WindowCallsOptions['dialog'],
  window: BrowserWindow,
): Promise<string | null> => {
  const choice = await dialog.showOpenDialog(window, { properties: ['openDirectory', 'createDirectory'] })
  return choice.canceled ? null : (choice.filePaths[0] ?? null)
}

const chooseFile = async (
  dialog: WindowCallsOptions['dialog'],
  window: BrowserWindow,
  defaultPath: string,
  extension: string,
): Promise<string | null> => {
  const choice = await dialog.showSaveDialog(window, {
    defaultPath,
    filters: [{ name: extension.toUpperCase(), extensions: [extension] }],
    properties: ['createDirectory', 'showOverwriteConfirmation'],
  })
  return choice.canceled || choice.filePath === '' ? null : choice.filePath
}

/** The calls of contract/window.ts, answered by main itself. */
export const createWindowCalls = (options: WindowCallsOptions): WindowAnswers => ({
  'window.savePart': async ({ url, fileName }, window) => {
    const choice = await options.dialog.showSaveDialog(window, {
      defaultPath: bareName(fileName),
      properties: ['createDirectory', 'showOverwriteConfirmation'],
    })
    if (choice.canceled || choice.filePath === '') return { ok: true, value: false }
    const saved = await options.core.savePart(url, choice.filePath)
    return saved.ok ? { ok: true, value: true } : saved
  },
  'window.openPart': async ({ url, fileName }) => {
    const name = bareName(fileName)
    if (runsWhenOpened(name)) return invalid
    const copied = await options.core.copyPartToOpen(url, name)
    if (!copied.ok) return copied
    const path = copied.value
    if (
      typeof path !== 'string' ||
      runsWhenOpened(path) ||
      !(await isOpenedFile(options.openedFolder, path))
    ) {
      return unavailable
    }
    return (await options.shell.openPath(path)) === '' ? done : unavailable
  },
  'window.chooseImport': async ({ kind }, window) => {
    const choice = await options.dialog.showOpenDialog(window, {
      properties: kind === 'folder' ? ['openDirectory'] : ['openFile', 'multiSelections'],
    })
    if (choice.canceled || choice.filePaths.length === 0) return { ok: true, value: null }
    const paths = choice.filePaths.slice(0, mostFiles)
    const granted = await options.core.grantPaths('import', paths)
    if (!granted.ok) return granted
    return { ok: true, value: { grant: granted.value, names: paths.map((path) => basename(path)) } }
  },
  'window.chooseExport': async ({ format, several, fileName }, window) => {
    const path =
      format === 'eml' && several
        ? await chooseFolder(options.dialog, window)
        : await chooseFile(options.dialog, window, bareName(fileName), format)
    if (path === null) return { ok: true, value: null }
    const use = format === 'eml' && several ? 'export-folder' : 'export-file'
    const granted = await options.core.grantPaths(use, [path])
    return granted.ok ? { ok: true, value: { grant: granted.value, name: basename(path) } } : granted
  },
  'window.chooseBackupTarget': async ({ fileName }, window) => {
    const path = await chooseFile(options.dialog, window, bareName(fileName), backupExtension)
    if (path === null) return { ok: true, value: null }
    const granted = await options.core.grantPaths('backup-target', [path])
    return granted.ok ? { ok: true, value: { grant: granted.value, name: basename(path) } } : granted
  },
  'window.chooseBackup': async (_input, window) => {
    const choice = await options.dialog.showOpenDialog(window, {
      filters: [{ name: 'SousPli', extensions: [backupExtension] }],
      properties: ['openFile'],
    })
    const [path] = choice.filePaths
    if (choice.canceled || path === undefined) return { ok: true, value: null }
    const granted = await options.core.grantPaths('backup-source', [path])
    return granted.ok ? { ok: true, value: { grant: granted.value, name: basename(path) } } : granted
  },
  'window.chooseRecordFolder': async (_input, window) => {
    const path = await chooseFolder(options.dialog, window)
    if (path === null) return { ok: true, value: null }
    const granted = await options.core.grantPaths('record-folder', [path])
    return granted.ok ? { ok: true, value: { grant: granted.value, name: basename(path) } } : granted
  },
  'window.openLink': async ({ url }) => {
    const link = openableLink(url)
    if (link === null) return invalid
    await options.shell.openExternal(link)
    return done
  },
  'window.findCpsGestion': async () => ({
    ok: true,
    value: { found: (await options.cpsGestion.find()) !== null },
  }),
  'window.openCpsGestion': () => options.cpsGestion.open(),
  'window.print': (input, window) => print(options.core, input, window),
  'window.about': () =>
    Promise.resolve({
      ok: true,
      value: { version: options.app.getVersion(), host: options.host, platform: options.platform },
    }),
})

/** True for an address the core may open in the system's browser: https, or http to this machine (a login's test provider). */
export const mayOpenForCore = (address: string): boolean => {
  if (openableLink(address) !== null) return true
  if (!URL.canParse(address)) return false
  const url = new URL(address)
  return url.protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname)
}
