import { Worker } from 'node:worker_threads'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import type { SmimeJobKind, SmimeJobs, SmimeResults } from './worker-protocol.ts'

export interface SmimeThread {
  /**
   * Does a job in the worker, after those asked before; `prepare` makes what is given away when its turn has come. Fails
   * with `smime.limit` (time is up), `core.internal` (the worker crashed) and `core.unavailable`
   * (stopped meanwhile).
   */
  run<K extends SmimeJobKind>(
    kind: K,
    prepare: () => Promise<{ job: SmimeJobs[K]; transfer: Uint8Array[] }>,
  ): Promise<Outcome<SmimeResults[K]>>
  /** Ends the worker and what it holds; the next job starts another one. */
  stop(): Promise<void>
}

/** A small nursery: what a message needs is in its one room. */
const resourceLimits = { maxYoungGenerationSizeMb: 4 }

const nothing = (): void => undefined
const stopped = (): Outcome<never> => fail('core.unavailable', { retry: 'later' })

/**
 * One worker thread, started with the first job and again after a crash, ended when it has had nothing to do for a while;
 * one job at a time bounds the memory taken.
 */
export const createSmimeThread = (params: {
  entry: string
  limitMilliseconds: number
  idleMilliseconds: number
}): SmimeThread => {
  let worker: Worker | null = null
  let idle: NodeJS.Timeout | undefined
  let queue: Promise<unknown> = Promise.resolve()
  let stops = 0

  const start = (): Worker => {
    const thread = new Worker(params.entry, { name: 'smime', env: {}, execArgv: [], resourceLimits })
    // Said to whoever has a job there; between jobs, only that it is gone.
    thread.on('error', () => undefined)
    thread.on('exit', () => {
      if (worker === thread) worker = null
    })
    return thread
  }

  const end = async (): Promise<void> => {
    const ending = worker
    worker = null
    await ending?.terminate()
  }

  /** Here and not below, where the timer would hold the last message and its content as long as it runs. */
  const rest = (): void => {
    idle = setTimeout(() => void end(), params.idleMilliseconds).unref()
  }

  const attempt = (message: unknown, transfer: Uint8Array[]): Promise<Outcome<unknown>> => {
    const thread = (worker ??= start())
    clearTimeout(idle)
    const asked = stops
    const done = Promise.withResolvers<Outcome<unknown>>()
    const lost = (cause?: unknown): void =>
      done.resolve(asked === stops ? fail('core.internal', { cause }) : stopped())
    const exited = (): void => lost()
    const answered = (answer: unknown): void => done.resolve(ok(answer))
    const timer = setTimeout(() => {
      done.resolve(fail('smime.limit'))
      void end()
    }, params.limitMilliseconds)
    thread.on('message', answered).on('messageerror', lost).on('error', lost).on('exit', exited)
    thread.ref()
    thread.postMessage(
      message,
      transfer.map(({ buffer }) => buffer as ArrayBuffer),
    )
    return done.promise.finally(() => {
      clearTimeout(timer)
      thread.off('message', answered).off('messageerror', lost).off('error', lost).off('exit', exited)
      thread.unref()
      rest()
    })
  }

  return {
    run: (kind, prepare) => {
      const asked = stops
      const turn = queue.then(async () => {
        if (asked !== stops) return stopped()
        const { job, transfer } = await prepare()
        if (asked === stops) return attempt({ kind, job }, transfer)
        // Keys and content among them: nobody else will.
        for (const bytes of transfer) bytes.fill(0)
        return stopped()
      })
      // Nothing is kept of what it came to: it may be a decrypted message.
      queue = turn.then(nothing, nothing)
      // The worker answers each kind with its own result.
      return turn as Promise<Outcome<never>>
    },
    stop: async () => {
      stops += 1
      clearTimeout(idle)
      await end()
    },
  }
}
