import { expect, test } from 'vitest'
import type { SendCheck, TrustClass } from '../../contract/index.ts'
import { unconfirmedPatient } from './draft-checks.ts'

const check = (address: string, trust: TrustClass): SendCheck => ({
  ...{ kind: 'recipient-trusted', blocking: false, address, trust, size: null, limit: null },
})
const leo = '190067511300117@patient.mssante.test'

test('each patient written to is confirmed, by address, whatever its letters; nobody else is asked for', () => {
  const checks = [check('paul@medecin.mssante.test', 'professional'), check(leo, 'patient')]
  expect(unconfirmedPatient(checks, [])).toMatchObject({
    ok: false,
    error: { code: 'compose.patient-unconfirmed', details: { address: leo } },
  })
  expect(unconfirmedPatient(checks, ['paul@medecin.mssante.test'])).not.toBeNull()
  expect(unconfirmedPatient(checks, [leo.toUpperCase()])).toBeNull()
  expect(unconfirmedPatient(checks.slice(0, 1), [])).toBeNull()
})
