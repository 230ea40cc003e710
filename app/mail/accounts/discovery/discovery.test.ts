import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fail, ok, type Outcome } from '../../../contract/errors.ts'
import type { AuthKind, Server } from '../../../contract/index.ts'
import type { PeerVerification } from '../../net/peer.ts'
import { createResolver, isPrivateAddress, type Resolver, type ServiceRecord } from '../../net/resolver.ts'
import { code, value } from '../../outcome.fixture.ts'
import { readAutoconfig } from './autoconfig.ts'
import { autodiscoverRequest, readAutodiscover } from './autodiscover.ts'
import { createDiscovery, offeredAuth, type ServerRules } from './discovery.ts'
import { inOrder } from './service-records.ts'

const record = (host: string, more: Partial<ServiceRecord> = {}): ServiceRecord => ({
  host,
  port: 143,
  priority: 0,
  weight: 0,
  ...more,
})
/** No host has an address: the web ways find nothing. */
const resolverWith = (records: Record<string, ServiceRecord[]>): Resolver => ({
  srv: (name) => Promise.resolve(ok(records[name] ?? [])),
  lookup: () => Promise.resolve(fail('net.dns', { retry: 'later' })),
})
const both = (domain: string, imap = `imap.${domain}`, smtp = `smtp.${domain}`) => ({
  [`_imap._tcp.${domain}`]: [record(imap)],
  [`_submission._tcp.${domain}`]: [record(smtp, { port: 587 })],
})

type Capabilities = (imap: Server) => Promise<Outcome<ReadonlySet<string>>>
const unreachable: Capabilities = () => Promise.resolve(fail('net.unreachable'))
const discoveryWith = (
  resolver: Resolver,
  possible: readonly AuthKind[] = ['psc'],
  more: Partial<ServerRules> = {},
  capabilitiesOf: Capabilities = unreachable,
  patience?: number,
) => {
  const verification: PeerVerification = {
    resolver,
    anchors: () => [],
    verifyServer: () => Promise.resolve(ok(null)),
  }
  return createDiscovery({
    verification,
    rules: {
      classify: (address) => (address.endsWith('.test') ? 'professional' : 'outside'),
      allowsHost: (host) => host.endsWith('.test'),
      genericMailboxes: false,
      web: verification,
      publicServers: verification,
      ...more,
    },
    possible,
    capabilitiesOf,
    now: () => 0,
    chance: () => 0.5,
    signal: () => new AbortController().signal,
    ...(patience === undefined ? {} : { patience }),
  })
}

describe('logins of a server', () => {
  it.each<[string, string[], AuthKind[]]>([
    ['both', ['AUTH=PLAIN', 'AUTH=XOAUTH2'], ['psc', 'password']],
    ['certificates too', ['AUTH=EXTERNAL', 'AUTH=PLAIN', 'AUTH=XOAUTH2'], ['card', 'p12', 'psc', 'password']],
    ['a token in the newer form', ['AUTH=OAUTHBEARER', 'LOGINDISABLED'], ['psc']],
    ['a password only', ['AUTH=PLAIN', 'LOGINDISABLED'], ['password']],
    ['the LOGIN command only', ['IMAP4REV1'], ['password']],
    ['none that SousPli has', ['AUTH=GSSAPI', 'LOGINDISABLED'], []],
  ])('%s', (_name, capabilities, expected) => {
    expect(offeredAuth(['card', 'p12', 'psc', 'password'], new Set(capabilities))).toEqual(expected)
  })

  const here = resolverWith(both('a.test'))

  it('are all proposed where the server cannot be asked', async () => {
    const found = value(await discoveryWith(here, ['psc', 'password']).discover('anne@a.test'))
    expect(found.auth).toEqual(['psc', 'password'])
  })

  it('are certificates alone where the server hangs up on who has none', async () => {
    const strict: Capabilities = () => Promise.resolve(fail('tls.client-certificate-refused'))
    const all = discoveryWith(here, ['psc', 'card', 'p12', 'password'], {}, strict)
    expect(value(await all.discover('anne@a.test')).auth).toEqual(['card', 'p12'])
    const without = discoveryWith(here, ['psc', 'password'], {}, strict)
    expect(code(await without.discover('anne@a.test'))).toBe('auth.mechanism-unavailable')
  })

  it('are refused where none fits', async () => {
    const odd: Capabilities = () => Promise.resolve(ok(new Set(['AUTH=EXTERNAL', 'LOGINDISABLED'])))
    const answer = await discoveryWith(here, ['psc', 'password'], {}, odd).discover('anne@a.test')
    expect(code(answer)).toBe('auth.mechanism-unavailable')
  })
})

