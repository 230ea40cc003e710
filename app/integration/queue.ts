import type { AppError, Outcome } from '../contract/index.ts'
import type { FilingChange, StoredFiling, StoredTarget, Vault } from '../vault/index.ts'
import type { createDelivery, TryResult } from './delivery.ts'

export interface QueueDependencies {
  vault: Vault
  delivery: ReturnType<typeof createDelivery>
  targets: () => Promise<Outcome<StoredTarget[]>>
  random: (length: number) => Uint8Array
  after: (milliseconds: number, run: () => void) => () => void
  /** Milliseconds before the second try; five seconds without it. */
  firstWait?: number
  /** Rows changed, part files can go. */
  changed: (change: FilingChange) => Promise<void>
  /** How a try ended, for the functional traces: what was asked of whom, and the answer, without anything of the document. */
  trace?: (filing: StoredFiling, target: StoredTarget, result: TryResult) => void
  /** A filing came to an end, or to a standstill. */
  settled: () => void
  onFault: (error: unknown) => void
}

const usualFirstWait = 5_000
const longestWait = 15 * 60_000
/** Of an AR or an unknown outcome; a receiver that cannot be reached is tried for as long as it takes. */
const mostTries = 8

/** Doubling from five seconds to a quarter of an hour, a fifth more or less so that workstations do not come all at once. */
export const waitAfter = (
  attempts: number,
  random: (length: number) => Uint8Array,
  firstWait = usualFirstWait,
): number => {
  const wait = Math.min(longestWait, firstWait * 2 ** Math.max(0, Math.min(attempts - 1, 20)))
  return Math.round(wait * (0.8 + ((random(1)[0] ?? 0) / 255) * 0.4))
}

/** Hands over what waits, target by target, each in its order; what fails is tried again later, also after a restart. */
export const createQueue = (deps: QueueDependencies) => {
  const { vault, delivery } = deps
  const running = new Map<number, Promise<void>>()
  const again = new Set<number>()
  const timers = new Map<number, () => void>()
  let stopping = new AbortController()
  let started = false

  /** The end of a try that may be tried again, or not any more. */
  const decided = (result: TryResult, attempts: number): { result: TryResult; wait: number | null } => {
    if (!result.again) return { result, wait: null }
    const reached = result.state === 'unknown' || result.faults.length > 0 || result.fresh
    if (reached && attempts >= mostTries)
      return {
        result:
          result.state === 'unknown'
            ? { ...result, again: false }
            : { ...result, state: 'refused', again: false },
        wait: null,
      }
    return { result, wait: waitAfter(attempts, deps.random, deps.firstWait) }
  }

  /** One document that cannot even be looked at keeps no other waiting. */
  const attempt = async (filing: StoredFiling, target: StoredTarget): Promise<TryResult | null> => {
    try {
      return await delivery.attempt(filing, target, stopping.signal)
    } catch (cause) {
      deps.onFault(cause)
      const error: AppError = { code: 'integration.document-unsuitable', retry: 'after-change', cause }
      return { state: 'refused', faults: [], error, fresh: true, again: false }
    }
  }

  const pump = async (target: StoredTarget): Promise<void> => {
    while (started && !stopping.signal.aborted) {
      const next = await vault.run('filings.next', { targetId: target.id })
      if (!next.ok) return deps.onFault(next.error)
      const { filing, wait } = next.value
      if (filing === null) {
        if (wait !== null) rest(target.id, wait)
        return
      }
      const result = await attempt(filing, target)
      if (result === null) continue
      const end = decided(result, filing.attempts + 1)
      deps.trace?.(filing, target, end.result)
      const settled = await settle(filing.id, end)
      if (!settled) return
    }
  }

  const settle = async (
    id: number,
    { result, wait }: { result: TryResult; wait: number | null },
  ): Promise<boolean> => {
    const settled = await delivery.settle(id, result, wait)
    if (!settled.ok) {
      deps.onFault(settled.error)
      return false
    }
    await deps.changed(settled.value)
    deps.settled()
    return true
  }

  const rest = (targetId: number, wait: number): void => {
    timers.get(targetId)?.()
    timers.set(
      targetId,
      deps.after(Math.max(20, wait), () => {
        timers.delete(targetId)
        wake()
      }),
    )
  }

  const run = (target: StoredTarget): void => {
    if (running.has(target.id)) {
      again.add(target.id)
      return
    }
    const work = pump(target)
      .catch(deps.onFault)
      .finally(() => {
        running.delete(target.id)
        if (again.delete(target.id) && started) wake()
      })
    running.set(target.id, work)
  }

  /** Something may be due. */
  const wake = (): void => {
    if (!started) return
    void deps.targets().then((targets) => {
      if (!started) return
      if (targets.ok) for (const target of targets.value) run(target)
      else deps.onFault(targets.error)
    })
  }

  return {
    wake,
    /** Takes up what a crash or a lock left. */
    start: async (): Promise<void> => {
      stopping = new AbortController()
      started = true
      const targets = await deps.targets()
      const ask = targets.ok
        ? targets.value.flatMap(({ id, place }) =>
            place.kind === 'mllp' && place.afterUnknown === 'ask' ? [id] : [],
          )
        : []
      const folders = targets.ok
        ? targets.value.flatMap(({ id, place }) => (place.kind === 'folder' ? [id] : []))
        : []
      const recovered = await vault.run('filings.recover', { ask, folders })
      if (recovered.ok) await deps.changed(recovered.value)
      else deps.onFault(recovered.error)
      wake()
    },
    stop: async (): Promise<void> => {
      started = false
      stopping.abort()
      for (const off of timers.values()) off()
      timers.clear()
      again.clear()
      await Promise.all(running.values())
    },
  }
}
