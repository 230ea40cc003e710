import { execFile } from 'node:child_process'
import { promises as dnsPromises } from 'node:dns'
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ImapFlow } from 'imapflow'
import { createTransport } from 'nodemailer'
import * as oidc from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { folderNames, people, sharedPrefix, startOperator } from './index.ts'
import type { Operator } from './index.ts'

const run = promisify(execFile)
const { anne, paul, secretary } = people
let operator: Operator
let scratch: string

beforeAll(async () => {
  operator = await startOperator()
  scratch = await mkdtemp(join(tmpdir(), 'souspli-operator-test-'))
})
afterAll(async () => {
  await operator.stop()
  await rm(scratch, { recursive: true })
  await expect(access(operator.folder)).rejects.toThrow()
})

const trust = async (): Promise<string[]> =>
  Promise.all((operator.policy.trustAnchors ?? []).map((file) => readFile(file, 'utf8')))

const imap = async (
  auth: { user: string } & ({ pass: string } | { accessToken: string }),
  target: Operator = operator,
): Promise<ImapFlow> => {
  const client = new ImapFlow({
    host: target.imap.address,
    port: target.imap.port,
    servername: target.imap.host,
    secure: false,
    doSTARTTLS: true,
    auth,
    tls: { ca: await trust() },
    logger: false,
  })
  client.on('error', () => undefined) // reported by the call that fails
  try {
    await client.connect()
  } catch (error) {
    client.close()
    throw error
  }
  return client
}

const submit = async (
  mail: { from: string; to: string[]; text?: string; subject?: string; size?: number; dsn?: object },
  auth: object = {
    user: mail.from,
    pass: Object.values(people).find((p) => p.address === mail.from)?.password,
  },
): Promise<{ accepted: string[]; rejected: string[] }> => {
  const transport = createTransport({
    host: operator.smtp.address,
    port: operator.smtp.port,
    requireTLS: true,
    auth,
    tls: { ca: await trust(), servername: operator.smtp.host },
  })
  try {
    const info = await transport.sendMail({
      from: mail.from,
      to: mail.to,
      subject: mail.subject ?? 'Essai',
      text: mail.text ?? 'Bonjour',
      ...(mail.size ? { attachments: [{ filename: 'gros.bin', content: Buffer.alloc(mail.size) }] } : {}),
      ...(mail.dsn ? { dsn: mail.dsn } : {}),
    })
    return { accepted: info.accepted.map(String), rejected: info.rejected.map(String) }
  } finally {
    transport.close()
  }
}

