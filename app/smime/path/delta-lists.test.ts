import { expect, test } from 'vitest'
import {
  anchor,
  authority,
  endEntity,
  verdictOf,
  type Holder,
  type Row,
  type Trial,
} from './authorities.fixture.ts'
import { extension, freshest, fullName, int, issuingPoint, point, time, uriName } from './issuing.fixture.ts'

const ca = authority('O=Test/CN=AC', anchor)
const renewable = freshest(point(fullName(uriName('http://a.test/delta.crl'))))
const ofAnchor = anchor.list()
const ee = (add: Buffer[] = [renewable]): Holder => endEntity('O=Test/CN=EE', ca, { add })
const base = (more: Parameters<Holder['list']>[0] = {}) => ca.list({ number: 5, ...more })
const delta = (more: Parameters<Holder['list']>[0] & { on?: number } = {}) => {
  const { on = 5, extensions = [], ...rest } = more
  const indicator = extension('2.5.29.27', int(on), true)
  return ca.list({ number: 6, from: time('2026-06-01'), extensions: [indicator, ...extensions], ...rest })
}
const listed = (leaf: Holder, reason: number) => ({ revoked: [{ serial: leaf.cert.serialNumber, reason }] })
const hold = 6
const remove = 8
const stolen = 1

const trial = (make: (leaf: Holder) => Uint8Array[], leaf = ee()): Trial => ({
  chain: [leaf, ca],
  lists: [ofAnchor, ...make(leaf)],
})

const rows: Row[] = [
  ['4.15.1', 'a delta without its base', 'revocation-unknown 0', () => trial(() => [delta()])],
  ['4.15.2', 'base and delta', 'valid', () => trial(() => [base(), delta()])],
  [
    '4.15.3',
    'revoked in the delta',
    'revoked 0',
    () => trial((leaf) => [base(), delta(listed(leaf, stolen))]),
  ],
  [
    '4.15.4',
    'on hold in the base, revoked in the delta',
    'revoked 0',
    () => trial((leaf) => [base(listed(leaf, hold)), delta(listed(leaf, stolen))]),
  ],
  [
    '4.15.5',
    'on hold in the base, released in the delta',
    'valid',
    () => trial((leaf) => [base(listed(leaf, hold)), delta(listed(leaf, remove))]),
  ],
  [
    '4.15.6',
    'revoked in the base, not in the delta',
    'revoked 0',
    () => trial((leaf) => [base(listed(leaf, stolen)), delta()]),
  ],
  ['4.15.7', 'released, never listed', 'valid', () => trial((leaf) => [base(), delta(listed(leaf, remove))])],
  [
    '4.15.8',
    'an older base expired, a delta on it current',
    'valid',
    () => trial(() => [base({ to: time('2026-07-01') }), delta()]),
  ],
  [
    '4.15.9',
    'the same, revoked in the delta',
    'revoked 0',
    () => trial((leaf) => [base({ to: time('2026-07-01') }), delta(listed(leaf, stolen))]),
  ],
  [
    '4.15.10',
    'base expired, delta on a later one',
    'revocation-unknown 0',
    () => trial(() => [base({ to: time('2026-07-01') }), delta({ on: 6 })]),
  ],
  [
    'own 1',
    'base expired, nobody tells of deltas',
    'revocation-unknown 0',
    () => trial(() => [base({ to: time('2026-07-01') }), delta()], ee([])),
  ],
  [
    'own 2',
    'a delta of another scope',
    'revoked 0',
    () =>
      trial((leaf) => [
        base(listed(leaf, hold)),
        delta({ ...listed(leaf, remove), extensions: [issuingPoint({ users: true })] }),
      ]),
  ],
  [
    'own 3',
    'a delta that expired',
    'revoked 0',
    () =>
      trial((leaf) => [base(listed(leaf, hold)), delta({ ...listed(leaf, remove), to: time('2026-07-01') })]),
  ],
  [
    'own 4',
    'a delta with a bad signature',
    'revoked 0',
    () => trial((leaf) => [base(listed(leaf, hold)), delta({ ...listed(leaf, remove), badSignature: true })]),
  ],
]

test.each(rows)('%s %s: %s', (_number, _what, expected, make) => {
  expect(verdictOf(make())).toBe(expected)
})
