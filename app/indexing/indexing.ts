import type { IndexingState, Outcome } from '../contract/index.ts'
import type { Vault } from '../vault/index.ts'
import type { Extractor } from './thread.ts'

export interface IndexingDependencies {
  vault: Vault
  extractor: Extractor
  /** The source of a message as stored; null when it is not here. Never downloads. */
  source: (id: number) => Promise<Outcome<Uint8Array | null>>
  /** Synchronisation or the user is at work: attachments wait, so that neither is slowed. */
  busy: () => boolean
  /** Waits; ends early when the signal says so. */
  pause: (milliseconds: number, signal: AbortSignal) => Promise<void>
  emit: (state: IndexingState) => void
  onFault: (error: unknown) => void
}

export interface Indexing {
  /** Call when the vault is open. */
  start: () => void
  /** There may be something to index: bodies came, or synchronisation ended. */
  wake: () => void
  /** Text decrypted for the reader, into the index of the (encrypted) vault. */
  noteDecrypted: (id: number, content: Uint8Array) => void
  state: () => IndexingState
  stop: () => Promise<void>
}

const nothing = { copies: '', text: '', texts: [] }

/** Messages asked at once, and the rest between two of them, so that the window and the card are always served first. */
const batch = 20
const rest = 15
/** Milliseconds after the opening. */
const startWait = 3_000
/** Milliseconds before it is asked again whether somebody is at work. */
const busyWait = 500
const decryptedWaiting = 20
/** Pages of the index written at a time when it is drawn together, and how often before the queue is looked at again. */
const mergePages = 16
const mergeSteps = 200

/**
 * The text of attachments into the index: a background pass over what waits, newest first, one message at a time, resumed
 * after each start. A message that brings the reading down twice is set aside and keeps what is indexed of it.
 */
export const createIndexing = (deps: IndexingDependencies): Indexing => {
  const { vault, extractor } = deps
  let running: Promise<void> | null = null
  let again = false
  let stopping = new AbortController()
  let state: IndexingState = { waiting: 0, done: 0 }
  const decrypted = new Map<number, Uint8Array>()

  const tell = (next: IndexingState): void => {
    if (next.waiting === state.waiting && next.done === state.done) return
    state = next
    deps.emit(state)
  }

  const indexDecrypted = async (): Promise<void> => {
    for (const [id, content] of decrypted) {
      decrypted.delete(id)
      const extracted = await extractor.extract(content)
      if (extracted)
        await vault.run('indexing.storeDecrypted', { id, text: extracted.text, texts: extracted.texts })
    }
  }

  const indexOne = async (id: number): Promise<'done' | 'failed' | 'stopped'> => {
    const begun = await vault.run('indexing.begin', { id })
    if (!begun.ok) return 'stopped'
    const source = await deps.source(id)
    if (!source.ok && source.error.code === 'vault.locked') return 'stopped'
    const raw = source.ok ? source.value : null
    // Without a source there is nothing to read; it comes back into the queue with its body.
    const extracted = raw === null ? nothing : await extractor.extract(raw)
    if (stopping.signal.aborted) {
      await vault.run('indexing.release', { id })
      return 'stopped'
    }
    if (!extracted) return 'failed'
    const stored = await vault.run('indexing.store', {
      id,
      copies: extracted.copies,
      texts: extracted.texts,
    })
    return stored.ok ? 'done' : 'stopped'
  }

  /** Draws the index together while nothing else is to be done; false once there is nothing left. */
  const mergeSome = async (signal: AbortSignal): Promise<boolean> => {
    for (let step = 0; step < mergeSteps && !again && !deps.busy() && !signal.aborted; step += 1) {
      const merged = await vault.run('indexing.merge', { pages: mergePages })
      if (!merged.ok || !merged.value) return false
      await deps.pause(rest, signal)
    }
    return !signal.aborted
  }

  const pass = async (signal: AbortSignal): Promise<void> => {
    let done = 0
    while (!signal.aborted) {
      again = false
      await indexDecrypted()
      if (deps.busy()) {
        await deps.pause(busyWait, signal)
        continue
      }
      const next = await vault.run('indexing.next', { limit: batch })
      if (!next.ok || signal.aborted) return
      if (next.value.ids.length === 0) {
        tell({ waiting: 0, done: 0 })
        if (again || decrypted.size > 0 || (await mergeSome(signal))) continue
        return
      }
      let waiting = next.value.waiting
      tell({ waiting, done })
      for (const id of next.value.ids) {
        if (signal.aborted || deps.busy()) break
        const end = await indexOne(id)
        if (end === 'stopped') return
        if (end === 'done') {
          waiting -= 1
          done += 1
          tell({ waiting: Math.max(0, waiting), done })
        }
        await deps.pause(rest, signal)
      }
    }
  }

  const wake = (): void => {
    again = true
    if (running || stopping.signal.aborted || !vault.isOpen()) return
    running = pass(stopping.signal)
      .catch(deps.onFault)
      .finally(() => {
        running = null
      })
  }

  return {
    start: () => {
      stopping = new AbortController()
      state = { waiting: 0, done: 0 }
      // The first lists and the first connection come first.
      const { signal } = stopping
      void deps.pause(startWait, signal).then(() => {
        if (!signal.aborted) wake()
      })
    },
    wake,
    noteDecrypted: (id, content) => {
      if (decrypted.size >= decryptedWaiting) return
      decrypted.set(id, new Uint8Array(content))
      wake()
    },
    state: () => state,
    stop: async () => {
      stopping.abort()
      decrypted.clear()
      await extractor.stop()
      await running
    },
  }
}
