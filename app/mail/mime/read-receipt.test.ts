import { describe, expect, it } from 'vitest'
import { bytes, read, report } from './report.fixture.ts'

describe('a read receipt', () => {
  const receipt = (disposition: string, more: string[] = []) =>
    read(
      report('message/disposition-notification', [
        'Reporting-UA: Lecteur de test',
        'Original-Recipient: rfc822;paul@x.mssante.test',
        'Final-Recipient: rfc822;paul@x.mssante.test',
        'Original-Message-ID: <m@x.test>',
        `Disposition: ${disposition}`,
        ...more,
      ]),
    )

  it('says read, deleted or processed, by hand or not', () => {
    expect(receipt('manual-action/MDN-sent-manually; displayed')).toMatchObject({
      kind: 'disposition',
      originalMessageId: '<m@x.test>',
      outcomes: [{ address: 'paul@x.mssante.test', outcome: 'displayed', automatic: false }],
    })
    expect(receipt('automatic-action/MDN-sent-automatically;deleted')?.outcomes[0]).toMatchObject({
      outcome: 'deleted',
      automatic: true,
    })
    expect(receipt('automatic-action/MDN-sent-automatically; processed')?.outcomes[0]?.outcome).toBe(
      'processed',
    )
    expect(receipt('nonsense')?.outcomes).toEqual([])
    const cases: [string, string | undefined][] = [
      ['MANUAL-ACTION / MDN-Sent-Manually ; Displayed (lu par le secrétariat (bureau 2))', 'displayed'],
      ['(un commentaire) manual-action/MDN-sent-manually; displayed', 'displayed'],
      ['displayed', 'displayed'],
      ['manual-action/MDN-sent-manually; denied', 'denied'],
      ['automatic-action/MDN-sent-automatically; failed', 'processing-failed'],
      ['automatic-action/MDN-sent-automatically; deleted/error', 'processing-failed'],
      ['automatic-action/MDN-sent-automatically; deleted/mailbox-terminated', 'deleted'],
      ['automatic-action/MDN-sent-automatically; dispatched', 'dispatched'],
      ['automatic-action/MDN-sent-automatically; ', undefined],
    ]
    for (const [disposition, outcome] of cases)
      expect(receipt(disposition)?.outcomes[0]?.outcome, disposition).toBe(outcome)
  })

  it('of a gateway that could not integrate says so, in both forms of the specification (IG-MDN-parse)', () => {
    const automatic = 'automatic-action/MDN-sent-automatically; processed'
    expect(receipt(`${automatic}/Error: 902^Patient inconnu`)?.outcomes[0]).toMatchObject({
      outcome: 'integration-failed',
      status: '902',
      diagnostic: 'Patient inconnu',
    })
    const guide = '904^L’INS ne correspond pas^messageErrorCondition| E^Error^errorSeverity'
    expect(receipt(`${automatic}/error`, [`Error: ${guide}`])?.outcomes[0]).toMatchObject({
      outcome: 'integration-failed',
      status: '904',
      diagnostic: 'L’INS ne correspond pas',
    })
    // An error that is no integration code is a failure of the reader’s program, no more.
    expect(
      receipt('manual-action/MDN-sent-manually; displayed/error', ['Error: disque plein'])?.outcomes[0],
    ).toMatchObject({
      outcome: 'processing-failed',
      diagnostic: 'disque plein',
    })
  })
})

