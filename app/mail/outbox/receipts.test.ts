import { describe, expect, it } from 'vitest'
import { value } from '../outcome.fixture.ts'
import { parseMessage } from '../mime/message.ts'
import { receiptAddress } from './receipts.ts'

const me = 'anne@medecin.mssante.test'
const asked = (...headers: string[]) =>
  receiptAddress(
    value(
      parseMessage(
        new Uint8Array(
          Buffer.from(
            [
              'From: <paul@medecin.mssante.test>',
              'Disposition-Notification-To: <paul@medecin.mssante.test>',
              ...headers,
              '',
              'Bonjour',
            ].join('\r\n'),
          ),
        ),
      ),
    ),
    [me],
    (address) => (address.endsWith('.test') ? 'professional' : 'outside'),
  )
const to = 'paul@medecin.mssante.test'

describe('a read receipt (ECO.3.1.6, RFC 8098)', () => {
  it('goes to whom the message asks for it', () => {
    expect(asked()).toEqual({ to, differs: false })
    expect(asked(`Return-Path: <${to}>`)).toEqual({ to, differs: false })
    expect(asked('Auto-Submitted: no')).toEqual({ to, differs: false })
  })

  it('is told to differ when it would go elsewhere than the return path (RFC8098-loop)', () => {
    expect(asked('Return-Path: <bounces@medecin.mssante.test>')).toEqual({ to, differs: true })
    expect(asked('Return-Path: <PAUL@medecin.mssante.test>')).toEqual({ to, differs: false })
  })

  it('is never the answer to a report, to what a program sent, to a list, or to a null return path', () => {
    expect(
      asked('Content-Type: multipart/report; report-type=disposition-notification; boundary=b'),
    ).toBeNull()
    expect(asked('Content-Type: multipart/report; report-type=delivery-status; boundary=b')).toBeNull()
    expect(asked('Auto-Submitted: auto-replied')).toBeNull()
    expect(asked('Auto-Submitted: auto-generated')).toBeNull()
    expect(asked('List-Id: <medecins.mssante.test>')).toBeNull()
    expect(asked('Precedence: bulk')).toBeNull()
    expect(asked('Return-Path: <>')).toBeNull()
  })

  it('never leaves the trust space, nor answers oneself', () => {
    const read = (from: string, wanted: string) =>
      receiptAddress(
        value(
          parseMessage(
            new Uint8Array(
              Buffer.from(`From: <${from}>\r\nDisposition-Notification-To: <${wanted}>\r\n\r\nx\r\n`),
            ),
          ),
        ),
        [me],
        (address) => (address.endsWith('.test') ? 'professional' : 'outside'),
      )
    expect(read(to, 'espion@example.com')).toBeNull()
    expect(read(me, to)).toBeNull()
  })
})
