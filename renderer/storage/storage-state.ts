import type { StorageOverview, StorageTask } from '../../app/contract/index.ts'
import { invoke, on } from '../client/index.ts'
import { createStore } from '../data/index.ts'
import { showError } from '../design/index.ts'

/** What the store holds and how it is; null until asked, or after a lock. */
export const overviewStore = createStore<StorageOverview | null>(null)
/** The long work under way. */
export const storageTaskStore = createStore<StorageTask | null>(null)

const load = async (): Promise<void> => {
  const answer = await invoke('storage.overview', null)
  if (!answer.ok) {
    if (answer.error.code !== 'vault.locked') showError(answer.error)
    return
  }
  overviewStore.set(answer.value)
  storageTaskStore.set(answer.value.task)
}

/** Asks once and follows what changes; returns the unsubscriber. */
export const followStorage = (): (() => void) => {
  void load()
  const stops = [
    on('storage.changed', () => void load()),
    on('storage.task', ({ task }) => storageTaskStore.set(task)),
    on('session.changed', (session) => {
      if (session.phase !== 'open') overviewStore.set(null)
    }),
  ]
  return () => stops.forEach((stop) => stop())
}
