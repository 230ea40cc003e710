import { parentPort } from 'node:worker_threads'

if (!parentPort) throw new Error('the directory worker must be started as a worker thread')
