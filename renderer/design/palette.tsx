import { Search } from 'lucide-react'
import type { ReactNode } from 'react'
import {
  Autocomplete,
  Dialog as AriaDialog,
  Input,
  Menu as AriaMenu,
  Modal,
  ModalOverlay,
  SearchField,
} from 'react-aria-components'
import { useClosesBeside } from './beside.ts'

const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

/** Every word typed begins or is inside a word of the entry, accents folded. */
const matchesWords = (entry: string, typed: string): boolean => {
  const text = fold(entry)
  return fold(typed)
    .split(/\s+/)
    .every((word) => text.includes(word))
}

/** A list over the window that shrinks as one types; `children` are its menu items. */
export const Palette = ({
  isOpen,
  onClose,
  label,
  placeholder,
  empty,
  hint,
  children,
}: {
  isOpen: boolean
  onClose: () => void
  label: string
  placeholder: string
  /** What is said when nothing matches. */
  empty: string
  hint?: ReactNode
  children: ReactNode
}) => (
  <ModalOverlay
    className="dialog-backdrop"
    data-place="top"
    isOpen={isOpen}
    isDismissable
    shouldCloseOnInteractOutside={useClosesBeside()}
    onOpenChange={(open) => {
      if (!open) onClose()
    }}
  >
    <Modal className="dialog-modal palette">
      <AriaDialog className="dialog" aria-label={label}>
        <Autocomplete filter={matchesWords}>
          <SearchField className="palette-search" aria-label={label} autoFocus>
            <Search aria-hidden="true" />
            <Input placeholder={placeholder} />
            {hint}
          </SearchField>
          <div className="palette-list" tabIndex={0} role="group" aria-label={label}>
            <AriaMenu
              className="menu palette-menu"
              aria-label={label}
              renderEmptyState={() => <p className="palette-empty muted">{empty}</p>}
            >
              {children}
            </AriaMenu>
          </div>
        </Autocomplete>
      </AriaDialog>
    </Modal>
  </ModalOverlay>
)
