import { useLiveQuery } from 'dexie-react-hooks'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { AppError, Input, ListFilter } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import type { LiveList } from './live-list.ts'
import { workingSet } from './working-set.ts'

/** Another order than by date, or a narrower list, of a folder or of every inbox (ERGO/va1.05). */
export type ListOrder = Omit<Input<'messages.sorted'>, 'folderId' | 'filter' | 'offset' | 'limit'>

export const plainOrder: ListOrder = {
  sort: 'date',
  descending: true,
  patientId: null,
  documentLabel: null,
  unread: null,
  from: null,
  to: null,
}

/** Whether it is the ordinary list. */
export const isPlain = (order: ListOrder): boolean => JSON.stringify(order) === JSON.stringify(plainOrder)

/** Rows asked at once: two screens of the densest list. */
const pageSize = 60

interface Found {
  key: string
  ids: readonly number[]
  more: boolean
  loading: boolean
  error: AppError | null
}

const nothing: Found = { key: '', ids: [], more: false, loading: true, error: null }

/**
 * A folder, or every inbox for null, in an order of the user's; a null order asks for nothing. Rows follow the core, also out
 * of these folders; their places stay until asked again.
 */
export const useOrderedList = (
  folderId: number | null,
  inboxes: readonly number[],
  filter: ListFilter,
  order: ListOrder | null,
): LiveList => {
  const key = order === null || folderId === 0 ? '' : JSON.stringify({ folderId, filter, ...order })
  const among = folderId === null ? inboxes.join() : String(folderId)
  const [found, setFound] = useState<Found>(nothing)
  const latest = useRef(key)
  useEffect(() => {
    latest.current = key
  }, [key])

  const load = useCallback(async (asked: string, known: Found | null): Promise<void> => {
    const answer = await invoke('messages.sorted', {
      ...(JSON.parse(asked) as Omit<Input<'messages.sorted'>, 'offset' | 'limit'>),
      offset: known?.ids.length ?? 0,
      limit: pageSize,
    })
    if (latest.current !== asked) return
    if (!answer.ok) {
      setFound({ ...(known ?? nothing), key: asked, more: false, loading: false, error: answer.error })
      return
    }
    const { rows, more } = answer.value
    await workingSet.rows.bulkPut(rows)
    if (latest.current !== asked) return
    const before = known?.ids ?? []
    // What came meanwhile may push a row into the next page too.
    const added = rows.map((row) => row.id).filter((id) => !before.includes(id))
    setFound({ key: asked, ids: [...before, ...added], more, loading: false, error: null })
  }, [])

  useEffect(() => {
    if (key === '') return undefined
    const timer = setTimeout(() => void load(key, null), 0)
    return () => clearTimeout(timer)
  }, [key, load])

  const current = found.key === key
  const { ids } = found
  const shown = useLiveQuery(
    async () => ({
      ids,
      rows: (await workingSet.rows.bulkGet([...ids])).flatMap((row) =>
        row && among.split(',').includes(String(row.folderId)) ? [row] : [],
      ),
    }),
    [ids, among],
  )
  return {
    rows: current && shown?.ids === ids ? shown.rows : undefined,
    more: current && found.more,
    loading: found.loading || !current,
    error: current ? found.error : null,
    ...(order === null ? {} : { groupBy: order.sort }),
    loadMore: () => {
      if (!current || found.loading || !found.more) return
      setFound({ ...found, loading: true })
      void load(key, found)
    },
    retry: () => void load(key, null),
  }
}
