import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareAddresses, readMailbox, senderFactsOf } from './sender.ts'
import { processorTime } from '../processor-time.fixture.ts'

const kind = (value: string): string => {
  const field = readMailbox(value)
  return field.kind === 'one'
    ? `${field.address}${field.shown.map((one) => ` !${one}`).join('')}`
    : field.kind
}

test.each([
  ['alix@mss.test', 'alix@mss.test'],
  ['<alix@mss.test>', 'alix@mss.test'],
  ['Alix <alix@mss.test>', 'alix@mss.test'],
  ['"FICTIVE, Alix" <alix@mss.test>', 'alix@mss.test'],
  ['Dr. Alix FICTIVE (cabinet (centre)) <alix@mss.test> (médecin)', 'alix@mss.test'],
  ['=?utf-8?Q?Alix_=C3=A9?= <alix@mss.test>', 'alix@mss.test'],
  ['"alix dupont"@mss.test', 'alix dupont@mss.test'],
  ['', 'none'],
  ['Alix', 'none'],
  ['a@b.test, c@d.test', 'several'],
  ['a@b.test,', 'a@b.test'],
  ['amis: a@b.test, c@d.test;', 'several'],
  ['amis: a@b.test;', 'malformed'],
  ['<a@b.test> <c@d.test>', 'malformed'],
  ['a@b.test <c@d.test>', 'malformed'],
  ['<a@b.test', 'malformed'],
  ['a@@b.test', 'malformed'],
  ['a@b@c.test', 'malformed'],
  ['a b@c.test', 'malformed'],
  ['a@b .test', 'malformed'],
  ['"Alix <a@b.test>', 'malformed'],
  ['Alix (a@b.test', 'malformed'],
  ['a@b\u0000.test', 'malformed'],
  ['\u202ea@b.test', 'malformed'],
  ['a@[127.0.0.1]', 'malformed'],
  ['"chef@mss.test" <eve@bad.test>', 'eve@bad.test !chef@mss.test'],
  ['=?utf-8?B?Y2hlZkBtc3MudGVzdA==?= <eve@bad.test>', 'eve@bad.test !chef@mss.test'],
  ['"chef\uff20mss.test" <eve@bad.test>', 'eve@bad.test !chef@mss.test'],
  ['"eve@BAD.test" <eve@bad.test>', 'eve@bad.test'],
])('%j is read as %s', (value, expected) => {
  expect(kind(value)).toBe(expected)
})

test('addresses are the same in whatever case of domain, and in its ASCII form', () => {
  expect(compareAddresses('a@Hôpital.test', 'a@xn--hpital-ixa.test')).toBe('same')
  expect(compareAddresses('A@b.test', 'a@B.test')).toBe('case')
  expect(compareAddresses('a@b.test', 'a@b.test.bad.test')).toBe('different')
  expect(compareAddresses('', '')).toBe('different')
  // A Cyrillic letter is another name.
  expect(compareAddresses('a@m\u0441s.test', 'a@mcs.test')).toBe('different')
})

test('several fields are several senders, folded ones are one', () => {
  const from = (header: string) => senderFactsOf(Buffer.from(`${header}\r\n\r\ncorps`)).from
  expect(from('From: a@b.test\r\nFrom: c@d.test')).toEqual({ kind: 'several' })
  expect(from('From: Alix\r\n <a@b.test>')).toEqual({ kind: 'one', address: 'a@b.test', shown: [] })
  expect(from('Subject: x\r\n\r\nFrom: a@b.test')).toEqual({ kind: 'absent' })
})

test('any value is read, and what is one mailbox has one address', () => {
  const pieces = fc.array(
    fc.constantFrom(
      'a',
      '@',
      '.',
      '<',
      '>',
      '"',
      '(',
      ')',
      ',',
      ':',
      ';',
      '\\',
      ' ',
      'b.test',
      '[',
      ']',
      'é',
      '\u0000',
    ),
    { maxLength: 40 },
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        pieces.map((all) => all.join('')),
      ),
      (value) => {
        const field = readMailbox(value)
        if (field.kind === 'one') expect(field.address).toMatch(/^[^@]+@[^@\s<>]+$|^.+@[^@\s<>]+$/)
      },
    ),
    { numRuns: 2000 },
  )
  const spent = processorTime()
  for (const long of [
    'a'.repeat(16_000),
    '('.repeat(16_000),
    'a@b,'.repeat(4000),
    '<'.repeat(16_000),
    'a '.repeat(8000),
  ])
    readMailbox(long)
  expect(spent()).toBeLessThan(2000)
})