/** A gateway's answer as the guide draws it: text, report, original, archive and PDF again. */
const gatewayAnswer = (
  subject: string,
  fields: string[],
  outer: 'inside' | 'beside' = 'inside',
): Uint8Array => {
  const encoded = `=?UTF-8?B?${Buffer.from(subject).toString('base64')}?=`
  const files = [
    '--b',
    'Content-Type: application/zip; name=IHE_XDM.zip',
    'Content-Disposition: attachment; filename=IHE_XDM.zip',
    'Content-Transfer-Encoding: base64',
    '',
    'UEsDBA==',
    '--b',
    'Content-Type: application/pdf; name=a.pdf',
    '',
    '%PDF-1.4',
  ]
  const report = (boundary: string): string[] => [
    `--${boundary}`,
    'Content-Type: text/plain; charset=utf-8',
    '',
    'Votre document n’a pas été intégré : 902 Patient inconnu',
    ...(fields.length === 0
      ? []
      : [`--${boundary}`, 'Content-Type: message/disposition-notification', '', ...fields, '']),
    `--${boundary}`,
    'Content-Type: message/rfc822',
    '',
    'To: <service@hopital.mssante.test>, <autre@ailleurs.test>',
    'Message-ID: <m@x.test>',
    'Subject: XDM/1.0/DDM+CR',
    '',
    'corps',
  ]
  const kind = fields.length === 0 ? 'mixed' : 'report; report-type=disposition-notification'
  return bytes([
    'From: <appli@hopital.mssante.test>',
    `Subject: ${encoded}`,
    ...(outer === 'inside'
      ? [`Content-Type: multipart/${kind}; boundary="b"`, '', ...report('b'), ...files, '--b--', '']
      : [
          'Content-Type: multipart/mixed; boundary="b"',
          '',
          '--b',
          `Content-Type: multipart/${kind}; boundary="c"`,
          '',
          ...report('c'),
          '--c--',
          ...files,
          '--b--',
          '',
        ]),
  ])
}
const gatewayFields = (disposition: string): string[] => [
  'Original-Recipient: rfc822;service@hopital.mssante.test',
  'Final-Recipient: rfc822;appli@hopital.mssante.test',
  'Original-Message-ID: <m@x.test>',
  `Disposition: ${disposition}`,
]

describe('the answer of a gateway', () => {
  it('says that the documents were integrated, archive attached inside the report or beside it', () => {
    const fields = gatewayFields('automatic-action/MDN-sent-automatically; processed')
    for (const outer of ['inside', 'beside'] as const)
      expect(read(gatewayAnswer('XDM/1.0/DDM+CR', fields, outer))).toMatchObject({
        originalMessageId: '<m@x.test>',
        outcomes: [
          {
            outcome: 'integrated',
            address: 'appli@hopital.mssante.test',
            originalAddress: 'service@hopital.mssante.test',
          },
        ],
      })
  })

  it('says that they were not, as ITI-32 has it: thrown away, with an error', () => {
    const fields = gatewayFields('automatic-action/MDN-sent-automatically; deleted/Error')
    expect(read(gatewayAnswer('XDM/1.0/DDM+CR', [...fields, 'Error: archive illisible']))).toMatchObject({
      outcomes: [{ outcome: 'integration-failed', diagnostic: 'archive illisible' }],
    })
  })

  it('says that they were not, by its subject alone when its fields do not say why', () => {
    const fields = gatewayFields('automatic-action/MDN-sent-automatically; processed/error')
    expect(
      read(gatewayAnswer('[KO Intégration système !][903] XDM/1.0/DDM+CR', fields))?.outcomes[0],
    ).toMatchObject({
      outcome: 'integration-failed',
      status: '903',
    })
  })

  it('is known as an ordinary mail with the original enclosed, under both subjects (IG-MDN-mail)', () => {
    for (const prefix of [
      '[KO Intégration système !]',
      '[KO Integration systeme]',
      '[Erreur d’intégration !]',
      "[Erreur d'intégration !]",
    ])
      expect(read(gatewayAnswer(`${prefix}[902] XDM/1.0/DDM+CR`, []))).toEqual({
        kind: 'disposition',
        envelopeId: null,
        originalMessageId: '<m@x.test>',
        outcomes: [
          {
            address: 'appli@hopital.mssante.test',
            originalAddress: 'service@hopital.mssante.test',
            outcome: 'integration-failed',
            status: '902',
            diagnostic: 'Patient inconnu',
            automatic: true,
            retryUntil: null,
          },
        ],
      })
    // A reply to such a mail, or one that has no original in it, is a letter.
    expect(read(gatewayAnswer('Re: [KO Intégration système !][902] XDM', []))).toBeNull()
    expect(
      read(bytes('From: a@b.test\r\nSubject: [KO Integration systeme !][902] x\r\n\r\ncorps\r\n')),
    ).toBeNull()
  })
})
