import { useCallback, useEffect, useRef, useState } from 'react'
import type { AppError, Draft, DraftAttachment, DraftContent, SendCheck } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { cardStore, certificatesStore, loadDrafts, useStore } from '../data/index.ts'
import { showError } from '../design/index.ts'

/** Quiet time after a key before the draft is saved, in milliseconds. */
const saveAfter = 400

export type SaveState =
  { state: 'saved'; at: string } | { state: 'saving' } | { state: 'failed'; error: AppError }

export interface DraftState {
  draft: Draft
  content: DraftContent
  attachments: readonly DraftAttachment[]
  checks: readonly SendCheck[]
  save: SaveState
  change: (edit: (content: DraftContent) => DraftContent) => void
  setAttachments: (edit: (attachments: readonly DraftAttachment[]) => readonly DraftAttachment[]) => void
  /** Asks the core's checks again: something beside the content changed. */
  recheck: () => Promise<void>
  /** Saves what is typed now; true when the core has it. */
  flush: () => Promise<boolean>
  /** The draft is sent or thrown away: nothing of it is kept any more. */
  end: () => void
}

export type DraftLoad =
  { state: 'loading' } | { state: 'failed'; error: AppError } | { state: 'ready'; draft: Draft }

/** A draft by its id; loading while it has none. */
export const useDraft = (draftId: number | null): DraftLoad => {
  const [loaded, setLoaded] = useState<{ draftId: number; load: DraftLoad } | null>(null)
  useEffect(() => {
    if (draftId === null) return undefined
    let current = true
    void invoke('drafts.get', { id: draftId }).then((outcome) => {
      if (current)
        setLoaded({
          draftId,
          load: outcome.ok
            ? { state: 'ready', draft: outcome.value }
            : { state: 'failed', error: outcome.error },
        })
    })
    return () => {
      current = false
    }
  }, [draftId])
  return loaded !== null && loaded.draftId === draftId ? loaded.load : { state: 'loading' }
}

/** What is typed, saved after each pause, with the core's checks after each save. Saves run one after another, the last wins. */
export const useDraftState = (draft: Draft, prepare: (content: DraftContent) => DraftContent): DraftState => {
  const [content, setContent] = useState(() => prepare(draft.content))
  const [attachments, setAttachments] = useState<readonly DraftAttachment[]>(draft.attachments)
  const [checks, setChecks] = useState<readonly SendCheck[]>([])
  const [save, setSave] = useState<SaveState>({ state: 'saved', at: draft.savedAt })
  const latest = useRef(content)
  const unsaved = useRef(false)
  const over = useRef(false)
  const failure = useRef<AppError | null>(null)
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)
  const queue = useRef<Promise<boolean>>(Promise.resolve(true))

  const asked = useRef(0)
  const check = useCallback(async (): Promise<void> => {
    asked.current += 1
    const mine = asked.current
    const outcome = await invoke('drafts.check', { id: draft.id })
    // An answer that was overtaken says what was.
    if (outcome.ok && mine === asked.current) setChecks(outcome.value)
  }, [draft.id])

  const flush = useCallback((): Promise<boolean> => {
    if (timer.current !== null) clearTimeout(timer.current)
    timer.current = null
    const run = async (): Promise<boolean> => {
      if (!unsaved.current || over.current) return true
      unsaved.current = false
      setSave({ state: 'saving' })
      const outcome = await invoke('drafts.save', { id: draft.id, content: latest.current })
      if (!outcome.ok) {
        unsaved.current = true
        failure.current = outcome.error
        setSave({ state: 'failed', error: outcome.error })
        return false
      }
      setSave({ state: 'saved', at: outcome.value.savedAt })
      await check()
      return true
    }
    queue.current = queue.current.then(run, run)
    return queue.current
  }, [draft.id, check])

  const change = useCallback(
    (edit: (content: DraftContent) => DraftContent): void => {
      const next = edit(latest.current)
      if (next === latest.current) return
      latest.current = next
      unsaved.current = true
      setContent(next)
      if (timer.current !== null) clearTimeout(timer.current)
      timer.current = setTimeout(() => void flush(), saveAfter)
    },
    [flush],
  )

  const attachmentCount = attachments.length
  const cardState = useStore(cardStore).state
  const decisions = useStore(certificatesStore)
  useEffect(() => {
    void check()
  }, [check, attachmentCount, cardState, decisions])
  // Closing the window of a draft, whatever closes it, keeps what was typed; what could not be kept is said where one is then.
  useEffect(
    () => () =>
      void flush().then((kept) => {
        if (over.current) return
        // The list of drafts was asked for when the window closed: before this.
        if (kept) void loadDrafts()
        else if (failure.current) showError(failure.current)
      }),
    [flush],
  )
  const end = useCallback(() => {
    over.current = true
  }, [])

  return { draft, content, attachments, checks, save, change, setAttachments, recheck: check, flush, end }
}
