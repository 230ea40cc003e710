import { randomUUID } from 'node:crypto'
import { domains } from './people.ts'

/** One delivery report (RFC 3461, RFC 3464) as the operator sends it to a message's sender. */
export interface DeliveryReport {
  sender: string
  recipient: string
  originalRecipient: string | null
  envelopeId: string | null
  delivered: boolean
  /** The mail store's last answer, e.g. `550 5.1.1 …`. */
  answer: string
  /** Header section of the message, CRLF. */
  originalHeader: string
  date: Date
}

/** The multipart/report message, CRLF, ASCII. */
export const makeDeliveryReport = (report: DeliveryReport): Buffer => {
  const boundary = `rapport-${randomUUID()}`
  const status = /\b([245]\.\d{1,3}\.\d{1,3})\b/.exec(report.answer)?.[1]
  const sentence = report.delivered
    ? 'Votre message a ete remis dans la boite du destinataire.'
    : "Votre message n'a pas pu etre remis au destinataire."
  const lines = [
    `From: Operateur MSSante de demonstration <MAILER-DAEMON@${domains.operator}>`,
    `To: <${report.sender}>`,
    `Subject: ${report.delivered ? 'Message remis' : 'Message non remis'}`,
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
    `Action: ${report.delivered ? 'delivered' : 'failed'}`,
    `Status: ${status ?? (report.delivered ? '2.0.0' : '5.0.0')}`,
    `Diagnostic-Code: smtp; ${report.answer.replace(/[^\x20-\x7e]+/g, ' ')}`,
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
