import { Archive, FileOutput, Flag, FolderInput, MailCheck, MailOpen, MailSearch, Trash2 } from 'lucide-react'
import type { ReactNode, Ref } from 'react'
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components'
import type { ListFilter } from '../../app/contract/index.ts'
import type { LiveList } from '../data/index.ts'
import { Button, EmptyState } from '../design/index.ts'
import { number, t, useLanguage } from '../i18n/index.ts'
import { useRefusals } from '../folders/index.ts'
import { ReadingPane, type ReadingAction } from '../reading/index.ts'
import { MessageList } from './message-list.tsx'
import './mailbox.css'

/** The filters worth a chip; the contract knows others. */
const filters = ['all', 'unread', 'results', 'patients', 'flagged'] as const satisfies readonly ListFilter[]

/** What the list and the reading pane ask of the shell about the selected messages. */
export type MailboxAction = ReadingAction | 'move'

/** What is selected when it is more than the rows loaded. */
const wholeText = ({
  search,
  filter,
  count,
}: {
  search: boolean
  filter: ListFilter
  count: number | null
}): string => {
  if (search) return t('actions.everythingFound')
  if (filter !== 'all') return t('actions.everythingFiltered')
  return count === null
    ? t('actions.everything')
    : t('actions.everythingShown', { count, shown: number(count) })
}

/** Folder (or search) on the left, message on the right. */
export const MailboxView = ({
  title,
  mailbox,
  count,
  list,
  search,
  filter,
  onFilter,
  selected,
  onSelect,
  whole,
  canBeWhole,
  onSelectAll,
  note,
  headAction,
  position,
  onAction,
  onOpen,
  gridRef,
}: {
  title: string
  /** The shared mailbox the folder is in, when it is not one's own. */
  mailbox: string | null
  /** Messages of the folder, or null when unknown (search). */
  count: number | null
  list: LiveList
  /** What stands above the results of a search; null in a folder. */
  search: ReactNode | null
  filter: ListFilter
  onFilter: (filter: ListFilter) => void
  selected: ReadonlySet<number>
  onSelect: (ids: ReadonlySet<number>) => void
  /** Everything is selected, also what the list has not loaded. */
  whole: boolean
  /** One can act on everything at once, also on what is not loaded. */
  canBeWhole: boolean
  onSelectAll: () => void
  /** What a shared folder does not allow, in words. */
  note: ReactNode
  /** What one can do to the whole folder. */
  headAction: ReactNode
  position: { index: number; total: number } | null
  onAction: (action: MailboxAction) => void
  onOpen: () => void
  gridRef?: Ref<HTMLDivElement>
}) => {
  const [only] = selected
  const language = useLanguage()
  const refused = useRefusals()
  return (
    <>
      <section className="list-pane" aria-label={title}>
        <header className="list-head">
          {mailbox === null ? null : <p className="list-mailbox muted small">{mailbox}</p>}
          <div className="list-title">
            <h1>{title}</h1>
            {count === null ? null : <span>{t('mailbox.count', { count, shown: number(count) })}</span>}
            {headAction}
          </div>
          {note}
          {search ?? (
            <ToggleButtonGroup
              className="filters"
              aria-label={t('mailbox.filters')}
              selectionMode="single"
              disallowEmptySelection
              selectedKeys={[filter]}
              onSelectionChange={(keys) => {
                const next = filters.find((candidate) => keys.has(candidate))
                if (next) onFilter(next)
              }}
            >
              {filters.map((candidate) => (
                <ToggleButton key={candidate} id={candidate} className="filter">
                  {t(`mailbox.filter-${candidate}`)}
                </ToggleButton>
              ))}
            </ToggleButtonGroup>
          )}
        </header>
        <div className="list-body">
          <MessageList
            // The headings of the groups are in the language of the window.
            key={language}
            list={list}
            label={title}
            empty={search !== null ? 'search' : filter === 'all' ? 'folder' : 'filter'}
            selected={selected}
            whole={whole}
            onSelect={onSelect}
            onSelectAll={onSelectAll}
            onOpen={onOpen}
            {...(gridRef ? { gridRef } : {})}
          />
        </div>
      </section>
      {selected.size > 1 ? (
        <main className="selection-panel">
          <h2 aria-live="polite">
            {whole
              ? wholeText({ search: search !== null, filter, count })
              : t('mailbox.selectedCount', { count: selected.size })}
          </h2>
          {canBeWhole && !whole && list.more && selected.size === list.rows?.length ? (
            <Button variant="link" onPress={onSelectAll}>
              {search
                ? t('actions.allFound')
                : t('actions.allOfFolder', { count: count ?? 0, shown: number(count ?? 0) })}
            </Button>
          ) : null}
          <div className="selection-actions">
            <Button isDisabled={refused.has('archive')} onPress={() => onAction('archive')}>
              <Archive aria-hidden="true" /> {t('mailbox.archive')}
            </Button>
            <Button isDisabled={refused.has('move')} onPress={() => onAction('move')}>
              <FolderInput aria-hidden="true" /> {t('actions.move')}
            </Button>
            <Button isDisabled={refused.has('toggle-seen')} onPress={() => onAction('toggle-seen')}>
              <MailCheck aria-hidden="true" /> {t('mailbox.toggleSeen')}
            </Button>
            <Button isDisabled={refused.has('toggle-flag')} onPress={() => onAction('toggle-flag')}>
              <Flag aria-hidden="true" /> {t('mailbox.toggleFlag')}
            </Button>
            <Button onPress={() => onAction('export')}>
              <FileOutput aria-hidden="true" /> {t('exchange.exportAction')}
            </Button>
            <Button isDisabled={refused.has('delete')} onPress={() => onAction('delete')}>
              <Trash2 aria-hidden="true" /> {t('mailbox.delete')}
            </Button>
          </div>
          <Button variant="link" onPress={() => onSelect(new Set())}>
            {t('mailbox.clearSelection')}
          </Button>
        </main>
      ) : only === undefined ? (
        <main className="selection-panel" data-nothing-open="">
          <EmptyState icon={search !== null ? <MailSearch /> : <MailOpen />} title={t('mailbox.nothingOpen')}>
            {t('mailbox.nothingOpenText')}
          </EmptyState>
        </main>
      ) : (
        <ReadingPane messageId={only} position={position} onAction={onAction} />
      )}
    </>
  )
}
