import { expect, test } from 'vitest'
import type { Ins } from '../contract/index.ts'
import { insStatus, isMinor, matriculeDisagreements, patientMail, type MailSubject } from './patient-mail.ts'

const key = (thirteen: string): string =>
  String(97 - Number(BigInt(thirteen.replace('2A', '19').replace('2B', '18')) % 97n)).padStart(2, '0')
const ins = (thirteen: string, kind: Ins['kind'] = 'nir'): Ins => ({
  matricule: thirteen + key(thirteen),
  oid: `1.2.250.1.213.1.4.${{ nir: 8, nia: 9, test: 10, demonstration: 11 }[kind]}`,
  kind,
  keyValid: true,
})
const marie = ins('2781135121518')
const rules = { domain: 'patient.mssante.fr', testIdentities: false, now: Date.UTC(2026, 10, 22, 12) }
const subject = (more: Partial<MailSubject> = {}): MailSubject => ({
  sex: 'F',
  birthDate: '1978-11-26',
  identities: [{ ins: marie, qualified: true }],
  sharesMatricule: false,
  opposed: false,
  ...more,
})
const one = (number: Ins | null, qualified = true) => [{ ins: number, qualified }]

test('the address is the matricule with its key, for a qualified INS and no other (ECO.2.2.6, INS/va1.53)', () => {
  expect(patientMail(subject(), rules)).toMatchObject({
    address: `${marie.matricule}@patient.mssante.fr`,
    refusal: null,
    disagreements: [],
  })
  const refusals: [Partial<MailSubject>, string][] = [
    [{ identities: one(null) }, 'no-ins'],
    [{ identities: one(marie, false) }, 'not-qualified'],
    [{ identities: one({ ...marie, keyValid: false }) }, 'wrong-key'],
    [{ identities: one({ ...marie, matricule: '27811351215188' }) }, 'wrong-key'],
    [{ identities: one(ins('2781135121518', 'test')) }, 'test-identity'],
    [{ identities: one(ins('2781135121518', 'demonstration')) }, 'test-identity'],
    [{ sharesMatricule: true }, 'several-identities'],
    [{ identities: [...one(marie), ...one(ins('2781135121519'))] }, 'several-identities'],
    [{ opposed: true }, 'opposed'],
  ]
  for (const [more, refusal] of refusals)
    expect(patientMail(subject(more), rules), refusal).toMatchObject({ address: null, refusal })
})

test('test identities are written to where the policy says test', () => {
  const test = subject({ identities: one(ins('2781135121518', 'test')) })
  expect(patientMail(test, { ...rules, testIdentities: true }).address).toMatch(/^\d{15}@/)
})

test('of a temporary and a definitive number the definitive one is written to', () => {
  const nia = ins('2781199121518', 'nia')
  expect(patientMail(subject({ identities: [...one(nia), ...one(marie)] }), rules).address).toBe(
    `${marie.matricule}@patient.mssante.fr`,
  )
  expect(patientMail(subject({ identities: one(nia) }), rules).address).not.toBeNull()
})

test('a minor is written to on the own address (ENS-2)', () => {
  const child = ins('2150135121518')
  const mail = patientMail(subject({ birthDate: '2015-01-21', identities: one(child) }), rules)
  expect(mail).toMatchObject({ minor: true, address: `${child.matricule}@patient.mssante.fr` })
  expect(isMinor('2008-11-22', rules.now)).toBe(false)
  expect(isMinor('2008-11-23', rules.now)).toBe(true)
  expect(isMinor(null, rules.now)).toBe(false)
})

test('matricule and traits are compared, sexes 1/2/3/4/7/8, months beyond 12 and Corsica included', () => {
  const disagreements = (thirteen: string, sex: 'M' | 'F' | 'U', birthDate: string | null) =>
    matriculeDisagreements(ins(thirteen), { sex, birthDate })
  expect(disagreements('2781135121518', 'F', '1978-11-26')).toEqual([])
  expect(disagreements('1781135121518', 'F', '1979-12-26')).toEqual(['sex', 'birth-year', 'birth-month'])
  for (const digit of '137') expect(disagreements(`${digit}781135121518`, 'M', '1978-11-26')).toEqual([])
  for (const digit of '248') expect(disagreements(`${digit}781135121518`, 'F', '1978-11-26')).toEqual([])
  for (const month of ['20', '31', '42', '50', '99'])
    expect(disagreements(`278${month}35121518`, 'F', '1978-03-01')).toEqual([])
  for (const corsica of ['2A', '2B'])
    expect(disagreements(`27811${corsica}121518`, 'F', '1978-11-26')).toEqual([])
  expect(disagreements('2781135121518', 'U', null)).toEqual([])
  // A hundred years old or just born: the century is not in the number.
  expect(disagreements('2781135121518', 'F', '2078-11-26')).toEqual([])
  expect(patientMail(subject({ identities: one(ins('27811' + '2A' + '121518')) }), rules).address).toContain(
    '2A',
  )
})

test('the status of an INS', () => {
  expect([
    insStatus(null, false),
    insStatus(marie, true),
    insStatus(marie, false),
    insStatus({ ...marie, keyValid: false }, true),
    insStatus({ ...marie, kind: 'test' }, true),
  ]).toEqual(['none', 'qualified', 'unqualified', 'wrong-key', 'test'])
})
