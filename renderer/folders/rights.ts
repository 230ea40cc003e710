import { createContext, useContext } from 'react'
import type { Folder } from '../../app/contract/index.ts'
import type { Key } from '../i18n/index.ts'

/** Actions on messages that a shared mailbox may not allow. */
type RefusedAction = 'toggle-seen' | 'toggle-flag' | 'archive' | 'move' | 'delete'

/** What the user may not do with the messages of these folders, each with the sentence that says why. */
export const refusals = (folders: readonly Folder[]): ReadonlyMap<string, Key> => {
  const all = (right: keyof Folder['rights']): boolean => folders.every(({ rights }) => rights[right])
  const refused = new Map<RefusedAction, Key>()
  if (!all('seen')) refused.set('toggle-seen', 'folders.refusedSeen')
  if (!all('flag')) refused.set('toggle-flag', 'folders.refusedFlag')
  if (!all('remove'))
    for (const action of ['archive', 'move', 'delete'] as const) refused.set(action, 'folders.refusedRemove')
  return refused
}

/** What is refused for the messages selected, for the buttons to say so. */
export const Refusals = createContext<ReadonlyMap<string, Key>>(new Map())

export const useRefusals = (): ReadonlyMap<string, Key> => useContext(Refusals)
