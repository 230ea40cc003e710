import { useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import type { DraftKind, Folder, ListFilter, MessageRow } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { Composer } from '../composer/index.ts'
import {
  accountStore,
  draftStore,
  loadDrafts,
  loadErrorStore,
  loadOpenSession,
  useFolderList,
  useFolders,
  useSearchList,
  useStore,
  type LiveList,
} from '../data/index.ts'
import { showError, showToast, undoLast } from '../design/index.ts'
import { askExport, ExchangeLayer } from '../exchange/index.ts'
import { t } from '../i18n/index.ts'
import { archive, MailboxView, neighbour, remove, setFlag, type MailboxAction } from '../mailbox/index.ts'
import { SettingsDialog } from '../settings/index.ts'
import { CommandPalette } from './command-palette.tsx'
import { folderName } from './folder-names.tsx'
import { LocalDrafts } from './local-drafts.tsx'
import { OutboxView } from './outbox-view.tsx'
import { ShortcutHelp } from './shortcut-help.tsx'
import { useShortcuts, type Command } from './shortcuts.ts'
import { Sidebar, type Place } from './sidebar.tsx'
import { StateBanners } from './state-banners.tsx'
import { TopBar } from './top-bar.tsx'
import './shell.css'
import './panels.css'

type Panel = 'palette' | 'help' | 'settings' | null

const noFolders: readonly Folder[] = []
const noRows: readonly MessageRow[] = []

/** The mailbox window of an open session. */
export const Shell = ({ onAddAccount }: { onAddAccount: () => void }) => {
  const accounts = useStore(accountStore)
  const folders = useFolders() ?? noFolders
  const drafts = useStore(draftStore)
  const loadError = useStore(loadErrorStore)
  const [chosen, setChosen] = useState<Place | null>(null)
  const [filter, setFilter] = useState<ListFilter>('all')
  const [search, setSearch] = useState('')
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set())
  const [panel, setPanel] = useState<Panel>(null)
  const [draftId, setDraftId] = useState<number | null>(null)
  const searchInput = useRef<HTMLInputElement>(null)
  const grid = useRef<HTMLDivElement>(null)

  const firstPersonal = accounts.find((account) => account.kind === 'personal') ?? accounts[0]
  const inbox = folders.find(
    (one) => one.role === 'inbox' && one.mailbox === null && one.accountId === firstPersonal?.id,
  )
  // A folder may go with its account.
  const gone = chosen?.kind === 'folder' && !folders.some((one) => one.id === chosen.folderId)
  const place: Place | null =
    (gone ? null : chosen) ?? (inbox ? { kind: 'folder', folderId: inbox.id } : null)
  const folder = place?.kind === 'folder' ? folders.find((one) => one.id === place.folderId) : undefined
  const searching = search.trim() !== ''
  const folderDrafts =
    folder?.role === 'drafts' && folder.mailbox === null && !searching
      ? drafts.filter(({ content }) => content.accountId === folder.accountId)
      : []
  const [only] = selected
  const openId = selected.size === 1 && only !== undefined ? only : null
  // Folder ids are positive: 0 lists nothing while folders are on their way.
  const folderList = useFolderList(folder?.id ?? 0, filter, openId)
  const searchList = useSearchList(search)
  const notLoaded = loadError && folders.length === 0 ? loadError : null
  const list: LiveList = searching
    ? searchList
    : notLoaded
      ? { ...folderList, error: notLoaded, retry: () => void loadOpenSession() }
      : folderList
  const rows = list.rows ?? noRows
  const index = openId === null ? -1 : rows.findIndex((row) => row.id === openId)

  const go = (next: Place): void => {
    setChosen(next)
    setFilter('all')
    setSearch('')
    setSelected(new Set())
  }
  const lock = async (): Promise<void> => {
    const outcome = await invoke('session.lock', { reason: 'user' })
    if (!outcome.ok) showError(outcome.error)
  }
  const compose = async (kind: DraftKind, sourceId: number | null): Promise<void> => {
    const accountId = folder?.accountId ?? firstPersonal?.id ?? null
    const draft = await invoke('drafts.create', { kind, accountId, sourceId })
    if (draft.ok) setDraftId(draft.value.id)
    else showError(draft.error)
  }
  const leaveComposer = (): void => {
    setDraftId(null)
    void loadDrafts()
  }
  const move = (step: 1 | -1): void => {
    const next = index < 0 ? rows[0] : rows[index + step]
    if (!next) return
    // The grid scrolls to the row it has focused: it learns the first one from the selection, the next by an arrow key.
    if (index < 0) flushSync(() => setSelected(new Set([next.id])))
    if (!grid.current?.contains(document.activeElement)) grid.current?.focus()
    if (index < 0) return
    document.activeElement?.dispatchEvent(
      new KeyboardEvent('keydown', {
        key: step === 1 ? 'ArrowDown' : 'ArrowUp',
        bubbles: true,
        cancelable: true,
      }),
    )
    setSelected(new Set([next.id]))
  }
  const leaveList = (ids: ReadonlySet<number>): void => {
    const next = neighbour(rows, ids)
    setSelected(new Set(next === null ? [] : [next]))
  }

  const act = async (action: MailboxAction): Promise<void> => {
    const ids = [...selected]
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
        await compose(action, first.id)
        return
      case 'export':
        askExport(ids)
        return
      case 'toggle-seen':
        await setFlag(ids, 'seen', !touched.every((row) => row.seen))
        return
      case 'toggle-flag':
        await setFlag(ids, 'flagged', !touched.every((row) => row.flagged))
        return
      case 'archive':
        leaveList(selected)
        await archive(ids, folders, first.folderId)
        return
      case 'delete':
        leaveList(selected)
        await remove(ids)
        return
    }
  }

  const run = (command: Command): void => {
    switch (command) {
      case 'next':
        move(1)
        return
      case 'previous':
        move(-1)
        return
      case 'open':
        document.querySelector<HTMLElement>('main [tabindex], main button')?.focus()
        return
      case 'undo':
        undoLast()
        return
      case 'new':
        void compose('new', null)
        return
      case 'search':
        searchInput.current?.focus()
        searchInput.current?.select()
        return
      case 'palette':
      case 'help':
      case 'settings':
        setPanel(command)
        return
      case 'sync':
        void invoke('accounts.syncNow', null)
        return
      case 'outbox':
        go({ kind: 'outbox' })
        return
      case 'lock':
        void lock()
        return
      default:
        void act(command)
    }
  }
  useShortcuts(run)

  const title = searching
    ? t('shell.searchTitle')
    : folder
      ? folderName(folder)
      : t(notLoaded ? 'shell.folders' : 'common.loading')
  return (
    <div className="shell">
      <TopBar
        search={search}
        onSearch={(text) => {
          setSearch(text)
          setSelected(new Set())
        }}
        onLock={() => void lock()}
        onHelp={() => setPanel('help')}
        searchRef={searchInput}
      />
      <Sidebar
        folders={folders}
        place={searching ? null : place}
        onGo={go}
        onNewMessage={() => void compose('new', null)}
        onSettings={() => setPanel('settings')}
      />
      <div className="shell-content">
        <StateBanners />
        {folderDrafts.length > 0 ? <LocalDrafts drafts={folderDrafts} onOpen={setDraftId} /> : null}
        <div className="shell-panes" data-place={place?.kind === 'outbox' && !searching ? 'outbox' : 'mail'}>
          {place?.kind === 'outbox' && !searching ? (
            <OutboxView />
          ) : (
            <MailboxView
              title={title}
              mailbox={searching ? null : (folder?.mailbox ?? null)}
              count={searching || !folder ? null : folder.total}
              list={list}
              search={searching}
              filter={filter}
              onFilter={(next) => {
                setFilter(next)
                setSelected(new Set())
              }}
              selected={selected}
              onSelect={setSelected}
              position={
                index < 0
                  ? null
                  : {
                      index: index + 1,
                      total: folder && !searching && filter === 'all' ? folder.total : rows.length,
                    }
              }
              onAction={(action) => void act(action)}
              onOpen={() => run('open')}
              gridRef={grid}
            />
          )}
        </div>
      </div>
      {draftId === null ? null : (
        <Composer
          draftId={draftId}
          onClose={leaveComposer}
          onSent={() => {
            leaveComposer()
            showToast({ text: t('shell.queued') })
          }}
        />
      )}
      <CommandPalette
        isOpen={panel === 'palette'}
        onClose={() => setPanel(null)}
        folders={folders}
        onCommand={run}
        onFolder={(folderId) => go({ kind: 'folder', folderId })}
      />
      <ShortcutHelp isOpen={panel === 'help'} onClose={() => setPanel(null)} />
      <SettingsDialog
        isOpen={panel === 'settings'}
        onClose={() => setPanel(null)}
        onAddAccount={onAddAccount}
        folderName={folderName}
      />
      <ExchangeLayer />
    </div>
  )
}
