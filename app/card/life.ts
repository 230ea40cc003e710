import { toErrorData, type CardModule, type CardState, type Policy } from '../contract/index.ts'
import { createConnection, type CardClock, type CardConnection, type CardPort } from './connection.ts'
import { findModules } from './modules.ts'
import type { CardRequest, Sight } from './protocol.ts'

export interface LifeDependencies {
  /** Starts the card process afresh (main does it under Electron). */
  startProcess: () => Promise<CardPort>
  policy: Pick<Policy, 'pkcs11Modules' | 'cardPollSeconds' | 'cardModuleVersion'>
  platform: NodeJS.Platform
  arch: NodeJS.Architecture
  fileExists: (path: string) => Promise<boolean>
  readFile: (path: string) => Promise<string>
  clock: CardClock
  /** Milliseconds any card operation may take before its process is killed; by operation without it. */
  watchdogMilliseconds?: number
}

/** What the life of the card process tells the service. */
export interface LifeEvents {
  show(state: CardState): void
  /** What is in the readers; null when nothing changed. */
  seen(sight: Sight | null): void
  /** A card left while it was looked at. */
  gone(): void
  /** The readers could not be looked at, so many times in a row; none with a card that is being updated. */
  unseen(failure: CardState, failures: number): void
  /** The process ended: whatever it held is void. */
  lost(): void
  loaded(module: CardModule | null): void
  /** Nobody waits for the card: something small may be asked of it. True when there is more of it. */
  idle(link: CardConnection): Promise<boolean>
}

export interface Life {
  /** Null while there is no process with a module. */
  link(): CardConnection | null
  /** Looks at the readers at once. */
  wake(): void
  /** Finalises the module and ends the process. */
  stop(): Promise<void>
}

/** Milliseconds to wait after the first, second… process lost in a row, and how long one must live to end the row. */
const restartPauses = [0, 1000, 5000, 30_000]
const steadyLife = 10_000
/** Milliseconds between two searches for a module that is missing. */
const moduleSearchPause = 5000
/** Looks that may fail in a row before a fresh process is tried: a module that lost its context finds it again so (§1.9). */
const failedLooksAllowed = 3
/** Milliseconds the card gets to finish when the program ends. */
const stopPatience = 2000
/** Package 5.2, the first that reads CPS4 cards, has modules 3.1 (Linux, macOS) and 3.4 (Windows; cps-card.md §1.1). */
const leastModuleVersion = '3.1'

const seconds = 1000
/** Milliseconds an operation may take: `C_Initialize` reads every card, and a key pad waits for fingers. */
const patienceFor = (request: CardRequest): number => {
  switch (request.op) {
    case 'load':
      return 60 * seconds
    case 'login':
      return (request.pin === '' ? 90 : 20) * seconds
    case 'change-pin':
      return (request.oldPin === '' ? 150 : 20) * seconds
    case 'unblock':
      return (request.puk === '' ? 150 : 30) * seconds
    default:
      return 20 * seconds
  }
}

/** Why a module was refused while its process lives on: the next one may do. */
const isRefusal = (code: string): boolean => code.startsWith('card.module-')

