import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cleanName, senderName } from './sender-name.ts'

const label = { title: 'Dr', givenName: 'Anne', familyName: 'Martin', entity: 'Cabinet des Lilas' }
const named = (kind: Parameters<typeof senderName>[0], given: Partial<typeof label>) =>
  senderName(kind, { ...label, ...given })

describe('ECO.2.2.7: the label of From', () => {
  it('of a person is title, first name, NAME and unit, joined by underscores', () => {
    expect(named('personal', {})).toEqual({ ok: true, value: 'Dr_Anne_MARTIN_Cabinet des Lilas' })
    expect(named('personal', { title: '', entity: '' })).toEqual({ ok: true, value: 'Anne_MARTIN' })
    expect(named('personal', { familyName: 'Le_Goff-Élie' })).toEqual({
      ok: true,
      value: 'Dr_Anne_LE GOFF-ÉLIE_Cabinet des Lilas',
    })
  })

  it('of a service or of software is its unit', () => {
    expect(named('organisational', { entity: 'Hôpital A – Service Cardiologie' })).toEqual({
      ok: true,
      value: 'Hôpital A – Service Cardiologie',
    })
    expect(named('applicative', { entity: 'SIL BioVal' })).toEqual({ ok: true, value: 'SIL BioVal' })
  })

  it('is refused without what is mandatory', () => {
    for (const [kind, missing] of [
      ['personal', { givenName: ' ' }],
      ['personal', { familyName: '_' }],
      ['organisational', { entity: '' }],
    ] as const)
      expect(named(kind, missing)).toMatchObject({ ok: false, error: { code: 'account.label-invalid' } })
  })

  it('can start no other header, hide nothing and turn nothing around, whatever was typed', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.constantFrom('\r\n', '\n', '\u0000', '\u202e', '\u200b', '\u2028', ''),
        fc.string({ unit: 'binary', maxLength: 60 }),
        (before, between, after) => {
          const typed = `${before}${between}Bcc: x@exemple.test${after}`
          for (const text of [cleanName(typed), senderName('personal', { ...label, givenName: typed })]) {
            const name = typeof text === 'string' ? text : text.ok ? text.value : ''
            expect(name).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u)
            expect(name.length).toBeLessThanOrEqual(200)
          }
        },
      ),
    )
  })
})
