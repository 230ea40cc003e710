import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { startStandinHost } from './host.ts'
import type { StandinHost } from './host.ts'
import { createWireEnd } from './wire.ts'
import { createWindowsOfApp } from './windows-of-app.ts'
import type { Traffic } from './windows-of-app.ts'

export interface StandinOptions {
  /** Built main bundle; `dist/main/main.mjs` by default. */
  main?: string
  /** `--profile=…`, `--policy=…`, `--core=…` and so on. */
  args?: readonly string[]
  headless?: boolean
  env?: Readonly<Record<string, string>>
  /** A host to share; one is started, and closed with the app, otherwise. */
  host?: StandinHost
  /** Milliseconds to wait for the first window. */
  timeout?: number
  /** Show the app's standard error as it comes. */
  verbose?: boolean
}

export interface DialogAnswers {
  showSaveDialog: { canceled: boolean; filePath: string }
  showOpenDialog: { canceled: boolean; filePaths: string[] }
}

export interface StandinApp {
  /** Page of the first window. */
  page: Page
  windows: () => Page[]
  host: StandinHost
  traffic: Traffic
  /** Resolves with the next address given to the system's browser (those given earlier count, each once). */
  waitForExternal: (timeoutMs?: number) => Promise<string>
  /** Paths given to the system to open. */
  openedPaths: string[]
  setDialogAnswer: <M extends keyof DialogAnswers>(method: M, answer: DialogAnswers[M]) => void
  emitPower: (event: 'suspend' | 'resume' | 'lock-screen' | 'unlock-screen') => Promise<void>
  /** Kills the app process at once, as a crash does. */
  kill: () => Promise<void>
  /** Quits as a user does; resolves with the exit code. */
  close: () => Promise<number | null>
  exited: Promise<number | null>
  logs: () => string
  pid: number
}

const root = join(import.meta.dirname, '../..')
const here = import.meta.dirname

/** Starts the product's real main bundle on plain Node with the stand-in for `electron`, and waits for its first window. */
export const launchStandin = async (options: StandinOptions = {}): Promise<StandinApp> => {
  const host = options.host ?? (await startStandinHost({ headless: options.headless ?? true }))
  const child = fork(options.main ?? join(root, 'dist/main/main.mjs'), [...(options.args ?? [])], {
    serialization: 'advanced',
    execArgv: ['--import', join(here, 'register.ts'), '--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, ...options.env },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (data: Buffer) => {
      output = (output + data.toString('utf8')).slice(-1_000_000)
      if (options.verbose === true) process.stderr.write(data)
    })
  }
  const exited: Promise<number | null> = once(child, 'exit').then(([code]) => code as number | null)

  const externals: string[] = []
  let waitingExternal: ((url: string) => void) | null = null
  const openedPaths: string[] = []
  const answers: DialogAnswers = {
    showSaveDialog: { canceled: true, filePath: '' },
    showOpenDialog: { canceled: true, filePaths: [] },
  }

  const end = createWireEnd(
    (message) => {
      if (child.connected) child.send(message, () => undefined) // a dead app is noticed by its exit
    },
    (op, payload) => handle(op, payload),
  )
  const windows = createWindowsOfApp(host, end.request)
  const handle = async (op: string, payload: unknown): Promise<unknown> => {
    if (op === 'ready') return null
    if (op === 'external') {
      const { url } = payload as { url: string }
      if (waitingExternal !== null) waitingExternal(url)
      else externals.push(url)
      return null
    }
    if (op === 'open-path') {
      openedPaths.push((payload as { path: string }).path)
      return ''
    }
    if (op === 'dialog') {
      const { method } = payload as { method: string }
      return Object.hasOwn(answers, method) ? answers[method as keyof DialogAnswers] : null
    }
    return windows.handle(op, payload)
  }
  child.on('message', (message) => end.receive(message))

  let finishing: Promise<void> | null = null
  const finish = (): Promise<void> =>
    (finishing ??= (async () => {
      end.end()
      await windows.close()
      if (options.host === undefined) await host.close()
    })())
  // An app that ends by itself (its window was closed) leaves no page behind either.
  exited.then(finish).catch(() => undefined) // the browser is gone already

  const timer = Promise.withResolvers<never>()
  const timeout = setTimeout(() => timer.reject(new Error('no window in time')), options.timeout ?? 60_000)
  let page: Page
  try {
    page = await Promise.race([
      windows.waitForWindow(),
      timer.promise,
      exited.then((code) => Promise.reject(new Error(`the app ended with code ${code}`))),
    ])
  } catch (cause) {
    child.kill('SIGKILL')
    await exited
    await finish()
    throw new Error(`electron-standin: ${cause instanceof Error ? cause.message : 'failed'}\n${output}`, {
      cause,
    })
  } finally {
    clearTimeout(timeout)
  }

  return {
    page,
    windows: windows.windows,
    host,
    traffic: windows.traffic,
    waitForExternal: (timeoutMs = 15_000) => {
      const [given] = externals.splice(0, 1)
      if (given !== undefined) return Promise.resolve(given)
      return new Promise((resolve, reject) => {
        const late = setTimeout(() => {
          waitingExternal = null
          reject(new Error('nothing was given to the system’s browser in time'))
        }, timeoutMs)
        waitingExternal = (url) => {
          clearTimeout(late)
          waitingExternal = null
          resolve(url)
        }
      })
    },
    openedPaths,
    setDialogAnswer: (method, answer) => {
      answers[method] = answer
    },
    emitPower: async (event) => {
      await end.request('power', { event })
    },
    kill: async () => {
      child.kill('SIGKILL')
      await exited
      await finish()
    },
    close: async () => {
      // Also of an app that answers nothing any more.
      const forced = setTimeout(() => child.kill('SIGKILL'), 10_000)
      if (child.connected) await end.request('quit').catch(() => undefined) // already going
      const code = await exited
      clearTimeout(forced)
      await finish()
      return code
    },
    exited,
    logs: () => output,
    pid: child.pid ?? -1,
  }
}
