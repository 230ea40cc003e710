import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { askHost, onHost } from './app-channel.ts'
import { createEmitter, preventable } from './strict.ts'

const emitter = createEmitter('app', [
  'web-contents-created',
  'window-all-closed',
  'before-quit',
  'will-quit',
  'quit',
  'activate',
  'second-instance',
])

const packageFile = join(import.meta.dirname, '../../package.json')
const paths: Record<string, string> = {
  home: homedir(),
  userData: join(process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'SousPli'),
  temp: process.env['TMPDIR'] ?? '/tmp',
}

let lockFile: string | null = null
const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

const leave = (code: number): void => {
  if (lockFile !== null) rmSync(lockFile, { force: true })
  process.exit(code)
}

let quitting = false
let beforeClosing: () => void = () => undefined

const quit = (): void => {
  if (!quitting) {
    const event = preventable({})
    emitter.emit('before-quit', event)
    if (event.defaultPrevented) return
    quitting = true
    beforeClosing()
  }
  const last = preventable({})
  emitter.emit('will-quit', last)
  if (last.defaultPrevented) return
  emitter.emit('quit', {}, 0)
  leave(0)
}

/** Parts of `app` for the other files of the stand-in. */
export const app = {
  emitter,
  onQuit: (close: () => void): void => {
    beforeClosing = close
  },
  allWindowsClosed: (): void => {
    if (!quitting) emitter.emit('window-all-closed')
  },
  api: Object.assign(emitter, {
    isPackaged: false,
    enableSandbox: () => undefined,
    // Chromium is already running: the launcher gives it its switches.
    commandLine: { appendSwitch: () => undefined },
    // Answered once the host is there, which takes a turn: listeners added right after start-up are in place.
    whenReady: () => askHost('ready'),
    getVersion: () => (JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string }).version,
    getPath: (name: string): string => {
      const path = paths[name]
      if (path === undefined) throw new Error(`electron-standin: app.getPath('${name}') is not implemented`)
      return path
    },
    setPath: (name: string, path: string) => {
      mkdirSync(path, { recursive: true })
      paths[name] = path
    },
    requestSingleInstanceLock: (): boolean => {
      const folder = paths['userData'] ?? ''
      mkdirSync(folder, { recursive: true })
      const file = join(folder, 'standin-lock')
      const holder = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0
      if (holder > 0 && holder !== process.pid && isRunning(holder)) return false
      writeFileSync(file, String(process.pid))
      lockFile = file
      return true
    },
    quit,
    exit: leave,
  }),
}

onHost('quit', () => {
  setImmediate(quit)
  return Promise.resolve(null)
})