describe('ECO.1.1.9: servers of an address', () => {
  it('come from SRV records of its domain', async () => {
    expect(value(await discoveryWith(resolverWith(both('a.test'))).discover('Anne@A.test'))).toMatchObject({
      source: 'srv',
      tried: [],
      imap: { host: 'imap.a.test', security: 'starttls' },
      smtp: { host: 'smtp.a.test', port: 587 },
    })
  })

  it('are those with STARTTLS, or with TLS first where that alone is offered', async () => {
    const implicit = {
      '_imaps._tcp.a.test': [record('imaps.a.test', { port: 993 })],
      '_submissions._tcp.a.test': [record('smtps.a.test', { port: 465 })],
    }
    expect(value(await discoveryWith(resolverWith(implicit)).discover('anne@a.test'))).toMatchObject({
      imap: { host: 'imaps.a.test', port: 993, security: 'tls' },
      smtp: { host: 'smtps.a.test', port: 465, security: 'tls' },
    })
    const all = discoveryWith(resolverWith({ ...implicit, ...both('a.test') }))
    expect(value(await all.discover('anne@a.test')).imap.security).toBe('starttls')
    const notPlain = {
      ...implicit,
      '_imap._tcp.a.test': [record('')],
      '_submission._tcp.a.test': [record('')],
    }
    expect(value(await discoveryWith(resolverWith(notPlain)).discover('anne@a.test')).imap.security).toBe(
      'tls',
    )
  })

  it('are the next ones when the first do not answer', async () => {
    const two = resolverWith({
      ...both('a.test'),
      '_imap._tcp.a.test': [record('b.a.test', { priority: 20 }), record('a.a.test', { priority: 10 })],
    })
    const asked: string[] = []
    const found = await discoveryWith(two, ['password'], {}, ({ host }) => {
      asked.push(host)
      return Promise.resolve(host === 'a.a.test' ? fail('net.timeout') : ok(new Set(['AUTH=PLAIN'])))
    }).discover('anne@a.test')
    expect(value(found).imap.host).toBe('b.a.test')
    expect(asked).toEqual(['a.a.test', 'b.a.test'])
  })

  it('RFC 2782: are drawn by weight within a priority, lower priorities first', () => {
    const records = [
      record('late.test', { priority: 2, weight: 100 }),
      record('heavy.test', { priority: 1, weight: 3 }),
      record('light.test', { priority: 1, weight: 1 }),
      record('none.test', { priority: 1, weight: 0 }),
    ]
    const first = (chance: number) => inOrder(records, () => chance).map(({ host }) => host)
    expect(first(0)).toEqual(['none.test', 'light.test', 'heavy.test', 'late.test'])
    expect(first(0.2)[0]).toBe('light.test')
    expect(first(0.9)[0]).toBe('heavy.test')
    expect(first(0.9).at(-1)).toBe('late.test')
  })

  it('are never guessed', async () => {
    const half = resolverWith({ '_imap._tcp.a.test': [record('imap.a.test')] })
    expect(code(await discoveryWith(half).discover('anne@a.test'))).toBe('account.discovery-failed')
    const nowhere: string[] = []
    const absent: Resolver = {
      srv: () => Promise.resolve(ok([record('')])),
      lookup: (host) => {
        nowhere.push(host)
        return Promise.resolve(fail('net.dns'))
      },
    }
    expect(code(await discoveryWith(absent).discover('anne@a.test'))).toBe('account.discovery-failed')
    // A domain that says itself that it has no mail is not asked in other ways.
    expect(nowhere).toEqual([])
  })

  it('are looked for on the web when DNS names none', async () => {
    const asked: string[] = []
    const silent: Resolver = {
      srv: () => Promise.resolve(ok([])),
      lookup: (host) => {
        asked.push(host)
        return Promise.resolve(fail('net.dns'))
      },
    }
    expect(code(await discoveryWith(silent).discover('anne@a.test'))).toBe('account.discovery-failed')
    expect(asked).toEqual(['autoconfig.a.test', 'a.test', 'autodiscover.a.test'])
  })

  it('are not said to be absent when the DNS does not answer', async () => {
    const silent: Resolver = { ...resolverWith({}), srv: () => Promise.resolve(fail('net.dns')) }
    const answer = await discoveryWith(silent).discover('anne@a.test')
    expect(answer).toMatchObject({ ok: false, error: { code: 'net.dns', details: { host: 'a.test' } } })
  })

  it('are looked for on the web where DNS tells of names and nothing else', async () => {
    const asked: string[] = []
    const half: Resolver = {
      srv: () => Promise.resolve(fail('net.dns')),
      lookup: (host) => {
        asked.push(host)
        return Promise.resolve(host === 'a.test' ? ok('127.0.0.1') : fail('net.dns'))
      },
    }
    // Its web server is not there either: what was missing first is told.
    const answer = await discoveryWith(half).discover('anne@a.test')
    expect(code(answer)).toBe('net.dns')
    expect(asked).toContain('autoconfig.a.test')
    // Both ways, each name asked once.
    expect(asked.toSorted()).toEqual(['a.test', 'autoconfig.a.test', 'autodiscover.a.test'])
  })

  it('wait for a silent DNS once: services and names are asked together, and a name that never comes is unknown', async () => {
    const giveUp: (() => void)[] = []
    const asked: string[] = []
    const silent: Resolver = {
      srv: () =>
        new Promise((resolve) => {
          giveUp.push(() => resolve(fail('net.dns')))
        }),
      lookup: (host) => {
        asked.push(host)
        // Services give up only after the names were asked.
        if (asked.length === 3) for (const each of giveUp) each()
        return new Promise(() => undefined)
      },
    }
    const answer = await discoveryWith(silent, ['psc'], {}, unreachable, 50).discover('anne@a.test')
    expect(answer).toMatchObject({ ok: false, error: { code: 'net.dns', details: { host: 'a.test' } } })
    expect(asked.toSorted()).toEqual(['a.test', 'autoconfig.a.test', 'autodiscover.a.test'])
  })

  it('are not asked of the web where DNS tells of services at once', async () => {
    const asked: string[] = []
    const here: Resolver = {
      ...resolverWith(both('a.test')),
      lookup: (host) => {
        asked.push(host)
        return Promise.resolve(fail('net.dns'))
      },
    }
    expect(value(await discoveryWith(here).discover('anne@a.test')).source).toBe('srv')
    expect(asked).toEqual([])
  })

  it('are those of an address in other letters, plus signs and capitals', async () => {
    const here = resolverWith(both('xn--hpital-fictif-plb.test'))
    expect(value(await discoveryWith(here).discover('Anne+labo@Hôpital-Fictif.test'))).toMatchObject({
      address: 'Anne+labo@xn--hpital-fictif-plb.test',
      imap: { host: 'imap.xn--hpital-fictif-plb.test' },
    })
    for (const odd of ['anne@hôpital\u202e.test', 'anne@hô pital.test', 'anne@é', 'é@'])
      expect(code(await discoveryWith(here).discover(odd)), odd).toBe('account.address-invalid')
  })

  it.each([
    'anne',
    'anne@',
    '@a.test',
    'a b@a.test',
    'anne@a',
    'anne@a.test\r\n',
    'a@b@c.test',
    `${'x'.repeat(400)}@a.test`,
  ])('refuses %j as an address', async (address) => {
    expect(code(await discoveryWith(resolverWith({})).discover(address))).toBe('account.address-invalid')
  })
})

