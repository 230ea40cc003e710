import { ChevronRight } from 'lucide-react'
import type { DeliveryEvent, RecipientDelivery } from '../../app/contract/index.ts'
import { CardSurface, WideTable } from '../design/index.ts'
import { dateTime, t } from '../i18n/index.ts'
import { StateChip } from './delivery-mark.tsx'
import { reasonSentence } from './reason.ts'
import './sending.css'

const EventLine = ({ event }: { event: DeliveryEvent }) => (
  <li>
    {event.at ? <span className="tabular">{dateTime(event.at)} · </span> : null}
    {t(`sending.event_${event.outcome}`)}
    {event.authentic ? '' : ` (${t('sending.notAuthentic')})`}
    {event.diagnostic ? (
      <span className="muted"> · {t('sending.serverSays', { text: event.diagnostic })}</span>
    ) : null}
  </li>
)

const RecipientRow = ({ recipient }: { recipient: RecipientDelivery }) => {
  const cause = recipient.events.findLast((event) => event.authentic && reasonSentence(event) !== null)
  const troubled = ['failed', 'delayed', 'not-integrated'].includes(recipient.state)
  const reason = troubled && cause ? reasonSentence(cause) : null
  return (
    <tr>
      <th scope="row">{recipient.address}</th>
      <td>
        <StateChip state={recipient.state} />
      </td>
      <td className="tabular">{recipient.at ? dateTime(recipient.at) : '—'}</td>
      <td className="delivery-why">
        {reason ? <p>{reason}</p> : null}
        {recipient.events.length === 0 ? <p className="muted">{t('sending.deliveryUnknown')}</p> : null}
        {recipient.events.length > 0 ? (
          <details>
            <summary>
              <ChevronRight aria-hidden="true" /> {t('sending.history')}
            </summary>
            <ul>
              {recipient.events.map((event, index) => (
                <EventLine key={index} event={event} />
              ))}
            </ul>
          </details>
        ) : null}
      </td>
    </tr>
  )
}

/** What became of a sent message, recipient by recipient. */
export const DeliveryPanel = ({ recipients }: { recipients: readonly RecipientDelivery[] }) => (
  <CardSurface className="delivery">
    <h2>{t('sending.delivery')}</h2>
    <WideTable label={t('sending.delivery')}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('sending.recipient')}</th>
            <th scope="col">{t('sending.state')}</th>
            <th scope="col">{t('sending.when')}</th>
            <th scope="col">
              <span className="visually-hidden">{t('sending.history')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {recipients.map((recipient) => (
            <RecipientRow key={recipient.address} recipient={recipient} />
          ))}
        </tbody>
      </table>
    </WideTable>
  </CardSurface>
)
