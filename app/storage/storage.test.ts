import { expect, it } from 'vitest'
import { fail, ok, type Outcome } from '../contract/index.ts'
import type { Vault } from '../vault/index.ts'
import { createStorage } from './index.ts'
import { cutOff } from './retention.ts'

const day = 86_400_000
const account = { accountId: 1, folderId: 7, messages: 10, bodies: 8, bodyBytes: 800, attachmentBytes: 200 }

/** A vault that answers from a table; what was asked is kept. */
const make = (answers: Record<string, (params: never) => unknown> = {}) => {
  const asked: string[] = []
  const meta = new Map<string, string>()
  const care: Record<string, () => Promise<Outcome<unknown>>> = {
    check: () => Promise.resolve(ok({ damage: [], missingParts: 0 })),
    sweep: () => Promise.resolve(ok(0)),
    size: () => Promise.resolve(ok({ database: 1000, free: 100 })),
    freeSpace: () => Promise.resolve(ok(5e9)),
  }
  const table: Record<string, (params: never) => unknown> = {
    'meta.get': ({ name }: { name: string }) => meta.get(name) ?? null,
    'meta.set': ({ name, value }: { name: string; value: string }) => void meta.set(name, value),
    'storage.sizes': ({ after }: { after: number }) =>
      after < 3 ? { next: after + 1, folders: [account] } : { next: null, folders: [] },
    'storage.indexSize': ({ after }: { after: number }) => ({ next: after === 0 ? 1 : null, bytes: 50 }),
    'storage.partBytes': () => 300,
    'retention.rules': () => [],
    'retention.set': () => true,
    ...answers,
  }
  const vault = {
    isOpen: () => true,
    run: (name: string, params: never) => {
      asked.push(name)
      const answer = table[name]
      return Promise.resolve(answer ? ok(answer(params)) : fail('core.internal'))
    },
    parts: { remove: () => Promise.resolve(ok(undefined)) },
    care: new Proxy(
      { asides: () => [] },
      {
        get: (target, name: string) =>
          name in target
            ? target.asides
            : (...args: never[]) => {
                asked.push(`care.${name}`)
                return (care[name] as (...all: never[]) => unknown)(...args)
              },
      },
    ),
  } as unknown as Vault
  let time = Date.UTC(2026, 10, 22)
  let quiet = true
  let due: (() => void) | null = null
  const storage = createStorage({
    vault,
    now: () => time,
    after: (_delay, run) => {
      due = run
      return () => {
        due = null
      }
    },
    isQuiet: () => quiet,
    emit: { task: () => undefined, changed: () => undefined },
    onFault: (error) => expect.unreachable(String(error)),
  })
  /** Lets the next step run to its end. */
  const step = async (): Promise<string[]> => {
    asked.length = 0
    due?.()
    await new Promise((resolve) => setImmediate(resolve))
    return [...asked]
  }
  return {
    storage,
    step,
    asked,
    care,
    pass: (milliseconds: number) => void (time += milliseconds),
    setQuiet: (on: boolean) => void (quiet = on),
  }
}

it('sweeps, applies rules, adds up and checks once a week, one at a time and only in quiet moments', async () => {
  const { storage, step, pass, setQuiet } = make()
  storage.start()
  setQuiet(false)
  expect(await step()).toEqual([])
  setQuiet(true)
  expect(await step()).toEqual(['care.sweep'])
  expect(await step()).toEqual(['retention.rules'])
  expect(await step()).toContain('storage.sizes')
  expect(await step()).toContain('care.check')
  expect(await step()).not.toContain('care.check')
  pass(8 * day)
  expect(await step()).toEqual(['retention.rules'])
  expect(await step()).toContain('storage.sizes')
  expect(await step()).toContain('care.check')
  storage.stop()
  expect(await step()).toEqual([])
})

it('tells sizes by mailbox with their share of the index, and when space is low', async () => {
  const { storage, care } = make()
  const seen = await storage.overview()
  expect(seen).toMatchObject({
    ok: true,
    value: {
      low: false,
      database: 1000,
      reclaimable: 100,
      parts: 300,
      index: 100,
      accounts: [
        { accountId: 1, messages: 30, bodyBytes: 2400, attachmentBytes: 600, indexBytes: 100, months: null },
      ],
    },
  })
  care['freeSpace'] = () => Promise.resolve(ok(1000))
  expect(await storage.overview()).toMatchObject({ ok: true, value: { low: true, free: 1000 } })
})

it('does one long work at a time and can be told to stop', async () => {
  const { storage, care } = make()
  care['compact'] = ((how: { signal: AbortSignal }) =>
    new Promise((resolve) => {
      how.signal.addEventListener('abort', () => resolve(fail('vault.cancelled')))
    })) as never
  const compacting = storage.compact()
  expect(await storage.check()).toMatchObject({ ok: false, error: { code: 'vault.busy' } })
  storage.cancel()
  expect(await compacting).toMatchObject({ ok: false, error: { code: 'vault.cancelled' } })
  expect(await storage.check()).toMatchObject({ ok: true, value: { sound: true } })
})

it('forgets what a check found once another store is in its place', async () => {
  const { storage, care } = make()
  care['check'] = () => Promise.resolve(ok({ damage: ['bodies'], missingParts: 1 }))
  care['rebuild'] = () =>
    Promise.resolve(
      ok({
        messages: 1,
        drafts: 0,
        outbox: 0,
        actions: 0,
        incomplete: [],
        missingParts: 0,
        unreadable: false,
      }),
    )
  expect(await storage.check()).toMatchObject({ ok: true, value: { sound: false, damaged: 1 } })
  expect(await storage.health()).toMatchObject({ damaged: true })
  expect((await storage.rebuild({ secret: null })).ok).toBe(true)
  expect(await storage.health()).toMatchObject({ damaged: false })
  expect(await storage.overview()).toMatchObject({
    ok: true,
    value: { lastCheck: null, lastRebuild: { messages: 1 } },
  })
})

it('applies a rule in slices and removes the part files of each', async () => {
  const before: number[] = []
  const { storage, asked } = make({
    'retention.rules': () => [{ accountId: 1, months: 12 }],
    'retention.drop': (params: { before: number; after: number }) => {
      before.push(params.before)
      return { next: params.after < 2 ? params.after + 1 : null, ids: [1, 2], bytes: 20, files: ['f'] }
    },
  })
  expect(await storage.setRetention(1, 12)).toMatchObject({ ok: true })
  await new Promise((resolve) => setImmediate(resolve))
  expect(asked.filter((name) => name === 'retention.drop').length).toBe(3)
  expect(new Set(before)).toEqual(new Set([Date.UTC(2025, 10, 22)]))
})

it('counts months back to a day that exists', () => {
  expect(new Date(cutOff(Date.UTC(2026, 4, 31), 3)).toISOString()).toBe('2026-02-28T00:00:00.000Z')
  expect(new Date(cutOff(Date.UTC(2026, 0, 15), 12)).toISOString()).toBe('2025-01-15T00:00:00.000Z')
})
