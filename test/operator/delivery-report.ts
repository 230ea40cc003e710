import { randomUUID } from 'node:crypto'
import { domains } from './people.ts'

/** One delivery report (RFC 3461, RFC 3464) as the operator sends it to a message's sender. */
export interface DeliveryReport {
  sender: string
  recipient: string
  originalRecipient: string | null
  envelopeId: string | null
  outcome: 'delivered' | 'failed' | 'delayed'
  /** The mail store's last answer, e.g. `550 5.1.1 …`. */
  answer: string
  /** Header section of the message, CRLF. */
  originalHeader: string
  date: Date
}

const wording = {
  delivered: {
    title: 'Message remis',
    sentence: 'Votre message a ete remis dans la boite du destinataire.',
    status: '2.0.0',
  },
  failed: {
    title: 'Message non remis',
    sentence: "Votre message n'a pas pu etre remis au destinataire.",
    status: '5.0.0',
  },
  delayed: {
    title: 'Message en retard',
    sentence: "Votre message n'a pas encore pu etre remis ; de nouveaux essais sont faits.",
    status: '4.0.0',
  },
} as const

/** The multipart/report message, CRLF, ASCII. */
export const makeDeliveryReport = (report: DeliveryReport): Buffer => {
  const boundary = `rapport-${randomUUID()}`
  const status = /\b([245]\.\d{1,3}\.\d{1,3})\b/.exec(report.answer)?.[1]
  const { title, sentence } = wording[report.outcome]
  const lines = [
    `From: Operateur MSSante de demonstration <MAILER-DAEMON@${domains.operator}>`,
    `To: <${report.sender}>`,
    `Subject: ${title}`,
    `Date: ${report.date.toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${randomUUID()}@${domains.operator}>`,
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=delivery-status; boundary="${boundary}"`,
    '',
    `--${boundary}`,
    'Content-Type: text/plain; charset=us-ascii',
    '',
    sentence,
    `Destinataire : ${report.recipient}`,
    `Reponse : ${report.answer.replace(/[^\x20-\x7e]+/g, ' ')}`,
    '',
    `--${boundary}`,
    'Content-Type: message/delivery-status',
    '',
    `Reporting-MTA: dns; smtp.${domains.operator}`,
    ...(report.envelopeId ? [`Original-Envelope-Id: ${report.envelopeId}`] : []),
    '',
    ...(report.originalRecipient ? [`Original-Recipient: ${report.originalRecipient}`] : []),
    `Final-Recipient: rfc822; ${report.recipient}`,
    `Action: ${report.outcome}`,
    `Status: ${status ?? wording[report.outcome].status}`,
    `Diagnostic-Code: smtp; ${report.answer.replace(/[^\x20-\x7e]+/g, ' ')}`,
    ...(report.outcome === 'delayed'
      ? [
          `Will-Retry-Until: ${new Date(report.date.getTime() + 172_800_000).toUTCString().replace('GMT', '+0000')}`,
        ]
      : []),
    '',
    `--${boundary}`,
    'Content-Type: text/rfc822-headers',
    '',
    report.originalHeader.trimEnd(),
    '',
    `--${boundary}--`,
    '',
  ]
  return Buffer.from(lines.join('\r\n'), 'utf8')
}

/** A read receipt (RFC 8098) as another mail program sends it when its user agrees. */
export const makeReadReceipt = (receipt: {
  reader: string
  sender: string
  originalMessageId: string
  disposition?: string
  error?: string
  date: Date
}): Buffer => {
  const boundary = `lecture-${randomUUID()}`
  return Buffer.from(
    [
      `From: <${receipt.reader}>`,
      `To: <${receipt.sender}>`,
      'Subject: Lu : votre message',
      `Date: ${receipt.date.toUTCString().replace('GMT', '+0000')}`,
      `Message-ID: <${randomUUID()}@lecteur.mssante.test>`,
      'Auto-Submitted: auto-replied',
      'MIME-Version: 1.0',
      `Content-Type: multipart/report; report-type=disposition-notification; boundary="${boundary}"`,
      '',
      `--${boundary}`,
      'Content-Type: text/plain; charset=us-ascii',
      '',
      'Votre message a ete affiche par son destinataire.',
      '',
      `--${boundary}`,
      'Content-Type: message/disposition-notification',
      '',
      'Reporting-UA: Lecteur de demonstration',
      `Final-Recipient: rfc822; ${receipt.reader}`,
      `Original-Message-ID: ${receipt.originalMessageId}`,
      `Disposition: ${receipt.disposition ?? 'manual-action/MDN-sent-manually; displayed'}`,
      ...(receipt.error === undefined ? [] : [`Error: ${receipt.error}`]),
      '',
      `--${boundary}--`,
      '',
    ].join('\r\n'),
    'utf8',
  )
}
