import { createServer, type AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openIdentity } from '../identity/identity.fixture.ts'
import { people, startOperator, type Operator } from '../../test/operator/index.ts'
import type { NewAccount, Policy } from '../contract/index.ts'
import { ok } from '../contract/errors.ts'
import { openImap } from './imap/connection.ts'
import { letter, openPractice, type Practice } from './mail.fixture.ts'
import { createResolver } from './net/resolver.ts'
import { openSubmission } from './outbox/submission.ts'
import { code, value } from './outcome.fixture.ts'

const { anne, paul } = people

/** A practice whose accounts log in as `policy` has it, with the clock of its identity. */
const practiceWith = async (operator: Operator, policy: Pick<Policy, 'psc' | 'oneTimeCode'>) => {
  const late: { practice: Practice | null } = { practice: null }
  const opened = openIdentity(policy, {
    onProofs: (concerned, there) => late.practice?.mail.proofsChanged(concerned, there),
  })
  const { prove, login } = opened.identity
  const practice = await openPractice(operator, { logins: ['psc', 'password-otp', 'password'], prove, login })
  late.practice = practice
  return { ...opened, practice }
}

const create = async (practice: Practice, auth: NewAccount['auth']) => {
  const found = value(await practice.mail.discover(anne.address))
  return await practice.mail.createAccount({
    address: anne.address,
    displayName: anne.displayName,
    kind: 'personal',
    imap: found.imap,
    smtp: found.smtp,
    auth,
  })
}

const connectionOf = (practice: Practice) => practice.witness.state.accounts[0]?.connection
const becomes = (practice: Practice, state: string) =>
  practice.witness.until(state, () => (connectionOf(practice)?.state === state ? true : undefined))
const whole = (practice: Practice) =>
  practice.witness.until('all is here', () =>
    connectionOf(practice)?.state === 'online' && practice.witness.state.phase === 'idle' ? true : undefined,
  )

const send = async (practice: Practice, accountId: number, subject: string): Promise<void> => {
  const draft = value(await practice.mail.drafts.create({ kind: 'new', accountId, sourceId: null }))
  const content = { ...draft.content, to: [{ name: '', address: paul.address }], subject }
  value(await practice.mail.drafts.save(draft.id, content))
  value(await practice.mail.drafts.send(draft.id, {}))
}
const arrives = (operator: Operator, subject: string) =>
  operator.mailbox('paul').waitFor((message) => message.subject === subject)

describe('mailboxes by token and by code', () => {
  let operator: Operator
  beforeAll(async () => {
    operator = await startOperator()
  })
  afterAll(() => operator.stop())

  it('uses XOAUTH2 where the server offers both (ECO.1.2.1)', async () => {
    const { practice } = await practiceWith(operator, operator.policy)
    const account = value(await create(practice, { kind: 'psc' }))
    await whole(practice)
    await send(practice, account.id, 'Par XOAUTH2')
    await expect.poll(() => operator.received.at(-1)?.authentication).toBe('XOAUTH2')
    await practice.close()
  })

  it('closes with the session, waits, and loses nothing (ECO.1.2.6)', async () => {
    const { identity, clock, practice } = await practiceWith(operator, operator.policy)
    const account = value(await create(practice, { kind: 'psc' }))
    await operator.deliver({
      from: paul.address,
      to: anne.address,
      raw: letter(paul.address, anne.address, 'À relire'),
    })
    const row = await practice.witness.until('new mail', () =>
      [...practice.witness.rows.values()].find(({ subject }) => subject === 'À relire'),
    )
    await whole(practice)
    // Nobody at the keyboard for half an hour; what is synchronised meanwhile prolongs nothing.
    await clock.advance(30 * 60_000)
    await becomes(practice, 'login-required')
    value(await practice.mail.setFlag([row.id], 'flagged', true))
    await send(practice, account.id, 'Écrit pendant l’absence')
    expect(practice.witness.state.outbox).toHaveLength(1)
    expect(value(await practice.mail.rawMessage(row.id)).byteLength).toBeGreaterThan(0)
    value(await identity.start({ way: 'browser' }))
    await arrives(operator, 'Écrit pendant l’absence')
    await expect
      .poll(
        async () =>
          (await operator.mailbox('anne').list()).find(({ subject }) => subject === 'À relire')?.flags,
      )
      .toContain('\\Flagged')
    await practice.close()
  })

  it('reopens by itself while the session lasts, and is readable while the provider is away (ECO.1.2.7)', async () => {
    const { identity, clock, practice } = await practiceWith(operator, operator.policy)
    value(await create(practice, { kind: 'psc' }))
    await whole(practice)
    const logins = operator.psc.asked('authorization_code')
    operator.psc.setOutage(true)
    await operator.imapDown()
    await clock.advance(150_000)
    await operator.imapUp()
    await practice.witness.until('told', () => {
      const connection = connectionOf(practice)
      return connection?.state === 'error' && connection.error.code === 'auth.provider-unavailable'
        ? true
        : undefined
    })
    expect(identity.state().awaySince).not.toBeNull()
    expect(practice.witness.rows.size).toBeGreaterThan(0)
    operator.psc.setOutage(false)
    await becomes(practice, 'online')
    expect(operator.psc.asked('authorization_code')).toBe(logins)
    await practice.close()
  })

  it.each(['endpoint', 'saslPlain'] as const)(
    'opens with a password and a one-time code (%s)',
    async (shape) => {
      const { identity, practice } = await practiceWith(operator, { oneTimeCode: operator.codes[shape] })
      const give = async (): Promise<void> => {
        value(await identity.askCode({ address: anne.address, user: null, password: anne.password }))
        const sent = shape === 'endpoint' ? operator.codes.sentTo('anne') : operator.codes.giveTo('anne')
        value(await identity.giveCode(anne.address, sent))
      }
      const auth = { kind: 'password-otp', user: null, password: null } as const
      expect(code(await create(practice, auth))).toBe('auth.login-required')
      if (shape === 'saslPlain') {
        value(await identity.askCode({ address: anne.address, user: null, password: anne.password }))
        value(await identity.giveCode(anne.address, 'wrong'))
        expect(code(await create(practice, auth))).toBe('auth.code-wrong')
      }
      await give()
      const account = value(await create(practice, auth))
      await whole(practice)
      await send(practice, account.id, `Par code ${shape}`)
      await arrives(operator, `Par code ${shape}`)
      await expect
        .poll(() => operator.received.at(-1)?.authentication)
        .toBe(shape === 'endpoint' ? 'XOAUTH2' : 'PLAIN')
      expect(value(await practice.vault.run('accounts.list', {}))[0]?.password).toBeNull()
      // Over at the operator: asked again, and what was to be sent goes then.
      operator.codes.endSessions()
      await send(practice, account.id, `Après ${shape}`)
      await operator.imapDown()
      await operator.imapUp()
      await becomes(practice, 'login-required')
      await give()
      await arrives(operator, `Après ${shape}`)
      await practice.close()
    },
  )
})

