import { Search } from 'lucide-react'
import type { ReactNode } from 'react'
import {
  Autocomplete,
  Dialog as AriaDialog,
  Input,
  Menu as AriaMenu,
  MenuItem,
  Modal,
  ModalOverlay,
  SearchField,
  useFilter,
} from 'react-aria-components'
import type { Folder } from '../../app/contract/index.ts'
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
  const { contains } = useFilter({ sensitivity: 'base' })
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
        <AriaDialog className="dialog" aria-label={t('actions.moveTitle')}>
          <Autocomplete filter={contains}>
            <SearchField className="palette-search" aria-label={t('actions.moveTitle')} autoFocus>
              <Search aria-hidden="true" />
              <Input placeholder={t('actions.movePlaceholder')} />
            </SearchField>
            <div className="palette-list" tabIndex={0} role="group" aria-label={t('actions.moveTitle')}>
              <AriaMenu
                className="menu palette-menu"
                aria-label={t('actions.moveTitle')}
                renderEmptyState={() => <p className="palette-empty muted">{t('actions.noFolder')}</p>}
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
              </AriaMenu>
            </div>
          </Autocomplete>
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  )
}
