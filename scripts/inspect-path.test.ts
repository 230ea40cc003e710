import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { anchor, authority, endEntity } from '../app/smime/path/authorities.fixture.ts'
import { extension, policies } from '../app/smime/path/issuing.fixture.ts'
import { Unusable } from './inspect-input.ts'
import { inspectPathCommand } from './inspect-path.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'souspli-inspect-'))
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})
const put = (name: string, content: string | Uint8Array): string => {
  const place = path.join(folder, name)
  writeFileSync(place, content)
  return place
}
const pem = (der: Uint8Array, label = 'CERTIFICATE'): string => {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
const run = (...args: string[]) =>
  spawnSync(process.execPath, [path.join(import.meta.dirname, 'inspect.ts'), ...args], { encoding: 'utf8' })

/** The fields of docs/inspect.md. */
const Report = z.object({
  valid: z.boolean(),
  at: z.string(),
  failure: z
    .object({ code: z.string(), certificate: z.number(), subject: z.string(), sentence: z.string() })
    .nullable(),
  failures: z.array(z.object({ code: z.string() })),
  path: z.array(z.object({ role: z.string(), subject: z.string(), fingerprint: z.string() })),
  policies: z.object({
    authority: z.union([z.literal('any'), z.array(z.string())]),
    user: z.union([z.literal('any'), z.array(z.string())]),
    explicitPolicyRequired: z.boolean(),
  }),
  revocation: z.object({
    checked: z.boolean(),
    certificates: z.array(
      z.object({
        status: z.string(),
        problem: z.string().nullable(),
        sentence: z.string().nullable(),
        reason: z.string().nullable(),
      }),
    ),
  }),
  purpose: z.object({ asked: z.string(), fits: z.boolean(), problem: z.string().nullable() }),
  weak: z.array(z.object({ weakness: z.string() })),
  ignored: z.array(z.object({ name: z.string(), code: z.string() })),
})
const date = ['--at', '2026-11-22T08:00:00Z']
const inspected = (...args: string[]) => {
  const { exitCode, report } = inspectPathCommand([...args, ...date])
  return { status: exitCode, report: Report.parse(JSON.parse(JSON.stringify(report))) }
}

const policy = '1.2.3.4.1'
const ca = authority('C=FR/O=Test fictif/CN=AC', anchor, { add: [policies(policy)] })
const leaf = endEntity('C=FR/CN=EE', ca, { add: [policies(policy)] })
const files = {
  leaf: put('leaf.der', leaf.cert.der),
  both: put('both.pem', `commentaire\n${pem(ca.cert.der)}${pem(anchor.cert.der)}`),
  anchor: put('anchor.pem', pem(anchor.cert.der)),
  lists: put('lists.pem', pem(ca.list(), 'X509 CRL') + pem(anchor.list(), 'X509 CRL')),
  revoked: put('revoked.crl', ca.list({ revoked: [{ serial: leaf.cert.serialNumber, reason: 1 }] })),
  broken: put('broken.crl', ca.list().subarray(0, -3)),
  anchorList: put('anchor.crl', anchor.list()),
}
const below = [files.leaf, '--intermediate', files.both, '--anchor', files.anchor]

test('a good path ends with 0 and says all of itself', () => {
  const { status, report } = inspected(
    ...below,
    '--crl',
    files.lists,
    '--policy',
    policy,
    '--explicit-policy',
  )
  expect(status).toBe(0)
  expect(report).toMatchObject({
    valid: true,
    at: '2026-11-22T08:00:00.000Z',
    failure: null,
    policies: { authority: [policy], user: [policy], explicitPolicyRequired: true },
    purpose: { asked: 'any', fits: true },
    weak: [],
    ignored: [],
  })
  expect(report.path.map(({ role }) => role)).toEqual(['leaf', 'intermediate', 'anchor'])
  expect(report.revocation.certificates.map(({ status: one }) => one)).toEqual(['good', 'good'])
})

test('each failure has its code, its place and a sentence, and the end is 1', () => {
  const together = [files.leaf, '--intermediate', files.both, files.anchor, '--anchor', files.anchor]
  expect(inspected(...together, '--crl', files.anchorList, files.lists, '--policy', 'any').status).toBe(0)
  expect(inspected('--anchor', files.anchor, '--intermediate', files.both, files.leaf).status).toBe(0)
  const without = inspected(files.leaf, '--anchor', files.anchor)
  expect(without).toMatchObject({
    status: 1,
    report: { failure: { code: 'issuer-not-found', certificate: 0 } },
  })
  expect(without.report.failure?.sentence).toContain('émetteur')
  const policyless = inspected(...below, '--policy', '1.2.3.4.2', '--explicit-policy')
  expect(policyless.report.failure).toMatchObject({ code: 'policy', certificate: 0, subject: 'C=FR, CN=EE' })
  const revoked = inspected(...below, '--crl', files.revoked, '--crl', files.anchorList)
  expect(revoked.report.failure?.code).toBe('revoked')
  expect(revoked.report.revocation.certificates[0]).toMatchObject({
    status: 'revoked',
    reason: 'keyCompromise',
  })
  const unknown = inspected(...below, '--crl', files.broken, '--crl', files.anchorList)
  expect(unknown.report.failure?.code).toBe('revocation-unknown')
  expect(unknown.report.ignored).toEqual([{ name: files.broken, code: 'malformed' }])
  expect(unknown.report.revocation.certificates[0]?.problem).toBe('no-list')
  const misused = inspected(...below, '--purpose', 'server')
  expect(misused.status).toBe(0)
  const mail = put(
    'eku.der',
    endEntity('CN=EE', ca, { add: [extension('2.5.29.37', Buffer.from('300a06082b06010505070304', 'hex'))] })
      .cert.der,
  )
  const server = inspected(mail, ...below.slice(1), '--purpose', 'server')
  expect(server.report).toMatchObject({
    failure: { code: 'purpose' },
    purpose: { problem: 'extended-key-usage' },
  })
  const malformed = inspected(put('cut.der', leaf.cert.der.subarray(0, -2)), '--anchor', files.anchor)
  expect(malformed).toMatchObject({ status: 1, report: { failure: { code: 'malformed' } } })
})

test('what cannot be carried out is said', () => {
  for (const args of [
    [],
    [path.join(folder, 'absent.pem')],
    [put('text.txt', 'bonjour')],
    [put('empty.pem', '')],
    [files.leaf, files.leaf],
    [files.leaf, '--at', 'hier'],
    [files.leaf, '--policy', 'abc'],
    [files.leaf, '--purpose', 'mail'],
    [files.leaf, '--nothing'],
  ])
    expect(() => inspectPathCommand(args), args.join(' ')).toThrow(Unusable)
})

test('the program prints one object and ends with 0, 1 or 2', () => {
  const good = run('path', ...below, ...date)
  expect([good.status, good.stderr]).toEqual([0, ''])
  expect(Report.parse(JSON.parse(good.stdout)).valid).toBe(true)
  const bad = run('path', files.leaf, '--anchor', files.anchor, ...date)
  expect([bad.status, Report.parse(JSON.parse(bad.stdout)).valid]).toEqual([1, false])
  const unusable = run('nothing', files.leaf)
  expect([unusable.status, unusable.stdout]).toEqual([2, ''])
  expect(unusable.stderr).toContain('inspect')
})
