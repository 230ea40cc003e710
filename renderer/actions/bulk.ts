import type { ActionProgress, ActionSelection, ActionWish, Folder } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { actionNameStore, actionProgressStore } from '../data/index.ts'
import { showError, showToast } from '../design/index.ts'
import { folderName, number, t, type Key } from '../i18n/index.ts'

/** What an action on many messages is called while it runs and when it is over. */
interface BulkName {
  doing: string
  done: (count: number) => string
  canUndo: boolean
}

const kindOf = (wish: ActionWish) => {
  if (wish.kind !== 'flag') return wish.kind
  if (wish.flag === 'flagged') return wish.on ? 'flagged' : 'unflagged'
  return wish.on ? 'seen' : 'unseen'
}

/** Sentences of a wish in the language of now; `folders` name its target. */
export const bulkName = (wish: ActionWish, folders: readonly Folder[]): BulkName => {
  const kind = kindOf(wish)
  const target = wish.kind === 'move' ? folders.find((one) => one.id === wish.folderId) : undefined
  const folder = target ? folderName(target) : ''
  const done: Key = `actions.done-${kind}`
  return {
    doing: t(`actions.doing-${kind}`, { folder }),
    done: (count) => t(done, { count, shown: number(count), folder }),
    canUndo: kind !== 'delete-for-good',
  }
}

const undo = async (actionId: number): Promise<void> => {
  const undone = await invoke('messages.undo', { operationId: actionId })
  if (!undone.ok) showError(undone.error)
}

/** Begins what was prepared; the bar shows its progress, a toast its end. */
export const startBulk = async (actionId: number, name: BulkName): Promise<void> => {
  actionNameStore.set(new Map(actionNameStore.get()).set(actionId, name.doing))
  const stop = actionProgressStore.subscribe(() => {
    const progress = actionProgressStore.get().get(actionId)
    if (progress?.state !== 'done' && progress?.state !== 'stopped') return
    stop()
    if (progress.state === 'done')
      showToast({
        text: name.done(progress.total),
        ...(name.canUndo ? { onUndo: () => void undo(actionId) } : {}),
      })
  })
  const started = await invoke('actions.start', { actionId })
  if (!started.ok) {
    stop()
    showError(started.error)
  }
}

/** Does a wish to a whole selection: frozen first, then in slices. */
export const runBulk = async (
  selection: ActionSelection,
  wish: ActionWish,
  folders: readonly Folder[],
): Promise<void> => {
  const prepared = await invoke('actions.prepare', { selection, wish })
  if (!prepared.ok) {
    showError(prepared.error)
    return
  }
  const { actionId, total } = prepared.value
  if (total === 0) {
    showToast({ text: t('actions.nothingToDo') })
    await invoke('actions.discard', { actionId })
    return
  }
  await startBulk(actionId, bulkName(wish, folders))
}

/** Stops an action under way and takes back what it has done. */
export const stopBulk = (actionId: number): Promise<void> => undo(actionId)

/** What the bar shows: an action that is running here, or being taken back. */
export const runningBulk = (all: ReadonlyMap<number, ActionProgress>): ActionProgress | undefined =>
  [...all.values()].findLast((one) => one.state === 'running' && one.total > 0)
