import { FolderInput, Inbox, BookUser, PencilLine, Settings as SettingsIcon, UserRound } from 'lucide-react'
import { useRef } from 'react'
import { useDrop } from 'react-aria-components'
import type { Folder, SavedSearch } from '../../app/contract/index.ts'
import {
  accountStore,
  actionCountsStore,
  draftStore,
  filingCountsStore,
  openRecord,
  outboxStore,
  useStore,
} from '../data/index.ts'
import { Button, Chip, IconButton } from '../design/index.ts'
import { FolderMenu, QuotaLine } from '../folders/index.ts'
import { KindIcon } from '../accounts/index.ts'
import { correspondentName, number, t } from '../i18n/index.ts'
import { isWaiting } from '../sending/index.ts'
import { SavedSearches } from '../search/index.ts'
import { messageDragType } from '../mailbox/index.ts'
import { folderIcon, folderName } from './folder-names.tsx'
import { isSetAside, mailboxesOf, type Mailbox } from './mailboxes.ts'
import { StatusLine } from './status-line.tsx'

export type Place =
  | { kind: 'folder'; folderId: number }
  /** Every inbox in one list (ERGO/va1.08). */
  | { kind: 'received' }
  | { kind: 'outbox' }
  | { kind: 'patients'; patientId: number | null }
  | { kind: 'directory' }

const FolderLink = ({
  folder,
  isCurrent,
  onGo,
  onDrop,
}: {
  folder: Folder
  isCurrent: boolean
  onGo: (place: Place) => void
  onDrop: () => void
}) => {
  const target = useRef<HTMLLIElement>(null)
  const { dropProps, isDropTarget } = useDrop({
    ref: target,
    getDropOperation: (types) =>
      types.has(messageDragType) && !isCurrent && folder.rights.insert ? 'move' : 'cancel',
    onDrop,
  })
  const drafts = useStore(draftStore).filter(
    ({ content }) => content.accountId === folder.accountId && folder.mailbox === null,
  )
  const setAside = isSetAside(folder)
  const shown = folder.role === 'drafts' ? folder.total + drafts.length : folder.unread
  return (
    // Names are cut in a narrow sidebar, absent when only icons are left.
    <li
      className="nav-row"
      title={setAside ? `${folderName(folder)} · ${t('folders.notSubscribed')}` : folderName(folder)}
      {...(setAside ? { 'data-unsubscribed': '' } : {})}
      ref={target}
      {...dropProps}
      {...(isDropTarget ? { 'data-drop-target': '' } : {})}
    >
      <Button
        variant="quiet"
        className="nav-item"
        {...(isCurrent ? { 'aria-current': 'page' as const } : {})}
        onPress={() => onGo({ kind: 'folder', folderId: folder.id })}
      >
        {folderIcon(folder.role)}
        <span className="nav-name">{folderName(folder)}</span>
        {shown > 0 ? (
          <span className="nav-count tabular">
            {number(shown)}
            <span className="visually-hidden">
              {t(folder.role === 'drafts' ? 'shell.draftsCount' : 'shell.unreadCount', { count: shown })}
            </span>
          </span>
        ) : null}
      </Button>
      <FolderMenu folder={folder} />
    </li>
  )
}

const MailboxFolders = ({
  mailbox,
  place,
  onGo,
  onDrop,
}: {
  mailbox: Mailbox
  place: Place | null
  onGo: (place: Place) => void
  onDrop: (folder: Folder) => void
}) => {
  const { address, displayName, kind, folders, quota } = mailbox
  const apart = kind !== 'personal'
  return (
    <section
      className="nav-account"
      aria-label={apart ? t(`shell.${kind}Of`, { address }) : address}
      {...(apart ? { 'data-kind': kind } : {})}
    >
      <h2 className="nav-heading" title={address}>
        {apart ? (
          <>
            <KindIcon kind={kind} />
            <span className="nav-names">
              <span className="nav-kind">{t(`shell.${kind}`)}</span>
              <span className="nav-address">{correspondentName({ name: displayName ?? '', address })}</span>
            </span>
          </>
        ) : (
          <span className="nav-address">{address}</span>
        )}
      </h2>
      {quota ? <QuotaLine quota={quota} /> : null}
      <ul>
        {folders.map((folder) => (
          <FolderLink
            key={folder.id}
            folder={folder}
            isCurrent={place?.kind === 'folder' && place.folderId === folder.id}
            onGo={onGo}
            onDrop={() => onDrop(folder)}
          />
        ))}
      </ul>
    </section>
  )
}

