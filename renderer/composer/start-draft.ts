import type { DraftContent, DraftKind } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { showError } from '../design/index.ts'

/** Makes a draft with something in it already; its id, or null when it could not be made, which is shown. */
export const startDraft = async (
  asked: { kind: DraftKind; accountId: number | null; sourceId: number | null },
  prefill: Partial<DraftContent> | null = null,
): Promise<number | null> => {
  const draft = await invoke('drafts.create', asked)
  if (!draft.ok) {
    showError(draft.error)
    return null
  }
  const { id, content } = draft.value
  if (prefill !== null) {
    const saved = await invoke('drafts.save', { id, content: { ...content, ...prefill } })
    if (!saved.ok) showError(saved.error)
  }
  return id
}
