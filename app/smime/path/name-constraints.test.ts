import { expect, test } from 'vitest'
import { anchor, authority, endEntity, verdictOf, type Holder } from './authorities.fixture.ts'
import {
  altNames,
  basic,
  der,
  dirName,
  dnsName,
  extension,
  ipName,
  mailName,
  nameConstraints,
  oid,
  seq,
  uriName,
  usage,
  usageBits,
} from './issuing.fixture.ts'
import { processorTime } from '../../processor-time.fixture.ts'

const forms: Readonly<Record<string, (text: string) => Buffer>> = {
  dir: dirName,
  mail: mailName,
  dns: dnsName,
  uri: uriName,
  ip: (text) => ipName(...text.split(/[./]/).map(Number)),
  ip6: (text) => ipName(...Buffer.from(text, 'hex')),
  upn: () => der(0xa0, oid('1.3.6.1.4.1.311.20.2.3'), der(0xa0, der(0x0c, Buffer.from('x@y.test')))),
}
const nameOf = (text: string): Buffer => {
  const at = text.indexOf(':')
  return forms[text.slice(0, at)]?.(text.slice(at + 1)) ?? Buffer.alloc(0)
}
const names = (text: string): Buffer[] => (text === '' ? [] : text.split(' ; ').map(nameOf))

/** An authority that permits and excludes; `+` and `-` in front. */
const limited = (dn: string, issuer: Holder, constraints: string, issuerDn?: Holder): Holder => {
  const all = constraints.split(' ; ').filter(Boolean)
  const pick = (sign: string) => all.filter((one) => one.startsWith(sign)).map((one) => nameOf(one.slice(1)))
  return authority(issuerDn ? issuerDn.dn : dn, issuer, {
    add: all.length > 0 ? [nameConstraints(pick('+'), pick('-'))] : [],
  })
}
const base = 'O=Test/OU=permis'

/**
 * Constraints of the authorities from the anchor down, « | » between them, each under its own name; subject and alternative names of
 * the leaf; expected.
 */
