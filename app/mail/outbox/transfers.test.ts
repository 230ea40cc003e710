import { describe, expect, it } from 'vitest'
import { fail, ok, type Outcome } from '../../contract/errors.ts'
import type { StoredAccount, Vault } from '../../vault/index.ts'
import { code, value } from '../outcome.fixture.ts'
import { decodePart, parseMessage } from '../mime/message.ts'
import { createTransfers } from './transfers.ts'

const archive = Buffer.from('PK\u0003\u0004 archive fictive \u0000\u00ff', 'latin1')
const received = [
  'From: Laboratoire <resultats@bioval.mssante.test>',
  'To: <cabinet@medecin.mssante.test>',
  'Subject: =?UTF-8?Q?XDM/1.0/DDM+CR_d=E2=80=99examens_DUPONT_Marie?=',
  'Message-ID: <recu@bioval.mssante.test>',
  'X-MSS-CODECDA: 11502-2',
  'X-MSS-INS: O',
  'X-Mailer: ailleurs',
  'Content-Type: multipart/mixed;',
  ' boundary="b"',
  '',
  '--b',
  'Content-Type: text/plain; charset=utf-8',
  '',
  'Ci-joint.',
  '--b',
  'Content-Type: application/zip; name=IHE_XDM.zip',
  'Content-Disposition: attachment; filename=IHE_XDM.zip',
  'Content-Transfer-Encoding: base64',
  '',
  archive.toString('base64'),
  '--b',
  'Content-Type: application/pdf; name=a.pdf',
  '',
  '%PDF-1.4',
  '--b--',
  '',
].join('\r\n')

const account = { id: 1, address: 'cabinet@medecin.mssante.test', displayName: 'Cabinet' } as StoredAccount

const transfers = (change: { readable?: Outcome<Uint8Array> } = {}) => {
  const queued: { mime: Uint8Array | null; messageId: string }[] = []
  const run = (
    name: string,
    params: { mime: Uint8Array | null; messageId: string },
  ): Promise<Outcome<unknown>> => {
    if (name === 'messages.locate') return Promise.resolve(ok({ accountId: 1 }))
    queued.push(params)
    return Promise.resolve(ok({ item: {}, ids: [] }))
  }
  const raw = new Uint8Array(Buffer.from(received))
  const made = createTransfers({
    // The two operations that a transfer asks for.
    vault: { run } as unknown as Vault,
    accounts: () => Promise.resolve(ok([account])),
    rawMessage: () => Promise.resolve(ok(raw)),
    readableContent: () => Promise.resolve(change.readable ?? ok(raw)),
    classify: (address) => (address.endsWith('.test') ? 'organisation' : 'outside'),
    now: () => Date.UTC(2026, 10, 22),
    random: (length) => new Uint8Array(length),
    onQueued: () => Promise.resolve(),
  })
  const send = (to: string) =>
    made.send({ messageId: 7, to, messageIdHeader: '<t@medecin.mssante.test>', extra: { 'X-MSS-NIL': '42' } })
  return { made, send, queued }
}

describe('a message transferred for integration (IG-TRANSFER)', () => {
  it('keeps its subject, its text and its attachments byte for byte, and asks for a receipt', async () => {
    const { send, queued } = transfers()
    value(await send('dpi@hopital.mssante.test'))
    const sent = value(parseMessage(queued[0]?.mime ?? new Uint8Array()))
    expect(sent).toMatchObject({
      subject: 'XDM/1.0/DDM+CR d’examens DUPONT Marie',
      from: { address: account.address },
      to: [{ address: 'dpi@hopital.mssante.test' }],
      messageId: '<t@medecin.mssante.test>',
      references: ['<recu@bioval.mssante.test>'],
      readReceiptTo: [{ address: account.address }],
      text: 'Ci-joint.',
    })
    const header = (name: string) => sent.headers.find((field) => field.name === name)?.value
    expect([header('x-mss-codecda'), header('x-mss-ins'), header('x-mss-nil')]).toEqual([
      '11502-2',
      'O',
      '42',
    ])
    expect(header('x-mailer')).toBeUndefined()
    const [zip, pdf] = sent.attachments
    expect(zip && Buffer.from(decodePart(sent.raw, zip))).toEqual(archive)
    expect(pdf?.fileName).toBe('a.pdf')
    const body = Buffer.from(received).subarray(received.indexOf('--b\r\n'))
    expect(Buffer.from(sent.raw).subarray(-body.length)).toEqual(body)
  })

  it('never leaves the trust space, and not encrypted where nobody there could read it', async () => {
    const { send, queued } = transfers({ readable: fail('smime.no-key') })
    expect(code(await send('dpi@example.com'))).toBe('compose.recipient-outside')
    expect(code(await send('dpi@hopital.mssante.test'))).toBe('integration.encrypted')
    expect(queued).toEqual([])
  })
})
