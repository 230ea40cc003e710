import { TriangleAlert } from 'lucide-react'
import type { FilingDoubt, FilingOffer } from '../../app/contract/index.ts'
import { Banner, Confirmation } from '../design/index.ts'
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
  <Confirmation
    width="medium"
    title={t('integration.doubtsTitle')}
    confirm={t('integration.doubtsConfirm')}
    isOpen={offers !== null}
    onClose={onClose}
    onConfirm={onConfirm}
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
  </Confirmation>
)
