import { expect, test } from 'vitest'
import { Policy, type TrustClass } from './contract/index.ts'
import { patientMailRules } from './patients-wiring.ts'

const leo = '190067511300117@patient.mssante.test'
const paul = 'paul@medecin.mssante.test'
const classify = (address: string): TrustClass => (address === leo ? 'patient' : 'professional')
const rules = (policy: Policy) =>
  patientMailRules(policy, classify, () => {
    throw new Error('asks nothing of the base')
  })

test('ENS-6-size: 25,000,000 bytes toward the patient domain, unless the policy says otherwise; no limit toward others', () => {
  const ordinary = rules(Policy.parse({}))
  expect(ordinary.largestTo([leo])).toBe(25_000_000)
  expect(ordinary.largestTo([paul, leo])).toBe(25_000_000)
  expect(ordinary.largestTo([paul])).toBeNull()
  expect(rules(Policy.parse({ patientMail: { limit: 10_000_000 } })).largestTo([leo])).toBe(10_000_000)
})
