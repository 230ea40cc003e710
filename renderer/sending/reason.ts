import type { DeliveryEvent } from '../../app/contract/index.ts'
import { t, type Key } from '../i18n/index.ts'
import { integrationFault } from './integration-fault.ts'

type Reason =
  | 'mailbox'
  | 'disabled'
  | 'full'
  | 'size'
  | 'route'
  | 'expired'
  | 'policy'
  | 'temporary'
  | 'integration'
  | 'other'

/** By subject and detail of an enhanced status code (RFC 3463 §3), most telling first. */
const reasons: readonly (readonly [RegExp, Reason])[] = [
  [/^\d\.1\.[01236]$/, 'mailbox'],
  [/^\d\.2\.1$/, 'disabled'],
  [/^\d\.2\.2$/, 'full'],
  [/^\d\.(?:2\.3|3\.4)$/, 'size'],
  [/^\d\.4\.7$/, 'expired'],
  [/^5\.4\./, 'route'],
  [/^\d\.7\./, 'policy'],
  [/^4\./, 'temporary'],
]

/** Why a server did not take or deliver a message, in words for a clinician; null when nothing went wrong. */
export const reasonSentence = (
  event: Pick<DeliveryEvent, 'outcome' | 'status' | 'diagnostic' | 'patientBounce'>,
): string | null => {
  if (event.outcome === 'integration-failed') {
    const fault = integrationFault(event.status === null ? null : Number(event.status))
    return [fault.what, fault.todo].filter(Boolean).join(' ')
  }
  // The patients' mailbox has its own reasons (ENS-6-bounce).
  if (event.patientBounce !== undefined) return t(`patients.bounce-${event.patientBounce ?? 'null'}`)
  if (event.outcome === 'processing-failed') return t('sending.reason_integration')
  if (event.outcome !== 'failed' && event.outcome !== 'refused' && event.outcome !== 'delayed') return null
  const status = event.status ?? /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(event.diagnostic ?? '')?.[0] ?? ''
  const found = reasons.find(([pattern]) => pattern.test(status))?.[1]
  const reason: Reason = found ?? (event.outcome === 'delayed' ? 'temporary' : 'other')
  const key: Key = `sending.reason_${reason}`
  return t(key)
}

/** The same for a server's answer to a recipient, as the outbox keeps it. */
export const refusalSentence = (response: string): string =>
  reasonSentence({
    outcome: /^4/.test(response) ? 'delayed' : 'refused',
    status: null,
    diagnostic: response,
  }) ?? ''