describe('servers with another choice of mechanisms', () => {
  it('uses OAUTHBEARER where that is all there is, and renews once what is refused', async () => {
    const operator = await startOperator({ mechanisms: ['OAUTHBEARER'] })
    const { identity, practice } = await practiceWith(operator, operator.policy)
    const account = value(await create(practice, { kind: 'psc' }))
    await whole(practice)
    await send(practice, account.id, 'Par OAUTHBEARER')
    await expect.poll(() => operator.received.at(-1)?.authentication).toBe('OAUTHBEARER')
    // Every session ends at the provider: refused, renewed in vain, and the user is asked.
    const renewals = operator.psc.asked('refresh_token')
    operator.psc.endSessions()
    await operator.imapDown()
    await operator.imapUp()
    await becomes(practice, 'login-required')
    // A refusal of the provider is asked once more before it is believed.
    expect(operator.psc.asked('refresh_token')).toBe(renewals + 2)
    expect(identity.state().session).toEqual({ state: 'closed', reason: 'over' })
    await practice.close()
    await operator.stop()
  })

  it('does not offer, nor try, what a server does not take', async () => {
    const operator = await startOperator({ mechanisms: ['PLAIN'] })
    const { practice } = await practiceWith(operator, operator.policy)
    expect(value(await practice.mail.discover(anne.address)).auth).toEqual(['password-otp', 'password'])
    expect(code(await create(practice, { kind: 'psc' }))).toBe('auth.mechanism-unavailable')
    await practice.close()
    await operator.stop()
  })
})

describe('SEC-STARTTLS: a token is said over verified TLS alone', () => {
  /** A server that never starts TLS, and everything it hears. */
  const listen = async (greeting: string, answer: (line: string) => string) => {
    const heard: string[] = []
    const server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.write(greeting)
      socket.on('data', (chunk) => {
        heard.push(chunk.toString('latin1'))
        for (const line of chunk.toString('latin1').split('\r\n').filter(Boolean)) socket.write(answer(line))
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    return { heard, port, stop: () => new Promise((resolve) => server.close(resolve)) }
  }
  const secret = 'jeton-qui-ne-doit-pas-partir'
  const token = () => Promise.resolve(ok({ kind: 'token' as const, accessToken: secret }))
  const verification = {
    resolver: createResolver({}),
    anchors: () => [],
    verifyServer: () => Promise.resolve(ok(null)),
  }
  const never = new AbortController().signal
  const told = (heard: string[]) => {
    const text = heard.join('')
    const coded = Buffer.from(`user=${anne.address}\u0001auth=Bearer ${secret}\u0001\u0001`).toString(
      'base64',
    )
    return text.includes(secret) || text.includes(coded) || /AUTH|LOGIN /i.test(text)
  }

  it('not to an IMAP server without STARTTLS, even one that offers XOAUTH2 in clear', async () => {
    const server = await listen('* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] bonjour\r\n', (line) => {
      const [tag = 'A'] = line.split(' ')
      return /CAPABILITY/.test(line)
        ? `* CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2\r\n${tag} OK\r\n`
        : `${tag} BAD\r\n`
    })
    const endpoint = { host: '127.0.0.1', port: server.port, security: 'starttls' } as const
    const opened = await openImap(verification, endpoint, anne.address, token, { idle: false, signal: never })
    expect(code(opened)).toBe('tls.starttls-missing')
    expect(told(server.heard)).toBe(false)
    await server.stop()
  })

  it('not to a submission server without STARTTLS', async () => {
    const server = await listen('220 bonjour\r\n', (line) =>
      /^EHLO/.test(line) ? '250-bonjour\r\n250 AUTH XOAUTH2 PLAIN\r\n' : '502 non\r\n',
    )
    const endpoint = { host: '127.0.0.1', port: server.port, security: 'starttls' } as const
    expect(code(await openSubmission(verification, endpoint, anne.address, token, never))).toBe(
      'tls.starttls-missing',
    )
    expect(told(server.heard)).toBe(false)
    await server.stop()
  })

  it('not to a server whose certificate is not believed', async () => {
    const operator = await startOperator()
    const { identity, practice } = await practiceWith(operator, operator.policy)
    value(await identity.start({ way: 'browser' }))
    await operator.useServerCertificate('wrong-host')
    const introspected = operator.psc.asked('introspection')
    expect(code(await create(practice, { kind: 'psc' }))).toBe('tls.host-mismatch')
    expect(operator.psc.asked('introspection')).toBe(introspected)
    await practice.close()
    await operator.stop()
  })
})
