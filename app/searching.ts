import {
  fail,
  ok,
  type CoreMethod,
  type EventName,
  type EventPayload,
  type Input,
  type Outcome,
  type Output,
  type SyncProgress,
} from './contract/index.ts'
import { createExtractor, createIndexing, limits } from './indexing/index.ts'
import type { Vault } from './vault/index.ts'

type Method = Extract<CoreMethod, 'messages.search' | `searches.${string}` | `search.${string}`>
type Handlers = { [M in Method]: (input: Input<M>) => Promise<Outcome<Output<M>>> | Outcome<Output<M>> }

export interface SearchingDependencies {
  vault: Vault
  /** Entry file of the worker that reads attachments. */
  indexingWorker: string
  /** The source of a message as stored; null when it is not here. */
  storedSource: (id: number) => Promise<Outcome<Uint8Array | null>>
  /** Of the policy: what was decrypted for the reader is searchable. */
  indexDecrypted: boolean
  emit: <E extends EventName>(event: E, payload: EventPayload<E>) => void
  onFault: (error: unknown) => void
  /** Milliseconds, monotonic. */
  monotonic: () => number
}

/** A synchronisation that says nothing for this long is waiting, not working. */
const silence = 30_000
/** Nothing is indexed until the window has asked for nothing for this long: what the user does comes first. */
const userPause = 400
/** The counts of saved searches follow what changes, not oftener than this. */
const countsDelay = 2_000

/** Messages taken out of the index in one transaction. */
const forgottenAtOnce = 50

const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, milliseconds)
    signal.addEventListener('abort', end)
  })

const orNone = <T>(rows: Outcome<T[]>): T[] => (rows.ok ? rows.value : [])

/** Searches, saved searches and the indexing of attachments behind the synchronisation. */
export const createSearching = (deps: SearchingDependencies) => {
  const { vault, emit } = deps
  const working = new Map<number, number>()
  let counting: NodeJS.Timeout | undefined
  let started = false
  let askedAt = -Infinity
  const indexing = createIndexing({
    vault,
    extractor: createExtractor({
      entry: deps.indexingWorker,
      limitMilliseconds: 30_000,
      idleMilliseconds: 5_000,
      heapMebibytes: 160,
    }),
    source: async (id) => {
      const [row] = orNone(await vault.run('messages.rows', { ids: [id] }))
      return row && row.size <= limits.sourceBytes ? await deps.storedSource(id) : ok(null)
    },
    busy: () =>
      deps.monotonic() - askedAt < userPause ||
      [...working.values()].some((at) => deps.monotonic() - at < silence),
    pause,
    emit: (state) => emit('search.indexingChanged', state),
    onFault: deps.onFault,
  })

  const tellSaved = async (): Promise<void> => {
    const saved = await vault.run('searches.list', {})
    if (saved.ok && started) emit('searches.changed', saved.value)
  }
  const changed = async (done: Outcome<unknown>): Promise<Outcome<null>> => {
    if (!done.ok) return done
    if (done.value === false) return fail('vault.not-found')
    await tellSaved()
    return ok(null)
  }

  /** The policy no longer wants what was indexed under another one. */
  const forgetDecrypted = async (): Promise<void> => {
    let forgotten: Outcome<number>
    do forgotten = await vault.run('indexing.forgetDecrypted', { limit: forgottenAtOnce })
    while (started && forgotten.ok && forgotten.value > 0)
  }

  const handlers: Handlers = {
    'messages.search': (query) => vault.run('search.page', query),
    'searches.list': () => vault.run('searches.list', {}),
    'searches.save': async (search) => {
      const id = await vault.run('searches.save', search)
      if (id.ok) await tellSaved()
      return id
    },
    'searches.rename': async (wish) => changed(await vault.run('searches.rename', wish)),
    'searches.delete': async (wish) => changed(await vault.run('searches.delete', wish)),
    'searches.reorder': async (wish) => changed(await vault.run('searches.reorder', wish)),
    'search.indexing': () => ok(indexing.state()),
  }

  return {
    handlers,
    /** Call when the vault is open. */
    start: (): void => {
      started = true
      working.clear()
      indexing.start()
      if (!deps.indexDecrypted) forgetDecrypted().catch(deps.onFault)
    },
    /** A window asked for something. */
    asked: (): void => {
      askedAt = deps.monotonic()
    },
    /** A window asked for something just now: what runs behind makes way. */
    isAsked: (): boolean => deps.monotonic() - askedAt < userPause,
    /** What synchronisation says of its progress: attachments wait until it is over. */
    progress: ({ accountId, phase }: SyncProgress): void => {
      if (phase === 'idle') {
        working.delete(accountId)
        indexing.wake()
      } else working.set(accountId, deps.monotonic())
    },
    /** Messages changed: what saved searches count may have too. */
    mailChanged: (): void => {
      counting ??= setTimeout(() => {
        counting = undefined
        if (!started || working.size > 0) return
        indexing.wake()
        tellSaved().catch(deps.onFault)
      }, countsDelay)
    },
    /** What the reader was shown decrypted becomes findable: the index is in the encrypted vault (docs/search.md). */
    noteDecrypted: (id: number, content: Uint8Array): void => {
      if (deps.indexDecrypted) indexing.noteDecrypted(id, content)
    },
    stop: async (): Promise<void> => {
      started = false
      clearTimeout(counting)
      counting = undefined
      await indexing.stop()
    },
  }
}
