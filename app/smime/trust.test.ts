import { afterAll, expect, test } from 'vitest'
import { readAnchors } from './anchors.ts'
import { readCertificate, summarise } from './certificate.ts'
import { isPinned, serverIssuerOf } from './igc-sante.ts'
import { ocspUrl } from './ocsp.ts'
import {
  authorityExtensions,
  code,
  createPeople,
  createPki,
  crlUrl,
  trustIn,
  value,
  type CertificateRequest,
} from './smime.fixture.ts'

const pki = createPki()
afterAll(pki.remove)
const people = createPeople(pki)
const anchors = [people.root.der, people.authority.der]
const host = 'mail.mss.test'

const server = (more: string[] = [], how: Partial<CertificateRequest> = {}) =>
  people.person(
    '/C=FR/O=Operateur fictif/CN=autre.mss.test',
    [
      'basicConstraints=CA:FALSE',
      'extendedKeyUsage=serverAuth',
      `subjectAltName=DNS:${host},DNS:*.imap.mss.test,IP:127.0.0.1`,
      ...more,
    ],
    how,
  )
const good = server()
const verify = async (
  der: Uint8Array,
  more: { host?: string; chain?: Uint8Array[]; issuerCommonName?: string } = {},
  trust = trustIn(anchors),
) =>
  trust.verifyServer({
    chain: [der, ...(more.chain ?? [])],
    host: more.host ?? host,
    ...(more.issuerCommonName ? { issuerCommonName: more.issuerCommonName } : {}),
  })

test('ECO.1.1.5 ECO.1.1.10: a server is accepted by chain, dates, name, usage and issuing authority, and each defect has its code', async () => {
  expect(value(await verify(good.der))).toEqual({ revocation: 'unknown' })
  expect(code(await verify(good.der, { host: 'un.imap.mss.test' }))).toBe('ok')
  expect(code(await verify(good.der, { host: '127.0.0.1' }))).toBe('ok')
  for (const other of [
    'autre.mss.test',
    'a.b.imap.mss.test',
    'imap.mss.test',
    '127.0.0.2',
    'mail.mss.test.evil',
    '',
  ]) {
    expect(code(await verify(good.der, { host: other })), other).toBe('tls.host-mismatch')
  }
  expect(code(await verify(server([], { to: '2026-06-01' }).der))).toBe('tls.expired')
  expect(code(await verify(server([], { from: '2026-12-24' }).der))).toBe('tls.expired')
  const client = ['basicConstraints=CA:FALSE', 'extendedKeyUsage=clientAuth', `subjectAltName=DNS:${host}`]
  expect(code(await verify(people.person('/CN=x', client).der))).toBe('tls.wrong-usage')
  const self = pki.issue({
    subject: '/CN=x',
    extensions: [`subjectAltName=DNS:${host}`, 'extendedKeyUsage=serverAuth'],
  })
  expect(code(await verify(self.der))).toBe('tls.untrusted-authority')
  const expected = { issuerCommonName: 'TEST AC FICTIVE PERSONNES' }
  expect(code(await verify(good.der, expected))).toBe('ok')
  expect(code(await verify(good.der, { issuerCommonName: 'TEST AC FICTIVE ORGANISATIONS' }))).toBe(
    'tls.untrusted-authority',
  )
  expect(code(await trustIn(anchors).verifyServer({ chain: [], host }))).toBe('tls.handshake')
})

test('an intermediate may come from the server, but only a real authority below an anchor', async () => {
  const root = trustIn([people.root.der])
  expect(code(await verify(good.der, {}, root))).toBe('tls.untrusted-authority')
  expect(code(await verify(good.der, { chain: [people.authority.der] }, root))).toBe('ok')
  const extensions = [`subjectAltName=DNS:${host}`, 'extendedKeyUsage=serverAuth']
  // Signed by someone who is no authority.
  const below = pki.issue({ subject: '/CN=y', issuer: good, extensions })
  expect(code(await verify(below.der, { chain: [good.der] }))).toBe('tls.untrusted-authority')
  // Below an authority that may have no authority below it.
  const narrow = pki.issue({
    subject: '/CN=Etroite',
    issuer: people.root,
    extensions: ['basicConstraints=critical,CA:TRUE,pathlen:0', 'keyUsage=keyCertSign'],
  })
  const deep = pki.issue({ subject: '/CN=Profonde', issuer: narrow, extensions: authorityExtensions, key: 1 })
  const leaf = pki.issue({ subject: '/CN=z', issuer: deep, extensions })
  expect(code(await verify(leaf.der, { chain: [deep.der, narrow.der] }))).toBe('tls.untrusted-authority')
  const direct = pki.issue({ subject: '/CN=z', issuer: narrow, extensions })
  expect(code(await verify(direct.der, { chain: [narrow.der] }))).toBe('ok')
  // A critical extension nobody understands.
  const odd = server(['1.2.3.4=critical,ASN1:NULL'])
  expect(code(await verify(odd.der))).toBe('tls.untrusted-authority')
})

