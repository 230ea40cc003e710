import { expect, test } from 'vitest'
import {
  anchor,
  authority,
  endEntity,
  judgeTrial,
  verdictOf,
  type Holder,
  type Row,
  type Trial,
} from './authorities.fixture.ts'
import {
  basic,
  crlPoints,
  der,
  dirName,
  extension,
  fullName,
  issuingPoint,
  name,
  point,
  time,
  uriName,
  usage,
  usageBits,
} from './issuing.fixture.ts'
import { readCrl } from './revocation-list.ts'

const certSign = usage(usageBits.certSign)
const listSign = usage(usageBits.crlSign)
const ca = authority('O=Test/CN=AC', anchor)
const ee = (plan: Parameters<typeof endEntity>[2] = {}): Holder => endEntity('O=Test/CN=EE', ca, plan)
const strange = extension('1.2.3.4', Buffer.from([5, 0]), true)
const revoke = (...holders: Holder[]) => holders.map(({ cert }) => ({ serial: cert.serialNumber, reason: 1 }))
const ofAnchor = anchor.list()

/** A leaf below the authority with some lists beside the anchor's. */
const withLists = (leaf: Holder, ...lists: Uint8Array[]): Trial => ({
  chain: [leaf, ca],
  lists: [ofAnchor, ...lists],
})
const serial = (...bytes: number[]) => ({ serial: Buffer.from(bytes) })

/** One key signs certificates, another one of the same name signs lists. */
const twoKeys = (how: { revokedSigner?: boolean; revokedLeaf?: boolean }): Trial => {
  const signing = authority('O=Test/CN=Deux', anchor, { instead: [basic(true), certSign] })
  const listing = authority('O=Test/CN=Deux', anchor, { instead: [listSign] })
  const leaf = endEntity('O=Test/CN=EE', signing)
  return {
    chain: [leaf, signing],
    others: [listing],
    lists: [
      anchor.list({ revoked: how.revokedSigner ? revoke(listing) : [] }),
      listing.list({ revoked: how.revokedLeaf ? revoke(leaf) : [] }),
    ],
  }
}

/** A renewed key: the new certificate of the old key, or the old one's of the new key, and what each list covers. */
const rollover = () => {
  const old = authority('O=Test/CN=Roule', anchor)
  const fresh = authority(old.dn, anchor)
  const oldWithNew = authority(old.dn, fresh, { key: old.key })
  const own = fullName(dirName('O=Test/CN=Roule/OU=soi'))
  const newWithOld = authority(old.dn, old, { key: fresh.key, add: [crlPoints(point(own))] })
  return { old, fresh, oldWithNew, newWithOld, own }
}
/** A separate key for lists, certified by the authority's own. */
const listKey = (revoked: 'nothing' | 'leaf' | 'signer', covered = true): Trial => {
  const top = authority('O=Test/CN=Listes', anchor, { instead: [basic(true), certSign] })
  const own = fullName(dirName('O=Test/CN=Listes/OU=soi'))
  const signer = authority(top.dn, top, { instead: [listSign], add: [crlPoints(point(own))] })
  const both = authority(top.dn, anchor, { key: top.key })
  const leaf = endEntity('CN=EE', both)
  return {
    chain: [leaf, both],
    others: [signer],
    lists: [
      ofAnchor,
      signer.list({ revoked: revoked === 'leaf' ? revoke(leaf) : [] }),
      ...(covered
        ? [
            both.list({
              extensions: [issuingPoint({ name: own })],
              revoked: revoked === 'signer' ? revoke(signer) : [],
            }),
          ]
        : []),
    ],
  }
}

