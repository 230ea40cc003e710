import type { Folder } from '../../app/contract/index.ts'
import { ForGoodDialog, MoveDialog, type ForGood } from '../actions/index.ts'
import { ExchangeLayer } from '../exchange/index.ts'
import { t } from '../i18n/index.ts'
import { InspectionPanel } from '../inspection/index.ts'
import { RecordDialog } from '../integration/index.ts'
import { LockQuestion } from '../sending/index.ts'
import { SettingsDialog, type SettingsPage } from '../settings/index.ts'
import { TracesDialog } from '../traces/index.ts'
import { CommandPalette } from './command-palette.tsx'
import { folderIcon, folderName, sortFolders } from './folder-names.tsx'
import { ShortcutHelp } from './shortcut-help.tsx'
import type { Command } from './shortcuts.ts'

/** The dialogs of which one at a time is open. */
export type Panel = 'palette' | 'help' | 'settings' | 'move'

/** Every dialog that opens over the mailbox window. */
export const ShellDialogs = ({
  panel,
  onClose,
  folders,
  folder,
  onCommand,
  onFolder,
  onMove,
  forGood,
  lockAsked,
  onLockClose,
  onLock,
  settingsPage,
  onAddAccount,
}: {
  panel: Panel | null
  /** Closes the panel. */
  onClose: () => void
  folders: readonly Folder[]
  /** The folder shown: messages move within its account. */
  folder: Folder | undefined
  onCommand: (command: Command) => void
  onFolder: (folderId: number) => void
  onMove: (target: Folder) => void
  /** What waits for the user's word before it is deleted for good. */
  forGood: ForGood
  lockAsked: boolean
  onLockClose: () => void
  onLock: () => void
  settingsPage: SettingsPage
  onAddAccount: () => void
}) => (
  <>
    <TracesDialog />
    <RecordDialog />
    <InspectionPanel />
    <CommandPalette
      isOpen={panel === 'palette'}
      onClose={onClose}
      folders={folders}
      onCommand={onCommand}
      onFolder={onFolder}
    />
    <MoveDialog
      isOpen={panel === 'move'}
      folders={sortFolders(
        folders.filter(
          (one) => one.accountId === folder?.accountId && one.id !== folder.id && one.rights.insert,
        ),
      )}
      icon={folderIcon}
      onClose={onClose}
      onFolder={onMove}
    />
    <ForGoodDialog title={t('actions.foreverTitle')} forGood={forGood} />
    <LockQuestion isOpen={lockAsked} onClose={onLockClose} onLock={onLock} />
    <ShortcutHelp isOpen={panel === 'help'} onClose={onClose} />
    <SettingsDialog
      isOpen={panel === 'settings'}
      page={settingsPage}
      onClose={onClose}
      onAddAccount={onAddAccount}
      folderName={folderName}
    />
    <ExchangeLayer />
  </>
)
