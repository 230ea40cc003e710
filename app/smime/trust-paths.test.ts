import { expect, test } from 'vitest'
import { readCertificate } from './certificate.ts'
import { createPathFinder } from './path-finder.ts'
import { anchor, at, authority, endEntity, type Holder } from './path/authorities.fixture.ts'
import {
  altNames,
  basic,
  dnsName,
  extension,
  mailName,
  nameConstraints,
  oid,
  policyConstraints,
  seq,
  time,
  usage,
  usageBits,
} from './path/issuing.fixture.ts'
import { code, trustIn, value } from './smime.fixture.ts'

const certSign = usage(usageBits.certSign, usageBits.crlSign)
const purpose = (id: string) => extension('2.5.29.37', seq(oid(`1.3.6.1.5.5.7.3.${id}`)))
const server = (issuer: Holder, host = 'imap.mss.test') =>
  endEntity('CN=Serveur', issuer, { add: [altNames(dnsName(host)), purpose('1')] })
const signer = (issuer: Holder, plan: Parameters<typeof endEntity>[2] = {}) =>
  endEntity('CN=Signataire', issuer, { add: [altNames(mailName('a@mss.test')), purpose('4')], ...plan })

const ca = authority('CN=AC', anchor)
const limited = authority('CN=AC limitée', anchor, {
  add: [nameConstraints([dnsName('autre.test'), mailName('autre.test')])],
})
const mailOnly = authority('CN=AC du courrier', anchor, { add: [purpose('4')] })
const serversOnly = authority('CN=AC des serveurs', anchor, { add: [purpose('1')] })
const strict = authority('CN=AC stricte', anchor, { add: [policyConstraints(0)] })
const narrow = authority('CN=AC étroite', anchor, { instead: [basic(true, 0), certSign] })
const below = authority('CN=AC de trop', narrow)

const verified = async (chain: Holder[]) =>
  code(
    await trustIn([anchor.cert.der]).verifyServer({
      chain: chain.map(({ cert }) => cert.der),
      host: 'imap.mss.test',
    }),
  )
const judged = (chain: Holder[], date = at, revocation: 'require' | 'prefer' = 'prefer') => {
  const [certificate, ...candidates] = chain.map(({ cert }) => value(readCertificate(cert.der)))
  if (!certificate) throw new Error('nobody')
  return trustIn([anchor.cert.der], { at, revocation }).verifySigner({
    certificate,
    candidates,
    at: date,
    signedAt: null,
  })
}

test('what an authority may not certify is refused to servers', async () => {
  expect(await verified([server(ca), ca])).toBe('ok')
  expect(await verified([server(limited), limited])).toBe('tls.untrusted-authority')
  expect(await verified([server(strict), strict])).toBe('tls.untrusted-authority')
  expect(await verified([server(below), below, narrow])).toBe('tls.untrusted-authority')
  expect(await verified([server(mailOnly), mailOnly])).toBe('tls.wrong-usage')
  expect(await verified([server(serversOnly), serversOnly])).toBe('ok')
})

test('and to signers, with the check that failed', async () => {
  expect(await judged([signer(ca), ca])).toMatchObject({ reasons: [], problem: null, chain: { length: 3 } })
  const violated = { reasons: ['constraint-violated'], chain: [] }
  expect(await judged([signer(limited), limited])).toMatchObject({ ...violated, problem: 'name-constraints' })
  expect(await judged([signer(strict), strict])).toMatchObject({ ...violated, problem: 'policy' })
  expect(await judged([signer(below), below, narrow])).toMatchObject({ ...violated, problem: 'path-length' })
  const unsigned = signer(ca, { badSignature: true })
  expect(await judged([unsigned, ca])).toMatchObject({
    reasons: ['untrusted-authority'],
    problem: 'signature',
  })
  expect((await judged([signer(serversOnly), serversOnly])).reasons).toEqual(['wrong-usage'])
  expect((await judged([signer(ca), ca], at, 'require')).reasons).toEqual(['revocation-unknown'])
})

test('dates of the signer are apart from those of its path', async () => {
  const old = signer(ca, { to: time('2026-01-01') })
  expect(await judged([old, ca])).toMatchObject({ reasons: ['expired'], problem: null, chain: { length: 3 } })
  expect((await judged([old, ca], new Date('2025-06-01'))).reasons).toEqual([])
})

test('a path is remembered as long as it holds, and no longer', () => {
  const short = authority('CN=AC brève', anchor, { to: time('2026-12-01') })
  const [leaf, middle, top] = [signer(short), short, anchor].map(({ cert }) =>
    value(readCertificate(cert.der)),
  )
  if (!leaf || !middle || !top) throw new Error('nobody')
  const find = createPathFinder([top])
  expect(find(leaf, [], at)).toEqual({ ok: false, problem: 'issuer-not-found' })
  expect(find(leaf, [middle], at).ok).toBe(true)
  // The message that comes next need not bring the authority.
  expect(find(leaf, [], at).ok).toBe(true)
  expect(find(leaf, [middle], new Date('2027-01-01'))).toEqual({ ok: false, problem: 'expired' })
  expect(createPathFinder([])(leaf, [middle], at).ok).toBe(false)
})
