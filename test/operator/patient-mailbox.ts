import { randomUUID } from 'node:crypto'
import { domains } from './people.ts'

/** Why the patients' mailbox gives a message back. */
export type PatientBounceCause = 'closed' | 'unknown' | 'address' | 'size'

/** Bytes it takes, base64 counted. */
export const patientMailLimit = 25_000_000

/** Words as a patient's mailbox might say them: the official ones are not known, so several forms are tried on the client. */
const sentences: Record<PatientBounceCause, string> = {
  closed: "La messagerie de l'usager est fermee : il a choisi de ne plus recevoir de messages.",
  unknown: 'Patient introuvable : aucun profil Mon espace sante ne correspond a ce matricule.',
  address: "L'adresse du destinataire est invalide.",
  size: 'La taille totale du message depasse 25 Mo.',
}

/**
 * The mail a patient's mailbox sends back (ENS-6-bounce): a report of RFC 3464 whose diagnostic says nothing and whose text says
 * it all, or, for a patient it does not find, a plain mail that only quotes the headers.
 */
export const makePatientBounce = (bounce: {
  cause: PatientBounceCause
  sender: string
  recipient: string
  originalHeader: string
  date: Date
}): Buffer => {
  const head = [
    `From: Mon espace sante (simulation) <MAILER-DAEMON@${domains.patients}>`,
    `To: <${bounce.sender}>`,
    'Subject: Undelivered Mail Returned to Sender',
    `Date: ${bounce.date.toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${randomUUID()}@${domains.patients}>`,
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
  ]
  const text = ['Message non distribue', '', `<${bounce.recipient}> : ${sentences[bounce.cause]}`, '']
  if (bounce.cause === 'unknown')
    return Buffer.from(
      [
        ...head,
        'Content-Type: text/plain; charset=us-ascii',
        '',
        ...text,
        '----- Message original -----',
        bounce.originalHeader.trimEnd(),
        '',
      ].join('\r\n'),
      'utf8',
    )
  const boundary = `retour-${randomUUID()}`
  return Buffer.from(
    [
      ...head,
      `Content-Type: multipart/report; report-type=delivery-status; boundary="${boundary}"`,
      '',
      `--${boundary}`,
      'Content-Type: text/plain; charset=us-ascii',
      '',
      ...text,
      `--${boundary}`,
      'Content-Type: message/delivery-status',
      '',
      `Reporting-MTA: dns; mx.${domains.patients}`,
      '',
      `Final-Recipient: rfc822; ${bounce.recipient}`,
      'Action: failed',
      'Status: 5.0.0',
      'Diagnostic-Code: smtp; 550 5.0.0 rejected',
      '',
      `--${boundary}`,
      'Content-Type: text/rfc822-headers',
      '',
      bounce.originalHeader.trimEnd(),
      '',
      `--${boundary}--`,
      '',
    ].join('\r\n'),
    'utf8',
  )
}
