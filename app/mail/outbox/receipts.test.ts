import { describe, expect, it } from 'vitest'
import { ok, type Outcome } from '../../contract/errors.ts'
import type { StoredAccount, Vault } from '../../vault/index.ts'
import { value } from '../outcome.fixture.ts'
import { parseMessage } from '../mime/message.ts'
import { createReceipts, receiptAddress } from './receipts.ts'

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
  it('ECO.2.4.3: carries the headers that every message carries', async () => {
    const queued: Uint8Array[] = []
    const run = (name: string, params: { mime: Uint8Array }): Promise<Outcome<unknown>> => {
      if (name === 'messages.locate') return Promise.resolve(ok({ accountId: 1 }))
      queued.push(params.mime)
      return Promise.resolve(ok({ item: {}, ids: [] }))
    }
    const account = { id: 1, address: me, displayName: 'Anne' } as StoredAccount
    const receipts = createReceipts({
      // The two operations that a receipt asks for.
      vault: { run } as unknown as Vault,
      accounts: () => Promise.resolve(ok([account])),
      rawMessage: () =>
        Promise.resolve(
          ok(
            new Uint8Array(Buffer.from(`From: <${to}>\r\nDisposition-Notification-To: <${to}>\r\n\r\nx\r\n`)),
          ),
        ),
      classify: () => 'professional',
      everyMessageHeaders: { 'X-MSS-NIL': '42' },
      now: () => Date.UTC(2026, 10, 22),
      random: (length) => new Uint8Array(length),
      onQueued: () => Promise.resolve(),
    })
    value(await receipts.answer({ id: 7, send: true, subject: 'Lu', text: 'Votre message a été lu.' }))
    const sent = value(parseMessage(queued[0] ?? new Uint8Array()))
    const header = (name: string) => sent.headers.find((field) => field.name === name)?.value.trim()
    expect(header('x-mss-nil')).toBe('42')
    expect(header('auto-submitted')).toBe('auto-replied')
  })
})
