import { expect, test } from 'vitest'
import { anchor, authority, endEntity, judgeTrial, settings, type Holder } from './authorities.fixture.ts'
import {
  basic,
  extension,
  inhibitAny,
  mappings,
  oid,
  policies,
  policyConstraints,
  seq,
  usage,
  usageBits,
} from './issuing.fixture.ts'
import { anyPolicy } from './extensions.ts'
import { processorTime } from '../../processor-time.fixture.ts'

const arc = '2.16.840.1.101.3.2.1.48'
const written: Readonly<Record<string, string>> = {
  any: anyPolicy,
  ...Object.fromEntries([1, 2, 3, 4, 5, 6].map((n) => [`P${String(n)}`, `${arc}.${String(n)}`])),
}
const idOf = (short: string): string => written[short] ?? short
const shortOf = (id: string): string => Object.entries(written).find(([, value]) => value === id)?.[0] ?? id
const listOf = (text: string): string[] => text.split(/[ ,]+/).filter(Boolean)

/**
 * One certificate in short: policies, then options. `P1 P2 map P1>P3 explicit 0 mapping 1 any 0 self` is an authority with two
 * policies, a mapping, policyConstraints, inhibitAnyPolicy, that renews the key of the one before.
 */
const readSpec = (text: string) => {
  const words = listOf(text)
  const take = (word: string): number | null => {
    const at = words.indexOf(word)
    return at < 0 ? null : Number(words[at + 1])
  }
  const pairs = words.flatMap((word): [string, string][] => {
    const [issuer, subject] = word.split('>')
    return issuer !== undefined && subject !== undefined ? [[idOf(issuer), idOf(subject)]] : []
  })
  const asserted = words.filter((word) => word in written)
  const [explicit, mapping, any] = [take('explicit'), take('mapping'), take('inhibit')]
  const extensions = [
    ...(asserted.length > 0 ? [policies(...asserted.map(idOf))] : []),
    ...(pairs.length > 0 ? [mappings(...pairs)] : []),
    ...(explicit !== null || mapping !== null ? [policyConstraints(explicit, mapping)] : []),
    ...(any !== null ? [inhibitAny(any)] : []),
  ]
  return { extensions, self: words.includes('self') }
}

/** A chain from the authority below the anchor to the leaf, separated by « / ». */
const chainOf = (text: string): Holder[] => {
  const chain: Holder[] = []
  let issuer = anchor
  const specs = text.split('/').map(readSpec)
  for (const [index, { extensions, self }] of specs.entries()) {
    const last = index === specs.length - 1
    const plan = { add: extensions }
    const dn = self ? issuer.dn : `CN=Niveau ${String(index)}`
    issuer = last && !self ? endEntity(dn, issuer, plan) : authority(dn, issuer, plan)
    chain.unshift(issuer)
  }
  return chain
}

/**
 * Number as in PKITS, chain, inputs (user-initial-policy-set; E explicit, M mapping inhibited, A any inhibited), the outcome:
 * user-constrained policies, or the problem and its place.
 */
