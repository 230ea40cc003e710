import { useCallback, useState } from 'react'
import type { ActionSelection, ActionWish, DraftKind, Folder, MessageRow } from '../../app/contract/index.ts'
import { runBulk, type ForGood } from '../actions/index.ts'
import { showToast } from '../design/index.ts'
import { askExport } from '../exchange/index.ts'
import { t, type Key } from '../i18n/index.ts'
import {
  archive,
  archiveOf,
  moveTo,
  neighbour,
  remove,
  setFlag,
  type MailboxAction,
} from '../mailbox/index.ts'
import { folderName } from './folder-names.tsx'

/** Which messages are selected; `whole`: everything of the folder or search, also what the list has not loaded. */
export const useSelection = () => {
  const [selection, setSelection] = useState<{ ids: ReadonlySet<number>; whole: boolean }>({
    ids: new Set(),
    whole: false,
  })
  const choose = useCallback((ids: ReadonlySet<number>, whole: boolean): void => {
    setSelection({ ids, whole })
  }, [])
  const setSelected = useCallback((ids: ReadonlySet<number>): void => choose(ids, false), [choose])
  return { selected: selection.ids, whole: selection.whole, setSelected, choose }
}

interface ActionContext {
  rows: readonly MessageRow[]
  folders: readonly Folder[]
  /** The folder shown; none while searching. */
  folder: Folder | undefined
  selected: ReadonlySet<number>
  /** The selection when it is more than the list has loaded. */
  bulk: ActionSelection | null
  /** Why actions are not allowed here, by action. */
  refused: ReadonlyMap<string, Key>
  setSelected: (ids: ReadonlySet<number>) => void
  askForGood: ForGood['ask']
  askTarget: () => void
  compose: (kind: DraftKind, sourceId: number) => Promise<void>
}

const wishFor = (action: MailboxAction, { rows, folders, folder }: ActionContext): ActionWish | null => {
  const archiveFolder = folder ? archiveOf(folders, folder.id) : undefined
  switch (action) {
    case 'toggle-seen':
      return { kind: 'flag', flag: 'seen', on: rows.some((row) => !row.seen) }
    case 'toggle-flag':
      return { kind: 'flag', flag: 'flagged', on: rows.some((row) => !row.flagged) }
    case 'archive':
      return archiveFolder ? { kind: 'move', folderId: archiveFolder.id } : null
    case 'delete':
      return { kind: 'delete' }
    default:
      return null
  }
}

/** What a key, a button or a drop does to the selected messages. */
export const messageActions = (context: ActionContext) => {
  const { rows, folders, folder, selected, bulk, refused, setSelected } = context
  const ids = [...selected]

  const leaveList = (): void => {
    const next = neighbour(rows, selected)
    setSelected(new Set(next === null ? [] : [next]))
  }

  const actOnAll = async (action: MailboxAction, selection: ActionSelection): Promise<void> => {
    const wish = wishFor(action, context)
    if (action === 'archive' && !wish) showToast({ text: t('mailbox.noArchive'), tone: 'error' })
    if (!wish) return
    if (wish.kind === 'delete' && folder?.role === 'trash') {
      context.askForGood(selection)
      return
    }
    if (wish.kind !== 'flag') setSelected(new Set())
    await runBulk(selection, wish, folders)
  }

  const moveSelection = async (target: Folder): Promise<void> => {
    if (!target.rights.insert || refused.has('move')) {
      const text = refused.has('move')
        ? t('folders.refusedRemove')
        : t('folders.refusedInsert', { folder: folderName(target) })
      showToast({ text, tone: 'error' })
      return
    }
    if (ids.length === 0) return
    leaveList()
    if (bulk) await runBulk(bulk, { kind: 'move', folderId: target.id }, folders)
    else await moveTo(ids, target)
  }

  const act = async (action: MailboxAction): Promise<void> => {
    const why = refused.get(action)
    if (why && ids.length > 0) {
      showToast({ text: t(why), tone: 'error' })
      return
    }
    if (bulk && action !== 'close' && action !== 'move' && action !== 'export') {
      await actOnAll(action, bulk)
      return
    }
    const touched = rows.filter((row) => selected.has(row.id))
    const first = touched[0]
    if (action === 'close') {
      setSelected(new Set())
      return
    }
    if (!first) return
    switch (action) {
      case 'reply':
      case 'reply-all':
      case 'forward':
      case 'replace':
        await context.compose(action, first.id)
        return
      case 'export':
        // How many a search or a filter holds in all is not known here.
        if (!bulk) askExport({ kind: 'ids', ids }, ids.length)
        else askExport(bulk, folder && bulk.kind === 'folder' && bulk.filter === 'all' ? folder.total : null)
        return
      case 'move':
        context.askTarget()
        return
      case 'toggle-seen':
        await setFlag(ids, 'seen', !touched.every((row) => row.seen))
        return
      case 'toggle-flag':
        await setFlag(ids, 'flagged', !touched.every((row) => row.flagged))
        return
      case 'archive':
        leaveList()
        await archive(ids, folders, first.folderId)
        return
      case 'delete':
        if (touched.every((row) => folders.find((one) => one.id === row.folderId)?.role === 'trash')) {
          context.askForGood({ kind: 'ids', ids })
          return
        }
        leaveList()
        await remove(ids)
        return
    }
  }
  return { act, moveSelection }
}
