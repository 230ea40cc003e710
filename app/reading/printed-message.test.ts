import { describe, expect, it } from 'vitest'
import type { MessageRow } from '../contract/index.ts'
import type { OpenedMessage } from '../smime/index.ts'
import { buildPrintedMessage } from './printed-message.ts'

// What of a message may go on paper; fictitious.
const row = {
  subject: 'Fictif',
  date: '2026-11-22T08:00:00.000Z',
  patient: { birthName: 'FICTIVE' },
} as unknown as MessageRow
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll('\n', '\r\n')))
const outer = bytes('From: Paul <p@x.test>\nTo: a@y.test\nContent-Type: application/pkcs7-mime\n\nMIIabc')
const inner = bytes(
  'Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html; charset=utf-8\n\n<p>secret</p>\n' +
    '--b\nContent-Type: text/plain; name="a.txt"\nContent-Disposition: attachment\n\npièce\n--b--',
)
const opened = (encryption: OpenedMessage['encryption'], content: Uint8Array): OpenedMessage => ({
  content,
  encryption,
  signature: { status: 'none' },
  headerProtection: { kind: 'none', subject: null, differences: [], hidden: [] },
  parts: [],
  stretches: [],
  layers: [],
  certificates: [],
  capabilities: null,
})

describe('a printed message', () => {
  it('has the headers of the envelope and the content that was protected', () => {
    const decrypted = {
      status: 'decrypted',
      algorithm: 'aes-256-gcm',
      keyAlgorithm: 'RSAES-OAEP',
      authenticated: true,
      integrityProtected: true,
      weak: false,
    } as const
    const outcome = buildPrintedMessage(row, outer, opened(decrypted, inner))
    expect(outcome).toMatchObject({
      ok: true,
      value: {
        from: { address: 'p@x.test' },
        encryption: 'decrypted',
        blocks: [{ kind: 'paragraph', text: 'secret' }],
        attachments: [{ fileName: 'a.txt' }],
        raw: outer,
      },
    })
  })

  it('has nothing of a content that nobody here can decrypt, the patient included', () => {
    const failed = { status: 'failed', error: { code: 'smime.no-key', retry: 'no' } } as const
    expect(buildPrintedMessage(row, outer, opened(failed, outer))).toMatchObject({
      ok: true,
      value: { encryption: 'failed', blocks: [], attachments: [], patient: null },
    })
  })

  it('is refused beyond the limits', () => {
    const bomb = bytes(
      Array.from(
        { length: 60 },
        (_, index) => `Content-Type: multipart/mixed; boundary=b${String(index)}\n\n--b${String(index)}\n`,
      ).join(''),
    )
    const outcome = buildPrintedMessage(row, bomb, opened({ status: 'none' }, bomb))
    expect(outcome.ok ? 'ok' : outcome.error.code).toBe('mime.limit')
  })
})
