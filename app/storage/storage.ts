import { basename } from 'node:path'
import { z } from 'zod'
import {
  fail,
  ok,
  Rebuilt,
  StoreVerdict,
  type Outcome,
  type StorageHealth,
  type StorageOverview,
  type StorageTask,
} from '../contract/index.ts'
import type { RebuildWish, RestoreWish, Vault } from '../vault/index.ts'
import { measure, type Measured } from './measure.ts'
import { applyRetention, cutOff, previewRetention } from './retention.ts'

/** Below this little is left to go on: a large message, a backup or a long index would not fit. */
const lowSpace = 1024 * 1024 * 1024
const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
/** After opening, everything the user waits for goes first. */
const firstLook = minute
const between = 15 * minute
const checkEvery = 7 * day
const measureEvery = hour
/** Somebody who looks sees sizes this old at most. */
const shownFor = minute

export interface StorageDependencies {
  vault: Vault
  /** Milliseconds since 1970. */
  now: () => number
  /** Runs once later; the answer cancels. */
  after: (milliseconds: number, run: () => void) => () => void
  /** Nobody has used the window for a while, and no synchronisation is under way. */
  isQuiet: () => boolean
  emit: {
    task: (task: StorageTask | null) => void
    changed: () => void
  }
  onFault: (error: unknown) => void
}

export type Storage = ReturnType<typeof createStorage>

const LastBackup = z.object({ at: z.string(), size: z.number().int(), name: z.string() })

/**
 * The care of the store as a user sees it (issue 3 §1): sizes, rules, checks, backups, each one long work at a time, and
 * what goes on by itself in quiet moments (sweep, rules, sizes, weekly check).
 */
