import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { drawRecoveryCode, readRecoveryCode } from './recovery-code.ts'

const draw = () => drawRecoveryCode((n) => new Uint8Array(randomBytes(n)))

test('a code is seven groups of five and carries 170 bits', () => {
  expect(draw()).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){6}[0-9A-HJKMNP-TV-Z]{5}$/)
  expect(readRecoveryCode(draw())).toHaveLength(34)
  expect(draw()).not.toBe(draw())
})

test('case, spaces, dashes and look-alike letters do not matter', () => {
  const code = drawRecoveryCode((n) => new Uint8Array(n).map((_, index) => index % 2))
  const expected = readRecoveryCode(code)
  expect(expected).not.toBeNull()
  expect(readRecoveryCode(` ${code.toLowerCase().replaceAll('-', ' – ')}\n`)).toEqual(expected)
  expect(readRecoveryCode(code.replaceAll('0', 'o').replaceAll('1', 'l'))).toEqual(expected)
})

test('every single wrong character is seen', () => {
  const code = draw().replaceAll('-', '')
  for (let at = 0; at < code.length; at += 1) {
    for (const letter of '0123456789ABCDEFGHJKMNPQRSTVWXYZ') {
      const typed = code.slice(0, at) + letter + code.slice(at + 1)
      expect(readRecoveryCode(typed) === null).toBe(letter !== code[at])
    }
  }
})

test('anything typed is a code or null', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (typed) => {
      expect([null, 34]).toContain(readRecoveryCode(typed)?.length ?? null)
    }),
  )
})
