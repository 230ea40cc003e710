import { createPrivateKey, sign, constants, X509Certificate } from 'node:crypto'
import { afterAll, describe, expect, test } from 'vitest'
import type { Outcome } from '../contract/errors.ts'
import { ok } from '../contract/errors.ts'
import { oids } from './algorithms.ts'
import { encryptEntity } from './encrypt.ts'
import { takeApart, type Layer } from './open.ts'
import { signEntity, type SignatureScheme } from './sign.ts'
import type { SignerFinding } from './signed-data.ts'
import { createPki, entity, now, random, value } from './smime.fixture.ts'

const pki = createPki()
afterAll(pki.remove)

interface Person {
  der: Uint8Array
  pem: string
  key: string
  pkcs8: Uint8Array
}

/** A self-signed certificate made by openssl: who is believed is not the matter here. */
const person = (name: string, keyOptions: string[], usage: string): Person => {
  const [key, pem] = [pki.file(`${name}.key`), pki.file(`${name}.pem`)]
  const subject = ['-subj', `/CN=${name} fictif`, '-days', '30', '-addext', `keyUsage=${usage}`]
  pki.openssl(['req', '-x509', '-nodes', ...keyOptions, ...subject, '-keyout', key, '-out', pem])
  const x509 = new X509Certificate(pki.read(pem))
  const privateKey = createPrivateKey(Buffer.from(pki.read(key)))
  return {
    der: new Uint8Array(x509.raw),
    pem,
    key,
    pkcs8: new Uint8Array(privateKey.export({ type: 'pkcs8', format: 'der' })),
  }
}
const rsaKey = ['-newkey', 'rsa:2048']
const ecKey = (curve: string) => ['-newkey', 'ec', '-pkeyopt', `ec_paramgen_curve:${curve}`]
const signs = 'critical,digitalSignature'
const rsaSigner = person('rsa-signer', rsaKey, signs)
const rsaRecipient = person('rsa-recipient', rsaKey, 'critical,keyEncipherment')
const curves = ['P-256', 'P-384', 'P-521'] as const
const ecSigners = new Map(curves.map((curve) => [curve, person(`sign-${curve}`, ecKey(curve), signs)]))
const ecRecipients = new Map(
  curves.map((curve) => [curve, person(`agree-${curve}`, ecKey(curve), 'critical,keyAgreement')]),
)
const of = <K>(map: Map<K, Person>, key: K): Person => {
  const found = map.get(key)
  if (!found) throw new Error('nobody')
  return found
}
const text = pki.put('entity.eml', entity)

const layersOf = (raw: Uint8Array, keys: Person[] = [], known: Uint8Array[] = []) => {
  const given = keys.map(({ der, pkcs8 }) => ({ certificate: der, pkcs8 }))
  const copy = takeApart(Buffer.from(raw), given, { known })
  // The same where the bytes are given away.
  const spoilt = takeApart(Buffer.from(raw), given, { known, overwrite: true })
  expect(spoilt.layers).toEqual(copy.layers)
  if (!spoilt.spoiled) expect(Buffer.from(spoilt.content).equals(Buffer.from(copy.content))).toBe(true)
  return copy
}
const signersOf = (layers: readonly Layer[]): SignerFinding[] =>
  layers.flatMap((layer) =>
    layer.kind === 'signature' && layer.finding.kind !== 'none' ? layer.finding.signers : [],
  )
/** Line ends apart: openssl writes those of text as it likes. */
const same = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes).toString().replaceAll('\r\n', '\n') === entity.toString().replaceAll('\r\n', '\n')

