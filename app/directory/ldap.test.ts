import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startLdap, type Ldap } from '../../test/operator/ldap.ts'
import { ok } from '../contract/index.ts'
import { createCertificateDirectory, escapeFilterValue, fillFilter } from './ldap.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'souspli-ldap-test-'))
let ldap: Ldap
const anne = { address: 'anne.martin@medecin.mssante.test', nationalId: '899700000101' }
const strange = { address: 'a*)(uid=*@medecin.mssante.test', nationalId: null }

/** A self-signed certificate and its key, PEM; for a host or a person who does not exist. */
const selfSigned = (
  name: string,
  alternative: string,
): { certificate: string; key: string; der: Uint8Array } => {
  const at = path.join(folder, name)
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30'],
      ...['-subj', `/CN=${name}`, '-addext', `subjectAltName=${alternative}`],
      ...['-keyout', `${at}.key`, '-out', `${at}.crt`],
    ],
    { stdio: 'ignore' },
  )
  const certificate = readFileSync(`${at}.crt`, 'utf8')
  const der = new Uint8Array(new X509Certificate(certificate).raw)
  return { certificate, key: readFileSync(`${at}.key`, 'utf8'), der }
}
const server = selfSigned('annuaire', 'DNS:localhost')
const hers = selfSigned('anne', `email:${anne.address}`)
const other = selfSigned('paul', 'email:paul.bernard@medecin.mssante.test')

const directory = (url: string, more: { filter?: string; base?: string; anchors?: string[] } = {}) =>
  createCertificateDirectory({
    url,
    base: more.base ?? ldap.base,
    filter: more.filter,
    verification: {
      resolver: { lookup: () => Promise.resolve(ok('127.0.0.1')), srv: () => Promise.resolve(ok([])) },
      anchors: () => more.anchors ?? [],
      verifyServer: () => Promise.resolve(ok(null)),
    },
  })

beforeAll(async () => {
  ldap = await startLdap(
    [
      { uid: anne.nationalId, name: 'Anne MARTIN', mail: anne.address, certificates: [hers.der, other.der] },
      {
        uid: '899700000202',
        name: 'Paul BERNARD',
        mail: 'paul.bernard@medecin.mssante.test',
        certificates: [other.der],
      },
      ...Array.from({ length: 25 }, (_, at) => ({
        uid: `8997000010${String(at).padStart(2, '0')}`,
        name: `Agent NUMÉRO${String(at)}`,
        mail: 'commun@ch-lilas.mssante.test',
        certificates: at === 0 ? [hers.der] : [other.der],
      })),
      { uid: '899700000303', name: 'Sans CERTIFICAT', mail: 'sans@medecin.mssante.test', certificates: [] },
    ],
    server,
  )
})
afterAll(async () => {
  await ldap.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe('certificates from a real LDAP directory', () => {
  it('finds them by address, over ldap and over ldaps with our authorities alone', async () => {
    for (const found of [
      await directory(ldap.url).find(anne),
      await directory(ldap.secureUrl ?? '', { anchors: [server.certificate] }).find(anne),
    ])
      expect(found.ok && found.value.map((der) => Buffer.from(der).toString('hex')).sort()).toEqual(
        [hers.der, other.der].map((der) => Buffer.from(der).toString('hex')).sort(),
      )
    expect(await directory(ldap.secureUrl ?? '', { anchors: [hers.certificate] }).find(anne)).toMatchObject({
      error: { code: 'tls.untrusted-authority' },
    })
  })

  it('finds them by national identifier, where the filter says so', async () => {
    const byNumber = directory(ldap.url, { filter: '(|(uid={nationalId})(uid={rpps}))' })
    const found = await byNumber.find({ ...anne, address: 'autre@ailleurs.test' })
    expect(found.ok && found.value).toHaveLength(2)
    // Unknown: nobody's, never everybody's.
    expect(await byNumber.find({ address: anne.address, nationalId: null })).toEqual(ok([]))
  })

  it('answers none for nobody, for somebody without, and for a branch that is not there', async () => {
    expect(await directory(ldap.url).find({ ...anne, address: 'personne@mssante.test' })).toEqual(ok([]))
    expect(await directory(ldap.url).find({ ...anne, address: 'sans@medecin.mssante.test' })).toEqual(ok([]))
    expect(await directory(ldap.url, { base: 'o=ailleurs,c=fr' }).find(anne)).toEqual(ok([]))
  })

  it('takes what the directory gives where more have the address than are asked for', async () => {
    const found = await directory(ldap.url).find({
      address: 'commun@ch-lilas.mssante.test',
      nationalId: null,
    })
    expect(found.ok && found.value).toHaveLength(20)
  })

  it('goes nowhere a directory sends it', async () => {
    const away = directory(ldap.url, { base: 'ou=ailleurs,o=gip-cps-test,c=fr' })
    expect(await away.find(anne)).toMatchObject({ error: { code: 'directory.ldap-failed' } })
  })

  it('takes nothing of an address for syntax', async () => {
    for (const address of [
      '*',
      'anne*',
      '*)(uid=*',
      strange.address,
      'x)(|(mail=*',
      'a\\2ab',
      'é@mss.test',
      '\u0000',
    ])
      expect(await directory(ldap.url).find({ address, nationalId: null }), address).toEqual(ok([]))
    expect(fillFilter('(mail={address})', strange)).toBe('(mail=a\\2a\\29\\28uid=\\2a@medecin.mssante.test)')
    expect(escapeFilterValue('é(')).toBe('\\c3\\a9\\28')
  })

  it('says when the directory is not there, silent, or answers something else', async () => {
    expect(await directory('ldap://127.0.0.1:1').find(anne)).toMatchObject({
      error: { code: 'net.unreachable' },
    })
    expect(await directory(ldap.url, { filter: '(mail=' }).find(anne)).toMatchObject({
      error: { code: 'directory.ldap-failed', details: { what: 'filter' } },
    })
    const rubbish = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n', () => socket.destroy())
    })
    await new Promise<void>((resolve) => rubbish.listen(0, '127.0.0.1', resolve))
    const { port } = rubbish.address() as AddressInfo
    const found = await directory(`ldap://127.0.0.1:${String(port)}`).find(anne)
    expect(found.ok).toBe(false)
    rubbish.close()
  })
})
