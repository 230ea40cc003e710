import type { CardHolder } from '../../app/contract/index.ts'
import { personName, t } from '../i18n/index.ts'

/** The card as it lies on the desk: name, profession, RPPS as its public certificates say. Empty when no card is there. */
export const CardPicture = ({ holder, dimmed = false }: { holder: CardHolder | null; dimmed?: boolean }) => {
  const line = holder
    ? [holder.profession, holder.rpps ? `RPPS ${holder.rpps}` : holder.nationalId].filter(Boolean).join(' · ')
    : null
  return (
    <div
      className="cps-picture"
      data-empty={holder ? undefined : ''}
      data-dimmed={dimmed ? '' : undefined}
      aria-label={holder ? t('unlock.cardOf', { name: personName(holder) }) : t('unlock.noCardPicture')}
      role="img"
    >
      <span className="cps-picture-mark" aria-hidden="true">
        CPS
      </span>
      <span className="cps-picture-chip" aria-hidden="true" />
      <span className="cps-picture-words" aria-hidden="true">
        {holder ? (
          <>
            <b>{personName(holder)}</b>
            <span>{line}</span>
            {holder.organisation ? <span>{holder.organisation}</span> : null}
          </>
        ) : null}
      </span>
    </div>
  )
}
