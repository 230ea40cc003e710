import { Worker } from 'node:worker_threads'
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
  let worker: Worker | null = null
  let idle: NodeJS.Timeout | undefined

  const start = (): Worker => {
    const thread = new Worker(params.entry, {
      name: 'indexing',
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: params.heapMebibytes, maxYoungGenerationSizeMb: 16 },
      // Libraries complain of files there; what a file holds is in no log.
      stdout: true,
      stderr: true,
    })
    thread.stdout.resume()
    thread.stderr.resume()
    // Said to whoever waits for a message there; between messages, only that it is gone.
    const gone = (): void => {
      if (worker === thread) worker = null
    }
    thread.on('error', gone).on('exit', gone)
    return thread
  }
  const end = async (): Promise<void> => {
    const ending = worker
    worker = null
    await ending?.terminate()
  }

  return {
    extract: (raw) => {
      const thread = (worker ??= start())
      clearTimeout(idle)
      const done = Promise.withResolvers<Extracted | null>()
      const lost = (): void => done.resolve(null)
      const answered = (answer: FromExtractor): void => done.resolve(answer.ok ? answer.extracted : null)
      const timer = setTimeout(() => {
        lost()
        void end()
      }, params.limitMilliseconds)
      thread.on('message', answered).on('messageerror', lost).on('error', lost).on('exit', lost)
      thread.ref()
      // Bytes of a pool belong to others too: only a buffer of one's own is given away.
      const alone = raw.byteLength === raw.buffer.byteLength && raw.buffer instanceof ArrayBuffer
      thread.postMessage({ raw } satisfies ToExtractor, alone ? [raw.buffer] : [])
      return done.promise.finally(() => {
        clearTimeout(timer)
        thread.off('message', answered).off('messageerror', lost).off('error', lost).off('exit', lost)
        thread.unref()
        idle = setTimeout(() => void end(), params.idleMilliseconds).unref()
      })
    },
    stop: async () => {
      clearTimeout(idle)
      await end()
    },
  }
}