const listed = (serial = '0A0B') => server([`crlDistributionPoints=URI:${crlUrl}`], { serial })
const rootCrl = 'http://igc.test/CRL/ACR.crl'

test('ECO.1.1.6 ECO.1.1.7: lists are checked, the last good one kept for when the network is away, and never trusted stale', async () => {
  const leaf = listed()
  const authority = pki.issue({
    subject: '/CN=AC avec liste',
    issuer: people.root,
    extensions: [...authorityExtensions, `crlDistributionPoints=URI:${rootCrl}`],
    serial: '0A0A',
  })
  const under = pki.issue({
    subject: '/CN=q',
    issuer: authority,
    extensions: [
      'basicConstraints=CA:FALSE',
      'extendedKeyUsage=serverAuth',
      `subjectAltName=DNS:${host}`,
      `crlDistributionPoints=URI:${crlUrl}`,
    ],
    serial: '0C0D',
  })
  const chain = [authority.der]
  const lists = (revoked: string[], authorities: string[] = []) =>
    new Map([
      [crlUrl, pki.crl(authority, revoked)],
      [rootCrl, pki.crl(people.root, authorities)],
    ])
  const kept = new Map<string, Uint8Array>()
  const fetched: string[] = []
  const online = trustIn(anchors, { served: lists([]), kept, fetched, revocation: 'require' })
  expect(value(await verify(under.der, { chain }, online))).toEqual({ revocation: 'good' })
  expect(value(await verify(under.der, { chain }, online))).toEqual({ revocation: 'good' })
  expect(fetched.toSorted()).toEqual([crlUrl, rootCrl].toSorted())
  expect([...kept.keys()].toSorted()).toEqual([crlUrl, rootCrl].toSorted())

  const revoked = trustIn(anchors, { served: lists(['0C0D']) })
  expect(code(await verify(under.der, { chain }, revoked))).toBe('tls.revoked')
  const above = trustIn(anchors, { served: lists([], ['0A0A']) })
  expect(code(await verify(under.der, { chain }, above))).toBe('tls.revoked')
  const offline = trustIn(anchors, { kept, revocation: 'require' })
  expect(value(await verify(under.der, { chain }, offline))).toEqual({ revocation: 'good' })
  const later = trustIn(anchors, { kept, revocation: 'require', at: new Date('2027-02-01') })
  expect(code(await verify(under.der, { chain }, later))).toBe('tls.revocation-unknown')
  // Not the issuer's list, or no list at all.
  for (const list of [pki.crl(people.root, []), new Uint8Array([1, 2, 3])]) {
    const wrong = trustIn(anchors, { served: new Map([[crlUrl, list]]), revocation: 'require' })
    expect(code(await verify(leaf.der, {}, wrong))).toBe('tls.revocation-unknown')
  }
  const away = trustIn(anchors, { fetched: [], revocation: 'prefer' })
  expect(value(await verify(leaf.der, {}, away))).toEqual({ revocation: 'unknown' })
})

test('after a failed fetch the address is left alone for a while', async () => {
  const fetched: string[] = []
  const trust = trustIn(anchors, { fetched })
  const leaf = listed()
  await verify(leaf.der, {}, trust)
  await verify(leaf.der, {}, trust)
  expect(fetched).toEqual([crlUrl])
})

