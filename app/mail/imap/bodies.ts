import type { ImapFlow } from 'imapflow'
import type { Location, StoredSource, Vault } from '../../vault/index.ts'
import { ok, type Outcome } from '../../contract/errors.ts'
import type { Announce } from '../changes.ts'
import { must } from '../net/failure.ts'
import type { SourceReader } from '../reading/reader.ts'
import { lockFolder, selectedMailbox } from './connection.ts'
import { createFlight } from './flight.ts'
import { fetchBatch, fetchToFile, largestBytes, largestFetched, type Source } from './sources.ts'

export interface BodyStore {
  vault: Vault
  reader: SourceReader
  announce: Announce
  /** Milliseconds, monotonic. */
  monotonic: () => number
}

/** Sources above this many bytes live in a part file instead of the row. */
const inlineBytes = 64 * 1024
/** Bytes and messages asked in one FETCH. */
const batchBytes = 4 * 1024 * 1024
const batchMessages = 400
/** Batches between the first FETCH and the end of storing, the one being fetched included. */
const batchesInFlight = 3
/** Messages looked up at a time, and how long one step fetches before the runner may do something else. */
const lookAhead = 1_000
const stepMilliseconds = 500
/** A larger source is kept, and never read as a whole. */
const largestRead = 96 * 1024 * 1024
/** What the server did not give so many times is set aside, so that one bad message never stops the rest (chatmail#7397). */
const mostTries = 3

/**
 * Downloads the bodies that are missing of one account, newest first, as a pipeline: while one batch comes from the server
 * the one before is read by the worker and the one before that is stored. Batches are stored in the order they came.
 */
export interface BodyPipeline {
  /**
   * Fetches for about half a second; what came is read and stored behind. `more` is false when nothing is missing and
   * everything is stored, or what is left waits for a synchronisation; `done` of `total` bodies are stored since there were
   * none missing. Throws what imapflow throws, or a `Failure`, that of a batch behind included.
   */
  step: (client: ImapFlow) => Promise<{ more: boolean; done: number; total: number }>
  /** Waits until nothing is under way any more; never throws. */
  settle: () => Promise<void>
}

export const createBodyPipeline = (store: BodyStore, accountId: number): BodyPipeline => {
  const flight = createFlight(batchBytes, batchesInFlight)
  const underWay = new Set<number>()
  const failures = new Map<number, number>()
  let behind: Promise<void> = Promise.resolve()
  let broken: { cause: unknown } | null = null
  let done = 0
  let total = 0

  const missed = async (message: Location): Promise<void> => {
    const count = (failures.get(message.id) ?? 0) + 1
    failures.set(message.id, count)
    if (count >= mostTries) must(await store.vault.run('messages.setAside', { id: message.id }))
  }

  /** Reads a batch at once and stores it in its turn; its failure is told by the next step. */
  const pass = (sources: readonly Source[], release: () => void): void => {
    if (sources.length === 0) return
    for (const { id } of sources) underWay.add(id)
    const former = behind
    const ready = prepare(store, sources)
    // Awaited below, but perhaps after it has failed.
    ready.catch(() => undefined)
    const storeInTurn = async (): Promise<void> => {
      try {
        await former
        const prepared = await ready
        if (broken) return
        const others = must(await store.vault.run('messages.storeBodies', prepared))
        await store.announce({ ids: [...sources.map(({ id }) => id), ...others] })
        done += sources.length
      } catch (cause) {
        broken ??= { cause }
      } finally {
        for (const { id } of sources) underWay.delete(id)
        release()
      }
    }
    behind = storeInTurn()
  }

  const rethrow = (): void => {
    if (!broken) return
    const { cause } = broken
    broken = null
    throw cause
  }

  /** One batch from the selected folder, handed on; answers what is larger than announced. What did not come is counted. */
  const takeBatch = async (client: ImapFlow, batch: readonly Location[]): Promise<Location[]> => {
    const room = await flight.enter(false)
    let sources: Source[] = []
    let larger: Location[] = []
    try {
      ;({ sources, larger } = await fetchBatch(client, batch, room.bytes))
    } finally {
      if (sources.length === 0) room.release()
    }
    pass(sources, room.release)
    const got = new Set([...sources, ...larger].map(({ id }) => id))
    for (const message of batch) if (!got.has(message.id)) await missed(message)
    return larger
  }

  const takeLarge = async (client: ImapFlow, message: Location): Promise<void> => {
    const room = await flight.enter(true)
    let source: Source | null = null
    try {
      source = await fetchToFile(store.vault, client, message)
    } finally {
      if (source === null) room.release()
    }
    if (source === null) await missed(message)
    else pass([source], room.release)
  }

  /** False when the folder's UIDs mean nothing any more: synchronisation comes first. */
  const takeFolder = async (
    client: ImapFlow,
    messages: readonly Location[],
    late: () => boolean,
  ): Promise<boolean> => {
    const [first] = messages
    if (!first) return false
    const lock = await lockFolder(client, first.path)
    try {
      if (selectedMailbox(client).uidValidity.toString() !== first.uidvalidity) return false
      for (const batch of batches(messages)) {
        if (broken || late()) break
        const larger = batch.some(isLarge) ? batch : await takeBatch(client, batch)
        for (const message of larger) await takeLarge(client, message)
      }
      return true
    } finally {
      lock.release()
    }
  }

  const settle = async (): Promise<void> => {
    for (let last: Promise<void> | null = null; last !== behind;) {
      last = behind
      await last
    }
    flight.shrink()
  }

  return {
    settle,
    step: async (client) => {
      rethrow()
      const begun = store.monotonic()
      const late = (): boolean => store.monotonic() - begun > stepMilliseconds
      const found = must(await store.vault.run('messages.withoutBody', { accountId, limit: lookAhead }))
      const waiting = found.filter(({ id }) => !underWay.has(id))
      if (waiting.length === 0) {
        await settle()
        rethrow()
        const all = { more: found.length > 0, done, total: done }
        done = 0
        total = 0
        return all
      }
      total = done + must(await store.vault.run('messages.countWithoutBody', { accountId }))
      let taken = false
      for (const folder of byFolder(waiting)) {
        if (late()) break
        taken = (await takeFolder(client, folder, late)) || taken
        rethrow()
      }
      return { more: taken || underWay.size > 0, done, total }
    },
  }
}