type Row = [number: string, chain: string, inputs: string, outcome: string]
const rows: Row[] = [
  ['4.8.1.1', 'P1 / P1', '', 'P1'],
  ['4.8.1.2', 'P1 / P1', 'E', 'P1'],
  ['4.8.1.3', 'P1 / P1', 'P1 E', 'P1'],
  ['4.8.1.4', 'P1 / P1', 'P2 E', 'policy 0'],
  ['4.8.1.5', 'P1 / P1', 'P1 P2 E', 'P1'],
  ['4.8.1.6', 'P1 / P1', 'P2', ''],
  ['4.8.2.1', ' / ', '', ''],
  ['4.8.2.2', ' / ', 'E', 'policy 1'],
  ['4.8.3.1', 'P1 / P1 / P2', '', ''],
  ['4.8.3.2', 'P1 / P1 / P2', 'E', 'policy 0'],
  ['4.8.3.3', 'P1 / P1 / P2', 'P1 P2 E', 'policy 0'],
  ['4.8.4', 'P1 explicit 0 / P1 / P2', '', 'policy 0'],
  ['4.8.5', 'P1 explicit 0 / P2 / P1', '', 'policy 1'],
  ['4.8.6.1', 'P1 P2 P3 explicit 0 / P1 P2 / P1', '', 'P1'],
  ['4.8.6.2', 'P1 P2 P3 explicit 0 / P1 P2 / P1', 'P1', 'P1'],
  ['4.8.6.3', 'P1 P2 P3 explicit 0 / P1 P2 / P1', 'P2', 'policy 0'],
  ['4.8.7', 'P1 P2 P3 explicit 0 / P1 P2 / P1 / P3', '', 'policy 0'],
  ['4.8.8', 'P1 P2 P3 explicit 0 / P1 / P2 / P1', '', 'policy 1'],
  ['4.8.9', 'P1 P2 P3 explicit 0 / P1 P2 / P1 P2 / P3 / P3', '', 'policy 1'],
  ['4.8.10.1', 'P1 P2 explicit 0 / P1 P2', '', 'P1 P2'],
  ['4.8.10.2', 'P1 P2 explicit 0 / P1 P2', 'P1', 'P1'],
  ['4.8.10.3', 'P1 P2 explicit 0 / P1 P2', 'P2', 'P2'],
  ['4.8.11.1', 'any / any', '', 'any'],
  ['4.8.11.2', 'any / any', 'P1 E', 'P1'],
  ['4.8.12', 'P3 explicit 0 / P4', '', 'policy 0'],
  ['4.8.13.1', 'P1 P2 P3 explicit 0 / P1 P2 P3', 'P1', 'P1'],
  ['4.8.13.2', 'P1 P2 P3 explicit 0 / P1 P2 P3', 'P2', 'P2'],
  ['4.8.13.3', 'P1 P2 P3 explicit 0 / P1 P2 P3', 'P3', 'P3'],
  ['4.8.14.1', 'any explicit 0 / P1', 'P1', 'P1'],
  ['4.8.14.2', 'any explicit 0 / P1', 'P2', 'policy 0'],

  ['4.9.1', 'explicit 10 /  /  /  / ', '', ''],
  ['4.9.2', 'explicit 5 /  /  /  / ', '', ''],
  ['4.9.3', 'explicit 4 /  /  /  / ', '', 'policy 0'],
  ['4.9.4', 'P1 explicit 0 / P1 / P1 / P1 / P1', '', 'P1'],
  ['4.9.5', 'explicit 7 / explicit 2 / explicit 4 /  / ', '', 'policy 0'],
  ['4.9.6', 'explicit 2 / self / ', '', ''],
  ['4.9.7', 'explicit 2 / self /  / ', '', 'policy 0'],
  ['4.9.8', 'explicit 2 / self /  / self / ', '', 'policy 0'],
  ['4.9 leaf', ' / explicit 0', '', 'policy 0'],

  ['4.10.1.1', 'P1 map P1>P2 explicit 0 / P2', '', 'P1'],
  ['4.10.1.2', 'P1 map P1>P2 explicit 0 / P2', 'P1', 'P1'],
  ['4.10.1.3', 'P1 map P1>P2 explicit 0 / P2', 'P2', 'policy 0'],
  ['4.10.2.1', 'P1 map P1>P2 explicit 0 / P1', '', 'policy 0'],
  ['4.10.2.2', 'P1 map P1>P2 / P2', 'M E', 'policy 0'],
  ['4.10.3.1', 'P1 P2 map P1>P3 explicit 0 / P2 P3 map P2>P4 / P3 P4', 'P1', 'P1'],
  ['4.10.3.2', 'P1 P2 map P1>P3 explicit 0 / P2 P3 map P2>P4 / P3 P4', 'P2', 'P2'],
  ['4.10.4', 'P1 P2 map P1>P3 explicit 0 / P2 P3 map P2>P4 / P5', '', 'policy 0'],
  ['4.10.5.1', 'P1 map P1>P2 explicit 0 / P2 map P2>P3 / P3', 'P1', 'P1'],
  ['4.10.5.2', 'P1 map P1>P2 explicit 0 / P2 map P2>P3 / P3', 'P6', 'policy 0'],
  ['4.10.6.1', 'P1 map P1>P2 P1>P3 explicit 0 / P2 / P2', 'P1', 'P1'],
  ['4.10.6.2', 'P1 map P1>P2 P1>P3 explicit 0 / P2 / P2', 'P6', 'policy 0'],
  ['4.10.7', 'P1 map any>P1 explicit 0 / P1', '', 'policy-mapping 1'],
  ['4.10.8', 'P1 map P1>any explicit 0 / P1', '', 'policy-mapping 1'],
  ['4.10.9', 'any map P1>P2 explicit 0 / P2', '', 'P1'],
  ['4.10.10', 'P1 explicit 0 / any map P1>P2 / P1', '', 'policy 0'],
  ['4.10.11', 'P1 explicit 0 / any map P1>P2 / P2', '', 'P1'],
  ['4.10.12.1', 'P1 P2 map P1>P3 explicit 0 / P2 P3', 'P1', 'P1'],
  ['4.10.12.2', 'P1 P2 map P1>P3 explicit 0 / P2 P3', 'P2', 'P2'],
  ['4.10.13', 'P1 any map P1>P2 explicit 0 / P2', 'P1', 'P1'],
  ['4.10.14', 'P1 any map P1>P2 explicit 0 / P1', '', 'P1'],

  ['4.11.1', 'P1 explicit 0 mapping 0 / P1 map P1>P2 / P2', '', 'policy 0'],
  ['4.11.2', 'P1 P2 explicit 0 mapping 1 / P1 P2 map P1>P3 / P3', '', 'P1'],
  ['4.11.3', 'P1 P2 explicit 0 mapping 1 / P1 P2 map P1>P3 P2>P4 / P3 P4 map P3>P5 / P5', '', 'policy 0'],
  ['4.11.4', 'P1 P2 explicit 0 mapping 1 / P1 P2 map P1>P3 P2>P4 / P3 P4 map P3>P5 / P4', '', 'P2'],
  ['4.11.5', 'P1 explicit 0 mapping 5 / P1 mapping 1 / P1 / P1 map P1>P2 / P2', '', 'policy 0'],
  ['4.11.6', 'P1 P2 explicit 0 mapping 1 / P1 P2 mapping 5 / P1 P2 map P1>P3 / P3', '', 'policy 0'],
  ['4.11.7', 'P1 explicit 0 mapping 1 / P1 self / P1 map P1>P2 / P2', '', 'P1'],
  ['4.11.8', 'P1 explicit 0 mapping 1 / P1 self / P1 map P1>P2 / P2 map P2>P3 / P3', '', 'policy 0'],
  ['4.11.9', 'P1 explicit 0 mapping 1 / P1 self / P1 map P1>P2 / P2 map P2>P4 / P4', '', 'policy 0'],
  ['4.11.10', 'P1 explicit 0 mapping 1 / P1 self / P1 map P1>P2 / P2 self map P2>P3 / P3', '', 'policy 0'],
  ['4.11.11', 'P1 explicit 0 mapping 1 / P1 self / P1 map P1>P2 / P2 self map P2>P3 / P2', '', 'policy 0'],

  ['4.12.1', 'P1 explicit 0 inhibit 0 / any', '', 'policy 0'],
  ['4.12.2', 'P1 explicit 0 inhibit 0 / P1 any', '', 'P1'],
  ['4.12.3.1', 'P1 explicit 0 inhibit 1 / any / P1', '', 'P1'],
  ['4.12.3.2', 'P1 explicit 0 inhibit 1 / any / P1', 'A', 'policy 1'],
  ['4.12.4', 'P1 explicit 0 inhibit 1 / any / any', '', 'policy 0'],
  ['4.12.5', 'P1 explicit 0 inhibit 5 / P1 inhibit 1 / any / any', '', 'policy 0'],
  ['4.12.6', 'P1 explicit 0 inhibit 1 / P1 inhibit 5 / any', '', 'policy 0'],
  ['4.12.7', 'P1 explicit 0 inhibit 1 / any self / any / P1', '', 'P1'],
  ['4.12.8', 'P1 explicit 0 inhibit 1 / any self / any / any / P1', '', 'policy 1'],
  ['4.12.9', 'P1 explicit 0 inhibit 1 / any self / P1 / any self / P1', '', 'P1'],
  ['4.12.10', 'P1 explicit 0 inhibit 1 / any self / P1 / any self', '', 'policy 0'],
]

