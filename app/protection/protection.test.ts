import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { ok, type CardState, type DraftContent } from '../contract/index.ts'
import { createSmime, openMessage, ownCapabilityOids, signEntity, summarise } from '../smime/index.ts'
import {
  authorityExtensions,
  code,
  contextFor,
  createPeople,
  createPki,
  entity,
  now,
  random,
  signWith,
  trustIn,
  value,
  type Issued,
} from '../smime/smime.fixture.ts'
import { runningStore } from '../vault/running.fixture.ts'
import { createProtection, type ProtectionDependencies } from './index.ts'

const pki = createPki()
const people = createPeople(pki)
const smime = createSmime({ workerEntry: join(import.meta.dirname, '../smime/worker.ts') })
afterAll(async () => {
  await smime.stop()
  pki.remove()
})
const encrypting = (more: string[] = []) => [
  'keyUsage=critical,keyEncipherment',
  'subjectAltName=email:camille@mss.test',
  ...more,
]
const signing = ['keyUsage=critical,digitalSignature', 'subjectAltName=email:camille@mss.test']
const both = ['keyUsage=digitalSignature,keyEncipherment', 'subjectAltName=email:camille@mss.test']
const name = '/C=FR/CN=Camille FICTIF'
const camille = people.person(name, encrypting())
const camilleSigns = people.person(name, signing)
const elsewhere = pki.issue({
  subject: '/C=FR/O=TEST/CN=TEST AUTRE AC FICTIVE',
  extensions: [...authorityExtensions, 'subjectKeyIdentifier=hash'],
  key: 1,
})
const own = people.confidentiality
const trust = trustIn([people.root.der, people.authority.der, elsewhere.der])
const address = 'camille@mss.test'
const fingerprint = (one: { der: Uint8Array }): string => value(summarise(one.der)).fingerprint

const started = (at = now, state: CardState = { state: 'no-reader' }) => {
  const vault = runningStore(() => at.getTime())
  const protection = createProtection({
    vault,
    card: { state: () => state } as unknown as ProtectionDependencies['card'],
    smime,
    trust,
    anchors: [people.authority.der],
    now: () => at,
    random,
  })
  const addKey = async (key: Issued): Promise<void> => {
    value(await protection.correspondents.see(key.der, 'own', at))
    value(await vault.run('keys.put', { fingerprint: fingerprint(key), pkcs8: new Uint8Array(key.pkcs8) }))
  }
  return { vault, addKey, ...protection }
}
/** A message of Camille, arrived on a day. */
const signed = async (by: Issued, chain: Issued[], day: string): Promise<Uint8Array> => {
  const made = await signEntity({
    entity,
    certificate: by.der,
    chain: [...chain, people.authority].map(({ der }) => der),
    sign: signWith(by),
    signingTime: new Date(`${day}T07:00:00Z`),
    random,
  })
  const received = `Received: from a by b; ${new Date(`${day}T07:01:00Z`).toUTCString()}`
  return Buffer.concat([Buffer.from(`${received}\r\nFrom: ${address}\r\n`), value(made)])
}
const wish = { sign: false, encrypt: true, from: 'alix@mss.test', recipients: [address] }
const algorithm = async (raw: Uint8Array): Promise<unknown> => {
  const keys = [{ certificate: own.der, pkcs8: own.pkcs8 }]
  const { encryption } = await openMessage(raw, contextFor(trust, 'alix@mss.test', { keys }))
  return encryption.status === 'decrypted' ? encryption.algorithm : encryption
}
const draft = (more: Partial<DraftContent>): DraftContent => ({
  ...{ accountId: 1, to: [{ name: '', address }], cc: [], bcc: [], subject: '', text: '', html: null },
  ...{ sign: false, encrypt: true, readReceipt: false },
  ...more,
})

