import { Worker } from 'node:worker_threads'
import { fail, ok, type ErrorData, type Outcome } from '../contract/errors.ts'
import type { FromWorker, ToWorker } from './worker-protocol.ts'

/** How long the worker may take to close the file by itself, then to be ended; together below the second promised. */
const closeGrace = 600
const terminateGrace = 250

/**
 * The worker's heap, mebibytes: a batch of bodies on its way takes some ten; without a limit garbage is kept until it takes
 * ten times that.
 */
const resourceLimits = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 160 }

/** A database open in its worker thread. */
export interface StoreConnection {
  /** Runs an operation after those asked before; `vault.locked` when the store is stopped meanwhile. */
  run(name: string, params: unknown): Promise<Outcome<unknown>>
  /** Drops the queue, interrupts what runs, closes the file. Never longer than 0.9 s. */
  stop(): Promise<void>
  /** Settles when the thread has ended, whoever ended it. */
  ended: Promise<void>
}

interface Job {
  name: string
  params: unknown
  settle: (outcome: Outcome<unknown>) => void
}

const locked = (): Outcome<never> => fail('vault.locked', { retry: 'after-login' })

const received = (error: ErrorData, trace: string): Outcome<never> =>
  fail(error.code, {
    retry: error.retry,
    ...(error.details ? { details: error.details } : {}),
    ...(trace ? { cause: new Error('in the vault worker', { cause: trace }) } : {}),
  })

/**
 * Starts the worker thread and opens the database in it. The key is moved to the worker (its buffer is detached here)
 * and zeroed there once used. Fails with the codes of `openStore`.
 */
export const connectStore = async (params: {
  workerEntry: string
  path: string
  key: Uint8Array<ArrayBuffer>
  create: boolean
  now(): number
}): Promise<Outcome<StoreConnection>> => {
  const worker = new Worker(params.workerEntry, { name: 'vault', env: {}, execArgv: [], resourceLimits })
  const stopping = new SharedArrayBuffer(4)
  const post = (message: ToWorker, transfer: ArrayBuffer[] = []): void => {
    worker.postMessage(message, transfer)
  }
  const waiting: Job[] = []
  let current: Job | undefined
  let serial = 0
  let stopped = false
  let broken: unknown
  const opening = Promise.withResolvers<Outcome<void>>()
  const closed = Promise.withResolvers<void>()
  const exit = Promise.withResolvers<void>()

  const next = (): void => {
    if (current || stopped) return
    current = waiting.shift()
    if (!current) return
    serial += 1
    post({ type: 'run', id: serial, name: current.name, params: current.params, at: params.now() })
  }
  const finish = (outcome: Outcome<unknown>): void => {
    const job = current
    current = undefined
    job?.settle(outcome)
    next()
  }
  const drop = (outcome: () => Outcome<never>): void => {
    stopped = true
    for (const job of waiting.splice(0)) job.settle(outcome())
  }
  worker.on('message', (message: FromWorker) => {
    switch (message.type) {
      case 'opened':
        opening.resolve(ok(undefined))
        break
      case 'refused':
        opening.resolve(received(message.error, message.trace))
        break
      case 'done':
        finish(ok(message.value))
        break
      case 'failed':
        finish(received(message.error, message.trace))
        break
      case 'closed':
        closed.resolve()
        break
    }
  })
  worker.on('error', (error) => {
    broken = error
  })
  worker.on('exit', () => {
    const outcome = broken === undefined ? locked() : fail<never>('core.internal', { cause: broken })
    drop(() => outcome)
    finish(outcome)
    opening.resolve(broken === undefined ? fail('core.internal') : outcome)
    closed.resolve()
    exit.resolve()
  })

  const stop = async (): Promise<void> => {
    drop(locked)
    Atomics.store(new Int32Array(stopping), 0, 1)
    post({ type: 'close' })
    await within(closeGrace, closed.promise)
    finish(locked())
    await within(terminateGrace, worker.terminate())
  }

  post({ type: 'open', path: params.path, key: params.key, create: params.create, stopping }, [
    params.key.buffer,
  ])
  const opened = await opening.promise
  if (!opened.ok) {
    await stop()
    return opened
  }
  return ok({
    run: (name, operationParams) =>
      new Promise((settle) => {
        if (stopped) {
          settle(locked())
          return
        }
        waiting.push({ name, params: operationParams, settle })
        next()
      }),
    stop,
    ended: exit.promise,
  })
}

const within = async (milliseconds: number, work: Promise<unknown>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds)
  })
  await Promise.race([work, late])
  clearTimeout(timer)
}
