import { Worker } from 'node:worker_threads'
import { fail, ok, type Outcome } from '../../contract/errors.ts'
import { createThreadOnDemand } from '../../threads/index.ts'
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

/** Of `at`, before the worker has looked at the first source. */
const notBegun = -1
/** For its code to be read from a busy disk; that is nobody's message's fault. */
const startMilliseconds = 60_000

type Attempt = { kind: 'read'; readings: Uint8Array } | { kind: 'stopped' } | { kind: 'died'; at: number }

/**
 * One worker thread that is there while there is work (app/threads). A message that takes longer than `limitMilliseconds`
 * or more memory than the worker may have ends the worker; the others are read by the next one.
 */
export const createSourceReader = (params: {
  entry: string
  limitMilliseconds: number
  idleMilliseconds: number
  heapMebibytes: number
}): SourceReader => {
  const { entry, limitMilliseconds, idleMilliseconds, heapMebibytes } = params
  const thread = createThreadOnDemand<ToReader, FromReader>({
    open: () =>
      new Worker(entry, {
        name: 'reading',
        env: {},
        execArgv: [],
        resourceLimits: { maxOldGenerationSizeMb: heapMebibytes, maxYoungGenerationSizeMb: 12 },
      }),
    limitMilliseconds,
    idleMilliseconds,
  })

  const attempt = async (sources: readonly (Uint8Array | null)[], give: boolean): Promise<Attempt> => {
    const shared = new SharedArrayBuffer(4)
    const at = new Int32Array(shared)
    Atomics.store(at, 0, notBegun)
    let seen: number | null = null
    let startLeft = startMilliseconds
    const goesOn = (): boolean => {
      const before = seen
      seen = Atomics.load(at, 0)
      startLeft -= limitMilliseconds
      return seen !== before || (seen === notBegun && startLeft > 0)
    }
    const given = sources.flatMap((source) => (source?.buffer instanceof ArrayBuffer ? source.buffer : []))
    const reply = await thread.ask(
      () => Promise.resolve({ message: { sources: [...sources], at: shared }, transfer: give ? given : [] }),
      { goesOn },
    )
    if (reply.kind === 'stopped') return reply
    return reply.kind === 'answered' && 'readings' in reply.answer
      ? { kind: 'read', readings: reply.answer.readings }
      : { kind: 'died', at: Atomics.load(at, 0) }
  }

  return {
    read: async (sources, give) => {
      const quarantined: number[] = []
      for (;;) {
        const left = [...sources.keys()].filter((index) => !quarantined.includes(index))
        const tried =
          left.length === 0
            ? null
            : await attempt(
                left.map((index) => sources[index] ?? null),
                give === 'give' && sources.length === 1,
              )
        if (tried?.kind === 'stopped') return fail('core.unavailable', { retry: 'later' })
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
    },
    stop: () => thread.stop(),
  }
}
