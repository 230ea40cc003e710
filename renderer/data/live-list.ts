import { useLiveQuery } from 'dexie-react-hooks'
import { useEffect, useRef, useState } from 'react'
import {
  ok,
  type AppError,
  type ListFilter,
  type MessageRow,
  type Outcome,
  type Output,
} from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { workingSet } from './working-set.ts'

/** Rows asked at once: two screens of the densest list. */
const pageSize = 60

/** Whether a row belongs under a filter; the core applies the same rule to its pages. */
const matchesFilter = (row: MessageRow, filter: ListFilter): boolean => {
  switch (filter) {
    case 'all':
      return true
    case 'unread':
      return !row.seen
    case 'results':
      return row.documentLabel !== null
    case 'patients':
      return row.trust === 'patient'
    case 'flagged':
      return row.flagged
    case 'attachments':
      return row.hasAttachments
  }
}

export interface LiveList {
  /** Newest first; undefined until the first page is there. */
  rows: readonly MessageRow[] | undefined
  /** Older rows exist in the vault. */
  more: boolean
  loading: boolean
  error: AppError | null
  /** What the rows are sorted by; their date when absent. */
  groupBy?: 'date' | 'patient' | 'type' | 'sender' | 'unread'
  loadMore: () => void
  retry: () => void
}

interface Range {
  key: string
  /** Every row of the folder down to this id is in the working set; null before the first page. */
  oldest: number | null
  /** Rows shown at most: what arrives while a folder is first read must not all become rows of the window. */
  limit: number
  more: boolean
  loading: boolean
  error: AppError | null
}

const emptyRange = (key: string): Range => ({
  key,
  oldest: null,
  limit: pageSize,
  more: true,
  loading: true,
  error: null,
})

/** A page of the core, put in the working set. */
const askPage = async (
  folderId: number | null,
  filter: ListFilter,
  before: number | null,
): Promise<Outcome<Output<'messages.page'>>> => {
  // No folder yet (ids are positive): nothing to ask.
  if (folderId === 0) return ok({ rows: [], more: false })
  const page = await invoke('messages.page', { folderId, before, limit: pageSize, filter })
  if (page.ok) await workingSet.rows.bulkPut(page.value.rows)
  return page
}

const rangeAfter = (before: Range, page: Outcome<Output<'messages.page'>>): Range =>
  page.ok
    ? {
        ...before,
        // The last page opens the range to the oldest message there will ever be.
        oldest: page.value.more ? (page.value.rows.at(-1)?.id ?? before.oldest ?? 0) : 0,
        more: page.value.more,
        loading: false,
        error: null,
      }
    : { ...before, more: true, loading: false, error: page.error }

/**
 * A folder, or every inbox for null, as a live list: pages come by key ranges into the working set, deltas of the core show by themselves. `keepId`
 * stays visible under a filter it no longer matches (the unread message being read).
 */
export const useFolderList = (
  folderId: number | null,
  inboxes: readonly number[],
  filter: ListFilter,
  keepId: number | null,
): LiveList => {
  const key = `${folderId === null ? 'received' : String(folderId)}:${filter}`
  const among = inboxes.join()
  const [range, setRange] = useState<Range>(() => emptyRange(key))
  const current = range.key === key ? range : emptyRange(key)
  const latest = useRef(key)

  useEffect(() => {
    latest.current = key
    void askPage(folderId, filter, null).then((answer) => {
      if (latest.current === key) setRange(rangeAfter(emptyRange(key), answer))
    })
  }, [key, folderId, filter])

  const load = async (wanted: Range): Promise<void> => {
    setRange({ ...wanted, loading: true, error: null })
    const answer = await askPage(folderId, filter, wanted.oldest)
    if (latest.current === key) setRange(rangeAfter(wanted, answer))
  }

  const { oldest, limit } = current
  const found = useLiveQuery(async () => {
    if (oldest === null) return undefined
    const received = new Set(inboxes)
    const range =
      folderId === null
        ? workingSet.rows
            .where('id')
            .between(oldest, Number.MAX_SAFE_INTEGER, true, true)
            .filter((row) => received.has(row.folderId))
        : workingSet.rows
            .where('[folderId+id]')
            .between([folderId, oldest], [folderId, Number.MAX_SAFE_INTEGER], true, true)
    const rows = await range
      .reverse()
      .filter((row) => row.id === keepId || matchesFilter(row, filter))
      .limit(limit + 1)
      .toArray()
    return { key, rows: rows.slice(0, limit), beyond: rows.length > limit }
  }, [key, among, oldest, limit, keepId])
  const shown = folderId !== 0 && found?.key === key ? found : undefined
  return {
    rows: shown?.rows,
    more: current.more || shown?.beyond === true,
    loading: current.loading,
    error: current.error,
    loadMore: () => {
      if (current.loading || oldest === null) return
      const wanted = { ...current, limit: limit + pageSize }
      if (shown?.beyond) setRange(wanted)
      else if (current.more) void load(wanted)
    },
    retry: () => void load(current),
  }
}

/** Every folder, live, in the order of the sidebar's accounts. */
export const useFolders = () => useLiveQuery(() => workingSet.folders.orderBy('accountId').toArray(), [])

/** The present instant, refreshed every half minute, for ages and « il y a ». */
export const useNow = (): Date => {
  const [now, setNow] = useState(() => new Date())
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 30_000)
    return () => clearInterval(timer)
  }, [])
  return now
}
