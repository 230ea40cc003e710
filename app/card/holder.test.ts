import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { makeTestKey } from '../../native/virtual-cps/index.ts'
import { cardKindOf, modulusOf, parseCertificate, purposeOf, validityOf } from './certificate.ts'
import { holderOf } from './holder.ts'

const serial = '2900000909'
const person = {
  nationalId: '899700000909',
  familyName: 'TESTEUR',
  givenName: 'Élodie',
  profession: 'Infirmière',
  serial,
}
const { certificateDer } = makeTestKey('signature', person)

const everything = (der: Uint8Array): unknown => {
  const certificate = parseCertificate(der)
  return [
    holderOf(der, serial),
    certificate && [purposeOf, modulusOf, validityOf, cardKindOf].map((read) => read(certificate)),
  ]
}

describe('the holder of a card', () => {
  test('is read from a subject whose names share one RDN', () => {
    expect(holderOf(certificateDer, serial)).toEqual({
      nationalId: '899700000909',
      rpps: '99700000909',
      familyName: 'TESTEUR',
      givenName: 'Élodie',
      profession: 'Infirmière',
      organisation: null,
      cardKind: 'cps',
      specialty: null,
      activities: [],
    })
  })

  test('has no RPPS when the identifier is an employer’s; the kind of card is told', () => {
    const staff = makeTestKey('authentication', {
      ...person,
      nationalId: '30B0057881/CPET0002',
      employer: { name: 'HOPITAL FICTIF', id: '10B0057881', department: 'Paris (75)' },
    })
    expect(holderOf(staff.certificateDer, serial)).toMatchObject({
      nationalId: '30B0057881/CPET0002',
      rpps: null,
      organisation: 'HOPITAL FICTIF',
      cardKind: 'cpe',
    })
  })

  test('is nobody when the certificate says another card', () => {
    expect(holderOf(certificateDer, '2900000001')).toBeNull()
  })

  test('cannot disguise a name with control or direction characters', () => {
    const key = makeTestKey('signature', { ...person, familyName: 'TEST\u202eRUE\u0000\n' })
    expect(holderOf(key.certificateDer, serial)?.familyName).toBe('TESTRUE')
  })
})

describe('hostile bytes', () => {
  test('random ones never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4096 }), (bytes) => {
        expect(() => everything(bytes)).not.toThrow()
      }),
    )
  })

  test('a certificate altered anywhere never throws', () => {
    const edit = fc.tuple(fc.nat(certificateDer.length - 1), fc.nat(255))
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 12 }), (edits) => {
        const altered = Uint8Array.from(certificateDer)
        for (const [position, value] of edits) altered[position] = value
        expect(() => everything(altered)).not.toThrow()
      }),
      { numRuns: 500 },
    )
  })

  test('a certificate cut short is none', () => {
    fc.assert(
      fc.property(fc.nat(certificateDer.length - 1), (length) => {
        expect(parseCertificate(certificateDer.subarray(0, length))).toBeNull()
      }),
    )
  })

  test('deep nesting and large input are refused', () => {
    const deep = Uint8Array.from({ length: 30_000 }, (_, index) => (index % 2 ? 0x80 : 0x30))
    expect(parseCertificate(deep)).toBeNull()
    const padded = new Uint8Array(40_000)
    padded.set(certificateDer)
    expect(parseCertificate(padded)).toBeNull()
  })
})
