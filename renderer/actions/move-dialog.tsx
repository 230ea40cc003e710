import type { ReactNode } from 'react'
import { MenuItem } from 'react-aria-components'
import type { Folder } from '../../app/contract/index.ts'
import { Palette } from '../design/index.ts'
import { folderName, t } from '../i18n/index.ts'

/** Where to? Type a part of the folder's name. */
export const MoveDialog = ({
  isOpen,
  folders,
  icon,
  onClose,
  onFolder,
}: {
  isOpen: boolean
  /** Folders of the account, in the order to show. */
  folders: readonly Folder[]
  icon: (role: Folder['role']) => ReactNode
  onClose: () => void
  onFolder: (folder: Folder) => void
}) => {
  return (
    <Palette
      isOpen={isOpen}
      onClose={onClose}
      label={t('actions.moveTitle')}
      placeholder={t('actions.movePlaceholder')}
      empty={t('actions.noFolder')}
    >
      {folders.map((folder) => (
        <MenuItem
          key={folder.id}
          id={folder.id}
          className="menu-item"
          textValue={`${folderName(folder)} ${folder.mailbox ?? ''}`}
          onAction={() => {
            onClose()
            onFolder(folder)
          }}
        >
          {icon(folder.role)}
          {folderName(folder)}
          {folder.mailbox ? <span className="palette-account">{folder.mailbox}</span> : null}
        </MenuItem>
      ))}
    </Palette>
  )
}
