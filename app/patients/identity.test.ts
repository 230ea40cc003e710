import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PatientSummary } from '../contract/index.ts'
import { identityForIndex } from './identity.ts'

const patient: PatientSummary = {
  birthName: 'DUPONT',
  usedName: null,
  firstName: 'Marie',
  sex: 'F',
  birthDate: '1978-11-26',
  ins: { matricule: '278113512151889', oid: '1.2.250.1.213.1.4.8', kind: 'nir', keyValid: true },
  qualified: true,
}
const keyOf = (more: Partial<PatientSummary> = {}) => identityForIndex({ ...patient, ...more }, null)?.key
const nearOf = (more: Partial<PatientSummary> = {}) => identityForIndex({ ...patient, ...more }, null)?.near

test('one strict trait apart is another identity; blanks, and how accents are encoded, are not', () => {
  const { ins } = patient
  const others: Partial<PatientSummary>[] = [
    { birthName: 'Dupont' },
    { birthName: 'DUPOND' },
    { firstName: 'Maríe' },
    { sex: 'M' },
    { birthDate: '1978-11-27' },
    { ins: null },
    { ins: ins && { ...ins, oid: '1.2.250.1.213.1.4.10', kind: 'test' } },
    { ins: ins && { ...ins, matricule: '278113512151888' } },
  ]
  expect(new Set([keyOf(), ...others.map(keyOf)]).size).toBe(others.length + 1)
  expect(keyOf({ birthName: ' DUPONT ', firstName: 'Marie', usedName: 'MARTIN' })).toBe(keyOf())
  expect(keyOf({ firstName: 'Zoé' })).toBe(keyOf({ firstName: 'Zoe\u0301' }))
})

test('near are identities that only case, accents, hyphens, apostrophes and blanks tell apart', () => {
  expect(nearOf({ birthName: 'D’ARCY-LE GOFF', firstName: 'Zoé' })).toBe(
    nearOf({ birthName: "d'Arcy Le Goff", firstName: 'ZOE' }),
  )
  expect(nearOf({ birthName: 'DUPOND' })).not.toBe(nearOf())
  expect(identityForIndex({ ...patient, usedName: 'MARTIN' }, null)?.nearUsed).toBe(
    nearOf({ birthName: 'Martin' }),
  )
})

test('who is not told apart from others is nobody: a strict trait missing, and no INS', () => {
  for (const lacking of [{ birthDate: null }, { birthName: '' }, { firstName: ' ' }, { sex: 'U' as const }]) {
    expect(identityForIndex({ ...patient, ...lacking, ins: null }, null)).toBeNull()
    expect(identityForIndex({ ...patient, ...lacking }, null)).not.toBeNull()
  }
})

test('any text makes a key, and the same one each time', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (birthName, firstName) => {
      expect(keyOf({ birthName, firstName })).toBe(keyOf({ birthName, firstName }))
    }),
  )
})
