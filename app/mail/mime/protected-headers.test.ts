import { expect, test } from 'vitest'
import { composeEntity, messageFields, type MessageHeaders } from './compose.ts'
import { hiddenSubject, withProtectedHeaders } from './protected-headers.ts'

const headers: MessageHeaders = {
  from: { name: 'Alix Fictive', address: 'alix@mss.test' },
  to: [
    { name: '', address: 'camille@mss.test' },
    { name: 'Zoé Fictive', address: 'zoe@mss.test' },
  ],
  cc: [],
  subject: 'Compte rendu de Mme Fictive, très attendu',
  date: Date.parse('2026-11-22T08:00:00Z'),
  messageId: '<1@mss.test>',
  inReplyTo: null,
  references: [],
  supersedes: null,
  readReceiptTo: null,
  extra: { 'X-MSS-NIL': '123' },
}
const entity = composeEntity(
  {
    text: 'Bonjour',
    html: null,
    attachments: [{ fileName: 'a.txt', mimeType: 'text/plain', bytes: Buffer.from('a') }],
  },
  () => 'limite',
)
const fields = messageFields(headers)
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

test('a signed payload holds the fields of the message, and says they are those everyone sees', () => {
  const payload = text(withProtectedHeaders(entity, fields, null))
  for (const field of fields) expect(payload).toContain(`${field}\r\n`)
  expect(payload).toContain(
    'Content-Type: multipart/mixed; boundary="limite";\r\n hp="clear"\r\n\r\n--limite',
  )
  expect(payload).not.toContain('HP-Outer')
  // Only the payload itself is marked, and its body is untouched.
  expect(payload.match(/hp="/g)).toHaveLength(1)
  expect(payload.slice(payload.indexOf('\r\n\r\n'))).toBe(
    text(entity).slice(text(entity).indexOf('\r\n\r\n')),
  )
})

test('an encrypted payload also holds what everyone sees outside', () => {
  const outside = messageFields({ ...headers, subject: hiddenSubject })
  const payload = text(withProtectedHeaders(entity, fields, outside))
  expect(payload).toContain(' hp="cipher"\r\n')
  expect(payload).toContain('HP-Outer: Subject: [...]\r\n')
  expect(payload).toContain('HP-Outer: From: "Alix Fictive" <alix@mss.test>\r\n')
  expect(payload.match(/^HP-Outer: /gm)).toHaveLength(outside.length)
  expect(payload).toMatch(/^Subject: =\?UTF-8\?B\?/m)
  // Seven bits, CRLF, no line that a relay would cut: it can be signed as it is.
  expect(payload).not.toMatch(/[^\r]\n|[\x80-\xff]|[^\r\n]{998}/)
})
