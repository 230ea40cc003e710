import { expect, test } from 'vitest'
import { anchor, authority, endEntity, verdictOf, type Holder, type Row } from './authorities.fixture.ts'
import { basic, extension, usage, usageBits } from './issuing.fixture.ts'

const certSign = usage(usageBits.certSign, usageBits.crlSign)
const chainOf = (...chain: Holder[]) => ({ chain })
const underKey = (pathLengths: (number | undefined)[], leafIsAuthority = false) => {
  let issuer = anchor
  const authorities = pathLengths.map((length, index) => {
    issuer = authority(`CN=Niveau ${String(index)}`, issuer, { instead: [basic(true, length), certSign] })
    return issuer
  })
  const leaf = leafIsAuthority ? authority('CN=EE', issuer) : endEntity('CN=EE', issuer)
  return { chain: [leaf, ...authorities.toReversed()] }
}
const authorityWith = (...instead: Buffer[]) => {
  const ca = authority('CN=AC particulière', anchor, { instead })
  return chainOf(endEntity('CN=EE', ca), ca)
}
/** An authority that renewed its key: the new certificate is self-issued. */
const renewed = (dn: string, issuer: Holder, old: Holder, pathLength?: number): Holder =>
  authority(dn, issuer, { signer: old.key, issuer: old.dn, instead: [basic(true, pathLength), certSign] })

const rows: Row[] = [
  ['4.6.1', 'no basicConstraints', 'not-an-authority 1', () => authorityWith(certSign)],
  ['4.6.2', 'cA false, critical', 'not-an-authority 1', () => authorityWith(basic(false), certSign)],
  [
    '4.6.3',
    'cA false, not critical',
    'not-an-authority 1',
    () => authorityWith(basic(false, undefined, false), certSign),
  ],
  [
    '4.6.4',
    'basicConstraints not critical',
    'valid',
    () => authorityWith(basic(true, undefined, false), certSign),
  ],
  ['4.6.5', 'path length 0, one below', 'path-length 1', () => underKey([0, undefined])],
  [
    '4.6.6',
    'path length 0, one below, leaf an authority',
    'path-length 1',
    () => underKey([0, undefined], true),
  ],
  ['4.6.7', 'path length 0, none below', 'valid', () => underKey([0])],
  ['4.6.8', 'path length 0, the leaf an authority', 'valid', () => underKey([0], true)],
  ['4.6.9', 'path length 6, 0, then one more', 'path-length 1', () => underKey([6, 0, undefined])],
  ['4.6.10', 'the same, the leaf an authority', 'path-length 1', () => underKey([6, 0, undefined], true)],
  ['4.6.11', 'path length 6, 1, 1, then one more', 'path-length 1', () => underKey([6, 1, 1, undefined])],
  ['4.6.12', 'the same, the leaf an authority', 'path-length 1', () => underKey([6, 1, 1, undefined], true)],
  ['4.6.13', 'path length 6, 4, 1, 1', 'valid', () => underKey([6, 4, 1, 1])],
  ['4.6.14', 'the same, the leaf an authority', 'valid', () => underKey([6, 4, 1, 1], true)],
  [
    '4.6.15',
    'self-issued certificates do not count',
    'valid',
    () => {
      const ca = authority('CN=Zéro', anchor, { instead: [basic(true, 0), certSign] })
      const next = renewed('CN=Zéro', ca, ca)
      return chainOf(endEntity('CN=EE', next), next, ca)
    },
  ],
  [
    '4.6.16',
    'the one below a self-issued does',
    'path-length 1',
    () => {
      const ca = authority('CN=Zéro', anchor, { instead: [basic(true, 0), certSign] })
      const next = renewed('CN=Zéro', ca, ca)
      const sub = authority('CN=Dessous', next)
      return chainOf(endEntity('CN=EE', sub), sub, next, ca)
    },
  ],
  [
    '4.6.17',
    'self-issued above and below path length 1',
    'valid',
    () => {
      const ca = authority('CN=Un', anchor, { instead: [basic(true, 1), certSign] })
      const next = renewed('CN=Un', ca, ca)
      const sub = authority('CN=Dessous', next, { instead: [basic(true, 0), certSign] })
      const subNext = renewed('CN=Dessous', sub, sub)
      return chainOf(endEntity('CN=EE', subNext), subNext, sub, next, ca)
    },
  ],
  [
    '4.7.1',
    'no keyCertSign, critical',
    'key-usage 1',
    () => authorityWith(basic(true), usage(usageBits.crlSign)),
  ],
  [
    '4.7.2',
    'no keyCertSign, not critical',
    'key-usage 1',
    () => authorityWith(basic(true), extension('2.5.29.15', Buffer.from('03020102', 'hex'))),
  ],
  [
    '4.7.3',
    'keyUsage not critical',
    'valid',
    () => authorityWith(basic(true), extension('2.5.29.15', Buffer.from('03020106', 'hex'))),
  ],
  [
    '4.7.4',
    'no cRLSign',
    'revocation-unknown 0',
    () => authorityWith(basic(true), usage(usageBits.certSign)),
  ],
  [
    '4.7.5',
    'no cRLSign, not critical',
    'revocation-unknown 0',
    () => authorityWith(basic(true), extension('2.5.29.15', Buffer.from('03020204', 'hex'))),
  ],
]

test.each(rows)('%s %s: %s', (_number, _what, expected, trial) => {
  expect(verdictOf(trial())).toBe(expected)
})
