import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import type { ImapFlow } from 'imapflow'
import { describe, expect, it } from 'vitest'
import { fail, ok, type Outcome } from '../../contract/errors.ts'
import type { Location, StoredSource, Vault } from '../../vault/index.ts'
import { createBodyPipeline, type BodyPipeline } from './bodies.ts'
import { largestFetched } from './sources.ts'

const settled = () => new Promise((resolve) => setImmediate(resolve))
const sample = randomBytes(4 * 1024 * 1024)
const bytesOf = (uid: number, size: number): Uint8Array => sample.subarray(uid, uid + size)

interface Letter {
  uid: number
  size: number
  folder?: number
  /** What the server says of its size, when that is not true. */
  announced?: number
  missing?: boolean
}

/** A server, a store and a reader in memory. What they are asked goes into `log`. */
const practice = (letters: Letter[], options: { uidvalidity?: string } = {}) => {
  const log: string[] = []
  const stored = new Map<number, Buffer>()
  const aside: number[] = []
  const files = new Map<string, Buffer>()
  const gates = { read: null as Promise<void> | null, store: null as Promise<Outcome<number[]>> | null }
  const where = (letter: Letter): Location => ({
    id: letter.uid,
    accountId: 1,
    folderId: letter.folder ?? 1,
    path: `F${letter.folder ?? 1}`,
    uidvalidity: options.uidvalidity ?? '9',
    uid: letter.uid,
    size: letter.announced ?? letter.size,
  })
  let open = ''
  const sourceOf = (uid: number, { start, maxLength }: { start: number; maxLength: number }) => {
    const letter = letters.find((one) => one.uid === uid && `F${one.folder ?? 1}` === open && !one.missing)
    return letter ? Buffer.from(bytesOf(uid, letter.size).subarray(start, start + maxLength)) : undefined
  }
  const client = {
    get mailbox() {
      return { path: open, uidValidity: 9n }
    },
    noop: () => Promise.resolve(),
    getMailboxLock: (path: string) => {
      open = path
      return Promise.resolve({ path, release: () => undefined })
    },
    fetch: async function* (range: string, query: { source: { start: number; maxLength: number } }) {
      log.push(`fetch ${range}`)
      for (const part of range.split(',')) {
        const [first = 0, last = first] = part.split(':').map(Number)
        for (let uid = first; uid <= last; uid++) {
          const source = sourceOf(uid, query.source)
          if (source) yield await Promise.resolve({ uid, source })
        }
      }
    },
    fetchOne: (uid: string, query: { source: { start: number; maxLength: number } }) => {
      const source = sourceOf(Number(uid), query.source)
      return Promise.resolve(source === undefined ? false : { uid: Number(uid), source, size: 0 })
    },
  } as unknown as ImapFlow
  const storeBodies = async (bodies: StoredSource[]): Promise<Outcome<number[]>> => {
    const outcome = (await gates.store) ?? ok([])
    if (!outcome.ok) return outcome
    log.push(`store ${bodies.map(({ id }) => id).join(',')}`)
    for (const { id, raw, rawFile, rawSize } of bodies) {
      const bytes = Buffer.from(raw ?? files.get(rawFile ?? '') ?? [])
      expect(bytes.byteLength).toBe(rawSize)
      stored.set(id, bytes)
    }
    return outcome
  }
  const waiting = (): Location[] =>
    letters.filter(({ uid }) => !stored.has(uid) && !aside.includes(uid)).map(where)
  const vault = {
    run: (name: string, params: { bodies: StoredSource[]; id: number }) => {
      switch (name) {
        case 'messages.withoutBody':
          return Promise.resolve(ok(waiting()))
        case 'messages.countWithoutBody':
          return Promise.resolve(ok(waiting().length))
        case 'messages.setAside':
          aside.push(params.id)
          return Promise.resolve(ok(undefined))
        default:
          return storeBodies(params.bodies)
      }
    },
    parts: {
      write: async (source: AsyncIterable<Uint8Array>) => {
        const pieces: Uint8Array[] = []
        try {
          for await (const piece of source) pieces.push(Buffer.from(piece))
        } catch (cause) {
          return fail('core.internal', { cause })
        }
        const id = `file-${files.size}`
        files.set(id, Buffer.concat(pieces))
        return ok({ id, size: 0 })
      },
      read: (id: string) => Promise.resolve(ok({ size: 0, chunks: [files.get(id) ?? Buffer.alloc(0)] })),
      remove: () => Promise.resolve(ok(undefined)),
    },
  } as unknown as Vault
  const readSizes: number[] = []
  const pipeline = createBodyPipeline(
    {
      vault,
      reader: {
        read: async (sources) => {
          await gates.read
          readSizes.push(...sources.map((source) => source?.byteLength ?? -1))
          return ok({ readings: new Uint8Array(0), quarantined: [] })
        },
        stop: () => Promise.resolve(),
      },
      announce: ({ ids = [] }) => {
        log.push(`announce ${ids.join(',')}`)
        return Promise.resolve()
      },
      monotonic: () => 0,
    },
    1,
  )
  return { pipeline, client, log, stored, aside, gates, readSizes }
}