const rows: Row[] = [
  ['4.4.1', 'no list of the authority', 'revocation-unknown 0', () => withLists(ee())],
  [
    '4.4.2',
    'authority revoked',
    'revoked 1',
    () => ({ chain: [ee(), ca], lists: [anchor.list({ revoked: revoke(ca) }), ca.list()] }),
  ],
  [
    '4.4.3',
    'leaf revoked',
    'revoked 0',
    () => {
      const leaf = ee()
      return withLists(leaf, ca.list({ revoked: revoke(leaf) }))
    },
  ],
  ['4.4.4', 'bad signature', 'revocation-unknown 0', () => withLists(ee(), ca.list({ badSignature: true }))],
  [
    '4.4.5',
    'another issuer’s name',
    'revocation-unknown 0',
    () => withLists(ee(), ca.list({ issuer: name('O=Test/CN=Autre') })),
  ],
  ['4.4.6', 'the list of another authority', 'revocation-unknown 0', () => withLists(ee(), anchor.list())],
  [
    '4.4.7',
    'two lists, one of them bad',
    'valid',
    () => withLists(ee(), ca.list({ badSignature: true, number: 2 }), ca.list()),
  ],
  [
    '4.4.8',
    'unknown critical extension of an entry',
    'revocation-unknown 0',
    () => withLists(ee(), ca.list({ revoked: [{ serial: 7, extensions: [strange] }] })),
  ],
  [
    '4.4.9',
    'unknown critical extension',
    'revocation-unknown 0',
    () => withLists(ee(), ca.list({ extensions: [strange] })),
  ],
  [
    '4.4.10',
    'the same, leaf revoked',
    'revocation-unknown 0',
    () => {
      const leaf = ee()
      return withLists(leaf, ca.list({ extensions: [strange], revoked: revoke(leaf) }))
    },
  ],
  [
    '4.4.11',
    'list expired',
    'revocation-unknown 0',
    () => withLists(ee(), ca.list({ to: time('2026-01-01') })),
  ],
  [
    '4.4.12',
    'list of 1999',
    'revocation-unknown 0',
    () => withLists(ee(), ca.list({ from: time('1998-01-01'), to: time('1999-01-01') })),
  ],
  [
    '4.4.13',
    'nextUpdate after 2050',
    'valid',
    () => withLists(ee(), ca.list({ to: time('2055-01-01', true) })),
  ],
  [
    '4.4.14',
    'serial 255 is not -1',
    'valid',
    () => withLists(ee(serial(0, 255)), ca.list({ revoked: [serial(255)] })),
  ],
  [
    '4.4.15',
    'serial -1 revoked',
    'revoked 0',
    () => withLists(ee(serial(255)), ca.list({ revoked: [serial(255)] })),
  ],
  [
    '4.4.16',
    'long serial',
    'valid',
    () =>
      withLists(
        ee(serial(...Array<number>(20).fill(0x7f))),
        ca.list({ revoked: [serial(...Array<number>(19).fill(0x7f))] }),
      ),
  ],
  [
    '4.4.17',
    'long serial, another one',
    'valid',
    () =>
      withLists(
        ee(serial(...Array<number>(20).fill(0x7f))),
        ca.list({ revoked: [serial(...Array<number>(19).fill(0x7f), 0x7e)] }),
      ),
  ],
  [
    '4.4.18',
    'long serial revoked',
    'revoked 0',
    () =>
      withLists(
        ee(serial(...Array<number>(20).fill(0x7f))),
        ca.list({ revoked: [serial(1), serial(...Array<number>(20).fill(0x7f))] }),
      ),
  ],
  ['4.4.19', 'separate keys', 'valid', () => twoKeys({})],
  ['4.4.20', 'separate keys, leaf revoked', 'revoked 0', () => twoKeys({ revokedLeaf: true })],
  [
    '4.4.21',
    'separate keys, the list’s revoked',
    'revocation-unknown 0',
    () => twoKeys({ revokedSigner: true }),
  ],

  [
    '4.5.1',
    'old with new',
    'valid',
    () => {
      const { fresh, oldWithNew } = rollover()
      return { chain: [endEntity('CN=EE', oldWithNew), oldWithNew, fresh], lists: [ofAnchor, fresh.list()] }
    },
  ],
  [
    '4.5.2',
    'old with new, leaf revoked',
    'revoked 0',
    () => {
      const { fresh, oldWithNew } = rollover()
      const leaf = endEntity('CN=EE', oldWithNew)
      return { chain: [leaf, oldWithNew, fresh], lists: [ofAnchor, fresh.list({ revoked: revoke(leaf) })] }
    },
  ],
  [
    '4.5.3',
    'new with old',
    'valid',
    () => {
      const { old, newWithOld, own } = rollover()
      return {
        chain: [endEntity('CN=EE', newWithOld), newWithOld, old],
        lists: [ofAnchor, newWithOld.list(), old.list({ extensions: [issuingPoint({ name: own })] })],
      }
    },
  ],
  [
    '4.5.4',
    'new with old signs the list of the old',
    'valid',
    () => {
      const { old, newWithOld, own } = rollover()
      return {
        chain: [endEntity('CN=EE', old), old],
        others: [newWithOld],
        lists: [ofAnchor, newWithOld.list(), old.list({ extensions: [issuingPoint({ name: own })] })],
      }
    },
  ],
  [
    '4.5.5',
    'the same, leaf revoked',
    'revoked 0',
    () => {
      const { old, newWithOld, own } = rollover()
      const leaf = endEntity('CN=EE', old)
      return {
        chain: [leaf, old],
        others: [newWithOld],
        lists: [
          ofAnchor,
          newWithOld.list({ revoked: revoke(leaf) }),
          old.list({ extensions: [issuingPoint({ name: own })] }),
        ],
      }
    },
  ],
  ['4.5.6', 'self-issued key for lists', 'valid', () => listKey('nothing')],
  ['4.5.7', 'the same, leaf revoked', 'revoked 0', () => listKey('leaf')],
  ['4.5.8', 'the same, key revoked', 'revocation-unknown 0', () => listKey('signer')],
  ['4.5 own', 'nobody vouches for the key', 'revocation-unknown 0', () => listKey('nothing', false)],

  [
    '4.14.10',
    'a point in the certificate, none in the list',
    'valid',
    () => withLists(ee({ add: [crlPoints(point(fullName(uriName('http://a.test/a.crl'))))] }), ca.list()),
  ],
  [
    '4.14.11',
    'only users, an authority asked',
    'revocation-unknown 0',
    () => withLists(authority('CN=Sous', ca), ca.list({ extensions: [issuingPoint({ users: true })] })),
  ],
  [
    '4.14.12',
    'only authorities, a user asked',
    'revocation-unknown 0',
    () => withLists(ee(), ca.list({ extensions: [issuingPoint({ authorities: true })] })),
  ],
  [
    '4.14.13',
    'only authorities, one asked',
    'valid',
    () => withLists(authority('CN=Sous', ca), ca.list({ extensions: [issuingPoint({ authorities: true })] })),
  ],
  [
    '4.14.14',
    'only attribute certificates',
    'revocation-unknown 0',
    () => withLists(ee(), ca.list({ extensions: [issuingPoint({ attributes: true })] })),
  ],
  [
    '4.14.22',
    'indirect',
    'revocation-unknown 0',
    () => withLists(ee(), ca.list({ extensions: [issuingPoint({ indirect: true })] })),
  ],
]

