import { Worker } from 'node:worker_threads'
import { fail, type Outcome } from '../../contract/index.ts'
import { createThreadOnDemand } from '../../threads/index.ts'
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

/** One worker thread for documents, one job at a time; it ends after a while without any. */
export const createWritingThread = (params: {
  entry: string
  fonts: () => Promise<Typefaces>
}): WritingThread => {
  const thread = createThreadOnDemand<WritingJob, JobAnswer>({
    open: async () =>
      new Worker(params.entry, {
        name: 'writing',
        env: {},
        execArgv: [],
        workerData: await params.fonts(),
      }),
    limitMilliseconds: 60_000,
    idleMilliseconds: 20_000,
  })
  const outcomeOf = async (job: WritingJob): Promise<Outcome<unknown>> => {
    const reply = await thread.ask(() => Promise.resolve({ message: job, transfer: [] }))
    switch (reply.kind) {
      case 'answered':
        return reply.answer
      case 'late':
        return fail('core.internal')
      case 'lost':
        return fail('core.internal', { cause: reply.cause })
      case 'stopped':
        return fail('core.unavailable', { retry: 'later' })
    }
  }
  return {
    // The worker answers each kind with its own result.
    run: (job) => outcomeOf(job) as Promise<Outcome<never>>,
    stop: () => thread.stop(),
  }
}
