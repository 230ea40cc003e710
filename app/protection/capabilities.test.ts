import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { fail, ok } from '../contract/index.ts'
import { createSmime, openMessage, ownCapabilityOids, signEntity, summarise } from '../smime/index.ts'
import {
  contextFor,
  createPeople,
  createPki,
  entity,
  now,
  random,
  signWith,
  trustIn,
  value,
} from '../smime/smime.fixture.ts'
import { createProtection, type ProtectionDependencies } from './index.ts'

const pki = createPki()
const people = createPeople(pki)
const smime = createSmime({ workerEntry: join(import.meta.dirname, '../smime/worker.ts') })
afterAll(async () => {
  await smime.stop()
  pki.remove()
})
const camille = people.person('/C=FR/CN=Camille fictif', [
  'keyUsage=critical,keyEncipherment',
  'subjectAltName=email:camille@mss.test',
])
const own = people.confidentiality
const fingerprint = (der: Uint8Array): string => value(summarise(der)).fingerprint

/** A store of two certificates, ours and a correspondent's, and what was noted of them. */
const storeOf = (noted: Map<string, { algorithms: string[]; statedAt: number }>) => {
  const stored = new Map([
    ['alix@mss.test', { fingerprint: fingerprint(own.der), der: own.der, source: 'own', addedAt: 1 }],
    [
      'camille@mss.test',
      { fingerprint: fingerprint(camille.der), der: camille.der, source: 'import', addedAt: 1 },
    ],
  ])
  const answers: Record<string, (given: never) => unknown> = {
    'certificates.forAddress': ({ address }: { address: string }) =>
      [stored.get(address)].filter((one) => one !== undefined),
    'certificates.capabilities': (given: { fingerprint: string }) =>
      noted.get(given.fingerprint)?.algorithms ?? [],
    'certificates.noteCapabilities': (given: {
      fingerprint: string
      algorithms: string[]
      statedAt: number
    }) => void noted.set(given.fingerprint, given),
    'certificates.put': () => undefined,
    'keys.list': () => [{ ...stored.get('alix@mss.test'), pkcs8: new Uint8Array(own.pkcs8) }],
  }
  const run = (name: string, given: unknown) => {
    const answer = answers[name]
    return Promise.resolve(answer ? ok(answer(given as never)) : fail('core.internal', { details: { name } }))
  }
  return { run } as unknown as ProtectionDependencies['vault']
}
const trust = trustIn([people.root.der, people.authority.der])
const protectionWith = (noted: Parameters<typeof storeOf>[0]) =>
  createProtection({
    vault: storeOf(noted),
    card: {} as ProtectionDependencies['card'],
    smime,
    trust,
    anchors: [people.authority.der],
    now: () => now,
    random,
  })
const wish = { sign: false, encrypt: true, from: 'alix@mss.test', recipients: ['camille@mss.test'] }
const algorithm = async (raw: Uint8Array): Promise<unknown> => {
  const keys = [{ certificate: own.der, pkcs8: own.pkcs8 }]
  const { encryption } = await openMessage(raw, contextFor(trust, 'alix@mss.test', { keys }))
  return encryption.status === 'decrypted' ? encryption.algorithm : encryption
}

test('a correspondent gets AES-GCM once a signed mail said that it is read there, AES-CBC before', async () => {
  const noted = new Map<string, { algorithms: string[]; statedAt: number }>()
  const { protect, open } = protectionWith(noted)
  expect(await algorithm(value(await protect(entity, wish)))).toBe('AES-256-CBC')
  const signed = await signEntity({
    entity,
    certificate: people.person('/C=FR/CN=Camille fictif', [
      'keyUsage=digitalSignature',
      'subjectAltName=email:camille@mss.test',
    ]).der,
    chain: [camille.der, people.authority.der],
    sign: signWith(people.signer),
    signingTime: new Date(now.getTime() - 1000),
    random,
  })
  const raw = Buffer.concat([Buffer.from('From: camille@mss.test\r\n'), value(signed)])
  expect(value(await open(raw, ['camille@mss.test'], now)).signature.status).toBe('valid')
  expect(noted.get(fingerprint(camille.der))?.algorithms).toEqual(ownCapabilityOids())
  expect(await algorithm(value(await protect(entity, wish)))).toBe('AES-256-GCM')
})