test.each(rows)('%s %s: %s', (_number, _what, expected, trial) => {
  expect(verdictOf(trial())).toBe(expected)
})

test('why lists say nothing is told', () => {
  const problemOf = (trial: Trial) => judgeTrial(trial).revocation?.[0]?.problem
  expect(problemOf(withLists(ee()))).toBe('no-list')
  expect(problemOf(withLists(ee(), ca.list({ badSignature: true })))).toBe('list-signature')
  expect(problemOf(withLists(ee(), ca.list({ to: time('2026-01-01') })))).toBe('list-expired')
  expect(problemOf(withLists(ee(), ca.list({ from: time('2026-12-24') })))).toBe('list-not-yet-valid')
  expect(problemOf(withLists(ee(), ca.list({ to: null })))).toBe('list-without-next-update')
  expect(problemOf(withLists(ee(), ca.list({ extensions: [strange] })))).toBe('list-critical-extension')
  expect(problemOf(withLists(ee(), ca.list({ extensions: [issuingPoint({ indirect: true })] })))).toBe(
    'indirect-list',
  )
  const elsewhere = ca.list({ extensions: [issuingPoint({ name: fullName(dirName('CN=x')) })] })
  expect(problemOf(withLists(ee(), elsewhere))).toBe('list-scope')
  expect(problemOf(withLists(ee(), ca.list({ extensions: [issuingPoint({ reasons: [1] })] })))).toBe(
    'list-reasons',
  )
  expect(problemOf(twoKeys({ revokedSigner: true }))).toBe('list-signer')
})

test('lists that are none are refused', () => {
  const sound = ca.list({ revoked: [{ serial: 5 }] })
  expect(readCrl(sound).ok).toBe(true)
  for (const bytes of [sound.subarray(0, -1), Buffer.concat([sound, sound]), der(0x30), new Uint8Array()])
    expect(readCrl(bytes).ok).toBe(false)
  const [broken] = [ca.list({ revoked: [{ serial: Buffer.alloc(0) }] })]
  expect(readCrl(broken).ok).toBe(true)
})
