import * as crypto from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { tlsProfile } from '../../app/algorithms/index.ts'
import { encryptEntity, importP12, openMessage, signEntity } from '../../app/smime/index.ts'
import {
  contextFor,
  createPeople,
  createPki,
  entity,
  now,
  random,
  signWith,
  trustIn,
  value,
} from '../../app/smime/smime.fixture.ts'
import { temporaryFolder } from '../../app/vault/vault.fixture.ts'
import { createVault, type SlotSecret } from '../../app/vault/index.ts'
import { ok } from '../../app/contract/index.ts'

// Architecture §2: the core does its work with the algorithms of Electron's Node alone.
const library = vi.hoisted(() => ({ refused: (): string[] => [] }))
vi.mock('node:crypto', async (importOriginal) => {
  const { asBoringSsl } = await import('../../app/algorithms/boringssl.fixture.ts')
  const { crypto: limited, refused } = asBoringSsl(await importOriginal<typeof crypto>())
  library.refused = refused
  return limited
})

const pki = createPki()
afterAll(pki.remove)
const people = createPeople(pki)
const trust = trustIn([people.root.der, people.authority.der])
const own = people.confidentiality
const context = contextFor(trust, 'alix@mss.test', { keys: [{ certificate: own.der, pkcs8: own.pkcs8 }] })
const recipient = pki.put('recipient.pem', own.pem)

