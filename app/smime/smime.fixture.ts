import { execFileSync } from 'node:child_process'
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import type { OpenContext } from './open.ts'
import { createTrust, type Trust } from './trust.ts'

/** « Now » in the tests of this folder. */
export const now = new Date('2026-11-22T08:00:00Z')

export const random = (n: number): Uint8Array => new Uint8Array(randomBytes(n))

export const value = <T>(outcome: Outcome<T>): T => {
  if (!outcome.ok) throw new Error(`unexpected ${outcome.error.code}`, { cause: outcome.error.cause })
  return outcome.value
}
export const code = (outcome: Outcome<unknown>): string => (outcome.ok ? 'ok' : outcome.error.code)

/** Two keys for everything: making one for each certificate would only be slow. */
const keys = [0, 1].map(() => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return privateKey
})

export interface Issued {
  der: Uint8Array
  pem: string
  keyPem: string
  pkcs8: Uint8Array
}

export interface CertificateRequest {
  subject: string
  issuer?: Issued
  /** openssl extension lines. */
  extensions: string[]
  from?: string
  to?: string
  key?: 0 | 1
  serial?: string
}

/** A test PKI made with the openssl command line, in a folder of its own. Every person in it is fictitious. */
export const createPki = () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'souspli-smime-'))
  const file = (name: string): string => path.join(folder, name)
  const openssl = (args: string[], input?: Uint8Array): Buffer =>
    execFileSync('openssl', args, {
      cwd: folder,
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(input ? { input } : {}),
    })
  let count = 0
  const put = (name: string, content: string | Uint8Array): string => {
    count += 1
    const place = file(`${String(count)}-${name}`)
    writeFileSync(place, content)
    return place
  }
  const stamp = (date: string): string => `${new Date(date).toISOString().replace(/[-:T]|\.\d+/g, '')}`

  const issue = (request: CertificateRequest): Issued => {
    const key = keys[request.key ?? 0]
    if (!key) throw new Error('no key')
    const keyPem = key.export({ type: 'pkcs8', format: 'pem' }).toString()
    const keyFile = put('key.pem', keyPem)
    const csr = openssl([
      'req',
      '-new',
      '-utf8',
      '-multivalue-rdn',
      '-key',
      keyFile,
      '-subj',
      request.subject,
    ])
    const issuerKey = put('issuer-key.pem', request.issuer?.keyPem ?? keyPem)
    const config = put(
      'ca.cnf',
      [
        '[ca]\ndefault_ca=test\n[test]',
        `database=${put('index.txt', '')}`,
        `serial=${put('serial', request.serial ?? String(1000 + count))}`,
        `new_certs_dir=${folder}`,
        'default_md=sha256\npolicy=any\nunique_subject=no\ncopy_extensions=none\npreserve=yes\nx509_extensions=ext',
        '[any]\ncountryName=optional\norganizationName=optional\ncommonName=optional\ntitle=optional',
        'surname=optional\ngivenName=optional\nemailAddress=optional\norganizationalUnitName=optional',
        '[ext]',
        ...request.extensions,
      ].join('\n'),
    )
    const signer = request.issuer ? ['-cert', put('issuer.pem', request.issuer.pem)] : ['-selfsign']
    const dates = [
      '-startdate',
      stamp(request.from ?? '2025-01-01'),
      '-enddate',
      stamp(request.to ?? '2030-01-01'),
    ]
    const args = ['ca', '-batch', '-notext', '-utf8', '-multivalue-rdn', '-config', config]
    const pem = openssl([
      ...args,
      '-keyfile',
      issuerKey,
      ...signer,
      ...dates,
      '-in',
      put('r.csr', csr),
    ]).toString()
    const der = new Uint8Array(Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64'))
    return { der, pem, keyPem, pkcs8: new Uint8Array(key.export({ type: 'pkcs8', format: 'der' })) }
  }

  /** A revocation list, DER, over serials in hex. */
  const crl = (
    issuer: Issued,
    revoked: string[],
    days = { from: '2026-11-21', to: '2026-12-21' },
  ): Uint8Array => {
    const index = revoked
      .map((serial) => `R\t300101000000Z\t260101000000Z\t${serial}\tunknown\t/CN=x\n`)
      .join('')
    const config = put(
      'crl.cnf',
      `[ca]\ndefault_ca=t\n[t]\ndatabase=${put('index.txt', index)}\ncrlnumber=${put('n', '01')}\ndefault_md=sha256\n`,
    )
    const args = ['ca', '-gencrl', '-config', config, '-keyfile', put('k.pem', issuer.keyPem)]
    const dates = ['-crl_lastupdate', stamp(days.from), '-crl_nextupdate', stamp(days.to)]
    const pem = openssl([...args, '-cert', put('c.pem', issuer.pem), ...dates])
    return new Uint8Array(openssl(['crl', '-outform', 'DER'], pem))
  }

  return {
    folder,
    openssl,
    put,
    file,
    issue,
    crl,
    read: (name: string): Uint8Array => new Uint8Array(readFileSync(name)),
    remove: () => {
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
export type Pki = ReturnType<typeof createPki>

export const crlUrl = 'http://igc.test/CRL/ACI.crl'
const endUser = ['basicConstraints=CA:FALSE', `crlDistributionPoints=URI:${crlUrl}`]
export const authorityExtensions = [
  'basicConstraints=critical,CA:TRUE',
  'keyUsage=critical,keyCertSign,cRLSign',
]
export const signerExtensions = (email: string): string[] => [
  ...endUser,
  'keyUsage=critical,nonRepudiation',
  'extendedKeyUsage=emailProtection',
  `subjectAltName=email:${email}`,
]

/** A root, an intermediate, and people of both kinds: with an address, and with a card certificate (cps-card.md §2.4). */
export const createPeople = (pki: Pki) => {
  const root = pki.issue({
    subject: '/C=FR/O=TEST/CN=TEST AC RACINE FICTIVE',
    extensions: authorityExtensions,
  })
  const authority = pki.issue({
    subject: '/C=FR/O=TEST/CN=TEST AC FICTIVE PERSONNES',
    issuer: root,
    extensions: [...authorityExtensions, 'subjectKeyIdentifier=hash'],
    key: 1,
  })
  const person = (subject: string, extensions: string[], more: Partial<CertificateRequest> = {}) =>
    pki.issue({ subject, issuer: authority, extensions, ...more })
  const signer = person(
    '/C=FR/title=Médecin/GN=Alix+CN=899700000001+SN=FICTIVE',
    signerExtensions('alix@mss.test'),
  )
  const card = person('/C=FR/title=Médecin/GN=Camille+CN=899700000002+SN=FICTIF', [
    ...endUser,
    'keyUsage=critical,nonRepudiation',
    'extendedKeyUsage=emailProtection',
    '1.2.250.1.71.1.2.3=ASN1:PRINTABLESTRING:8025000001/2900000202',
    '1.2.250.1.71.1.2.5=DER:04:01:80',
  ])
  const confidentiality = person('/C=FR/CN=Confidentialite fictive', [
    ...endUser,
    'keyUsage=critical,keyEncipherment',
    'extendedKeyUsage=emailProtection',
    'subjectAltName=email:alix@mss.test',
    'subjectKeyIdentifier=hash',
  ])
  return { root, authority, signer, card, confidentiality, person }
}

/** Trust over given authorities with an unreachable network, except what `served` answers. */
export const trustIn = (
  anchors: Uint8Array[],
  how: {
    served?: Map<string, Uint8Array>
    environment?: 'production' | 'test'
    revocation?: 'require' | 'prefer'
    kept?: Map<string, Uint8Array>
    at?: Date
    fetched?: string[]
  } = {},
): Trust =>
  createTrust({
    anchors,
    environment: how.environment ?? 'test',
    revocation: how.revocation ?? 'prefer',
    now: () => (how.at ?? now).getTime(),
    random,
    fetch: (url) => {
      how.fetched?.push(url)
      const found = how.served?.get(url)
      return Promise.resolve(found ? ok(found) : fail('net.unreachable'))
    },
    store: {
      get: (url) => Promise.resolve(how.kept?.get(url) ?? null),
      put: (url, der) => {
        how.kept?.set(url, der)
        return Promise.resolve()
      },
    },
  })

export const contextFor = (trust: Trust, from: string, more: Partial<OpenContext> = {}): OpenContext => ({
  fromAddresses: [from],
  now,
  trust,
  keys: [],
  ...more,
})

/** Signs as a card does: RSA PKCS#1 v1.5 with SHA-256. */
export const signWith = (issued: Issued) => (data: Uint8Array) =>
  Promise.resolve(ok(new Uint8Array(sign('sha256', data, issued.keyPem))))

export const entity = Buffer.from(
  'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nCompte rendu fictif\r\n',
)
