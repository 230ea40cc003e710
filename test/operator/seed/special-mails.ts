import { escapeXml } from './xml.ts'
import type { MailContext } from './letter-mails.ts'
import {
  compose,
  correspondents,
  headerLines,
  newMessageId,
  type Envelope,
  type SeededMessage,
} from './mail.ts'
import { attachmentPart, message, messagePart, multipart, textPart, type Entity } from './mime.ts'

const from = correspondents.nurse

function envelope(context: MailContext, changes: Partial<Envelope>): Envelope {
  return {
    from,
    to: [context.to],
    subject: 'Message ordinaire',
    date: context.date,
    messageId: newMessageId(context.random, changes.from ?? from),
    ...changes,
  }
}

/** A read receipt (RFC 8098) for a message that `to` sent. */
export async function readReceipt(context: MailContext, originalId: string): Promise<SeededMessage> {
  const { random, date, to } = context
  const who = correspondents.paul
  const report: Entity = {
    headers: ['Content-Type: message/disposition-notification'],
    body: Buffer.from(
      [
        'Reporting-UA: demo.mssante.test; SousPli',
        `Original-Recipient: rfc822;${who.address}`,
        `Final-Recipient: rfc822;${who.address}`,
        `Original-Message-ID: ${originalId}`,
        'Disposition: manual-action/MDN-sent-manually; displayed',
        '',
      ].join('\r\n'),
    ),
  }
  const raw = await compose(
    envelope(context, {
      from: who,
      to: [to],
      subject: 'Lu : Synthèse médicale',
      inReplyTo: originalId,
      references: [originalId],
    }),
    multipart(
      'report',
      [textPart('Votre message a été lu.\n'), report],
      random,
      ' report-type=disposition-notification;',
    ),
  )
  return { raw, date, flags: ['\\Seen'] }
}

/** The answer of an integration robot that did not know the patient (clinical-documents.md §2.6). */
export async function integrationError(context: MailContext, original: Buffer): Promise<SeededMessage> {
  const { random, date } = context
  const who = correspondents.hospital
  const report: Entity = {
    headers: ['Content-Type: message/disposition-notification'],
    body: Buffer.from(
      [
        `Final-Recipient: rfc822;${who.address}`,
        'Original-Message-ID: <inconnu@medecin.mssante.test>',
        'Disposition: automatic-action/MDN-sent-automatically; processed/error',
        'Error: 902^Identifiant de patient inconnu^messageErrorCondition',
        '',
      ].join('\r\n'),
    ),
  }
  const raw = await compose(
    envelope(context, { from: who, subject: '[KO Intégration système !][902] XDM/1.0/DDM+Synthèse' }),
    multipart(
      'report',
      [textPart('Le document n’a pas pu être intégré : patient inconnu.\n'), report, messagePart(original)],
      random,
      ' report-type=disposition-notification;',
    ),
  )
  return { raw, date, flags: ['\\Seen'] }
}

/** A delivery failure (RFC 3464). */
export async function deliveryFailure(context: MailContext): Promise<SeededMessage> {
  const { random, date, to } = context
  const status: Entity = {
    headers: ['Content-Type: message/delivery-status'],
    body: Buffer.from(
      [
        'Reporting-MTA: dns; operateur.mssante.test',
        '',
        'Final-Recipient: rfc822; jean.dupond@medecin.mssante.test',
        'Action: failed',
        'Status: 5.1.1',
        'Diagnostic-Code: smtp; 550 5.1.1 Utilisateur inconnu',
        '',
      ].join('\r\n'),
    ),
  }
  const returned: Entity = {
    headers: ['Content-Type: text/rfc822-headers'],
    body: Buffer.from(`From: ${to.address}\r\nTo: jean.dupond@medecin.mssante.test\r\nSubject: Avis\r\n`),
  }
  const raw = await compose(
    envelope(context, {
      from: { name: 'Mail Delivery System', address: 'mailer-daemon@operateur.mssante.test' },
      subject: 'Undelivered Mail Returned to Sender',
      extra: ['Auto-Submitted: auto-replied', 'Return-Path: <>'],
    }),
    multipart(
      'report',
      [textPart('Votre message n’a pas été remis.\n'), status, returned],
      random,
      ' report-type=delivery-status;',
    ),
  )
  return { raw, date, flags: ['\\Seen'] }
}

/** A clinical mail forwarded as an attached message. */
export async function forwarded(context: MailContext, original: Buffer): Promise<SeededMessage> {
  const { random, date } = context
  const raw = await compose(
    envelope(context, { from: correspondents.secretary, subject: 'TR : résultat à voir' }),
    multipart(
      'mixed',
      [textPart('Anne, ce résultat est arrivé au secrétariat.\n\nSophie\n'), messagePart(original)],
      random,
    ),
  )
  return { raw, date, flags: ['\\Seen'] }
}

