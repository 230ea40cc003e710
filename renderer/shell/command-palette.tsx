import { CornerDownLeft } from 'lucide-react'
import { MenuItem } from 'react-aria-components'
import type { Folder } from '../../app/contract/index.ts'
import { accountStore, useStore } from '../data/index.ts'
import { KeyboardHint, Palette } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { folderIcon, folderName, sortFolders } from './folder-names.tsx'
import { shortcuts, type Command } from './shortcuts.ts'

/** Ctrl K: type what you want to do or where to go. */
export const CommandPalette = ({
  isOpen,
  onClose,
  folders,
  onCommand,
  onFolder,
}: {
  isOpen: boolean
  onClose: () => void
  folders: readonly Folder[]
  onCommand: (command: Command) => void
  onFolder: (folderId: number) => void
}) => {
  const accounts = useStore(accountStore)
  const several = accounts.length > 1 || folders.some((folder) => folder.mailbox !== null)
  return (
    <Palette
      isOpen={isOpen}
      onClose={onClose}
      label={t('shell.palette')}
      placeholder={t('shell.palettePlaceholder')}
      empty={t('shell.paletteEmpty')}
      hint={<KeyboardHint keys={t('shell.escape')} />}
    >
      {shortcuts
        .filter((shortcut) => shortcut.command !== 'palette')
        .map((shortcut) => (
          <MenuItem
            key={shortcut.command}
            id={shortcut.command}
            className="menu-item"
            textValue={t(shortcut.label)}
            onAction={() => {
              onClose()
              onCommand(shortcut.command)
            }}
          >
            <CornerDownLeft aria-hidden="true" />
            {t(shortcut.label)}
            {shortcut.keys ? <KeyboardHint keys={shortcut.keys} /> : null}
          </MenuItem>
        ))}
      {sortFolders(folders).map((folder) => {
        const mailbox = folder.mailbox ?? accounts.find((one) => one.id === folder.accountId)?.displayName
        const label = t('shell.goTo', { folder: folderName(folder) })
        return (
          <MenuItem
            key={`folder-${folder.id}`}
            id={`folder-${folder.id}`}
            className="menu-item"
            textValue={several && mailbox ? `${label} ${mailbox}` : label}
            onAction={() => {
              onClose()
              onFolder(folder.id)
            }}
          >
            {folderIcon(folder.role)}
            {label}
            {several && mailbox ? <span className="palette-account">{mailbox}</span> : null}
          </MenuItem>
        )
      })}
    </Palette>
  )
}
