import { randomBytes } from 'node:crypto'
import { parentPort, workerData } from 'node:worker_threads'
import { toErrorData } from '../../contract/index.ts'
import { doJob, type JobAnswer, type WritingJob } from './jobs.ts'
import type { Typefaces } from './pdf/archive-pdf.ts'

if (!parentPort) throw new Error('documents are written in a worker thread')
const port = parentPort
const fonts = workerData as Typefaces

port.on('message', (job: WritingJob) => {
  void doJob(job, fonts, randomBytes).then((outcome) => {
    const answer: JobAnswer = outcome.ok ? outcome : { ok: false, error: toErrorData(outcome.error) }
    port.postMessage(answer)
  })
})