/** Keeps a card process alive with the first module that works, looks at the readers when nobody else uses it. */
export const createLife = (deps: LifeDependencies, events: LifeEvents): Life => {
  const pollPause = (deps.policy.cardPollSeconds ?? 0.5) * 1000
  let connection: CardConnection | null = null
  /** Modules that ended their process while loading, until all have been tried. */
  const crashed = new Set<string>()
  /** Processes lost in a row. */
  let losses = 0
  let stopped = false
  let wake: () => void = () => undefined

  /** Returns after so long, or earlier when woken (removal, loss of the process, stop). */
  const pause = (milliseconds: number): Promise<void> =>
    new Promise((done) => {
      if (stopped) {
        done()
        return
      }
      const cancel = deps.clock.after(milliseconds, done)
      wake = () => {
        cancel()
        done()
      }
    })

  /**
   * Looks at the readers until the process is lost or its module fails for good. Skipped while another operation runs: it would
   * only wait.
   */
  const watch = async (link: CardConnection, path: string, isLost: () => boolean): Promise<void> => {
    let failures = 0
    while (!stopped && !isLost() && failures < failedLooksAllowed) {
      let more = false
      if (!link.busy()) {
        const looked = await link.call({ op: 'look' })
        if (looked.ok) {
          failures = 0
          events.seen(looked.value.sight)
          more = !link.busy() && !isLost() && (await events.idle(link))
        } else if (looked.error.code === 'card.removed') events.gone()
        else if (!isLost()) {
          // A card being updated takes its time.
          const updating = looked.error.code === 'card.updating'
          if (!updating) failures += 1
          events.unseen({ state: 'module-failed', path, error: toErrorData(looked.error) }, failures)
        }
      }
      if (!isLost() && !more) await pause(pollPause)
    }
  }

  /** Loads the first module that works; null and `module-failed` when none does. */
  const loadFirst = async (link: CardConnection, paths: readonly string[]): Promise<CardModule | null> => {
    let failure: CardState | null = null
    for (const [index, path] of paths.entries()) {
      const minimum = deps.policy.cardModuleVersion ?? leastModuleVersion
      const loaded = await link.call({ op: 'load', path, minimum })
      if (loaded.ok) return loaded.value
      const error = toErrorData(loaded.error)
      failure ??= { state: 'module-failed', path, error }
      if (isRefusal(error.code)) continue
      // The module took its process down: the next process leaves it out and tries the others.
      crashed.add(path)
      if (index < paths.length - 1) return null
    }
    if (failure) events.show(failure)
    return null
  }

  /** One life of the card process. */
  const live = async (paths: readonly string[]): Promise<void> => {
    let lost = false
    let port: CardPort
    try {
      port = await deps.startProcess()
    } catch (cause) {
      const error = toErrorData({ code: 'card.process-lost', retry: 'later', cause })
      events.show({ state: 'module-failed', path: paths[0] ?? '', error })
      return
    }
    const { watchdogMilliseconds } = deps
    const patience = watchdogMilliseconds === undefined ? patienceFor : () => watchdogMilliseconds
    const link = createConnection(port, deps.clock, patience)
    link.onLost(() => {
      lost = true
      connection = null
      events.lost()
      wake()
    })
    connection = link
    const module = stopped ? null : await loadFirst(link, paths)
    if (module !== null) {
      events.loaded(module)
      const forget = deps.clock.after(steadyLife, () => {
        losses = 0
      })
      await watch(link, module.path, () => lost)
      forget()
      events.show({ state: 'starting' })
    }
    link.close()
  }

  const run = async (): Promise<void> => {
    while (!stopped) {
      const { found, tried } = await findModules({ ...deps, policyPaths: deps.policy.pkcs11Modules ?? [] })
      const usable = found.filter((path) => !crashed.has(path))
      const crashedBefore = crashed.size
      if (usable.length > 0) await live(usable)
      else crashed.clear()
      if (found.length === 0) {
        events.show({ state: 'no-module', tried })
        await pause(moduleSearchPause)
      } else if (crashed.size <= crashedBefore) {
        await pause(restartPauses[Math.min(losses, restartPauses.length - 1)] ?? 0)
        losses += 1
      }
    }
  }
  run().catch((cause: unknown) => {
    // Only a dependency that rejects (the file system) gets here.
    const error = toErrorData({ code: 'core.internal', retry: 'no', cause })
    events.show({ state: 'module-failed', path: '', error })
  })

  return {
    link: () => connection,
    wake: () => {
      wake()
    },
    stop: async () => {
      if (stopped) return
      stopped = true
      // A card that does not answer must not keep the program from ending.
      const cancel = deps.clock.after(stopPatience, () => connection?.close())
      await connection?.call({ op: 'stop' })
      cancel()
      connection?.close()
      wake()
    },
  }
}
