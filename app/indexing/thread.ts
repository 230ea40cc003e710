import { Worker } from 'node:worker_threads'
import { createThreadOnDemand } from '../threads/index.ts'
import type { Extracted } from './extract.ts'

export interface ToExtractor {
  raw: Uint8Array
}
export type FromExtractor = { ok: true; extracted: Extracted } | { ok: false }

/** Reads attachments off the core's event loop, one message at a time. */
export interface Extractor {
  /** The source is given away. Null when it could not be read: a fault, too long, too much memory, or stopped. */
  extract: (raw: Uint8Array) => Promise<Extracted | null>
  /** Ends the thread and what it holds; the next message starts another one. */
  stop: () => Promise<void>
}

/** A worker thread started with the first message, again after a crash, ended when it has had nothing to do for a while. */
export const createExtractor = (params: {
  entry: string
  limitMilliseconds: number
  idleMilliseconds: number
  heapMebibytes: number
}): Extractor => {
  const thread = createThreadOnDemand<ToExtractor, FromExtractor>({
    open: () => {
      const opened = new Worker(params.entry, {
        name: 'indexing',
        env: {},
        execArgv: [],
        resourceLimits: { maxOldGenerationSizeMb: params.heapMebibytes, maxYoungGenerationSizeMb: 16 },
        // Libraries complain of files there; what a file holds is in no log.
        stdout: true,
        stderr: true,
      })
      opened.stdout.resume()
      opened.stderr.resume()
      return opened
    },
    limitMilliseconds: params.limitMilliseconds,
    idleMilliseconds: params.idleMilliseconds,
  })
  return {
    extract: async (raw) => {
      // Bytes of a pool belong to others too: only a buffer of one's own is given away.
      const alone = raw.byteLength === raw.buffer.byteLength && raw.buffer instanceof ArrayBuffer
      const reply = await thread.ask(() =>
        Promise.resolve({ message: { raw }, transfer: alone ? [raw.buffer] : [] }),
      )
      return reply.kind === 'answered' && reply.answer.ok ? reply.answer.extracted : null
    },
    stop: () => thread.stop(),
  }
}