const toTheEnd = async (pipeline: BodyPipeline, client: ImapFlow): Promise<void> => {
  for (let steps = 0; (await pipeline.step(client)).more; steps++) if (steps > 50) throw new Error('no end')
}

describe('the pipeline of bodies', () => {
  it('stores every source byte for byte, whatever its size and what the server says of it', async () => {
    const around = (size: number) => fc.integer({ min: -2, max: 2 }).map((delta) => size + delta)
    const size = fc.oneof(
      fc.integer({ min: 1, max: 5_000 }),
      around(64 * 1024),
      around(largestFetched),
      around(2 * largestFetched),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ size, lie: fc.option(size), folder: fc.integer({ min: 1, max: 2 }) }), {
          minLength: 1,
          maxLength: 8,
        }),
        async (drawn) => {
          const letters = drawn.map(({ size, lie, folder }, index) => ({
            uid: index + 1,
            size,
            folder,
            ...(lie === null ? {} : { announced: lie }),
          }))
          const { pipeline, client, stored, readSizes } = practice(letters)
          await toTheEnd(pipeline, client)
          expect(stored.size).toBe(letters.length)
          for (const { uid, size } of letters)
            expect(Buffer.from(bytesOf(uid, size)).equals(stored.get(uid) ?? Buffer.alloc(0))).toBe(true)
          expect(readSizes.toSorted()).toEqual(letters.map(({ size }) => size).toSorted())
        },
      ),
      { numRuns: 20 },
    )
  })

  it('fetches on while a batch is read and another stored, and stores in order', async () => {
    const letters = Array.from({ length: 6 }, (_, index) => ({
      uid: 6 - index,
      size: 1_000,
      announced: largestFetched,
    }))
    const { pipeline, client, log, gates } = practice(letters)
    const storing = Promise.withResolvers<Outcome<number[]>>()
    gates.store = storing.promise
    const stepping = pipeline.step(client)
    for (let turn = 0; turn < 50; turn++) await settled()
    // Four of a mebibyte fill a batch: both batches are here, none is stored.
    expect(log).toEqual(['fetch 3:6', 'fetch 1:2'])
    gates.store = null
    storing.resolve(ok([]))
    await stepping
    await pipeline.settle()
    expect(log.slice(2)).toEqual(['store 3,4,5,6', 'announce 3,4,5,6', 'store 1,2', 'announce 1,2'])
  })

  it('tells of a batch that could not be stored, stores none behind it, and begins again', async () => {
    const letters = Array.from({ length: 6 }, (_, index) => ({
      uid: 6 - index,
      size: 1_000,
      announced: largestFetched,
    }))
    const { pipeline, client, stored, gates } = practice(letters)
    gates.store = Promise.resolve(fail('vault.disk-full'))
    await pipeline.step(client).catch(() => undefined)
    await pipeline.settle()
    await expect(toTheEnd(pipeline, client)).rejects.toThrow('vault.disk-full')
    expect(stored.size).toBe(0)
    gates.store = null
    await toTheEnd(pipeline, client)
    expect(stored.size).toBe(6)
  })

  it('settles when the connection is cut in the middle of a batch, and keeps what came before', async () => {
    const letters = Array.from({ length: 6 }, (_, index) => ({
      uid: 6 - index,
      size: 1_000,
      announced: largestFetched,
    }))
    const { pipeline, client, stored } = practice(letters)
    let fetches = 0
    const cut = new Proxy(client, {
      get: (target, name) =>
        name === 'fetch' && ++fetches === 2
          ? () => {
              throw new Error('cut')
            }
          : (Reflect.get(target, name) as unknown),
    })
    await expect(pipeline.step(cut)).rejects.toThrow('cut')
    await pipeline.settle()
    expect([...stored.keys()]).toEqual([3, 4, 5, 6])
    await toTheEnd(pipeline, client)
    expect(stored.size).toBe(6)
  })

  it('sets aside after three tries what the server does not give, and goes on', async () => {
    const { pipeline, client, stored, aside } = practice([
      { uid: 1, size: 10 },
      { uid: 2, size: 10, missing: true },
      { uid: 3, size: 3 * largestFetched, missing: true },
    ])
    await toTheEnd(pipeline, client)
    expect([...stored.keys()]).toEqual([1])
    expect(aside.toSorted()).toEqual([2, 3])
  })

  it('fetches nothing under another UIDVALIDITY', async () => {
    const { pipeline, client, log } = practice([{ uid: 1, size: 10 }], { uidvalidity: '8' })
    expect(await pipeline.step(client)).toMatchObject({ more: false })
    expect(log).toEqual([])
  })
})