describe('SEC-HOST: servers that are taken', () => {
  const typed = (host: string): Server => ({ host, port: 143, security: 'starttls' })

  it('are those of the trust space, announced or typed', async () => {
    const elsewhere = resolverWith(both('a.test', 'imap.evil.com', 'smtp.a.test'))
    expect(await discoveryWith(elsewhere).discover('anne@a.test')).toMatchObject({
      ok: false,
      error: { code: 'account.host-outside', details: { host: 'imap.evil.com' } },
    })
    const wish = { address: 'anne@a.test', imap: typed('imap.evil.com'), smtp: typed('smtp.a.test') }
    expect(code(await discoveryWith(resolverWith({})).examine(wish))).toBe('account.host-outside')
    expect(code(await discoveryWith(resolverWith({})).examine({ ...wish, imap: typed('127.0.0.1') }))).toBe(
      'account.host-outside',
    )
  })

  it('are never asked when they are not', async () => {
    const asked: string[] = []
    const spying: Capabilities = ({ host }) => {
      asked.push(host)
      return Promise.resolve(ok(new Set(['AUTH=PLAIN'])))
    }
    const elsewhere = resolverWith(both('a.test', 'imap.evil.com'))
    await discoveryWith(elsewhere, ['password'], {}, spying).discover('anne@a.test')
    expect(asked).toEqual([])
  })

  it('have no address of a private network, and are not addresses', async () => {
    for (const address of [
      '127.0.0.1',
      '10.1.2.3',
      '192.168.1.1',
      '172.20.0.1',
      '169.254.1.1',
      '100.64.0.1',
      '0.0.0.0',
      '224.0.0.1',
      '::1',
      '::',
      'fe80::1',
      'fd00::1',
      '::ffff:10.0.0.1',
      'ff02::1',
    ])
      expect(isPrivateAddress(address), address).toBe(true)
    for (const address of ['8.8.8.8', '172.15.0.1', '193.0.0.1', '2001:4860:4860::8888', '::ffff:8.8.8.8'])
      expect(isPrivateAddress(address), address).toBe(false)
    const resolver = createResolver({ publicOnly: true })
    expect(code(await resolver.lookup('127.0.0.1'))).toBe('net.private-host')
    expect(code(await resolver.lookup('193.0.0.1'))).toBe('net.private-host')
    expect(code(await resolver.lookup('localhost'))).toBe('net.private-host')
  })
})