/** Obtains tokens as the product does: PKCE, loopback redirect, the login form filled in by the « browser ». */
const logIn = async (
  login: string,
): Promise<{ tokens: oidc.TokenEndpointResponse; config: oidc.Configuration }> => {
  const config = await oidc.discovery(
    new URL(operator.psc.issuer),
    operator.psc.clientId,
    undefined,
    oidc.None(),
    { execute: [oidc.allowInsecureRequests] },
  )
  const verifier = oidc.randomPKCECodeVerifier()
  const state = oidc.randomState()
  let arrived: (url: URL) => void
  const redirected = new Promise<URL>((resolve) => (arrived = resolve))
  const listener = createServer((request, response) => {
    arrived(new URL(request.url ?? '/', `http://127.0.0.1:${(listener.address() as AddressInfo).port}`))
    response.end()
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const redirect = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/retour`
  const start = oidc.buildAuthorizationUrl(config, {
    redirect_uri: redirect,
    scope: operator.psc.scope,
    acr_values: operator.psc.acrValues,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
  })
  const cookies = new Map<string, string>()
  const browse = async (url: URL, form?: URLSearchParams): Promise<{ url: URL; page: string }> => {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form ? { method: 'POST', body: form } : {}),
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      cookies.set(name, value)
    }
    const next = response.headers.get('location')
    if (next !== null) return browse(new URL(next, url))
    return { url, page: await response.text() }
  }
  const { url, page } = await browse(start)
  expect(page).toContain('Pro Santé Connect — simulation')
  expect(page).toContain('id="login"')
  expect(page).toContain('id="submit"')
  await browse(url, new URLSearchParams({ login }))
  const back = await redirected
  listener.close()
  const tokens = await oidc.authorizationCodeGrant(config, back, {
    pkceCodeVerifier: verifier,
    expectedState: state,
  })
  return { tokens, config }
}

describe('discovery', () => {
  it('answers SRV and A queries of the trust space, and nothing else', async () => {
    const resolver = new dnsPromises.Resolver()
    resolver.setServers([operator.dns.server])
    expect(await resolver.resolveSrv('_imap._tcp.medecin.mssante.test')).toMatchObject([
      { name: operator.imap.host, port: operator.imap.port, priority: 0, weight: 0 },
    ])
    expect(await resolver.resolveSrv('_submission._tcp.hopital-lilas.mssante.test')).toMatchObject([
      { name: operator.smtp.host, port: operator.smtp.port },
    ])
    expect(await resolver.resolve4(operator.imap.host)).toEqual(['127.0.0.1'])
    await expect(resolver.resolveSrv('_imap._tcp.exemple.test')).rejects.toMatchObject({ code: 'ENOTFOUND' })
    await expect(resolver.resolve6(operator.imap.host)).rejects.toMatchObject({ code: 'ENODATA' })
  })
})

describe('PKI', () => {
  const openssl = async (...args: string[]): Promise<string> => {
    const { stdout, stderr } = await run('openssl', args, { cwd: scratch }).catch(
      (error: unknown) => error as never,
    )
    return `${stdout}${stderr}`
  }
  const chainFile = async (): Promise<string> => {
    await writeFile(join(scratch, 'chain.pem'), (await trust()).join(''))
    return 'chain.pem'
  }

  it('issues certificates that OpenSSL verifies for their purpose and no other', async () => {
    const chain = await chainFile()
    const { servers } = operator.pki
    for (const kind of ['good', 'expired', 'other-authority'] as const) {
      await writeFile(join(scratch, `${kind}.pem`), servers[kind].pem)
    }
    const purpose = ['-purpose', 'sslserver', '-verify_hostname', operator.imap.host]
    expect(await openssl('verify', '-CAfile', chain, ...purpose, 'good.pem')).toContain('good.pem: OK')
    expect(await openssl('verify', '-CAfile', chain, ...purpose, 'expired.pem')).toContain('has expired')
    expect(await openssl('verify', '-CAfile', chain, ...purpose, 'other-authority.pem')).toMatch(
      /unable to get/,
    )

    const card = operator.pki.card('anne')
    await writeFile(join(scratch, 'auth.der'), card.authentication.certificateDer)
    await writeFile(join(scratch, 'sign.der'), card.signature.certificateDer)
    expect(await openssl('verify', '-CAfile', chain, '-purpose', 'sslclient', 'auth.der')).toContain('OK')
    expect(await openssl('verify', '-CAfile', chain, '-purpose', 'smimesign', 'auth.der')).toMatch(/purpose/)
    expect(await openssl('verify', '-CAfile', chain, '-purpose', 'smimesign', 'sign.der')).toContain('OK')
    expect(await openssl('verify', '-CAfile', chain, '-purpose', 'sslclient', 'sign.der')).toMatch(/purpose/)
  })

  it('lays card certificates out as a CPS does', async () => {
    const card = operator.pki.card('anne')
    await writeFile(join(scratch, 'auth.der'), card.authentication.certificateDer)
    await writeFile(join(scratch, 'sign.der'), card.signature.certificateDer)
    const auth = await openssl(
      'x509',
      '-inform',
      'der',
      '-in',
      'auth.der',
      '-noout',
      '-text',
      '-nameopt',
      'utf8',
    )
    expect(auth).toContain('CN=TEST AC IGC-SANTE FORT PERSONNES')
    expect(auth).toMatch(/C=FR, title=Médecin, GN=ANNE \+ SN=MARTIN \+ CN=899700000101/)
    expect(auth).toContain('UPN::899700000101@carte-cps.fr')
    expect(auth).toContain('8025000001/2900000101')
    const sign = await openssl('x509', '-inform', 'der', '-in', 'sign.der', '-noout', '-text')
    expect(sign).toMatch(/Key Usage: critical\s+Non Repudiation\n/)
    expect(sign).not.toContain('Alternative Name')
    expect(sign).not.toContain('@')
  })

  it('answers OCSP and CRLs, good then revoked', async () => {
    const chain = await chainFile()
    const { serial, pem } = await operator.pki.issue('ELEMENTAIRE ORGANISATIONS', {
      subject: [[['CN', 'essai de révocation']]],
      keyUsage: ['digitalSignature'],
    })
    await writeFile(join(scratch, 'leaf.pem'), pem)
    const issuer = operator.policy.trustAnchors?.find((file) => file.includes('ACI-EL-ORG')) ?? ''
    const text = await openssl('x509', '-in', 'leaf.pem', '-noout', '-text')
    const ocspUrl = /OCSP - URI:(\S+)/.exec(text)?.[1] ?? ''
    const crlUrl = /URI:(\S+\.crl)/.exec(text)?.[1] ?? ''
    const ask = () =>
      openssl('ocsp', '-issuer', issuer, '-cert', 'leaf.pem', '-url', ocspUrl, '-CAfile', chain)
    const check = async (): Promise<string> => {
      const crl = Buffer.from(await (await fetch(crlUrl)).arrayBuffer())
      await writeFile(join(scratch, 'list.crl'), crl)
      await openssl('crl', '-inform', 'der', '-in', 'list.crl', '-out', 'list.pem')
      return openssl('verify', '-CAfile', chain, '-CRLfile', 'list.pem', '-crl_check', 'leaf.pem')
    }
    const before = await ask()
    expect(before).toContain('Response verify OK')
    expect(before).toContain('leaf.pem: good')
    expect(before).not.toContain('WARNING')
    expect(await check()).toContain('leaf.pem: OK')
    operator.pki.revoke(serial)
    expect(await ask()).toContain('leaf.pem: revoked')
    expect(await check()).toContain('certificate revoked')
  })

  it('exports p12 files that open with their passphrase only', async () => {
    const { confidentiality, passphrase } = operator.pki.software('paul')
    await writeFile(join(scratch, 'paul.p12'), confidentiality.p12)
    const opened = await openssl('pkcs12', '-in', 'paul.p12', '-passin', `pass:${passphrase}`, '-nodes')
    expect(opened).toContain('BEGIN PRIVATE KEY')
    expect(await openssl('pkcs12', '-in', 'paul.p12', '-passin', 'pass:faux')).toContain('invalid password')
  })
})

describe('IMAP', () => {
  it('takes no password before STARTTLS', async () => {
    const socket = connect(operator.imap.port, operator.imap.address)
    const next = () =>
      new Promise<string>((resolve) => socket.once('data', (chunk) => resolve(chunk.toString())))
    expect(await next()).toContain('LOGINDISABLED')
    const refused = next()
    socket.write(`a LOGIN ${anne.address} ${anne.password}\r\n`)
    expect(await refused).toContain('PRIVACYREQUIRED')
    socket.destroy()
  })

  it('opens a mailbox with PLAIN after STARTTLS and offers what the sync engine needs', async () => {
    const client = await imap({ user: anne.address, pass: anne.password })
    for (const name of [
      'IDLE',
      'MOVE',
      'UIDPLUS',
      'CONDSTORE',
      'QRESYNC',
      'NAMESPACE',
      'SPECIAL-USE',
      'QUOTA',
      'ACL',
    ]) {
      expect(client.capabilities.has(name), name).toBe(true)
    }
    expect(client.secureConnection).toBe(true)
    const folders = await client.list()
    const roles = new Map(folders.map(({ path, specialUse }) => [path, specialUse]))
    expect(roles.get(folderNames.sent)).toBe('\\Sent')
    expect(roles.get(folderNames.drafts)).toBe('\\Drafts')
    expect(roles.get(folderNames.trash)).toBe('\\Trash')
    await client.logout()
    await expect(imap({ user: anne.address, pass: 'faux' })).rejects.toMatchObject({
      authenticationFailed: true,
    })
  })

  it('shows the secretary’s shared mailbox to the practitioner, and to nobody else', async () => {
    await operator.deliver({
      from: paul.address,
      to: secretary.address,
      raw: `From: ${paul.address}\r\nSubject: Rendez-vous\r\nMessage-ID: <rdv@essai.test>\r\n\r\nBonjour\r\n`,
    })
    const client = await imap({ user: anne.address, pass: anne.password })
    const shared = `${sharedPrefix}/${secretary.address}`
    const status = await client.status(shared, { messages: true })
    expect(status && status.messages).toBe(1)
    await client.logout()
    const paths = (await operator.mailbox('paul').folders()).map(({ path }) => path)
    expect(paths.filter((path) => path.startsWith(`${sharedPrefix}/`))).toEqual([])
  })

  it('goes down and comes back on the same port', async () => {
    await operator.imapDown()
    await expect(imap({ user: anne.address, pass: anne.password })).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    })
    await operator.imapUp()
    await (await imap({ user: anne.address, pass: anne.password })).logout()
  })

  it('presents the certificate a failure test asks for', async () => {
    const codes = { expired: 'CERT_HAS_EXPIRED', 'wrong-host': 'ERR_TLS_CERT_ALTNAME_INVALID' } as const
    for (const [kind, code] of Object.entries(codes)) {
      await operator.useServerCertificate(kind as keyof typeof codes)
      await expect(imap({ user: anne.address, pass: anne.password })).rejects.toMatchObject({ code })
    }
    await operator.useServerCertificate('other-authority')
    await expect(imap({ user: anne.address, pass: anne.password })).rejects.toThrow(/certificate/)
    await expect(submit({ from: anne.address, to: [paul.address] })).rejects.toThrow(/certificate/)
    await operator.useServerCertificate('good')
    await (await imap({ user: anne.address, pass: anne.password })).logout()
  })
})

describe('Pro Santé Connect, simulated', () => {
  it('gives a token by PKCE that opens the mailbox by XOAUTH2, with its real claims', async () => {
    const { tokens, config } = await logIn('anne')
    const { sub = '', acr } =
      (tokens as oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers).claims() ?? {}
    expect(acr).toBe('eidas1')
    expect(tokens.expires_in).toBe(120)
    const user = await oidc.fetchUserInfo(config, tokens.access_token, sub)
    expect(user).toMatchObject({
      SubjectNameID: '899700000101',
      preferred_username: '899700000101',
      family_name: 'MARTIN',
      given_name: 'Anne',
      SubjectRole: ['10^1.2.250.1.213.1.1.5.5'],
    })
    await (await imap({ user: anne.address, accessToken: tokens.access_token })).logout()
    await expect(imap({ user: paul.address, accessToken: tokens.access_token })).rejects.toMatchObject({
      authenticationFailed: true,
    })
    await expect(imap({ user: anne.address, accessToken: 'faux' })).rejects.toMatchObject({
      authenticationFailed: true,
    })
    const auth = { type: 'OAuth2', user: anne.address, accessToken: tokens.access_token }
    expect(await submit({ from: anne.address, to: [paul.address] }, auth)).toMatchObject({
      accepted: [paul.address],
    })
    expect(operator.received.at(-1)).toMatchObject({ authentication: 'XOAUTH2', to: [paul.address] })
    const renewed = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '')
    expect(renewed.access_token).not.toBe(tokens.access_token)
    await (await imap({ user: anne.address, accessToken: renewed.access_token })).logout()
  })

  it('refuses a token past its end', async () => {
    operator.psc.setLifetimes({ access: 1 })
    const { tokens } = await logIn('899700000202')
    operator.psc.setLifetimes({ access: 120 })
    const refused = async (): Promise<unknown> =>
      imap({ user: paul.address, accessToken: tokens.access_token }).then(
        (client) => client.logout().then(() => null),
        (error: unknown) => error,
      )
    await expect.poll(refused, { timeout: 5_000 }).toMatchObject({ authenticationFailed: true })
    const auth = { type: 'OAuth2', user: paul.address, accessToken: tokens.access_token }
    await expect(submit({ from: paul.address, to: [anne.address] }, auth)).rejects.toMatchObject({
      responseCode: 535,
    })
  })

  it('can be out of order', async () => {
    operator.psc.setOutage(true)
    await expect(logIn('anne')).rejects.toThrow()
    operator.psc.setOutage(false)
    await expect(logIn('anne')).resolves.toBeDefined()
  })
})

describe('submission', () => {
  it('refuses recipients outside the trust space and unknown boxes, with a sentence', async () => {
    await expect(submit({ from: anne.address, to: ['quelquun@exemple.test'] })).rejects.toMatchObject({
      responseCode: 550,
      response: expect.stringMatching(/5\.7\.1 .*espace de confiance/) as unknown,
    })
    await expect(submit({ from: anne.address, to: ['inconnu@medecin.mssante.test'] })).rejects.toMatchObject({
      response: expect.stringContaining('5.1.1') as unknown,
    })
    expect(await submit({ from: anne.address, to: [paul.address, 'x@exemple.test'] })).toEqual({
      accepted: [paul.address],
      rejected: ['x@exemple.test'],
    })
    operator.smtp.refuseNext(paul.address)
    await expect(submit({ from: anne.address, to: [paul.address] })).rejects.toMatchObject({
      responseCode: 550,
    })
    expect(await submit({ from: anne.address, to: [paul.address] })).toMatchObject({
      accepted: [paul.address],
    })
  })

  it('refuses another’s address, a wrong password and a message over the limit', async () => {
    const auth = { user: anne.address, pass: anne.password }
    await expect(submit({ from: paul.address, to: [anne.address] }, auth)).rejects.toMatchObject({
      responseCode: 550,
    })
    await expect(
      submit({ from: anne.address, to: [paul.address] }, { user: anne.address, pass: 'faux' }),
    ).rejects.toMatchObject({ responseCode: 535 })
    operator.smtp.setSizeLimit(100_000)
    await expect(submit({ from: anne.address, to: [paul.address], size: 200_000 })).rejects.toMatchObject({
      responseCode: 552,
    })
    operator.smtp.setSizeLimit(25 * 1024 * 1024)
    await submit({ from: anne.address, to: [paul.address], size: 200_000 })
  })

  it('delivers byte for byte what was sent and reports success and failure to the sender', async () => {
    const dsn = { id: 'env-1', return: 'headers', notify: ['success', 'failure'], recipient: anne.address }
    operator.smtp.bounceNext(people.hospital.address)
    const subject = 'Avis demandé'
    await submit({ from: anne.address, to: [paul.address, people.hospital.address], subject, dsn })
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
      submit({ from: anne.address, to: [paul.address], subject: 'Sans réponse' }),
    ).rejects.toThrow()
    expect(operator.received.length).toBe(count + 1)
    await operator.smtpDown()
    await expect(submit({ from: anne.address, to: [paul.address] })).rejects.toMatchObject({
      code: 'ESOCKET',
    })
    await operator.smtpUp()
    await submit({ from: anne.address, to: [paul.address] })
  })
})

describe('the world itself', () => {
  it('takes several hundred messages with flags and dates in less than three seconds', async () => {
    const day = (index: number): Date => new Date(Date.UTC(2026, 0, 1 + index, 8))
    const messages = Array.from({ length: 600 }, (_, index) => ({
      folder: index % 3 === 0 ? folderNames.archive : 'INBOX',
      flags: index % 2 === 0 ? ['\\Seen', '\\Answered'] : [],
      date: day(index),
      raw: Buffer.from(`From: a@bioval.mssante.test\r\nSubject: n° ${index}\r\n\r\n${'x'.repeat(8_000)}\r\n`),
    }))
    const before = performance.now()
    await operator.fill('laboratory', messages)
    const inbox = await operator.mailbox('laboratory').list()
    expect(performance.now() - before).toBeLessThan(3_000)
    expect(inbox).toHaveLength(400)
    expect(inbox[0]).toMatchObject({ date: day(1), flags: expect.not.arrayContaining(['\\Seen']) as unknown })
    expect(inbox[1]?.flags).toEqual(expect.arrayContaining(['\\Seen', '\\Answered']))
    const uid = inbox.at(-1)?.uid ?? 0
    expect(await operator.mailbox('laboratory').source(uid)).toEqual(
      messages[599]?.folder === 'INBOX' ? messages[599].raw : messages[598]?.raw,
    )
  })

  it('runs beside another of its kind', async () => {
    const other = await startOperator({ imap: { qresync: false } })
    try {
      expect(other.imap.port).not.toBe(operator.imap.port)
      await other.deliver({
        from: paul.address,
        to: anne.address,
        raw: 'Message-ID: <ailleurs@x>\r\n\r\n.\r\n',
      })
      await other.mailbox('anne').waitFor(({ messageId }) => messageId === '<ailleurs@x>')
      expect(
        (await operator.mailbox('anne').list()).some(({ messageId }) => messageId === '<ailleurs@x>'),
      ).toBe(false)
    } finally {
      await other.stop()
    }
  })

  it('leaves no server behind when its process dies', async () => {
    const entry = JSON.stringify(new URL('./index.ts', import.meta.url).href)
    const script = `const { startOperator } = await import(${entry})
      const { folder } = await startOperator(); process.stdout.write(folder)
      setInterval(() => process.kill(process.pid, 'SIGKILL'), 10)`
    const died = await run(process.execPath, ['--input-type=module', '-e', script]).catch(
      (error: unknown) => error,
    )
    const { stdout: folder } = died as { stdout: string }
    expect(folder).toContain('souspli-operator-')
    await expect
      .poll(
        () =>
          access(folder).then(
            () => 'there',
            () => 'gone',
          ),
        { timeout: 10_000 },
      )
      .toBe('gone')
    const { stdout: processes } = await run('ps', ['-eo', 'args'])
    expect(processes).not.toContain(folder)
  })
})
