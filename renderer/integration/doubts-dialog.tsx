import { TriangleAlert } from 'lucide-react'
import type { FilingDoubt, FilingOffer } from '../../app/contract/index.ts'
import { Banner, Button, Dialog } from '../design/index.ts'
import { patientLine, t } from '../i18n/index.ts'

/** Doubts about documents in words. */
export const DoubtList = ({ doubts }: { doubts: readonly FilingDoubt[] }) => (
  <ul className="doubts">
    {doubts.map((doubt) => (
      <li key={doubt}>
        <TriangleAlert aria-hidden="true" /> {t(`integration.doubt_${doubt}`)}
      </li>
    ))}
  </ul>
)

/** What the user must have seen before documents in doubt go into a record (MSS/va1.27). */
export const DoubtsDialog = ({
  offers,
  target,
  onClose,
  onConfirm,
}: {
  /** Null: closed. */
  offers: readonly FilingOffer[] | null
  target: string
  onClose: () => void
  onConfirm: () => void
}) => (
  <Dialog
    role="alertdialog"
    title={t('integration.doubtsTitle')}
    isOpen={offers !== null}
    onClose={onClose}
    actions={
      <>
        <Button onPress={onClose}>{t('common.cancel')}</Button>
        <Button variant="danger" onPress={onConfirm}>
          {t('integration.doubtsConfirm')}
        </Button>
      </>
    }
  >
    <Banner tone="warn" title={t('integration.doubtsText')} />
    {(offers ?? []).map((offer) => (
      <section key={offer.documentId} className="doubts-of">
        <h3>{offer.label}</h3>
        {offer.patient ? <p>{patientLine(offer.patient)}</p> : null}
        <DoubtList doubts={offer.doubts} />
      </section>
    ))}
    <p className="muted">{t('integration.fileIn', { target })}</p>
  </Dialog>
)
