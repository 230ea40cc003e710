import { describe, expect, it } from 'vitest'
import type { CardHolder } from '../../app/contract/index.ts'
import { fullName, givenName, greetingName, patientName, personName } from './names.ts'

const holder: CardHolder = {
  nationalId: '899700000101',
  rpps: '99700000101',
  familyName: 'MARTIN',
  givenName: 'ANNE',
  profession: 'Médecin',
  organisation: null,
  cardKind: 'cps' as const,
  specialty: null,
  activities: [],
}

describe('givenName', () => {
  it.each([
    ['ANNE', 'Anne'],
    ['MARIE-ÈVE', 'Marie-Ève'],
    ['JEAN MARC', 'Jean Marc'],
    ['élodie', 'Élodie'],
    ['N’GOLO', 'N’Golo'],
    ['Marie-France', 'Marie-France'],
    ['McKenna', 'McKenna'],
    ['', ''],
  ])('%s is written %s', (held, written) => {
    expect(givenName(held)).toBe(written)
  })
})

describe('names of people', () => {
  it('writes a card holder as colleagues do, with the title of those who bear it', () => {
    expect(personName(holder)).toBe('Anne MARTIN')
    expect(fullName(holder)).toBe('Dr Anne MARTIN')
    expect(greetingName(holder)).toBe('Dr MARTIN')
    const nurse: CardHolder = { ...holder, profession: 'Infirmier' }
    expect(fullName(nurse)).toBe('Anne MARTIN')
    expect(greetingName(nurse)).toBe('Anne MARTIN')
    expect(fullName({ ...nurse, givenName: '' })).toBe('MARTIN')
  })
  it('writes a patient with the birth name first', () => {
    expect(patientName({ birthName: 'DUPONT', usedName: null, firstName: 'MARIE-ÈVE' })).toBe(
      'DUPONT Marie-Ève',
    )
    expect(patientName({ birthName: 'Picard', usedName: 'PICARD-GUÉRIN', firstName: 'ELODIE' })).toBe(
      'PICARD (PICARD-GUÉRIN) Elodie',
    )
  })
})
