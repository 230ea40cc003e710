import { Worker } from 'node:worker_threads'
import { fail, ok, type Outcome } from '../../contract/errors.ts'
import { packReadings, unpackReadings, type BodyReading } from '../../vault/index.ts'
import type { FromReader, ToReader } from './protocol.ts'
import { unread } from './source.ts'

/** Reads sources off the core's event loop. */
export interface SourceReader {
  /**
   * Readings of a batch in order (of null: `mime.limit`), packed for the store (`messages.storeBodies`), and the indexes of
   * those that brought the worker down: time, memory or a fault. One source alone may be given away: it takes no memory
   * here any more. Fails with `core.unavailable` when stopped meanwhile.
   */
  read(
    sources: readonly (Uint8Array | null)[],
    give?: 'give',
  ): Promise<Outcome<{ readings: Uint8Array; quarantined: number[] }>>
  /** Ends the worker and what it holds; the next batch starts another one. */
  stop(): Promise<void>
}

const stopped = (): Outcome<never> => fail('core.unavailable', { retry: 'later' })
/** Of `at`, before the worker has looked at the first source. */
const notBegun = -1
/** For its code to be read from a busy disk; that is nobody's message's fault. */
const startMilliseconds = 60_000

type Attempt = { kind: 'read'; readings: Uint8Array } | { kind: 'stopped' } | { kind: 'died'; at: number }

/**
 * One worker thread, started with the first batch, ended when it has had nothing to do for a while. A message that takes
 * longer than `limitMilliseconds` or more memory than the worker may have ends the worker; the others are read by the next one.
 */
export const createSourceReader = (params: {
  entry: string
  limitMilliseconds: number
  idleMilliseconds: number
  heapMebibytes: number
}): SourceReader => {
  let worker: Worker | null = null
  let idle: NodeJS.Timeout | undefined
  let queue: Promise<unknown> = Promise.resolve()
  let stops = 0

  const start = (): Worker => {
    const thread = new Worker(params.entry, {
      name: 'reading',
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: params.heapMebibytes, maxYoungGenerationSizeMb: 12 },
    })
    // Said to whoever waits for a batch there; between batches, only that it is gone.
    thread.on('error', () => undefined)
    thread.on('exit', () => {
      if (worker === thread) worker = null
    })
    return thread
  }

  const end = async (): Promise<void> => {
    const ending = worker
    worker = null
    await ending?.terminate()
  }

  const attempt = (
    sources: readonly (Uint8Array | null)[],
    asked: number,
    give: boolean,
  ): Promise<Attempt> => {
    const thread = (worker ??= start())
    clearTimeout(idle)
    const shared = new SharedArrayBuffer(4)
    const at = new Int32Array(shared)
    Atomics.store(at, 0, notBegun)
    const done = Promise.withResolvers<Attempt>()
    const died = (): void =>
      done.resolve(asked === stops ? { kind: 'died', at: Atomics.load(at, 0) } : { kind: 'stopped' })
    const answered = (answer: FromReader): void => {
      if ('readings' in answer) done.resolve({ kind: 'read', readings: answer.readings })
      else died()
    }
    let seen: number | null = null
    let startLeft = startMilliseconds
    const watch = setInterval(() => {
      const now = Atomics.load(at, 0)
      startLeft -= params.limitMilliseconds
      if (now === seen && (now !== notBegun || startLeft <= 0)) {
        died()
        void end()
      }
      seen = now
    }, params.limitMilliseconds)
    thread.on('message', answered).on('messageerror', died).on('error', died).on('exit', died)
    thread.ref()
    const message: ToReader = { sources: [...sources], at: shared }
    const given = sources.flatMap((source) => (source?.buffer instanceof ArrayBuffer ? source.buffer : []))
    thread.postMessage(message, give ? given : [])
    return done.promise.finally(() => {
      clearInterval(watch)
      thread.off('message', answered).off('messageerror', died).off('error', died).off('exit', died)
      thread.unref()
      idle = setTimeout(() => void end(), params.idleMilliseconds).unref()
    })
  }

  const readAll = async (
    sources: readonly (Uint8Array | null)[],
    asked: number,
    give: boolean,
  ): Promise<Outcome<{ readings: Uint8Array; quarantined: number[] }>> => {
    const quarantined: number[] = []
    for (;;) {
      if (asked !== stops) return stopped()
      const left = [...sources.keys()].filter((index) => !quarantined.includes(index))
      const tried =
        left.length === 0
          ? null
          : await attempt(
              left.map((index) => sources[index] ?? null),
              asked,
              give && sources.length === 1,
            )
      if (tried?.kind === 'stopped') return stopped()
      // No message is to blame for a worker that cannot start.
      if (tried?.kind === 'died' && tried.at === notBegun) return fail('core.internal', { retry: 'later' })
      if (tried?.kind === 'died') {
        quarantined.push(left[tried.at] ?? left[0] ?? 0)
        continue
      }
      if (tried && quarantined.length === 0) return ok({ readings: tried.readings, quarantined })
      const readings = new Map<number, BodyReading>(
        quarantined.map((index) => [index, unread('mail.quarantined')]),
      )
      for (const [place, reading] of (tried ? unpackReadings(tried.readings) : []).entries())
        readings.set(left[place] ?? -1, reading)
      const ordered = [...sources.keys()].map((index) => readings.get(index) ?? unread('mail.quarantined'))
      return ok({ readings: packReadings(ordered), quarantined })
    }
  }

  return {
    read: (sources, give) => {
      const asked = stops
      const turn = queue.then(() => readAll(sources, asked, give === 'give'))
      queue = turn.catch(() => undefined)
      return turn
    },
    stop: async () => {
      stops += 1
      clearTimeout(idle)
      await end()
    },
  }
}