export const createStorage = (deps: StorageDependencies) => {
  const { vault } = deps
  let task: StorageTask | null = null
  let stop: AbortController | null = null
  let measured: { at: number; sizes: Measured } | null = null
  let swept = false
  let retainedAt = 0
  let cancelTick: (() => void) | null = null

  const iso = (at: number): string => new Date(at).toISOString()

  const remember = async (name: string, value: unknown): Promise<Outcome<void>> =>
    await vault.run('meta.set', { name: `storage.${name}`, value: JSON.stringify(value) })
  const recall = async <T>(name: string, schema: z.ZodType<T>): Promise<T | null> => {
    const stored = await vault.run('meta.get', { name: `storage.${name}` })
    if (!stored.ok || stored.value === null) return null
    const parsed = schema.safeParse(JSON.parse(stored.value))
    return parsed.success ? parsed.data : null
  }

  /** Another store is there: what was found in the former one says nothing about it, and the next check comes soon. */
  const forgetCheck = (): Promise<Outcome<void>> => remember('lastCheck', null)

  /** One long work at a time, told to windows at most some times a second. */
  const long = async <T>(
    kind: StorageTask['kind'],
    work: (how: {
      signal: AbortSignal
      onProgress: (done: number, total: number) => void
    }) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> => {
    if (stop) return fail('vault.busy', { retry: 'later' })
    const mine = new AbortController()
    stop = mine
    let told = 0
    const tell = (next: StorageTask | null): void => {
      task = next
      deps.emit.task(next)
    }
    tell({ kind, done: 0, total: 0 })
    try {
      return await work({
        signal: mine.signal,
        onProgress: (done, total) => {
          const at = deps.now()
          task = { kind, done, total }
          if (at - told < 200 && at >= told) return
          told = at
          deps.emit.task(task)
        },
      })
    } finally {
      stop = null
      tell(null)
      deps.emit.changed()
    }
  }

  const remeasure = async (): Promise<Outcome<void>> => {
    const sizes = await measure(vault)
    if (!sizes.ok) return sizes
    measured = { at: deps.now(), sizes: sizes.value }
    deps.emit.changed()
    return ok(undefined)
  }

  const check = (): Promise<Outcome<StoreVerdict>> =>
    long('check', async (how) => {
      const found = await vault.care.check(how)
      if (!found.ok) return found
      const { damage, missingParts } = found.value
      const verdict = {
        at: iso(deps.now()),
        sound: damage.length === 0 && missingParts === 0,
        damaged: damage.length,
        missingParts,
      }
      // A damaged store may refuse to remember it: the answer counts.
      await remember('lastCheck', verdict)
      return ok(verdict)
    })

  const retain = (): Promise<Outcome<{ messages: number; bytes: number }>> =>
    long('retention', async ({ signal }) => {
      const applied = await applyRetention(vault, deps.now(), () => signal.aborted)
      retainedAt = deps.now()
      if (applied.ok && applied.value.messages > 0) await remeasure()
      return applied
    })

  /** One step of what goes on by itself; the next one waits for the next quiet moment. */
  const step = async (): Promise<void> => {
    if (!vault.isOpen() || stop || !deps.isQuiet()) return
    if (!swept) {
      swept = (await vault.care.sweep()).ok
      return
    }
    if (deps.now() - retainedAt > day) {
      await retain()
      return
    }
    if (!measured || deps.now() - measured.at > measureEvery) {
      await remeasure()
      return
    }
    const last = await recall('lastCheck', StoreVerdict)
    if (!last || deps.now() - Date.parse(last.at) > checkEvery) await check()
  }

  const tick = (delay: number): void => {
    cancelTick = deps.after(delay, () => {
      step()
        .catch(deps.onFault)
        .finally(() => {
          if (cancelTick) tick(swept && measured ? between : minute)
        })
    })
  }

  const health = async (): Promise<StorageHealth> => {
    const free = await vault.care.freeSpace()
    const last = await recall('lastCheck', StoreVerdict)
    return {
      free: free.ok ? free.value : null,
      low: free.ok && free.value < lowSpace,
      damaged: last?.sound === false,
    }
  }

  const overview = async (): Promise<Outcome<StorageOverview>> => {
    const size = await vault.care.size()
    if (!size.ok) return size
    const parts = await vault.run('storage.partBytes', {})
    if (!parts.ok) return parts
    const rules = await vault.run('retention.rules', {})
    if (!rules.ok) return rules
    if (!measured || deps.now() - measured.at > shownFor) {
      const done = await remeasure()
      if (!done.ok) return done
    }
    const sizes = measured?.sizes
    return ok({
      ...(await health()),
      database: size.value.database,
      reclaimable: size.value.free,
      parts: parts.value,
      index: sizes?.index ?? 0,
      measuredAt: measured ? iso(measured.at) : null,
      accounts: (sizes?.accounts ?? []).map((account) => ({
        ...account,
        months: rules.value.find((rule) => rule.accountId === account.accountId)?.months ?? null,
      })),
      lastCheck: await recall('lastCheck', StoreVerdict),
      lastBackup: await recall('lastBackup', LastBackup),
      lastRebuild: await recall('lastRebuild', Rebuilt),
      asides: vault.care.asides().map(({ id, at, size: bytes }) => ({ id, at: iso(at), size: bytes })),
      task,
    })
  }

  return {
    /** Call when the vault is open. */
    start: (): void => {
      swept = false
      measured = null
      retainedAt = 0
      tick(firstLook)
    },
    /** Ends what is under way; what needs more than an instant ends by itself when the vault closes. */
    stop: (): void => {
      cancelTick?.()
      cancelTick = null
      stop?.abort()
    },
    overview,
    health,
    /** What the last look over the whole store found; null when there was none. */
    lastCheck: (): Promise<StoreVerdict | null> => recall('lastCheck', StoreVerdict),
    previewRetention: (accountId: number, months: number) =>
      previewRetention(vault, { accountId, before: cutOff(deps.now(), months) }),
    setRetention: async (accountId: number, months: number | null): Promise<Outcome<null>> => {
      const set = await vault.run('retention.set', { accountId, months })
      if (!set.ok) return set
      if (!set.value) return fail('account.not-found')
      deps.emit.changed()
      // The rule stands; when another work is under way it is applied in the next quiet moment.
      if (stop) retainedAt = 0
      else retain().catch(deps.onFault)
      return ok(null)
    },
    compact: () => long('compact', (how) => vault.care.compact(how)),
    check,
    backup: (target: string, passphrase: string | null): Promise<Outcome<{ size: number; at: string }>> =>
      long('backup', async (how) => {
        const made = await vault.care.backup({ ...how, target, passphrase })
        if (!made.ok) return made
        const last = { at: made.value.createdAt, size: made.value.size, name: basename(target) }
        await remember('lastBackup', last)
        return ok({ size: last.size, at: last.at })
      }),
    restore: (wish: Omit<RestoreWish, 'signal' | 'onProgress'>): Promise<Outcome<void>> =>
      long('restore', async (how) => {
        const restored = await vault.care.restore({ ...wish, ...how })
        if (restored.ok) await forgetCheck()
        return restored
      }),
    rebuild: (wish: Pick<RebuildWish, 'secret'>): Promise<Outcome<Rebuilt>> =>
      long('rebuild', async (how) => {
        const rebuilt = await vault.care.rebuild({ ...wish, ...how })
        if (!rebuilt.ok) return rebuilt
        const report = { ...rebuilt.value, at: iso(deps.now()) }
        await forgetCheck()
        const remembered = await remember('lastRebuild', report)
        return remembered.ok ? ok(report) : remembered
      }),
    removeAside: async (id: string): Promise<Outcome<null>> => {
      const removed = await vault.care.removeAside(id)
      deps.emit.changed()
      return removed.ok ? ok(null) : removed
    },
    cancel: (): void => stop?.abort(),
  }
}
