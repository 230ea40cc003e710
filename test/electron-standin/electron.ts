/**
 * What `import … from 'electron'` gives under the stand-in: the subset of Electron's main-process API that main/ uses.
 * A name that is missing here fails when main is loaded; a member that is missing throws and names itself.
 */
import { app as application } from './application.ts'
import { strict } from './strict.ts'
import { closeAllWindows } from './windows.ts'

application.onQuit(closeAllWindows)

export const app = strict('app', application.api)
export { dialog, Menu, powerMonitor, safeStorage, screen, shell } from './desktop.ts'
export { protocol, session } from './sessions.ts'
export { MessageChannelMain, utilityProcess } from './utility-process.ts'
export { BrowserWindow, ipcMain } from './windows.ts'
