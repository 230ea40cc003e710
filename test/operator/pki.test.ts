import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { trustOf } from './clients.ts'
import { startOperator } from './index.ts'
import type { Operator } from './index.ts'

const run = promisify(execFile)
let operator: Operator
let scratch: string
beforeAll(async () => {
  operator = await startOperator()
  scratch = await mkdtemp(join(tmpdir(), 'souspli-pki-test-'))
})
afterAll(async () => {
  await operator.stop()
  await rm(scratch, { recursive: true })
})

describe('PKI', () => {
  const openssl = async (...args: string[]): Promise<string> => {
    const { stdout, stderr } = await run('openssl', args, { cwd: scratch }).catch(
      (error: unknown) => error as never,
    )
    return `${stdout}${stderr}`
  }
  const chainFile = async (): Promise<string> => {
    await writeFile(join(scratch, 'chain.pem'), (await trustOf(operator)).join(''))
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
    await writeFile(join(scratch, 'leaf.pem'), operator.pki.servers.revoked.pem)
    expect(await ask()).toContain('leaf.pem: revoked')
    await writeFile(join(scratch, 'leaf.pem'), operator.pki.servers.good.pem)
    expect(await ask()).toContain('leaf.pem: good')
  })

  it('exports p12 files that open with their passphrase only', async () => {
    const { confidentiality, passphrase } = operator.pki.software('paul')
    await writeFile(join(scratch, 'paul.p12'), confidentiality.p12)
    const opened = await openssl('pkcs12', '-in', 'paul.p12', '-passin', `pass:${passphrase}`, '-nodes')
    expect(opened).toContain('BEGIN PRIVATE KEY')
    expect(await openssl('pkcs12', '-in', 'paul.p12', '-passin', 'pass:faux')).toContain('invalid password')
  })

  it('answers any OCSP request with a well-formed response', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const { body } = operator.pki.respond('/ocsp', Buffer.from(bytes)) ?? {}
        expect(body?.[0]).toBe(0x30)
      }),
    )
  })
})