describe('what openssl signs', () => {
  const from = (who: Person, options: string[]): Buffer =>
    pki.openssl(['cms', '-sign', '-in', text, '-signer', who.pem, '-inkey', who.key, ...options])
  const pss = (salt: string) => ['-keyopt', 'rsa_padding_mode:pss', '-keyopt', `rsa_pss_saltlen:${salt}`]
  const good: [string, Person, string[], string, string][] = [
    ['detached', rsaSigner, [], 'SHA-256', 'RSA PKCS#1 v1.5'],
    ['SHA-384', rsaSigner, ['-md', 'sha384'], 'SHA-384', 'RSA PKCS#1 v1.5'],
    ['SHA-512, opaque', rsaSigner, ['-md', 'sha512', '-nodetach'], 'SHA-512', 'RSA PKCS#1 v1.5'],
    ['opaque in pieces', rsaSigner, ['-nodetach', '-stream'], 'SHA-256', 'RSA PKCS#1 v1.5'],
    ['by key identifier', rsaSigner, ['-keyid'], 'SHA-256', 'RSA PKCS#1 v1.5'],
    ['without attributes', rsaSigner, ['-noattr'], 'SHA-256', 'RSA PKCS#1 v1.5'],
    ['PSS', rsaSigner, ['-md', 'sha256', ...pss('32')], 'SHA-256', 'RSASSA-PSS'],
    ['PSS, longest salt', rsaSigner, ['-md', 'sha512', ...pss('max')], 'SHA-512', 'RSASSA-PSS'],
    ['PSS, no salt', rsaSigner, ['-md', 'sha384', ...pss('0')], 'SHA-384', 'RSASSA-PSS'],
    ...curves.map((curve): [string, Person, string[], string, string] => [
      curve,
      of(ecSigners, curve),
      ['-md', 'sha384', '-nodetach'],
      'SHA-384',
      'ECDSA',
    ]),
  ]
  test.each(good)('is found good: %s', (_, who, options, digest, signature) => {
    const { layers, content } = layersOf(from(who, options))
    expect(signersOf(layers)).toMatchObject([{ defects: [], digest, signature }])
    expect(same(content)).toBe(true)
  })

  test.each([
    ['SHA-1', ['-md', 'sha1']],
    ['MD5', ['-md', 'md5']],
  ])('is weak with %s, and altered when altered', (digest, options) => {
    const mail = from(rsaSigner, options)
    expect(signersOf(layersOf(mail).layers)).toMatchObject([{ defects: ['weak-algorithm'], digest }])
    const altered = Buffer.from(mail.toString('latin1').replace('Compte', 'Conpte'), 'latin1')
    expect(signersOf(layersOf(altered).layers)[0]?.defects).toContain('content-altered')
  })

  test('has a finding for each of several signers', () => {
    const second = ['-signer', of(ecSigners, 'P-256').pem, '-inkey', of(ecSigners, 'P-256').key]
    const { layers } = layersOf(from(rsaSigner, second))
    expect(layers).toMatchObject([{ kind: 'signature', finding: { reasons: ['several-signers'] } }])
    const found = signersOf(layers).map(({ signature, defects }) => ({ signature, defects }))
    expect(found).toHaveLength(2)
    expect(found).toContainEqual({ signature: 'ECDSA', defects: [] })
    expect(found).toContainEqual({ signature: 'RSA PKCS#1 v1.5', defects: [] })
  })

  test('without its certificate is checked with a known one', () => {
    const mail = from(rsaSigner, ['-nocerts'])
    expect(signersOf(layersOf(mail).layers)).toMatchObject([{ defects: ['signer-missing'] }])
    expect(signersOf(layersOf(mail, [], [rsaSigner.der]).layers)).toMatchObject([{ defects: [] }])
  })

  test('by DSA is named and unsupported', () => {
    const parameters = pki.file('dsa.params')
    pki.openssl(['dsaparam', '-out', parameters, '1024'])
    const who = person('dsa', ['-newkey', `dsa:${parameters}`], signs)
    const found = signersOf(layersOf(from(who, ['-md', 'sha256'])).layers)
    expect(found).toMatchObject([{ signature: 'DSA', defects: ['unsupported-algorithm'] }])
  })

  test('asking for a receipt is read, and says so', () => {
    const asking = ['-receipt_request_all', '-receipt_request_to', 'alix@mss.test', '-nodetach']
    expect(signersOf(layersOf(from(rsaSigner, asking)).layers)).toMatchObject([
      { defects: [], receiptRequested: true },
    ])
  })

  test('three times over, with encryption between, comes off layer by layer', () => {
    const inner = pki.put('inner.eml', from(rsaSigner, ['-nodetach', '-stream']))
    const options = ['-aes-256-gcm', '-recip', rsaRecipient.pem, '-stream']
    const sealed = pki.put('sealed.eml', pki.openssl(['cms', '-encrypt', '-in', inner, ...options]))
    const outer = pki.openssl([
      ...['cms', '-sign', '-in', sealed, '-signer', rsaSigner.pem, '-inkey', rsaSigner.key, '-nodetach'],
    ])
    const { layers, content } = layersOf(outer, [rsaRecipient])
    expect(layers.map(({ kind }) => kind)).toEqual(['signature', 'encryption', 'signature'])
    expect(signersOf(layers).flatMap(({ defects }) => defects)).toEqual([])
    expect(same(content)).toBe(true)
  })
})

