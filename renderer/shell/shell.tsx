import { useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import type { Account, DraftKind, Folder, ListFilter, MessageRow } from '../../app/contract/index.ts'
import { ActionNotices, BulkBar, EmptyFolderButton, PendingActionList, useForGood } from '../actions/index.ts'
import { Composer, startDraft, useWriting } from '../composer/index.ts'
import {
  accountStore,
  actionCountsStore,
  draftStore,
  isPlain,
  loadErrorStore,
  loadOpenSession,
  useFolderList,
  useFolders,
  useOrderedList,
  useStore,
  plainOrder,
  type ListOrder,
  type LiveList,
} from '../data/index.ts'
import { DirectoryPlace } from '../directory/index.ts'
import { Refusals, refusals, RightsNote } from '../folders/index.ts'
import { t } from '../i18n/index.ts'
import { ListOrderButton, ListOrderNote, MailboxMarks, MailboxView } from '../mailbox/index.ts'
import { somethingLeaves, tellSent, WaitingView } from '../sending/index.ts'
import { SearchHead, SearchMarks } from '../search/index.ts'
import type { SettingsPage } from '../settings/index.ts'
import { fromAccount, usualAccount } from './from-account.ts'
import { folderName } from './folder-names.tsx'
import { LocalDrafts } from './local-drafts.tsx'
import { messageActions, useSelection } from './message-actions.ts'
import { PatientsPlace } from './patients-place.tsx'
import { useRequests } from './requests.ts'
import { runCommand } from './run-command.ts'
import { ShellDialogs, type Panel } from './shell-dialogs.tsx'
import { useShortcuts, type Command } from './shortcuts.ts'
import { Sidebar, type Place } from './sidebar.tsx'
import { StateBanners } from './state-banners.tsx'
import { TopBar } from './top-bar.tsx'
import { useSearch } from './use-search.ts'
import { wholeList } from './whole-list.ts'
import './shell.css'
import './panels.css'

const noFolders: readonly Folder[] = []
const noRows: readonly MessageRow[] = []
const noAccounts: readonly Account[] = []

/** The mailbox window of an open session. */
export const Shell = ({ onAddAccount, onLock }: { onAddAccount: () => void; onLock: () => void }) => {
  const accounts = useStore(accountStore)
  const folders = useFolders() ?? noFolders
  const drafts = useStore(draftStore)
  const loadError = useStore(loadErrorStore)
  const actionsWaiting = useStore(actionCountsStore).waiting
  const [chosen, setChosen] = useState<Place | null>(null)
  const [filter, setFilter] = useState<ListFilter>('all')
  const [order, setOrder] = useState<ListOrder>(plainOrder)
  const { selected, whole, setSelected, choose } = useSelection()
  const search = useSearch(() => setSelected(new Set()))
  const searching = search.active
  const forGood = useForGood()
  const [panel, setPanel] = useState<Panel | null>(null)
  const [settingsPage, setSettingsPage] = useState<SettingsPage>('look')
  const [lockAsked, setLockAsked] = useState(false)
  const { writing, begin, open, leave } = useWriting()
  const searchInput = useRef<HTMLInputElement>(null)
  const grid = useRef<HTMLDivElement>(null)

  const usual = usualAccount(accounts)
  const inbox = folders.find(
    (one) => one.role === 'inbox' && one.mailbox === null && one.accountId === usual?.id,
  )
  // A folder may go with its account.
  const gone = chosen?.kind === 'folder' && !folders.some((one) => one.id === chosen.folderId)
  const place: Place | null =
    (gone ? null : chosen) ?? (inbox ? { kind: 'folder', folderId: inbox.id } : null)
  const folder = place?.kind === 'folder' ? folders.find((one) => one.id === place.folderId) : undefined
  const folderDrafts =
    folder?.role === 'drafts' && folder.mailbox === null && !searching
      ? drafts.filter(({ content }) => content.accountId === folder.accountId)
      : []
  const [only] = selected
  const openId = selected.size === 1 && only !== undefined ? only : null
  // Folder ids are positive: 0 lists nothing while folders are on their way.
  const inboxes = folders.flatMap((one) => (one.role === 'inbox' ? [one.id] : []))
  const listedFolder = place?.kind === 'received' ? null : (folder?.id ?? 0)
  const folderList = useFolderList(listedFolder, inboxes, filter, openId)
  const ordered = useOrderedList(listedFolder, inboxes, filter, isPlain(order) ? null : order)
  const notLoaded = loadError && folders.length === 0 ? loadError : null
  const list: LiveList = searching
    ? search.results.list
    : notLoaded
      ? { ...folderList, error: notLoaded, retry: () => void loadOpenSession() }
      : isPlain(order)
        ? folderList
        : ordered
  const rows = list.rows ?? noRows
  const touchedFolders = new Set(rows.flatMap((row) => (selected.has(row.id) ? [row.folderId] : [])))
  const refused = refusals(folders.filter(({ id }) => touchedFolders.has(id)))
  const index = openId === null ? -1 : rows.findIndex((row) => row.id === openId)

  const go = (next: Place): void => {
    setChosen(next)
    setFilter('all')
    setOrder(plainOrder)
    search.clear()
    setSelected(new Set())
  }
  const reorder = (next: ListOrder): void => {
    setOrder(next)
    setSelected(new Set())
  }
  const openSettings = (page: SettingsPage): void => {
    setSettingsPage(page)
    setPanel('settings')
  }
  const askLock = (): void => {
    if (somethingLeaves()) setLockAsked(true)
    else onLock()
  }
  const compose = (kind: DraftKind, sourceId: number | null): Promise<void> => {
    const source = rows.find(({ id }) => id === sourceId)
    const accountId = fromAccount({ accounts, folders, folder, sourceId, source })
    return begin(kind, () => startDraft({ kind, accountId, sourceId }))
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
  const everything = wholeList({ search: searching ? search : null, folder, filter, order })
  const selectAll = (): void => choose(new Set(rows.map((row) => row.id)), list.more && everything !== null)
  const { act, moveSelection } = messageActions({
    rows,
    folders,
    folder: searching ? undefined : folder,
    selected,
    bulk: whole ? everything : null,
    refused,
    setSelected,
    askForGood: forGood.ask,
    askTarget: () => setPanel('move'),
    compose,
  })

  const run = (command: Command): void =>
    runCommand(command, {
      openId,
      move,
      selectAll,
      focusSearch: () => {
        searchInput.current?.focus()
        searchInput.current?.select()
      },
      compose,
      show: setPanel,
      openSettings: () => openSettings('look'),
      go,
      askLock,
      act,
    })
  useShortcuts(run)
  useRequests({
    message: (id) => {
      setChosen((now) => (now?.kind === 'folder' || now?.kind === 'received' ? now : null))
      setSelected(new Set([id]))
    },
    patient: (patientId) => go({ kind: 'patients', patientId }),
  })

  /** A place that takes the room of list and message. */
  const wide =
    searching || place === null || place.kind === 'folder' || place.kind === 'received' ? null : place
  const title = searching
    ? t('shell.searchTitle')
    : folder || place?.kind === 'received'
      ? folder
        ? folderName(folder)
        : t('shell.received')
      : t(notLoaded ? 'shell.folders' : 'common.loading')
  return (
    <div className="shell">
      <TopBar
        search={search.text}
        onSearch={search.type}
        onLock={askLock}
        onHelp={() => setPanel('help')}
        searchRef={searchInput}
      />
      <Sidebar
        folders={folders}
        place={searching ? null : place}
        onGo={go}
        onNewMessage={() => void compose('new', null)}
        onSettings={() => openSettings('look')}
        onDropMessages={(target) => void moveSelection(target)}
        savedSearch={searching ? search.saved : null}
        onSearch={search.show}
      />
      <div className="shell-content">
        <StateBanners onStorage={() => openSettings('storage')} onKeys={() => openSettings('certificates')} />
        <ActionNotices />
        <BulkBar />
        {folderDrafts.length > 0 ? <LocalDrafts drafts={folderDrafts} onOpen={open} /> : null}
        <div className="shell-panes" data-place={wide?.kind ?? 'mail'}>
          {wide?.kind === 'patients' ? (
            <PatientsPlace patientId={wide.patientId} folders={folders} compose={compose} begin={begin} />
          ) : wide?.kind === 'directory' ? (
            <DirectoryPlace
              onWrite={(to) =>
                void begin('new', () =>
                  startDraft({ kind: 'new', accountId: usual?.id ?? null, sourceId: null }, { to: [...to] }),
                )
              }
            />
          ) : wide ? (
            <WaitingView onEdit={open}>{actionsWaiting > 0 ? <PendingActionList /> : null}</WaitingView>
          ) : (
            <Refusals value={refused}>
              <SearchMarks marks={searching ? search.results : null}>
                <MailboxMarks accounts={searching || place?.kind === 'received' ? accounts : noAccounts}>
                  <MailboxView
                    title={title}
                    mailbox={searching ? null : (folder?.mailbox ?? null)}
                    count={searching || !folder ? null : folder.total}
                    list={list}
                    search={
                      searching ? (
                        <SearchHead
                          text={search.text}
                          onText={search.type}
                          scope={search.scope}
                          scopes={search.scopesOf(folder)}
                          onScope={(kind) => search.chooseScope(kind, folder)}
                          understood={search.results.understood}
                          count={list.loading && rows.length === 0 ? null : rows.length}
                          more={list.more}
                        />
                      ) : null
                    }
                    filter={filter}
                    onFilter={(next) => {
                      setFilter(next)
                      setSelected(new Set())
                    }}
                    selected={selected}
                    onSelect={setSelected}
                    whole={whole}
                    canBeWhole={everything !== null}
                    onSelectAll={selectAll}
                    note={
                      searching ? null : (
                        <>
                          {folder ? <RightsNote folder={folder} /> : null}
                          <ListOrderNote order={order} onReset={() => reorder(plainOrder)} />
                        </>
                      )
                    }
                    headAction={
                      listedFolder !== 0 && !searching ? (
                        <>
                          <ListOrderButton folderId={listedFolder} order={order} onOrder={reorder} />
                          {folder?.rights.remove && (folder.role === 'trash' || folder.role === 'junk') ? (
                            <EmptyFolderButton folder={folder} />
                          ) : null}
                        </>
                      ) : null
                    }
                    position={
                      index < 0
                        ? null
                        : {
                            index: index + 1,
                            total:
                              folder && !searching && filter === 'all' && isPlain(order)
                                ? folder.total
                                : rows.length,
                          }
                    }
                    onAction={(action) => void act(action)}
                    onOpen={() => run('open')}
                    gridRef={grid}
                  />
                </MailboxMarks>
              </SearchMarks>
            </Refusals>
          )}
        </div>
      </div>
      {writing === null ? null : (
        <Composer
          key={writing.opening}
          draftId={writing.draftId}
          kind={writing.kind}
          onClose={() => leave(writing.opening)}
          onSent={(item) => {
            leave(writing.opening)
            tellSent(item, open)
          }}
        />
      )}
      <ShellDialogs
        panel={panel}
        onClose={() => setPanel(null)}
        folders={folders}
        folder={folder}
        onCommand={run}
        onFolder={(folderId) => go({ kind: 'folder', folderId })}
        onMove={(target) => void moveSelection(target)}
        forGood={forGood}
        lockAsked={lockAsked}
        onLockClose={() => setLockAsked(false)}
        onLock={onLock}
        settingsPage={settingsPage}
        onAddAccount={onAddAccount}
      />
    </div>
  )
}