/** What waits for patient records, and what of it needs the user: there only then. */
const FilingPlace = () => {
  const { waiting, attention } = useStore(filingCountsStore)
  if (waiting + attention === 0) return null
  return (
    <Button variant="quiet" className="nav-item nav-outbox" onPress={openRecord}>
      <FolderInput aria-hidden="true" />
      <span className="nav-name">{t('integration.title')}</span>
      {attention > 0 ? (
        <Chip tone="solid-alert">
          {number(attention)}
          <span className="visually-hidden"> {t('integration.toHandle')}</span>
        </Chip>
      ) : (
        <span className="nav-count tabular">
          {number(waiting)}
          <span className="visually-hidden">{t('integration.waitingCount', { count: waiting })}</span>
        </span>
      )}
    </Button>
  )
}

/** Where to go: folders by account, organisational mailboxes apart, and the state of things at the bottom. */
export const Sidebar = ({
  folders,
  place,
  onGo,
  onNewMessage,
  onSettings,
  onDropMessages,
  savedSearch,
  onSearch,
}: {
  folders: readonly Folder[]
  place: Place | null
  onGo: (place: Place) => void
  onNewMessage: () => void
  onSettings: () => void
  /** The selected messages were dropped on a folder. */
  onDropMessages: (folder: Folder) => void
  /** Id of the saved search being shown. */
  savedSearch: number | null
  onSearch: (search: SavedSearch) => void
}) => {
  const accounts = useStore(accountStore)
  const waiting = useStore(outboxStore).filter(isWaiting)
  const refused = waiting.some((item) => item.state === 'refused' || item.state === 'filed')
  const actions = useStore(actionCountsStore)
  const online = accounts.every((account) => account.connection.state === 'online')
  // Online, an action is told within the second: only what stays is worth a place here.
  const stuck = online ? actions.blocked : actions.waiting
  const inboxes = folders.filter(({ role }) => role === 'inbox')
  const unread = inboxes.reduce((sum, one) => sum + one.unread, 0)
  const undecided = waiting.some((item) => item.state === 'unknown' && item.error !== null)
  return (
    <nav className="rail" aria-label={t('shell.folders')}>
      <Button className="new-message" size="large" wide onPress={onNewMessage}>
        <PencilLine aria-hidden="true" /> <span className="new-message-name">{t('shell.newMessage')}</span>
      </Button>
      <div className="rail-scroll">
        <Button
          variant="quiet"
          className="nav-item nav-place"
          {...(place?.kind === 'patients' ? { 'aria-current': 'page' as const } : {})}
          onPress={() => onGo({ kind: 'patients', patientId: null })}
        >
          <UserRound aria-hidden="true" />
          <span className="nav-name">{t('patients.title')}</span>
        </Button>
        <Button
          variant="quiet"
          className="nav-item nav-place"
          {...(place?.kind === 'directory' ? { 'aria-current': 'page' as const } : {})}
          onPress={() => onGo({ kind: 'directory' })}
        >
          <BookUser aria-hidden="true" />
          <span className="nav-name">{t('directory.title')}</span>
        </Button>
        {inboxes.length > 1 ? (
          <Button
            variant="quiet"
            className="nav-item nav-received"
            {...(place?.kind === 'received' ? { 'aria-current': 'page' as const } : {})}
            onPress={() => onGo({ kind: 'received' })}
          >
            <Inbox aria-hidden="true" />
            <span className="nav-name">{t('shell.received')}</span>
            {unread > 0 ? (
              <span className="nav-count tabular">
                {number(unread)}
                <span className="visually-hidden">{t('shell.unreadCount', { count: unread })}</span>
              </span>
            ) : null}
          </Button>
        ) : null}
        {mailboxesOf(accounts, folders).map((mailbox) => (
          <MailboxFolders
            key={mailbox.key}
            mailbox={mailbox}
            place={place}
            onGo={onGo}
            onDrop={onDropMessages}
          />
        ))}
        <SavedSearches current={savedSearch} onSearch={onSearch} />
      </div>
      {waiting.length + stuck > 0 || place?.kind === 'outbox' ? (
        <Button
          variant="quiet"
          className="nav-item nav-outbox"
          {...(place?.kind === 'outbox' ? { 'aria-current': 'page' as const } : {})}
          onPress={() => onGo({ kind: 'outbox' })}
        >
          {folderIcon('sent')}
          <span className="nav-name">{t('sending.waiting')}</span>
          {refused || undecided ? (
            <Chip tone="solid-alert">{t(refused ? 'sending.toFix' : 'sending.toDecide')}</Chip>
          ) : (
            <span className="nav-count tabular">
              {number(waiting.length + stuck)}
              <span className="visually-hidden">
                {t('sending.waitingCount', { count: waiting.length + stuck })}
              </span>
            </span>
          )}
        </Button>
      ) : null}
      <FilingPlace />
      <div className="rail-foot">
        <StatusLine />
        <IconButton label={t('shell.settings')} size="small" onPress={onSettings}>
          <SettingsIcon aria-hidden="true" />
        </IconButton>
      </div>
    </nav>
  )
}
