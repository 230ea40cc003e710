import { useRef, useState } from 'react'
import type { DraftKind } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { loadDrafts } from '../data/index.ts'

/** What the composer shows: a draft, or one that is being made. */
export interface Writing {
  /** Each time that the composer opens has its own number. */
  opening: number
  draftId: number | null
  kind: DraftKind | null
}

/** The draft that is being written above the mailbox, one at a time. */
export interface WritingState {
  writing: Writing | null
  /** Opens the composer at once on the draft that `make` gives; null from it, its error shown, closes it again. */
  begin: (kind: DraftKind, make: () => Promise<number | null>) => Promise<void>
  /** Opens a draft that exists. */
  open: (draftId: number) => void
  /** Closes the composer; with an opening, only where it is still that one: what comes late closes no other message. */
  leave: (opening?: number) => void
}

/** What is being written. A draft whose composer was closed before it was made is dropped: nothing is in it. */
export const useWriting = (): WritingState => {
  const [writing, setWriting] = useState<Writing | null>(null)
  const last = useRef(0)
  const show = (next: Omit<Writing, 'opening'> | null): number => {
    last.current += 1
    setWriting(next && { ...next, opening: last.current })
    return last.current
  }
  return {
    writing,
    begin: async (kind, make) => {
      const opening = show({ draftId: null, kind })
      const draftId = await make()
      if (opening === last.current) setWriting(draftId === null ? null : { opening, draftId, kind })
      else if (draftId !== null) {
        await invoke('drafts.discard', { id: draftId })
        void loadDrafts()
      }
    },
    open: (draftId) => void show({ draftId, kind: null }),
    leave: (opening) => {
      if (opening === undefined || opening === last.current) show(null)
      void loadDrafts()
    },
  }
}
