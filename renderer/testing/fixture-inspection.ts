import type { MessageInspection } from '../../app/contract/index.ts'
import { judged } from './gallery/gallery-security.ts'

/** A list's message as « Analyser un message » describes it; people are fictitious. */
export const inspection = (): MessageInspection => {
  const valid = judged({ scope: 'part' })
  const whole = judged({
    status: 'partial',
    reasons: ['outside-signature'],
    notices: ['mailing-list', 'footer-added'],
    scope: 'part',
  })
  const part = (path: string, contentType: string, size: number, signature: 'none' | 'valid' = 'none') => ({
    path,
    contentType,
    charset: contentType.startsWith('text/') ? 'utf-8' : null,
    encoding: contentType.startsWith('multipart/') ? '7bit' : 'quoted-printable',
    disposition: null,
    fileName: contentType.endsWith('signature') ? 'smime.p7s' : null,
    size,
    protection: { decrypted: false, signature },
    parts: [],
  })
  return {
    clinical: {
      kind: 'message',
      patient: null,
      patients: [],
      documents: [],
      submissionSets: [],
      hl7: [],
      hprim: [],
      dicom: [],
      texts: [],
      tables: [],
      results: [],
      alerts: [],
      filingBlocked: false,
      deviations: [],
      refusals: [],
    },
    size: 9_184,
    headers: {
      from: 'Laboratoire BioVal Démo <resultats@bioval.mssante.test>',
      sender: null,
      to: ['Dr Anne MARTIN <anne.martin@medecin.mssante.test>'],
      cc: [],
      subject: '[cardio] Protocole de recueil',
      date: '2026-11-22T08:31:00.000Z',
      messageId: '<demo@bioval.mssante.test>',
    },
    shown: {
      from: 'Laboratoire BioVal Démo <resultats@bioval.mssante.test>',
      subject: '[cardio] Protocole de recueil',
    },
    verdict: whole.status,
    reasons: whole.reasons,
    notices: whole.notices,
    signature: whole,
    encryption: { status: 'none' },
    layers: [],
    parts: [{ path: '1', forwardedFrom: null, signature: valid, encrypted: false }],
    headerProtection: { kind: 'none', subject: null, differences: [], hidden: [] },
    tree: {
      ...part('', 'multipart/mixed', 8_600),
      parts: [
        {
          ...part('1', 'multipart/signed', 8_100),
          parts: [part('1.1', 'text/plain', 412, 'valid'), part('1.2', 'application/pkcs7-signature', 5_212)],
        },
        part('2', 'text/html', 240),
      ],
    },
    displayed: [
      {
        path: '1.1',
        format: 'text',
        text: 'Bonjour,\n\nle protocole de recueil change au 1er décembre.\n\nBien cordialement,\nLe laboratoire',
        signature: 'valid',
        decrypted: false,
      },
      {
        path: '2',
        format: 'html',
        text: 'Liste « cardio » : pour vous désabonner, répondez STOP.',
        signature: 'none',
        decrypted: false,
      },
    ],
    htmlText: 'extracted',
    attachments: [],
    remoteReferences: ['https://listes.exemple.test/pixel.png'],
    foreignProtection: 'none',
    judgedAt: '2026-11-22T08:31:00.000Z',
  }
}
