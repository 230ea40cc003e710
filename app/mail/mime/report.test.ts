import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeDeliveryReport } from '../../../test/operator/delivery-report.ts'
import { bytes, perMessage, read, report } from './report.fixture.ts'

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