type Row = [number: string, constraints: string, subject: string, alternatives: string, expected: string]
const rows: Row[] = [
  ['4.13.1', `+dir:${base}`, `${base}/CN=EE`, '', 'valid'],
  ['4.13.2', `+dir:${base}`, 'O=Test/OU=autre/CN=EE', '', 'name-constraints 0'],
  ['4.13.3', `+dir:${base}`, `${base}/CN=EE`, 'dir:O=Test/OU=autre/CN=x', 'name-constraints 0'],
  ['4.13.4', `+dir:${base}`, `${base}/CN=EE`, `dir:${base}/CN=x`, 'valid'],
  ['4.13.4b', `+dir:${base}`, '', `dir:${base}/CN=x`, 'valid'],
  ['4.13.5', `+dir:${base} ; +dir:O=Test/OU=second`, 'O=Test/OU=second/CN=EE', '', 'valid'],
  ['4.13.6', `-dir:${base}`, 'O=Test/OU=autre/CN=EE', '', 'valid'],
  ['4.13.7', `-dir:${base}`, `${base}/CN=EE`, '', 'name-constraints 0'],
  ['4.13.8', `-dir:${base} ; -dir:O=Test/OU=b`, `${base}/CN=EE`, '', 'name-constraints 0'],
  ['4.13.9', `-dir:${base} ; -dir:O=Test/OU=b`, 'O=Test/OU=b/CN=EE', '', 'name-constraints 0'],
  ['4.13.10', '+dir:O=Test ; -dir:O=Test/OU=b', 'O=Test/OU=b/CN=EE', '', 'name-constraints 0'],
  ['4.13.11', '+dir:O=Test ; -dir:O=Test/OU=b', 'O=Test/OU=a/CN=EE', '', 'valid'],
  ['4.13.12', `+dir:O=Test | +dir:${base}`, 'O=Test/OU=autre/CN=EE', '', 'name-constraints 0'],
  ['4.13.13', `+dir:O=Test | +dir:O=Ailleurs`, `${base}/CN=EE`, '', 'name-constraints 0'],
  ['4.13.14', `+dir:O=Test | +dir:${base}`, `${base}/CN=EE`, '', 'valid'],
  ['4.13.15', `-dir:O=Test/OU=a | -dir:O=Test/OU=b`, 'O=Test/OU=a/CN=EE', '', 'name-constraints 0'],
  ['4.13.16', `-dir:O=Test/OU=a | -dir:O=Test/OU=b`, 'O=Test/OU=b/CN=EE', '', 'name-constraints 0'],
  ['4.13.17', `-dir:O=Test/OU=a | +dir:O=Test`, 'O=Test/OU=a/CN=EE', '', 'name-constraints 0'],
  ['4.13.18', `-dir:O=Test/OU=a | +dir:O=Test`, 'O=Test/OU=c/CN=EE', '', 'valid'],
  ['4.13.21', '+mail:.test.fr', 'CN=EE', 'mail:a@b.test.fr', 'valid'],
  ['4.13.22', '+mail:.test.fr', 'CN=EE', 'mail:a@test.fr', 'name-constraints 0'],
  ['4.13.23', '+mail:test.fr', 'CN=EE', 'mail:a@TEST.fr', 'valid'],
  ['4.13.24', '+mail:test.fr', 'CN=EE', 'mail:a@b.test.fr', 'name-constraints 0'],
  ['4.13.25', '-mail:test.fr', 'CN=EE', 'mail:a@b.test.fr', 'valid'],
  ['4.13.26', '-mail:test.fr', 'CN=EE', 'mail:a@test.fr', 'name-constraints 0'],
  ['4.13.27', '+dir:O=Test ; +mail:test.fr', 'O=Test/CN=EE', 'mail:a@test.fr', 'valid'],
  ['4.13.28', '+dir:O=Test ; +mail:test.fr', 'O=Test/CN=EE', 'mail:a@autre.fr', 'name-constraints 0'],
  ['4.13.29', '+dir:O=Test ; +mail:test.fr', 'O=Test/E=a@autre.fr', '', 'name-constraints 0'],
  ['4.13.30', '+dns:test.fr', 'CN=EE', 'dns:un.test.fr', 'valid'],
  ['4.13.31', '+dns:test.fr', 'CN=EE', 'dns:un.autre.fr', 'name-constraints 0'],
  ['4.13.32', '-dns:test.fr', 'CN=EE', 'dns:un.autre.fr', 'valid'],
  ['4.13.33', '-dns:test.fr', 'CN=EE', 'dns:un.TEST.fr', 'name-constraints 0'],
  ['4.13.34', '+uri:.test.fr', 'CN=EE', 'uri:http://un.test.fr/x', 'valid'],
  ['4.13.35', '+uri:.test.fr', 'CN=EE', 'uri:http://test.fr/x', 'name-constraints 0'],
  ['4.13.36', '-uri:test.fr', 'CN=EE', 'uri:ftp://un.test.fr/x', 'valid'],
  ['4.13.37', '-uri:test.fr', 'CN=EE', 'uri:http://moi@test.fr:80/x', 'name-constraints 0'],
  ['4.13.38', '+dns:test.fr', 'CN=EE', 'dns:montest.fr', 'name-constraints 0'],
  ['own mailbox', '+mail:a@test.fr', 'CN=EE', 'mail:a@test.fr', 'valid'],
  ['own mailbox case', '+mail:a@test.fr', 'CN=EE', 'mail:A@test.fr', 'name-constraints 0'],
  ['own mail of subject', '+mail:test.fr', 'E=a@autre.fr', 'mail:a@test.fr', 'name-constraints 0'],
  ['own mail without @', '+mail:test.fr', 'CN=EE', 'mail:test.fr', 'name-constraints 0'],
  ['own other form', '+dns:test.fr', 'CN=EE', 'mail:a@autre.fr', 'valid'],
  ['own wildcard in', '+dns:test.fr', 'CN=EE', 'dns:*.test.fr', 'valid'],
  ['own wildcard out', '-dns:un.test.fr', 'CN=EE', 'dns:*.test.fr', 'name-constraints 0'],
  ['own wildcard beside', '-dns:a.un.test.fr', 'CN=EE', 'dns:*.test.fr', 'valid'],
  ['own all dns', '-dns:', 'CN=EE', 'dns:a.fr', 'name-constraints 0'],
  ['own leading dot', '+dns:.test.fr', 'CN=EE', 'dns:test.fr', 'name-constraints 0'],
  ['own wildcard constraint', '+dns:*.test.fr', 'CN=EE', 'dns:a.test.fr', 'name-constraints 0'],
  ['own uri ip', '+uri:.test.fr', 'CN=EE', 'uri:http://127.0.0.1/', 'name-constraints 0'],
  ['own urn', '-uri:.test.fr', 'CN=EE', 'uri:urn:a:b', 'name-constraints 0'],
  ['own ip in', '+ip:10.0.0.0/255.0.0.0', 'CN=EE', 'ip:10.1.2.3', 'valid'],
  ['own ip out', '+ip:10.0.0.0/255.0.0.0', 'CN=EE', 'ip:11.1.2.3', 'name-constraints 0'],
  ['own ip excluded', '-ip:10.0.0.0/255.0.0.0', 'CN=EE', 'ip:10.1.2.3', 'name-constraints 0'],
  ['own ip6', `+ip:10.0.0.0/255.0.0.0`, 'CN=EE', `ip6:${'00'.repeat(15)}01`, 'name-constraints 0'],
  ['own ip6 excluded', `-ip:10.0.0.0/255.0.0.0`, 'CN=EE', `ip6:${'00'.repeat(15)}01`, 'valid'],
  ['own ip mask', '+ip:10.0.0.0/255.0.255.0', 'CN=EE', 'ip:10.1.2.3', 'name-constraints 0'],
  ['own ip length', '+ip:10.0.0/255.0.0', 'CN=EE', 'ip:10.1.2.3', 'name-constraints 0'],
  ['own unsupported', '+upn:', 'CN=EE', 'upn:', 'name-constraints 0'],
  ['own unsupported, none', '+upn:', 'CN=EE', 'dns:a.fr', 'valid'],
  ['own case', '+dir:O=TEST', 'O= test/CN=EE', '', 'valid'],
]