test('a correspondent gets AES-GCM once a signed mail said that it is read there, AES-CBC before', async () => {
  const { correspondents, addKey, protect, open } = started()
  await addKey(own)
  value(await correspondents.importFile(Buffer.from(camille.pem)))
  expect(await algorithm(value(await protect(entity, wish)))).toBe('AES-256-CBC')
  const raw = await signed(camilleSigns, [camille], '2026-11-20')
  expect(value(await open(raw, [address], now)).signature.status).toBe('valid')
  expect(value(await correspondents.changes([address]))).toEqual([])
  expect(ownCapabilityOids()).toContain('2.16.840.1.101.3.4.1.46')
  expect(await algorithm(value(await protect(entity, wish)))).toBe('AES-256-GCM')
})

test('a renewal is told calmly, another issuer loudly; nothing is encrypted before the user says for which', async () => {
  const { correspondents, addKey, protect, open, check } = started()
  await addKey(own)
  const first = people.person(name, both, { from: '2025-02-01' })
  const renewed = people.person(name, both, { from: '2026-11-01', key: 1 })
  const stranger = pki.issue({ subject: name, issuer: elsewhere, extensions: both, from: '2026-11-02' })
  value(await open(await signed(first, [], '2026-10-01'), [address], now))
  expect(await check(draft({}))).toEqual([])
  value(await open(await signed(renewed, [], '2026-11-10'), ['Camille@MSS.test'], now))
  const [change, ...more] = value(await correspondents.changes(['CAMILLE@mss.test', address]))
  expect(more).toEqual([])
  expect(change).toMatchObject({
    address,
    before: { fingerprint: fingerprint(first) },
    after: { fingerprint: fingerprint(renewed) },
    ...{ uses: ['signature', 'encryption'], kind: 'renewal', sameKey: false, refused: false },
    firstSeen: '2026-11-10T07:01:00.000Z',
  })
  expect(code(await protect(entity, wish))).toBe('smime.certificate-changed')
  expect(await check(draft({}))).toMatchObject([{ kind: 'certificate-changed', blocking: true, address }])
  const decide = (one: Issued, take: boolean) =>
    correspondents.decide({ address, fingerprint: fingerprint(one), take })
  value(await decide(renewed, true))
  expect(value(await correspondents.changes([address]))).toEqual([])
  expect(value(await correspondents.recipient(address)).fingerprint).toBe(fingerprint(renewed))

  const raw = await signed(stranger, [elsewhere], '2026-11-12')
  expect(value(await open(raw, [address], now)).signature.status).toBe('valid')
  expect(value(await correspondents.changes([address]))).toMatchObject([{ kind: 'other-issuer' }])
  expect(code(await protect(entity, wish))).toBe('smime.certificate-changed')
  value(await decide(stranger, false))
  expect(value(await correspondents.changes([address]))).toMatchObject([{ refused: true }])
  expect(value(await correspondents.recipient(address)).fingerprint).toBe(fingerprint(renewed))
  expect(code(await decide(own, true))).toBe('vault.not-found')

  const [listed] = value(await correspondents.list('camille'))
  expect(listed?.certificates.map(({ state }) => state).sort()).toEqual(['current', 'former', 'refused'])
  expect(listed?.certificates.find(({ state }) => state === 'former')?.replacedBy).toBe(fingerprint(renewed))
})

test('a signature that is not believed brings no certificate; an imported file replaces none by itself', async () => {
  const { correspondents, open } = started()
  const raw = await signed(people.signer, [camille], '2026-11-10')
  expect(value(await open(raw, [address], now)).signature.status).not.toBe('valid')
  expect(value(await correspondents.list(''))).toEqual([])
  value(await correspondents.importFile(Buffer.from(camille.pem)))
  const other = people.person('/C=FR/CN=Claude FICTIF', encrypting(), { from: '2026-01-01' })
  value(await correspondents.importFile(Buffer.from(other.pem)))
  expect(value(await correspondents.changes([address]))).toMatchObject([{ kind: 'other-holder' }])
})

