import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeDeliveryReport } from '../../../test/operator/delivery-report.ts'
import { value } from '../outcome.fixture.ts'
import { parseMessage } from './message.ts'
import { parseReport } from './report.ts'

const bytes = (lines: string[] | string): Uint8Array =>
  new Uint8Array(Buffer.from(typeof lines === 'string' ? lines : lines.join('\r\n'), 'utf8'))
const read = (source: Uint8Array) => parseReport(value(parseMessage(source)))

const report = (type: string, fields: string[], returned: string[] = [], encoding = '7bit'): Uint8Array =>
  bytes([
    'From: MAILER-DAEMON@operateur.mssante.test',
    `Content-Type: multipart/report; report-type=x; boundary="b"`,
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'Une phrase.',
    '--b',
    `Content-Type: ${type}`,
    `Content-Transfer-Encoding: ${encoding}`,
    '',
    ...(encoding === 'base64' ? [Buffer.from(fields.join('\r\n')).toString('base64')] : fields),
    ...(returned.length > 0 ? ['--b', ...returned] : []),
    '--b--',
    '',
  ])

const perMessage = ['Reporting-MTA: dns; smtp.operateur.mssante.test', 'Original-Envelope-Id: env42', '']

describe('a delivery report', () => {
  it('of our operator tells who, what and about which message', () => {
    const source = makeDeliveryReport({
      sender: 'anne.martin@medecin.mssante.test',
      recipient: 'paul.bernard@medecin.mssante.test',
      originalRecipient: 'rfc822;Paul.Bernard@medecin.mssante.test',
      envelopeId: 'env-1',
      outcome: 'failed',
      answer: '550 5.2.1 Boite desactivee',
      originalHeader: 'Subject: Avis\r\nMessage-ID: <avis@medecin.mssante.test>\r\n',
      date: new Date(),
    })
    expect(read(new Uint8Array(source))).toEqual({
      kind: 'delivery',
      envelopeId: 'env-1',
      originalMessageId: '<avis@medecin.mssante.test>',
      outcomes: [
        {
          address: 'paul.bernard@medecin.mssante.test',
          originalAddress: 'paul.bernard@medecin.mssante.test',
          outcome: 'failed',
          status: '5.2.1',
          diagnostic: '550 5.2.1 Boite desactivee',
          automatic: true,
          retryUntil: null,
        },
      ],
    })
  })

  it('tells each recipient apart, delays with their end', () => {
    const found = read(
      report('message/delivery-status', [
        ...perMessage,
        'Final-Recipient: rfc822; a@x.mssante.test',
        'Action: delivered (to mailbox)',
        'Status: 2.0.0',
        '',
        'Original-Recipient: rfc822;b@x.mssante.test',
        'Final-Recipient: RFC822;b2@y.mssante.test',
        'Action: delayed',
        'Status: 4.4.1 (no route)',
        'Will-Retry-Until: Tue, 24 Nov 2026 08:00:00 +0100',
      ]),
    )
    expect(found?.outcomes.map((one) => [one.address, one.originalAddress, one.outcome, one.status])).toEqual(
      [
        ['a@x.mssante.test', null, 'delivered', '2.0.0'],
        ['b2@y.mssante.test', 'b@x.mssante.test', 'delayed', '4.4.1'],
      ],
    )
    expect(found?.outcomes[1]?.retryUntil).toBe(Date.parse('2026-11-24T07:00:00Z'))
  })

  it('is read without an action by its status, but never guessed to be a success', () => {
    const of = (status: string) =>
      read(
        report('message/delivery-status', [
          ...perMessage,
          'Final-Recipient: rfc822; a@x.test',
          `Status: ${status}`,
        ]),
      )?.outcomes[0]?.outcome
    expect(of('5.1.1')).toBe('failed')
    expect(of('4.2.2')).toBe('delayed')
    expect(of('2.0.0')).toBeUndefined()
  })

  it('is read in base64, in UTF-8 types and with escaped addresses (RFC 6533)', () => {
    const fields = [
      ...perMessage,
      'Final-Recipient: utf-8; h\\x{E9}l\\x{E8}ne@x.mssante.test',
      'Action: failed',
    ]
    const found = read(report('message/global-delivery-status', fields, [], 'base64'))
    expect(found?.outcomes[0]).toMatchObject({ address: 'hélène@x.mssante.test', outcome: 'failed' })
  })

  it('names the message by what is returned of it, whole or its headers', () => {
    const fields = ['Final-Recipient: rfc822; a@x.test', 'Action: failed']
    for (const type of ['message/rfc822', 'text/rfc822-headers'])
      expect(
        read(
          report('message/delivery-status', fields, [
            `Content-Type: ${type}`,
            '',
            'Subject: x',
            'Message-ID: <m@x.test>',
            '',
            'corps',
          ]),
        )?.originalMessageId,
      ).toBe('<m@x.test>')
  })

  it('of Postfix, Dovecot and Exchange is read with its comments, cases and networks', () => {
    const original = [
      'Content-Type: text/rfc822-headers',
      '',
      'To: Paul <paul@x.mssante.test>',
      'Message-ID: <m@x.test>',
      '',
    ]
    const postfix = report(
      'message/delivery-status',
      [
        'Reporting-MTA: dns; mx.x.mssante.test',
        'X-Postfix-Queue-ID: 4ABC',
        'Arrival-Date: Sun, 22 Nov 2026 10:00:00 +0100 (CET)',
        '',
        'FINAL-RECIPIENT: RFC822; paul.moved@x.mssante.test (Paul (parti))',
        'Original-Recipient: rfc822;Paul@x.mssante.test',
        'ACTION: Failed (bounced)',
        'Status: 5.1.1 (unknown)',
        'Remote-MTA: dns; lmtp.x.mssante.test',
        'Diagnostic-Code: smtp; 550 5.1.1 <paul.moved@x.mssante.test>: Recipient',
        '    address rejected',
      ],
      original,
    )
    expect(read(postfix)).toMatchObject({
      originalMessageId: '<m@x.test>',
      outcomes: [
        {
          address: 'paul.moved@x.mssante.test',
          originalAddress: 'paul@x.mssante.test',
          outcome: 'failed',
          status: '5.1.1',
        },
      ],
    })
    // An address of another network names nobody; of the only one it was written to, it is him.
    const exchange = (groups: string[]) =>
      read(report('message/delivery-status', ['Reporting-MTA: dns;EX01', '', ...groups], original))
    const x400 = ['Final-Recipient: x400; /C=FR/O=HOPITAL/S=PAUL/', 'Action: failed', 'Status: 5.1.1']
    expect(exchange(x400)?.outcomes).toMatchObject([{ address: 'paul@x.mssante.test', outcome: 'failed' }])
    expect(exchange([...x400, '', ...x400])?.outcomes).toEqual([])
    // A sieve filter that refuses answers by a disposition.
    const sieve = report('message/disposition-notification', [
      'Reporting-UA: mx.x.mssante.test; Dovecot Mail Delivery Agent',
      'Final-Recipient: rfc822; paul@x.mssante.test',
      'Original-Message-ID: <m@x.test>',
      'Disposition: automatic-action/MDN-sent-automatically; deleted',
    ])
    expect(read(sieve)?.outcomes).toMatchObject([{ outcome: 'deleted', automatic: true }])
  })

  it('is known behind a disclaimer, and by its fields when its parts are called something else', () => {
    const fields = [
      'Final-Recipient: rfc822;p@x.test',
      'Disposition: manual-action/MDN-sent-manually; displayed',
    ]
    const inner = [
      'Content-Type: multipart/report; report-type=Disposition-Notification; boundary="c"',
      '',
      '--c',
      'Content-Type: text/plain',
      '',
      'Lu.',
      '--c',
      'Content-Type: text/plain',
      '',
      ...fields,
      'Original-Message-ID: m@x.test',
      '',
      '--c--',
    ]
    const mixed = bytes([
      'From: p@x.test',
      'Content-Type: multipart/mixed; boundary="b"',
      '',
      '--b',
      'Content-Type: text/plain',
      '',
      'Message vérifié.',
      '--b',
      ...inner,
      '--b--',
    ])
    for (const source of [mixed, bytes(['From: p@x.test', ...inner])])
      expect(read(source)).toMatchObject({
        kind: 'disposition',
        originalMessageId: '<m@x.test>',
        outcomes: [{ address: 'p@x.test', outcome: 'displayed' }],
      })
    // A text that only speaks of such fields is a text.
    const plain = [...inner]
    plain[0] = 'Content-Type: multipart/mixed; boundary="c"'
    expect(read(bytes(['From: p@x.test', ...plain]))).toBeNull()
  })

  it('inside a forwarded message is an attachment, not a report', () => {
    const inner = Buffer.from(report('message/delivery-status', [...perMessage, 'Action: failed'])).toString()
    const forwarded = bytes(
      `Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n\r\nVoir.\r\n--m\r\nContent-Type: message/rfc822\r\n\r\n${inner}\r\n--m--\r\n`,
    )
    expect(read(forwarded)).toBeNull()
    expect(read(bytes('Subject: x\r\n\r\nFinal-Recipient: rfc822; a@b\r\nAction: failed\r\n'))).toBeNull()
  })
})

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

