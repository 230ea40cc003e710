import { useStore } from '../data/index.ts'
import { DiagnosisDialog } from '../diagnosis/index.ts'
import { CardDialog } from './card-dialog.tsx'
import { EnrolDialog } from './enrol-dialog.tsx'
import { panelStore } from './panel.ts'
import { PinCareDialog } from './pin-care.tsx'

/** The windows of `openPanel`, once for the whole application. */
export const CardPanels = () => {
  const panel = useStore(panelStore)
  const close = (): void => panelStore.set(null)
  return (
    <>
      <CardDialog isOpen={panel === 'card'} onClose={close} />
      <PinCareDialog
        key={panel}
        care={panel === 'change' || panel === 'unblock' ? panel : null}
        onClose={close}
      />
      <EnrolDialog isOpen={panel === 'enrol'} onClose={close} />
      <DiagnosisDialog isOpen={panel === 'diagnosis'} onClose={close} />
    </>
  )
}
