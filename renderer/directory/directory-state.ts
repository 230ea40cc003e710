import { useEffect, useState } from 'react'
import type {
  AppError,
  DirectoryEntry,
  DirectoryFacets,
  DirectoryFilters,
  DirectoryState,
  DistributionList,
  Output,
} from '../../app/contract/index.ts'
import { invoke, on } from '../client/index.ts'
import { useFollowed } from '../data/index.ts'

const askState = () => invoke('directory.state', null)
const followState = (told: (state: DirectoryState) => void) => on('directory.changed', told)

/** The base of this workstation as it is now; null before the first answer, or with why there is none. */
export const useDirectoryState = () => useFollowed(askState, followState)

/** The distribution lists; null before the first answer. */
export const useLists = (): readonly DistributionList[] | null => {
  const [lists, setLists] = useState<readonly DistributionList[] | null>(null)
  useEffect(() => {
    // What was told, or asked, since is newer than an answer.
    let latest = 0
    const ask = async (): Promise<void> => {
      latest += 1
      const mine = latest
      const outcome = await invoke('lists.all', null)
      if (outcome.ok && mine === latest) setLists(outcome.value)
    }
    void ask()
    const listening = [
      on('lists.changed', (told) => {
        latest += 1
        setLists(told)
      }),
      // A new extraction may have lost some of their members.
      on('directory.changed', (state) => {
        if (state.work === null) void ask()
      }),
    ]
    return () => {
      for (const end of listening) end()
    }
  }, [])
  return lists
}

/** Values to filter by, of the base whose date this is. */
export const useFacets = (date: string | null): DirectoryFacets | null => {
  const [facets, setFacets] = useState<DirectoryFacets | null>(null)
  useEffect(() => {
    let current = true
    void invoke('directory.facets', null).then((outcome) => {
      if (current && outcome.ok) setFacets(outcome.value)
    })
    return () => {
      current = false
    }
  }, [date])
  return facets
}

export interface Found {
  entries: readonly DirectoryEntry[]
  more: boolean
  /** Nobody is spelt so: these are one typing error away. */
  near: boolean
  error: AppError | null
  /** The answer to what is asked now has come. */
  ready: boolean
}

const atMost = 100

/** What the base finds; what it found before stays until the next answer, so that the list does not blink. */
export const useDirectorySearch = (text: string, filters: DirectoryFilters, changed: unknown): Found => {
  const question = JSON.stringify({ text: text.trim().slice(0, 200), filters })
  const [answer, setAnswer] = useState<{
    question: string
    found: Output<'directory.search'> | null
    error: AppError | null
  } | null>(null)
  useEffect(() => {
    let current = true
    const wish = JSON.parse(question) as { text: string; filters: DirectoryFilters }
    void invoke('directory.search', { ...wish, limit: atMost }).then((outcome) => {
      if (!current) return
      setAnswer(
        outcome.ok
          ? { question, found: outcome.value, error: null }
          : { question, found: null, error: outcome.error },
      )
    })
    return () => {
      current = false
    }
  }, [question, changed])
  return {
    entries: answer?.found?.entries ?? [],
    more: answer?.found?.more ?? false,
    near: answer?.found?.near ?? false,
    error: answer?.error ?? null,
    ready: answer?.question === question,
  }
}