test('every key kept decrypts; the latest alone signs, is given to correspondents and receives the copy', async () => {
  const { keys, addKey, open, protect, correspondents } = started()
  const mine = (from: string, to: string, key: 0 | 1) =>
    people.person(
      '/C=FR/CN=Alix FICTIVE',
      ['keyUsage=digitalSignature,keyEncipherment', 'subjectAltName=email:alix@mss.test'],
      { from, to, key },
    )
  const former = mine('2023-01-01', '2026-01-01', 0)
  const latest = mine('2025-12-01', '2028-12-01', 1)
  await addKey(latest)
  await addKey(former)
  expect(value(await keys.list()).map((one) => [one.certificate.fingerprint, one.current])).toEqual(
    expect.arrayContaining([
      [fingerprint(latest), true],
      [fingerprint(former), false],
    ]),
  )
  expect(value(await correspondents.recipient('alix@mss.test')).fingerprint).toBe(fingerprint(latest))
  const sent = value(await protect(entity, { ...wish, sign: true, recipients: [] }))
  const raw = Buffer.concat([Buffer.from('From: alix@mss.test\r\n'), sent])
  const opened = value(await open(raw, ['alix@mss.test'], now))
  expect(opened.encryption.status).toBe('decrypted')
  expect(opened.signature).toMatchObject({ status: 'valid', signer: { fingerprint: fingerprint(latest) } })
  const { encryptEntity } = await import('../smime/index.ts')
  const old = value(encryptEntity({ entity, recipients: [former.der], random }))
  expect(value(await open(old, [], now)).encryption.status).toBe('decrypted')
  value(await keys.remove(fingerprint(former)))
  expect(value(await open(old, [], now)).encryption).toMatchObject({ error: { code: 'smime.no-key' } })
  expect(code(await keys.remove(fingerprint(former)))).toBe('vault.not-found')
})

test('one is warned 60 days before the end, once a day, of what nothing newer replaces; of correspondents when writing', async () => {
  const ends = new Date('2027-01-15T00:00:00Z')
  const mine = (to: string, key: 0 | 1 = 0) =>
    people.person(
      '/C=FR/CN=Alix FICTIVE',
      ['keyUsage=keyEncipherment', 'subjectAltName=email:alix@mss.test'],
      { to, key },
    )
  const ending = mine('2027-01-15')
  const at = async (day: string) => {
    const world = started(new Date(`${day}T08:00:00Z`))
    await world.addKey(ending)
    return world
  }
  expect(value(await (await at('2026-11-15')).keys.expiring(() => Promise.resolve(ok([]))))).toEqual([])
  const { keys, addKey, correspondents, check } = await at('2026-11-22')
  const expected = { kind: 'key', name: 'alix@mss.test', notAfter: ends.toISOString(), days: 53 }
  expect(value(await keys.expiring(() => Promise.resolve(ok([]))))).toEqual([expected])
  value(await keys.dismissExpiry())
  expect(value(await keys.expiring(() => Promise.resolve(ok([]))))).toEqual([])
  const next = await at('2027-01-16')
  expect(value(await next.keys.expiring(() => Promise.resolve(ok([]))))).toMatchObject([{ days: -2 }])
  await next.addKey(mine('2030-01-01', 1))
  expect(value(await next.keys.expiring(() => Promise.resolve(ok([]))))).toEqual([])

  await addKey(own)
  value(
    await correspondents.importFile(Buffer.from(people.person(name, encrypting(), { to: '2027-01-15' }).pem)),
  )
  const checks = await check(draft({}))
  expect(checks).toMatchObject([
    { kind: 'certificate-expiring', blocking: false, address, date: ends.toISOString() },
  ])
})

test('a key file is read in the thread and kept; a wrong password is told, and brings nothing', async () => {
  const { keys, open } = started()
  const files = ['-in', pki.put('c.pem', own.pem), '-inkey', pki.put('k.pem', own.keyPem)]
  const p12 = new Uint8Array(pki.openssl(['pkcs12', '-export', ...files, '-passout', 'pass:fictif']))
  expect(code(await keys.importFile(p12, 'autre'))).toBe('p12.wrong-passphrase')
  expect(value(await keys.list())).toEqual([])
  expect(value(await keys.importFile(p12, 'fictif'))).toMatchObject([{ fingerprint: fingerprint(own) }])
  const sealed = value(
    await smime.encrypt({ entity, recipients: [own.der], capabilities: new Map(), random }),
  )
  expect(value(await open(sealed, [], now)).encryption.status).toBe('decrypted')
})
