import { expect, test } from 'vitest'
import { parseMessage } from './message.ts'

const read = (contentType: string, body: string) => {
  const parsed = parseMessage(Buffer.from(`From: a@mss.test\r\nContent-Type: ${contentType}\r\n\r\n${body}`))
  if (!parsed.ok) throw new Error(parsed.error.code)
  return { text: parsed.value.text?.trim(), files: parsed.value.attachments.map(({ fileName }) => fileName) }
}
const parts = [
  '--vraie',
  'Content-Type: text/plain',
  '',
  'Bonjour',
  '--vraie',
  'Content-Type: application/pdf; name=a.pdf',
  '',
  '%PDF-',
  '--vraie--',
  '',
].join('\r\n')

test.each([
  ['no boundary is named', 'multipart/mixed'],
  ['another boundary is named', 'multipart/mixed; boundary=fausse'],
  ['the boundary is empty', 'multipart/mixed; boundary=""'],
])('parts are found by their own lines where %s', (_, contentType) => {
  expect(read(contentType, parts)).toEqual({ text: 'Bonjour', files: ['a.pdf'] })
})

test('a body without any part is read as text', () => {
  expect(read('multipart/mixed; boundary=b', 'Bonjour\r\n-- \r\nDr Fictif\r\n')).toEqual({
    text: 'Bonjour\n-- \nDr Fictif',
    files: [],
  })
  expect(read('multipart/mixed; boundary=b', '--b--\r\n')).toEqual({ text: '', files: [] })
})

test('what is signed is never put together from other lines', () => {
  expect(read('multipart/signed; boundary=fausse', parts).files).toEqual([])
})
