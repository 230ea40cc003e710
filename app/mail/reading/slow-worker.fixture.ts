/** A reading worker that takes its time to start, as on a workstation whose disk is busy. */
import { parentPort } from 'node:worker_threads'
import { serveReading } from './serve.ts'

if (!parentPort) throw new Error('a worker thread')
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500)
serveReading(parentPort, () =>
  Promise.resolve({ patient: null, documentLabel: null, documentCount: 0, alert: null, extraText: '' }),
)
