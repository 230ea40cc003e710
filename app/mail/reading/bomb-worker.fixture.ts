/** A reading worker whose enrichment does harm where the subject says so. */
import { parentPort } from 'node:worker_threads'
import { serveReading } from './serve.ts'
import type { Enrichment } from './source.ts'

const nothing: Enrichment = {
  patient: null,
  documentLabel: null,
  documentCount: 0,
  alert: null,
  extraText: '',
}

if (!parentPort) throw new Error('a worker thread')
serveReading(parentPort, ({ parsed }) => {
  if (parsed.subject === 'without end') for (;;);
  if (parsed.subject === 'without limit') {
    const kept: unknown[] = []
    for (;;) kept.push(new Array(10_000).fill(kept.length))
  }
  if (parsed.subject === 'fault') throw new Error('a fault')
  if (parsed.subject === 'exit') process.exit(3)
  return Promise.resolve(nothing)
})