describe('what we sign', () => {
  const key = (who: Person) => createPrivateKey({ key: Buffer.from(who.pkcs8), format: 'der', type: 'pkcs8' })
  const signing = (who: Person, digest: string, pss: boolean) => (data: Uint8Array) => {
    const padding = pss ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } : {}
    const made: Outcome<Uint8Array> = ok(new Uint8Array(sign(digest, data, { key: key(who), ...padding })))
    return Promise.resolve(made)
  }
  const cases: [SignatureScheme, Person, string][] = [
    ['rsa-pkcs1', rsaSigner, 'sha256'],
    ['rsa-pss', rsaSigner, 'sha256'],
    ['ecdsa', of(ecSigners, 'P-256'), 'sha256'],
    ['ecdsa', of(ecSigners, 'P-384'), 'sha384'],
    ['ecdsa', of(ecSigners, 'P-521'), 'sha512'],
  ]
  test.each(cases)('openssl and we verify: %s', async (scheme, who, digest) => {
    const mail = value(
      await signEntity({
        entity,
        certificate: who.der,
        chain: [rsaRecipient.der],
        encryptionCertificate: rsaRecipient.der,
        scheme,
        sign: signing(who, digest, scheme === 'rsa-pss'),
        signingTime: now,
        random,
      }),
    )
    expect(Buffer.from(mail).toString('latin1')).toContain(`micalg=${digest.replace('sha', 'sha-')}`)
    const args = ['cms', '-verify', '-in', pki.put('mail.eml', mail), '-CAfile', who.pem, '-purpose', 'any']
    expect(pki.openssl([...args, '-no_check_time']).toString()).toContain('Compte rendu fictif')
    const [found] = signersOf(layersOf(mail).layers)
    expect(found).toMatchObject({ defects: [], signedAt: now })
    expect(found?.capabilities).toContain(oids.aes256Gcm)
    expect(found?.preferred).toEqual(rsaRecipient.der)
  })

  test('a key that cannot do what is asked is refused', async () => {
    const params = { entity, chain: [], signingTime: now, random, sign: signing(rsaSigner, 'sha256', false) }
    const wrong = await signEntity({ ...params, certificate: rsaSigner.der, scheme: 'ecdsa' })
    expect(wrong).toMatchObject({ ok: false, error: { code: 'smime.unsupported' } })
  })
})

