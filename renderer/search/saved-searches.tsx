import { ArrowDown, ArrowUp, Ellipsis, PencilLine, Search, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { Outcome, SavedSearch } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { savedSearchStore, useStore } from '../data/index.ts'
import { Button, IconButton, Menu, showError } from '../design/index.ts'
import { number, t } from '../i18n/index.ts'
import { NameDialog } from './name-dialog.tsx'

const tell = async (done: Promise<Outcome<unknown>>): Promise<void> => {
  const outcome = await done
  if (!outcome.ok) showError(outcome.error)
}

/** The searches one has saved, in the sidebar: one press searches again. */
export const SavedSearches = ({
  current,
  onSearch,
}: {
  /** Id of the one being shown. */
  current: number | null
  onSearch: (search: SavedSearch) => void
}) => {
  const searches = useStore(savedSearchStore)
  const [renaming, setRenaming] = useState<SavedSearch | null>(null)
  if (searches.length === 0) return null
  const move = (from: number, step: 1 | -1): void => {
    const ids = searches.map(({ id }) => id)
    const [moved] = ids.splice(from, 1)
    if (moved !== undefined) ids.splice(from + step, 0, moved)
    void tell(invoke('searches.reorder', { ids }))
  }
  return (
    <section className="nav-account nav-searches" aria-label={t('search.saved')}>
      <h2 className="nav-heading">
        <span className="nav-address">{t('search.saved')}</span>
      </h2>
      <ul>
        {searches.map((search, index) => (
          <li key={search.id} className="nav-search" title={search.text}>
            <Button
              variant="quiet"
              className="nav-item"
              {...(current === search.id ? { 'aria-current': 'page' as const } : {})}
              onPress={() => onSearch(search)}
            >
              <Search aria-hidden="true" />
              <span className="nav-name">{search.name}</span>
              {search.unread ? (
                <span className="nav-count tabular">
                  {search.unread >= 100 ? '99+' : number(search.unread)}
                  <span className="visually-hidden">{t('search.unread', { count: search.unread })}</span>
                </span>
              ) : null}
            </Button>
            <Menu
              label={t('search.actionsOf', { name: search.name })}
              trigger={
                <IconButton
                  size="small"
                  className="nav-search-menu"
                  label={t('search.actionsOf', { name: search.name })}
                >
                  <Ellipsis aria-hidden="true" />
                </IconButton>
              }
              entries={[
                {
                  id: 'rename',
                  label: t('search.rename'),
                  icon: <PencilLine aria-hidden="true" />,
                  onAction: () => setRenaming(search),
                },
                {
                  id: 'up',
                  label: t('search.moveUp'),
                  icon: <ArrowUp aria-hidden="true" />,
                  isDisabled: index === 0,
                  onAction: () => move(index, -1),
                },
                {
                  id: 'down',
                  label: t('search.moveDown'),
                  icon: <ArrowDown aria-hidden="true" />,
                  isDisabled: index === searches.length - 1,
                  onAction: () => move(index, 1),
                },
                {
                  id: 'delete',
                  label: t('search.delete'),
                  icon: <Trash2 aria-hidden="true" />,
                  onAction: () => void tell(invoke('searches.delete', { id: search.id })),
                },
              ]}
            />
          </li>
        ))}
      </ul>
      {renaming ? (
        <NameDialog
          title={t('search.renameTitle')}
          initial={renaming.name}
          onClose={() => setRenaming(null)}
          onName={(name) => {
            setRenaming(null)
            void tell(invoke('searches.rename', { id: renaming.id, name }))
          }}
        />
      ) : null}
    </section>
  )
}
