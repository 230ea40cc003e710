import { Worker } from 'node:worker_threads'
import { fail, type Outcome } from '../../contract/index.ts'
import type { JobAnswer, WritingJob, WritingResults } from './jobs.ts'
import type { Typefaces } from './pdf/archive-pdf.ts'

export interface WritingThread {
  /** Does a job after those asked before. Errors: those of the job, `core.internal`, `core.unavailable` when stopped. */
  run: <K extends WritingJob['kind']>(
    job: Extract<WritingJob, { kind: K }>,
  ) => Promise<Outcome<WritingResults[K]>>
  /** Ends the worker and what it holds; the next job starts another. */
  stop: () => Promise<void>
}

const limitMilliseconds = 60_000
const idleMilliseconds = 20_000

/** One worker thread for documents, one job at a time; it ends after a while without any. */
export const createWritingThread = (params: {
  entry: string
  fonts: () => Promise<Typefaces>
}): WritingThread => {
  let worker: Worker | null = null
  let idle: NodeJS.Timeout | undefined
  let queue: Promise<unknown> = Promise.resolve()
  let stops = 0

  const end = async (): Promise<void> => {
    const ending = worker
    worker = null
    await ending?.terminate()
  }

  const attempt = async (job: WritingJob): Promise<Outcome<unknown>> => {
    const asked = stops
    clearTimeout(idle)
    if (!worker) {
      const fonts = await params.fonts()
      if (asked !== stops) return fail('core.unavailable', { retry: 'later' })
      worker = new Worker(params.entry, { name: 'writing', env: {}, execArgv: [], workerData: fonts })
      const started = worker
      // Said to whoever has a job there; between jobs, only that it is gone.
      started.on('error', () => undefined)
      started.on('exit', () => {
        if (worker === started) worker = null
      })
    }
    const thread = worker
    const done = Promise.withResolvers<Outcome<unknown>>()
    const lost = (cause?: unknown): void =>
      done.resolve(
        asked === stops ? fail('core.internal', { cause }) : fail('core.unavailable', { retry: 'later' }),
      )
    const exited = (): void => lost()
    const answered = (answer: JobAnswer): void => done.resolve(answer)
    const timer = setTimeout(() => {
      lost()
      void end()
    }, limitMilliseconds)
    thread.on('message', answered).on('messageerror', lost).on('error', lost).on('exit', exited)
    thread.postMessage(job)
    return await done.promise.finally(() => {
      clearTimeout(timer)
      thread.off('message', answered).off('messageerror', lost).off('error', lost).off('exit', exited)
      idle = setTimeout(() => void end(), idleMilliseconds).unref()
    })
  }

  return {
    run: (job) => {
      const asked = stops
      const turn = queue.then(() =>
        asked === stops ? attempt(job) : fail('core.unavailable', { retry: 'later' }),
      )
      // Nothing is kept of what it came to: it is a document.
      queue = turn.then(
        () => undefined,
        () => undefined,
      )
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