/** Messages that no norm foresees but that every mailbox holds. One of each. */
export async function oddMails(context: MailContext): Promise<SeededMessage[]> {
  const { random, date } = context
  const text = textPart('Bonjour,\n\nVoir ci-dessus.\n')
  const day = 86_400_000
  const list: [Partial<Envelope>, Entity, date?: Date][] = [
    [{ subject: null }, text],
    [{ subject: '' }, text],
    [{ messageId: null, subject: 'Sans identifiant' }, text],
    [{ subject: `Très long sujet ${'à propos de la coordination des soins '.repeat(24)}fin` }, text],
    [{ subject: '🩺 Visite 👩‍⚕️ demain 🏠' }, textPart('Rendez-vous demain 🙂\n')],
    [{ subject: 'Expéditeur sans nom', rawFrom: 'nadia.ferrand@infirmier.mssante.test' }, text],
    [
      {
        subject: 'Expéditeur entre guillemets',
        rawFrom: `"FERRAND, Nadia (IDE) \\"NF\\"" <nadia.ferrand@infirmier.mssante.test>`,
      },
      text,
    ],
    [
      {
        subject: 'Expéditeur mal encodé',
        rawFrom: '"=?ISO-8859-1?Q?Fr=E9d=E9ric_NO=CBL?=" <f.noel@infirmier.mssante.test>',
      },
      text,
    ],
    [
      {
        subject: 'Deux expéditeurs',
        rawFrom: `Nadia FERRAND <nadia.ferrand@infirmier.mssante.test>, Luc BRUN <luc.brun@infirmier.mssante.test>`,
        extra: ['Sender: nadia.ferrand@infirmier.mssante.test'],
      },
      text,
    ],
    [
      {
        subject: 'Titre souligné',
        rawFrom: '=?UTF-8?Q?Dr=5FSylvie=5FAUBERT=5FH=C3=B4pital?= <cardiologie@hopital-lilas.mssante.test>',
      },
      text,
    ],
    [
      { subject: 'Corps vide' },
      { headers: ['Content-Type: text/plain; charset=utf-8'], body: Buffer.alloc(0) },
    ],
    [{ subject: 'Date future', rawDate: 'Fri, 01 Jan 2038 12:00:00 +0100' }, text],
    [{ subject: 'Date illisible', rawDate: 'hier vers midi' }, text],
    [{ subject: 'Fuseau étrange', rawDate: 'Tue, 3 Feb 2026 08:12:00 GMT (heure locale)' }, text],
    [
      { subject: 'Sans type de contenu' },
      { headers: ['X-Sans-Type: oui'], body: Buffer.from('Texte brut sans en-tete MIME.\r\n') },
    ],
    [
      { subject: 'Jeu de caractères inconnu' },
      {
        headers: ['Content-Type: text/plain; charset=x-inconnu', 'Content-Transfer-Encoding: 8bit'],
        body: Buffer.from('Caf\xe9 et \xe9t\xe9.\r\n', 'latin1'),
      },
    ],
    [
      { subject: 'Multipart sans fin' },
      {
        headers: ['Content-Type: multipart/mixed; boundary="coupe"'],
        body: Buffer.from('--coupe\r\nContent-Type: text/plain\r\n\r\nLa suite manque.\r\n'),
      },
    ],
    [
      { subject: 'Pièce nommée par chemin' },
      multipart(
        'mixed',
        [
          text,
          attachmentPart({
            fileName: '..\\..\\Windows\\facture.pdf.exe',
            type: 'application/octet-stream',
            bytes: Buffer.from('MZ factice'),
          }),
        ],
        random.fork('path'),
      ),
    ],
    [
      { subject: 'Invitation' },
      multipart(
        'mixed',
        [
          text,
          {
            headers: ['Content-Type: text/calendar; charset=utf-8; method=REQUEST'],
            body: Buffer.from(
              'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:astreintes-demo\r\nDTSTAMP:20261120T100000Z\r\nDTSTART:20261212T190000Z\r\nSUMMARY:Astreintes\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n',
            ),
          },
        ],
        random.fork('calendar'),
      ),
    ],
  ]
  return list.map(([changes, entity], index) => {
    const at = new Date(date.getTime() - index * 5 * day)
    const of = envelope({ ...context, date: at, random: random.fork(`odd ${index}`) }, changes)
    return { raw: message(headerLines(of), entity), date: at, flags: ['\\Seen'] }
  })
}

/** A draft: rich text that anne has not sent. */
export async function draft(context: MailContext, subject: string, text: string): Promise<SeededMessage> {
  const html = textPart(`<p>${escapeXml(text)}</p>`, 'utf8-qp', 'html')
  const raw = await compose(
    envelope(context, { from: correspondents.anne, to: [correspondents.paul], subject }),
    multipart('alternative', [textPart(`${text}\n`), html], context.random),
  )
  return { raw, date: context.date, flags: ['\\Seen'] }
}
