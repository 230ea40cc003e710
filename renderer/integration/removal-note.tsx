import type { Filing, FilingOffer } from '../../app/contract/index.ts'
import { Banner, Button } from '../design/index.ts'
import { dateTime, t } from '../i18n/index.ts'
import { FilingChip, shownState } from './filing-mark.tsx'
import { FilingWhy } from './filing-why.tsx'

/**
 * « L’émetteur demande le retrait de … »: what the sender wants taken out of the record, what stands there, and one click to
 * take it out where he may ask.
 */
export const RemovalNote = ({
  offer,
  onWithdraw,
}: {
  offer: FilingOffer
  onWithdraw: (filing: Filing) => void
}) => {
  const { removal, label } = offer
  if (removal === null) return null
  const { by, obstacle, filings } = removal
  const done = filings.some(({ action, state }) => action === 'delete' && state === 'filed')
  return (
    <div className="removal-note">
      <Banner
        tone={done ? 'info' : 'warn'}
        title={t(done ? 'integration.removalDone' : 'integration.removalTitle', { by, label })}
      >
        {done ? null : t(obstacle === null ? 'integration.removalText' : `integration.removal_${obstacle}`)}
      </Banner>
      {filings.length > 0 ? (
        <ul className="filing-lines" aria-live="polite">
          {filings.map((filing) => (
            <li key={filing.id} className="filing-line">
              <FilingChip state={shownState(filing)} />
              <span>
                {filing.action === 'delete' ? `${t('integration.action_delete')} · ` : ''}
                {filing.targetName} · {dateTime(filing.changedAt)}
              </span>
              {obstacle === null && filing.state === 'filed' && filing.action !== 'delete' ? (
                <span className="filing-actions">
                  <Button size="small" onPress={() => onWithdraw(filing)}>
                    {t('integration.withdraw')}
                  </Button>
                </span>
              ) : null}
              <FilingWhy filing={filing} />
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  )
}