test('ECO.1.1.6: OCSP answers of the issuer are believed, about the right certificate only', async () => {
  const responder = 'http://ocsp.test'
  // The clock of `openssl ocsp` is the machine's.
  const at = new Date()
  const leaf = server([`authorityInfoAccess=OCSP;URI:${responder}/`], { serial: '0E0F' })
  const other = server([`authorityInfoAccess=OCSP;URI:${responder}`], { serial: '0E10' })
  const simple = trustIn([people.authority.der], { at })
  const facts = value(readCertificate(leaf.der))
  const issuer = value(readCertificate(people.authority.der))
  const url = ocspUrl(`${responder}/`, facts, issuer)
  const request = Buffer.from(decodeURIComponent(url.slice(responder.length + 1)), 'base64')
  const ask = (state: 'V' | 'R', signer = people.authority): Uint8Array => {
    const date = state === 'R' ? '250601000000Z' : ''
    const index = pki.put('index.txt', `${state}\t300101000000Z\t${date}\t0E0F\tunknown\t/CN=x\n`)
    const out = pki.file('answer.der')
    pki.openssl([
      'ocsp',
      '-index',
      index,
      '-CA',
      pki.put('ca.pem', people.authority.pem),
      '-rsigner',
      pki.put('rs.pem', signer.pem),
      '-rkey',
      pki.put('rk.pem', signer.keyPem),
      '-reqin',
      pki.put('req.der', request),
      '-respout',
      out,
      '-ndays',
      '1',
    ])
    return pki.read(out)
  }
  const check = (answer: Uint8Array, about = leaf) => {
    const address = ocspUrl(responder, value(readCertificate(about.der)), issuer)
    const served = new Map([[address, answer]])
    return verify(about.der, {}, trustIn([people.authority.der], { served, at, revocation: 'require' }))
  }
  expect(value(await check(ask('V')))).toEqual({ revocation: 'good' })
  expect(code(await check(ask('R')))).toBe('tls.revoked')
  expect(code(await check(ask('V'), other))).toBe('tls.revocation-unknown')
  expect(code(await check(ask('V', good)))).toBe('tls.revocation-unknown')
  const delegate = people.person('/CN=Repondeur', ['extendedKeyUsage=OCSPSigning'])
  expect(value(await check(ask('V', delegate)))).toEqual({ revocation: 'good' })
  const changed = Buffer.from(ask('V'))
  // A digit of the date that follows the serial.
  const digit = changed.indexOf(Buffer.from([2, 2, 0x0e, 0x0f])) + 16
  changed[digit] = (changed[digit] ?? 0) ^ 1
  expect(code(await check(changed))).toBe('tls.revocation-unknown')
  expect(value(await verify(leaf.der, {}, simple))).toEqual({ revocation: 'unknown' })
})

test('ECO.1.1.10: production takes the nine pinned authorities and no others', () => {
  const { anchors: taken } = trustIn(anchors, { environment: 'production' })
  expect(taken).toEqual({ accepted: 0, refused: 2 })
  expect(trustIn(anchors).anchors).toEqual({ accepted: 2, refused: 0 })
  expect(isPinned(people.root.der)).toBe(false)
  // Not an authority.
  expect(trustIn([good.der]).anchors).toEqual({ accepted: 0, refused: 1 })
})

test('anchors are read from PEM bundles, DER and p7b, whole or not at all', () => {
  const bundle = Buffer.from(`Racine\n${people.root.pem}\nIntermediaire\n${people.authority.pem}`)
  const both = [people.root.der, people.authority.der]
  expect(value(readAnchors(bundle))).toEqual(both)
  expect(value(readAnchors(people.root.der))).toEqual([people.root.der])
  const files = ['-certfile', pki.put('b.pem', bundle)]
  for (const form of ['DER', 'PEM']) {
    const p7b = pki.openssl(['crl2pkcs7', '-nocrl', ...files, '-outform', form])
    expect(value(readAnchors(new Uint8Array(p7b)))).toEqual(both)
  }
  expect(code(readAnchors(new Uint8Array()))).toBe('smime.malformed')
  expect(code(readAnchors(Buffer.from(bundle.toString().replace(/.{30}\n-----END/, '\n-----END'))))).toBe(
    'smime.malformed',
  )
  expect(code(readAnchors(new Uint8Array(5_000_000)))).toBe('smime.limit')
})

test('a summary shows identity as cards write it', () => {
  expect(value(summarise(people.card.der))).toMatchObject({
    nationalId: '899700000002',
    profession: 'Médecin',
    emails: [],
    notBefore: '2025-01-01T00:00:00.000Z',
    issuer: 'C=FR, O=TEST, CN=TEST AC FICTIVE PERSONNES',
  })
  expect(value(summarise(good.der)).nationalId).toBeNull()
  expect(code(summarise(new Uint8Array([0x30, 0x80, 0, 0])))).toBe('smime.malformed')
})

test('ECO.1.1.10: operators’ certificates are of the gamme Élémentaire, domaine Organisations, unless a policy says otherwise', () => {
  expect(serverIssuerOf({})).toBe('AC IGC-SANTE ELEMENTAIRE ORGANISATIONS')
  expect(serverIssuerOf({ environment: 'production' })).toBe('AC IGC-SANTE ELEMENTAIRE ORGANISATIONS')
  expect(serverIssuerOf({ serverIssuer: 'AC FICTIVE' })).toBe('AC FICTIVE')
  expect(serverIssuerOf({ environment: 'test' })).toBeUndefined()
})
