import { CornerDownLeft, Search } from 'lucide-react'
import {
  Autocomplete,
  Dialog as AriaDialog,
  Input,
  Menu as AriaMenu,
  MenuItem,
  Modal,
  ModalOverlay,
  SearchField,
} from 'react-aria-components'
import type { Folder } from '../../app/contract/index.ts'
import { accountStore, useStore } from '../data/index.ts'
import { KeyboardHint } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { folderIcon, folderName, sortFolders } from './folder-names.tsx'
import { shortcuts, type Command } from './shortcuts.ts'

const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

/** Every word typed begins or is inside a word of the entry, accents folded. */
export const matchesWords = (entry: string, typed: string): boolean => {
  const text = fold(entry)
  return fold(typed)
    .split(/\s+/)
    .every((word) => text.includes(word))
}

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
    <ModalOverlay
      className="dialog-backdrop"
      data-place="top"
      isOpen={isOpen}
      isDismissable
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
    >
      <Modal className="dialog-modal palette">
        <AriaDialog className="dialog" aria-label={t('shell.palette')}>
          <Autocomplete filter={matchesWords}>
            <SearchField className="palette-search" aria-label={t('shell.palette')} autoFocus>
              <Search aria-hidden="true" />
              <Input placeholder={t('shell.palettePlaceholder')} />
              <KeyboardHint keys={t('shell.escape')} />
            </SearchField>
            <div className="palette-list" tabIndex={0} role="group" aria-label={t('shell.palette')}>
              <AriaMenu
                className="menu palette-menu"
                aria-label={t('shell.palette')}
                renderEmptyState={() => <p className="palette-empty muted">{t('shell.paletteEmpty')}</p>}
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
                  const mailbox =
                    folder.mailbox ?? accounts.find((one) => one.id === folder.accountId)?.displayName
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
              </AriaMenu>
            </div>
          </Autocomplete>
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  )
}
