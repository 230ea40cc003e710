import { parentPort } from 'node:worker_threads'
import { extractTexts } from './extract.ts'
import type { FromExtractor, ToExtractor } from './thread.ts'

if (!parentPort) throw new Error('the indexing worker must be started as a worker thread')
const port = parentPort

port.on('message', ({ raw }: ToExtractor) => {
  void extractTexts(raw).then(
    (extracted) => port.postMessage({ ok: true, extracted } satisfies FromExtractor),
    // The message itself, never its content, goes to nobody: its bytes are at fault.
    () => port.postMessage({ ok: false } satisfies FromExtractor),
  )
})
