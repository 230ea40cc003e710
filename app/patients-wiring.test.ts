import { expect, test } from 'vitest'
import { Policy, type DraftContent, type TrustClass } from './contract/index.ts'
import { patientMailRules } from './patients-wiring.ts'

const leo = '190067511300117@patient.mssante.test'
const paul = 'paul@medecin.mssante.test'
const classify = (address: string): TrustClass => (address === leo ? 'patient' : 'professional')
const rules = (policy: Policy) =>
  patientMailRules(policy, classify, () => {
    throw new Error('asks nothing of the base')
  })

const written: DraftContent = {
  ...{ accountId: 1, to: [{ name: '', address: leo }], cc: [], bcc: [], subject: '', text: '', html: null },
  ...{ sign: false, encrypt: false, readReceipt: false },
}

test('ENS-7-fin: the subject [FIN] and X-MSS-MES: FIN go together, whatever is typed (ECO.2.2.8)', () => {
  const { finalContent, closingHeader } = rules(Policy.parse({}))
  const leaves = (change: Partial<DraftContent>) => {
    const content = finalContent({ ...written, ...change })
    return [content.subject, closingHeader(content)['X-MSS-MES'], content.endsExchanges ?? false]
  }
  // Begun to end all: typing over the subject changes neither.
  expect(leaves({ endsExchanges: true, closesExchange: true, subject: 'Au revoir' })).toEqual([
    '[FIN]',
    'FIN',
    true,
  ])
  // Typed by hand: the header follows.
  expect(leaves({ subject: '[FIN]' })).toEqual(['[FIN]', 'FIN', true])
  expect(leaves({ subject: ' [FIN] ' })).toEqual(['[FIN]', 'FIN', true])
  // What is no end stays none.
  expect(leaves({ subject: '[fin]' })).toEqual(['[fin]', undefined, false])
  expect(leaves({ subject: 'Re: [FIN]' })).toEqual(['Re: [FIN]', undefined, false])
  expect(leaves({ subject: 'Résultats', closesExchange: true })).toEqual(['Résultats', 'FIN', false])
  // Among professionals it means nothing.
  const paulOnly = { to: [{ name: '', address: paul }] }
  expect(leaves({ ...paulOnly, subject: '[FIN]', endsExchanges: true })).toEqual(['[FIN]', undefined, true])
  expect(leaves({ ...paulOnly, subject: 'Avis', closesExchange: true })).toEqual(['Avis', undefined, false])
  expect(leaves({ ...paulOnly, cc: [{ name: '', address: leo }], subject: '[FIN]' })).toEqual([
    '[FIN]',
    'FIN',
    true,
  ])
})

test('ENS-6-size: 25,000,000 bytes toward the patient domain, unless the policy says otherwise; no limit toward others', () => {
  const ordinary = rules(Policy.parse({}))
  expect(ordinary.largestTo([leo])).toBe(25_000_000)
  expect(ordinary.largestTo([paul, leo])).toBe(25_000_000)
  expect(ordinary.largestTo([paul])).toBeNull()
  expect(rules(Policy.parse({ patientMail: { limit: 10_000_000 } })).largestTo([leo])).toBe(10_000_000)
})
