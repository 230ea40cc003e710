import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Outcome } from '../contract/errors.ts'
import { people, startOperator, type Operator } from '../../test/operator/index.ts'
import { openIdentity } from './identity.fixture.ts'

const { anne } = people
const account = { address: anne.address, auth: 'password-otp' as const, password: null, card: null }
const code = (outcome: Outcome<unknown>): string => (outcome.ok ? 'ok' : outcome.error.code)
const asked = { address: anne.address, user: null, password: anne.password }

describe('password and one-time code', () => {
  let operator: Operator
  beforeAll(async () => {
    operator = await startOperator()
  })
  afterAll(() => operator.stop())
  const open = (shape: 'endpoint' | 'saslPlain' = 'endpoint', more: object = {}) =>
    openIdentity({ oneTimeCode: { ...operator.codes[shape], ...more } })

  it('has the code sent, and opens a session with it', async () => {
    const { identity, proofs } = open()
    expect(code(await identity.prove(account))).toBe('auth.login-required')
    expect(await identity.askCode(asked)).toMatchObject({
      value: { sentBy: 'sms', destination: '06 •• •• •• 42', digits: 6 },
    })
    expect(code(await identity.giveCode(anne.address, ` ${operator.codes.sentTo('anne')} `))).toBe('ok')
    const proof = await identity.prove(account)
    expect(proof).toMatchObject({ value: { kind: 'token' } })
    expect(proofs).toEqual([`password-otp ${anne.address} there`])
    // Refused by a server, it is over: the user is asked again.
    expect(code(await identity.prove(account, proof.ok ? proof.value : undefined))).toBe(
      'auth.login-required',
    )
  })
  it('logs in under the name that is typed (8 + RPPS)', async () => {
    const { identity } = open('endpoint', { user: 'typed' })
    expect(identity.state().oneTimeCode).toEqual({ digits: 6, asksUser: true, keepsPassword: false })
    expect(code(await identity.askCode({ ...asked, user: `8${anne.rpps}` }))).toBe('ok')
  })
  it('says what is wrong: password, code, a code too late, an operator that is away', async () => {
    const { identity, clock } = open()
    expect(code(await identity.askCode({ ...asked, password: 'non' }))).toBe('auth.failed')
    expect(code(await identity.giveCode(anne.address, '000000'))).toBe('auth.login-required')
    await identity.askCode(asked)
    const wrong = operator.codes.sentTo('anne') === '000000' ? '000001' : '000000'
    expect(code(await identity.giveCode(anne.address, wrong))).toBe('auth.code-wrong')
    await clock.advance(301_000)
    expect(code(await identity.giveCode(anne.address, operator.codes.sentTo('anne')))).toBe(
      'auth.code-expired',
    )
    const away = open('endpoint', { url: 'http://127.0.0.1:9/' })
    expect(code(await away.identity.askCode(asked))).toBe('auth.provider-unavailable')
    const plain = open('endpoint', { url: 'http://operateur.exemple.test/' })
    expect(code(await plain.identity.askCode(asked))).toBe('auth.mechanism-unavailable')
    expect(code(await openIdentity({}).identity.askCode(asked))).toBe('auth.mechanism-unavailable')
  })
  it('gives up after three wrong codes', async () => {
    const { identity } = open()
    await identity.askCode(asked)
    for (let tries = 0; tries < 3; tries++)
      expect(code(await identity.giveCode(anne.address, 'wrong'))).toBe('auth.code-wrong')
    expect(code(await identity.giveCode(anne.address, operator.codes.sentTo('anne')))).toBe(
      'auth.code-expired',
    )
  })
  it('puts the code behind the password in the other shape, and tells a wrong one from one that is over', async () => {
    const { identity, clock } = open('saslPlain', { separator: '+', sessionMinutes: 60 })
    await identity.askCode(asked)
    expect(code(await identity.giveCode(anne.address, '123456'))).toBe('ok')
    const proof = await identity.prove(account)
    expect(proof).toEqual({
      ok: true,
      value: { kind: 'password', password: `${anne.password}+123456`, user: anne.address, once: true },
    })
    expect(code(await identity.prove(account, proof.ok ? proof.value : undefined))).toBe('auth.code-wrong')
    await identity.askCode(asked)
    await identity.giveCode(anne.address, '654321')
    await identity.prove(account)
    await clock.advance(61 * 60_000)
    expect(code(await identity.prove(account))).toBe('auth.login-required')
  })
  it('forgets everything when the mailbox closes', async () => {
    const { identity } = open()
    await identity.askCode(asked)
    await identity.giveCode(anne.address, operator.codes.sentTo('anne'))
    identity.end()
    expect(code(await identity.prove(account))).toBe('auth.login-required')
  })
})