describe('an address outside the trust space', () => {
  it('is refused with its domain, unless ordinary mailboxes are allowed', async () => {
    const ordinary = resolverWith(both('exemple.com'))
    expect(await discoveryWith(ordinary).discover('anne@exemple.com')).toMatchObject({
      ok: false,
      error: { code: 'account.outside-trust-space', details: { domain: 'exemple.com' } },
    })
    const allowed = discoveryWith(ordinary, ['card', 'p12', 'psc', 'password'], { genericMailboxes: true })
    expect(value(await allowed.discover('anne@exemple.com'))).toMatchObject({
      generic: true,
      imap: { host: 'imap.exemple.com' },
      // Neither the card nor Pro Santé Connect is for it.
      auth: ['password'],
    })
  })
})

const config = (servers: string): Uint8Array =>
  Buffer.from(
    `<clientConfig version="1.1"><emailProvider id="a.test"><domain>a.test</domain>${servers}</emailProvider></clientConfig>`,
  )
const server = (kind: string, type: string, host: string, port: string | number, socket: string): string =>
  `<${kind} type="${type}"><hostname>${host}</hostname><port>${String(port)}</port><socketType>${socket}</socketType>` +
  `<username>%EMAILADDRESS%</username><authentication>OAuth2</authentication></${kind}>`

describe('clientConfig 1.1', () => {
  it('gives the first servers that are encrypted, placeholders filled in', () => {
    const found = value(
      readAutoconfig(
        config(
          server('incomingServer', 'pop3', 'pop.a.test', 110, 'STARTTLS') +
            server('incomingServer', 'imap', 'plain.a.test', 143, 'plain') +
            server('incomingServer', 'imap', 'imap.%EMAILDOMAIN%', 143, 'STARTTLS') +
            server('outgoingServer', 'smtp', 'SMTP.a.test', 465, 'SSL'),
        ),
        'anne@a.test',
      ),
    )
    expect(found).toEqual({
      imap: { host: 'imap.a.test', port: 143, security: 'starttls' },
      smtp: { host: 'smtp.a.test', port: 465, security: 'tls' },
    })
  })

  it.each([
    ['nothing', ''],
    ['no submission', server('incomingServer', 'imap', 'imap.a.test', 143, 'STARTTLS')],
    [
      'an address for a name',
      server('incomingServer', 'imap', '10.0.0.1', 143, 'STARTTLS') +
        server('outgoingServer', 'smtp', 's.a.test', 587, 'STARTTLS'),
    ],
    [
      'a port that is none',
      server('incomingServer', 'imap', 'i.a.test', 99999, 'STARTTLS') +
        server('outgoingServer', 'smtp', 's.a.test', 587, 'STARTTLS'),
    ],
    [
      'nothing encrypted',
      server('incomingServer', 'imap', 'i.a.test', 143, 'plain') +
        server('outgoingServer', 'smtp', 's.a.test', 25, 'plain'),
    ],
  ])('%s is no answer', (_name, servers) => {
    expect(value(readAutoconfig(config(servers), 'anne@a.test'))).toBeNull()
  })
})

