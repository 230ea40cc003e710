import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { french } from './typography.ts'

const n = '\u202f'

describe('french', () => {
  it('puts narrow no-break spaces where French wants them', () => {
    expect(french("Qu'est-ce ? Oui ; non : « peut-être » !")).toBe(
      `Qu’est-ce${n}? Oui${n}; non${n}: «${n}peut-être${n}»${n}!`,
    )
    expect(french('214 ko et 3 Mo')).toBe(`214${n}ko et 3${n}Mo`)
    expect(french('Chargement...')).toBe('Chargement…')
  })
  it('leaves hours, addresses and ICU syntax alone', () => {
    expect(french('09:31')).toBe('09:31')
    expect(french('https://x.test')).toBe('https://x.test')
    expect(french('{count, plural, =0 {a} other {b}}')).toBe('{count, plural, =0 {a} other {b}}')
  })
  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const once = french(text)
        expect(french(once)).toBe(once)
      }),
    )
  })
})
