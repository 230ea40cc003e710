import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { value } from '../outcome.fixture.ts'
import { composeEntity, composeMessage, type MessageHeaders } from './compose.ts'
import { decodePart, parseMessage } from './message.ts'

const headers: MessageHeaders = {
  from: { name: 'Dr Anne MARTIN', address: 'anne@a.test' },
  to: [{ name: 'Hôpital, service "œil"', address: 'paul@b.test' }],
  cc: [],
  subject: 'Compte rendu opératoire',
  date: Date.UTC(2026, 10, 22, 14, 5, 9),
  messageId: '<1@a.test>',
  inReplyTo: null,
  supersedes: null,
  references: ['<a@b>', '<c@d>'],
  readReceiptTo: null,
  extra: { 'X-MSS-NIL': '42' },
}
let counter = 0
const boundary = () => `=_${counter++}`

describe('a message written is a message read', () => {
  it('asks for a read receipt at its sender’s own address (ECO.2.3.2, ENS-6-mdn)', () => {
    const entity = composeEntity({ text: 'Bonjour', html: null, attachments: [] }, boundary)
    const asked = composeMessage({ ...headers, readReceiptTo: headers.from }, entity)
    expect(value(parseMessage(asked)).readReceiptTo).toEqual([headers.from])
    expect(value(parseMessage(composeMessage(headers, entity))).readReceiptTo).toEqual([])
  })

  it('text, HTML, attachments, names, dates', () => {
    const file = {
      fileName: 'résultat œ.pdf',
      mimeType: 'application/pdf',
      bytes: new Uint8Array([0, 255, 13, 10]),
    }
    const entity = composeEntity(
      { text: 'Bonjour,\n.\nFrom ici', html: '<p>é</p>', attachments: [file] },
      boundary,
    )
    const raw = composeMessage(headers, entity)
    const read = value(parseMessage(raw))
    expect(read).toMatchObject({
      from: headers.from,
      to: headers.to,
      subject: headers.subject,
      date: headers.date,
      messageId: headers.messageId,
      references: headers.references,
      text: 'Bonjour,\n.\nFrom ici',
      html: '<p>é</p>',
    })
    const [part] = read.attachments
    expect(part?.fileName).toBe(file.fileName)
    expect(part && Array.from(decodePart(raw, part))).toEqual(Array.from(file.bytes))
  })

  it('ECO.2.2.3 ECO.2.2.4: is text/plain, or multipart/alternative with formatting, every text of it in UTF-8', () => {
    const made = (content: Parameters<typeof composeEntity>[0]) =>
      value(parseMessage(composeMessage(headers, composeEntity(content, boundary)))).root
    const utf8 = { parameters: { charset: 'utf-8' } }
    const plain = { mimeType: 'text/plain', ...utf8 }
    const alternative = {
      mimeType: 'multipart/alternative',
      children: [plain, { mimeType: 'text/html', ...utf8 }],
    }
    const file = { fileName: 'a.pdf', mimeType: 'application/pdf', bytes: new Uint8Array([1]) }
    const text = 'Tension 14/8, « stable » — 日本'
    expect(made({ text, html: null, attachments: [] })).toMatchObject(plain)
    expect(made({ text, html: '<p>é</p>', attachments: [] })).toMatchObject(alternative)
    expect(made({ text, html: '<p>é</p>', attachments: [file] })).toMatchObject({
      mimeType: 'multipart/mixed',
      children: [alternative, { mimeType: 'application/pdf' }],
    })
    const raw = Buffer.from(
      composeMessage(headers, composeEntity({ text: 'é', html: null, attachments: [] }, boundary)),
    )
    expect(raw.toString('latin1')).toContain('=C3=A9')
  })

  it('ECO.2.1.6: encodes names of files by RFC 2231', () => {
    const fileName = "20261120_CR d'imagerie médicale_DUPONT_Zoé.pdf"
    const attachments = [{ fileName, mimeType: 'application/pdf', bytes: new Uint8Array([1]) }]
    const raw = Buffer.from(
      composeMessage(headers, composeEntity({ text: '', html: null, attachments }, boundary)),
    )
    // Percent-encoded UTF-8, in one piece or in numbered ones.
    const pieces = [...raw.toString('latin1').matchAll(/filename\*(?:\d+\*)?=([^;\r\n]+)/g)].map(
      ([, piece]) => piece,
    )
    const [charset, language, ...value] = pieces.join('').split("'")
    expect([charset?.toLowerCase(), language]).toEqual(['utf-8', ''])
    expect(decodeURIComponent(value.join("'"))).toBe(fileName)
  })

  it('is seven bits, CRLF, lines under 998 characters, whatever is typed', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 400 }),
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.string({ unit: 'binary', maxLength: 100 }),
        (text, subject, name) => {
          const entity = composeEntity({ text, html: null, attachments: [] }, boundary)
          const to = [{ name, address: 'x@y.test' }]
          const raw = Buffer.from(composeMessage({ ...headers, subject, to }, entity)).toString('latin1')
          expect(/^[\x00-\x7f]*$/.test(raw)).toBe(true)
          expect(raw.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
          expect(Math.max(...raw.split('\r\n').map((line) => line.length))).toBeLessThan(998)
        },
      ),
      { numRuns: 100 },
    )
  })

  it('lets no name, subject, address or id start another header', () => {
    const evil = 'x\r\nBcc: voleur@exemple.test\r\n\r\ncorps'
    const raw = composeMessage(
      {
        ...headers,
        from: { name: evil, address: `a@b.test${evil}` },
        subject: evil,
        messageId: `<1>${evil}`,
        references: [evil],
        extra: { [`X-A${evil}`]: evil },
      },
      composeEntity(
        {
          text: 'ok',
          html: null,
          attachments: [{ fileName: evil, mimeType: evil, bytes: new Uint8Array() }],
        },
        boundary,
      ),
    )
    const read = value(parseMessage(raw))
    expect(read.bcc).toEqual([])
    expect(read.text).toBe('ok')
    expect(read.headers.map((field) => field.name)).not.toContain('bcc')
  })
})
