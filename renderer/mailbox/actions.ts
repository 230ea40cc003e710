import type { Folder, MessageRow, Outcome } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { showError, showToast } from '../design/index.ts'
import { folderName, number, t, type Key } from '../i18n/index.ts'

const report = (
  outcome: Outcome<number>,
  key: Key,
  count: number,
  names: Readonly<Record<string, string>> = {},
): void => {
  if (!outcome.ok) {
    showError(outcome.error)
    return
  }
  const operationId = outcome.value
  // Done already, or undone in the same moment: it must not be said to be done.
  if (operationId === 0) {
    showToast({ text: t('actions.nothingToDo') })
    return
  }
  showToast({
    text: t(key, { count, shown: number(count), ...names }),
    onUndo: () => {
      void invoke('messages.undo', { operationId }).then((undone) => {
        if (!undone.ok) showError(undone.error)
      })
    },
  })
}

/** Sets or clears a flag; quiet on one message (the row shows it), with undo on several. */
export const setFlag = async (
  ids: readonly number[],
  flag: 'seen' | 'flagged',
  on: boolean,
): Promise<void> => {
  const outcome = await invoke('messages.setFlag', { ids: [...ids], flag, on })
  if (!outcome.ok) showError(outcome.error)
  else if (ids.length > 1)
    report(
      outcome,
      `actions.done-${flag === 'seen' ? (on ? 'seen' : 'unseen') : on ? 'flagged' : 'unflagged'}`,
      ids.length,
    )
}

/** The archive folder of the mailbox (one's own, or a shared one) these messages are in. */
export const archiveOf = (folders: readonly Folder[], folderId: number): Folder | undefined => {
  const source = folders.find((folder) => folder.id === folderId)
  return folders.find(
    (folder) =>
      folder.role === 'archive' &&
      folder.accountId === source?.accountId &&
      folder.mailbox === source.mailbox,
  )
}

/** Moves from `folderId` to the archive folder of the same mailbox, with undo. False when it has none. */
export const archive = async (
  ids: readonly number[],
  folders: readonly Folder[],
  folderId: number,
): Promise<boolean> => {
  const target = archiveOf(folders, folderId)
  if (!target) {
    showToast({ text: t('mailbox.noArchive'), tone: 'error' })
    return false
  }
  report(
    await invoke('messages.move', { ids: [...ids], folderId: target.id }),
    'mailbox.archived',
    ids.length,
  )
  return true
}

/** Moves to a folder, with undo. */
export const moveTo = async (ids: readonly number[], target: Folder): Promise<void> =>
  report(
    await invoke('messages.move', { ids: [...ids], folderId: target.id }),
    'actions.done-move',
    ids.length,
    {
      folder: folderName(target),
    },
  )

/** Moves to the trash, with undo. */
export const remove = async (ids: readonly number[]): Promise<void> =>
  report(await invoke('messages.delete', { ids: [...ids] }), 'mailbox.deleted', ids.length)

/** The row to open after `gone` leave the list: the next older one, else the newer one. */
export const neighbour = (rows: readonly MessageRow[], gone: ReadonlySet<number>): number | null => {
  const last = rows.findLastIndex((row) => gone.has(row.id))
  if (last < 0) return null
  const after = rows.slice(last + 1).find((row) => !gone.has(row.id))
  const before = rows.slice(0, last).findLast((row) => !gone.has(row.id))
  return (after ?? before)?.id ?? null
}
