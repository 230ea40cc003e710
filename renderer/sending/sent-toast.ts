import type { OutboxItem } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { loadDrafts } from '../data/index.ts'
import { showError, showToast } from '../design/index.ts'
import { dateTime, t } from '../i18n/index.ts'

const takeBack = async (item: OutboxItem, onDraft: (draftId: number) => void): Promise<void> => {
  const draft = await invoke('outbox.edit', { id: item.id })
  if (!draft.ok) {
    showError(draft.error)
    return
  }
  void loadDrafts()
  onDraft(draft.value.id)
  showToast({ text: t('sending.takenBack') })
}

/** Tells what was just handed to the outbox; while it has not left, « Annuler » gives the draft back to `onDraft`. */
export const tellSent = (item: OutboxItem, onDraft: (draftId: number) => void): void => {
  if (!item.due) {
    showToast({ text: t('shell.queued') })
    return
  }
  const onUndo = (): void => void takeBack(item, onDraft)
  if (item.due.kind === 'schedule') {
    showToast({ text: t('sending.scheduled', { date: dateTime(item.due.at) }), onUndo })
    return
  }
  const endsAt = new Date(item.due.at).getTime()
  const left = Math.max(0, endsAt - Date.now())
  const subject = item.subject || t('mailbox.noSubject')
  showToast({
    text: t('sending.sendingIn', { subject, seconds: Math.round(left / 1000) }),
    onUndo,
    endsAt,
  })
}
