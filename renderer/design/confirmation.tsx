import type { ReactNode } from 'react'
import { t } from '../i18n/index.ts'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'

/** A question before something that cannot, or hardly, be taken back: what it does, its own verb, and the way out focused. */
export const Confirmation = ({
  title,
  confirm,
  isOpen,
  isReady = true,
  onClose,
  onConfirm,
  children,
  tone = 'danger',
  width = 'narrow',
}: {
  title: string
  /** The verb of what is done. */
  confirm: string
  isOpen: boolean
  /** False while what is asked about is not known yet. */
  isReady?: boolean
  onClose: () => void
  onConfirm: () => void
  children: ReactNode
  tone?: 'danger' | 'primary'
  width?: 'narrow' | 'medium'
}) => (
  <Dialog
    role="alertdialog"
    width={width}
    title={title}
    isOpen={isOpen}
    onClose={onClose}
    actions={
      <>
        <Button onPress={onClose} autoFocus>
          {t('common.cancel')}
        </Button>
        <Button variant={tone} isDisabled={!isReady} onPress={onConfirm}>
          {confirm}
        </Button>
      </>
    }
  >
    {children}
  </Dialog>
)