test.each(rows)('%s: %s | %s %s → %s', (_number, constraints, subject, alternatives, expected) => {
  let issuer = anchor
  const chain: Holder[] = []
  for (const [index, one] of constraints.split(' | ').entries()) {
    // Named so that constraints above suit it.
    issuer = limited(index === 0 ? 'CN=AC' : `${base}/CN=AC ${String(index)}`, issuer, one)
    chain.unshift(issuer)
  }
  const add = alternatives === '' ? [] : [altNames(...names(alternatives))]
  chain.unshift(endEntity(subject, issuer, { add }))
  expect(verdictOf({ chain, lists: null })).toBe(expected)
})

test('4.13.19, 4.13.20: self-issued certificates are free, the last one is not', () => {
  const ca = limited('O=Test/CN=Soi', anchor, `+dir:${base}`)
  const certSign = usage(usageBits.certSign, usageBits.crlSign)
  const next = authority(ca.dn, ca, { instead: [basic(true), certSign] })
  expect(verdictOf({ chain: [endEntity(`${base}/CN=EE`, next), next, ca] })).toBe('valid')
  expect(verdictOf({ chain: [endEntity('O=Test/CN=EE', next), next, ca] })).toBe('name-constraints 0')
  expect(verdictOf({ chain: [next, ca] })).toBe('name-constraints 0')
})

test('constraints of the anchor’s certificate hold, unless it is a name and a key', () => {
  const top = authority('CN=Ancre étroite', null, { add: [nameConstraints([dnsName('test.fr')])] })
  const ca = authority('CN=AC', top)
  const chain = [endEntity('CN=EE', ca, { add: [altNames(dnsName('a.autre.fr'))] }), ca]
  expect(verdictOf({ chain, anchor: top })).toBe('name-constraints 0')
  expect(verdictOf({ chain, anchor: top, settings: { anchorConstraints: false } })).toBe('valid')
})

test('subtrees with a minimum are used by nobody', () => {
  const tree = seq(der(0xa0, seq(dnsName('test.fr'), der(0x80, [1]))))
  const ca = authority('CN=AC', anchor, { add: [extension('2.5.29.30', tree, true)] })
  const chain = [endEntity('CN=EE', ca, { add: [altNames(dnsName('a.test.fr'))] }), ca]
  expect(verdictOf({ chain })).toBe('name-constraints 0')
})

test('many names under many constraints are refused in bounded time', () => {
  const trees = Array.from({ length: 900 }, (_, index) => dnsName(`${String(index)}.test.fr`))
  const ca = authority('CN=AC', anchor, { add: [nameConstraints([], trees)] })
  const leaf = endEntity('CN=EE', ca, {
    add: [altNames(...Array.from({ length: 900 }, (_, index) => dnsName(`${String(index)}.autre.fr`)))],
  })
  const spent = processorTime()
  expect(verdictOf({ chain: [leaf, ca], lists: null })).toBe('limit 0')
  expect(spent()).toBeLessThan(1000)
})
