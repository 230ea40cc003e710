// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Bridge } from '../client/index.ts'

const wiped = vi.hoisted(() => ({ count: 0 }))
vi.mock('./working-set.ts', () => ({
  applyDelta: () => Promise.resolve(),
  wipeWorkingSet: () => {
    wiped.count += 1
    return Promise.resolve()
  },
  workingSet: { folders: { bulkPut: () => Promise.resolve() } },
}))

const {
  accountStore,
  cardStore,
  createStore,
  draftStore,
  followCore,
  loadDrafts,
  outboxStore,
  sessionStore,
} = await import('./stores.ts')
const { createFakeCore } = await import('../testing/fake-core.ts')

const settled = (test: () => void): Promise<void> => vi.waitFor(test, { timeout: 30_000 })

let stop: () => void
let core: Bridge
/** What the system asks of windows. */
let system: 'dark' | 'contrast: more' | null = null

beforeEach(() => {
  system = null
  window.matchMedia = (query) =>
    ({
      get matches() {
        return system !== null && query.includes(system)
      },
      addEventListener: () => undefined,
      removeEventListener: () => undefined,
    }) as unknown as MediaQueryList
  core = createFakeCore('offline', new Date(2026, 10, 22, 10))
  window.souspli = core
  stop = followCore()
})
afterEach(() => {
  stop()
  delete window.souspli
  sessionStore.set(null)
})

describe('createStore', () => {
  it('tells listeners of a change, not of the same value, and stops when asked', () => {
    const store = createStore(1)
    let told = 0
    const off = store.subscribe(() => {
      told += 1
    })
    store.set(1)
    store.set(2)
    off()
    store.set(3)
    expect(told).toBe(1)
    expect(store.get()).toBe(3)
  })
})

describe('the stores of the window', () => {
  it('end with the answer to what was asked last, in whatever order answers come', async () => {
    await settled(() => expect(sessionStore.get()).not.toBeNull())
    stop()
    const made = await core.invoke('drafts.create', { kind: 'new', accountId: null, sourceId: null })
    const draft = (made as { value: object }).value
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      draftStore.set([])
      const answers: ((value: unknown) => void)[] = []
      window.souspli = { ...core, invoke: () => new Promise((resolve) => answers.push(resolve)) }
      const loads = [loadDrafts(), loadDrafts()]
      for (const index of order) {
        answers[index]?.({ ok: true, value: [{ ...draft, id: index + 1 }] })
        await loads[index]
      }
      expect(draftStore.get().map(({ id }) => id)).toEqual([2])
    }
  })
  it('keep what an event told while the answer to an older question was on its way', async () => {
    await settled(() => expect(sessionStore.get()).not.toBeNull())
    stop()
    sessionStore.set(null)
    const { promise: settingsAnswer, resolve: answerSettings } = Promise.withResolvers<unknown>()
    const asked = Promise.withResolvers<void>()
    const listeners = new Map<string, (payload: unknown) => void>()
    window.souspli = {
      ...core,
      invoke: (method) => {
        if (method === 'card.state') return Promise.resolve({ ok: true, value: { state: 'starting' } })
        if (method !== 'settings.get') return Promise.resolve({ ok: true, value: { phase: 'no-vault' } })
        asked.resolve()
        return settingsAnswer
      },
      on: (event, listener) => listeners.set(event, listener).size,
      off: () => undefined,
    }
    stop = followCore()
    await asked.promise
    listeners.get('card.changed')?.({ state: 'no-reader' })
    answerSettings(await core.invoke('settings.get', null))
    await settled(() => expect(sessionStore.get()).toEqual({ phase: 'no-vault' }))
    expect(cardStore.get()).toEqual({ state: 'no-reader' })
  })

  it('follow an open session and are emptied by locking', async () => {
    await settled(() => expect(accountStore.get()).toHaveLength(2))
    await settled(() => expect(outboxStore.get()).toHaveLength(5))
    const before = wiped.count
    await core.invoke('session.lock', { reason: 'user' })
    expect(sessionStore.get()).toMatchObject({ phase: 'locked', reason: 'user' })
    expect(accountStore.get()).toEqual([])
    expect(outboxStore.get()).toEqual([])
    expect(wiped.count).toBe(before + 1)
  })
  it('show the settings on the document', async () => {
    await settled(() => expect(document.documentElement.dataset['theme']).toBe('light'))
    await core.invoke('settings.set', { theme: 'contrast', density: 'compact', language: 'en' })
    expect(document.documentElement.dataset['theme']).toBe('contrast')
    expect(document.documentElement.dataset['density']).toBe('compact')
    expect(document.documentElement.lang).toBe('en')
    await core.invoke('settings.set', { language: 'fr' })
  })
  it('show what the system asks for, more contrast too, until the user chooses', async () => {
    await settled(() => expect(document.documentElement.dataset['theme']).toBe('light'))
    system = 'contrast: more'
    await core.invoke('settings.set', { theme: 'system' })
    expect(document.documentElement.dataset['theme']).toBe('contrast')
    system = 'dark'
    await core.invoke('settings.set', { density: 'cosy' })
    expect(document.documentElement.dataset['theme']).toBe('dark')
    await core.invoke('settings.set', { theme: 'light' })
    expect(document.documentElement.dataset['theme']).toBe('light')
  })
})