describe('with the crypto of Electron', () => {
  afterEach(() => expect(library.refused()).toEqual([]))

  it.each<[string, SlotSecret]>([
    ['passphrase', { kind: 'passphrase', passphrase: 'la salle d’attente est pleine' }],
    [
      'card',
      { kind: 'card', serial: '290', label: 'CPS', sign: (challenge) => signWith(people.signer)(challenge) },
    ],
  ])('a vault is made and opened by %s and by recovery code, and keeps files', async (_kind, secret) => {
    const folder = temporaryFolder()
    const make = () =>
      createVault({
        folder,
        workerEntry: join(import.meta.dirname, '../../app/vault/worker.ts'),
        random,
        now: () => now.getTime(),
        deviceSecret: {
          // Copies: the vault wipes what it gave and what it got.
          protect: (bytes) => Promise.resolve(ok(new Uint8Array(bytes))),
          unprotect: (bytes) => Promise.resolve(ok(new Uint8Array(bytes))),
        },
      })
    const vault = make()
    if (secret.kind === 'recovery') throw new Error('not a secret to make a vault with')
    const { recoveryCode } = value(await vault.create(secret))
    const written = value(
      await vault.parts.write(
        (async function* () {
          yield await Promise.resolve(new Uint8Array(100_000).fill(7))
        })(),
      ),
    )
    // A row refers to it, else the next opening sweeps it away.
    expect(written.size).toBe(100_000)
    expect(value(await vault.parts.readAll(written.id, 200_000))).toHaveLength(100_000)
    await vault.close()
    for (const opening of [secret, { kind: 'recovery', code: recoveryCode } as const]) {
      const again = make()
      value(await again.open(opening))
      await again.close()
    }
  })

  it('a message is signed, verified, encrypted and decrypted', async () => {
    const signed = value(
      await signEntity({
        entity,
        certificate: people.signer.der,
        chain: [people.authority.der],
        sign: signWith(people.signer),
        signingTime: now,
        random,
      }),
    )
    const sealed = value(encryptEntity({ entity: signed, recipients: [own.der], random }))
    const opened = await openMessage(sealed, context)
    expect(opened.encryption.status).toBe('decrypted')
    expect(opened.signature.status).toBe('valid')
  })

  it.each(['P-256', 'P-384', 'P-521'])(
    'what is encrypted by key agreement is read and written: %s',
    async (curve) => {
      const [key, file] = [pki.file(`${curve}.key`), pki.file(`${curve}.pem`)]
      const subject = ['-subj', '/CN=Courbe fictive', '-days', '30', '-nodes', '-keyout', key, '-out', file]
      const usage = ['-addext', 'keyUsage=critical,keyAgreement']
      const made = ['-newkey', 'ec', '-pkeyopt', `ec_paramgen_curve:${curve}`]
      pki.openssl(['req', '-x509', ...made, ...subject, ...usage])
      const der = new Uint8Array(pki.openssl(['x509', '-in', file, '-outform', 'DER']))
      const pkcs8 = new Uint8Array(
        pki.openssl(['pkcs8', '-topk8', '-nocrypt', '-in', key, '-outform', 'DER']),
      )
      const sent = pki.put('in.eml', entity)
      const raws = [
        value(encryptEntity({ entity, recipients: [der], random })),
        ...['-aes128-wrap', '-aes192-wrap', '-aes256-wrap', '-des3-wrap'].map((wrap) =>
          pki.openssl(['cms', '-encrypt', '-in', sent, '-aes-256-cbc', wrap, '-recip', file]),
        ),
      ]
      for (const raw of raws) {
        const opened = await openMessage(new Uint8Array(raw), {
          ...context,
          keys: [{ certificate: der, pkcs8 }],
        })
        expect(opened.encryption).toMatchObject({ status: 'decrypted' })
        expect(Buffer.from(opened.content).toString()).toContain('Compte rendu fictif')
      }
    },
  )

  it.each([
    '-aes-128-cbc',
    '-aes-192-cbc',
    '-aes-256-cbc',
    '-des3',
    '-aes-128-gcm',
    '-aes-256-gcm',
    '-aes-192-gcm',
    '-aes-256-cbc -keyopt rsa_padding_mode:oaep',
    '-aes-256-cbc -keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha512 -keyopt rsa_mgf1_md:sha1',
  ])('what other clients encrypt is read: %s', async (options) => {
    const [cipher = '', ...more] = options.split(' ')
    const args = ['-in', pki.put('in.eml', entity), cipher, '-recip', recipient, ...more]
    const raw = pki.openssl(['cms', '-encrypt', ...args])
    const opened = await openMessage(new Uint8Array(raw), context)
    expect(opened.encryption.status).toBe('decrypted')
    expect(Buffer.from(opened.content).toString()).toContain('Compte rendu fictif')
  })

  it.each(['-certpbe PBE-SHA1-RC2-40 -keypbe PBE-SHA1-3DES -legacy', '-certpbe AES-256-CBC'])(
    'a p12 is imported: %s',
    (options) => {
      const files = ['-in', pki.put('c.pem', own.pem), '-inkey', pki.put('k.pem', own.keyPem)]
      const file = pki.openssl([
        'pkcs12',
        '-export',
        ...files,
        '-passout',
        'pass:fictif',
        ...options.split(' '),
      ])
      expect(importP12(new Uint8Array(file), 'fictif').ok).toBe(true)
    },
  )

  it('TLS options make a context', () => {
    expect(() => createSecureContext({ ...tlsProfile, ca: [people.root.pem] })).not.toThrow()
  })
})

it('the crypto of this test really lacks what Electron’s lacks', () => {
  for (const missing of [
    () => crypto.createHash('sha3-256'),
    () => crypto.createHash('blake2b512'),
    () => crypto.createCipheriv('aes256-wrap', Buffer.alloc(32), Buffer.alloc(8)),
    () => crypto.createCipheriv('aes-256-ccm', Buffer.alloc(32), Buffer.alloc(12), { authTagLength: 16 }),
    () =>
      crypto.createCipheriv('chacha20-poly1305', Buffer.alloc(32), Buffer.alloc(12), { authTagLength: 16 }),
    () => crypto.generateKeyPairSync('x448'),
    () => crypto.generateKeyPairSync('ec', { namedCurve: 'secp256k1' }),
  ])
    expect(missing).toThrow('not in BoringSSL')
})