describe('what openssl encrypts', () => {
  const forWhom = (options: string[]): Buffer => pki.openssl(['cms', '-encrypt', '-in', text, ...options])
  const opened = (mail: Uint8Array, who: Person, expected: object) => {
    const { layers, content } = layersOf(mail, [who])
    expect(layers).toMatchObject([{ kind: 'encryption', encryption: { status: 'decrypted', ...expected } }])
    expect(same(content)).toBe(true)
  }
  const oaep = (hash: string, mask: string, more: string[] = []) =>
    [`rsa_padding_mode:oaep`, `rsa_oaep_md:${hash}`, `rsa_mgf1_md:${mask}`, ...more].flatMap((one) => [
      '-keyopt',
      one,
    ])
  test.each<[string, string[], string, string]>([
    ['AES-128-CBC', ['-aes-128-cbc'], 'AES-128-CBC', 'RSA PKCS#1 v1.5'],
    ['AES-192-CBC in pieces', ['-aes-192-cbc', '-stream'], 'AES-192-CBC', 'RSA PKCS#1 v1.5'],
    ['AES-192-GCM in pieces', ['-aes-192-gcm', '-stream'], 'AES-192-GCM', 'RSA PKCS#1 v1.5'],
    ['3DES', ['-des3'], '3DES-CBC', 'RSA PKCS#1 v1.5'],
  ])('to RSA is read: %s', (_, options, algorithm, keyAlgorithm) => {
    const weak = algorithm === '3DES-CBC'
    opened(forWhom([...options, '-recip', rsaRecipient.pem]), rsaRecipient, { algorithm, keyAlgorithm, weak })
  })

  test.each([
    ['sha1', 'sha1'],
    ['sha256', 'sha256'],
    ['sha256', 'sha1'],
    ['sha384', 'sha384'],
    ['sha512', 'sha256'],
    ['sha1', 'sha512'],
  ])('with OAEP is read: %s, mask %s', (hash, mask) => {
    for (const label of [[], ['rsa_oaep_label:00ff7a']]) {
      const mail = forWhom(['-aes-256-cbc', '-recip', rsaRecipient.pem, ...oaep(hash, mask, label)])
      opened(mail, rsaRecipient, { keyAlgorithm: 'RSAES-OAEP' })
    }
  })

  test.each(curves)('to a key on %s is read, with each derivation and each wrap', (curve) => {
    const who = of(ecRecipients, curve)
    const variants: [string[], string][] = [
      [['-aes-128-cbc'], 'AES-128-CBC'],
      [['-aes-256-gcm', '-aes128-wrap'], 'AES-256-GCM'],
      [['-aes-256-cbc', '-aes192-wrap', '-keyopt', 'ecdh_kdf_md:sha256'], 'AES-256-CBC'],
      [['-aes-256-cbc', '-aes256-wrap', '-keyopt', 'ecdh_kdf_md:sha384'], 'AES-256-CBC'],
      [['-aes-256-cbc', '-keyopt', 'ecdh_kdf_md:sha512'], 'AES-256-CBC'],
      [['-aes-256-cbc', '-keyopt', 'ecdh_cofactor_mode:1', '-keyid'], 'AES-256-CBC'],
      [['-des3'], '3DES-CBC'],
    ]
    for (const [options, algorithm] of variants) {
      // Options of a key follow its certificate; those of the message stand before it.
      const at = options.findIndex((one) => one === '-keyopt')
      const [first, rest] = at === -1 ? [options, []] : [options.slice(0, at), options.slice(at)]
      opened(forWhom([...first, '-recip', who.pem, ...rest]), who, { algorithm })
    }
  })

  test('to a password or a shared key is told, and does not hide our own', () => {
    const mail = forWhom(['-aes-256-cbc', '-pwri_password', 'fictif', '-recip', rsaRecipient.pem])
    opened(mail, rsaRecipient, { algorithm: 'AES-256-CBC' })
    const secret = ['-secretkey', '00112233445566778899aabbccddeeff', '-secretkeyid', '0102']
    const shared = layersOf(forWhom(['-aes-128-cbc', ...secret]), [rsaRecipient])
    expect(shared.layers).toMatchObject([
      {
        encryption: { status: 'failed', error: { code: 'smime.no-key' } },
        finding: { recipients: [{ kind: 'shared-key', identifier: null }] },
      },
    ])
  })

  test('with a cipher we do not know is named', () => {
    const { layers } = layersOf(forWhom(['-camellia256', '-recip', rsaRecipient.pem]), [rsaRecipient])
    expect(layers).toMatchObject([
      {
        encryption: { status: 'failed', error: { code: 'smime.unsupported' } },
        finding: { algorithm: 'Camellia-256-CBC', supported: false },
      },
    ])
  })
})

