import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  anchor,
  authority,
  endEntity,
  judgeTrial,
  settings,
  verdictOf,
  type Holder,
} from './authorities.fixture.ts'
import { anyPolicy } from './extensions.ts'
import {
  altNames,
  crlPoints,
  dirName,
  dnsName,
  ecKey,
  freshest,
  fullName,
  inhibitAny,
  ipName,
  issuingPoint,
  mappings,
  nameConstraints,
  point,
  policies,
  policyConstraints,
  time,
} from './issuing.fixture.ts'
import { judgePath } from './judge-path.ts'
import { readCrl } from './revocation-list.ts'
import { readX509 } from './x509.ts'
import { processorTime } from '../../processor-time.fixture.ts'

/** A certificate for an authority's name and key from another issuer. */
const cross = (of: Holder, issuer: Holder, plan: Parameters<typeof authority>[2] = {}): Holder =>
  authority(of.dn, issuer, { key: of.key, ...plan })

const bridge = authority('CN=Pont', null)
const ca = authority('CN=AC', bridge)
const leaf = endEntity('CN=EE', ca)
const direct = cross(ca, anchor)

test('the way to an anchor is found among cross-certificates, dead ends and loops', () => {
  const loop = [cross(bridge, ca), cross(ca, bridge)]
  expect(verdictOf({ chain: [leaf], others: [ca, ...loop, bridge, direct], lists: null })).toBe('valid')
  const { path } = judgeTrial({ chain: [leaf], others: [ca, ...loop, bridge, direct], lists: null })
  expect(path.map(({ fingerprint }) => fingerprint)).toEqual(
    [leaf, direct, anchor].map(({ cert }) => cert.fingerprint),
  )
  expect(verdictOf({ chain: [leaf], others: [ca, ...loop, bridge], lists: null })).toBe(
    'untrusted-authority 2',
  )
})

test('another path is taken where the first one has expired, is revoked or may not issue', () => {
  const second = authority('CN=Second', anchor)
  const viaSecond = cross(ca, second)
  const expired = cross(ca, anchor, { to: time('2026-01-01') })
  expect(verdictOf({ chain: [leaf], others: [expired, viaSecond, second], lists: null })).toBe('valid')
  const flawed = cross(ca, anchor, { instead: [] })
  expect(verdictOf({ chain: [leaf], others: [flawed, viaSecond, second], lists: null })).toBe('valid')
  const lists = [anchor.list({ revoked: [{ serial: direct.cert.serialNumber }] }), second.list(), ca.list()]
  expect(verdictOf({ chain: [leaf], others: [direct, viaSecond, second], lists })).toBe('valid')
  expect(verdictOf({ chain: [leaf], others: [direct], lists })).toBe('revoked 1')
})

test('an anchor that another anchor revoked is none any more', () => {
  const lower = authority('CN=Ancre basse', anchor)
  const below = endEntity('CN=EE', lower)
  const judged = (revoked: boolean) =>
    judgePath({
      leaf: below.cert,
      candidates: [],
      anchors: [anchor.cert, lower.cert],
      lists: [
        anchor.list({ revoked: revoked ? [{ serial: lower.cert.serialNumber }] : [] }),
        lower.list(),
      ].flatMap((der) => {
        const list = readCrl(der)
        return list.ok ? [list.value] : []
      }),
      purpose: 'any',
      settings,
    })
  expect(judged(false)).toMatchObject({ valid: true, path: { length: 3 } })
  expect(judged(true).failures.map(({ problem }) => problem)).toEqual(['revoked'])
})

test('hostile meshes of certificates are searched in bounded time', () => {
  const key = ecKey(0)
  const rings = Array.from({ length: 8 }, (_, index) => authority(`CN=M${String(index)}`, null, { key }))
  // Everyone certifies everyone, with one key, and nobody leads to an anchor.
  const mesh = rings.flatMap((subject) => rings.map((issuer) => cross(subject, issuer)))
  const [first] = rings
  if (!first) throw new Error('no ring')
  const lost = endEntity('CN=EE', first)
  const spent = processorTime()
  expect(verdictOf({ chain: [lost], others: mesh, lists: null })).toMatch(/^limit/)
  // Ways that all lead there and fail at the last step.
  const wrong = rings.map((one) => cross(one, anchor, { to: time('2021-01-01') }))
  expect(verdictOf({ chain: [lost], others: [...mesh, ...wrong], lists: null })).toMatch(/^expired/)
  // As many authorities of one name as fit, none of them the right one.
  const crowd = Array.from({ length: 300 }, () => authority('CN=M0', null, { key: ecKey(1) }))
  expect(verdictOf({ chain: [lost], others: crowd, lists: null })).toMatch(/^(signature|limit) 0/)
  expect(spent()).toBeLessThan(5000)
})

const mutated = (sound: Uint8Array) =>
  fc
    .array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255), fc.boolean()), { minLength: 1, maxLength: 4 })
    .map((changes) =>
      changes.reduce<Uint8Array>((bytes, [place, byte, cut]) => {
        if (cut && byte > 250) return bytes.subarray(0, place)
        const changed = Buffer.from(bytes)
        if (place < changed.length) changed[place] = byte
        return changed
      }, sound),
    )

test('a certificate or list that was changed is never believed', () => {
  const place = point(fullName(dirName('CN=AC/OU=un')))
  const own = authority('CN=AC', anchor, {
    add: [
      policies('1.2.3.4', anyPolicy),
      mappings(['1.2.3.4', '1.2.3.5']),
      policyConstraints(3, 4),
      inhibitAny(2),
      nameConstraints([dirName('CN=EE'), dnsName('test.fr')], [ipName(10, 0, 0, 0, 255, 0, 0, 0)]),
    ],
  })
  const subject = endEntity('CN=EE', own, {
    add: [
      policies('1.2.3.5'),
      altNames(dnsName('a.test.fr'), ipName(11, 0, 0, 1)),
      crlPoints(place),
      freshest(place),
    ],
  })
  const scope = issuingPoint({ name: fullName(dirName('CN=AC/OU=un')) })
  const revoked = [{ serial: 5 }, { serial: subject.cert.serialNumber, reason: 1 }]
  const lists = [anchor.list(), own.list({ revoked, extensions: [scope, freshest(place)] })]
  const judged = (leafDer: Uint8Array, authorityDer: Uint8Array, given: Uint8Array[] | null) => {
    const [top, middle] = [readX509(leafDer), readX509(authorityDer)]
    if (!top.ok || !middle.ok) return false
    const parsedLists = given?.flatMap((der) => {
      const list = readCrl(der)
      return list.ok ? [list.value] : []
    })
    return judgePath({
      leaf: top.value,
      candidates: [middle.value],
      anchors: [anchor.cert],
      lists: parsedLists ?? null,
      purpose: 'any',
      settings,
    }).valid
  }
  const same = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0
  expect(judged(subject.cert.der, own.cert.der, null)).toBe(true)
  fc.assert(
    fc.property(mutated(subject.cert.der), (der) => {
      expect(judged(der, own.cert.der, null)).toBe(same(der, subject.cert.der))
    }),
    { numRuns: 300 },
  )
  fc.assert(
    fc.property(mutated(own.cert.der), (der) => {
      expect(judged(subject.cert.der, der, null)).toBe(same(der, own.cert.der))
    }),
    { numRuns: 300 },
  )
  fc.assert(
    fc.property(mutated(lists[1] ?? new Uint8Array()), (der) => {
      expect(judged(subject.cert.der, own.cert.der, [lists[0] ?? new Uint8Array(), der])).toBe(false)
    }),
    { numRuns: 300 },
  )
})
