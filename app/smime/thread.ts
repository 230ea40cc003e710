import { Worker } from 'node:worker_threads'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import { createThreadOnDemand } from '../threads/index.ts'
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

/** One job at a time in a worker thread that is there while there is work (app/threads). */
export const createSmimeThread = (params: {
  entry: string
  limitMilliseconds: number
  idleMilliseconds: number
}): SmimeThread => {
  const thread = createThreadOnDemand<unknown, unknown>({
    open: () => new Worker(params.entry, { name: 'smime', env: {}, execArgv: [], resourceLimits }),
    limitMilliseconds: params.limitMilliseconds,
    idleMilliseconds: params.idleMilliseconds,
  })
  const outcomeOf = async (
    kind: SmimeJobKind,
    prepare: () => Promise<{ job: unknown; transfer: Uint8Array[] }>,
  ): Promise<Outcome<unknown>> => {
    const reply = await thread.ask(
      async () => {
        const { job, transfer } = await prepare()
        return { message: { kind, job }, transfer: transfer.map(({ buffer }) => buffer as ArrayBuffer) }
      },
      // Keys and content among them: nobody else will.
      { unsent: ({ transfer }) => transfer.forEach((buffer) => new Uint8Array(buffer).fill(0)) },
    )
    switch (reply.kind) {
      case 'answered':
        return ok(reply.answer)
      case 'late':
        return fail('smime.limit')
      case 'lost':
        return fail('core.internal', { cause: reply.cause })
      case 'stopped':
        return fail('core.unavailable', { retry: 'later' })
    }
  }
  return {
    // The worker answers each kind with its own result.
    run: (kind, prepare) => outcomeOf(kind, prepare) as Promise<Outcome<never>>,
    stop: () => thread.stop(),
  }
}
