import { ArrowLeft, BookUser, SearchX } from 'lucide-react'
import { useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { ListBox, ListBoxItem, ToggleButton, ToggleButtonGroup } from 'react-aria-components'
import type { Correspondent, DirectoryEntry, DirectoryFilters } from '../../app/contract/index.ts'
import { Button, EmptyState, ErrorState, Spinner, TextField } from '../design/index.ts'
import { fullDate, number, t } from '../i18n/index.ts'
import { BaseActions, BaseProgress, BaseTrouble } from './base-status.tsx'
import { useDirectorySearch, useDirectoryState, useFacets } from './directory-state.ts'
import { EntryLine } from './entry-line.tsx'
import { FavouriteList } from './favourite-list.tsx'
import { FilterBar } from './filter-bar.tsx'
import { ListsPanel } from './lists-panel.tsx'
import { PersonCard } from './person-card.tsx'
import './directory.css'

const noFilters: DirectoryFilters = {
  profession: null,
  specialty: null,
  department: null,
  type: null,
  gone: false,
}
const views = ['people', 'favourites', 'lists'] as const
type View = (typeof views)[number]

const isView = (value: unknown): value is View => views.some((view) => view === value)
const keyOf = (entry: DirectoryEntry): string =>
  `${entry.address} ${entry.nationalId ?? ''} ${entry.service ?? ''}`

/** The Annuaire Santé: search, filters, and the card of a person or of a structure's services. */
export const DirectoryPlace = ({
  onWrite,
}: {
  /** A new message to these addresses. */
  onWrite: (to: readonly Correspondent[]) => void
}) => {
  const { state, error } = useDirectoryState()
  const [view, setView] = useState<View>('people')
  const [text, setText] = useState('')
  const [filters, setFilters] = useState<DirectoryFilters>(noFilters)
  const [chosen, setChosen] = useState<DirectoryEntry | null>(null)
  const [changes, setChanges] = useState(0)
  const side = useRef<HTMLElement>(null)
  // In a narrow window the card takes the list's place; going back must not lose the keyboard's.
  const backToList = (): void => {
    flushSync(() => setChosen(null))
    side.current?.focus()
  }
  const date = state?.generation?.importedAt ?? null
  const facets = useFacets(date)
  const asked = text.trim() !== '' || JSON.stringify(filters) !== JSON.stringify(noFilters)
  const found = useDirectorySearch(text, filters, `${date ?? ''} ${String(changes)}`)
  const write = (entries: readonly DirectoryEntry[]): void =>
    onWrite(entries.map(({ name, address }) => ({ name, address })))

  const results = error ? (
    <ErrorState icon={<SearchX />} error={error} />
  ) : !state ? (
    <Spinner label={t('common.loading')} />
  ) : !asked ? (
    <EmptyState icon={<BookUser />} title={t('directory.ask')}>
      {t('directory.askText')}
    </EmptyState>
  ) : found.error ? (
    <ErrorState icon={<SearchX />} error={found.error} />
  ) : found.entries.length === 0 ? (
    found.ready ? (
      <EmptyState icon={<SearchX />} title={t('directory.nobody')}>
        {t('directory.nobodyText')}
      </EmptyState>
    ) : (
      <Spinner label={t('common.loading')} />
    )
  ) : (
    <>
      <p className="directory-count small muted" role="status">
        {found.near ? `${t('directory.nearText')} ` : ''}
        {found.more
          ? t('directory.countMore', { count: found.entries.length })
          : t('directory.count', { count: found.entries.length })}
      </p>
      <ListBox
        className="directory-entries"
        aria-label={t('directory.results')}
        selectionMode="single"
        selectionBehavior="replace"
        selectedKeys={chosen ? [keyOf(chosen)] : []}
        onSelectionChange={(keys) => {
          if (keys !== 'all') setChosen(found.entries.find((entry) => keys.has(keyOf(entry))) ?? null)
        }}
        items={found.entries.map((entry) => ({ id: keyOf(entry), entry }))}
      >
        {({ id, entry }) => (
          <ListBoxItem id={id} className="directory-entry" textValue={`${entry.name} ${entry.address}`}>
            <EntryLine entry={entry} />
          </ListBoxItem>
        )}
      </ListBox>
    </>
  )
  return (
    <main
      className="directory"
      aria-label={t('directory.title')}
      {...(chosen ? { 'data-card-open': '' } : {})}
    >
      <section ref={side} className="directory-side" aria-label={t('directory.search')} tabIndex={-1}>
        <header className="directory-head">
          <h1>{t('directory.title')}</h1>
          {state?.generation ? (
            <p className="small muted">
              {t('directory.baseOf', {
                date: fullDate(state.generation.date),
                count: number(state.generation.mailboxes),
              })}
            </p>
          ) : null}
        </header>
        <ToggleButtonGroup
          className="segments"
          aria-label={t('directory.views')}
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[view]}
          onSelectionChange={([next]) => {
            if (isView(next)) setView(next)
          }}
        >
          {views.map((one) => (
            <ToggleButton key={one} id={one} className="segment">
              {t(`directory.view-${one}`)}
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
        {state ? <BaseProgress state={state} /> : null}
        {view === 'lists' ? (
          <ListsPanel onWrite={onWrite} />
        ) : view === 'favourites' ? (
          <FavouriteList changed={changes} chosen={chosen} onChoose={setChosen} onWrite={onWrite} />
        ) : state && state.generation === null ? (
          <>
            <BaseTrouble state={state} />
            <EmptyState
              icon={<BookUser />}
              title={t(state.work ? 'directory.coming' : 'directory.never')}
              actions={<BaseActions state={state} />}
            >
              {t(state.work ? 'directory.comingText' : 'directory.neverText')}
            </EmptyState>
          </>
        ) : (
          <>
            {/* There before the base is known: what is typed at once is not lost, nor taken for commands. */}
            <TextField
              label={t('directory.search')}
              placeholder={t('directory.placeholder')}
              value={text}
              onChange={(next) => setText(next.slice(0, 200))}
              autoFocus
            />
            <FilterBar facets={facets} filters={filters} onChange={setFilters} />
            {state ? <BaseTrouble state={state} /> : null}
            {results}
          </>
        )}
      </section>
      <section className="directory-main" aria-label={t('directory.card')}>
        {chosen ? (
          <>
            <Button
              key={`back ${keyOf(chosen)}`}
              variant="quiet"
              className="directory-back"
              autoFocus
              onPress={backToList}
            >
              <ArrowLeft aria-hidden="true" />
              {t('directory.backToList')}
            </Button>
            <PersonCard
              key={keyOf(chosen)}
              entry={chosen}
              canVerify={state?.fhir === true}
              onWrite={write}
              onChanged={() => setChanges((count) => count + 1)}
            />
          </>
        ) : (
          <EmptyState icon={<BookUser />} title={t('directory.choose')}>
            {t('directory.chooseText')}
          </EmptyState>
        )}
      </section>
    </main>
  )
}
