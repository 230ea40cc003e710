import { spawn } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { join } from 'node:path'
import type { OutcomeData } from '../app/contract/index.ts'

/** *CPS-Gestion*, installed with the Cryptolib CPS: changes PINs and unblocks cards (cps-card.md §1.1). */
export interface CpsGestion {
  /** Its program file; null where it is not installed, and on macOS, where no path of it is known. */
  find: () => Promise<string | null>
  /** Starts it on its own. Error: card.pin-program-missing. */
  open: () => Promise<OutcomeData>
}

export interface CpsGestionOptions {
  platform: NodeJS.Platform
  environment: NodeJS.ProcessEnv
  /** Whether a file may be run. */
  mayRun?: (path: string) => Promise<boolean>
  /** Starts a program that outlives SousPli; false when the system refuses. */
  run?: (path: string) => Promise<boolean>
}

const candidates = ({ platform, environment }: CpsGestionOptions): string[] => {
  if (platform === 'linux') return ['/opt/santesocial/CPS/bin/cpgeslux']
  if (platform !== 'win32') return []
  const roots = [environment['ProgramFiles'], environment['ProgramFiles(x86)']].filter(
    (root) => root !== undefined,
  )
  return roots.flatMap((root) =>
    ['cpgesw64.exe', 'cpgesw32.exe'].map((name) => join(root, 'santesocial', 'CPS', name)),
  )
}

const fileMayRun = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  )

const start = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const child = spawn(path, [], { detached: true, stdio: 'ignore' })
    child.once('error', () => resolve(false))
    child.once('spawn', () => {
      child.unref()
      resolve(true)
    })
  })

/** Finds and starts CPS-Gestion at the places its installer uses; no path ever comes from a window. */
export const createCpsGestion = (options: CpsGestionOptions): CpsGestion => {
  const { mayRun = fileMayRun, run = start } = options
  const find = async (): Promise<string | null> => {
    for (const path of candidates(options)) if (await mayRun(path)) return path
    return null
  }
  return {
    find,
    open: async () => {
      const path = await find()
      return path !== null && (await run(path))
        ? { ok: true, value: null }
        : { ok: false, error: { code: 'card.pin-program-missing', retry: 'after-change' } }
    },
  }
}
