import { afterAll, expect, test } from 'vitest'
import type { SignatureStatus } from '../contract/verdict.ts'
import { holderName, readCertificate } from './certificate.ts'
import { openMessage } from './open.ts'
import { signEntity } from './sign.ts'
import {
  contextFor,
  createPeople,
  createPki,
  crlUrl,
  entity,
  now,
  random,
  signerExtensions,
  signWith,
  trustIn,
  value,
  type Issued,
} from './smime.fixture.ts'

const pki = createPki()
afterAll(pki.remove)
const people = createPeople(pki)
// The authority itself is on no list: as the only anchor it needs none.
const anchors = [people.authority.der]
const extensions = signerExtensions('alix@mss.test')

const signedBy = async (signer: Issued, signingTime: Date): Promise<Uint8Array> =>
  value(
    await signEntity({
      entity,
      certificate: signer.der,
      chain: [],
      sign: signWith(signer),
      signingTime,
      random,
    }),
  )
const judged = async (
  raw: Uint8Array,
  arrivedAt: string,
  served = new Map<string, Uint8Array>(),
): Promise<SignatureStatus> => {
  const context = contextFor(trustIn(anchors, { served }), 'alix@mss.test', {
    arrivedAt: new Date(arrivedAt),
  })
  return (await openMessage(raw, context)).signature
}

test('an old signature stays good once its certificate has expired; one made afterwards does not', async () => {
  const signer = people.person('/CN=Ancien', extensions, { to: '2026-06-01' })
  const then = await signedBy(signer, new Date('2026-05-01T08:00:00Z'))
  expect(await judged(then, '2026-05-01T08:01:00Z')).toMatchObject({ status: 'valid' })
  // Said to be signed before, arrived after: whoever holds the key today can say that.
  expect(await judged(then, '2026-07-01T08:00:00Z')).toMatchObject({ reasons: ['expired'] })
  const late = await signedBy(signer, new Date('2026-07-01T08:00:00Z'))
  expect(await judged(late, '2026-05-01T08:00:00Z')).toMatchObject({ reasons: ['expired'] })
  // An arrival in the future is today.
  expect(await judged(then, '2027-05-01T08:00:00Z')).toMatchObject({ reasons: ['expired'] })
})

test('a certificate revoked after the arrival was good then; the list may have forgotten an expired one', async () => {
  const signer = people.person('/CN=Revoque', extensions, { serial: '0A77', to: '2026-08-01' })
  // The fixture revokes on 1 January 2026.
  const listed = new Map([[crlUrl, pki.crl(people.authority, ['0A77'])]])
  const before = await signedBy(signer, new Date('2025-12-01T08:00:00Z'))
  expect(await judged(before, '2025-12-01T09:00:00Z', listed)).toMatchObject({
    status: 'valid',
    revocation: 'good',
  })
  const after = await signedBy(signer, new Date('2026-02-01T08:00:00Z'))
  expect(await judged(after, '2026-02-01T09:00:00Z', listed)).toMatchObject({ reasons: ['revoked'] })
  const silent = new Map([[crlUrl, pki.crl(people.authority, [])]])
  expect(await judged(after, '2026-02-01T09:00:00Z', silent)).toMatchObject({
    status: 'valid',
    revocation: 'unknown',
  })
  expect(await judged(await signedBy(people.signer, now), now.toISOString(), silent)).toMatchObject({
    status: 'valid',
    revocation: 'good',
  })
})

test('holders are named as people write them', () => {
  const name = (subject: string): string =>
    holderName(value(readCertificate(pki.issue({ subject, extensions: ['basicConstraints=CA:FALSE'] }).der)))
  expect(name('/C=FR/title=Médecin/GN=ANNE+CN=899700000001+SN=Durand')).toBe('Anne DURAND')
  expect(name('/C=FR/GN=JEAN-PIERRE/SN=FICTIF/CN=1')).toBe('Jean-Pierre FICTIF')
  expect(name('/C=FR/GN=ÉLOÏSE MARIE/SN=FICTIVE/CN=1')).toBe('Éloïse Marie FICTIVE')
  expect(name('/C=FR/GN=Marie-Ève/SN=FICTIVE/CN=1')).toBe('Marie-Ève FICTIVE')
  expect(name('/C=FR/O=Laboratoire fictif/CN=resultats@bioval.mss.test')).toBe('Laboratoire fictif')
  expect(name('/C=FR/O=Opérateur fictif/CN=mail.mss.test')).toBe('Opérateur fictif')
  expect(name('/C=FR/O=Hôpital fictif/CN=Service de cardiologie')).toBe('Service de cardiologie')
  expect(name('/C=FR/CN=mail.mss.test')).toBe('mail.mss.test')
})
