import { useState } from 'react'
import type { Folder, SavedSearch, SearchScope } from '../../app/contract/index.ts'
import { accountStore, savedSearchStore, useSearchList, useStore } from '../data/index.ts'
import type { ScopeKind } from '../search/index.ts'

/** What is searched for and where, with what was found; `forget` is told before the results change. */
export const useSearch = (forget: () => void) => {
  const [text, setText] = useState('')
  const [scope, setScope] = useState<SearchScope>({ kind: 'all' })
  const accounts = useStore(accountStore)
  const results = useSearchList(text, scope)
  const saved = useStore(savedSearchStore).find(
    (one) => one.text === text.trim() && JSON.stringify(one.scope) === JSON.stringify(scope),
  )
  return {
    text,
    scope,
    results,
    active: text.trim() !== '',
    /** The saved search that this is. */
    saved: saved?.id ?? null,
    type: (next: string): void => {
      setText(next)
      forget()
    },
    show: (one: SavedSearch): void => {
      setText(one.text)
      setScope(one.scope)
      forget()
    },
    clear: (): void => {
      setText('')
      setScope({ kind: 'all' })
    },
    chooseScope: (kind: ScopeKind, folder: Folder | undefined): void => {
      forget()
      if (kind === 'folder' && folder) setScope({ kind, folderId: folder.id })
      else if (kind === 'account' && folder) setScope({ kind, accountId: folder.accountId })
      else setScope({ kind: 'all' })
    },
    scopesOf: (folder: Folder | undefined): ScopeKind[] =>
      folder ? (accounts.length > 1 ? ['folder', 'account', 'all'] : ['folder', 'all']) : ['all'],
  }
}
