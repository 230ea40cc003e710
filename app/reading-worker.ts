/** Entry of the reading worker: what is done with a message's bytes at synchronisation happens here (architecture §2). */
import { parentPort } from 'node:worker_threads'
import { enrichMessage } from './enrichment.ts'
import { serveReading } from './mail/index.ts'

if (!parentPort) throw new Error('the reading worker must be started as a worker thread')
serveReading(parentPort, enrichMessage)
