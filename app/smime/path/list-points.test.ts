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
import { crlPoints, dirName, fullName, issuingPoint, point, relativeName } from './issuing.fixture.ts'

const ca = authority('O=Test/CN=AC', anchor)
const ee = (plan: Parameters<typeof endEntity>[2] = {}): Holder => endEntity('O=Test/CN=EE', ca, plan)
const revoke = (...holders: Holder[]) => holders.map(({ cert }) => ({ serial: cert.serialNumber, reason: 1 }))
const ofAnchor = anchor.list()
/** A leaf below the authority with some lists beside the anchor's. */
const withLists = (leaf: Holder, ...lists: Uint8Array[]): Trial => ({
  chain: [leaf, ca],
  lists: [ofAnchor, ...lists],
})

const shorten = (place: string) => fullName(dirName(`O=Test/CN=AC/OU=${place}`))
const pointed = (place: string): Trial['chain'][number] => ee({ add: [crlPoints(point(shorten(place)))] })
const scoped = (place: string, more: Parameters<typeof ca.list>[0] = {}) =>
  ca.list({ extensions: [issuingPoint({ name: shorten(place) })], ...more })
const some = (...reasons: number[]) => issuingPoint({ reasons })
const others = [3, 4, 5, 6, 7, 8]

const pointRows: Row[] = [
  ['4.14.1', 'full name, the same', 'valid', () => withLists(pointed('un'), scoped('un'))],
  [
    '4.14.2',
    'the same, revoked',
    'revoked 0',
    () => {
      const leaf = pointed('un')
      return withLists(leaf, scoped('un', { revoked: revoke(leaf) }))
    },
  ],
  ['4.14.3', 'another point', 'revocation-unknown 0', () => withLists(pointed('un'), scoped('deux'))],
  [
    '4.14.4',
    'full name, relative in the list',
    'valid',
    () => withLists(pointed('un'), ca.list({ extensions: [issuingPoint({ name: relativeName('OU=un') })] })),
  ],
  [
    '4.14.5',
    'relative name in both',
    'valid',
    () =>
      withLists(
        ee({ add: [crlPoints(point(relativeName('OU=un')))] }),
        ca.list({ extensions: [issuingPoint({ name: relativeName('OU=un') })] }),
      ),
  ],
  [
    '4.14.6',
    'relative name, revoked',
    'revoked 0',
    () => {
      const leaf = ee({ add: [crlPoints(point(relativeName('OU=un')))] })
      return withLists(
        leaf,
        ca.list({ extensions: [issuingPoint({ name: relativeName('OU=un') })], revoked: revoke(leaf) }),
      )
    },
  ],
  [
    '4.14.7',
    'relative name, full in the list',
    'valid',
    () => withLists(ee({ add: [crlPoints(point(relativeName('OU=un')))] }), scoped('un')),
  ],
  [
    '4.14.8',
    'relative name, another',
    'revocation-unknown 0',
    () => withLists(ee({ add: [crlPoints(point(relativeName('OU=deux')))] }), scoped('un')),
  ],
  ['4.14.9', 'a point in the list alone', 'revocation-unknown 0', () => withLists(ee(), scoped('un'))],
  [
    '4.14.15',
    'some reasons, revoked for one',
    'revoked 0',
    () => {
      const leaf = ee()
      return withLists(
        leaf,
        ca.list({ extensions: [some(1, 2)], revoked: revoke(leaf) }),
        ca.list({ extensions: [some(...others)] }),
      )
    },
  ],
  [
    '4.14.16',
    'other reasons, on hold',
    'revoked 0',
    () => {
      const leaf = ee()
      return withLists(
        leaf,
        ca.list({ extensions: [some(1, 2)] }),
        ca.list({ extensions: [some(...others)], revoked: [{ serial: leaf.cert.serialNumber, reason: 6 }] }),
      )
    },
  ],
  [
    '4.14.17',
    'reasons missing',
    'revocation-unknown 0',
    () => withLists(ee(), ca.list({ extensions: [some(1, 2)] }), ca.list({ extensions: [some(3, 4, 5)] })),
  ],
  [
    '4.14.18',
    'all reasons by two lists',
    'valid',
    () => withLists(ee(), ca.list({ extensions: [some(1, 2)] }), ca.list({ extensions: [some(...others)] })),
  ],
  [
    '4.14.19',
    'points by reasons',
    'valid',
    () => {
      const add = [crlPoints(point(shorten('un'), [1, 2]), point(shorten('deux'), others))]
      const lists = [
        ca.list({ extensions: [issuingPoint({ name: shorten('un'), reasons: [1, 2] })] }),
        ca.list({ extensions: [issuingPoint({ name: shorten('deux'), reasons: others })] }),
      ]
      return withLists(ee({ add }), ...lists)
    },
  ],
  [
    '4.14.20',
    'points by reasons, revoked',
    'revoked 0',
    () => {
      const leaf = ee({ add: [crlPoints(point(shorten('un'), [1, 2]), point(shorten('deux'), others))] })
      const lists = [
        ca.list({
          extensions: [issuingPoint({ name: shorten('un'), reasons: [1, 2] })],
          revoked: revoke(leaf),
        }),
        ca.list({ extensions: [issuingPoint({ name: shorten('deux'), reasons: others })] }),
      ]
      return withLists(leaf, ...lists)
    },
  ],
  [
    '4.14.27',
    'another issuer lists it',
    'revocation-unknown 0',
    () => withLists(ee({ add: [crlPoints(point(shorten('un'), null, dirName('CN=Autre')))] }), anchor.list()),
  ],
  [
    '4.14 own',
    'the issuer names itself',
    'valid',
    () =>
      withLists(ee({ add: [crlPoints(point(shorten('un'), null, dirName('O=Test/CN=AC')))] }), scoped('un')),
  ],
]

test.each(pointRows)('%s %s: %s', (_number, _what, expected, trial) => {
  expect(verdictOf(trial())).toBe(expected)
})
