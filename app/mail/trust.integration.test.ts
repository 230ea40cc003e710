import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { people, startOperator, type Operator } from '../../test/operator/index.ts'
import { openIdentity } from '../identity/identity.fixture.ts'
import { fail, ok } from '../contract/errors.ts'
import { createAccountFor, openPractice, type Practice } from './mail.fixture.ts'
import { serverCapabilities } from './imap/connection.ts'
import { createResolver } from './net/resolver.ts'
import { code, value } from './outcome.fixture.ts'

const { anne } = people

describe('servers that must not be trusted', () => {
  let operator: Operator
  let practice: Practice

  beforeAll(async () => {
    operator = await startOperator()
    practice = await openPractice(operator)
  })
  afterEach(async () => {
    await operator.useServerCertificate('good')
    operator.dns.up()
  })
  afterAll(async () => {
    await practice.close()
    await operator.stop()
  })

  it.each([
    ['other-authority', 'tls.untrusted-authority'],
    ['expired', 'tls.expired'],
    ['wrong-host', 'tls.host-mismatch'],
  ] as const)('ECO.1.1.5 ECO.1.1.10: refuses a certificate: %s', async (kind, expected) => {
    await operator.useServerCertificate(kind)
    expect(code(await createAccountFor(practice, 'anne'))).toBe(expected)
    expect(value(await practice.mail.listAccounts())).toEqual([])
  })

  it('says what a verified server offers before any login, and nothing of another', async () => {
    const { imap } = value(await practice.mail.discover(anne.address))
    const ask = () => serverCapabilities(peer, imap, new AbortController().signal)
    const peer = {
      resolver: createResolver({ servers: [operator.dns.server] }),
      anchors: () => (operator.policy.trustAnchors ?? []).map((file) => readFileSync(file, 'utf8')),
      verifyServer: () => Promise.resolve(ok(null)),
    }
    expect([...value(await ask())]).toEqual(expect.arrayContaining(['AUTH=PLAIN', 'AUTH=XOAUTH2']))
    await operator.useServerCertificate('other-authority')
    expect(code(await ask())).toBe('tls.untrusted-authority')
    const gone = new AbortController()
    gone.abort()
    expect(code(await serverCapabilities(peer, imap, gone.signal))).toBe('net.closed')
  })

  // That no credential was sent by then is read from the bytes in test/invariants/hostile-servers.test.ts.
  it('ECO.1.1.6: refuses what the domain refuses (revocation, usage)', async () => {
    const strict = await openPractice(operator, { verifyServer: () => Promise.resolve(fail('tls.revoked')) })
    expect(code(await createAccountFor(strict, 'anne'))).toBe('tls.revoked')
    await strict.close()
  })

  it('ECO.1.0.1 ECO.1.0.2: refuses a server without STARTTLS', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.write('* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] bonjour\r\n')
      socket.on('data', (data) => {
        const tag = data.toString().split(' ')[0] ?? ''
        socket.write(`* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n${tag} OK fait\r\n`)
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0
    const found = value(await practice.mail.discover(anne.address))
    const outcome = await practice.mail.createAccount({
      address: anne.address,
      displayName: 'Anne',
      kind: 'personal',
      imap: { host: '127.0.0.1', port, security: 'starttls' },
      smtp: found.smtp,
      auth: { kind: 'password', password: 'secret' },
    })
    server.close()
    expect(code(outcome)).toBe('tls.starttls-missing')
  })

  it('says that a server is down, and that discovery failed', async () => {
    await operator.imapDown()
    expect(code(await createAccountFor(practice, 'anne'))).toBe('net.unreachable')
    await operator.imapUp()
    await operator.smtpDown()
    expect(code(await createAccountFor(practice, 'anne'))).toBe('net.unreachable')
    await operator.smtpUp()
    expect(code(await practice.mail.discover('quelquun@inconnu.mssante.test'))).toBe(
      'account.discovery-failed',
    )
    expect(code(await practice.mail.discover('pas une adresse'))).toBe('account.address-invalid')
  })
})

describe('an account by Pro Santé Connect', () => {
  it('asks to log in again when the session ends between its two connections', async () => {
    const operator = await startOperator()
    // IMAP and SMTP when the account is made, then the connection that shows the mailbox; the one for bodies is too late.
    let asked = 0
    let loggedInAgain = false
    const practice = await openPractice(operator, {
      prove: (account) =>
        Promise.resolve(
          ++asked <= 3 || loggedInAgain
            ? ok({ kind: 'password', password: account.password ?? '' })
            : fail('auth.login-required', { retry: 'after-login' }),
        ),
    })
    const account = value(await createAccountFor(practice, 'anne'))
    const state = () => practice.witness.state.accounts[0]?.connection.state
    await practice.witness.until('login wanted', () => (state() === 'login-required' ? true : undefined))
    loggedInAgain = true
    value(await practice.mail.login(account.id))
    await practice.witness.until('online', () => (state() === 'online' ? true : undefined))
    await practice.witness.until('all done', () =>
      practice.witness.state.phase === 'idle' ? true : undefined,
    )
    await practice.close()
    await operator.stop()
  })

  it('logs in by XOAUTH2 on both servers, and asks again when the session has ended', async () => {
    const operator = await startOperator()
    const { identity } = openIdentity(operator.policy)
    const practice = await openPractice(operator, {
      prove: identity.prove,
      login: identity.login,
    })
    const found = value(await practice.mail.discover(anne.address))
    const account = value(
      await practice.mail.createAccount({
        address: anne.address,
        displayName: anne.displayName,
        kind: 'personal',
        imap: found.imap,
        smtp: found.smtp,
        auth: { kind: 'psc' },
      }),
    )
    const state = () => practice.witness.state.accounts[0]?.connection.state
    await practice.witness.until('online', () => (state() === 'online' ? true : undefined))
    identity.end()
    await practice.restart()
    await practice.witness.until('login wanted', () => (state() === 'login-required' ? true : undefined))
    value(await practice.mail.login(account.id))
    await practice.witness.until('online again', () => (state() === 'online' ? true : undefined))
    await practice.close()
    await operator.stop()
  })
})
