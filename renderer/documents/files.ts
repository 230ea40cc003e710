import { invoke } from '../client/index.ts'
import { showError, showToast } from '../design/index.ts'
import { t } from '../i18n/index.ts'

/** Asks where, then saves a part there. */
export const saveFile = async (url: string, fileName: string): Promise<void> => {
  const outcome = await invoke('window.savePart', { url, fileName })
  if (!outcome.ok) showError(outcome.error)
  else if (outcome.value) showToast({ text: t('reading.saved', { name: fileName }) })
}

/** Opens a private copy with the system's program; the copy goes when the mailbox is locked (architecture §7.2). */
export const openFile = async (url: string, fileName: string): Promise<void> => {
  const outcome = await invoke('window.openPart', { url, fileName })
  if (!outcome.ok) showError(outcome.error)
}
