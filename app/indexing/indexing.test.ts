import { expect, test } from 'vitest'
import { fail, ok, type IndexingState, type Outcome } from '../contract/index.ts'
import type { Vault } from '../vault/index.ts'
import { createIndexing } from './indexing.ts'
import { createExtractor, type Extractor } from './thread.ts'

/** A store that only knows which messages wait, and how often each was begun. */
const storeOf = (waiting: number[]) => {
  const attempts = new Map(waiting.map((id) => [id, 0]))
  const stored: number[] = []
  const run = (name: string, params: { id?: number; limit?: number }): Promise<Outcome<unknown>> => {
    const id = params.id ?? 0
    switch (name) {
      case 'indexing.next': {
        const ids = [...attempts].filter(([, count]) => count < 2).map(([one]) => one)
        return Promise.resolve(ok({ ids: ids.toSorted((a, b) => b - a), waiting: ids.length }))
      }
      case 'indexing.begin':
        attempts.set(id, (attempts.get(id) ?? 0) + 1)
        return Promise.resolve(ok(undefined))
      case 'indexing.store':
        attempts.delete(id)
        stored.push(id)
        return Promise.resolve(ok(undefined))
      case 'indexing.merge':
        return Promise.resolve(ok(false))
      default:
        return Promise.resolve(fail('core.internal'))
    }
  }
  return { vault: { run, isOpen: () => true } as unknown as Vault, attempts, stored }
}
const indexingOf = (
  store: ReturnType<typeof storeOf>,
  extractor: Extractor,
  busy: () => boolean = () => false,
) => {
  const told: IndexingState[] = []
  let quiet = (): void => undefined
  const over = new Promise<void>((resolve) => (quiet = resolve))
  const indexing = createIndexing({
    vault: store.vault,
    extractor,
    source: (id) => Promise.resolve(ok(new Uint8Array([id]))),
    busy,
    pause: () => Promise.resolve(),
    emit: (state) => {
      told.push(state)
      if (state.waiting === 0) quiet()
    },
    onFault: (error) => {
      throw error
    },
  })
  return { indexing, told, over }
}
const found = { copies: '', text: '', texts: [{ fileName: 'a.pdf', text: 'mot' }] }

test('attachments are read newest first, once each; one that cannot be read is tried twice and set aside', async () => {
  const store = storeOf([1, 2, 3])
  const asked: number[] = []
  const extractor: Extractor = {
    extract: ([id = 0]) => {
      asked.push(id)
      return Promise.resolve(id === 2 ? null : found)
    },
    stop: () => Promise.resolve(),
  }
  const { indexing, told, over } = indexingOf(store, extractor)
  indexing.start()
  await over
  expect(asked).toEqual([3, 2, 1, 2])
  expect(store.stored).toEqual([3, 1])
  expect(store.attempts.get(2)).toBe(2)
  expect(told[0]).toEqual({ waiting: 3, done: 0 })
  expect(told.at(-1)).toEqual({ waiting: 0, done: 0 })
  await indexing.stop()
})

test('it waits while synchronisation works, and stops between two messages', async () => {
  const store = storeOf([1, 2, 3])
  let looks = 0
  const indexed: number[] = []
  const { indexing } = indexingOf(
    store,
    {
      extract: ([id = 0]) => {
        indexed.push(id)
        void indexing.stop()
        return Promise.resolve(found)
      },
      stop: () => Promise.resolve(),
    },
    () => (looks += 1) <= 3,
  )
  indexing.start()
  while (indexed.length === 0) await new Promise((resolve) => setImmediate(resolve))
  await indexing.stop()
  expect(looks).toBeGreaterThan(3)
  expect(indexed).toEqual([3])
  // Begun and not stored: it is the first one next time.
  expect(store.stored).toEqual([])
  expect(store.attempts.get(3)).toBe(1)
})

test('a thread that hangs or dies gives nothing, and the next message a new one', async () => {
  const entry = new URL('./broken-worker.fixture.ts', import.meta.url).pathname
  const extractor = createExtractor({
    entry,
    limitMilliseconds: 3_000,
    idleMilliseconds: 50,
    heapMebibytes: 64,
  })
  // The limit counts the start of a thread too, which a busy machine may miss: « fine » is asked again.
  const of = (word: string) => extractor.extract(new TextEncoder().encode(word))
  await expect.poll(() => of('fine')).toMatchObject({ copies: 'fine' })
  expect(await of('exit')).toBeNull()
  expect(await of('memory')).toBeNull()
  expect(await of('hang')).toBeNull()
  expect(await of('throw')).toBeNull()
  await expect.poll(() => of('fine')).toMatchObject({ copies: 'fine' })
  await extractor.stop()
})