describe('Autodiscover', () => {
  const answer = (protocols: string): Uint8Array =>
    Buffer.from(
      `<Autodiscover xmlns="x"><Response xmlns="y"><Account>${protocols}</Account></Response></Autodiscover>`,
    )
  const protocol = (type: string, host: string, port: number, more = ''): string =>
    `<Protocol><Type>${type}</Type><Server>${host}</Server><Port>${String(port)}</Port>${more}</Protocol>`

  it('gives IMAP and SMTP, encrypted one way or the other', () => {
    const found = value(
      readAutodiscover(
        answer(
          protocol('POP3', 'pop.a.test', 995) +
            protocol('IMAP', 'imap.a.test', 143, '<SSL>on</SSL><Encryption>TLS</Encryption>') +
            protocol('SMTP', 'smtp.a.test', 465, '<SSL>on</SSL>'),
        ),
      ),
    )
    expect(found.servers).toEqual({
      imap: { host: 'imap.a.test', port: 143, security: 'starttls' },
      smtp: { host: 'smtp.a.test', port: 465, security: 'tls' },
    })
  })

  it('gives another address to ask, and asks without putting anything into its own question', () => {
    expect(value(readAutodiscover(answer('<RedirectUrl>https://x.a.test/a.xml</RedirectUrl>')))).toEqual({
      servers: null,
      redirectUrl: 'https://x.a.test/a.xml',
    })
    const { bytes } = autodiscoverRequest(`a'<&"@a.test`)
    expect(Buffer.from(bytes).toString()).toContain(
      '<EMailAddress>a&#39;&#60;&#38;&#34;@a.test</EMailAddress>',
    )
  })
})

describe('files of settings', () => {
  it('refuse bombs, depth, size and what is no XML', () => {
    const read = (text: string): string => {
      const outcome = readAutoconfig(Buffer.from(text), 'anne@a.test')
      return outcome.ok ? 'ok' : outcome.error.code
    }
    expect(read('<!DOCTYPE a [<!ENTITY b "c">]><clientConfig>&b;</clientConfig>')).toBe('xml.forbidden')
    expect(read('<a>'.repeat(20) + '</a>'.repeat(20))).toBe('xml.limit')
    expect(read(`<a>${'<b/>'.repeat(3000)}</a>`)).toBe('xml.limit')
    expect(read(`<a>${' '.repeat(300_000)}</a>`)).toBe('xml.limit')
    expect(read('<clientConfig><emailProvider>')).toBe('xml.malformed')
    expect(read('')).toBe('xml.malformed')
  })

  it('never throw, whatever comes', () => {
    const pieces = [
      '<incomingServer type="imap">',
      '</incomingServer>',
      '<hostname>',
      '</hostname>',
      '&',
      '<!--',
      ']]>',
      'a.test',
      '<Protocol>',
      '\u0000',
    ]
    fc.assert(
      fc.property(
        fc.oneof(
          fc
            .array(fc.constantFrom(...pieces), { maxLength: 20 })
            .map((some) => Buffer.from(`<clientConfig>${some.join('')}`)),
          fc.uint8Array({ maxLength: 200 }),
        ),
        (bytes) => {
          for (const outcome of [readAutoconfig(bytes, 'a@a.test'), readAutodiscover(bytes)])
            expect(outcome.ok || outcome.error.code.startsWith('xml.')).toBe(true)
        },
      ),
    )
  })
})
