import type { DeliveryOutcome, DeliveryState, ReportView } from '../../app/contract/index.ts'
import { openMessage } from '../data/index.ts'
import { Button, CardSurface } from '../design/index.ts'
import { dateTime, t } from '../i18n/index.ts'
import { StateChip } from './delivery-mark.tsx'
import { reasonSentence } from './reason.ts'
import './sending.css'

const stateOf: Record<DeliveryOutcome, DeliveryState> = {
  refused: 'failed',
  failed: 'failed',
  'processing-failed': 'failed',
  delayed: 'delayed',
  relayed: 'sent',
  delivered: 'delivered',
  expanded: 'delivered',
  processed: 'delivered',
  dispatched: 'delivered',
  deleted: 'delivered',
  denied: 'delivered',
  displayed: 'read',
  integrated: 'integrated',
  'integration-failed': 'not-integrated',
}

/** A report about a sent message, told in words instead of its technical text. */
export const ReportCard = ({ report }: { report: ReportView }) => {
  const { original } = report
  return (
    <CardSurface className="report">
      <h2>{t(`sending.reportTitle_${report.kind}`)}</h2>
      <ul className="report-lines">
        {report.recipients.map((one, index) => {
          const reason = reasonSentence(one)
          const outcome = one.outcome === 'refused' ? 'failed' : one.outcome
          return (
            <li key={index}>
              <StateChip state={stateOf[one.outcome]}>
                {t(`sending.report_${outcome}`, { address: one.address })}
              </StateChip>
              {reason ? <p>{reason}</p> : null}
              {one.retryUntil ? <p>{t('sending.reportRetry', { date: dateTime(one.retryUntil) })}</p> : null}
              {one.authentic ? null : <p className="muted">{t('sending.notAuthentic')}</p>}
              {one.diagnostic ? (
                <p className="muted small">{t('sending.serverSays', { text: one.diagnostic })}</p>
              ) : null}
            </li>
          )
        })}
      </ul>
      {original ? (
        <p className="report-about">
          {t('sending.reportAbout', {
            subject: original.subject || t('mailbox.noSubject'),
            date: dateTime(original.date),
          })}{' '}
          <Button variant="link" size="small" onPress={() => openMessage(original.id)}>
            {t('sending.openOriginal')}
          </Button>
        </p>
      ) : (
        <p className="muted">{t('sending.reportUnknown')}</p>
      )}
    </CardSurface>
  )
}
