import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { people, startOperator, type Operator, type ServerCertificateKind } from '../operator/index.ts'
import {
  startHostileServer,
  type HostileServer,
  type Malice,
  type Protocol,
} from './hostile-server.fixture.ts'
import { openPractice, type Practice } from './practice.fixture.ts'

// Architecture §7.4: a server that does not prove itself never sees a credential.
const { anne } = people

let operator: Operator
let practice: Practice
beforeAll(async () => {
  operator = await startOperator()
  practice = await openPractice({ ...operator.policy, revocation: 'require' })
  await practice.call('session.createWithPassphrase', { passphrase: 'la salle d’attente est pleine' })
})
afterAll(async () => {
  await practice.stop()
  await operator.stop()
})

/** The code of the account's creation, with one of its two servers replaced by the hostile one. */
const tryAccount = async (protocol: Protocol, port: number): Promise<string> => {
  const found = await practice.call('accounts.discover', { address: anne.address })
  return practice.code('accounts.create', {
    address: anne.address,
    displayName: anne.displayName,
    kind: 'personal',
    imap: protocol === 'imap' ? { ...found.imap, port } : found.imap,
    smtp: protocol === 'smtp' ? { ...found.smtp, port } : found.smtp,
    auth: { kind: 'password', password: anne.password },
  })
}

const play = async (
  protocol: Protocol,
  malice: Malice,
  certificate: ServerCertificateKind,
): Promise<{ code: string; server: HostileServer }> => {
  const server = await startHostileServer({
    protocol,
    malice,
    certificate: operator.pki.servers[certificate],
  })
  try {
    return { code: await tryAccount(protocol, server.port), server }
  } finally {
    await server.stop()
  }
}

/** The password in any form a mechanism sends, and the commands that would carry it. */
const credential = new RegExp(
  [
    'AUTH',
    'LOGIN',
    anne.password,
    anne.address,
    Buffer.from(anne.password).toString('base64').slice(0, 12),
  ].join('|'),
  'i',
)

describe.each(['imap', 'smtp'] as const)('over %s', (protocol) => {
  it('the recorder sees the credential where everything is right', async () => {
    const { code, server } = await play(protocol, 'none', 'good')
    expect(code).toBe('auth.failed')
    expect(server.seen.secure).toMatch(credential)
    expect(server.seen.clear).not.toMatch(credential)
  })

  it.each([
    ['none', 'other-authority', 'tls.untrusted-authority'],
    ['none', 'expired', 'tls.expired'],
    ['none', 'wrong-host', 'tls.host-mismatch'],
    ['none', 'revoked', 'tls.revoked'],
    ['no-starttls', 'good', 'tls.starttls-missing'],
    ['refuses-starttls', 'good', 'tls.'],
  ] as const)('%s, certificate %s: no credential leaves', async (malice, certificate, expected) => {
    const { code, server } = await play(protocol, malice, certificate)
    expect(code).not.toBe('ok')
    expect(code).toContain(expected)
    expect(server.seen.clear).toMatch(/STARTTLS|EHLO|CAPABILITY/)
    expect(server.seen.clear + server.seen.secure).not.toMatch(credential)
    expect(await practice.call('accounts.list', null)).toEqual([])
  })

  it('believes nothing that was slipped in before TLS', async () => {
    const { code, server } = await play(protocol, 'injects-before-tls', 'good')
    // Hung up, or asked again inside TLS: the injected capabilities offer a mechanism we could not use, or a login.
    expect(['auth.failed', 'tls.handshake', 'net.closed', 'imap.protocol']).toContain(code)
    expect(server.seen.clear).not.toMatch(credential)
    if (server.seen.secure !== '') expect(server.seen.secure).toMatch(/^(EHLO|\S+ CAPABILITY)/)
  })
})

it('ECO.1.1.10: no credential goes to a server of another authority of IGC-Santé than the one that issues operators’', async () => {
  const elsewhere = await openPractice({
    ...operator.policy,
    serverIssuer: 'TEST AC IGC-SANTE STANDARD ORGANISATIONS',
  })
  await elsewhere.call('session.createWithPassphrase', { passphrase: 'la salle d’attente est pleine' })
  const servers = await Promise.all(
    (['imap', 'smtp'] as const).map((protocol) =>
      startHostileServer({ protocol, malice: 'none', certificate: operator.pki.servers.good }),
    ),
  )
  const found = await practice.call('accounts.discover', { address: anne.address })
  const [imap, smtp] = servers
  const code = await elsewhere.code('accounts.create', {
    address: anne.address,
    displayName: anne.displayName,
    kind: 'personal',
    imap: { ...found.imap, port: imap?.port ?? 0 },
    smtp: { ...found.smtp, port: smtp?.port ?? 0 },
    auth: { kind: 'password', password: anne.password },
  })
  expect(code).toBe('tls.untrusted-authority')
  for (const { seen } of servers) expect(seen.clear + seen.secure).not.toMatch(credential)
  await Promise.all(servers.map((server) => server.stop()))
  await elsewhere.stop()
})
