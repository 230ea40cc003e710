import { useCallback, useEffect, useState } from 'react'
import type { AppError, MessageRow, MessageView } from '../../app/contract/index.ts'
import { invoke, on } from '../client/index.ts'
import { importedKeysStore } from '../data/index.ts'

export type ViewState =
  | { state: 'loading' }
  | { state: 'ready'; view: MessageView; thread: readonly MessageRow[] }
  | { state: 'failed'; error: AppError }

interface Loaded {
  messageId: number
  state: ViewState
}

/** What a sent message has become, as its row tells. */
const fateOf = ({ delivery, replacement }: MessageRow): string => JSON.stringify([delivery, replacement])

/** A message with its conversation; follows the core's deltas. `reload` asks again after an error. */
export const useMessage = (
  messageId: number,
  withThread = true,
): { state: ViewState; reload: () => void } => {
  const [loaded, setLoaded] = useState<Loaded | null>(null)
  const [attempt, setAttempt] = useState(0)
  useEffect(() => {
    let current = true
    let fate: string | null = null
    let loads = 0
    /** What was last said of it since the latest question: the answer on its way may be of before. */
    const heard: { row: MessageRow | null } = { row: null }
    const load = async (): Promise<void> => {
      loads += 1
      const mine = loads
      heard.row = null
      const [view, thread] = await Promise.all([
        invoke('messages.view', { id: messageId }),
        withThread ? invoke('messages.thread', { id: messageId }) : null,
      ])
      if (!current || mine !== loads) return
      const { row } = heard
      fate = view.ok ? fateOf(view.value.row) : null
      setLoaded({
        messageId,
        // A conversation that cannot be read does not keep the message from being read.
        state: view.ok
          ? {
              state: 'ready',
              view: row ? { ...view.value, row } : view.value,
              thread: thread?.ok ? thread.value : [],
            }
          : { state: 'failed', error: view.error },
      })
      if (row && (!view.ok || !view.value.body.available || fateOf(row) !== fate)) void load()
    }
    void load()
    const stop = on('mail.delta', ({ upserted }) => {
      const row = upserted.find((candidate) => candidate.id === messageId)
      if (!row) return
      heard.row = row
      // The row has only the summary of what a report or a replacement changed.
      if (fate !== null && fateOf(row) !== fate) void load()
      setLoaded((previous) => {
        if (previous?.messageId !== messageId || previous.state.state !== 'ready') return previous
        return { messageId, state: { ...previous.state, view: { ...previous.state.view, row } } }
      })
    })
    return () => {
      current = false
      stop()
    }
  }, [messageId, withThread, attempt])
  const reload = useCallback(() => {
    setLoaded(null)
    setAttempt((count) => count + 1)
  }, [])
  return { state: loaded?.messageId === messageId ? loaded.state : { state: 'loading' }, reload }
}

/** Asks again for a message whose body was not there, each time the core says something about it. */
export const useBodyArrival = (view: MessageView | null, reload: () => void): void => {
  const missing = view !== null && !view.body.available ? view.row.id : null
  useEffect(() => {
    if (missing === null) return undefined
    return on('mail.delta', ({ upserted }) => {
      if (upserted.some((row) => row.id === missing)) reload()
    })
  }, [missing, reload])
}

/** Asks again for a message that could not be decrypted, each time a key is imported. */
export const useKeyArrival = (view: MessageView | null, reload: () => void): void => {
  const unreadable = view?.encryption.status === 'failed'
  useEffect(() => (unreadable ? importedKeysStore.subscribe(reload) : undefined), [unreadable, reload])
}

/** How long a message must be shown before it counts as read, in milliseconds. */
const seenAfter = 1_000

/** Marks a message as seen once it has been shown a moment; never twice, so that « marquer non lu » holds. */
export const useMarkSeen = (view: MessageView | null): void => {
  const id = view?.row.id ?? null
  const [initiallySeen, setInitiallySeen] = useState<{ id: number; seen: boolean } | null>(null)
  if (view && initiallySeen?.id !== view.row.id) setInitiallySeen({ id: view.row.id, seen: view.row.seen })
  const due = id !== null && initiallySeen?.id === id && !initiallySeen.seen
  useEffect(() => {
    if (!due || id === null) return undefined
    const timer = setTimeout(() => {
      void invoke('messages.setFlag', { ids: [id], flag: 'seen', on: true })
    }, seenAfter)
    return () => clearTimeout(timer)
  }, [id, due])
}