const byFolder = (messages: readonly Location[]): Location[][] => [
  ...Map.groupBy(messages, (message) => message.folderId).values(),
]

const isLarge = (message: Location): boolean => message.size > largestFetched

/** Cut so that each fits in one FETCH; what is too large for that is alone. */
const batches = function* (messages: readonly Location[]): Generator<Location[]> {
  let batch: Location[] = []
  let bytes = 0
  for (const message of messages) {
    const alone = isLarge(message)
    const full = bytes + message.size > batchBytes || batch.length >= batchMessages
    if (batch.length > 0 && (alone || full)) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(message)
    bytes += message.size
    if (!alone) continue
    yield batch
    batch = []
    bytes = 0
  }
  if (batch.length > 0) yield batch
}

/** Reads sources and writes the big ones to their part files: what the store needs of a batch. */
const prepare = async (
  store: BodyStore,
  sources: readonly Source[],
): Promise<{ bodies: StoredSource[]; readings: Uint8Array }> => {
  const [files, read] = await Promise.all([
    Promise.all(sources.map((source) => fileOf(store.vault, source))),
    readAll(store, sources),
  ])
  const bodies = sources.map(({ id, bytes, size }, index) => {
    const rawFile = files[index] ?? null
    return { id, raw: rawFile === null ? bytes : null, rawFile, rawSize: size }
  })
  return { bodies, readings: read }
}

const fileOf = async (vault: Vault, { bytes, file, size }: Source): Promise<string | null> => {
  if (file !== null || bytes === null || size <= inlineBytes) return file
  return must(await vault.parts.write(oneChunk(bytes))).id
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes)
}

/** Readings of sources in order; one already in its part file is read from there. */
const readAll = async (store: BodyStore, sources: readonly Source[]): Promise<Uint8Array> => {
  const loaded: (Uint8Array | null)[] = []
  for (const { bytes, file, size } of sources)
    loaded.push(bytes ?? (file === null || size > largestRead ? null : await load(store.vault, file, size)))
  const give = sources.every(({ file }) => file !== null) ? 'give' : undefined
  return must(await store.reader.read(loaded, give)).readings
}

/** The one copy in memory of a source that lies in a part file; it is given away. */
const load = async (vault: Vault, file: string, size: number): Promise<Uint8Array> => {
  const { chunks } = must(await vault.parts.read(file))
  const bytes = new Uint8Array(size)
  let offset = 0
  for await (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  return bytes
}

/** Stores the source of a message with everything read from it. Throws a `Failure`. */
export const storeSource = async (store: BodyStore, id: number, raw: Uint8Array): Promise<void> => {
  const source: Source = { id, size: raw.byteLength, bytes: raw, file: null }
  must(await store.vault.run('messages.storeBodies', await prepare(store, [source])))
}

/** The stored source of a message, or null when it is not here. */
export const storedSource = async (vault: Vault, id: number): Promise<Outcome<Uint8Array | null>> => {
  const body = await vault.run('messages.body', { id })
  if (!body.ok) return body
  if (body.value === null) return ok(null)
  if (body.value.raw !== null) return ok(body.value.raw)
  if (body.value.rawFile === null) return ok(null)
  return await vault.parts.readAll(body.value.rawFile, largestBytes)
}