const outcomeOf = (chain: string, inputs: string): string => {
  const words = listOf(inputs)
  const answer = judgeTrial({
    chain: chainOf(chain),
    settings: {
      policies: words.filter((word) => word in written).map(idOf),
      explicitPolicy: words.includes('E'),
      inhibitMapping: words.includes('M'),
      inhibitAny: words.includes('A'),
    },
  })
  const [first] = answer.failures
  if (first) return `${first.problem} ${String(first.index)}`
  return answer.policies.user === 'any' ? 'any' : answer.policies.user.map(shortOf).join(' ')
}

test.each(rows)('%s: %s | %s → %s', (_number, chain, inputs, outcome) => {
  expect(outcomeOf(chain, inputs)).toBe(outcome)
})

test('qualifiers that are known may be critical, others may not', () => {
  const notice = '1.3.6.1.5.5.7.2.2'
  const withQualifier = (qualifier: string, critical: boolean) =>
    extension('2.5.29.32', seq(seq(oid(idOf('P1')), seq(seq(oid(qualifier), Buffer.from([5, 0]))))), critical)
  const judged = (qualifier: string, critical: boolean) =>
    judgeTrial({ chain: [endEntity('CN=EE', anchor, { add: [withQualifier(qualifier, critical)] })] }).valid
  expect(judged(notice, true)).toBe(true)
  expect(judged('1.2.3.4', false)).toBe(true)
  expect(judged('1.2.3.4', true)).toBe(false)
})

test('policies that multiply at every level stay cheap (CVE-2023-0464)', () => {
  const many = Array.from({ length: 30 }, (_, index) => `${arc}.${String(100 + index)}`)
  const all: [string, string][] = many.flatMap((issuer) =>
    many.map((subject): [string, string] => [issuer, subject]),
  )
  const certSign = usage(usageBits.certSign, usageBits.crlSign)
  let issuer = anchor
  const chain: Holder[] = []
  for (let level = 0; level < 12; level += 1) {
    const instead = [basic(true), certSign, policies(...many), mappings(...all)]
    issuer = authority(`CN=Foule ${String(level)}`, issuer, { instead })
    chain.unshift(issuer)
  }
  chain.unshift(endEntity('CN=EE', issuer, { add: [policies(...many)] }))
  const spent = processorTime()
  const { failures } = judgeTrial({ chain, lists: null, settings: { ...settings, explicitPolicy: true } })
  expect(spent()).toBeLessThan(1500)
  // So many mappings are no honest path.
  expect(failures.map(({ problem }) => problem)).toContain('limit')
})