describe('whatever bytes come', () => {
  const field = fc.constantFrom(
    'Final-Recipient: rfc822; a@x.test',
    'Final-Recipient: \\x{110000}@x',
    'Original-Recipient:',
    'Action: failed',
    'Action: delivered',
    'Action',
    'Status: 5.1.1',
    'Status: 9',
    'Disposition: ;/',
    'Disposition: a; displayed/error: x',
    'Original-Message-ID: <a@b> <c@d>',
    'Original-Envelope-Id: e',
    'Will-Retry-Until: jamais',
    '',
    ' suite',
  )
  it('a report is read or not, within limits, and never throws', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('message/delivery-status', 'message/disposition-notification', 'message/global'),
        fc.array(fc.oneof(field, fc.string({ unit: 'binary' })), { maxLength: 40 }),
        (type, fields) => {
          const found = read(report(type, fields))
          for (const one of found?.outcomes ?? []) {
            expect(one.address).toMatch(/^[^\s<>@]+@[^\s<>@]+$/)
            expect((one.diagnostic ?? '').length).toBeLessThanOrEqual(500)
          }
        },
      ),
      { numRuns: 500 },
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (noise) => {
        read(noise)
      }),
    )
  })
  it('thousands of recipients are cut at the limit', () => {
    const many = Array.from({ length: 5000 }, (_, index) => [
      `Final-Recipient: rfc822; a${String(index)}@x.test`,
      'Action: failed',
      '',
    ]).flat()
    expect(read(report('message/delivery-status', many))?.outcomes.length).toBeLessThanOrEqual(500)
  })
})
