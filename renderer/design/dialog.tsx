import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { t } from '../i18n/index.ts'
import { useClosesBeside } from './beside.ts'
import { IconButton } from './button.tsx'

/** A modal window: focus stays inside, Escape closes, focus comes back. */
export const Dialog = ({
  title,
  isOpen,
  onClose,
  children,
  actions,
  width = 'medium',
  role = 'dialog',
}: {
  title: string
  isOpen: boolean
  onClose: () => void
  children: ReactNode
  actions?: ReactNode
  /** `page`: as high as it may be, what is inside scrolls. */
  width?: 'narrow' | 'medium' | 'wide' | 'page'
  role?: 'dialog' | 'alertdialog'
}) => (
  <ModalOverlay
    className="dialog-backdrop"
    isOpen={isOpen}
    onOpenChange={(open) => {
      if (!open) onClose()
    }}
    isDismissable={role === 'dialog'}
    shouldCloseOnInteractOutside={useClosesBeside()}
  >
    <Modal className="dialog-modal" data-width={width}>
      <AriaDialog className="dialog" role={role}>
        <div className="dialog-head">
          <Heading slot="title" level={2}>
            {title}
          </Heading>
          <IconButton label={t('common.close')} onPress={onClose}>
            <X aria-hidden="true" />
          </IconButton>
        </div>
        <div className="dialog-body">{children}</div>
        {actions ? <div className="dialog-actions">{actions}</div> : null}
      </AriaDialog>
    </Modal>
  </ModalOverlay>
)