describe('what we encrypt', () => {
  const fingerprint = (who: Person) =>
    new X509Certificate(who.der).fingerprint256.replaceAll(':', '').toLowerCase()
  const all = [rsaRecipient, ...ecRecipients.values()]
  test.each<[string, string[], string]>([
    ['nothing', [], 'AES-256-CBC'],
    ['AES-GCM', [oids.aes256Gcm], 'AES-256-GCM'],
    ['AES-GCM and OAEP', [oids.aes256Gcm, oids.rsaOaep], 'AES-256-GCM'],
  ])('openssl and we read when recipients are known to read %s', (_, algorithms, algorithm) => {
    const capabilities = new Map(all.map((who) => [fingerprint(who), algorithms]))
    const recipients = all.map(({ der }) => der)
    const mail = value(encryptEntity({ entity, recipients, capabilities, random }))
    const file = pki.put('sealed.eml', mail)
    for (const who of all) {
      const args = ['cms', '-decrypt', '-in', file, '-recip', who.pem, '-inkey', who.key]
      expect(pki.openssl(args).equals(entity)).toBe(true)
      const { layers, content } = layersOf(mail, [who])
      expect(layers).toMatchObject([{ encryption: { status: 'decrypted', algorithm } }])
      expect(Buffer.from(content).equals(entity)).toBe(true)
    }
    const oaep = algorithms.includes(oids.rsaOaep)
    expect(layersOf(mail, [rsaRecipient]).layers).toMatchObject([
      { encryption: { keyAlgorithm: oaep ? 'RSAES-OAEP' : 'RSA PKCS#1 v1.5' } },
    ])
  })

  test('one recipient not known to read AES-GCM is enough for AES-CBC', () => {
    const [first, ...others] = all
    const capabilities = new Map(others.map((who) => [fingerprint(who), [oids.aes256Gcm]]))
    const mail = value(encryptEntity({ entity, recipients: all.map(({ der }) => der), capabilities, random }))
    expect(Buffer.from(mail).toString('latin1')).toContain('smime-type=enveloped-data')
    expect(first && layersOf(mail, [first]).layers).toMatchObject([
      { encryption: { status: 'decrypted', algorithm: 'AES-256-CBC' } },
    ])
  })

  test('a key on X25519, which openssl 3.0 cannot do in CMS, we read ourselves', () => {
    const [key, publicKey, request] = ['x.key', 'x.pub', 'x.csr'].map(pki.file) as [string, string, string]
    pki.openssl(['genpkey', '-algorithm', 'X25519', '-out', key])
    pki.openssl(['pkey', '-in', key, '-pubout', '-out', publicKey])
    pki.openssl(['req', '-new', '-key', rsaSigner.key, '-subj', '/CN=X fictif', '-out', request])
    const usage = pki.put('x.cnf', 'keyUsage=critical,keyAgreement')
    const issued = [
      '-force_pubkey',
      publicKey,
      '-CA',
      rsaSigner.pem,
      '-CAkey',
      rsaSigner.key,
      '-extfile',
      usage,
    ]
    const pem = pki.openssl(['x509', '-req', '-in', request, '-days', '30', '-set_serial', '7', ...issued])
    const who: Person = {
      der: new Uint8Array(new X509Certificate(pem).raw),
      pem: '',
      key,
      pkcs8: new Uint8Array(
        createPrivateKey(Buffer.from(pki.read(key))).export({ type: 'pkcs8', format: 'der' }),
      ),
    }
    const mail = value(encryptEntity({ entity, recipients: [who.der, rsaRecipient.der], random }))
    for (const reader of [who, rsaRecipient])
      expect(Buffer.from(layersOf(mail, [reader]).content).equals(entity)).toBe(true)
  })

  test('nothing for a key that may only sign', () => {
    for (const who of [rsaSigner, ...ecSigners.values()])
      expect(encryptEntity({ entity, recipients: [who.der], random }).ok).toBe(false)
  })
})
