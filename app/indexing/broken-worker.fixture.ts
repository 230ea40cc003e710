import { parentPort } from 'node:worker_threads'
import type { FromExtractor, ToExtractor } from './thread.ts'

/** A worker that does as its message says: answers, ends, hangs, fills its memory, or fails. */
parentPort?.on('message', ({ raw }: ToExtractor) => {
  const word = new TextDecoder().decode(raw)
  if (word === 'exit') process.exit(1)
  if (word === 'throw') throw new Error('as asked')
  if (word === 'hang') for (;;) continue
  const kept: number[][] = []
  while (word === 'memory') kept.push(new Array<number>(100_000).fill(kept.length))
  parentPort?.postMessage({
    ok: true,
    extracted: { copies: word, text: '', texts: [] },
  } satisfies FromExtractor)
})
