import { useLiveQuery } from 'dexie-react-hooks'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { AppError, SearchExcerpt, SearchScope, SearchTerm } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import type { LiveList } from './live-list.ts'
import { workingSet } from './working-set.ts'

/** Rows asked at once: two screens of the densest list. */
const pageSize = 60
/** Milliseconds without a key before the core is asked. */
const typingPause = 90

export interface SearchResults {
  list: LiveList
  /** How the text was understood, for the text it was asked with. */
  understood: readonly SearchTerm[]
  excerpts: ReadonlyMap<number, SearchExcerpt>
  /** Finds the words in any text shown; null when there are none. */
  pattern: RegExp | null
}

interface Found {
  key: string
  ids: readonly number[]
  more: boolean
  loading: boolean
  error: AppError | null
  understood: readonly SearchTerm[]
  excerpts: ReadonlyMap<number, SearchExcerpt>
  pattern: RegExp | null
}

const nothing: Found = {
  key: '',
  ids: [],
  more: false,
  loading: true,
  error: null,
  understood: [],
  excerpts: new Map(),
  pattern: null,
}

/** Results while one types: the last ones stay until the next ones are there, late answers are dropped. Empty text gives none. */
export const useSearchList = (text: string, scope: SearchScope): SearchResults => {
  const words = text.trim()
  const where = JSON.stringify(scope)
  const key = words === '' ? '' : `${where} ${words}`
  const [found, setFound] = useState<Found>(nothing)
  const latest = useRef(key)
  useEffect(() => {
    latest.current = key
  }, [key])

  const load = useCallback(
    async (asked: string, query: string, within: string, known: Found | null): Promise<void> => {
      const answer = await invoke('messages.search', {
        text: query,
        scope: JSON.parse(within) as SearchScope,
        before: known?.ids.at(-1) ?? null,
        limit: pageSize,
      })
      if (latest.current !== asked) return
      if (!answer.ok) {
        setFound({ ...(known ?? nothing), key: asked, more: false, loading: false, error: answer.error })
        return
      }
      const { rows, excerpts, understood, more, pattern } = answer.value
      await workingSet.rows.bulkPut(rows)
      if (latest.current !== asked) return
      setFound({
        key: asked,
        ids: [...(known?.ids ?? []), ...rows.map((row) => row.id)],
        more,
        loading: false,
        error: null,
        understood,
        excerpts: new Map([
          ...(known?.excerpts ?? []),
          ...excerpts.map((one): [number, SearchExcerpt] => [one.messageId, one]),
        ]),
        pattern: pattern === null ? null : new RegExp(pattern, 'giu'),
      })
    },
    [],
  )

  useEffect(() => {
    if (key === '') return undefined
    const timer = setTimeout(() => void load(key, words, where, null), typingPause)
    return () => clearTimeout(timer)
  }, [key, words, where, load])

  const current = found.key === key
  const ids = key === '' ? nothing.ids : found.ids
  const shown = useLiveQuery(
    async () => ({ ids, rows: (await workingSet.rows.bulkGet([...ids])).filter((row) => row !== undefined) }),
    [ids],
  )
  const loading = found.loading || !current
  return {
    list: {
      rows:
        key === '' || (found.key === '' && loading)
          ? undefined
          : shown?.ids === ids
            ? shown.rows
            : shown?.rows,
      more: current && found.more,
      loading,
      error: current ? found.error : null,
      loadMore: () => {
        if (!current || found.loading || !found.more || ids.length === 0) return
        setFound({ ...found, loading: true })
        void load(key, words, where, found)
      },
      retry: () => void load(key, words, where, null),
    },
    understood: current ? found.understood : [],
    excerpts: found.excerpts,
    pattern: found.pattern,
  }
}
