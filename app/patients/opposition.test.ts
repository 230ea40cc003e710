import { expect, test } from 'vitest'
import { fail, ok, type Outcome } from '../contract/index.ts'
import type { StoredPatient, Vault } from '../vault/index.ts'
import { createPatients } from './patients.ts'

const domain = 'patient.mssante.test'
const matricule = '190067511300117'
const leo = `${matricule}@${domain}`

/** Fictitious. */
const person = (id: number, oppositions: StoredPatient['oppositions']): StoredPatient => ({
  ...{ id, joinedTo: null, birthName: 'DURAND', usedName: null, firstName: 'LEO', birthGivenNames: null },
  ...{ sex: 'M', birthDate: '1990-06-14', birthPlace: null, ins: null, qualified: false, ipps: [] },
  ...{ joined: [], sharesMatricule: false, oppositions, messageCount: 0, documentCount: 0, unread: 0 },
  ...{ lastAt: null, alert: null, proposals: 0 },
})
const to = (kind: 'patient-mail' | 'professional-mail') => [{ kind, since: 0, note: '' }]

const opposedAmong = (found: Outcome<StoredPatient[]>, addresses: string[]) => {
  const run = (_: string, params: { matricule: string }): Promise<Outcome<StoredPatient[]>> =>
    Promise.resolve(params.matricule === matricule ? found : ok([]))
  return createPatients({
    // The one operation that is asked for.
    vault: { run } as unknown as Vault,
    policy: {},
    patientDomain: () => domain,
    reading: () => 0,
    now: () => 0,
    announce: () => Promise.resolve(),
    changed: () => undefined,
  }).opposedAmong(addresses)
}

test('MSS/va1.20: who opposes is found by address, whatever else is wrong with the identity', async () => {
  const others = ['paul@medecin.mssante.test', `290067511300117@${domain}`]
  expect(await opposedAmong(ok([person(1, to('patient-mail'))]), [...others, leo.toUpperCase()])).toEqual(
    ok(leo.toUpperCase()),
  )
  // Two persons of the base with the same matricule: the opposition of either holds.
  expect(await opposedAmong(ok([person(1, []), person(2, to('patient-mail'))]), [leo])).toEqual(ok(leo))
})

test('MSS/va1.20: nobody else is kept from being written to, and a base that cannot be read says so', async () => {
  expect(await opposedAmong(ok([person(1, [])]), [leo])).toEqual(ok(null))
  expect(await opposedAmong(ok([person(1, to('professional-mail'))]), [leo])).toEqual(ok(null))
  expect(await opposedAmong(ok([]), [leo])).toEqual(ok(null))
  // The same local part elsewhere is somebody else.
  expect(
    await opposedAmong(ok([person(1, to('patient-mail'))]), [`${matricule}@medecin.mssante.test`]),
  ).toEqual(ok(null))
  expect(await opposedAmong(fail('vault.locked'), [leo])).toMatchObject({
    error: { code: 'vault.locked' },
  })
})
