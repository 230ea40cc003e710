import type { ActionSelection, Folder, ListFilter, SearchScope } from '../../app/contract/index.ts'
import { isPlain, plainOrder, type ListOrder } from '../data/index.ts'

/**
 * What « everything » means for the list shown, also what it has not loaded; null where one can only act on the rows loaded:
 * a folder narrowed to a patient, a type or dates would lose what is not in the list.
 */
export const wholeList = ({
  search,
  folder,
  filter,
  order,
}: {
  /** The search that is shown; null when none is. */
  search: { text: string; scope: SearchScope } | null
  /** Absent in the list of every inbox. */
  folder: Pick<Folder, 'id'> | undefined
  filter: ListFilter
  order: ListOrder
}): ActionSelection | null => {
  if (search) return { kind: 'search', text: search.text, scope: search.scope }
  return folder && isPlain({ ...order, sort: plainOrder.sort, descending: plainOrder.descending })
    ? { kind: 'folder', folderId: folder.id, filter }
    : null
}
