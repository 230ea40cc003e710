import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as oidc from 'openid-client'
import { imapClient, logIn, submitMail } from './clients.ts'
import { people, startOperator } from './index.ts'
import type { Operator } from './index.ts'

const { anne, paul } = people
let operator: Operator
beforeAll(async () => {
  operator = await startOperator()
})
afterAll(() => operator.stop())

describe('Pro Santé Connect, simulated', () => {
  it('gives a token by PKCE that opens the mailbox by XOAUTH2, with its real claims', async () => {
    const { tokens, config } = await logIn(operator, 'anne')
    const claims = tokens.claims()
    expect(claims?.acr).toBe('eidas1')
    expect(tokens.expires_in).toBe(120)
    const user = await oidc.fetchUserInfo(config, tokens.access_token, claims?.sub ?? '')
    expect(user).toMatchObject({
      SubjectNameID: '899700000101',
      preferred_username: '899700000101',
      family_name: 'MARTIN',
      given_name: 'Anne',
      SubjectRole: ['10^1.2.250.1.213.1.1.5.5'],
    })
    await (await imapClient(operator, { user: anne.address, accessToken: tokens.access_token })).logout()
    await expect(
      imapClient(operator, { user: paul.address, accessToken: tokens.access_token }),
    ).rejects.toMatchObject({
      authenticationFailed: true,
    })
    await expect(imapClient(operator, { user: anne.address, accessToken: 'faux' })).rejects.toMatchObject({
      authenticationFailed: true,
    })
    const auth = { type: 'OAuth2', user: anne.address, accessToken: tokens.access_token }
    expect(await submitMail(operator, { from: anne.address, to: [paul.address] }, auth)).toMatchObject({
      accepted: [paul.address],
    })
    expect(operator.received.at(-1)).toMatchObject({ authentication: 'XOAUTH2', to: [paul.address] })
    const renewed = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '')
    expect(renewed.access_token).not.toBe(tokens.access_token)
    await (await imapClient(operator, { user: anne.address, accessToken: renewed.access_token })).logout()
  })

  it('refuses a token past its end', async () => {
    operator.psc.setLifetimes({ access: 1 })
    const { tokens } = await logIn(operator, '899700000202')
    operator.psc.setLifetimes({ access: 120 })
    const refused = async (): Promise<unknown> =>
      imapClient(operator, { user: paul.address, accessToken: tokens.access_token }).then(
        (client) => client.logout().then(() => null),
        (error: unknown) => error,
      )
    await expect.poll(refused).toMatchObject({ authenticationFailed: true })
    const auth = { type: 'OAuth2', user: paul.address, accessToken: tokens.access_token }
    await expect(
      submitMail(operator, { from: paul.address, to: [anne.address] }, auth),
    ).rejects.toMatchObject({
      responseCode: 535,
    })
  })

  it('can be out of order', async () => {
    operator.psc.setOutage(true)
    await expect(logIn(operator, 'anne')).rejects.toThrow()
    operator.psc.setOutage(false)
    await expect(logIn(operator, 'anne')).resolves.toBeDefined()
  })
})

describe('submission', () => {
  it('refuses recipients outside the trust space and unknown boxes, with a sentence', async () => {
    await expect(
      submitMail(operator, { from: anne.address, to: ['quelquun@exemple.test'] }),
    ).rejects.toMatchObject({
      responseCode: 550,
      response: expect.stringMatching(/5\.7\.1 .*espace de confiance/) as unknown,
    })
    await expect(
      submitMail(operator, { from: anne.address, to: ['inconnu@medecin.mssante.test'] }),
    ).rejects.toMatchObject({
      response: expect.stringContaining('5.1.1') as unknown,
    })
    expect(await submitMail(operator, { from: anne.address, to: [paul.address, 'x@exemple.test'] })).toEqual({
      accepted: [paul.address],
      rejected: ['x@exemple.test'],
    })
    operator.smtp.refuseNext(paul.address)
    await expect(submitMail(operator, { from: anne.address, to: [paul.address] })).rejects.toMatchObject({
      responseCode: 550,
    })
    expect(await submitMail(operator, { from: anne.address, to: [paul.address] })).toMatchObject({
      accepted: [paul.address],
    })
  })

  it('refuses another’s address, a wrong password and a message over the limit', async () => {
    const auth = { user: anne.address, pass: anne.password }
    await expect(
      submitMail(operator, { from: paul.address, to: [anne.address] }, auth),
    ).rejects.toMatchObject({
      responseCode: 550,
    })
    await expect(
      submitMail(operator, { from: anne.address, to: [paul.address] }, { user: anne.address, pass: 'faux' }),
    ).rejects.toMatchObject({ responseCode: 535 })
    operator.smtp.setSizeLimit(100_000)
    await expect(
      submitMail(operator, { from: anne.address, to: [paul.address], size: 200_000 }),
    ).rejects.toMatchObject({
      responseCode: 552,
    })
    operator.smtp.setSizeLimit(25 * 1024 * 1024)
    await submitMail(operator, { from: anne.address, to: [paul.address], size: 200_000 })
  })

  it('delivers, and reports success and failure to the sender', async () => {
    const dsn = { id: 'env-1', return: 'headers', notify: ['success', 'failure'], recipient: anne.address }
    operator.smtp.bounceNext(people.hospital.address)
    const subject = 'Avis demandé'
    await submitMail(operator, {
      from: anne.address,
      to: [paul.address, people.hospital.address],
      subject,
      dsn,
    })
    const { messageId, undelivered } = operator.received.at(-1) ?? {}
    expect(undelivered).toEqual([people.hospital.address])
    const there = await operator.mailbox('paul').waitFor((message) => message.messageId === messageId)
    expect(there).toMatchObject({ subject, from: anne.address })
    const source = async (title: string): Promise<string> => {
      const view = operator.mailbox('anne')
      const { uid } = await view.waitFor((message) => message.subject === title)
      return (await view.source(uid)).toString()
    }
    const failed = await source('Message non remis')
    expect(failed).toContain('multipart/report; report-type=delivery-status')
    expect(failed).toContain(`Final-Recipient: rfc822; ${people.hospital.address}`)
    expect(failed).toContain('Action: failed')
    expect(failed).toContain('Original-Envelope-Id: env-1')
    expect(failed).toContain(`Message-ID: ${messageId ?? '?'}`)
    expect(await source('Message remis')).toContain('Action: delivered')
  })

  it('can lose the reply after taking a message, and be down', async () => {
    const count = operator.received.length
    operator.smtp.dropNextReply()
    await expect(
      submitMail(operator, { from: anne.address, to: [paul.address], subject: 'Sans réponse' }),
    ).rejects.toThrow()
    expect(operator.received.length).toBe(count + 1)
    await operator.smtpDown()
    await expect(submitMail(operator, { from: anne.address, to: [paul.address] })).rejects.toMatchObject({
      code: 'ESOCKET',
    })
    await operator.smtpUp()
    await submitMail(operator, { from: anne.address, to: [paul.address] })
  })
})
