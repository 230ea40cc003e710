import { expect, test } from 'vitest'
import type { SendCheck, TrustClass } from '../../contract/index.ts'
import { blocked, recipientCheck, unconfirmedPatient } from './draft-checks.ts'

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

test('WL-CHECK: what an address is to the mailbox it is written from, and what keeps a message from leaving', () => {
  const classes: Record<string, TrustClass> = {
    'paul@medecin.mssante.test': 'professional',
    'labo@ch.mssante.test': 'organisation',
    [leo]: 'patient',
    'jean@exemple.com': 'outside',
    'neuf@mssante.test': 'unknown',
  }
  const told = (address: string, from: 'personal' | 'generic') => {
    const { kind, blocking, trust } = recipientCheck(address, (one) => classes[one] ?? 'outside', from)
    return [kind, blocking, trust]
  }
  const of = (from: 'personal' | 'generic') => Object.keys(classes).map((address) => told(address, from))
  expect(of('personal')).toEqual([
    ['recipient-trusted', false, 'professional'],
    ['recipient-trusted', false, 'organisation'],
    ['recipient-trusted', false, 'patient'],
    ['recipient-outside', true, 'outside'],
    ['recipient-unknown', false, 'unknown'],
  ])
  expect(of('generic')).toEqual([
    ['generic-to-trust-space', true, 'professional'],
    ['generic-to-trust-space', true, 'organisation'],
    ['generic-to-trust-space', true, 'patient'],
    ['recipient-unknown', false, 'outside'],
    ['recipient-unknown', false, 'unknown'],
  ])
  expect(told('pas une adresse', 'personal')).toEqual(['address-invalid', true, null])
  expect(blocked(recipientCheck('jean@exemple.com', () => 'outside', 'personal'))).toMatchObject({
    error: { code: 'compose.recipient-outside', details: { address: 'jean@exemple.com' } },
  })
})
