import fc from 'fast-check'
import { expect, test } from 'vitest'
import { receivedAt } from './arrival.ts'

const at = (text: string): string | null => receivedAt(Buffer.from(text, 'latin1'))?.toISOString() ?? null

test('the topmost Received field tells the arrival, folded or not; nothing else does', () => {
  const ours = 'Received: from a by b\r\n\twith LMTP; Sun, 22 Nov 2026 09:00:00 +0100 (CET)\r\n'
  const theirs = 'Received: from x; Mon, 1 Jan 2024 00:00:00 +0000\r\n'
  expect(at(`Return-Path: <a@b>\r\n${ours}${theirs}Subject: x\r\n\r\n`)).toBe('2026-11-22T08:00:00.000Z')
  expect(at(`${theirs}\r\n${ours}`)).toBe('2024-01-01T00:00:00.000Z')
  expect(at(`Subject: x\r\n\r\n${ours}`)).toBeNull()
  expect(at('Received: from a by b; soon\r\n\r\n')).toBeNull()
  expect(at('Date: Sun, 22 Nov 2026 09:00:00 +0100\n\n')).toBeNull()
})

test('any bytes have an arrival or none', () => {
  const pieces = fc.constantFrom('Received:', ';', '\r\n', '\n', ' ', '(', ')', '2026', '22 Nov', '\t')
  const text = fc.array(fc.oneof(pieces, fc.string({ maxLength: 8 })), { maxLength: 60 })
  fc.assert(
    fc.property(text, (parts) => {
      const found = receivedAt(Buffer.from(parts.join(''), 'latin1'))
      expect(found === null || !Number.isNaN(found.getTime())).toBe(true)
    }),
  )
})
