import type { StorageOverview, StorageTask } from '../../app/contract/index.ts'
import { invoke, on } from '../client/index.ts'
import { createStore } from '../data/index.ts'
import { showError } from '../design/index.ts'

/** What the store holds and how it is; null until asked, or after a lock. */
export const overviewStore = createStore<StorageOverview | null>(null)
/** The long work under way. */
export const storageTaskStore = createStore<StorageTask | null>(null)

let asked = 0
let shown = 0
/** How often a task was told of: an answer that was on its way then is of before. */
let tasksTold = 0

const load = async (): Promise<void> => {
  asked += 1
  const mine = asked
  const before = tasksTold
  const answer = await invoke('storage.overview', null)
  if (mine < shown) return
  shown = mine
  if (!answer.ok) {
    if (answer.error.code !== 'vault.locked') showError(answer.error)
    return
  }
  overviewStore.set(answer.value)
  if (before === tasksTold) storageTaskStore.set(answer.value.task)
}

/** Asks once and follows what changes; returns the unsubscriber. */
export const followStorage = (): (() => void) => {
  void load()
  const stops = [
    on('storage.changed', () => void load()),
    on('storage.task', ({ task }) => {
      tasksTold += 1
      storageTaskStore.set(task)
    }),
    on('session.changed', (session) => {
      if (session.phase !== 'open') overviewStore.set(null)
    }),
  ]
  return () => stops.forEach((stop) => stop())
}
