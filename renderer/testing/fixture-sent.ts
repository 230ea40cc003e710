import type { DeliveryEvent, MessageDelivery, MessageRow } from '../../app/contract/index.ts'
import { anne, correspondents } from './fixture-people.ts'

const none: MessageDelivery = { recipients: null, report: null, replaces: null, replacedBy: null }

/** Sent mail in each of its states (folder 3), and reports about it (folder 7), newest first. */
export const sentOf = (
  now: Date,
  model: MessageRow,
): { rows: MessageRow[]; details: Map<number, MessageDelivery> } => {
  const details = new Map<number, MessageDelivery>()
  const at = (minutes: number): Date => new Date(now.getTime() - minutes * 60_000)
  const row = (
    minutes: number,
    folderId: number,
    change: Partial<MessageRow>,
    detail: Partial<MessageDelivery> = {},
  ) => {
    const date = at(minutes)
    const { document: _, ...plain } = model
    const made: MessageRow = {
      ...plain,
      id: Math.floor(date.getTime() / 1000) * 2 ** 20 + folderId * 1000,
      accountId: 1,
      folderId,
      date: date.toISOString(),
      from: anne,
      to: [correspondents.paul],
      trust: 'professional',
      seen: true,
      flagged: false,
      patient: null,
      documentLabel: null,
      documentCount: 0,
      alert: null,
      hasAttachments: false,
      ...change,
    }
    details.set(made.id, { ...none, ...detail })
    return made
  }
  const event = (
    outcome: DeliveryEvent['outcome'],
    minutes: number,
    change: Partial<DeliveryEvent> = {},
  ): DeliveryEvent => ({
    outcome,
    at: at(minutes).toISOString(),
    status: null,
    diagnostic: null,
    automatic: true,
    authentic: true,
    ...change,
  })
  const full = { status: '5.2.2', diagnostic: '552 5.2.2 Mailbox full' }
  const counts = { total: 1, delivered: 0, read: 0, integrated: 0, notIntegrated: 0, delayed: 0, failed: 0 }
  const failed = row(
    52,
    3,
    {
      subject: 'Avis pour M. Leroy',
      preview: 'Cher confrère, merci de votre avis sur ce patient.',
      to: [correspondents.paul, correspondents.cardiology, correspondents.nurse],
      delivery: { ...counts, state: 'failed', total: 3, delivered: 2, read: 1, failed: 1 },
    },
    {
      recipients: [
        {
          address: correspondents.paul.address,
          state: 'read',
          at: at(31).toISOString(),
          events: [event('delivered', 51), event('displayed', 31, { automatic: false })],
        },
        {
          address: correspondents.cardiology.address,
          state: 'failed',
          at: at(50).toISOString(),
          events: [event('delayed', 51, { status: '4.2.2' }), event('failed', 50, full)],
        },
        {
          address: correspondents.nurse.address,
          state: 'delivered',
          at: at(51).toISOString(),
          events: [event('delivered', 51)],
        },
      ],
    },
  )
  const replaced = row(240, 3, {
    subject: 'Ordonnance Mme Roux',
    preview: 'Veuillez trouver l’ordonnance.',
    delivery: { ...counts, state: 'delivered', delivered: 1 },
    replacement: 'replaced',
  })
  const replaces = row(
    120,
    3,
    {
      subject: '[Annule et remplace] Ordonnance Mme Roux',
      preview: 'La posologie était erronée.',
      delivery: { ...counts, state: 'read', delivered: 1, read: 1 },
      replacement: 'replaces',
    },
    {
      replaces: { id: replaced.id, subject: replaced.subject, date: replaced.date },
      recipients: [
        {
          address: correspondents.paul.address,
          state: 'read',
          at: at(100).toISOString(),
          events: [event('delivered', 119), event('displayed', 100, { automatic: false })],
        },
      ],
    },
  )
  details.set(replaced.id, {
    ...none,
    replacedBy: { id: replaces.id, subject: replaces.subject, date: replaces.date },
  })
  const report = row(
    50,
    7,
    {
      from: { name: 'Opérateur', address: 'mailer-daemon@operateur.mssante.test' },
      to: [anne],
      subject: 'Message non remis',
      preview: 'Votre message n’a pas pu être remis.',
      seen: false,
      trust: 'organisation',
    },
    {
      report: {
        kind: 'delivery',
        recipients: [
          { ...event('failed', 50, full), address: correspondents.cardiology.address, retryUntil: null },
        ],
        original: { id: failed.id, subject: failed.subject, date: failed.date },
      },
    },
  )
  const rows = [
    row(12, 3, {
      subject: 'Compte rendu demandé',
      preview: 'Bonjour, voici le compte rendu.',
      delivery: { ...counts, state: 'sent' },
    }),
    row(30, 3, {
      subject: 'Demande de rendez-vous',
      preview: 'Bonjour, pouvez-vous recevoir cette patiente ?',
      to: [correspondents.emergency],
      delivery: { ...counts, state: 'delayed', delayed: 1 },
    }),
    failed,
    replaces,
    replaced,
    report,
  ]
  return { rows, details }
}
