import { describe, expect, it } from 'vitest'
import { fail, ok } from '../../contract/errors.ts'
import type { AuthKind } from '../../contract/index.ts'
import type { Resolver, ServiceRecord } from '../net/resolver.ts'
import { code, value } from '../outcome.fixture.ts'
import { discover as discoverBy, offeredAuth } from './discovery.ts'

const resolverWith = (records: Record<string, ServiceRecord[]>): Resolver => ({
  srv: (name) => Promise.resolve(ok(records[name] ?? [])),
  lookup: () => Promise.reject(new Error('no host is looked up')),
})
const record = (host: string): ServiceRecord => ({ host, port: 143, priority: 0, weight: 0 })

const unreachable = () => Promise.resolve(fail('net.unreachable'))
const discover = (resolver: Resolver, address: string, possible: readonly AuthKind[]) =>
  discoverBy(resolver, address, possible, unreachable)

describe('logins of a server', () => {
  it.each<[string, string[], AuthKind[]]>([
    ['both', ['AUTH=PLAIN', 'AUTH=XOAUTH2'], ['psc', 'password']],
    ['the card too', ['AUTH=EXTERNAL', 'AUTH=PLAIN', 'AUTH=XOAUTH2'], ['card', 'psc', 'password']],
    ['a token in the newer form', ['AUTH=OAUTHBEARER', 'LOGINDISABLED'], ['psc']],
    ['a password only', ['AUTH=PLAIN', 'LOGINDISABLED'], ['password']],
    ['the LOGIN command only', ['IMAP4REV1'], ['password']],
    ['none that SousPli has', ['AUTH=GSSAPI', 'LOGINDISABLED'], []],
  ])('%s', (_name, capabilities, expected) => {
    expect(offeredAuth(['card', 'psc', 'password'], new Set(capabilities))).toEqual(expected)
  })

  const here = resolverWith({
    '_imap._tcp.a.test': [record('imap.a.test')],
    '_submission._tcp.a.test': [record('smtp.a.test')],
  })

  it('are all proposed where the server cannot be asked', async () => {
    const found = value(await discover(here, 'anne@a.test', ['psc', 'password']))
    expect(found.auth).toEqual(['psc', 'password'])
  })

  it('are the card alone where the server hangs up on who has no certificate', async () => {
    const strict = () => Promise.resolve(fail('tls.client-certificate-refused'))
    const found = value(await discoverBy(here, 'anne@a.test', ['psc', 'card', 'password'], strict))
    expect(found.auth).toEqual(['card'])
    expect(code(await discoverBy(here, 'anne@a.test', ['psc', 'password'], strict))).toBe(
      'auth.mechanism-unavailable',
    )
  })

  it('are refused where none fits', async () => {
    const odd = () => Promise.resolve(ok(new Set(['AUTH=EXTERNAL', 'LOGINDISABLED'])))
    const answer = await discoverBy(here, 'anne@a.test', ['psc', 'password'], odd)
    expect(code(answer)).toBe('auth.mechanism-unavailable')
  })
})

describe('servers of an address', () => {
  it('come from SRV records of its domain', async () => {
    const resolver = resolverWith({
      '_imap._tcp.a.test': [record('imap.a.test')],
      '_submission._tcp.a.test': [record('smtp.a.test')],
    })
    expect(value(await discover(resolver, 'Anne@A.test', ['psc']))).toMatchObject({
      source: 'srv',
      imap: { host: 'imap.a.test', security: 'starttls' },
      smtp: { host: 'smtp.a.test' },
    })
  })

  it('are never guessed', async () => {
    const half = resolverWith({ '_imap._tcp.a.test': [record('imap.a.test')] })
    expect(code(await discover(half, 'anne@a.test', ['psc']))).toBe('account.discovery-failed')
    const absent = resolverWith({
      '_imap._tcp.a.test': [record('')],
      '_submission._tcp.a.test': [record('')],
    })
    expect(code(await discover(absent, 'anne@a.test', ['psc']))).toBe('account.discovery-failed')
  })

  it('are not said to be absent when the DNS does not answer', async () => {
    const silent: Resolver = { ...resolverWith({}), srv: () => Promise.resolve(fail('net.dns')) }
    const answer = await discover(silent, 'anne@a.test', ['psc'])
    expect(answer).toMatchObject({ ok: false, error: { code: 'net.dns', details: { host: 'a.test' } } })
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
    expect(code(await discover(resolverWith({}), address, []))).toBe('account.address-invalid')
  })
})
