// @vitest-environment jsdom
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { ImportState, OutcomeData } from '../../app/contract/index.ts'
import { addImport, followExchange, importStore } from './exchange-state.ts'

const running: ImportState = {
  ...{ id: 7, accountId: 1, folderId: 2, name: 'Anciens messages', state: 'running', done: 0, total: 900 },
  ...{ imported: 0, duplicates: 0, deleted: 0, refused: 0, error: null },
  ...{ startedAt: '2026-11-22T08:00:00Z', finishedAt: null },
}
const done: ImportState = {
  ...running,
  ...{ state: 'done', done: 900, duplicates: 3, finishedAt: '2026-11-22T08:00:01Z' },
}

let tell: (state: ImportState) => void = () => undefined
let answer: (outcome: OutcomeData) => void = () => undefined
let stop: () => void = () => undefined

beforeEach(() => {
  window.souspli = {
    invoke: () => new Promise((resolve) => void (answer = resolve)),
    on: (name, listener) => {
      if (name === 'exchange.import') tell = listener
      return 1
    },
    off: () => undefined,
    origins: { part: '', mail: '' },
  }
  stop = followExchange()
})
afterEach(() => {
  stop()
  delete window.souspli
})

it('keeps the end of an import that was told before the answer that began it', () => {
  tell(done)
  addImport(running)
  expect(importStore.get()).toEqual([done])
})

it('keeps what was told while the list of imports was on its way', async () => {
  tell(done)
  const former = { ...done, id: 6 }
  answer({ ok: true, value: [running, former] })
  await vi.waitFor(() => expect(importStore.get()).toHaveLength(2))
  expect(importStore.get()).toEqual([done, former])
})
