import { execFile } from 'node:child_process'
import { promises as dnsPromises } from 'node:dns'
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { imapClient, submitMail } from './clients.ts'
import { answerDns } from './dns.ts'
import { folderNames, people, sharedPrefix, startOperator } from './index.ts'
import type { Operator } from './index.ts'
import { landmarks } from './seed/index.ts'

const run = promisify(execFile)
const { anne, paul, secretary } = people
let operator: Operator
beforeAll(async () => {
  operator = await startOperator()
})
afterAll(async () => {
  await operator.stop()
  await expect(access(operator.folder)).rejects.toThrow()
})

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

  it('survives any packet', () => {
    const records = { hosts: new Map([['a.test', '127.0.0.1']]), services: new Map() }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const answer = answerDns(Buffer.from(bytes), records)
        expect(answer === null || answer.length >= 17).toBe(true)
      }),
    )
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
    const client = await imapClient(operator, { user: anne.address, pass: anne.password })
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
    await expect(imapClient(operator, { user: anne.address, pass: 'faux' })).rejects.toMatchObject({
      authenticationFailed: true,
    })
  })

  it('shows the secretary’s shared mailbox to the practitioner, and to nobody else', async () => {
    await operator.deliver({
      from: paul.address,
      to: secretary.address,
      raw: `From: ${paul.address}\r\nSubject: Rendez-vous\r\nMessage-ID: <rdv@essai.test>\r\n\r\nBonjour\r\n`,
    })
    const client = await imapClient(operator, { user: anne.address, pass: anne.password })
    const shared = `${sharedPrefix}/${secretary.address}`
    const status = await client.status(shared, { messages: true })
    expect(status && status.messages).toBe(1)
    await client.logout()
    const paths = (await operator.mailbox('paul').folders()).map(({ path }) => path)
    expect(paths.filter((path) => path.startsWith(`${sharedPrefix}/`))).toEqual([])
  })

  it('tells an idling client of new mail at once', async () => {
    const client = await imapClient(operator, { user: anne.address, pass: anne.password })
    await client.mailboxOpen('INBOX')
    const told = new Promise<{ count: number; prevCount: number }>((resolve) =>
      client.once('exists', resolve),
    )
    const idling = client.idle()
    await operator.deliver({ from: paul.address, to: anne.address, raw: 'Subject: Vite\r\n\r\nBonjour\r\n' })
    const { count, prevCount } = await told
    expect(count).toBe(prevCount + 1)
    await client.logout()
    await idling
  })

  it('goes down and comes back on the same port', async () => {
    await operator.imapDown()
    await expect(imapClient(operator, { user: anne.address, pass: anne.password })).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    })
    await operator.imapUp()
    await (await imapClient(operator, { user: anne.address, pass: anne.password })).logout()
  })

  it('presents the certificate a failure test asks for', async () => {
    const codes = { expired: 'CERT_HAS_EXPIRED', 'wrong-host': 'ERR_TLS_CERT_ALTNAME_INVALID' } as const
    for (const [kind, code] of Object.entries(codes)) {
      await operator.useServerCertificate(kind as keyof typeof codes)
      await expect(imapClient(operator, { user: anne.address, pass: anne.password })).rejects.toMatchObject({
        code,
      })
    }
    await operator.useServerCertificate('other-authority')
    await expect(imapClient(operator, { user: anne.address, pass: anne.password })).rejects.toThrow(
      /certificate/,
    )
    await expect(submitMail(operator, { from: anne.address, to: [paul.address] })).rejects.toThrow(
      /certificate/,
    )
    await operator.useServerCertificate('good')
    await (await imapClient(operator, { user: anne.address, pass: anne.password })).logout()
  })
})

describe('the world itself', () => {
  it('takes several hundred messages with flags and dates at once', async () => {
    const day = (index: number): Date => new Date(Date.UTC(2026, 0, 1 + index, 8))
    const messages = Array.from({ length: 600 }, (_, index) => ({
      folder: index % 3 === 0 ? folderNames.archive : 'INBOX',
      flags: index % 2 === 0 ? ['\\Seen', '\\Answered'] : [],
      date: day(index),
      raw: Buffer.from(`From: a@bioval.mssante.test\r\nSubject: n° ${index}\r\n\r\n${'x'.repeat(8_000)}\r\n`),
    }))
    await operator.fill('laboratory', messages)
    const inbox = await operator.mailbox('laboratory').list()
    expect(inbox).toHaveLength(400)
    expect(inbox[0]).toMatchObject({ date: day(1), flags: expect.not.arrayContaining(['\\Seen']) as unknown })
    expect(inbox[1]?.flags).toEqual(expect.arrayContaining(['\\Seen', '\\Answered']))
    const uid = inbox.at(-1)?.uid ?? 0
    expect(await operator.mailbox('laboratory').source(uid)).toEqual(
      messages[599]?.folder === 'INBOX' ? messages[599].raw : messages[598]?.raw,
    )
  })

  it('runs beside another of its kind', async () => {
    const other = await startOperator({ imap: { without: ['QRESYNC'] } })
    try {
      expect(other.imap.port).not.toBe(operator.imap.port)
      const offered = async (from: Operator): Promise<ReadonlyMap<string, unknown>> => {
        const client = await imapClient(from, { user: anne.address, pass: anne.password })
        await client.logout()
        return client.capabilities
      }
      expect((await offered(other)).has('QRESYNC')).toBe(false)
      expect((await offered(other)).has('CONDSTORE')).toBe(true)
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
        { timeout: 30_000 },
      )
      .toBe('gone')
    const { stdout: processes } = await run('ps', ['-eo', 'args'])
    expect(processes).not.toContain(folder)
  })

  it('holds seeded mail whose signatures OpenSSL verifies', async () => {
    const seeded = await startOperator({ seed: { messageCount: 250 } })
    const scratch = await mkdtemp(join(tmpdir(), 'souspli-seed-test-'))
    try {
      const inbox = await seeded.mailbox('anne').list()
      expect(inbox.length).toBeGreaterThan(150)
      const landmark = inbox.find(({ messageId }) => messageId === landmarks.potassium.messageId)
      expect(landmark?.subject).toBe(landmarks.potassium.subject)
      await writeFile(join(scratch, 'mail.eml'), await seeded.mailbox('anne').source(landmark?.uid ?? 0))
      await writeFile(join(scratch, 'ca.pem'), seeded.pki.trusted.map(({ pem }) => pem).join(''))
      const args = ['cms', '-verify', '-in', 'mail.eml', '-CAfile', 'ca.pem', '-out', 'content']
      const { stderr } = await run('openssl', args, { cwd: scratch })
      expect(stderr).toContain('Verification successful')
    } finally {
      await seeded.stop()
      await rm(scratch, { recursive: true })
    }
  })
})
