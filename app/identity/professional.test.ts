import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Professional } from '../contract/index.ts'
import { bindingMessage } from './psc-ciba.ts'
import { nationalIdOf, readProfessional } from './professional.ts'

describe('who Pro Santé Connect says is there', () => {
  it('reads the claims of UserInfo, one situation for each place of practice', () => {
    expect(
      readProfessional({
        SubjectNameID: '899700000101',
        given_name: 'Anne',
        family_name: 'MARTIN',
        SubjectRole: ['10^1.2.250.1.213.1.1.5.5'],
        SubjectOrganization: 'Cabinet des Lilas',
        SubjectRefPro: {
          exercices: [
            {
              codeProfession: '10',
              activities: [
                {
                  codeModeExercice: 'L',
                  codeSecteurDactivite: 'SA07',
                  codeRole: '',
                  raisonSocialeSite: 'Cabinet',
                },
                { codeModeExercice: 'S', codeRole: '3', enseigneCommercialeSite: 'Hôpital' },
                'not an activity',
              ],
            },
            { codeProfession: '21', activities: [{ codeModeExercice: 'B', raisonSocialeSite: 'Mairie' }] },
          ],
        },
      }),
    ).toEqual({
      nationalId: '899700000101',
      rpps: '99700000101',
      givenName: 'Anne',
      familyName: 'MARTIN',
      professionCode: '10',
      organisation: 'Cabinet des Lilas',
      situations: [
        { organisation: 'Cabinet', professionCode: '10', role: null, sector: 'SA07', mode: 'L' },
        { organisation: 'Hôpital', professionCode: '10', role: '3', sector: null, mode: 'S' },
        { organisation: 'Mairie', professionCode: '21', role: null, sector: null, mode: 'B' },
      ],
    })
  })
  it('makes do with what there is: another name of the identifier, one role, no SubjectRefPro', () => {
    expect(
      readProfessional({
        preferred_username: '099900001',
        SubjectRole: '60^1.2.250.1.213.1.1.5.5',
        SubjectRefPro: null,
        SubjectOrganization: 42,
      }),
    ).toEqual({
      nationalId: '099900001',
      rpps: null,
      familyName: '',
      givenName: '',
      professionCode: '60',
      organisation: null,
      situations: [],
    })
    expect(readProfessional({ given_name: 'Anne' })).toBeNull()
    expect(readProfessional('no claims')).toBeNull()
  })
  it('shows nothing that turns the text round, and never breaks the contract', () => {
    expect(readProfessional({ SubjectNameID: '8997', given_name: 'An\u202ene' })?.givenName).toBe('Anne')
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (role, names, practices) => {
        const read = readProfessional({
          SubjectNameID: '899700000101',
          given_name: names,
          SubjectRole: role,
          SubjectRefPro: { exercices: practices },
        })
        expect(Professional.safeParse(read).success).toBe(true)
      }),
    )
  })
  it('takes an RPPS, or the whole identifier, as it may be typed', () => {
    expect(nationalIdOf(' 997 0000 0101')).toBe('899700000101')
    expect(nationalIdOf('899700000101')).toBe('899700000101')
    expect(nationalIdOf('0123456789')).toBe('0123456789')
    expect(nationalIdOf('Anne Martin')).toBeNull()
    expect(nationalIdOf('')).toBeNull()
  })
})

describe('the number both screens show (PSC-BINDING)', () => {
  it('is two digits, each pair as likely', () => {
    const bytes = Array.from({ length: 256 }, (_, index) => index)
    let at = 0
    const random = () => Uint8Array.of(bytes[at++ % 256] ?? 0)
    // Of every 256 bytes the last 56 are thrown away: they would make 00 to 55 likelier.
    const made = Array.from({ length: 400 }, () => bindingMessage(random))
    expect(made.every((digits) => /^\d\d$/.test(digits))).toBe(true)
    const counts = new Map<string, number>()
    for (const digits of made) counts.set(digits, (counts.get(digits) ?? 0) + 1)
    expect(counts.size).toBe(100)
    expect(new Set(counts.values())).toEqual(new Set([4]))
  })
})
