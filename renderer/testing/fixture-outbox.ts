import type { ErrorData, OutboxItem } from '../../app/contract/index.ts'
import { correspondents } from './fixture-people.ts'

/** An item just handed to the outbox. */
export const waitingItem = (now: Date): OutboxItem => ({
  id: 1,
  accountId: 1,
  state: 'queued',
  subject: 'Avis cardiologique M. Leroy',
  recipients: [{ address: correspondents.paul.address, accepted: null, response: null }],
  queuedAt: new Date(now.getTime() - 240_000).toISOString(),
  attempts: 0,
  nextAttemptAt: null,
  error: null,
  receipt: false,
  due: null,
  editable: true,
})

/** One item of each kind that may wait. */
export const outboxOf = (
  now: Date,
  error: (code: ErrorData['code'], details?: ErrorData['details']) => ErrorData,
): OutboxItem[] => {
  const item = waitingItem(now)
  const inTime = (milliseconds: number): string => new Date(now.getTime() + milliseconds).toISOString()
  return [
    {
      ...item,
      attempts: 2,
      nextAttemptAt: inTime(60_000),
      error: error('net.unreachable', { host: 'smtp.operateur.mssante.test' }),
    },
    {
      ...item,
      id: 2,
      state: 'refused',
      subject: 'Demande de bilan',
      recipients: [
        { address: 'inconnu@bioval.mssante.test', accepted: false, response: '550 5.1.1 User unknown' },
      ],
      attempts: 1,
      error: error('smtp.all-recipients-refused'),
    },
    {
      ...item,
      id: 3,
      subject: 'Rendez-vous de suivi',
      due: { at: inTime(40_000_000), kind: 'schedule' },
    },
    {
      ...item,
      id: 4,
      state: 'unknown',
      subject: 'Courrier de sortie Mme Dupont',
      attempts: 1,
      error: error('outbox.unknown-outcome'),
    },
    {
      ...item,
      id: 5,
      state: 'filed',
      subject: 'Compte rendu de consultation',
      recipients: [
        { address: correspondents.paul.address, accepted: true, response: '250 2.0.0 Ok' },
        {
          address: correspondents.cardiology.address,
          accepted: false,
          response: '552 5.2.2 Mailbox full',
        },
      ],
      attempts: 1,
      error: error('smtp.recipient-refused', { address: correspondents.cardiology.address }),
    },
  ]
}
