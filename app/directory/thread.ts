import { setTimeout as wait } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { fail, ok, type Outcome } from '../contract/index.ts'
import type { ImportProgress } from './base/import.ts'
import type { BaseThreadData, BaseWork, FromBase, ToBase, WorkName } from './protocol.ts'

/** The base open in a thread of its own. */
export interface BaseThread {
  /** Runs a work after those asked before. `vault.cancelled` when the thread is stopped meanwhile. */
  run<N extends WorkName>(name: N, params: BaseWork[N]['params']): Promise<Outcome<BaseWork[N]['answer']>>
  /** Ends what runs, and the thread. */
  stop(): Promise<void>
}

/** The writer's heap holds blocks of lines and two tables of numbers; the reader's, a page of answers. */
const heapMebibytes = { read: 48, write: 128 } as const

/** Milliseconds a work that was stopped has to end by itself. */
const grace = 600

interface Waiting {
  settle: (outcome: Outcome<unknown>) => void
}

export const startBaseThread = (params: {
  entry: string
  role: BaseThreadData['role']
  path: string
  /** Given away: a copy is wiped in the thread. */
  key: Uint8Array
  onProgress?: (progress: ImportProgress) => void
}): BaseThread => {
  const stopping = new SharedArrayBuffer(4)
  const workerData: BaseThreadData = {
    role: params.role,
    path: params.path,
    key: params.key,
    stopping,
  }
  const worker = new Worker(params.entry, {
    name: `directory-${params.role}`,
    env: {},
    execArgv: [],
    workerData,
    resourceLimits: {
      maxOldGenerationSizeMb: heapMebibytes[params.role],
      maxYoungGenerationSizeMb: 8,
    },
  })
  // The thread has its own copy, and wipes it.
  params.key.fill(0)
  worker.unref()
  const waiting = new Map<number, Waiting>()
  let serial = 0
  let ended: Outcome<never> | null = null

  worker.on('message', (message: FromBase) => {
    if (message.kind === 'progress') {
      params.onProgress?.(message.progress)
      return
    }
    const asked = waiting.get(message.id)
    waiting.delete(message.id)
    asked?.settle(
      message.kind === 'done'
        ? ok(message.answer)
        : fail(message.code, {
            ...(message.trace
              ? { cause: new Error('in the directory worker', { cause: message.trace }) }
              : {}),
          }),
    )
  })
  const end = (outcome: Outcome<never>): void => {
    ended ??= outcome
    for (const { settle } of waiting.values()) settle(ended)
    waiting.clear()
  }
  // A thread ended while it starts, or in the middle of a statement, may fall rather than stop.
  worker.on('error', (cause) =>
    end(
      Atomics.load(new Int32Array(stopping), 0) === 1
        ? fail('vault.cancelled')
        : fail('core.internal', { cause }),
    ),
  )
  const idle = async (): Promise<void> => {
    while (waiting.size > 0) await wait(10)
  }
  const exit = new Promise<void>((resolve) => {
    worker.on('exit', () => {
      end(fail('vault.cancelled'))
      resolve()
    })
  })

  return {
    run: async (name, input) => {
      if (ended) return ended
      serial += 1
      const id = serial
      const { promise, resolve } = Promise.withResolvers<Outcome<unknown>>()
      waiting.set(id, { settle: resolve })
      worker.postMessage({ id, name, params: input } satisfies ToBase)
      // The thread answers with what this very work returned.
      return (await promise) as Outcome<BaseWork[typeof name]['answer']>
    },
    stop: async () => {
      Atomics.store(new Int32Array(stopping), 0, 1)
      // A work that sees the flag ends by itself, with its transaction.
      if (waiting.size > 0) await Promise.race([exit, idle(), wait(grace, undefined, { ref: false })])
      await worker.terminate()
      await exit
    },
  }
}
